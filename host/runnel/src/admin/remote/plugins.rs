//! Versions of plugins in the database of a host.

use std::path::Path;

use anyhow::Context;
use runnel_client::{ClientError, Component, Route, Server};
use runnel_model::{Name, PluginVersion};
use runnel_signatures::Signature;
use serde_json::{Value, json};

use super::{copied, to_the_second, trials};
use crate::{
    admin::show::items,
    args::{ForTenant, InstallArguments},
    failure::Failure,
};

fn route() -> Route {
    Route::to(["plugins"])
}

/// Sends a component, with the signature that lies beside it.
pub(in crate::admin) async fn install(
    server: &Server,
    arguments: &InstallArguments,
) -> Result<Value, Failure> {
    let file = &arguments.file;
    let bytes = std::fs::read(file);
    let bytes = bytes.with_context(|| format!("{} cannot be read", file.display()))?;
    let component = Component {
        bytes,
        signature: beside(file)?,
    };
    let route = route().with("dev", arguments.dev.then_some(true)).long();
    let done = server.upload(&route, component).await;
    let done = done.map_err(|error| refused(file, error))?;
    let mut paper = copied(&done, &["version", "digest", "installation"]);
    paper["name"] = done["plugin"].clone();
    Ok(paper)
}

/// A component that a host refuses is no mistake in the words of the command.
fn refused(file: &Path, error: ClientError) -> Failure {
    match error.refusal().map(|refusal| refusal.status.as_u16()) {
        Some(400 | 422) => Failure::Work(anyhow::anyhow!("{}: {error}", file.display())),
        _ => error.into(),
    }
}

fn beside(file: &Path) -> Result<Option<String>, Failure> {
    let signature = Signature::of(file).map_err(|error| Failure::Work(error.into()))?;
    Ok(signature.map(|signature| signature.to_string()))
}

/// The versions in the database: those of the folder are no part of it.
pub(in crate::admin) async fn versions(server: &Server) -> Result<Vec<Value>, ClientError> {
    let plugins = server.list(&route(), None).await?;
    let all = plugins.iter().flat_map(|plugin| {
        let own = items(plugin, "versions").iter();
        own.filter(|version| version["from"] == "database")
            .map(|version| paper(plugin, version))
    });
    Ok(all.collect())
}

fn paper(plugin: &Value, version: &Value) -> Value {
    let names = [
        "version",
        "digest",
        "size",
        "signed_by",
        "dev",
        "retired",
        "active",
        "tenants",
        "installed_at",
    ];
    let mut paper = copied(version, &names);
    for name in ["name", "kind", "source", "entity"] {
        paper[name] = plugin[name].clone();
    }
    let trials = items(version, "trials").iter();
    let trials =
        trials.map(|trial| json!({ "kind": trials::kind(trial), "tenant": trial["tenant"] }));
    paper["trials"] = trials.collect();
    to_the_second(&mut paper, &["installed_at"]);
    paper
}

/// Makes a version the active one; what was so before.
pub(in crate::admin) async fn activate(
    server: &Server,
    version: &PluginVersion,
    whom: &ForTenant,
) -> Result<Value, ClientError> {
    let asked = json!({ "version": version.version, "tenant": whom.tenant });
    change(server, (&version.plugin, "activate"), &asked).await
}

pub(in crate::admin) async fn roll_back(
    server: &Server,
    plugin: &Name,
    whom: &ForTenant,
) -> Result<Value, ClientError> {
    let asked = json!({ "tenant": whom.tenant });
    change(server, (plugin, "rollback"), &asked).await
}

pub(in crate::admin) async fn retire(
    server: &Server,
    version: &PluginVersion,
) -> Result<(), ClientError> {
    let asked = json!({ "version": version.version });
    let retired = change(server, (&version.plugin, "retire"), &asked);
    retired.await.map(drop)
}

async fn change(
    server: &Server,
    (plugin, what): (&Name, &str),
    asked: &Value,
) -> Result<Value, ClientError> {
    server.post(&route().then(plugin).then(what), asked).await
}
