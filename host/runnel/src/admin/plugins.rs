//! `runnel plugin install`, `activate`, `rollback`, `versions` and `retire`; `diff` and
//! the trials have modules of their own.

use runnel_control::{InstallRequest, install};
use runnel_model::{Name, TenantId};
use runnel_signatures::Signature;
use runnel_store::{StoreError, Switch, TrialKind, VersionError, VersionRow};
use serde_json::{Value, json};

use super::{
    desk::{At, Desk, Own, actor, work},
    diff, remote,
    show::{instant, items, said, table},
    trials,
};
use crate::{
    args::{
        ActivateArguments, ForTenant, InstallArguments, RetireArguments, RollbackArguments,
        VersionCommand, VersionsArguments,
    },
    environment::Environment,
    failure::{Failure, conflict},
    plugin, settings,
};

/// The digits of a digest that are shown.
pub(super) const SHORT: usize = 12;

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
    let json = match &desk.at {
        At::Database(own) => installed(own, arguments, environment).await?,
        At::Server(_) if !arguments.signers.keys.is_empty() => {
            return Err(Failure::Usage(
                "--require-signature is for a database: a host asks by its own settings".to_owned(),
            ));
        }
        At::Server(server) => remote::plugins::install(server, arguments).await?,
    };
    desk.answer(&json, || {
        let words = match json["installation"].as_str() {
            Some("already_there") => "is there already, with the same bytes",
            Some("restored") => "was retired, and is installed again",
            Some("replaced") => "has taken the place of other bytes",
            _ => "is installed",
        };
        let (version, digest) = (named(&json), short(&json));
        format!(
            "{version} {words} (digest {digest}); `runnel plugin activate {version}` makes it work"
        )
    })
}

async fn installed(
    own: &Own,
    arguments: &InstallArguments,
    environment: &Environment,
) -> Result<Value, Failure> {
    let wanted = &own.settings.require_signature;
    let signers = settings::signers(&arguments.signers, wanted, environment)?;
    let request = InstallRequest::new(arguments.file.clone(), arguments.dev, signers);
    let sandbox = plugin::sandbox(environment)?;
    let done = install(&*own.store, &sandbox, &request, &actor(environment)).await?;
    let version = &done.version;
    Ok(json!({
        "name": version.plugin, "version": version.version, "digest": done.digest,
        "installation": done.installation.word(),
    }))
}

async fn activate(arguments: &ActivateArguments, environment: &Environment) -> Result<(), Failure> {
    let desk = Desk::open(&arguments.store, environment).await?;
    let (version, whom) = (&arguments.version, &arguments.whom);
    if let Some(kind) = trials::kind(&arguments.how) {
        return trials::begin(&desk, arguments, kind, environment).await;
    }
    let switch = match &desk.at {
        At::Database(own) => {
            let tenant = tenant(own, whom).await?;
            let by = actor(environment);
            let switch = own.store.activate(version, tenant, &by).await;
            paper(&switch.map_err(refused)?)
        }
        At::Server(server) => {
            let switch = remote::plugins::activate(server, version, whom).await;
            switch.map_err(conflict)?
        }
    };
    let json = whole(&version.plugin, &switch, whom);
    desk.answer(&json, || {
        let whom = self::whom(whom);
        match json["from"].as_str() {
            Some(from) if *from == version.version => {
                format!("{version} is active for {whom} already")
            }
            Some(from) => format!("{version} is active for {whom}, in place of {from}"),
            None => format!("{version} is active for {whom}"),
        }
    })
}

async fn roll_back(
    arguments: &RollbackArguments,
    environment: &Environment,
) -> Result<(), Failure> {
    let desk = Desk::open(&arguments.store, environment).await?;
    let (plugin, whom) = (&arguments.plugin, &arguments.whom);
    let switch = match &desk.at {
        At::Database(own) => {
            let tenant = tenant(own, whom).await?;
            let by = actor(environment);
            let switch = own.store.roll_back(plugin, tenant, None, &by).await;
            paper(&switch.map_err(refused)?)
        }
        At::Server(server) => {
            let switch = remote::plugins::roll_back(server, plugin, whom).await;
            switch.map_err(conflict)?
        }
    };
    let json = whole(plugin, &switch, whom);
    desk.answer(&json, || rolled_back(&json, whom))
}

fn rolled_back(switch: &Value, of: &ForTenant) -> String {
    let (plugin, from, whom) = (said(switch, "name"), said(switch, "from"), whom(of));
    let to = switch["to"].as_str();
    if let Some(trial) = switch["trial"].as_str() {
        let ended = format!("the trial of {plugin}@{trial} for {whom} is broken off");
        return match to {
            Some(to) => {
                format!("{ended}: {plugin}@{to} stays active (once more rolls that back)")
            }
            None => format!("{ended}: what was active stays so"),
        };
    }
    match (to, &of.tenant) {
        (Some(to), _) => format!("{plugin}@{to} is active for {whom} again, in place of {from}"),
        (None, None) => format!(
            "{plugin}@{from} is no longer active for {whom}: the plugins folders of the hosts decide"
        ),
        (None, Some(_)) => format!(
            "{plugin}@{from} is no longer active for {whom}: what is active for every tenant is"
        ),
    }
}

