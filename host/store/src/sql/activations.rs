//! Which version of a plugin is active for whom, and which one it replaced.

use async_trait::async_trait;
use runnel_model::{Name, PluginVersion, TenantId};
use serde_json::json;
use sqlx::Row;

use super::{
    Backend, Connection, DbRow,
    audit::{Act, note},
    dialect::NOW,
    sql, tables, trials,
    versions::{self, Stored, digest, known, purpose, refused, take_turn, transform, version},
};
use crate::{
    Activation, Activations, Actor, Generation, Installation, NewVersion, PluginKind, StoreError,
    StoredComponent, Switch, Trial, TrialId, VersionError, VersionId, VersionRow, Versions,
    error::Failed,
};

#[async_trait]
impl Versions for Backend {
    async fn install(&self, new: &NewVersion, by: &Actor) -> Result<Installation, StoreError> {
        self.run(|| versions::install(self, new, by)).await
    }

    async fn versions(&self, plugin: Option<&Name>) -> Result<Vec<VersionRow>, StoreError> {
        self.run(|| versions::list(self, plugin)).await
    }

    async fn activate(
        &self,
        version: &PluginVersion,
        tenant: Option<TenantId>,
        by: &Actor,
    ) -> Result<Switch, StoreError> {
        self.run(|| activate(self, (version, tenant), None, by))
            .await
    }

    async fn promote(
        &self,
        trial: TrialId,
        version: &PluginVersion,
        tenant: Option<TenantId>,
        by: &Actor,
    ) -> Result<Switch, StoreError> {
        self.run(|| activate(self, (version, tenant), Some(trial), by))
            .await
    }

    async fn roll_back(
        &self,
        plugin: &Name,
        tenant: Option<TenantId>,
        why: Option<&str>,
        by: &Actor,
    ) -> Result<Switch, StoreError> {
        self.run(|| roll_back(self, (plugin, tenant), why, by))
            .await
    }

    async fn retire(&self, version: &PluginVersion, by: &Actor) -> Result<(), StoreError> {
        self.run(|| versions::retire(self, version, by)).await
    }
}

#[async_trait]
impl Activations for Backend {
    async fn generation(&self) -> Result<Generation, StoreError> {
        self.run(|| generation(self)).await
    }

    async fn activations(&self) -> Result<(Generation, Vec<Activation>), StoreError> {
        self.run(|| activations(self)).await
    }

    async fn running_trials(&self) -> Result<Vec<Trial>, StoreError> {
        self.run(|| trials::running(self)).await
    }

    async fn component(&self, version: VersionId) -> Result<StoredComponent, StoreError> {
        self.run(|| component(self, version)).await
    }
}

/// A row of `activations` in force.
pub(super) struct Current {
    id: i64,
    pub(super) version: VersionId,
    name: PluginVersion,
    before: Option<i64>,
}

/// Where it is done after a trial, that one has to go on until then.
async fn activate(
    store: &Backend,
    (version, tenant): (&PluginVersion, Option<TenantId>),
    after: Option<TrialId>,
    by: &Actor,
) -> Result<Switch, Failed> {
    let mut transaction = store.begin().await?;
    take_turn(&mut transaction).await?;
    if let Some(trial) = after {
        trials::goes_on(&mut transaction, trial, (version, tenant)).await?;
    }
    let stored = known(&mut transaction, version).await?;
    if stored.retired {
        return Err(refused(VersionError::Retired {
            version: version.clone(),
        }));
    }
    let current = current(&mut transaction, &version.plugin, tenant).await?;
    let switch = Switch {
        from: current.as_ref().map(|current| current.name.version.clone()),
        to: Some(version.version.clone()),
        trial: None,
    };
    if current
        .as_ref()
        .is_some_and(|current| current.version == stored.id)
    {
        return Ok(switch);
    }
    refuse_occupied(&mut transaction, version, &stored, tenant).await?;
    // With the activation, so that it is refused to a person who is there to read why.
    if stored.purpose.kind == PluginKind::Transform {
        let descriptor = transform(&version.plugin, &stored.descriptor)?;
        tables::prepare_within(&mut transaction, &descriptor, &stored.digest).await?;
    }
    replace(&mut transaction, version, &stored, tenant, current).await?;
    trials::replace(&mut transaction, (&version.plugin, tenant), Some(stored.id)).await?;
    let act = Act {
        by,
        action: "plugin.activate",
        subject: &version.to_string(),
        tenant,
        detail: json!({ "digest": stored.digest, "from": switch.from }),
    };
    note(&mut transaction, act).await?;
    super::commit(transaction).await?;
    Ok(switch)
}

