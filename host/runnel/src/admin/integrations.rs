//! `runnel integration`.

use std::io::Read;

use anyhow::Context;
use runnel_client::Server;
use runnel_control::{Admin, IntegrationRequest, Vault};
use runnel_model::{IntegrationId, TenantId};
use runnel_pipeline::Guard;
use runnel_secrets::SecretString;
use runnel_store::{Configured, IfThere};
use serde_json::{Value, json};

use super::{
    desk::{At, DEFAULT_TENANT, Desk, Own, actor, key_ring, work},
    remote,
    show::{card, instant, said, table},
};
use crate::{
    args::{AddIntegration, IntegrationCommand, OneIntegration},
    environment::Environment,
    failure::Failure,
    folders, plugin,
    sync::{parse_scope, parse_settings, read_token},
};

pub(super) async fn run(
    command: &IntegrationCommand,
    environment: &Environment,
) -> Result<(), Failure> {
    match command {
        IntegrationCommand::Add(arguments) => add(arguments, environment).await,
        IntegrationCommand::List { of, store } => {
            let desk = Desk::open(store, environment).await?;
            let found = list(&desk, of.tenant.as_deref()).await?;
            desk.list(found, listed)
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
    let name = arguments.name.as_ref().unwrap_or(&arguments.source);
    let (id, jobs) = match &desk.at {
        At::Database(own) => {
            if arguments.tenant == DEFAULT_TENANT {
                own.store
                    .add_tenant(DEFAULT_TENANT, &actor(environment))
                    .await
                    .map_err(work)?;
            }
            let Some(tenant) = own.tenant(Some(&arguments.tenant)).await? else {
                return Ok(());
            };
            let request = IntegrationRequest {
                tenant,
                name: name.clone(),
                source: arguments.source.clone(),
                base_url: arguments.base_url.clone(),
                scope,
                settings,
                token,
            };
            let added = admin(own, environment)
                .await?
                .add(&request, IfThere::Update, &actor(environment))
                .await?;
            let jobs = jobs(own, added.tenant, added.id).await?;
            (json!(added.id), jobs)
        }
        At::Server(server) => {
            let added =
                remote::integrations::add(server, arguments, (scope, settings), token).await?;
            let jobs = remote::jobs::names_of(server, &added).await?;
            (added["id"].clone(), jobs)
        }
    };
    let json = json!({ "id": id, "name": name, "jobs": jobs });
    desk.answer(&json, || {
        format!(
            "integration {name} (id {id}) with the jobs {}; `runnel serve` runs them",
            said(&json, "jobs")
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

async fn admin(own: &Own, environment: &Environment) -> Result<Admin, Failure> {
    let folder = folders::plugins(own.settings.plugins.as_deref(), environment)?;
    let sandbox = plugin::sandbox(environment)?;
    let registry = runnel_control::Registry::load(&sandbox, &folder)?;
    let vault = Vault::new(own.store.clone(), key_ring(&own.settings)?);
    let signers = own.settings.signers();
    Ok(Admin::open(own.store.clone(), &sandbox, &signers, &registry, vault).await?)
}

async fn list(desk: &Desk, tenant: Option<&str>) -> Result<Vec<Value>, Failure> {
    let own = match &desk.at {
        At::Database(own) => own,
        At::Server(server) => return Ok(remote::integrations::list(server, tenant).await?),
    };
    let tenant = own.tenant(tenant).await?.map(|tenant| tenant.id);
    let found = own.store.integrations(tenant).await.map_err(work)?;
    Ok(found.iter().map(paper).collect())
}

fn listed(found: &[Value]) -> String {
    let row = |found: &Value| {
        let of = |key| said(found, key);
        [
            of("id"),
            of("tenant"),
            of("name"),
            of("source"),
            of("base_url"),
            of("scope"),
            state(found).to_owned(),
        ]
    };
    let headings = [
        "id", "tenant", "name", "source", "base URL", "scope", "state",
    ];
    let none = "there is no integration yet: `runnel integration add --help`";
    table(headings, found.iter().map(row).collect(), none)
}

async fn show(one: &OneIntegration, environment: &Environment) -> Result<(), Failure> {
    let desk = Desk::open(&one.store, environment).await?;
    let (mut json, jobs) = match &desk.at {
        At::Database(own) => {
            let found = find(own, one).await?;
            let jobs = jobs(own, found.tenant.id, found.id).await?;
            (paper(&found), jobs)
        }
        At::Server(server) => {
            let found = find_there(server, one).await?;
            let jobs = remote::jobs::names_of(server, &found).await?;
            (found, jobs)
        }
    };
    json["jobs"] = jobs.into();
    desk.answer(&json, || card_of(&json))
}

fn card_of(found: &Value) -> String {
    let of = |key| said(found, key);
    card(&[
        ("integration", format!("{} (id {})", of("name"), of("id"))),
        ("tenant", of("tenant")),
        ("source", of("source")),
        ("base URL", of("base_url")),
        ("scope", of("scope")),
        ("settings", of("settings")),
        ("credential", credential(found).to_owned()),
        ("state", state(found).to_owned()),
        ("added", of("created_at")),
        ("jobs", of("jobs")),
    ])
}

async fn pause(
    one: &OneIntegration,
    paused: bool,
    environment: &Environment,
) -> Result<(), Failure> {
    let desk = Desk::open(&one.store, environment).await?;
    let found = match &desk.at {
        At::Database(own) => {
            let found = find(own, one).await?;
            own.store
                .pause_integration(found.id, paused, &actor(environment))
                .await
                .map_err(work)?;
            paper(&find(own, one).await?)
        }
        At::Server(server) => {
            let found = find_there(server, one).await?;
            remote::integrations::pause(server, &found, paused).await?
        }
    };
    desk.answer(&found, || {
        format!("integration {} is {}", said(&found, "name"), state(&found))
    })
}

async fn remove(one: &OneIntegration, environment: &Environment) -> Result<(), Failure> {
    let desk = Desk::open(&one.store, environment).await?;
    let found = match &desk.at {
        At::Database(own) => {
            let found = find(own, one).await?;
            own.store
                .remove_integration(found.id, &actor(environment))
                .await
                .map_err(work)?;
            paper(&found)
        }
        At::Server(server) => {
            let found = find_there(server, one).await?;
            remote::integrations::remove(server, &found).await?;
            found
        }
    };
    desk.answer(&json!({ "removed": found["id"] }), || {
        format!(
            "integration {} is removed with its jobs, runs and raw records; the rows that came of it stay",
            said(&found, "name")
        )
    })
}

async fn test(one: &OneIntegration, environment: &Environment) -> Result<(), Failure> {
    let desk = Desk::open(&one.store, environment).await?;
    let (found, probed) = match &desk.at {
        At::Database(own) => {
            let found = find(own, one).await?;
            (paper(&found), probe(own, &found, environment).await?)
        }
        At::Server(server) => {
            let found = find_there(server, one).await?;
            let tested = remote::integrations::test(server, &found).await?;
            (found, tested)
        }
    };
    desk.answer(&probed, || outcome(&found, &probed))?;
    match probed["refused"].as_str() {
        None => Ok(()),
        Some(reason) => Err(Failure::Work(anyhow::anyhow!(
            "integration {} cannot be read: {reason}",
            said(&found, "name")
        ))),
    }
}

async fn probe(own: &Own, found: &Configured, environment: &Environment) -> Result<Value, Failure> {
    let admin = admin(own, environment).await?;
    let hosts = own.settings.allow_private_hosts.iter();
    let hosts = hosts.map(ToString::to_string);
    let probed = admin.test(found, Guard::public_and(hosts)).await?;
    Ok(json!({
        "url": probed.url, "status": probed.status, "records": probed.records,
        "limit": probed.limit, "remaining": probed.remaining, "refused": probed.refused,
    }))
}

fn outcome(found: &Value, probed: &Value) -> String {
    let budget = match (probed["limit"].as_u64(), probed["remaining"].as_u64()) {
        (Some(limit), Some(remaining)) => format!("{remaining} of {limit} requests are left"),
        _ => "the service states no limit of requests".to_owned(),
    };
    card(&[
        ("asked", said(probed, "url")),
        ("answer", format!("HTTP {}", said(probed, "status"))),
        ("records", said(probed, "records")),
        ("budget", budget),
        ("credential", credential(found).to_owned()),
    ])
}

async fn find(own: &Own, one: &OneIntegration) -> Result<Configured, Failure> {
    own.integration(&one.name, one.of.tenant.as_deref()).await
}

async fn find_there(server: &Server, one: &OneIntegration) -> Result<Value, Failure> {
    remote::integrations::find(server, &one.name, one.of.tenant.as_deref()).await
}

/// The names of its jobs.
async fn jobs(
    own: &Own,
    tenant: TenantId,
    integration: IntegrationId,
) -> Result<Vec<Value>, Failure> {
    let jobs = own.store.jobs(Some(tenant)).await.map_err(work)?;
    let jobs = jobs
        .into_iter()
        .filter(|job| job.integration == integration);
    Ok(jobs.map(|job| job.name.into()).collect())
}

fn state(found: &Value) -> &'static str {
    if found["paused"] == true {
        "paused"
    } else {
        "active"
    }
}

fn credential(found: &Value) -> &'static str {
    if found["has_credential"] == true {
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
