//! A descriptor that is accepted is within its limits, and is the same when it is
//! written and read again: it is stored so.

use std::collections::BTreeSet;

use arbitrary::{Result, Unstructured};
use runnel_model::{SourceDescriptor, Table, TransformDescriptor};
use serde_json::{Value, json};

use crate::json as text;

/// The parsers never panic; what they accept is within the limits, and re-reads to
/// the same.
///
/// # Panics
/// If that does not hold.
pub fn descriptors(bytes: &[u8]) {
    let mut from = Unstructured::new(bytes);
    let Ok(descriptor) = given(&mut from) else {
        return;
    };
    if let Ok(parsed) = TransformDescriptor::parse(&descriptor) {
        within_limits(&parsed, &descriptor);
        let written = json!(parsed).to_string();
        let again = TransformDescriptor::parse(&written);
        assert_eq!(again.ok(), Some(parsed), "{descriptor}");
    }
    if let Ok(parsed) = SourceDescriptor::parse(&descriptor) {
        assert!(is_version(&parsed.version), "{descriptor}");
        let written = json!(parsed).to_string();
        let again = SourceDescriptor::parse(&written);
        assert_eq!(again.ok(), Some(parsed), "{descriptor}");
    }
}

fn within_limits(descriptor: &TransformDescriptor, given: &str) {
    let TransformDescriptor {
        name,
        source,
        entity,
        ..
    } = descriptor;
    assert!(
        [name, source, entity].into_iter().all(|n| is_name(n)),
        "{given}"
    );
    assert!(is_version(&descriptor.version), "{given}");
    assert!((1..=64).contains(&descriptor.tables.len()), "{given}");
    assert!(descriptor.reads.len() <= 2_000, "{given}");
    let names: BTreeSet<&str> = descriptor.tables.iter().map(|t| &*t.name).collect();
    assert_eq!(names.len(), descriptor.tables.len(), "{given}");
    for table in &descriptor.tables {
        assert!(is_table(table), "{given}");
    }
}

fn is_table(table: &Table) -> bool {
    let columns: BTreeSet<&str> = table.columns.iter().map(|column| &*column.name).collect();
    let own = ["id", "tenant_id", "integration_id", "raw_data_id"];
    let named = table.key.iter().chain(&table.version).chain(&table.embed);
    let nullable = |name: &str| table.column(name).is_none_or(|column| column.nullable);
    let keys: BTreeSet<&str> = table.key.iter().map(|name| &**name).collect();
    is_name(&table.name)
        && (1..=1_000).contains(&table.columns.len())
        && columns.len() == table.columns.len()
        && columns
            .iter()
            .all(|name| is_name(name) && !own.contains(name))
        && named.into_iter().all(|name| columns.contains(&**name))
        && !table.key.is_empty()
        && keys.len() == table.key.len()
        && !table.key.iter().any(|name| nullable(name))
}

fn is_name(text: &str) -> bool {
    let fits = |c: char| matches!(c, 'a'..='z' | '0'..='9' | '_');
    text.starts_with(|c: char| c.is_ascii_lowercase()) && text.len() <= 63 && text.chars().all(fits)
}

fn is_version(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '+' | '-');
    (1..=64).contains(&text.len()) && text.chars().all(fits)
}

/// A descriptor of either kind that is nearly right, or any JSON.
fn given(from: &mut Unstructured<'_>) -> Result<String> {
    if from.ratio(1, 8)? {
        return text::text(from);
    }
    let mut descriptor = if from.arbitrary()? {
        transform(from)?
    } else {
        source(from)?
    };
    if from.ratio(1, 4)? {
        let members: Vec<String> = descriptor
            .as_object()
            .into_iter()
            .flat_map(|members| members.keys().cloned())
            .collect();
        let member = from.choose(&members)?;
        descriptor[member] = serde_json::from_str(&text::text(from)?).unwrap_or(Value::Null);
    }
    Ok(descriptor.to_string())
}

fn transform(from: &mut Unstructured<'_>) -> Result<Value> {
    let tables = several(from, 3, |from| {
        let columns = several(from, 5, |from| {
            let mut column = json!({"name": name(from)?, "type": kind(from)?, "nullable": from.ratio(1, 3)?,
                "doc": from.arbitrary::<String>()?});
            if from.ratio(1, 6)? {
                column["lookup"] = json!({"table": name(from)?, "on": [[name(from)?, name(from)?]], "take": name(from)?});
            }
            Ok(column)
        })?;
        let version = if from.arbitrary()? {
            json!(name(from)?)
        } else {
            Value::Null
        };
        Ok(
            json!({"name": name(from)?, "columns": columns, "key": several(from, 2, name)?,
            "version": version, "embed": several(from, 2, name)?, "doc": from.arbitrary::<String>()?}),
        )
    })?;
    Ok(
        json!({"name": name(from)?, "version": version(from)?, "source": name(from)?, "entity": name(from)?,
        "reads": several(from, 4, path)?, "tables": tables}),
    )
}

fn source(from: &mut Unstructured<'_>) -> Result<Value> {
    let streams = several(from, 3, |from| {
        let key: String = from.arbitrary()?;
        let answer = json!({"records": path(from)?, "fields": several(from, 2, path)?});
        let mut stream = json!({"name": name(from)?, "every_minutes": from.arbitrary::<u32>()?,
            "priority": from.arbitrary::<i32>()?, "depends_on": several(from, 2, name)?, "answers": {key: answer}});
        if from.ratio(1, 3)? {
            stream["parents"] = json!({"stream": name(from)?, "fields": several(from, 2, path)?,
                "changed": from.arbitrary::<bool>()?});
        }
        Ok(stream)
    })?;
    let (header, value) = from.arbitrary::<(String, String)>()?;
    let pace = json!({"concurrent": from.arbitrary::<u32>()?, "per_minute": 1});
    Ok(
        json!({"name": name(from)?, "version": version(from)?, "base_url": from.arbitrary::<String>()?,
        "headers": {header: value}, "pace": pace, "streams": streams}),
    )
}

fn several<T>(
    from: &mut Unstructured<'_>,
    most: usize,
    mut one: impl FnMut(&mut Unstructured<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    let count = from.int_in_range(0..=most)?;
    (0..count).map(|_| one(from)).collect()
}

fn name(from: &mut Unstructured<'_>) -> Result<Value> {
    Ok(match from.int_in_range(0..=19)? {
        0 => json!(from.arbitrary::<String>()?),
        1 => json!(from.choose(&["prs\"; DROP TABLE prs", "tenant_id", "Prs", "", "id"])?),
        _ => json!(from.choose(&["a", "b", "c", "d", "e_1", "f"])?),
    })
}

fn version(from: &mut Unstructured<'_>) -> Result<Value> {
    Ok(match from.int_in_range(0..=5)? {
        0 => json!(from.arbitrary::<String>()?),
        _ => json!(from.choose(&["1.2.3", "1.0.0-rc.1+build", "", "1\n2"])?),
    })
}

fn path(from: &mut Unstructured<'_>) -> Result<Value> {
    Ok(match from.int_in_range(0..=5)? {
        0 => json!(from.arbitrary::<String>()?),
        _ => json!(from.choose(&["", "a.b", "a[].b", "[].c", "a[][]", "a b.\u{e9}", "a..b"])?),
    })
}

fn kind(from: &mut Unstructured<'_>) -> Result<Value> {
    Ok(json!(from.choose(&[
        "boolean",
        "integer",
        "float",
        "text",
        "timestamp",
        "date",
        "json",
        "varchar"
    ])?))
}
