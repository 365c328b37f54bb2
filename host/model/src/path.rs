//! Paths into JSON, as descriptors write them: `user.login`, `labels[].name`.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Segment {
    /// A member of an object.
    Key(String),
    /// Every element of an array.
    Each,
}

/// A path: keys joined by dots, `[]` after a key for each element of an array.
/// The empty path is the value itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Path(pub Vec<Segment>);

/// The text is no path.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "{0:?} is no path: keys joined by dots are expected, with [] after a key for each element of its array"
)]
pub struct InvalidPath(String);

impl FromStr for Path {
    type Err = InvalidPath;

    fn from_str(text: &str) -> Result<Self, InvalidPath> {
        if text.is_empty() {
            return Ok(Self::default());
        }
        let mut segments = Vec::new();
        for (i, part) in text.split('.').enumerate() {
            let key = part.trim_end_matches("[]");
            if key.contains(['[', ']']) || (key.is_empty() && (i > 0 || part.is_empty())) {
                return Err(InvalidPath(text.chars().take(80).collect()));
            }
            if !key.is_empty() {
                segments.push(Segment::Key(key.to_owned()));
            }
            segments.extend(std::iter::repeat_n(
                Segment::Each,
                (part.len() - key.len()) / 2,
            ));
        }
        Ok(Self(segments))
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, segment) in self.0.iter().enumerate() {
            match segment {
                Segment::Key(key) if i == 0 => f.write_str(key)?,
                Segment::Key(key) => write!(f, ".{key}")?,
                Segment::Each => f.write_str("[]")?,
            }
        }
        Ok(())
    }
}

impl TryFrom<String> for Path {
    type Error = InvalidPath;

    fn try_from(text: String) -> Result<Self, InvalidPath> {
        text.parse()
    }
}

impl From<Path> for String {
    fn from(path: Path) -> Self {
        path.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::Path;

    #[test]
    fn paths_read_back_as_they_were_written() {
        for text in [
            "",
            "id",
            "user.login",
            "labels[].name",
            "[].id",
            "a[][].b",
            "fields.customfield_10016",
        ] {
            assert_eq!(text.parse::<Path>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_no_path_is_refused() {
        for text in ["a..b", ".a", "a.", "a[0]", "a]", "a.[]"] {
            assert!(text.parse::<Path>().is_err(), "{text:?}");
        }
    }
}
