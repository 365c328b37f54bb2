//! Plugins' versions: installed, listed, retired. See `activations.rs` for which of
//! them is active.
//!
//! Whatever changes plugins writes the generation first ([`take_turn`]): such
//! transactions come one after another, on every host.

use runnel_model::{Digest, Name, PluginVersion};
use serde_json::json;
use sqlx::Row;

use super::{
    Backend, Connection, Db, DbRow,
    audit::{Act, note},
    dialect::NOW,
    sql, tables, trials,
};
use crate::{
    Actor, Descriptor, Installation, Known, NewVersion, PluginKind, Purpose, VersionError,
    VersionId, VersionRow, error::Failed,
};

/// A stored version, as far as changing it asks.
pub(super) struct Stored {
    pub(super) id: VersionId,
    pub(super) digest: Digest,
    signature: Option<String>,
    pub(super) descriptor: String,
    pub(super) dev: bool,
    pub(super) retired: bool,
    pub(super) purpose: Purpose,
}

/// Tells the hosts that something has changed, and has others wait who change
/// plugins.
pub(super) async fn take_turn(connection: &mut Connection) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE plugin_generation SET generation = generation + 1")
        .execute(connection)
        .await?;
    Ok(())
}

pub(super) async fn install(
    store: &Backend,
    new: &NewVersion,
    by: &Actor,
) -> Result<Installation, Failed> {
    let mut transaction = store.begin().await?;
    take_turn(&mut transaction).await?;
    keep_plugin(&mut transaction, new).await?;
    let stored = find(&mut transaction, &new.version).await?;
    let same = stored.as_ref().is_some_and(|s| s.digest == new.digest);
    let installation = match &stored {
        Some(stored) if same && stored.retired => Installation::Restored,
        Some(stored) if same && (new.dev || !stored.dev) => {
            return sign(transaction, stored, new, by).await;
        }
        // For good from now on.
        Some(_) if same => Installation::AlreadyThere,
        Some(stored) if !new.dev => return Err(other_bytes(stored, new)),
        Some(_) => Installation::Replaced,
        None => Installation::New,
    };
    if let Descriptor::Transform(descriptor) = &new.descriptor {
        tables::check(&mut transaction, descriptor).await?;
        own_tables(&mut transaction, new).await?;
    }
    let kept = stored.as_ref().filter(|_| same);
    let kept = kept.and_then(|stored| stored.signature.as_deref());
    write(&mut transaction, new, new.signature.as_deref().or(kept)).await?;
    if let (Installation::Replaced, Some(stored)) = (installation, &stored) {
        trials::begin_anew(&mut transaction, stored.id).await?;
    }
    let act = Act {
        by,
        action: "plugin.install",
        subject: &new.version.to_string(),
        tenant: None,
        detail: json!({ "digest": new.digest, "dev": new.dev, "replaced": stored.map(|stored| stored.digest) }),
    };
    note(&mut transaction, act).await?;
    super::commit(transaction).await?;
    Ok(installation)
}

/// Adds a signature to bytes that are there already, so that hosts which ask for one
/// take them.
async fn sign(
    mut transaction: sqlx::Transaction<'_, Db>,
    stored: &Stored,
    new: &NewVersion,
    by: &Actor,
) -> Result<Installation, Failed> {
    if new.signature.is_none() || new.signature == stored.signature {
        return Ok(Installation::AlreadyThere);
    }
    sqlx::query("UPDATE plugin_versions SET signature = $2 WHERE id = $1")
        .bind(stored.id.0)
        .bind(&new.signature)
        .execute(&mut *transaction)
        .await?;
    let act = Act {
        by,
        action: "plugin.sign",
        subject: &new.version.to_string(),
        tenant: None,
        detail: json!({ "digest": new.digest }),
    };
    note(&mut transaction, act).await?;
    super::commit(transaction).await?;
    Ok(Installation::AlreadyThere)
}

fn other_bytes(stored: &Stored, new: &NewVersion) -> Failed {
    refused(VersionError::OtherBytes {
        version: new.version.clone(),
        stored: stored.digest,
        given: new.digest,
    })
}

/// A plugin does the same in all its versions: what is active is chosen by it.
async fn keep_plugin(connection: &mut Connection, new: &NewVersion) -> Result<(), Failed> {
    let given = new.descriptor.purpose();
    // An update that changes nothing, for the sake of RETURNING.
    let row = sqlx::query(
        "INSERT INTO plugins (name, kind, source, entity) VALUES ($1, $2, $3, $4)
         ON CONFLICT (name) DO UPDATE SET name = excluded.name RETURNING kind, source, entity",
    )
    .bind(&*new.version.plugin)
    .bind(given.kind.word())
    .bind(&*given.source)
    .bind(given.entity.as_deref())
    .fetch_one(connection)
    .await?;
    let stored = purpose(&row)?;
    if stored == given {
        return Ok(());
    }
    Err(refused(VersionError::OtherPurpose {
        version: new.version.clone(),
        stored: stored.to_string(),
        given: given.to_string(),
    }))
}

