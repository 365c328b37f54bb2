//! A guest's outcomes, checked against what it declared: nothing that it says is
//! taken on trust.

use std::sync::Arc;

use runnel_model::{Change, Column, ColumnType, Outcome, Rejection, Row, Table, Value};

use crate::{
    Fault, PluginId, bindings::transform::runnel::plugin::types as wit, json::text, words::line,
};

/// Characters of a reason, message or path that are kept.
const WORDS: usize = 2_000;
/// 0001-01-01T00:00:00Z and the last microsecond of 9999: what every database
/// and every client can show.
const INSTANTS: std::ops::RangeInclusive<i64> = -62_135_596_800_000_000..=253_402_300_799_999_999;
/// The same in days.
const DAYS: std::ops::RangeInclusive<i32> = -719_162..=2_932_896;

/// What the rows of a table look like.
pub(crate) struct Shape {
    name: String,
    columns: Vec<Field>,
    key: Vec<Field>,
}

struct Field {
    name: String,
    kind: ColumnType,
    nullable: bool,
}

impl Shape {
    pub(crate) fn of(table: &Table) -> Self {
        Self {
            name: table.name.to_string(),
            columns: table.columns.iter().map(Field::of).collect(),
            key: table.key_columns().map(Field::of).collect(),
        }
    }
}

impl Field {
    fn of(column: &Column) -> Self {
        Self {
            name: column.name.to_string(),
            kind: column.kind,
            // What the host looks up is not there yet when the transform runs.
            nullable: column.nullable || column.lookup.is_some(),
        }
    }
}

/// Checks the outcomes of one call.
pub(crate) struct Checker<'a> {
    tables: &'a [Shape],
    plugin: &'a Arc<PluginId>,
    /// U+0000 replaced so far.
    pub(crate) nuls: u64,
}

impl<'a> Checker<'a> {
    pub(crate) fn new(tables: &'a [Shape], plugin: &'a Arc<PluginId>) -> Self {
        Self {
            tables,
            plugin,
            nuls: 0,
        }
    }

    /// The outcome in the model's words, or what is wrong with it.
    pub(crate) fn outcome(&mut self, outcome: wit::Outcome) -> Result<Outcome, Fault> {
        match outcome {
            wit::Outcome::Emit(changes) => changes
                .into_iter()
                .map(|change| self.change(change))
                .collect::<Result<_, _>>()
                .map(Outcome::Emit)
                .map_err(|wrong| Fault::wrong(self.plugin, wrong)),
            wit::Outcome::Skip(reason) => Ok(Outcome::Skip(self.words(&reason))),
            wit::Outcome::Reject(rejection) => Ok(Outcome::Reject(Rejection {
                message: self.words(&rejection.message),
                path: rejection.path.map(|path| self.words(&path)),
            })),
        }
    }

    fn change(&mut self, change: wit::Change) -> Result<Change, String> {
        match change {
            wit::Change::Upsert(row) => self.row(row, |shape| &shape.columns).map(Change::Upsert),
            wit::Change::Delete(row) => self.row(row, |shape| &shape.key).map(Change::Delete),
        }
    }

    fn row(&mut self, row: wit::Row, fields: fn(&Shape) -> &[Field]) -> Result<Row, String> {
        let shape = self
            .tables
            .get(row.table as usize)
            .ok_or_else(|| format!("table {} was not declared", row.table))?;
        let fields = fields(shape);
        if row.values.len() != fields.len() {
            return Err(format!(
                "table {}: {} values for {} columns",
                shape.name,
                row.values.len(),
                fields.len()
            ));
        }
        let values = row.values.into_iter().zip(fields);
        let values = values.map(|(value, field)| {
            self.value(value, field)
                .map_err(|wrong| format!("table {}, column {}: {wrong}", shape.name, field.name))
        });
        Ok(Row {
            table: row.table,
            values: values.collect::<Result<_, _>>()?,
        })
    }

    fn value(&mut self, value: wit::Value, field: &Field) -> Result<Value, String> {
        match (value, field.kind) {
            (wit::Value::Null, _) if field.nullable => Ok(Value::Null),
            (wit::Value::Null, _) => Err("null, and the column is not nullable".to_owned()),
            (wit::Value::Boolean(v), ColumnType::Boolean) => Ok(Value::Boolean(v)),
            (wit::Value::Integer(v), ColumnType::Integer) => Ok(Value::Integer(v)),
            (wit::Value::Float(v), ColumnType::Float) if v.is_finite() => Ok(Value::Float(v)),
            (wit::Value::Float(v), ColumnType::Float) => Err(format!("{v} is not finite")),
            (wit::Value::Text(v), ColumnType::Text) => Ok(Value::Text(self.text(v))),
            (wit::Value::Timestamp(v), ColumnType::Timestamp) if INSTANTS.contains(&v) => {
                Ok(Value::Timestamp(v))
            }
            (wit::Value::Date(v), ColumnType::Date) if DAYS.contains(&v) => Ok(Value::Date(v)),
            (wit::Value::Timestamp(_), ColumnType::Timestamp)
            | (wit::Value::Date(_), ColumnType::Date) => {
                Err("it is not in the years 0001 to 9999".to_owned())
            }
            (wit::Value::Json(v), ColumnType::Json) => self.json(v),
            (other, kind) => Err(format!("{} where {kind:?} is declared", case(&other))),
        }
    }

    fn json(&mut self, json: String) -> Result<Value, String> {
        crate::json::check(&json).map_err(|error| format!("it is no JSON: {error}"))?;
        let (json, replaced) = text::without_escaped_nuls(json);
        self.nuls += replaced;
        Ok(Value::Json(json))
    }

    fn text(&mut self, text: String) -> String {
        let (text, replaced) = text::without_nuls(text);
        self.nuls += replaced;
        text
    }

    fn words(&mut self, words: &str) -> String {
        let nuls = words.chars().take(WORDS).filter(|c| *c == '\0').count();
        self.nuls += nuls as u64;
        line(words, WORDS)
    }
}

fn case(value: &wit::Value) -> &'static str {
    match value {
        wit::Value::Null => "null",
        wit::Value::Boolean(_) => "a boolean",
        wit::Value::Integer(_) => "an integer",
        wit::Value::Float(_) => "a float",
        wit::Value::Text(_) => "text",
        wit::Value::Timestamp(_) => "a timestamp",
        wit::Value::Date(_) => "a date",
        wit::Value::Json(_) => "json",
    }
}
