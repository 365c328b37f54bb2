//! `runnel plugin push`.

use anyhow::Context;
use runnel_control::{Installed, read_component};
use runnel_oci::Package;
use runnel_sandbox::{Inspection, Sandbox};
use runnel_signatures::Signature;
use serde_json::json;

use super::{failed, reach};
use crate::{
    args::PushArguments, environment::Environment, failure::Failure, output, plugin::sandbox,
};

/// Pushes a component that a host would take.
pub(in crate::plugin) fn run(
    arguments: &PushArguments,
    environment: &Environment,
) -> Result<(), Failure> {
    let to = &arguments.reference;
    let signature = Signature::of(&arguments.file).map_err(anyhow::Error::from)?;
    let package = package(arguments, &sandbox(environment)?, signature.as_ref())?;
    let version = format!("{}@{}", package.title, package.version);
    let (runtime, registry) = reach(&arguments.way, environment)?;
    let pushed = runtime.block_on(registry.push(to, package));
    let pushed = pushed.map_err(failed)?;
    let signed = signature.map(|signature| signature.key().to_string());
    if arguments.way.json {
        let json = json!({
            "reference": to.to_string(), "version": version, "digest": pushed.digest,
            "manifest": pushed.manifest, "signed_by": signed,
        });
        return Ok(output::print(format!("{json:#}"))?);
    }
    let signed = signed.map_or("unsigned".to_owned(), |key| format!("signed by {key}"));
    Ok(output::print(format!(
        "{version} is at {to}, {signed} (digest {}, manifest {})",
        pushed.digest.short(),
        pushed.manifest
    ))?)
}

fn package(
    arguments: &PushArguments,
    sandbox: &Sandbox,
    signature: Option<&Signature>,
) -> Result<Package, Failure> {
    let file = &arguments.file;
    let component = read_component(file, sandbox.limits().component)?;
    // First from outside: what is no plugin is not compiled.
    let outside = Inspection::of(&component).and_then(|outside| outside.kind().map(|_| outside));
    let outside = outside.with_context(|| format!("{} is no plugin", file.display()))?;
    let plugin = Installed::load(sandbox, file)?;
    Ok(Package {
        title: plugin.name().to_string(),
        version: plugin.version().to_owned(),
        imports: outside.imports,
        exports: outside.exports,
        signature: signature.map(ToString::to_string),
        component,
    })
}
