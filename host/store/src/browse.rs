//! The rows of entity tables, and where each comes from.

use async_trait::async_trait;
use runnel_model::{Column, ColumnType, IntegrationId, Name, RawId, RunId, TenantId, Value};
use serde_json::{Map, Value as Json};
use time::{
    Date, OffsetDateTime,
    format_description::well_known::{Iso8601, Rfc3339},
};

use crate::{After, Micros, Scope, StoreError};

/// An entity table, as its transforms declare it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableSeen {
    /// Its name.
    pub name: Name,
    /// The source whose records its rows are.
    pub source: Name,
    /// The entity type.
    pub entity: Name,
    /// What a row is.
    pub doc: String,
    /// Its columns, beside those that the host adds.
    pub columns: Vec<Column>,
    /// The columns that identify a row within its tenant.
    pub key: Vec<Name>,
}

/// How a column's value is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// It is the same.
    Equal,
    /// It is another one, or none.
    NotEqual,
    /// It is less.
    Less,
    /// It is not more.
    AtMost,
    /// It is more.
    Greater,
    /// It is not less.
    AtLeast,
    /// It has the text in it, in whatever case.
    Contains,
    /// There is none.
    Null,
}

/// What a row has to be.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// The column.
    pub column: Column,
    /// How its value is compared.
    pub comparison: Comparison,
    /// With what: a value of the column's type, or a text for `Contains`.
    pub operand: Value,
}

/// Of a text so many characters say where it is sorted in: whoever asks for the next page
/// says behind which value, and nobody sends a whole description for it.
pub const SORTED_CHARS: usize = 200;

/// In which order.
#[derive(Debug, Clone, PartialEq)]
pub struct Sort {
    /// By this column; what has no value comes last.
    pub column: Column,
    /// The greatest first.
    pub descending: bool,
}

/// Which rows of a table, in which order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RowsWanted {
    /// All of these have to hold.
    pub conditions: Vec<Condition>,
    /// Some text column has this in it.
    pub text: Option<String>,
    /// The order; absent: by id.
    pub sort: Option<Sort>,
    /// Behind the row of this id and, where there is an order, this value.
    pub after: Option<(Value, i64)>,
}

/// A row of an entity table.
#[derive(Debug, Clone, PartialEq)]
pub struct RowSeen {
    /// Its id.
    pub id: i64,
    /// The integration that it came from.
    pub integration: IntegrationId,
    /// Its declared columns.
    pub values: Map<String, Json>,
}

/// A raw record, as it was read.
#[derive(Debug, Clone, PartialEq)]
pub struct RawSeen {
    /// Its id.
    pub id: RawId,
    /// The stream.
    pub stream: String,
    /// What the source calls it.
    pub external_id: String,
    /// What the source added.
    pub context: String,
    /// What came.
    pub payload: String,
    /// When.
    pub fetched_at: Micros,
}

/// Where a row comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct Lineage {
    /// The row.
    pub row: RowSeen,
    /// The raw record that it was made of, unless its integration was removed.
    pub raw: Option<RawSeen>,
    /// The run that read it.
    pub run: Option<RunId>,
    /// The request that brought it: method and URL, below the integration's base URL.
    pub request: Option<(String, String)>,
    /// The component that made it, by its digest.
    pub digest: String,
    /// The name and version of that component.
    pub maker: Option<(String, String)>,
    /// Earlier raw records of the same thing, the newest first: twenty at most.
    pub earlier: Vec<RawSeen>,
}

/// What whoever looks at tables needs.
#[async_trait]
pub trait Browse: Send + Sync {
    /// Entity tables, by name, with the columns that the scope's tenants have: what
    /// integrations of others alone have made columns of is not shown.
    async fn tables_page(
        &self,
        scope: &Scope,
        after: &After,
        limit: u32,
    ) -> Result<Vec<TableSeen>, StoreError>;

    /// The table of this name, in the same way.
    async fn table(&self, scope: &Scope, name: &str) -> Result<Option<TableSeen>, StoreError>;