/// No table of another plugin that is installed and was not active yet: those of
/// the others are known from their rows.
async fn own_tables(connection: &mut Connection, new: &NewVersion) -> Result<(), Failed> {
    let Descriptor::Transform(descriptor) = &new.descriptor else {
        return Ok(());
    };
    let others: Vec<(String, String)> = sqlx::query_as(
        "SELECT v.plugin, v.descriptor FROM plugin_versions v JOIN plugins p ON p.name = v.plugin
         WHERE p.kind = 'transform' AND v.plugin <> $1 AND v.state = 'installed'",
    )
    .bind(&*new.version.plugin)
    .fetch_all(connection)
    .await?;
    for (other, text) in others {
        let other_tables = transform(&other, &text)?.tables;
        let both = descriptor
            .tables
            .iter()
            .find(|own| other_tables.iter().any(|table| table.name == own.name));
        if let Some(table) = both {
            let reason = tables::belongs_to(&other);
            return Err(tables::incompatible(descriptor, table, reason));
        }
    }
    Ok(())
}

async fn write(
    connection: &mut Connection,
    new: &NewVersion,
    signature: Option<&str>,
) -> Result<(), Failed> {
    let descriptor = match &new.descriptor {
        Descriptor::Source(source) => serde_json::to_string(source),
        Descriptor::Transform(transform) => serde_json::to_string(transform),
    };
    sqlx::query(sql!(
        "INSERT INTO plugin_versions (plugin, version, digest, descriptor, component, dev, signature, installed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, {NOW})
         ON CONFLICT (plugin, version) DO UPDATE SET digest = excluded.digest, descriptor = excluded.descriptor,
             component = excluded.component, dev = excluded.dev, signature = excluded.signature, installed_at = excluded.installed_at,
             state = 'installed'"
    ))
    .bind(&*new.version.plugin)
    .bind(&new.version.version)
    .bind(new.digest.to_string())
    .bind(descriptor.map_err(|e| sqlx::Error::Encode(e.into()))?)
    .bind(&new.component)
    .bind(new.dev)
    .bind(signature)
    .execute(connection)
    .await?;
    Ok(())
}

pub(super) async fn list(
    store: &Backend,
    plugin: Option<&Name>,
) -> Result<Vec<VersionRow>, Failed> {
    let rows = sqlx::query(
        "SELECT v.id, v.plugin, p.kind, p.source, p.entity, v.version, v.digest, v.signature, v.dev, v.state,
                v.installed_at, CAST(length(v.component) AS BIGINT) AS size
         FROM plugin_versions v JOIN plugins p ON p.name = v.plugin
         WHERE $1 = '' OR v.plugin = $1 ORDER BY v.plugin, v.id",
    )
    .bind(plugin.map_or("", |name| name))
    .fetch_all(&store.readers())
    .await?;
    let active: Vec<(i64, i64, String)> = sqlx::query_as(
        "SELECT a.version_id, a.tenant_id, COALESCE(t.name, '') FROM activations a
         LEFT JOIN tenants t ON t.id = a.tenant_id WHERE a.state = 'active' ORDER BY t.name",
    )
    .fetch_all(&store.readers())
    .await?;
    let tried = trials::tried(store).await?;
    let row = |row| version_row(row, (&active, &tried));
    rows.iter().map(row).collect()
}

fn version_row(
    row: &DbRow,
    (active, tried): (&[(i64, i64, String)], &[trials::Tried]),
) -> Result<VersionRow, Failed> {
    let id: i64 = row.get("id");
    let trials = tried.iter().filter(|(version, _)| version.0 == id);
    let own = active.iter().filter(|(version, ..)| *version == id);
    Ok(VersionRow {
        id: VersionId(id),
        version: version(row)?,
        purpose: purpose(row)?,
        digest: digest(row)?,
        size: u64::try_from(row.get::<i64, _>("size")).unwrap_or(0),
        signature: row.get("signature"),
        dev: row.get("dev"),
        retired: row.get::<String, _>("state") == "retired",
        installed_at: row.get("installed_at"),
        active: own.clone().any(|(_, tenant, _)| *tenant == 0),
        tenants: own
            .filter(|(_, tenant, _)| *tenant != 0)
            .map(|(.., name)| name.clone())
            .collect(),
        trials: trials.map(|(_, trial)| trial.clone()).collect(),
    })
}

