//! `runnel plugin push` and `pull`.

mod files;
mod pull;
mod push;

use anyhow::Context;
use runnel_oci::{Access, OciError, Registry};
use runnel_sandbox::Limits;
use tokio::runtime::Runtime;

use crate::{args::WayArguments, environment::Environment, failure::Failure, folders};
pub(super) use pull::run as pull;
pub(super) use push::run as push;

/// A registry, and threads to wait for it with.
fn reach(way: &WayArguments, environment: &Environment) -> Result<(Runtime, Registry), Failure> {
    let registry = Registry::new(Access {
        plain_http: way.plain_http,
        credentials: folders::logins(environment),
        limit: Limits::default().component,
    });
    let runtime = Runtime::new().context("the threads of the runtime cannot be started")?;
    Ok((runtime, registry.map_err(failed)?))
}

fn failed(error: OciError) -> Failure {
    Failure::Work(error.into())
}
