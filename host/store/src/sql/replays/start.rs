//! What a replay begins with.

use runnel_model::{Digest, IntegrationId, RunId, TenantId, TransformDescriptor};
use serde_json::json;
use sqlx::Row;

use super::{
    super::{
        Backend, Connection, DbRow,
        dialect::{IDS, LOCK_INTEGRATION, NOW},
        json as list, runs, sql, tables, versions,
    },
    choice::{Selection, choose, counted, made_by},
    control::{audit, refused},
    steps::begin_next,
};
use crate::{
    Actor, Integration, NewReplay, NewRun, REPLAY_PRIORITY, ReplayError, ReplayId, RunOptions,
    Surveyed, VersionError, error::Failed,
};

/// An integration with records of the entity.
struct Found {
    integration: Integration,
    options: RunOptions,
    name: String,
    tenant: String,
}

async fn found(
    connection: &mut Connection,
    of: &NewReplay,
    lock: &str,
) -> Result<Vec<Found>, Failed> {
    let rows = sqlx::query(sql!(
        "SELECT i.id, i.tenant_id, i.source, i.base_url, i.scope, i.settings, i.name, t.name AS tenant
         FROM integrations i JOIN tenants t ON t.id = i.tenant_id
         WHERE i.source = $1 AND ($3 = 0 OR i.tenant_id = $3)
             AND EXISTS (SELECT 1 FROM records r WHERE r.integration_id = i.id AND r.stream = $2)
         ORDER BY i.id {lock}"
    ))
    .bind(&*of.source)
    .bind(&*of.entity)
    .bind(of.tenant.map_or(0, |tenant| tenant.0))
    .fetch_all(connection)
    .await?;
    rows.iter().map(|row| integration(row, of)).collect()
}

fn integration(row: &DbRow, of: &NewReplay) -> Result<Found, Failed> {
    let id = IntegrationId(row.get("id"));
    let corrupt = |e| Failed::corrupt(format_args!("integration {id}"), e);
    Ok(Found {
        integration: Integration {
            id,
            tenant: TenantId(row.get("tenant_id")),
            source: of.source.clone(),
            base_url: row.get("base_url"),
        },
        options: RunOptions {
            full: false,
            since: None,
            scope: serde_json::from_str(row.get("scope")).map_err(corrupt)?,
            settings: serde_json::from_str(row.get("settings")).map_err(corrupt)?,
        },
        name: row.get("name"),
        tenant: row.get("tenant"),
    })
}

pub(super) async fn survey(store: &Backend, of: &NewReplay) -> Result<Vec<Surveyed>, Failed> {
    let mut connection = store.readers().acquire().await?;
    if let Some((descriptor, _)) = descriptor(&mut connection, of).await? {
        tables::check(&mut connection, &descriptor).await?;
    }
    let made_by = made_by(store, &mut connection, of).await?;
    let mut surveyed = Vec::new();
    for found in found(&mut connection, of, "").await? {
        let selection = Selection::new(of, found.integration.id);
        let (records, _) = counted(&mut connection, &selection, &made_by).await?;
        surveyed.push(Surveyed {
            integration: found.integration.id,
            name: found.name,
            tenant: found.tenant,
            records: u64::try_from(records).unwrap_or(0),
        });
    }
    Ok(surveyed)
}

pub(super) async fn start(
    store: &Backend,
    of: &NewReplay,
    by: &Actor,
) -> Result<Option<ReplayId>, Failed> {
    let mut transaction = store.begin().await?;
    prepare(&mut transaction, of).await?;
    let found = found(&mut transaction, of, LOCK_INTEGRATION).await?;
    refuse_under_way(&mut transaction, of, &found).await?;
    let made_by = made_by(store, &mut transaction, of).await?;
    let id = insert(&mut transaction, of).await?;
    let (mut first, mut records) = (None, 0);
    for found in &found {
        let selection = Selection::new(of, found.integration.id);
        let (total, upto) = counted(&mut transaction, &selection, &made_by).await?;
        if total > 0 {
            let run = insert_run(&mut transaction, of, found, first).await?;
            first = first.or(Some(run.0));
            insert_part(&mut transaction, (id, run), (total, upto)).await?;
            choose(&mut transaction, run, &selection, &made_by).await?;
            records += total;
        }
    }
    if records == 0 {
        return Ok(None);
    }
    begin_next(&mut transaction, id.0).await?;
    let detail = json!({
        "entity": of.entity, "version": of.version.as_ref().map(ToString::to_string), "records": records,
        "since": of.window.since, "until": of.window.until, "digest": of.digest,
    });
    audit(
        &mut transaction,
        (id, of.tenant),
        (by, "replay.start"),
        detail,
    )
    .await?;
    super::super::commit(transaction).await?;
    Ok(Some(id))
}

