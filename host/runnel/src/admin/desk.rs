//! Where an operator's command begins: the database is opened, or a host is found, and
//! what was named is found there.

use std::sync::Arc;

use anyhow::Context;
use runnel_broker::BrokerUrl;
use runnel_client::Server;
use runnel_secrets::{ExposeSecret, KeyRing};
use runnel_store::{Actor, Configured, DatabaseUrl, Job, Store, Tenant, VersionRow, Window};
use serde_json::Value;

use super::reach;
use crate::{
    args::{RecordArguments, StoreArguments},
    environment::Environment,
    failure::Failure,
    instant, output,
    settings::{self, Checks, Flags, Settings},
};

/// The tenant that is there without being added.
pub(super) const DEFAULT_TENANT: &str = "default";

/// Where the things are that a command is about, and how to answer.
pub(super) struct Desk {
    pub(super) at: At,
    json: bool,
}

/// Where they are.
pub(super) enum At {
    /// In a database, which is open.
    Database(Box<Own>),
    /// Behind a host's API.
    Server(Server),
}

/// An open database, and the settings that led to it.
pub(super) struct Own {
    pub(super) store: Arc<dyn Store>,
    pub(super) settings: Settings,
}

/// What URLs are checked by.
pub(crate) fn checks() -> Checks {
    Checks {
        database: |text| {
            text.parse::<DatabaseUrl>()
                .map(drop)
                .map_err(|e| e.to_string())
        },
        broker: |text| {
            text.parse::<BrokerUrl>()
                .map(drop)
                .map_err(|e| e.to_string())
        },
    }
}

/// The database of the settings.
pub(crate) fn database(settings: &Settings) -> Result<DatabaseUrl, Failure> {
    let url = settings.database.expose();
    url.parse()
        .map_err(|error: runnel_store::InvalidDatabaseUrl| Failure::Usage(error.to_string()))
}

/// The keys of the settings, if there are any.
pub(crate) fn key_ring(settings: &Settings) -> Result<Option<Arc<KeyRing>>, Failure> {
    let text = match (&settings.keys, &settings.key_file) {
        (Some(keys), _) => keys.clone(),
        (None, Some(file)) => runnel_secrets::read_key_file(file).map_err(anyhow::Error::from)?,
        (None, None) => return Ok(None),
    };
    let ring = KeyRing::parse(text.expose_secret()).map_err(anyhow::Error::from)?;
    Ok(Some(Arc::new(ring)))
}

impl Desk {
    /// Opens a database that has to be there, or finds the host.
    pub(super) async fn open(
        arguments: &StoreArguments,
        environment: &Environment,
    ) -> Result<Self, Failure> {
        Self::at(arguments, environment, has_to_be_there).await
    }

    /// Opens a database, and makes it where it is missing, or finds the host.
    pub(super) async fn make(
        arguments: &StoreArguments,
        environment: &Environment,
    ) -> Result<Self, Failure> {
        Self::at(arguments, environment, |_| Ok(())).await
    }

    async fn at(
        arguments: &StoreArguments,
        environment: &Environment,
        check: fn(&DatabaseUrl) -> Result<(), Failure>,
    ) -> Result<Self, Failure> {
        let json = arguments.json;
        if let Some(server) = reach::server(arguments, environment)? {
            let at = At::Server(server);
            return Ok(Self { at, json });
        }
        let settings = load(arguments.flags(), environment)?;
        let url = database(&settings)?;
        check(&url)?;
        let store = runnel_store::open(&url)
            .await
            .map_err(anyhow::Error::from)?;
        let at = At::Database(Box::new(Own { store, settings }));
        Ok(Self { at, json })
    }

    /// Prints a list: the JSON, or what it is as text.
    pub(super) fn list(
        &self,
        papers: Vec<Value>,
        text: impl FnOnce(&[Value]) -> String,
    ) -> Result<(), Failure> {
        let papers = Value::Array(papers);
        self.answer(&papers, || {
            text(papers.as_array().map_or(&[], Vec::as_slice))
        })
    }

    /// The database, for a command that no host does for others.
    pub(super) fn own(&self, command: &str) -> Result<&Own, Failure> {
        match &self.at {
            At::Database(own) => Ok(own),
            At::Server(_) => Err(Failure::Usage(format!(
                "`runnel {command}` works on a database alone, and through no host: --database URL names it"
            ))),
        }
    }

    /// Prints the answer: the JSON, or the text.
    pub(super) fn answer(
        &self,
        json: &Value,
        text: impl FnOnce() -> String,
    ) -> Result<(), Failure> {
        let text = if self.json {
            format!("{json:#}")
        } else {
            text()
        };
        Ok(output::print(text)?)
    }
}

impl Own {
    /// The tenant of this name, or every tenant where none is named.
    pub(super) async fn tenant(&self, name: Option<&str>) -> Result<Option<Tenant>, Failure> {
        tenant(&*self.store, name).await
    }

