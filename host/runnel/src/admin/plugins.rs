//! `runnel plugin install`, `activate`, `rollback`, `versions` and `retire`; `diff` and
//! the trials have modules of their own.

use runnel_control::{InstallRequest, install};
use runnel_model::{Name, TenantId};
use runnel_signatures::Signature;
use runnel_store::{Installation, StoreError, Switch, TrialKind, VersionError, VersionRow};
use serde_json::{Value, json};

use super::{
    desk::{Desk, actor, work},
    diff,
    show::{instant, table},
    trials,
};
use crate::{
    args::{
        ActivateArguments, ForTenant, InstallArguments, RetireArguments, RollbackArguments,
        VersionCommand, VersionsArguments,
    },
    environment::Environment,
    failure::Failure,
    plugin, settings,
};

pub(super) async fn run(
    command: &VersionCommand,
    environment: &Environment,
) -> Result<(), Failure> {
    match command {
        VersionCommand::Install(arguments) => keep(arguments, environment).await,
        VersionCommand::Activate(arguments) => activate(arguments, environment).await,
        VersionCommand::Rollback(arguments) => roll_back(arguments, environment).await,
        VersionCommand::Versions(arguments) => versions(arguments, environment).await,
        VersionCommand::Retire(arguments) => retire(arguments, environment).await,
        VersionCommand::Trials(arguments) => trials::list(arguments, environment).await,
        VersionCommand::Trial(arguments) => trials::show(arguments, environment).await,
        VersionCommand::Diff(arguments) => diff::run(arguments, environment).await,
    }
}

async fn keep(arguments: &InstallArguments, environment: &Environment) -> Result<(), Failure> {
    let desk = Desk::make(&arguments.store, environment).await?;
    let wanted = &desk.settings.require_signature;
    let signers = settings::signers(&arguments.signers, wanted, environment)?;
    let request = InstallRequest::new(arguments.file.clone(), arguments.dev, signers);
    let sandbox = plugin::sandbox(environment)?;
    let done = install(&*desk.store, &sandbox, &request, &actor(environment)).await?;
    let (version, digest) = (&done.version, done.digest);
    let (state, words) = match done.installation {
        Installation::New => ("new", "is installed"),
        Installation::AlreadyThere => ("already_there", "is there already, with the same bytes"),
        Installation::Restored => ("restored", "was retired, and is installed again"),
        Installation::Replaced => ("replaced", "has taken the place of other bytes"),
    };
    let json = json!({
        "name": version.plugin, "version": version.version, "digest": digest, "installation": state,
    });
    desk.answer(&json, || {
        let short = digest.short();
        format!(
            "{version} {words} (digest {short}); `runnel plugin activate {version}` makes it work"
        )
    })
}

async fn activate(arguments: &ActivateArguments, environment: &Environment) -> Result<(), Failure> {
    let desk = Desk::open(&arguments.store, environment).await?;
    let (version, actor) = (&arguments.version, actor(environment));
    let tenant = tenant(&desk, &arguments.whom).await?;
    if let Some(kind) = trials::kind(&arguments.how) {
        return trials::begin(&desk, arguments, (kind, tenant), &actor).await;
    }
    let switch = desk.store.activate(version, tenant, &actor);
    let switch = switch.await.map_err(refused)?;
    let whom = whom(&arguments.whom);
    desk.answer(
        &paper(&version.plugin, &switch, &arguments.whom),
        || match &switch.from {
            Some(from) if *from == version.version => {
                format!("{version} is active for {whom} already")
            }
            Some(from) => format!("{version} is active for {whom}, in place of {from}"),
            None => format!("{version} is active for {whom}"),
        },
    )
}

async fn roll_back(
    arguments: &RollbackArguments,
    environment: &Environment,
) -> Result<(), Failure> {
    let desk = Desk::open(&arguments.store, environment).await?;
    let (plugin, actor) = (&arguments.plugin, actor(environment));
    let tenant = tenant(&desk, &arguments.whom).await?;
    let switch = desk.store.roll_back(plugin, tenant, None, &actor);
    let switch = switch.await.map_err(refused)?;
    let whom = whom(&arguments.whom);
    desk.answer(&paper(plugin, &switch, &arguments.whom), || {
        let from = switch.from.as_deref().unwrap_or_default();
        if let Some(trial) = &switch.trial {
            return broken_off(plugin, trial, &switch, &whom);
        }
        match (&switch.to, tenant) {
            (Some(to), _) => format!("{plugin}@{to} is active for {whom} again, in place of {from}"),
            (None, None) => format!(
                "{plugin}@{from} is no longer active for {whom}: the plugins folders of the hosts decide"
            ),
            (None, Some(_)) => {
                format!("{plugin}@{from} is no longer active for {whom}: what is active for every tenant is")
            }
        }
    })
}

