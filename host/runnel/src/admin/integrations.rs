//! `runnel integration`.

use std::io::Read;

use anyhow::Context;
use runnel_control::{Admin, IntegrationRequest, Vault};
use runnel_pipeline::{Guard, Probed};
use runnel_secrets::SecretString;
use runnel_store::{Configured, Job};
use serde_json::{Value, json};

use super::{
    desk::{Desk, actor, key_ring, work},
    show::{card, instant, table},
};
use crate::{
    args::{AddIntegration, IntegrationCommand, OneIntegration},
    environment::Environment,
    failure::Failure,
    folders, plugin,
    sync::{parse_scope, parse_settings, read_token},
};

/// The tenant that is there without being added.
const DEFAULT_TENANT: &str = "default";

pub(super) async fn run(
    command: &IntegrationCommand,
    environment: &Environment,
) -> Result<(), Failure> {
    match command {
        IntegrationCommand::Add(arguments) => add(arguments, environment).await,
        IntegrationCommand::List { of, store } => {
            let desk = Desk::open(store, environment).await?;
            let tenant = desk.tenant(of.tenant.as_deref()).await?;
            list(&desk, tenant.map(|tenant| tenant.id)).await
        }
        IntegrationCommand::Show(one) => show(one, environment).await,
        IntegrationCommand::Pause(one) => pause(one, true, environment).await,
        IntegrationCommand::Resume(one) => pause(one, false, environment).await,
        IntegrationCommand::Remove(one) => remove(one, environment).await,
        IntegrationCommand::Test(arguments) => test(arguments, environment).await,
    }
}

async fn add(arguments: &AddIntegration, environment: &Environment) -> Result<(), Failure> {
    let token = token(arguments, environment)?;
    let settings = parse_settings(&arguments.settings)?;
    let scope = parse_scope(&arguments.scope, arguments.base_url.as_deref())?;
    let desk = Desk::make(&arguments.store, environment).await?;
    if arguments.tenant == DEFAULT_TENANT {
        desk.store
            .add_tenant(DEFAULT_TENANT, &actor(environment))
            .await
            .map_err(work)?;
    }
    let Some(tenant) = desk.tenant(Some(&arguments.tenant)).await? else {
        return Ok(());
    };
    let name = arguments
        .name
        .clone()
        .unwrap_or_else(|| arguments.source.clone());
    let request = IntegrationRequest {
        tenant,
        name: name.clone(),
        source: arguments.source.clone(),
        base_url: arguments.base_url.clone(),
        scope,
        settings,
        token,
    };
    let admin = admin(&desk, environment).await?;
    let added = admin.add(&request, &actor(environment)).await?;
    let jobs = jobs(&desk, &added.tenant, added.id).await?;
    let names: Vec<&str> = jobs.iter().map(|job| job.name.as_str()).collect();
    let json = json!({ "id": added.id, "name": name, "jobs": names });
    desk.answer(&json, || {
        format!(
            "integration {name} (id {}) with the jobs {}; `runnel serve` runs them",
            added.id,
            names.join(", ")
        )
    })
}

fn token(
    arguments: &AddIntegration,
    environment: &Environment,
) -> Result<Option<SecretString>, Failure> {
    if arguments.token_stdin {
        let mut text = String::new();
        std::io::stdin()
            .take(64 << 10)
            .read_to_string(&mut text)
            .context("the token cannot be read from standard input")?;
        return match text.trim() {
            "" => Err(Failure::Usage("standard input holds no token".to_owned())),
            token => Ok(Some(token.to_owned().into())),
        };
    }
    match &arguments.token_env {
        Some(name) => read_token(name, environment),
        None => Ok(None),
    }
}

async fn admin(desk: &Desk, environment: &Environment) -> Result<Admin, Failure> {
    let folder = folders::plugins(desk.settings.plugins.as_deref(), environment)?;
    let sandbox = plugin::sandbox(environment)?;
    let registry = runnel_control::Registry::load(&sandbox, &folder)?;
    let vault = Vault::new(desk.store.clone(), key_ring(&desk.settings)?);
    let signers = desk.settings.signers();
    Ok(Admin::open(desk.store.clone(), &sandbox, &signers, &registry, vault).await?)
}

async fn list(desk: &Desk, tenant: Option<runnel_model::TenantId>) -> Result<(), Failure> {
    let found = desk.store.integrations(tenant).await.map_err(work)?;
    let json: Vec<Value> = found.iter().map(paper).collect();
    desk.answer(&json.into(), || {
        let row = |i: &Configured| {
            [
                i.id.to_string(),
                i.tenant.name.clone(),
                i.name.clone(),
                i.source.to_string(),
                i.base_url.clone(),
                i.scope.join(", "),
                state(i).to_owned(),
            ]
        };
        let headings = [
            "id", "tenant", "name", "source", "base URL", "scope", "state",
        ];
        let none = "there is no integration yet: `runnel integration add --help`";
        table(headings, found.iter().map(row).collect(), none)
    })
}

