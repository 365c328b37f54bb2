//! `--update`: the outcomes that came, written into the file. Of a line nothing
//! changes but its outcome, and of a file nothing but the lines that differ.

use std::{fs, io::Write, path::Path};

use anyhow::Context;
use tempfile::NamedTempFile;

use super::judge::{Judged, Report, Verdict};

/// Writes what came where it is not what was expected, and has it expected from
/// now on. A record without an outcome stays as it is.
pub(super) fn update(report: &mut Report, file: &Path) -> anyhow::Result<usize> {
    let mut lines: Vec<String> = report.text.split('\n').map(str::to_owned).collect();
    let mut updated = 0;
    for judged in &mut report.cases {
        let line = lines.get_mut(judged.case.line - 1);
        if let (Some(line), Some(text)) = (line, text(judged)) {
            *line = with(line, judged, &text);
            judged.verdict = Verdict::AsExpected;
            updated += 1;
        }
    }
    if updated > 0 {
        replace(file, &lines.join("\n"))
            .with_context(|| format!("{} cannot be written", file.display()))?;
    }
    Ok(updated)
}

/// The outcome to be written.
fn text(judged: &Judged) -> Option<String> {
    let differs = matches!(judged.verdict, Verdict::Otherwise(_) | Verdict::Unsaid);
    judged.came.clone().filter(|_| differs)
}

/// The line with another outcome.
fn with(line: &str, judged: &Judged, outcome: &str) -> String {
    if let Some(expected) = &judged.case.expected {
        let (before, after) = (&line[..expected.place.start], &line[expected.place.end..]);
        return format!("{before}{outcome}{after}");
    }
    let end = line.rfind('}').unwrap_or(line.len());
    let (before, after) = line.split_at(end);
    format!("{}, \"outcome\": {outcome}{after}", before.trim_end())
}

/// Puts another text into a file's place, whole or not at all.
fn replace(file: &Path, text: &str) -> std::io::Result<()> {
    // A link stays one.
    let file = file.canonicalize()?;
    let mut new = NamedTempFile::new_in(file.parent().unwrap_or(Path::new(".")))?;
    new.write_all(text.as_bytes())?;
    new.as_file()
        .set_permissions(fs::metadata(&file)?.permissions())?;
    new.as_file().sync_all()?;
    new.persist(&file)?;
    Ok(())
}
