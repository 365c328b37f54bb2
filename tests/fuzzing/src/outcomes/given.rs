//! Outcomes as bytes choose them: many are valid, and some nearly.

use arbitrary::{Result, Unstructured};
use runnel_model::{Change, Outcome, Rejection, Row, Value};

use crate::json;

/// What a value of the two tables' columns is of, in their order.
const UPSERTS: [&[u8]; 2] = [b"ifbitsdj", b"tfd"];
const DELETES: [&[u8]; 2] = [b"i", b"td"];

pub(super) fn outcome(from: &mut Unstructured<'_>) -> Result<Outcome> {
    Ok(match from.int_in_range(0..=9)? {
        0 => Outcome::Skip(text(from)?),
        1 => Outcome::Reject(Rejection {
            message: text(from)?,
            path: if from.arbitrary()? {
                Some(text(from)?)
            } else {
                None
            },
        }),
        _ => {
            let count = from.int_in_range(0..=12)?;
            Outcome::Emit((0..count).map(|_| change(from)).collect::<Result<_>>()?)
        }
    })
}

fn change(from: &mut Unstructured<'_>) -> Result<Change> {
    let table = from.int_in_range(0..=1)?;
    let delete = from.ratio(1, 5)?;
    let kinds = if delete { DELETES } else { UPSERTS }[table];
    let mut values: Vec<Value> = kinds
        .iter()
        .enumerate()
        .map(|(i, kind)| value(from, *kind, table == 0 && i > 0))
        .collect::<Result<_>>()?;
    if from.ratio(1, 60)? {
        values.pop();
    }
    if from.ratio(1, 60)? {
        values.push(Value::Null);
    }
    let row = Row {
        table: if from.ratio(1, 60)? {
            from.arbitrary()?
        } else {
            u32::from(table == 1)
        },
        values,
    };
    Ok(if delete {
        Change::Delete(row)
    } else {
        Change::Upsert(row)
    })
}

fn value(from: &mut Unstructured<'_>, kind: u8, nullable: bool) -> Result<Value> {
    if nullable && from.ratio(1, 5)? {
        return Ok(Value::Null);
    }
    if from.ratio(1, 200)? {
        return Ok(Value::Null);
    }
    let kind = if from.ratio(1, 200)? {
        *from.choose(b"ifbtsdj")?
    } else {
        kind
    };
    Ok(match kind {
        b'i' if from.arbitrary()? => Value::Integer(from.int_in_range(0..=3)?),
        b'i' => Value::Integer(from.arbitrary()?),
        b'f' if from.ratio(1, 4)? => Value::Float(f64::from(from.arbitrary::<i16>()?) / 8.0),
        b'f' => Value::Float(from.arbitrary()?),
        b'b' => Value::Boolean(from.arbitrary()?),
        b't' => Value::Text(text(from)?),
        b's' if from.ratio(1, 40)? => Value::Timestamp(from.arbitrary()?),
        b's' => {
            Value::Timestamp(from.int_in_range(-62_135_596_800_000_000..=253_402_300_799_999_999)?)
        }
        b'd' if from.ratio(1, 40)? => Value::Date(from.arbitrary()?),
        b'd' => Value::Date(from.int_in_range(-719_162..=2_932_896)?),
        _ => Value::Json(json(from)?),
    })
}

fn text(from: &mut Unstructured<'_>) -> Result<String> {
    Ok(match from.int_in_range(0..=7)? {
        0 => from.arbitrary()?,
        1 => "'); DROP TABLE fuzzed; --".to_owned(),
        2 => "\"; DELETE FROM keyed; --".to_owned(),
        3 => "x".repeat(from.int_in_range(0..=3_000)?),
        4 => "a\0b\u{1}\u{7f}\u{feff}\u{ffff}".to_owned(),
        5 => "?1 $1 :a @b %s {}".to_owned(),
        _ => (*from.choose(&["a", "b", "null", "1", "\u{1f600}"])?).to_owned(),
    })
}

fn json(from: &mut Unstructured<'_>) -> Result<String> {
    // Most of what is generated is to be valid, so that rows get through.
    let text = json::text(from)?;
    if serde_json::from_str::<serde_json::Value>(&text).is_err() && !from.ratio(1, 20)? {
        return Ok("{\"a\": [1, \"'\"]}".to_owned());
    }
    Ok(text)
}
