//! `runnel plugin pull`.

use std::path::{Path, PathBuf};

use anyhow::Context;
use runnel_oci::Pulled;
use runnel_sandbox::Inspection;
use runnel_signatures::{Signature, Signers};
use serde_json::json;

use super::{
    failed,
    files::{self, Wanted},
    reach,
};
use crate::{
    args::PullArguments, environment::Environment, failure::Failure, output, settings, words,
};

/// Pulls a component and its signature into files.
pub(in crate::plugin) fn run(
    arguments: &PullArguments,
    environment: &Environment,
) -> Result<(), Failure> {
    let from = &arguments.reference;
    let signers = settings::signers(&arguments.signers, &[], environment)?;
    let (runtime, registry) = reach(&arguments.way, environment)?;
    let pulled = runtime.block_on(registry.pull(from)).map_err(failed)?;
    let signature = checked(&pulled, &signers).with_context(|| from.to_string())?;
    let named = || PathBuf::from(format!("{}.wasm", from.name()));
    let file = arguments.output.clone().unwrap_or_else(named);
    let beside = Signature::beside(&file);
    let wanted = [
        Wanted {
            file: &file,
            bytes: Some(&pulled.component),
        },
        Wanted {
            file: &beside,
            bytes: pulled.signature.as_deref().map(str::as_bytes),
        },
    ];
    files::keep(&wanted, arguments.force)?;
    tell(arguments, &file, &pulled, signature.as_ref(), &signers)
}

/// Looks at what came before any of it is written. Nothing is compiled.
fn checked(pulled: &Pulled, signers: &Signers) -> anyhow::Result<Option<Signature>> {
    Inspection::of(&pulled.component)?;
    let signature = pulled.signature.as_deref().map(str::parse::<Signature>);
    let signature = signature.transpose().context("its signature")?;
    signers.accept(&pulled.component, pulled.digest, signature.as_ref())?;
    Ok(signature)
}

fn tell(
    arguments: &PullArguments,
    file: &Path,
    pulled: &Pulled,
    signature: Option<&Signature>,
    signers: &Signers,
) -> Result<(), Failure> {
    let shown = file.display();
    let key = signature.map(|signature| signature.key().to_string());
    if arguments.way.json {
        let json = json!({
            "reference": arguments.reference.to_string(), "file": shown.to_string(),
            "digest": pulled.digest, "manifest": pulled.manifest,
            "signed_by": key, "verified": signers.ask(),
        });
        return Ok(output::print(format!("{json:#}"))?);
    }
    let signed = match key {
        None => "unsigned".to_owned(),
        Some(key) if signers.ask() => format!("signed by {key}"),
        Some(key) => format!("with a signature by {key} that was not checked"),
    };
    let size = words::bytes(pulled.component.len() as u64);
    Ok(output::print(format!(
        "{shown}: {size}, {signed} (digest {}, manifest {}); `runnel plugin install {shown}` keeps it in the database",
        pulled.digest.short(),
        pulled.manifest
    ))?)
}
