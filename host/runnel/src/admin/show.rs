//! Tables and instants as commands print them.

use comfy_table::{Table, presets};
use runnel_store::{Counters, Micros};
use serde_json::{Value, json};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::{output::one_line, words};

/// A table of rows; a sentence where there are none.
pub(super) fn table<const N: usize>(
    headings: [&str; N],
    rows: Vec<[String; N]>,
    none: &str,
) -> String {
    if rows.is_empty() {
        return none.to_owned();
    }
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_FULL_CONDENSED)
        .set_header(headings);
    for row in rows {
        table.add_row(row.map(|cell| one_line(&cell)));
    }
    table.to_string()
}

/// Lines of `name: value`, aligned.
pub(super) fn card(lines: &[(&str, String)]) -> String {
    let width = lines.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let line = |(name, value): &(&str, String)| format!("{name:>width$}: {}", one_line(value));
    lines.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// An instant for people and programs: `2024-03-01T10:11:12Z`.
pub(super) fn instant(micros: Micros) -> String {
    OffsetDateTime::from_unix_timestamp(micros.div_euclid(1_000_000))
        .ok()
        .and_then(|at| at.format(&Rfc3339).ok())
        .unwrap_or_else(|| micros.to_string())
}

/// What a paper says of something: a list with commas between, and nothing where there
/// is nothing.
pub(super) fn said(paper: &Value, key: &str) -> String {
    match &paper[key] {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

fn plain(item: &Value) -> String {
    item.as_str()
        .map_or_else(|| item.to_string(), str::to_owned)
}

/// The same where there may be nothing.
pub(super) fn said_or(paper: &Value, key: &str, none: &str) -> String {
    match paper[key].is_null() {
        true => none.to_owned(),
        false => said(paper, key),
    }
}

/// The number that a paper has of something.
pub(super) fn number(paper: &Value, key: &str) -> u64 {
    paper[key].as_u64().unwrap_or_default()
}

/// The same with thousands set apart.
pub(super) fn counted(paper: &Value, key: &str) -> String {
    words::count(number(paper, key))
}

/// The things of a list.
pub(super) fn items<'a>(paper: &'a Value, key: &str) -> &'a [Value] {
    paper[key].as_array().map_or(&[], Vec::as_slice)
}

/// What a run did.
pub(super) fn counters(counters: &Counters) -> Value {
    json!({
        "requests": counters.requests,
        "bytes": counters.bytes,
        "retries": counters.retries,
        "extracted": counters.extracted,
        "transformed": counters.transformed,
        "loaded": counters.loaded,
        "unchanged": counters.unchanged,
        "dead": counters.dead,
    })
}

#[cfg(test)]
mod tests {
    use super::{card, instant, table};

    #[test]
    fn an_instant_is_in_utc() {
        assert_eq!(instant(1_709_287_872_999_999), "2024-03-01T10:11:12Z");
    }

    #[test]
    fn a_table_without_rows_is_a_sentence() {
        assert_eq!(table(["a"], vec![], "nothing"), "nothing");
    }

    #[test]
    fn a_card_is_aligned_and_each_value_is_one_line() {
        let lines = [("a", "1\n2".to_owned()), ("long", "3".to_owned())];
        assert_eq!(card(&lines), "   a: 1 2\nlong: 3");
    }
}
