//! Versions that are tried beside the active ones. See `reports.rs` for what is found.

use async_trait::async_trait;
use runnel_model::{Name, PluginVersion, TenantId};
use serde_json::json as object;
use sqlx::Row;

use super::{
    Backend, Connection, DbRow,
    activations::{self, refuse_occupied, scope, tenant, whom},
    audit::{Act, note},
    dialect::{IDS, NOW},
    json, reports, sql, tables,
    trial_rows::{self, TRIALS, kind},
    versions::{known, refused, take_turn, transform, version},
};
use crate::{
    Actor, NewTrial, PluginKind, StoreError, Switch, Trial, TrialId, TrialKind, TrialRow, Trials,
    VersionError, VersionId, error::Failed,
};

#[async_trait]
impl Trials for Backend {
    async fn try_out(&self, new: &NewTrial, by: &Actor) -> Result<TrialId, StoreError> {
        self.run(|| try_out(self, new, by)).await
    }

    async fn end_trial(
        &self,
        id: TrialId,
        of: (&Name, Option<TenantId>),
        why: Option<&str>,
        by: &Actor,
    ) -> Result<Switch, StoreError> {
        self.run(|| end_one(self, (id, of), why, by)).await
    }

    async fn trials(&self, plugin: Option<&Name>) -> Result<Vec<TrialRow>, StoreError> {
        self.run(|| list(self, None, plugin)).await
    }

    async fn trial(&self, id: TrialId) -> Result<Option<TrialRow>, StoreError> {
        let mut rows = self.run(|| list(self, Some(id), None)).await?;
        Ok(rows.pop())
    }
}

async fn try_out(store: &Backend, new: &NewTrial, by: &Actor) -> Result<TrialId, Failed> {
    let mut transaction = store.begin().await?;
    take_turn(&mut transaction).await?;
    let stored = known(&mut transaction, &new.version).await?;
    allowed(&mut transaction, new, &stored).await?;
    let descriptor = transform(&new.version.plugin, &stored.descriptor)?;
    match new.kind {
        TrialKind::Shadow => tables::check(&mut transaction, &descriptor).await?,
        TrialKind::Canary { .. } => {
            tables::prepare_within(&mut transaction, &descriptor, &stored.digest).await?;
        }
    }
    replace(&mut transaction, (&new.version.plugin, new.tenant), None).await?;
    let id = insert(&mut transaction, new, stored.id).await?;
    let act = Act {
        by,
        action: "plugin.try",
        subject: &new.version.to_string(),
        tenant: new.tenant,
        detail: object!({
            "trial": id.0, "kind": new.kind.to_string(), "digest": stored.digest,
            "max_errors": new.limits.errors, "max_differences": new.limits.differences,
        }),
    };
    note(&mut transaction, act).await?;
    super::commit(transaction).await?;
    Ok(id)
}

/// What may be activated may be tried, if it is not active and maps records.
async fn allowed(
    connection: &mut Connection,
    new: &NewTrial,
    stored: &super::versions::Stored,
) -> Result<(), Failed> {
    let version = new.version.clone();
    if stored.retired {
        return Err(refused(VersionError::Retired { version }));
    }
    if stored.purpose.kind != PluginKind::Transform {
        return Err(refused(VersionError::NoTransform { version }));
    }
    let current = activations::current(connection, &version.plugin, new.tenant).await?;
    if current.is_some_and(|current| current.version == stored.id) {
        let whom = whom(connection, new.tenant).await?;
        return Err(refused(VersionError::AlreadyActive { version, whom }));
    }
    refuse_occupied(connection, &version, stored, new.tenant).await
}

async fn insert(
    connection: &mut Connection,
    new: &NewTrial,
    version: VersionId,
) -> Result<TrialId, sqlx::Error> {
    let percent = match new.kind {
        TrialKind::Shadow => 100,
        TrialKind::Canary { percent } => i64::from(percent),
    };
    let id = sqlx::query_scalar(sql!(
        "INSERT INTO trials (plugin, tenant_id, version_id, kind, percent, max_errors, max_differences,
                             state, started_at, report)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'running', {NOW}, $8) RETURNING id"
    ))
    .bind(&*new.version.plugin)
    .bind(scope(new.tenant))
    .bind(version.0)
    .bind(new.kind.word())
    .bind(percent)
    .bind(new.limits.errors)
    .bind(new.limits.differences)
    .bind(reports::empty()?)
    .fetch_one(connection)
    .await?;
    Ok(TrialId(id))
}

