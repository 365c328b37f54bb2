//! A batch of changes, put in order before it reaches SQL: checked against what
//! is declared, one change a row, sorted by key.

use std::{cmp::Ordering, collections::BTreeMap};

use runnel_model::{
    Change, Column, ColumnType, Name, RawId, Row, Table, TransformDescriptor, Value,
};

use crate::DeadLetter;

mod json;
mod keys;

/// The years 1 to 9999: what ISO 8601 writes with four digits, so that text in
/// order is time in order.
const INSTANTS: std::ops::RangeInclusive<i64> = -62_135_596_800_000_000..=253_402_300_799_999_999;
const DAYS: std::ops::RangeInclusive<i32> = -719_162..=2_932_896;

/// One row's last change within the batch.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Item {
    pub(crate) raw: RawId,
    /// In the order of the columns (upsert) or of the key (delete).
    pub(crate) values: Vec<Value>,
}

/// What a batch does to one table, each part sorted by key.
#[derive(Debug, Default)]
pub(crate) struct TableBatch {
    pub(crate) upserts: Vec<Item>,
    pub(crate) deletes: Vec<Item>,
}

impl TableBatch {
    /// The same with these columns' values alone. Of a delete there is the key, which
    /// stays.
    pub(crate) fn only(&self, columns: &[usize]) -> Self {
        let only = |item: &Item| Item {
            raw: item.raw,
            values: columns.iter().map(|i| item.values[*i].clone()).collect(),
        };
        Self {
            upserts: self.upserts.iter().map(only).collect(),
            deletes: self.deletes.clone(),
        }
    }
}

/// A batch in order.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    /// By index into the descriptor's tables.
    pub(crate) tables: BTreeMap<usize, TableBatch>,
    /// Changes that fit what is declared.
    pub(crate) changes: u64,
    /// Changes that do not.
    pub(crate) dead: Vec<DeadLetter>,
    /// The records that were mapped, where older rows of theirs have to go.
    pub(crate) records: Vec<RawId>,
}

impl Batch {
    /// Puts the changes in order.
    pub(crate) fn new(
        descriptor: &TransformDescriptor,
        changes: Vec<(RawId, Change)>,
        records: Vec<RawId>,
    ) -> Self {
        let mut batch = Self {
            records,
            ..Self::default()
        };
        let mut tables: BTreeMap<usize, Vec<Entry>> = BTreeMap::new();
        for (raw, change) in changes {
            match fit(descriptor, change) {
                Ok((table, delete, values)) => {
                    batch.changes += 1;
                    tables.entry(table).or_default().push(Entry {
                        delete,
                        item: Item { raw, values },
                    });
                }
                Err((error, path)) => batch.dead.push(DeadLetter { raw, error, path }),
            }
        }
        batch.tables = tables
            .into_iter()
            .map(|(i, entries)| (i, last_changes(&descriptor.tables[i], entries)))
            .collect();
        batch
    }
}

struct Entry {
    delete: bool,
    item: Item,
}

/// Where a table's key and version are among its columns.
struct Positions {
    key: Vec<usize>,
    version: Option<usize>,
}

impl Positions {
    fn of(table: &Table) -> Self {
        let at = |name: &Name| table.columns.iter().position(|column| column.name == *name);
        Self {
            key: table.key.iter().filter_map(at).collect(),
            version: table.version.as_ref().and_then(at),
        }
    }

    fn compare_keys(&self, a: &Entry, b: &Entry) -> Ordering {
        let values = |entry: &Entry, i: usize| if entry.delete { i } else { self.key[i] };
        (0..self.key.len())
            .map(|i| compare(&a.item.values[values(a, i)], &b.item.values[values(b, i)]))
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    }

    /// Whether `next`, of a raw record as new or newer, leaves `last` standing:
    /// the same rule as that of the statement that writes it.
    fn outdated(&self, last: &Entry, next: &Entry) -> bool {
        match self.version {
            Some(i) if !last.delete && !next.delete => {
                compare(&next.item.values[i], &last.item.values[i]).is_lt()
            }
            _ => false,
        }
    }
}