    /// The integration of this name or id.
    pub(super) async fn integration(
        &self,
        name: &str,
        tenant: Option<&str>,
    ) -> Result<Configured, Failure> {
        let tenant = self.tenant(tenant).await?;
        let all = self
            .store
            .integrations(tenant.map(|tenant| tenant.id))
            .await
            .map_err(work)?;
        one("integration", name, all, |found| {
            (&found.name, found.id.to_string())
        })
    }

    /// The job of this name or id.
    pub(super) async fn job(&self, name: &str, tenant: Option<&str>) -> Result<Job, Failure> {
        let tenant = self.tenant(tenant).await?;
        let all = self
            .store
            .jobs(tenant.map(|tenant| tenant.id))
            .await
            .map_err(work)?;
        one("job", name, all, |found| {
            (&found.name, found.id.to_string())
        })
    }
}

/// The tenant of this name, or every tenant where none is named.
pub(super) async fn tenant(
    store: &dyn Store,
    name: Option<&str>,
) -> Result<Option<Tenant>, Failure> {
    let Some(name) = name else { return Ok(None) };
    let tenants = store.tenants().await.map_err(work)?;
    let known = || tenants.iter().map(|tenant| tenant.name.as_str());
    match tenants.iter().find(|tenant| tenant.name == name) {
        Some(tenant) => Ok(Some(tenant.clone())),
        None => Err(Failure::Usage(format!(
            "there is no tenant {name:?}; {}; `runnel tenant add {name}` adds one",
            there_are(known())
        ))),
    }
}

fn has_to_be_there(url: &DatabaseUrl) -> Result<(), Failure> {
    if url.is_there() {
        return Ok(());
    }
    Err(Failure::Work(anyhow::anyhow!(
        "there is no database {url} yet: `runnel integration add`, `runnel plugin install`, `runnel serve` and \
         `runnel migrate` make it; or name another with --database"
    )))
}

/// A database that is named by itself.
pub(super) fn named(database: &str) -> Result<DatabaseUrl, Failure> {
    database
        .parse()
        .map_err(|error| Failure::Usage(format!("--database: {error}")))
}

/// The plugins in a database that is named by itself.
pub(super) async fn installed(database: &str) -> Result<Vec<VersionRow>, Failure> {
    let url = named(database)?;
    has_to_be_there(&url)?;
    let store = runnel_store::open(&url).await.map_err(work)?;
    store.versions(None).await.map_err(work)
}

fn load(flags: &Flags, environment: &Environment) -> Result<Settings, Failure> {
    Ok(settings::load(flags, environment, &checks())?.settings)
}

/// `runnel migrate`.
pub(super) async fn migrate(
    arguments: &StoreArguments,
    environment: &Environment,
) -> Result<(), Failure> {
    let desk = Desk::make(arguments, environment).await?;
    let url = database(&desk.own("migrate")?.settings)?;
    let json = serde_json::json!({ "database": url.to_string(), "up_to_date": true });
    desk.answer(&json, || format!("{url} is up to date"))
}

/// When records were read, of the words that choose them.
pub(super) fn window(of: &RecordArguments) -> Result<Window, Failure> {
    let time = |flag, text: &Option<String>| {
        let time = text.as_deref().map(|text| instant::parse(flag, text));
        time.transpose().map_err(Failure::Usage)
    };
    Ok(Window {
        since: time("--since", &of.since)?,
        until: time("--until", &of.until)?,
    })
}

/// Who is at it, for the audit log.
pub(super) fn actor(environment: &Environment) -> Actor {
    let name = environment
        .get("USER")
        .or_else(|| environment.get("LOGNAME"));
    let name = name.map(|name| name.to_string_lossy().into_owned());
    Actor::user(name.unwrap_or_else(|| "unknown".to_owned()))
}

/// A failure of the store.
pub(super) fn work(error: impl Into<anyhow::Error>) -> Failure {
    Failure::Work(error.into())
}

/// The one of this name or id.
pub(super) fn one<T>(
    what: &str,
    name: &str,
    all: Vec<T>,
    called: impl Fn(&T) -> (&str, String),
) -> Result<T, Failure> {
    let is_meant = |found: &T| {
        let (own, id) = called(found);
        own == name || id == name
    };
    match all.iter().filter(|found| is_meant(found)).count() {
        0 => Err(Failure::Usage(format!(
            "there is no {what} {name:?}; {}",
            there_are(all.iter().map(|found| called(found).0))
        ))),
        1 => all
            .into_iter()
            .find(is_meant)
            .context("one was counted")
            .map_err(Failure::Work),
        many => Err(Failure::Usage(format!(
            "{many} {what}s are called {name:?}: name the --tenant, or give the id"
        ))),
    }
}

/// `there are: a, b`, the first dozen of them.
pub(super) fn there_are<'a>(names: impl Iterator<Item = &'a str>) -> String {
    const SHOWN: usize = 12;
    let names: Vec<&str> = names.collect();
    match names.len() {
        0 => "there is none".to_owned(),
        n if n <= SHOWN => format!("there are: {}", names.join(", ")),
        n => format!(
            "there are: {}, and {} more",
            names[..SHOWN].join(", "),
            n - SHOWN
        ),
    }
}