async fn replace(
    connection: &mut Connection,
    version: &PluginVersion,
    stored: &Stored,
    tenant: Option<TenantId>,
    current: Option<Current>,
) -> Result<(), sqlx::Error> {
    let before = current.map(|current| current.id);
    sqlx::query("UPDATE activations SET state = 'replaced' WHERE id = $1")
        .bind(before)
        .execute(&mut *connection)
        .await?;
    sqlx::query(sql!(
        "INSERT INTO activations (plugin, tenant_id, version_id, before_id, state, activated_at)
         VALUES ($1, $2, $3, $4, 'active', {NOW})"
    ))
    .bind(&*version.plugin)
    .bind(scope(tenant))
    .bind(stored.id.0)
    .bind(before)
    .execute(connection)
    .await?;
    Ok(())
}

/// Of two plugins that do the same, hosts could not tell which is meant.
pub(super) async fn refuse_occupied(
    connection: &mut Connection,
    version: &PluginVersion,
    stored: &Stored,
    tenant: Option<TenantId>,
) -> Result<(), Failed> {
    let (does, word) = (&stored.purpose, stored.purpose.kind.word());
    let row = sqlx::query(
        "SELECT v.plugin, v.version FROM activations a JOIN plugin_versions v ON v.id = a.version_id
         JOIN plugins p ON p.name = a.plugin
         WHERE a.state = 'active' AND a.tenant_id = $1 AND a.plugin <> $2 AND p.kind = $3 AND p.source = $4
           AND COALESCE(p.entity, '') = $5",
    )
    .bind(scope(tenant))
    .bind(&*version.plugin)
    .bind(word)
    .bind(&*does.source)
    .bind(does.entity.as_deref().unwrap_or_default())
    .fetch_optional(&mut *connection)
    .await?;
    match row {
        None => Ok(()),
        Some(row) => Err(refused(VersionError::Occupied {
            version: version.clone(),
            other: versions::version(&row)?,
            does: does.to_string(),
            whom: whom(connection, tenant).await?,
        })),
    }
}

async fn roll_back(
    store: &Backend,
    (plugin, tenant): (&Name, Option<TenantId>),
    why: Option<&str>,
    by: &Actor,
) -> Result<Switch, Failed> {
    let mut transaction = store.begin().await?;
    take_turn(&mut transaction).await?;
    versions::plugin(&mut transaction, plugin).await?;
    let tried = trials::roll_back(&mut transaction, (plugin, tenant), why, by).await?;
    let current = current(&mut transaction, plugin, tenant).await?;
    if let Some(tried) = tried {
        super::commit(transaction).await?;
        return Ok(broken_off(current, tried));
    }
    let Some(current) = current else {
        return Err(refused(VersionError::NotActive {
            plugin: plugin.to_string(),
            whom: whom(&mut transaction, tenant).await?,
        }));
    };
    sqlx::query("UPDATE activations SET state = 'rolled_back' WHERE id = $1")
        .bind(current.id)
        .execute(&mut *transaction)
        .await?;
    let to = restore(&mut transaction, current.before).await?;
    let switch = Switch {
        from: Some(current.name.version.clone()),
        to: to.map(|version| version.version),
        trial: None,
    };
    let act = Act {
        by,
        action: "plugin.roll_back",
        subject: &current.name.to_string(),
        tenant,
        detail: json!({ "to": switch.to, "reason": why }),
    };
    note(&mut transaction, act).await?;
    super::commit(transaction).await?;
    Ok(switch)
}

/// What came of breaking a trial off: what is active stays.
pub(super) fn broken_off(current: Option<Current>, tried: PluginVersion) -> Switch {
    let stays = current.map(|current| current.name.version);
    Switch {
        from: stays.clone(),
        to: stays,
        trial: Some(tried.version),
    }
}

