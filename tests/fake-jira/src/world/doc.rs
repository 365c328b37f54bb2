//! Rich text: what it says, before it becomes a document or wiki markup.

use fastrand::Rng;

use crate::world::dice::pick;

/// A rich text.
pub(crate) type Doc = Vec<Block>;

/// A part of a rich text.
#[derive(Clone, Debug)]
pub(crate) enum Block {
    Paragraph(Vec<Inline>),
    Heading(u8, String),
    Bullets(Vec<String>),
    Numbers(Vec<String>),
    Code(String),
    Quote(String),
    Rule,
    Panel(String),
    Table(Vec<[String; 2]>),
    Media(String),
    Tasks(Vec<String>),
    /// Of a type that no client has heard of.
    Unknown(String),
}

/// A part of a line.
#[derive(Clone, Debug)]
pub(crate) enum Inline {
    Text(String),
    Strong(String),
    Code(String),
    Link(String, String),
    /// The place of the person.
    Mention(usize),
    Emoji(&'static str, &'static str),
    Break,
    Card(String),
    /// Milliseconds since 1970, at midnight.
    Date(i64),
}

const WORDS: [&str; 40] = [
    "cache",
    "queue",
    "retry",
    "token",
    "worker",
    "stream",
    "cursor",
    "page",
    "index",
    "schema",
    "the",
    "a",
    "when",
    "before",
    "after",
    "without",
    "and",
    "or",
    "is",
    "was",
    "should",
    "must",
    "fixes",
    "adds",
    "drops",
    "moves",
    "renames",
    "tests",
    "handles",
    "reads",
    "slow",
    "broken",
    "empty",
    "stale",
    "double",
    "missing",
    "straße",
    "naïve",
    "\"quoted\"",
    "日本",
];

/// Some words.
pub(crate) fn words(rng: &mut Rng, count: usize) -> String {
    let words: Vec<&str> = (0..count).map(|_| *pick(rng, &WORDS)).collect();
    words.join(" ")
}

/// A text as somebody would type it: lines become paragraphs.
pub(crate) fn plain(text: &str) -> Doc {
    let paragraph = |line: &str| Block::Paragraph(vec![Inline::Text(line.to_owned())]);
    text.lines().map(paragraph).collect()
}

/// A generated text of so many people: one to three blocks, every kind in turn.
pub(crate) fn generated(rng: &mut Rng, users: usize) -> Doc {
    let count = rng.usize(1..=3);
    let mut doc = vec![Block::Paragraph(line(rng, users))];
    doc.extend((0..count).map(|_| block(rng, users)));
    doc
}

fn block(rng: &mut Rng, users: usize) -> Block {
    let list = |rng: &mut Rng| (0..3).map(|_| words(rng, 3)).collect();
    match rng.u8(0..13) {
        0 => Block::Heading(rng.u8(1..=4), words(rng, 3)),
        1 => Block::Bullets(list(rng)),
        2 => Block::Numbers(list(rng)),
        3 => Block::Code(format!("fn main() {{\n    {}();\n}}", words(rng, 1))),
        4 => Block::Quote(words(rng, 6)),
        5 => Block::Rule,
        6 => Block::Panel(words(rng, 6)),
        7 => Block::Table(vec![
            ["Key".to_owned(), "Value".to_owned()],
            [words(rng, 1), words(rng, 2)],
        ]),
        8 => Block::Media(format!("screenshot-{}.png", rng.u16(..))),
        9 => Block::Tasks(list(rng)),
        10 => Block::Unknown(words(rng, 4)),
        _ => Block::Paragraph(line(rng, users)),
    }
}

fn line(rng: &mut Rng, users: usize) -> Vec<Inline> {
    let count = rng.usize(4..12);
    let text = words(rng, count);
    let mut line = vec![Inline::Text(format!("{text} "))];
    line.push(match rng.u8(0..9) {
        0 => Inline::Strong(words(rng, 2)),
        1 => Inline::Code(words(rng, 1)),
        2 => Inline::Link(words(rng, 2), "https://example.com/a?b=c&d=e".to_owned()),
        3 => Inline::Mention(rng.usize(..users)),
        4 => Inline::Emoji(":smile:", "😄"),
        5 => Inline::Break,
        6 => Inline::Card("https://example.com/board/1".to_owned()),
        7 => Inline::Date(1_709_251_200_000),
        _ => Inline::Text(words(rng, 2)),
    });
    line.push(Inline::Text(format!(" {}.", words(rng, 2))));
    line
}