/// The version is there and maps these records; and its tables are, so that one that
/// does not fit is refused to a person who is there to read why.
async fn prepare(connection: &mut Connection, of: &NewReplay) -> Result<(), Failed> {
    if let Some((descriptor, digest)) = descriptor(connection, of).await? {
        tables::prepare_within(connection, &descriptor, &digest).await?;
    }
    Ok(())
}

/// What the version says of itself, if one is named.
async fn descriptor(
    connection: &mut Connection,
    of: &NewReplay,
) -> Result<Option<(TransformDescriptor, Digest)>, Failed> {
    let Some(version) = &of.version else {
        return Ok(None);
    };
    let stored = versions::known(connection, version).await?;
    if stored.retired {
        let version = version.clone();
        return Err(versions::refused(VersionError::Retired { version }));
    }
    let does = &stored.purpose;
    if (&does.source, does.entity.as_ref()) != (&of.source, Some(&of.entity)) {
        return Err(refused(ReplayError::OtherEntity {
            version: version.clone(),
            does: does.to_string(),
            entity: of.entity.to_string(),
        }));
    }
    let descriptor = versions::transform(&version.plugin, &stored.descriptor)?;
    Ok(Some((descriptor, stored.digest)))
}

async fn refuse_under_way(
    connection: &mut Connection,
    of: &NewReplay,
    found: &[Found],
) -> Result<(), Failed> {
    let id: Option<i64> = sqlx::query_scalar(sql!(
        "SELECT MIN(p.replay_id) FROM replay_parts p JOIN job_runs r ON r.id = p.run_id
         WHERE r.integration_id {IDS} AND r.stream = $2 AND r.state IN ('waiting', 'running')"
    ))
    .bind(list(found.iter().map(|found| found.integration.id)))
    .bind(&*of.entity)
    .fetch_one(connection)
    .await?;
    match id {
        None => Ok(()),
        Some(id) => Err(refused(ReplayError::UnderWay {
            id: ReplayId(id),
            entity: of.entity.to_string(),
        })),
    }
}

async fn insert(connection: &mut Connection, of: &NewReplay) -> Result<ReplayId, sqlx::Error> {
    let version = of.version.as_ref();
    sqlx::query_scalar(sql!(
        "INSERT INTO replays (source, entity, tenant_id, plugin, version, since_at, until_at, digest, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, {NOW}) RETURNING id"
    ))
    .bind(&*of.source)
    .bind(&*of.entity)
    .bind(of.tenant.map(|tenant| tenant.0))
    .bind(version.map(|version| version.plugin.to_string()))
    .bind(version.map(|version| version.version.clone()))
    .bind(of.window.since)
    .bind(of.window.until)
    .bind(&of.digest)
    .fetch_one(connection)
    .await
    .map(ReplayId)
}

async fn insert_run(
    connection: &mut Connection,
    of: &NewReplay,
    found: &Found,
    first: Option<i64>,
) -> Result<RunId, sqlx::Error> {
    let run = NewRun {
        stream: of.entity.clone(),
        depends_on: Vec::new(),
        priority: REPLAY_PRIORITY,
        changed_parents_of: None,
        options: found.options.clone(),
    };
    runs::insert(connection, &found.integration, &run, first).await
}

async fn insert_part(
    connection: &mut Connection,
    (replay, run): (ReplayId, RunId),
    (total, upto): (i64, i64),
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO replay_parts (run_id, replay_id, total, upto) VALUES ($1, $2, $3, $4)",
    )
    .bind(run.0)
    .bind(replay.0)
    .bind(total)
    .bind(upto)
    .execute(connection)
    .await?;
    Ok(())
}
