//! What happens at a save.

use std::{path::PathBuf, time::Instant};

use anyhow::Context;
use runnel_control::Installed;

use crate::{
    admin::Target,
    failure::Failure,
    output,
    plugin::{
        build::{self, Builder, package},
        test,
    },
    words,
};

/// The crate at work, and what works on it.
pub(super) struct Workshop {
    pub(super) folder: PathBuf,
    pub(super) records: PathBuf,
    /// Whether somebody named the records, and misses them where they are not.
    pub(super) records_named: bool,
    pub(super) builder: Builder,
    /// Where components go, if not where they go by themselves.
    pub(super) out: Option<PathBuf>,
    /// Where the plugin is put to work, if it is.
    pub(super) target: Option<Target>,
}

/// What the steps of one round leave to the next.
#[derive(Default)]
struct Round {
    plugin: Option<Installed>,
}

/// A part of a round: what it says, in a few words, if anything.
type Step = fn(&Workshop, &mut Round) -> Result<Option<String>, Failure>;

/// The steps of a round, in order. The first that fails ends it.
const STEPS: [Step; 3] = [build, test, activate];

impl Workshop {
    /// Goes through the steps, and answers what they say.
    pub(super) fn round(&self) -> Result<String, Failure> {
        let mut round = Round::default();
        let mut said = Vec::new();
        for step in STEPS {
            said.extend(step(self, &mut round)?);
        }
        Ok(said.join("; "))
    }
}

fn build(workshop: &Workshop, round: &mut Round) -> Result<Option<String>, Failure> {
    let begun = Instant::now();
    let package = package::find(&workshop.folder)?;
    let mut plugins = workshop
        .builder
        .build(&[package], workshop.out.as_deref())?;
    let plugin = plugins.pop().context("cargo has built nothing")?;
    let said = format!(
        "{} {} built in {}, {}",
        plugin.name(),
        plugin.version(),
        words::duration(begun.elapsed()),
        build::size(&plugin)
    );
    round.plugin = Some(plugin);
    Ok(Some(said))
}

fn test(workshop: &Workshop, round: &mut Round) -> Result<Option<String>, Failure> {
    let records = &workshop.records;
    if !workshop.records_named && !records.exists() {
        return Ok(Some(format!("no {} to test it with", records.display())));
    }
    let plugin = round.plugin.as_ref().context("there is nothing to test")?;
    let report = test::judge(plugin, records)?;
    let blocks = test::blocks(&report);
    if !blocks.is_empty() {
        output::print(blocks.trim_end())?;
    }
    test::passed(&report)?;
    Ok(Some(test::numbers(&report)))
}

fn activate(workshop: &Workshop, round: &mut Round) -> Result<Option<String>, Failure> {
    let Some(target) = &workshop.target else {
        return Ok(None);
    };
    let plugin = round.plugin.as_ref();
    let plugin = plugin.context("there is nothing to activate")?;
    target.put_to_work(&plugin.path).map(Some)
}
