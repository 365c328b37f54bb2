//! A transform's values as PostgreSQL takes them, in its binary form: the same
//! bytes make an item of an array and a field of a `COPY`.

use runnel_model::{ColumnType, Value};
use sqlx::{
    Postgres, Type,
    encode::{Encode, IsNull},
    error::BoxDynError,
    postgres::{PgArgumentBuffer, PgTypeInfo, types::Oid},
};

/// From 1970-01-01, where our instants begin, to 2000-01-01, where PostgreSQL's
/// do.
const EPOCH_DAYS: i32 = 10_957;
const EPOCH_MICROS: i64 = EPOCH_DAYS as i64 * 86_400_000_000;

/// The type of a column's values.
pub(super) fn sql_type(kind: ColumnType) -> &'static str {
    match kind {
        ColumnType::Boolean => "boolean",
        ColumnType::Integer => "bigint",
        ColumnType::Float => "double precision",
        ColumnType::Text => "text",
        ColumnType::Timestamp => "timestamptz",
        ColumnType::Date => "date",
        ColumnType::Json => "jsonb",
    }
}

/// The numbers of the type and of its arrays, the same on every server
/// (`pg_type.dat`).
fn oids(kind: ColumnType) -> (u32, u32) {
    match kind {
        ColumnType::Boolean => (16, 1000),
        ColumnType::Integer => (20, 1016),
        ColumnType::Float => (701, 1022),
        ColumnType::Text => (25, 1009),
        ColumnType::Timestamp => (1184, 1185),
        ColumnType::Date => (1082, 1182),
        ColumnType::Json => (3802, 3807),
    }
}

/// Writes the value's length and its bytes.
pub(super) fn write(to: &mut Vec<u8>, value: &Value) -> Result<(), BoxDynError> {
    match value {
        Value::Null => to.extend((-1_i32).to_be_bytes()),
        Value::Boolean(value) => field(to, &[], &[u8::from(*value)])?,
        Value::Integer(value) => field(to, &[], &value.to_be_bytes())?,
        Value::Float(value) => field(to, &[], &value.to_be_bytes())?,
        Value::Text(value) => field(to, &[], value.as_bytes())?,
        Value::Timestamp(value) => field(to, &[], &(value - EPOCH_MICROS).to_be_bytes())?,
        Value::Date(value) => field(to, &[], &(value - EPOCH_DAYS).to_be_bytes())?,
        // The version of the form comes first.
        Value::Json(value) => field(to, &[1], value.as_bytes())?,
    }
    Ok(())
}

fn field(to: &mut Vec<u8>, head: &[u8], bytes: &[u8]) -> Result<(), BoxDynError> {
    to.extend(i32::try_from(head.len() + bytes.len())?.to_be_bytes());
    to.extend(head);
    to.extend(bytes);
    Ok(())
}

/// A column's values as one parameter.
pub(super) struct Array<I> {
    pub(super) kind: ColumnType,
    pub(super) values: I,
}

impl<I> Type<Postgres> for Array<I> {
    /// What it is in truth follows from the column, see `produces`.
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(Oid(oids(ColumnType::Text).1))
    }
}

impl<'v, I: ExactSizeIterator<Item = &'v Value> + Clone> Encode<'_, Postgres> for Array<I> {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        let (dimensions, may_hold_null, first_index) = (1_i32, 1_i32, 1_i32);
        let values = self.values.clone();
        buffer.extend(dimensions.to_be_bytes());
        buffer.extend(may_hold_null.to_be_bytes());
        buffer.extend(oids(self.kind).0.to_be_bytes());
        buffer.extend(i32::try_from(values.len())?.to_be_bytes());
        buffer.extend(first_index.to_be_bytes());
        for value in values {
            write(buffer, value)?;
        }
        Ok(IsNull::No)
    }

    fn produces(&self) -> Option<PgTypeInfo> {
        Some(PgTypeInfo::with_oid(Oid(oids(self.kind).1)))
    }
}
