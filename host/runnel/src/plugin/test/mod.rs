//! `runnel plugin test`: golden records through a transform, in the sandbox and
//! with the limits of a sync.

mod cases;
mod compare;
mod judge;
mod outcome;
mod report;
mod update;
mod value;

use runnel_control::Installed;

use super::sandbox;
use crate::{args::TestArguments, environment::Environment, failure::Failure, output, words};
pub(super) use judge::{Report, judge};
pub(super) use report::{blocks, numbers};
pub(crate) use value::write;

/// Maps the records, and says what came otherwise than expected.
pub(super) fn run(arguments: &TestArguments, environment: &Environment) -> Result<(), Failure> {
    let records = &arguments.records;
    let plugin = Installed::load(&sandbox(environment)?, &arguments.file)?;
    let mut report = judge(&plugin, records)?;
    // Before what is updated counts as expected.
    let blocks = blocks(&report);
    let updated = if arguments.update {
        update::update(&mut report, records)?
    } else {
        0
    };
    if arguments.json {
        output::print(format!("{:#}", report::json(&report, updated)))?;
    } else {
        output::print(text(&report, &blocks, updated))?;
    }
    passed(&report)
}

/// Whether all records came as expected.
///
/// # Errors
/// Says how many did not.
pub(super) fn passed(report: &Report) -> Result<(), Failure> {
    if report.failed() == 0 {
        return Ok(());
    }
    Err(Failure::Work(anyhow::anyhow!(
        "{} {}: {}",
        report.plugin,
        report.version,
        numbers(report)
    )))
}

fn text(report: &Report, blocks: &str, updated: usize) -> String {
    let update = if updated > 0 {
        format!("; {} written", words::counted(updated as u64, "outcome"))
    } else {
        String::new()
    };
    format!(
        "{blocks}{} {}: {}{update}",
        report.plugin,
        report.version,
        numbers(report)
    )
}