/// Makes an activation that was replaced the one in force again.
async fn restore(
    connection: &mut Connection,
    before: Option<i64>,
) -> Result<Option<PluginVersion>, Failed> {
    let Some(before) = before else {
        return Ok(None);
    };
    let row = sqlx::query(
        "SELECT v.plugin, v.version, v.state FROM activations a JOIN plugin_versions v ON v.id = a.version_id
         WHERE a.id = $1",
    )
    .bind(before)
    .fetch_one(&mut *connection)
    .await?;
    let version = version(&row)?;
    if row.get::<String, _>("state") == "retired" {
        return Err(refused(VersionError::Retired { version }));
    }
    sqlx::query("UPDATE activations SET state = 'active' WHERE id = $1")
        .bind(before)
        .execute(connection)
        .await?;
    Ok(Some(version))
}

pub(super) async fn current(
    connection: &mut Connection,
    plugin: &Name,
    tenant: Option<TenantId>,
) -> Result<Option<Current>, Failed> {
    let row = sqlx::query(
        "SELECT a.id, a.version_id, a.before_id, v.plugin, v.version
         FROM activations a JOIN plugin_versions v ON v.id = a.version_id
         WHERE a.state = 'active' AND a.plugin = $1 AND a.tenant_id = $2",
    )
    .bind(&**plugin)
    .bind(scope(tenant))
    .fetch_optional(connection)
    .await?;
    let current = row.map(|row| {
        Ok(Current {
            id: row.get("id"),
            version: VersionId(row.get("version_id")),
            name: version(&row)?,
            before: row.get("before_id"),
        })
    });
    current.transpose()
}

/// For whom, in words.
pub(super) async fn whom(
    connection: &mut Connection,
    tenant: Option<TenantId>,
) -> Result<String, Failed> {
    let Some(tenant) = tenant else {
        return Ok("every tenant".to_owned());
    };
    let name: Option<String> = sqlx::query_scalar("SELECT name FROM tenants WHERE id = $1")
        .bind(tenant.0)
        .fetch_optional(connection)
        .await?;
    Ok(format!("the tenant {}", name.unwrap_or_default()))
}

/// A tenant as `activations` has it.
pub(super) fn scope(tenant: Option<TenantId>) -> i64 {
    tenant.map_or(0, |tenant| tenant.0)
}

async fn generation(store: &Backend) -> Result<Generation, Failed> {
    let generation = sqlx::query_scalar("SELECT generation FROM plugin_generation")
        .fetch_one(&store.readers())
        .await?;
    Ok(Generation(generation))
}

/// The generation first: a change in between is then met once more, and not missed.
async fn activations(store: &Backend) -> Result<(Generation, Vec<Activation>), Failed> {
    let generation = generation(store).await?;
    let rows = sqlx::query(
        "SELECT v.id, v.plugin, v.version, v.digest, p.kind, p.source, p.entity, a.tenant_id
         FROM activations a JOIN plugin_versions v ON v.id = a.version_id JOIN plugins p ON p.name = a.plugin
         WHERE a.state = 'active' ORDER BY a.id",
    )
    .fetch_all(&store.readers())
    .await?;
    let activations: Result<_, Failed> = rows.iter().map(activation).collect();
    Ok((generation, activations?))
}

/// The tenant for which alone something counts.
pub(super) fn tenant(row: &DbRow) -> Option<TenantId> {
    let tenant: i64 = row.get("tenant_id");
    (tenant != 0).then_some(TenantId(tenant))
}

pub(super) fn activation(row: &DbRow) -> Result<Activation, Failed> {
    Ok(Activation {
        id: VersionId(row.get("id")),
        version: version(row)?,
        purpose: purpose(row)?,
        digest: digest(row)?,
        tenant: tenant(row),
    })
}

async fn component(store: &Backend, version: VersionId) -> Result<StoredComponent, Failed> {
    let row = sqlx::query("SELECT component, signature FROM plugin_versions WHERE id = $1")
        .bind(version.0)
        .fetch_optional(&store.readers())
        .await?;
    let stored = row.map(|row| StoredComponent {
        bytes: row.get("component"),
        signature: row.get("signature"),
    });
    stored.ok_or_else(|| {
        Failed::Refused(StoreError::NoSuch {
            what: format!("version {} of a plugin", version.0),
        })
    })
}