    /// Rows of a tenant.
    async fn rows(
        &self,
        table: &TableSeen,
        tenant: TenantId,
        wanted: &RowsWanted,
        limit: u32,
    ) -> Result<Vec<RowSeen>, StoreError>;

    /// Where a row comes from.
    async fn lineage(
        &self,
        table: &TableSeen,
        scope: &Scope,
        id: i64,
    ) -> Result<Option<Lineage>, StoreError>;
}

/// The value of a column's type that a text stands for; none where it is no such
/// value.
pub fn operand(kind: ColumnType, text: &str) -> Option<Value> {
    match kind {
        ColumnType::Boolean => text.parse().ok().map(Value::Boolean),
        ColumnType::Integer => text.parse().ok().map(Value::Integer),
        ColumnType::Float => {
            let number: f64 = text.parse().ok()?;
            number.is_finite().then_some(Value::Float(number))
        }
        ColumnType::Text | ColumnType::Json => Some(Value::Text(text.to_owned())),
        ColumnType::Timestamp => instant(text).map(Value::Timestamp),
        ColumnType::Date => {
            let day = Date::parse(text, &Iso8601::DATE).ok()?;
            Some(Value::Date(day.to_julian_day() - UNIX_EPOCH_JULIAN))
        }
    }
}

/// The Julian day of 1970-01-01.
const UNIX_EPOCH_JULIAN: i32 = 2_440_588;

fn instant(text: &str) -> Option<Micros> {
    let instant = OffsetDateTime::parse(text, &Rfc3339)
        .or_else(|_| Date::parse(text, &Iso8601::DATE).map(|day| day.midnight().assume_utc()));
    i64::try_from(instant.ok()?.unix_timestamp_nanos() / 1_000).ok()
}

/// A value as JSON, from the text that a back-end shows it as.
pub(crate) fn json(kind: ColumnType, text: Option<String>) -> Json {
    let Some(text) = text else { return Json::Null };
    match kind {
        ColumnType::Boolean => Json::Bool(matches!(&*text, "true" | "t" | "1")),
        ColumnType::Integer => text.parse::<i64>().map_or(Json::Null, Json::from),
        ColumnType::Float => text.parse::<f64>().map_or(Json::Null, Json::from),
        ColumnType::Text | ColumnType::Date => Json::String(text),
        ColumnType::Timestamp => Json::String(precise(text)),
        ColumnType::Json => serde_json::from_str(&text).unwrap_or(Json::String(text)),
    }
}

/// With six digits of the second in any case.
fn precise(text: String) -> String {
    match text.strip_suffix('Z') {
        Some(bare) if !bare.contains('.') => format!("{bare}.000000Z"),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::{ColumnType, Value, json, operand};

    #[test]
    fn a_text_is_a_value_of_its_columns_type_or_none() {
        let cases = [
            (ColumnType::Boolean, "true", Some(Value::Boolean(true))),
            (ColumnType::Boolean, "1", None),
            (ColumnType::Integer, "-7", Some(Value::Integer(-7))),
            (ColumnType::Integer, "7; DROP TABLE prs", None),
            (ColumnType::Float, "NaN", None),
            (ColumnType::Date, "1970-01-02", Some(Value::Date(1))),
            (
                ColumnType::Timestamp,
                "1970-01-01T00:00:01Z",
                Some(Value::Timestamp(1_000_000)),
            ),
            (ColumnType::Timestamp, "yesterday", None),
        ];
        for (kind, text, value) in cases {
            assert_eq!(operand(kind, text), value, "{text}");
        }
    }

    #[test]
    fn an_instant_is_shown_with_its_microseconds() {
        let shown = |text: &str| json(ColumnType::Timestamp, Some(text.to_owned()));
        assert_eq!(shown("2024-03-01T10:11:12Z"), "2024-03-01T10:11:12.000000Z");
        assert_eq!(
            shown("2024-03-01T10:11:12.500000Z"),
            "2024-03-01T10:11:12.500000Z"
        );
    }
}
