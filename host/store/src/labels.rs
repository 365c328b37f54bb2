//! What the columns of a view are called: as people call them, as far as a database
//! can tell them apart.

use std::collections::BTreeMap;

use runnel_model::Table;

use crate::ddl::NAME;

/// Columns of the host that a view shows beside the declared ones.
pub(crate) const SHOWN: [&str; 4] = ["id", "raw_data_id", "transform_digest", "last_updated_at"];

/// A name in the view for each column of the table, in order. A label that another
/// column has too, but for its case, gets the column's name behind it.
pub(crate) fn labels(table: &Table) -> Vec<String> {
    let wanted: Vec<Option<String>> = table
        .columns
        .iter()
        .map(|column| column.label.as_deref().and_then(clean))
        .collect();
    let mut used: BTreeMap<String, u32> = BTreeMap::new();
    for name in SHOWN {
        used.insert(name.to_owned(), 1);
    }
    for (column, label) in table.columns.iter().zip(&wanted) {
        let name = label.as_deref().unwrap_or(&column.name);
        *used.entry(name.to_lowercase()).or_default() += 1;
    }
    let columns = table.columns.iter().zip(wanted);
    columns
        .map(|(column, label)| match label {
            None => column.name.to_string(),
            Some(label) if used.get(&label.to_lowercase()) == Some(&1) => label,
            Some(label) => told_apart(&label, &column.name),
        })
        .collect()
}

/// Column names are unique, so what ends with one is too.
fn told_apart(label: &str, name: &str) -> String {
    let suffix = format!(" ({name})");
    format!("{}{suffix}", cut(label, NAME.saturating_sub(suffix.len())))
}

/// Without what no name can have; none if nothing is left.
fn clean(label: &str) -> Option<String> {
    let words: Vec<&str> = label
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect();
    let label = words.join(" ");
    let label = cut(&label, NAME).trim_end();
    (!label.is_empty()).then(|| label.to_owned())
}

/// As many whole characters as fit into so many bytes.
fn cut(text: &str, bytes: usize) -> &str {
    let mut end = text.len().min(bytes);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// The name of an integration as part of a name: small letters, digits and `_`.
pub(crate) fn slug(name: &str) -> String {
    let lower = name.to_lowercase();
    let words: Vec<&str> = lower
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    words.join("_")
}

#[cfg(test)]
mod tests {
    use super::{labels, slug};
    use runnel_model::Table;

    fn table(columns: &[(&str, Option<&str>)]) -> Table {
        let columns: Vec<_> = columns
            .iter()
            .map(|(name, label)| serde_json::json!({"name": name, "type": "text", "label": label}))
            .collect();
        serde_json::from_value(
            serde_json::json!({"name": "things", "columns": columns, "key": ["key"]}),
        )
        .unwrap()
    }

    #[test]
    fn a_column_has_its_label_or_else_its_name() {
        let table = table(&[("key", None), ("cf_1", Some("Story Points"))]);
        assert_eq!(labels(&table), ["key", "Story Points"]);
    }

    #[test]
    fn labels_that_are_the_same_but_for_case_are_told_apart_by_the_names() {
        let table = table(&[
            ("status", None),
            ("cf_1", Some("Team")),
            ("cf_2", Some("team ")),
            ("cf_3", Some("Status")),
            ("cf_4", Some("ID")),
        ]);
        assert_eq!(
            labels(&table),
            [
                "status",
                "Team (cf_1)",
                "team (cf_2)",
                "Status (cf_3)",
                "ID (cf_4)"
            ]
        );
    }

    #[test]
    fn a_label_is_cut_to_what_a_database_takes_for_a_name_and_stays_its_own() {
        let long = "é".repeat(50);
        let table = table(&[
            ("cf_1", Some(&long)),
            ("cf_2", Some(&long)),
            ("cf_3", Some(" \n")),
        ]);
        let labels = labels(&table);
        assert!(labels.iter().all(|label| label.len() <= 63), "{labels:?}");
        assert!(
            labels[0].ends_with("é (cf_1)") && labels[1].ends_with("é (cf_2)"),
            "{labels:?}"
        );
        assert_eq!(labels[2], "cf_3");
    }

    #[test]
    fn an_integrations_name_is_made_part_of_a_name() {
        assert_eq!(
            slug("tracker https://acme.example/ ABC"),
            "tracker_https_acme_example_abc"
        );
    }
}
