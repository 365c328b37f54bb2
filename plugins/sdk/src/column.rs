//! Columns: which Rust type is which type of column.

use crate::{Date, Timestamp, bindings::transform::runnel::plugin::types::Value};

/// A type that a column's values can have.
pub trait Column {
    /// The column's type, as a descriptor names it.
    const TYPE: &'static str;
    /// Whether the column may be null.
    const NULLABLE: bool = false;

    /// The value.
    fn into_value(self) -> Value;
}

/// A JSON document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Json(pub String);

impl Json {
    /// A JSON array of these texts.
    pub fn array<T: serde::Serialize>(items: &[T]) -> Self {
        Self(serde_json::to_string(items).unwrap_or_else(|_| "[]".to_owned()))
    }
}

/// A list of the payload as a JSON array.
impl<T: serde::Serialize> FromIterator<T> for Json {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Self::array(&items.into_iter().collect::<Vec<_>>())
    }
}

/// An id: a number in the payload, text in the table, where a service may change
/// its mind about what its ids look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(transparent)]
pub struct Id(pub u64);

macro_rules! columns {
    ($($rust:ty, $name:literal, $self:ident => $value:expr;)*) => {$(
        impl Column for $rust {
            const TYPE: &'static str = $name;

            fn into_value($self) -> Value {
                $value
            }
        }
    )*};
}

columns! {
    String, "text", self => Value::Text(self);
    bool, "boolean", self => Value::Boolean(self);
    i64, "integer", self => Value::Integer(self);
    f64, "float", self => Value::Float(self);
    Timestamp, "timestamp", self => Value::Timestamp(self.0);
    Date, "date", self => Value::Date(self.0);
    Id, "text", self => Value::Text(self.0.to_string());
    Json, "json", self => Value::Json(self.0);
}

impl<T: Column> Column for Option<T> {
    const TYPE: &'static str = T::TYPE;
    const NULLABLE: bool = true;

    fn into_value(self) -> Value {
        self.map_or(Value::Null, T::into_value)
    }
}
