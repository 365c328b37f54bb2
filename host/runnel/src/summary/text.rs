//! A table, and what else a person wants to know.

use comfy_table::{Cell, CellAlignment, Table, presets};
use runnel_store::Counters;

use super::{Report, next};
use crate::{
    output::one_line,
    words::{bytes, count, counted, duration},
};

const HEADINGS: [&str; 6] = [
    "stream",
    "extracted",
    "transformed",
    "loaded",
    "unchanged",
    "dead-lettered",
];

/// The report as text.
pub(crate) fn text(report: &Report) -> String {
    let mut parts = vec![table(report), traffic(report)];
    let nuls = report.total(|counters| counters.replaced_nuls);
    if nuls > 0 {
        parts.push(format!(
            "{} in text became U+FFFD: no database takes it.",
            counted(nuls, "U+0000 character")
        ));
    }
    if !report.skipped.is_empty() {
        parts.push(skipped(report));
    }
    parts.push(next::steps(report));
    parts.join("\n")
}

fn table(report: &Report) -> String {
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_FULL_CONDENSED)
        .set_header(HEADINGS);
    for stream in &report.streams {
        table.add_row(row(&stream.name, figures(&stream.counters)));
    }
    if report.streams.len() > 1 {
        let totals = std::array::from_fn(|i| report.total(|counters| figures(counters)[i]));
        table.add_row(row("all", totals));
    }
    table.to_string()
}

fn figures(counters: &Counters) -> [u64; 5] {
    [
        counters.extracted,
        counters.transformed,
        counters.loaded,
        counters.unchanged,
        counters.dead,
    ]
}

fn row(name: &str, figures: [u64; 5]) -> Vec<Cell> {
    let figures =
        figures.map(|figure| Cell::new(count(figure)).set_alignment(CellAlignment::Right));
    std::iter::once(Cell::new(name)).chain(figures).collect()
}

fn traffic(report: &Report) -> String {
    let retries = match report.total(|counters| counters.retries) {
        0 => String::new(),
        retries => format!(" ({} repeated)", count(retries)),
    };
    format!(
        "{}{retries}, {}, {}",
        counted(report.total(|counters| counters.requests), "request"),
        bytes(report.total(|counters| counters.bytes)),
        duration(report.elapsed),
    )
}

fn skipped(report: &Report) -> String {
    let entries = report.skipped.iter();
    let lines =
        entries.map(|entry| format!("  {}: {}", one_line(&entry.what), one_line(&entry.reason)));
    std::iter::once("Skipped:".to_owned())
        .chain(lines)
        .collect::<Vec<_>>()
        .join("\n")
}

#[cfg(test)]
mod tests {
    use super::text;
    use crate::summary::test_report::report;

    #[test]
    fn a_stream_is_a_row_of_what_became_of_its_records() {
        let text = text(&report());
        let row = text
            .lines()
            .find(|line| line.contains("github_prs"))
            .unwrap();
        let cells: Vec<&str> = row
            .split(['│', '┆'])
            .map(str::trim)
            .filter(|cell| !cell.is_empty())
            .collect();
        assert_eq!(cells, ["github_prs", "1,234", "1,233", "1,000", "233", "1"]);
    }

    #[test]
    fn what_was_skipped_replaced_and_repeated_is_said() {
        let text = text(&report());
        for part in [
            "acme/gone: HTTP 404",
            "2 U+0000 characters",
            "30 requests (1 repeated), 2.00 KiB, 1.5 s",
        ] {
            assert!(text.contains(part), "{part} is not in\n{text}");
        }
    }

    #[test]
    fn where_to_look_next_is_said() {
        let text = text(&report());
        for part in [
            "sqlite3 -line runnel.db 'SELECT * FROM prs",
            "FROM dead_letters",
        ] {
            assert!(text.contains(part), "{part} is not in\n{text}");
        }
    }
}
