//! `runnel plugin diff`: what two versions make of the records that are there.

use runnel_control::{ControlError, DiffRequest, diff};
use runnel_store::Window;
use serde_json::Value;

use super::{
    desk::{At, Desk, Own, window, work},
    differences::{self, paper},
    remote,
    show::{number, said},
};
use crate::{args::DiffArguments, environment::Environment, failure::Failure, plugin};

pub(super) async fn run(
    arguments: &DiffArguments,
    environment: &Environment,
) -> Result<(), Failure> {
    let window = window(&arguments.records)?;
    let desk = Desk::open(&arguments.store, environment).await?;
    let found = match &desk.at {
        At::Database(own) => made(own, arguments, window, environment).await?,
        At::Server(server) => remote::trials::diff(server, arguments, &window).await?,
    };
    desk.answer(&found, || text(arguments, &found))?;
    equal(arguments, &found)
}

async fn made(
    own: &Own,
    arguments: &DiffArguments,
    window: Window,
    environment: &Environment,
) -> Result<Value, Failure> {
    let tenant = own.tenant(arguments.records.tenant.as_deref()).await?;
    let request = DiffRequest {
        old: arguments.old.clone(),
        new: arguments.new.clone(),
        window,
        tenant: tenant.map(|tenant| tenant.id),
        limit: arguments.limit.unwrap_or(u64::MAX),
        signers: own.settings.signers(),
    };
    let sandbox = plugin::sandbox(environment)?;
    match diff(&*own.store, &sandbox, &request).await {
        Err(ControlError::Store(error)) => Err(work(error)),
        other => Ok(paper(&other?)),
    }
}

/// As `diff` does: a status of 1 where there are differences.
fn equal(arguments: &DiffArguments, found: &Value) -> Result<(), Failure> {
    let places = found["places"].as_object();
    if places.is_none_or(|places| places.is_empty()) {
        return Ok(());
    }
    Err(Failure::Work(anyhow::anyhow!(
        "{} and {} differ: {} of {} records are mapped differently, {} cannot be mapped any more",
        arguments.old,
        arguments.new,
        said(found, "different"),
        said(found, "records"),
        said(found, "broken")
    )))
}

fn text(arguments: &DiffArguments, found: &Value) -> String {
    if number(found, "records") == 0 {
        return "there are no raw records of this kind: nothing was compared".to_owned();
    }
    let (old, new) = (arguments.old.to_string(), arguments.new.to_string());
    differences::text(found, [&old, &new])
}
