//! Where to look next: commands to copy.

use std::path::Path;

use runnel_model::Name;
use runnel_store::DatabaseUrl;

use super::Report;
use crate::words::counted;

/// The tables, a query to begin with, and the dead letters if there are any.
pub(super) fn steps(report: &Report) -> String {
    let database = &report.database;
    let tables: Vec<&Name> = report
        .streams
        .iter()
        .flat_map(|stream| &stream.tables)
        .collect();
    let mut lines = Vec::new();
    if let Some(fullest) = fullest(report) {
        let names: Vec<&str> = tables.iter().map(|name| &***name).collect();
        lines.push(format!(
            "\nThe tables are in {}: {}. Where to look next:",
            place(database),
            names.join(", ")
        ));
        lines.push(query(
            database,
            &format!("SELECT * FROM {fullest} ORDER BY last_updated_at DESC LIMIT 3"),
        ));
    }
    let dead = report.total(|counters| counters.dead);
    if dead > 0 {
        lines.push(format!(
            "{} could not be mapped; {} raw data {} kept, and the reason is here:",
            counted(dead, "record"),
            if dead == 1 { "its" } else { "their" },
            if dead == 1 { "is" } else { "are" },
        ));
        let columns = "stream, error, path, raw_data_id, plugin, version";
        lines.push(query(
            database,
            &format!("SELECT {columns} FROM dead_letters ORDER BY id DESC LIMIT 10"),
        ));
    }
    lines.join("\n")
}

/// The table with the most to see.
fn fullest(report: &Report) -> Option<&Name> {
    let filled = report
        .streams
        .iter()
        .filter(|stream| !stream.tables.is_empty());
    let fullest = filled.max_by_key(|stream| stream.counters.loaded + stream.counters.unchanged)?;
    fullest.tables.first()
}

/// Where it is, for people.
fn place(database: &DatabaseUrl) -> String {
    match database {
        DatabaseUrl::Sqlite(path) => path.display().to_string(),
        DatabaseUrl::Postgres(url) => url.to_string(),
    }
}

fn query(database: &DatabaseUrl, sql: &str) -> String {
    match database {
        DatabaseUrl::Sqlite(path) => format!("  sqlite3 -line {} '{sql}'", quoted(path)),
        DatabaseUrl::Postgres(url) => format!("  psql '{url}' -x -c '{sql}'"),
    }
}

/// A path as a shell takes it.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '_' | '-');
    if text.chars().all(plain) && !text.starts_with('-') {
        text
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;
    use std::path::Path;

    #[test]
    fn a_path_with_a_space_is_quoted_for_the_shell() {
        assert_eq!(quoted(Path::new("/tmp/runnel.db")), "/tmp/runnel.db");
        assert_eq!(
            quoted(Path::new("my data's/runnel.db")),
            r"'my data'\''s/runnel.db'"
        );
    }
}
