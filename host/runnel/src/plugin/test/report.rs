//! What a test says: a block for each record that did not come as expected, and
//! one line of numbers.

use runnel_sandbox::{Fault, FaultKind, Log, LogLevel};
use serde_json::{Value, json};

use super::judge::{Judged, Report, Verdict};
use crate::{output::one_line, words};

/// Parts of the names of functions through which a panic ends: they stand above
/// the one that panicked, and say nothing of it.
const OF_A_PANIC: [&str; 6] = [
    "panicking",
    "rust_abort",
    "rust_begin_unwind",
    "rust_end_short_backtrace",
    "rust_panic",
    "rust_start_panic",
];

/// The blocks of all records that did not come as expected.
pub(in crate::plugin) fn blocks(report: &Report) -> String {
    report.cases.iter().filter_map(block).collect()
}

/// `12 records as expected`, or how many were not.
pub(in crate::plugin) fn numbers(report: &Report) -> String {
    let (all, failed) = (report.cases.len() as u64, report.failed());
    if failed == 0 {
        return format!("{} as expected", words::counted(all, "record"));
    }
    format!(
        "{failed} of {} not as expected",
        words::counted(all, "record")
    )
}

fn block(judged: &Judged) -> Option<String> {
    let (what, lines) = match &judged.verdict {
        Verdict::AsExpected => return None,
        Verdict::Otherwise(differences) => {
            let lines = differences.iter().flat_map(|difference| {
                [
                    format!("  {}", difference.place),
                    format!("    expected  {}", difference.expected),
                    format!("    got       {}", difference.got),
                ]
            });
            ("not as expected", lines.collect())
        }
        Verdict::Unsaid => {
            let came = judged.came.as_deref().unwrap_or("nothing");
            let lines = vec![format!("    got       {came}")];
            ("no outcome is expected yet; --update writes it", lines)
        }
        Verdict::Faulted(fault) => (kind(fault.kind).1, fault_lines(fault)),
        Verdict::Unconfigured(message) => (
            "the configuration is not accepted",
            vec![format!("    {}", one_line(message))],
        ),
    };
    let mut block = format!("{}: {what}\n", title(judged));
    for line in lines.into_iter().chain(log_lines(&judged.log)) {
        block += &line;
        block += "\n";
    }
    Some(block)
}

/// `line 3 (a draft)`.
fn title(judged: &Judged) -> String {
    let name = judged.case.name.as_deref();
    let name = name.map_or_else(String::new, |name| format!(" ({})", one_line(name)));
    format!("line {}{name}", judged.case.line)
}

fn fault_lines(fault: &Fault) -> Vec<String> {
    let message = format!("    {}", one_line(&fault.message));
    let telling = |frame: &&str| !OF_A_PANIC.iter().any(|part| frame.contains(part));
    let frames = fault.backtrace.lines().filter(telling);
    let frames = frames.map(|frame| format!("      at {}", one_line(frame)));
    std::iter::once(message).chain(frames).collect()
}

fn log_lines(log: &Log) -> Vec<String> {
    let lines = log.lines.iter();
    let mut lines: Vec<String> = lines
        .map(|line| {
            format!(
                "    logged    {}: {}",
                level(line.level),
                one_line(&line.message)
            )
        })
        .collect();
    if log.dropped > 0 {
        let dropped = words::counted(log.dropped, "further line");
        lines.push(format!("    logged    {dropped}, beyond the limit"));
    }
    lines
}

/// A kind of fault, for programs and for people.
fn kind(kind: FaultKind) -> (&'static str, &'static str) {
    match kind {
        FaultKind::Trapped => ("trapped", "the plugin trapped"),
        FaultKind::Deadline => ("deadline", "the plugin ran past the limit of time"),
        FaultKind::Memory => ("memory", "the plugin went beyond the limit of memory"),
        FaultKind::Output => ("output", "the plugin went beyond the limit of output"),
        FaultKind::WrongAnswer => ("wrong_answer", "the plugin answered against the interface"),
        FaultKind::Input => ("input", "the record was not handed to the plugin"),
    }
}

fn level(level: LogLevel) -> &'static str {
    match level {
        LogLevel::Debug => "debug",
        LogLevel::Info => "info",
        LogLevel::Warn => "warn",
        LogLevel::Error => "error",
    }
}

/// All of it, for programs.
pub(super) fn json(report: &Report, updated: usize) -> Value {
    let cases: Vec<Value> = report.cases.iter().map(case_json).collect();
    json!({
        "plugin": report.plugin,
        "version": report.version,
        "digest": report.digest.to_string(),
        "records": report.cases.len(),
        "failed": report.failed(),
        "updated": updated,
        "cases": cases,
    })
}

fn case_json(judged: &Judged) -> Value {
    let verdict = match &judged.verdict {
        Verdict::AsExpected => "as_expected",
        Verdict::Otherwise(_) => "otherwise",
        Verdict::Unsaid => "unsaid",
        Verdict::Faulted(_) => "faulted",
        Verdict::Unconfigured(_) => "unconfigured",
    };
    let mut case = json!({
        "line": judged.case.line,
        "name": judged.case.name,
        "verdict": verdict,
        "got": judged.came,
        "log": judged.log.lines.iter().map(|line| json!({
            "level": level(line.level),
            "message": line.message,
        })).collect::<Vec<_>>(),
    });
    match &judged.verdict {
        Verdict::Otherwise(differences) => {
            let differences = differences.iter().map(|difference| {
                json!({
                    "place": difference.place,
                    "expected": difference.expected,
                    "got": difference.got,
                })
            });
            case["differences"] = differences.collect();
        }
        Verdict::Faulted(fault) => {
            case["fault"] = json!({
                "kind": kind(fault.kind).0,
                "message": fault.message,
                "backtrace": fault.backtrace.lines().collect::<Vec<_>>(),
            });
        }
        Verdict::Unconfigured(message) => case["message"] = json!(message),
        Verdict::AsExpected | Verdict::Unsaid => {}
    }
    case
}
