//! A value as somebody wrote it.

use toml::de::DeValue;

/// A value as it was written. A variable and a flag are text; the file has types,
/// and there a mistaken type is a mistake.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Input {
    /// A variable's or a flag's.
    Text(String),
    /// A string of the file.
    String(String),
    /// A whole number of the file.
    Integer(i64),
    /// An array of strings of the file.
    Strings(Vec<String>),
    /// A boolean of the file.
    Boolean(bool),
    /// Anything else of the file, by its type.
    Other(&'static str),
}

impl Input {
    /// A value of the file.
    pub(super) fn of(value: &DeValue<'_>) -> Self {
        match value {
            DeValue::String(text) => Self::String(text.to_string()),
            DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
                .map_or(Self::Other("a number of that size"), Self::Integer),
            DeValue::Float(_) => Self::Other("a number with a point"),
            DeValue::Boolean(is_so) => Self::Boolean(*is_so),
            DeValue::Datetime(_) => Self::Other("a date"),
            DeValue::Table(_) => Self::Other("a table"),
            DeValue::Array(items) => {
                let texts = items.iter().map(|item| match item.get_ref() {
                    DeValue::String(text) => Some(text.to_string()),
                    _ => None,
                });
                texts.collect::<Option<_>>().map_or(
                    Self::Other("a list of other things than strings"),
                    Self::Strings,
                )
            }
        }
    }

    /// What it is, for messages. Never the value, which may be a secret.
    pub(super) fn what(&self) -> &'static str {
        match self {
            Self::Text(_) | Self::String(_) => "a string",
            Self::Integer(_) => "a number",
            Self::Strings(_) => "a list",
            Self::Boolean(_) => "a boolean",
            Self::Other(what) => what,
        }
    }
}