/// Ends the trial of a plugin that goes on for these tenants: as promoted where it is
/// of the version that is activated.
pub(super) async fn replace(
    connection: &mut Connection,
    (plugin, tenant): (&Name, Option<TenantId>),
    activated: Option<VersionId>,
) -> Result<(), sqlx::Error> {
    sqlx::query(sql!(
        "UPDATE trials SET state = CASE WHEN version_id = $3 THEN 'promoted' ELSE 'replaced' END, ended_at = {NOW}
         WHERE plugin = $1 AND tenant_id = $2 AND state = 'running'"
    ))
    .bind(&**plugin)
    .bind(scope(tenant))
    .bind(activated.map(|version| version.0))
    .execute(connection)
    .await?;
    Ok(())
}

/// Breaks off the trial of a plugin that goes on for these tenants; its version.
pub(super) async fn roll_back(
    connection: &mut Connection,
    of: (&Name, Option<TenantId>),
    why: Option<&str>,
    by: &Actor,
) -> Result<Option<PluginVersion>, Failed> {
    match going_on(connection, of).await? {
        None => Ok(None),
        Some(id) => break_off(connection, id, (&reason(why, by), by)).await,
    }
}

/// The trial of a plugin that goes on for these tenants.
async fn going_on(
    connection: &mut Connection,
    (plugin, tenant): (&Name, Option<TenantId>),
) -> Result<Option<TrialId>, sqlx::Error> {
    let running: Option<i64> = sqlx::query_scalar(
        "SELECT id FROM trials WHERE plugin = $1 AND tenant_id = $2 AND state = 'running'",
    )
    .bind(&**plugin)
    .bind(scope(tenant))
    .fetch_optional(connection)
    .await?;
    Ok(running.map(TrialId))
}

fn reason(why: Option<&str>, by: &Actor) -> String {
    match why {
        None => format!("by {}", by.name),
        Some(why) => format!("by {}: {why}", by.name),
    }
}

/// A person who saw one trial and means it is not to end another, or to take an
/// activation back, because it has ended meanwhile.
async fn end_one(
    store: &Backend,
    (id, of): (TrialId, (&Name, Option<TenantId>)),
    why: Option<&str>,
    by: &Actor,
) -> Result<Switch, Failed> {
    let mut transaction = store.begin().await?;
    take_turn(&mut transaction).await?;
    let ended = match going_on(&mut transaction, of).await? {
        Some(running) if running == id => {
            break_off(&mut transaction, id, (&reason(why, by), by)).await?
        }
        _ => None,
    };
    let Some(tried) = ended else {
        return Err(ended_already(&mut transaction, id, of).await?);
    };
    let current = activations::current(&mut transaction, of.0, of.1).await?;
    super::commit(transaction).await?;
    Ok(activations::broken_off(current, tried))
}

async fn ended_already(
    connection: &mut Connection,
    trial: TrialId,
    (plugin, tenant): (&Name, Option<TenantId>),
) -> Result<Failed, Failed> {
    Ok(refused(VersionError::NoTrial {
        trial: trial.0,
        plugin: plugin.to_string(),
        whom: whom(connection, tenant).await?,
    }))
}

/// Refuses what would follow from a trial of this version that has ended.
pub(super) async fn goes_on(
    connection: &mut Connection,
    id: TrialId,
    (version, tenant): (&PluginVersion, Option<TenantId>),
) -> Result<(), Failed> {
    let running: Option<i64> = sqlx::query_scalar(
        "SELECT t.id FROM trials t JOIN plugin_versions v ON v.id = t.version_id
         WHERE t.id = $1 AND t.state = 'running' AND v.plugin = $2 AND v.version = $3",
    )
    .bind(id.0)
    .bind(&*version.plugin)
    .bind(&*version.version)
    .fetch_optional(&mut *connection)
    .await?;
    match running {
        Some(_) => Ok(()),
        None => Err(ended_already(connection, id, (&version.plugin, tenant)).await?),
    }
}