async fn show(one: &OneIntegration, environment: &Environment) -> Result<(), Failure> {
    let (desk, found) = find(one, environment).await?;
    let jobs = jobs(&desk, &found.tenant.id, found.id).await?;
    let names: Vec<&str> = jobs.iter().map(|job| job.name.as_str()).collect();
    let mut json = paper(&found);
    json["jobs"] = json!(names);
    desk.answer(&json, || {
        card(&[
            ("integration", format!("{} (id {})", found.name, found.id)),
            ("tenant", found.tenant.name.clone()),
            ("source", found.source.to_string()),
            ("base URL", found.base_url.clone()),
            ("scope", found.scope.join(", ")),
            ("settings", found.settings.to_string()),
            ("credential", credential(&found).to_owned()),
            ("state", state(&found).to_owned()),
            ("added", instant(found.created_at)),
            ("jobs", names.join(", ")),
        ])
    })
}

async fn pause(
    one: &OneIntegration,
    paused: bool,
    environment: &Environment,
) -> Result<(), Failure> {
    let (desk, found) = find(one, environment).await?;
    desk.store
        .pause_integration(found.id, paused, &actor(environment))
        .await
        .map_err(work)?;
    let found = desk
        .integration(&one.name, one.of.tenant.as_deref())
        .await?;
    desk.answer(&paper(&found), || {
        format!("integration {} is {}", found.name, state(&found))
    })
}

async fn remove(one: &OneIntegration, environment: &Environment) -> Result<(), Failure> {
    let (desk, found) = find(one, environment).await?;
    desk.store
        .remove_integration(found.id, &actor(environment))
        .await
        .map_err(work)?;
    desk.answer(&json!({ "removed": found.id }), || {
        format!(
            "integration {} is removed with its jobs, runs and raw records; the rows that came of it stay",
            found.name
        )
    })
}

async fn test(one: &OneIntegration, environment: &Environment) -> Result<(), Failure> {
    let (desk, found) = find(one, environment).await?;
    let admin = admin(&desk, environment).await?;
    let hosts = desk
        .settings
        .allow_private_hosts
        .iter()
        .map(ToString::to_string);
    let probed = admin.test(&found, Guard::public_and(hosts)).await?;
    let json = json!({
        "url": probed.url, "status": probed.status, "records": probed.records,
        "limit": probed.limit, "remaining": probed.remaining, "refused": probed.refused,
    });
    desk.answer(&json, || said(&found, &probed))?;
    match &probed.refused {
        None => Ok(()),
        Some(reason) => Err(Failure::Work(anyhow::anyhow!(
            "integration {} cannot be read: {reason}",
            found.name
        ))),
    }
}

fn said(found: &Configured, probed: &Probed) -> String {
    let budget = match (probed.limit, probed.remaining) {
        (Some(limit), Some(remaining)) => format!("{remaining} of {limit} requests are left"),
        _ => "the service states no limit of requests".to_owned(),
    };
    card(&[
        ("asked", probed.url.clone()),
        ("answer", format!("HTTP {}", probed.status)),
        ("records", probed.records.to_string()),
        ("budget", budget),
        ("credential", credential(found).to_owned()),
    ])
}

async fn find(
    one: &OneIntegration,
    environment: &Environment,
) -> Result<(Desk, Configured), Failure> {
    let desk = Desk::open(&one.store, environment).await?;
    let found = desk
        .integration(&one.name, one.of.tenant.as_deref())
        .await?;
    Ok((desk, found))
}

async fn jobs(
    desk: &Desk,
    tenant: &runnel_model::TenantId,
    integration: runnel_model::IntegrationId,
) -> Result<Vec<Job>, Failure> {
    let jobs = desk.store.jobs(Some(*tenant)).await.map_err(work)?;
    Ok(jobs
        .into_iter()
        .filter(|job| job.integration == integration)
        .collect())
}

fn state(found: &Configured) -> &'static str {
    if found.paused { "paused" } else { "active" }
}

fn credential(found: &Configured) -> &'static str {
    if found.has_credential {
        "stored, encrypted"
    } else {
        "none"
    }
}

fn paper(found: &Configured) -> Value {
    json!({
        "id": found.id,
        "tenant": found.tenant.name,
        "name": found.name,
        "source": found.source,
        "base_url": found.base_url,
        "scope": found.scope,
        "settings": found.settings,
        "paused": found.paused,
        "has_credential": found.has_credential,
        "created_at": instant(found.created_at),
    })
}