fn broken_off(plugin: &Name, trial: &str, switch: &Switch, whom: &str) -> String {
    let ended = format!("the trial of {plugin}@{trial} for {whom} is broken off");
    match &switch.to {
        Some(to) => format!("{ended}: {plugin}@{to} stays active (once more rolls that back)"),
        None => format!("{ended}: what was active stays so"),
    }
}

async fn versions(arguments: &VersionsArguments, environment: &Environment) -> Result<(), Failure> {
    let desk = Desk::open(&arguments.store, environment).await?;
    let rows = desk.store.versions(None).await.map_err(work)?;
    let rows = match &arguments.plugin {
        None => rows,
        Some(name) => of(rows, name)?,
    };
    let json: Vec<Value> = rows.iter().map(version_paper).collect();
    desk.answer(&json.into(), || listed(&rows))
}

async fn retire(arguments: &RetireArguments, environment: &Environment) -> Result<(), Failure> {
    let desk = Desk::open(&arguments.store, environment).await?;
    let (version, actor) = (&arguments.version, actor(environment));
    let retired = desk.store.retire(version, &actor).await;
    retired.map_err(refused)?;
    let json = json!({ "name": version.plugin, "version": version.version, "state": "retired" });
    desk.answer(&json, || {
        format!("{version} is retired: it is not activated again, unless it is installed again")
    })
}

/// The versions of a plugin that has to be there.
fn of(rows: Vec<VersionRow>, name: &Name) -> Result<Vec<VersionRow>, Failure> {
    let mut known: Vec<String> = rows
        .iter()
        .map(|row| row.version.plugin.to_string())
        .collect();
    known.dedup();
    let own: Vec<VersionRow> = rows
        .into_iter()
        .filter(|row| row.version.plugin == *name)
        .collect();
    if own.is_empty() {
        return Err(refused(
            VersionError::NoPlugin {
                plugin: name.to_string(),
                known: runnel_store::Known(known),
            }
            .into(),
        ));
    }
    Ok(own)
}

/// The versions as a table.
pub(crate) fn listed(rows: &[VersionRow]) -> String {
    let row = |row: &VersionRow| {
        [
            row.version.plugin.to_string(),
            row.version.version.clone(),
            row.purpose.kind.word().to_owned(),
            state(row),
            row.digest.short(),
            instant(row.installed_at),
        ]
    };
    let headings = ["plugin", "version", "kind", "state", "digest", "installed"];
    let none = "no plugin is installed in the database yet: `runnel plugin install FILE`";
    table(headings, rows.iter().map(row).collect(), none)
}

/// A version, for programs.
pub(crate) fn version_paper(row: &VersionRow) -> Value {
    json!({
        "name": row.version.plugin,
        "version": row.version.version,
        "kind": row.purpose.kind.word(),
        "source": row.purpose.source,
        "entity": row.purpose.entity,
        "digest": row.digest,
        "size": row.size,
        "signed_by": signer(row),
        "dev": row.dev,
        "retired": row.retired,
        "active": row.active,
        "tenants": row.tenants,
        "trials": row.trials.iter().map(tried).collect::<Vec<_>>(),
        "installed_at": instant(row.installed_at),
    })
}

fn tried((kind, tenant): &(TrialKind, Option<String>)) -> Value {
    json!({ "kind": kind.to_string(), "tenant": tenant })
}

/// The key that a version's signature names; whether it is right is for the hosts.
fn signer(row: &VersionRow) -> Option<String> {
    let signature: Signature = row.signature.as_deref()?.parse().ok()?;
    Some(signature.key().to_string())
}

fn state(row: &VersionRow) -> String {
    let mut words = Vec::new();
    if row.active {
        words.push("active".to_owned());
    }
    if !row.tenants.is_empty() {
        words.push(format!("active for {}", row.tenants.join(", ")));
    }
    for (kind, tenant) in &row.trials {
        words.push(match tenant {
            None => kind.to_string(),
            Some(tenant) => format!("{kind} for {tenant}"),
        });
    }
    if words.is_empty() {
        words.push(if row.retired { "retired" } else { "installed" }.to_owned());
    }
    if row.dev {
        words.push("in development".to_owned());
    }
    words.join("; ")
}

async fn tenant(desk: &Desk, whom: &ForTenant) -> Result<Option<TenantId>, Failure> {
    let tenant = desk.tenant(whom.tenant.as_deref()).await?;
    Ok(tenant.map(|tenant| tenant.id))
}

pub(super) fn whom(whom: &ForTenant) -> String {
    match &whom.tenant {
        None => "every tenant".to_owned(),
        Some(tenant) => format!("the tenant {tenant}"),
    }
}

fn paper(plugin: &Name, switch: &Switch, whom: &ForTenant) -> Value {
    json!({ "name": plugin, "from": switch.from, "to": switch.to, "trial": switch.trial, "tenant": whom.tenant })
}

/// What cannot be done with a version is the user's to mend; what the rows of a
/// table do not allow is not a matter of words.
pub(super) fn refused(error: StoreError) -> Failure {
    match error {
        StoreError::Version(error) => Failure::Usage(error.to_string()),
        other => work(other),
    }
}
