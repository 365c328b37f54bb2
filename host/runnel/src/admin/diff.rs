//! `runnel plugin diff`: what two versions make of the records that are there.

use runnel_control::{ControlError, DiffRequest, diff};
use runnel_model::Differences;

use super::{
    desk::{Desk, window, work},
    differences::{self, paper},
};
use crate::{args::DiffArguments, environment::Environment, failure::Failure, plugin};

pub(super) async fn run(
    arguments: &DiffArguments,
    environment: &Environment,
) -> Result<(), Failure> {
    let window = window(&arguments.records)?;
    let desk = Desk::open(&arguments.store, environment).await?;
    let tenant = desk.tenant(arguments.records.tenant.as_deref()).await?;
    let request = DiffRequest {
        old: arguments.old.clone(),
        new: arguments.new.clone(),
        window,
        tenant: tenant.map(|tenant| tenant.id),
        limit: arguments.limit.unwrap_or(u64::MAX),
        signers: desk.settings.signers(),
    };
    let sandbox = plugin::sandbox(environment)?;
    let found = match diff(&*desk.store, &sandbox, &request).await {
        Err(ControlError::Store(error)) => return Err(work(error)),
        other => other?,
    };
    desk.answer(&paper(&found), || text(&request, &found))?;
    equal(&request, &found)
}

/// As `diff` does: a status of 1 where there are differences.
fn equal(request: &DiffRequest, found: &Differences) -> Result<(), Failure> {
    if found.places.is_empty() {
        return Ok(());
    }
    Err(Failure::Work(anyhow::anyhow!(
        "{} and {} differ: {} of {} records are mapped differently, {} cannot be mapped any more",
        request.old,
        request.new,
        found.different,
        found.records,
        found.broken
    )))
}

fn text(request: &DiffRequest, found: &Differences) -> String {
    if found.records == 0 {
        return "there are no raw records of this kind: nothing was compared".to_owned();
    }
    let (old, new) = (request.old.to_string(), request.new.to_string());
    differences::text(found, [&old, &new])
}