pub(super) async fn retire(
    store: &Backend,
    version: &PluginVersion,
    by: &Actor,
) -> Result<(), Failed> {
    let mut transaction = store.begin().await?;
    take_turn(&mut transaction).await?;
    let stored = known(&mut transaction, version).await?;
    let whom: Option<String> = sqlx::query_scalar(
        "SELECT CASE WHEN a.tenant_id = 0 THEN 'every tenant' ELSE 'the tenant ' || t.name END
         FROM activations a LEFT JOIN tenants t ON t.id = a.tenant_id
         WHERE a.state = 'active' AND a.version_id = $1 ORDER BY a.tenant_id LIMIT 1",
    )
    .bind(stored.id.0)
    .fetch_optional(&mut *transaction)
    .await?;
    if let Some(whom) = whom {
        return Err(refused(VersionError::Active {
            version: version.clone(),
            whom,
        }));
    }
    if let Some(whom) = trials::tried_for(&mut transaction, stored.id).await? {
        return Err(refused(VersionError::Tried {
            version: version.clone(),
            whom,
        }));
    }
    sqlx::query("UPDATE plugin_versions SET state = 'retired' WHERE id = $1")
        .bind(stored.id.0)
        .execute(&mut *transaction)
        .await?;
    let act = Act {
        by,
        action: "plugin.retire",
        subject: &version.to_string(),
        tenant: None,
        detail: json!({ "digest": stored.digest }),
    };
    note(&mut transaction, act).await?;
    Ok(super::commit(transaction).await?)
}

async fn find(
    connection: &mut Connection,
    version: &PluginVersion,
) -> Result<Option<Stored>, Failed> {
    let row = sqlx::query(
        "SELECT v.id, v.plugin, v.version, v.digest, v.signature, v.descriptor, v.dev, v.state, p.kind, p.source, p.entity
         FROM plugin_versions v JOIN plugins p ON p.name = v.plugin WHERE v.plugin = $1 AND v.version = $2",
    )
    .bind(&*version.plugin)
    .bind(&version.version)
    .fetch_optional(connection)
    .await?;
    let stored = row.map(|row| {
        Ok(Stored {
            id: VersionId(row.get("id")),
            digest: digest(&row)?,
            signature: row.get("signature"),
            descriptor: row.get("descriptor"),
            dev: row.get("dev"),
            retired: row.get::<String, _>("state") == "retired",
            purpose: purpose(&row)?,
        })
    });
    stored.transpose()
}

/// A version that has to be there.
pub(super) async fn known(
    connection: &mut Connection,
    version: &PluginVersion,
) -> Result<Stored, Failed> {
    if let Some(stored) = find(connection, version).await? {
        return Ok(stored);
    }
    plugin(connection, &version.plugin).await?;
    let known =
        sqlx::query_scalar("SELECT version FROM plugin_versions WHERE plugin = $1 ORDER BY id")
            .bind(&*version.plugin)
            .fetch_all(connection)
            .await?;
    Err(refused(VersionError::NoVersion {
        plugin: version.plugin.to_string(),
        version: version.version.clone(),
        known: Known(known),
    }))
}

/// A plugin that has to be there.
pub(super) async fn plugin(connection: &mut Connection, name: &Name) -> Result<(), Failed> {
    let known: Vec<String> = sqlx::query_scalar("SELECT name FROM plugins ORDER BY name")
        .fetch_all(connection)
        .await?;
    if known.iter().any(|known| **known == **name) {
        return Ok(());
    }
    Err(refused(VersionError::NoPlugin {
        plugin: name.to_string(),
        known: Known(known),
    }))
}

pub(super) fn refused(error: VersionError) -> Failed {
    Failed::Refused(error.into())
}

/// A stored transform's descriptor.
pub(super) fn transform(
    plugin: &str,
    text: &str,
) -> Result<runnel_model::TransformDescriptor, Failed> {
    serde_json::from_str(text)
        .map_err(|e| Failed::corrupt(format_args!("descriptor of {plugin}"), e))
}

pub(super) fn version(row: &DbRow) -> Result<PluginVersion, Failed> {
    Ok(PluginVersion {
        plugin: name(row.get("plugin"))?,
        version: row.get("version"),
    })
}

pub(super) fn digest(row: &DbRow) -> Result<Digest, Failed> {
    let text: String = row.get("digest");
    text.parse()
        .map_err(|e| Failed::corrupt("digest of a plugin", e))
}

pub(super) fn purpose(row: &DbRow) -> Result<Purpose, Failed> {
    let kind = match row.get::<String, _>("kind") {
        word if word == PluginKind::Source.word() => PluginKind::Source,
        _ => PluginKind::Transform,
    };
    Ok(Purpose {
        kind,
        source: name(row.get("source"))?,
        entity: row
            .get::<Option<String>, _>("entity")
            .map(name)
            .transpose()?,
    })
}

fn name(text: String) -> Result<Name, Failed> {
    Name::new(text).map_err(|e| Failed::corrupt("name of a plugin", e))
}