/// One change a row: PostgreSQL refuses to touch a row twice in a statement.
fn last_changes(table: &Table, mut entries: Vec<Entry>) -> TableBatch {
    let at = Positions::of(table);
    entries.sort_by(|a, b| at.compare_keys(a, b).then(a.item.raw.cmp(&b.item.raw)));
    let mut last: Vec<Entry> = Vec::with_capacity(entries.len());
    for entry in entries {
        match last.last_mut() {
            Some(before) if at.compare_keys(before, &entry).is_eq() => {
                if !at.outdated(before, &entry) {
                    *before = entry;
                } else if table.of_record {
                    // The newer record still has the row, if an older state of it.
                    before.item.raw = entry.item.raw;
                }
            }
            _ => last.push(entry),
        }
    }
    let (deletes, upserts): (Vec<_>, Vec<_>) = last.into_iter().partition(|entry| entry.delete);
    let items = |entries: Vec<Entry>| entries.into_iter().map(|entry| entry.item).collect();
    TableBatch {
        upserts: items(upserts),
        deletes: items(deletes),
    }
}

/// The order of two values of one column; null is the least.
fn compare(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Boolean(a), Value::Boolean(b)) => a.cmp(b),
        (Value::Integer(a), Value::Integer(b)) | (Value::Timestamp(a), Value::Timestamp(b)) => {
            a.cmp(b)
        }
        (Value::Float(a), Value::Float(b)) => a.total_cmp(b),
        (Value::Text(a), Value::Text(b)) | (Value::Json(a), Value::Json(b)) => a.cmp(b),
        (Value::Date(a), Value::Date(b)) => a.cmp(b),
        _ => (*a != Value::Null).cmp(&(*b != Value::Null)),
    }
}

/// What is wrong, and with which column.
type Misfit = (String, Option<String>);

/// The change as (table, is it a delete, values), if it is one that was declared.
fn fit(
    descriptor: &TransformDescriptor,
    change: Change,
) -> Result<(usize, bool, Vec<Value>), Misfit> {
    let (
        delete,
        Row {
            table: index,
            values,
        },
    ) = match change {
        Change::Upsert(row) => (false, row),
        Change::Delete(row) => (true, row),
    };
    let index = usize::try_from(index).unwrap_or(usize::MAX);
    let table = descriptor
        .tables
        .get(index)
        .ok_or_else(|| (format!("there is no table {index}"), None))?;
    let misfit = if delete {
        check(table.key_columns(), &values)
    } else {
        check(table.columns.iter(), &values)
    };
    let misfit = misfit.and_then(|()| keys::check(table, delete, &values));
    misfit.map_err(|(error, column)| (format!("table {}: {error}", table.name), column))?;
    Ok((index, delete, values))
}

fn check<'a>(columns: impl Iterator<Item = &'a Column>, values: &[Value]) -> Result<(), Misfit> {
    let mut expected = 0;
    for (column, value) in columns.zip(values.iter().map(Some).chain(std::iter::repeat(None))) {
        let value = value.ok_or_else(|| (format!("{} values are too few", values.len()), None))?;
        if let Some(wrong) = wrong(column, value) {
            return Err((
                format!("the column {} {wrong}", column.name),
                Some(column.name.to_string()),
            ));
        }
        expected += 1;
    }
    if expected == values.len() {
        Ok(())
    } else {
        Err((format!("{} values are too many", values.len()), None))
    }
}

fn wrong(column: &Column, value: &Value) -> Option<String> {
    match (value, column.kind) {
        (Value::Null, _) if column.nullable || column.lookup.is_some() => None,
        (Value::Null, _) => Some("may not be null".to_owned()),
        (Value::Float(number), _) if !number.is_finite() => Some("is no finite number".to_owned()),
        (Value::Timestamp(at), _) if !INSTANTS.contains(at) => {
            Some("is not within the years 1 to 9999".to_owned())
        }
        (Value::Date(day), _) if !DAYS.contains(day) => {
            Some("is not within the years 1 to 9999".to_owned())
        }
        (Value::Boolean(_), ColumnType::Boolean)
        | (Value::Integer(_), ColumnType::Integer)
        | (Value::Float(_), ColumnType::Float)
        | (Value::Text(_), ColumnType::Text)
        | (Value::Timestamp(_), ColumnType::Timestamp)
        | (Value::Date(_), ColumnType::Date) => None,
        (Value::Json(text), ColumnType::Json) => json::wrong(text),
        (_, kind) => Some(format!("is of type {kind:?}, and its value is not").to_lowercase()),
    }
}
