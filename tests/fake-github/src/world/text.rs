//! Titles and bodies: kept as a seed, written when somebody asks.

use fastrand::Rng;

use crate::render::json;

/// The longest body that GitHub accepts.
pub(crate) const HUGE: usize = 65_536;

const WORDS: [&str; 48] = [
    "cache", "queue", "retry", "token", "worker", "stream", "cursor", "page", "index", "schema",
    "the", "a", "when", "before", "after", "without", "and", "or", "is", "was", "should", "must",
    "fixes", "adds", "drops", "moves", "renames", "tests", "handles", "reads", "writes", "keeps",
    "slow", "broken", "empty", "stale", "double", "missing", "first", "last", "config", "header",
    "build", "release", "timeout", "parser", "login", "backlog",
];

/// What a generated text looks like.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Flavour {
    /// Four to nine words.
    Title,
    /// A paragraph or three.
    Prose,
    /// Prose with emoji, quotes and a line in another script.
    Emoji,
    /// Prose with a `\u0000` in it, which PostgreSQL refuses.
    Nul,
    /// As long as GitHub allows.
    Huge,
}

/// A text field.
#[derive(Clone, Debug)]
pub(crate) enum Text {
    /// JSON `null`.
    Null,
    /// As somebody wrote it.
    Given(Box<str>),
    /// Follows from a seed, so that 20,000 bodies take no memory.
    Made(u32, Flavour),
}

impl Text {
    /// The body of the `ordinal`th record: every oddity comes back at its own
    /// interval, so that thirty records hold each of them.
    pub(crate) fn body(seed: u32, ordinal: u32) -> Self {
        if ordinal % 11 == 7 {
            return Self::Null;
        }
        Self::comment(seed, ordinal)
    }

    /// The body of the `ordinal`th comment, which is never null.
    pub(crate) fn comment(seed: u32, ordinal: u32) -> Self {
        let flavour = match ordinal {
            n if n % 101 == 23 => Flavour::Huge,
            n if n % 29 == 12 => Flavour::Nul,
            n if n % 7 == 2 => Flavour::Emoji,
            _ => Flavour::Prose,
        };
        Self::Made(seed, flavour)
    }

    /// Appends the text as a JSON value.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Null => out.extend_from_slice(b"null"),
            Self::Given(text) => json::text(out, text),
            Self::Made(seed, flavour) => {
                out.push(b'"');
                write_made(out, *seed, *flavour);
                out.push(b'"');
            }
        }
    }
}

/// Appends JSON that is already escaped.
fn write_made(out: &mut Vec<u8>, seed: u32, flavour: Flavour) {
    let mut rng = Rng::with_seed(u64::from(seed));
    match flavour {
        Flavour::Title => {
            let count = rng.usize(4..=9);
            write_words(out, &mut rng, count);
        }
        Flavour::Prose => write_paragraphs(out, &mut rng),
        Flavour::Emoji => {
            write_paragraphs(out, &mut rng);
            out.extend_from_slice(" 🚀 \\\"ship it\\\" 👩‍💻\\r\\n日本語のテスト: ½ ≠ ⅓".as_bytes());
        }
        Flavour::Nul => {
            out.extend_from_slice(b"before\\u0000after ");
            write_paragraphs(out, &mut rng);
        }
        Flavour::Huge => {
            let end = out.len() + HUGE;
            while out.len() < end {
                write_words(out, &mut rng, 100);
                out.push(b' ');
            }
            out.truncate(end);
        }
    }
}

fn write_paragraphs(out: &mut Vec<u8>, rng: &mut Rng) {
    for paragraph in 0..rng.usize(1..=3) {
        if paragraph > 0 {
            out.extend_from_slice(b"\\r\\n\\r\\n");
        }
        let count = rng.usize(8..=40);
        write_words(out, rng, count);
        out.push(b'.');
    }
}

fn write_words(out: &mut Vec<u8>, rng: &mut Rng, count: usize) {
    for word in 0..count {
        if word > 0 {
            out.push(b' ');
        }
        out.extend_from_slice(WORDS[rng.usize(..WORDS.len())].as_bytes());
    }
}