/// Breaks off a trial that goes on, for this reason; its version.
pub(super) async fn break_off(
    connection: &mut Connection,
    id: TrialId,
    (reason, by): (&str, &Actor),
) -> Result<Option<PluginVersion>, Failed> {
    let ended = sqlx::query(sql!(
        "UPDATE trials SET state = 'rolled_back', reason = $2, ended_at = {NOW}
         WHERE id = $1 AND state = 'running' RETURNING version_id, tenant_id"
    ))
    .bind(id.0)
    .bind(reason)
    .fetch_optional(&mut *connection)
    .await?;
    let Some(ended) = ended else {
        return Ok(None);
    };
    let row = sqlx::query("SELECT plugin, version FROM plugin_versions WHERE id = $1")
        .bind(ended.get::<i64, _>("version_id"))
        .fetch_one(&mut *connection)
        .await?;
    let version = version(&row)?;
    let act = Act {
        by,
        action: "plugin.break_off",
        subject: &version.to_string(),
        tenant: tenant(&ended),
        detail: object!({ "trial": id.0, "reason": reason }),
    };
    note(connection, act).await?;
    Ok(Some(version))
}

/// Begins the trials of a version anew whose bytes were replaced: what was found of the
/// old ones says nothing of the new ones.
pub(super) async fn begin_anew(
    connection: &mut Connection,
    version: VersionId,
) -> Result<(), sqlx::Error> {
    let ended: Vec<i64> = sqlx::query_scalar(sql!(
        "UPDATE trials SET state = 'replaced', ended_at = {NOW} WHERE version_id = $1 AND state = 'running'
         RETURNING id"
    ))
    .bind(version.0)
    .fetch_all(&mut *connection)
    .await?;
    sqlx::query(sql!(
        "INSERT INTO trials (plugin, tenant_id, version_id, kind, percent, max_errors, max_differences,
                             state, started_at, report)
         SELECT plugin, tenant_id, version_id, kind, percent, max_errors, max_differences, 'running', {NOW}, $2
         FROM trials WHERE id {IDS}"
    ))
    .bind(json(ended))
    .bind(reports::empty()?)
    .execute(connection)
    .await?;
    Ok(())
}

/// For whom a version is tried.
pub(super) async fn tried_for(
    connection: &mut Connection,
    version: VersionId,
) -> Result<Option<String>, Failed> {
    let row = sqlx::query(
        "SELECT tenant_id FROM trials WHERE version_id = $1 AND state = 'running' ORDER BY tenant_id LIMIT 1",
    )
    .bind(version.0)
    .fetch_optional(&mut *connection)
    .await?;
    match row {
        None => Ok(None),
        Some(row) => Ok(Some(whom(connection, tenant(&row)).await?)),
    }
}

/// The trials that go on, as hosts follow them.
pub(super) async fn running(store: &Backend) -> Result<Vec<Trial>, Failed> {
    let rows = sqlx::query(
        "SELECT t.id AS trial, t.kind AS trial_kind, t.percent, t.tenant_id,
                v.id, v.plugin, v.version, v.digest, p.kind, p.source, p.entity
         FROM trials t JOIN plugin_versions v ON v.id = t.version_id JOIN plugins p ON p.name = t.plugin
         WHERE t.state = 'running' ORDER BY t.id",
    )
    .fetch_all(&store.readers())
    .await?;
    let trial = |row: &DbRow| {
        Ok(Trial {
            id: TrialId(row.get("trial")),
            kind: kind(row),
            of: activations::activation(row)?,
        })
    };
    rows.iter().map(trial).collect()
}

/// A version, how it is tried, and the name of the tenant for which alone it is.
pub(super) type Tried = (VersionId, (TrialKind, Option<String>));

/// Which versions are tried now.
pub(super) async fn tried(store: &Backend) -> Result<Vec<Tried>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT t.version_id, t.kind AS trial_kind, t.percent, n.name AS tenant
         FROM trials t LEFT JOIN tenants n ON n.id = t.tenant_id WHERE t.state = 'running' ORDER BY t.tenant_id",
    )
    .fetch_all(&store.readers())
    .await?;
    let one = |row: &DbRow| {
        (
            VersionId(row.get("version_id")),
            (kind(row), row.get("tenant")),
        )
    };
    Ok(rows.iter().map(one).collect())
}

async fn list(
    store: &Backend,
    id: Option<TrialId>,
    plugin: Option<&Name>,
) -> Result<Vec<TrialRow>, Failed> {
    let rows = sqlx::query(sql!(
        "{TRIALS} WHERE ($1 = '' OR t.plugin = $1) AND ($2 = 0 OR t.id = $2) ORDER BY t.id DESC"
    ))
    .bind(plugin.map_or("", |name| name))
    .bind(id.map_or(0, |id| id.0))
    .fetch_all(&store.readers())
    .await?;
    rows.iter().map(trial_rows::read).collect()
}