async fn versions(arguments: &VersionsArguments, environment: &Environment) -> Result<(), Failure> {
    let desk = Desk::open(&arguments.store, environment).await?;
    let all = all(&desk).await?;
    let own = match &arguments.plugin {
        None => all,
        Some(name) => of(all, name)?,
    };
    desk.list(own, listed)
}

async fn retire(arguments: &RetireArguments, environment: &Environment) -> Result<(), Failure> {
    let desk = Desk::open(&arguments.store, environment).await?;
    let version = &arguments.version;
    match &desk.at {
        At::Database(own) => {
            let retired = own.store.retire(version, &actor(environment)).await;
            retired.map_err(refused)?;
        }
        At::Server(server) => {
            let retired = remote::plugins::retire(server, version).await;
            retired.map_err(conflict)?;
        }
    }
    let json = json!({ "name": version.plugin, "version": version.version, "state": "retired" });
    desk.answer(&json, || {
        format!("{version} is retired: it is not activated again, unless it is installed again")
    })
}

/// The versions of all plugins.
async fn all(desk: &Desk) -> Result<Vec<Value>, Failure> {
    match &desk.at {
        At::Database(own) => {
            let rows = own.store.versions(None).await.map_err(work)?;
            Ok(rows.iter().map(version_paper).collect())
        }
        At::Server(server) => Ok(remote::plugins::versions(server).await?),
    }
}

/// Refuses a name that is no plugin's, and names those that are.
pub(super) async fn has_to_be_known(desk: &Desk, name: &Name) -> Result<(), Failure> {
    of(all(desk).await?, name).map(|_| ())
}

/// The versions of a plugin that has to be there.
fn of(all: Vec<Value>, name: &Name) -> Result<Vec<Value>, Failure> {
    let mut known: Vec<String> = all.iter().map(|version| said(version, "name")).collect();
    known.dedup();
    let own: Vec<Value> = all
        .into_iter()
        .filter(|version| version["name"] == **name)
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
pub(crate) fn listed(versions: &[Value]) -> String {
    let row = |version: &Value| {
        [
            said(version, "name"),
            said(version, "version"),
            said(version, "kind"),
            state(version),
            short(version),
            said(version, "installed_at"),
        ]
    };
    let headings = ["plugin", "version", "kind", "state", "digest", "installed"];
    let none = "no plugin is installed in the database yet: `runnel plugin install FILE`";
    table(headings, versions.iter().map(row).collect(), none)
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

fn state(version: &Value) -> String {
    let mut words = Vec::new();
    if version["active"] == true {
        words.push("active".to_owned());
    }
    if !items(version, "tenants").is_empty() {
        words.push(format!("active for {}", said(version, "tenants")));
    }
    for trial in items(version, "trials") {
        let kind = said(trial, "kind");
        words.push(match trial["tenant"].as_str() {
            None => kind,
            Some(tenant) => format!("{kind} for {tenant}"),
        });
    }
    if words.is_empty() {
        let is_retired = version["retired"] == true;
        words.push(if is_retired { "retired" } else { "installed" }.to_owned());
    }
    if version["dev"] == true {
        words.push("in development".to_owned());
    }
    words.join("; ")
}

fn named(version: &Value) -> String {
    format!("{}@{}", said(version, "name"), said(version, "version"))
}

fn short(version: &Value) -> String {
    said(version, "digest").chars().take(SHORT).collect()
}

pub(super) async fn tenant(own: &Own, whom: &ForTenant) -> Result<Option<TenantId>, Failure> {
    let tenant = own.tenant(whom.tenant.as_deref()).await?;
    Ok(tenant.map(|tenant| tenant.id))
}

pub(super) fn whom(whom: &ForTenant) -> String {
    match &whom.tenant {
        None => "every tenant".to_owned(),
        Some(tenant) => format!("the tenant {tenant}"),
    }
}

fn paper(switch: &Switch) -> Value {
    json!({ "from": switch.from, "to": switch.to, "trial": switch.trial })
}

/// What was active and what is, of which plugin and for whom.
fn whole(plugin: &Name, switch: &Value, whom: &ForTenant) -> Value {
    json!({
        "name": plugin, "from": switch["from"], "to": switch["to"], "trial": switch["trial"],
        "tenant": whom.tenant,
    })
}

/// What cannot be done with a version is the user's to mend; what the rows of a
/// table do not allow is not a matter of words.
pub(super) fn refused(error: StoreError) -> Failure {
    match error {
        StoreError::Version(error) => Failure::Usage(error.to_string()),
        other => work(other),
    }
}
