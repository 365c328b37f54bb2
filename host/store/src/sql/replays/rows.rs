//! Replays, looked at: what there is to replay, and how those stand that there are.

use std::collections::{BTreeMap, BTreeSet};

use runnel_model::{Name, PluginVersion, RunId, TenantId};
use sqlx::Row;

use super::super::{Backend, DbRow, dialect::IDS, history::counters, json, sql};
use crate::{
    Maker, Micros, NewReplay, ReplayId, ReplayPart, ReplayRow, RunState, Window, error::Failed,
};

/// Of runs and not of records: there are fewer.
pub(super) async fn entities(store: &Backend) -> Result<Vec<(Name, Name)>, Failed> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "SELECT i.source, r.stream FROM job_runs r JOIN integrations i ON i.id = r.integration_id
         UNION SELECT source, entity FROM plugins WHERE entity IS NOT NULL ORDER BY 1, 2",
    )
    .fetch_all(&store.readers())
    .await?;
    rows.into_iter()
        .map(|(source, entity)| Ok((name(source)?, name(entity)?)))
        .collect()
}

pub(super) async fn makers(
    store: &Backend,
    source: &Name,
    entity: &Name,
) -> Result<Vec<Maker>, Failed> {
    let mut connection = store.readers().acquire().await?;
    let known = store.catalog.get(&mut connection).await?;
    let mut seen = BTreeSet::new();
    let own = known.all().filter(|stored| {
        (&stored.descriptor.source, &stored.descriptor.entity) == (source, entity)
    });
    let makers = own.map(|stored| Maker {
        digest: stored.digest.clone(),
        version: PluginVersion {
            plugin: stored.descriptor.name.clone(),
            version: stored.descriptor.version.clone(),
        },
    });
    // One digest has a descriptor for each configuration under which it says
    // something else of itself.
    Ok(makers
        .filter(|maker| seen.insert(maker.digest.clone()))
        .collect())
}

pub(super) async fn list(
    store: &Backend,
    id: Option<ReplayId>,
    limit: u32,
) -> Result<Vec<ReplayRow>, Failed> {
    let rows =
        sqlx::query("SELECT * FROM replays WHERE $1 = 0 OR id = $1 ORDER BY id DESC LIMIT $2")
            .bind(id.map_or(0, |id| id.0))
            .bind(i64::from(limit))
            .fetch_all(&store.readers())
            .await?;
    with_parts(store, &rows).await
}

/// The replays of these rows, each with its parts.
pub(crate) async fn with_parts(store: &Backend, rows: &[DbRow]) -> Result<Vec<ReplayRow>, Failed> {
    let ids: Vec<i64> = rows.iter().map(|row| row.get("id")).collect();
    let mut parts = parts(store, &ids).await?;
    rows.iter()
        .map(|row| replay(row, parts.remove(&row.get("id")).unwrap_or_default()))
        .collect()
}

/// A part, and when it ended.
type Part = (ReplayPart, Option<Micros>);

async fn parts(store: &Backend, replays: &[i64]) -> Result<BTreeMap<i64, Vec<Part>>, Failed> {
    let rows = sqlx::query(sql!(
        "SELECT r.*, p.replay_id, p.total, p.queued, i.name, t.name AS tenant FROM replay_parts p
         JOIN job_runs r ON r.id = p.run_id JOIN integrations i ON i.id = r.integration_id
         JOIN tenants t ON t.id = r.tenant_id WHERE p.replay_id {IDS} ORDER BY p.run_id"
    ))
    .bind(json(replays))
    .fetch_all(&store.readers())
    .await?;
    let mut parts: BTreeMap<i64, Vec<Part>> = BTreeMap::new();
    for row in &rows {
        parts
            .entry(row.get("replay_id"))
            .or_default()
            .push(part(row)?);
    }
    Ok(parts)
}

fn part(row: &DbRow) -> Result<Part, Failed> {
    let run = RunId(row.get("id"));
    let number = |column: &str| u64::try_from(row.get::<i64, _>(column)).unwrap_or(0);
    let part = ReplayPart {
        run,
        integration: row.get("name"),
        tenant: row.get("tenant"),
        state: RunState::read(row.get("state"))
            .ok_or_else(|| Failed::corrupt(format_args!("run {run}"), "its state is unknown"))?,
        total: number("total"),
        queued: number("queued"),
        counters: counters(&number),
        failed: number("failed"),
    };
    Ok((part, row.get("finished_at")))
}

fn replay(row: &DbRow, parts: Vec<Part>) -> Result<ReplayRow, Failed> {
    let ended: Option<Vec<Micros>> = parts.iter().map(|(_, ended)| *ended).collect();
    Ok(ReplayRow {
        id: ReplayId(row.get("id")),
        of: NewReplay {
            source: name(row.get("source"))?,
            entity: name(row.get("entity"))?,
            tenant: row.get::<Option<i64>, _>("tenant_id").map(TenantId),
            version: version(row)?,
            window: Window {
                since: row.get("since_at"),
                until: row.get("until_at"),
            },
            digest: row.get("digest"),
        },
        paused: row.get("paused"),
        created_at: row.get("created_at"),
        finished_at: ended.and_then(|ended| ended.into_iter().max()),
        parts: parts.into_iter().map(|(part, _)| part).collect(),
    })
}

/// The version that a replay is pinned to.
pub(crate) fn version(row: &DbRow) -> Result<Option<PluginVersion>, Failed> {
    let (plugin, version): (Option<String>, Option<String>) =
        (row.get("plugin"), row.get("version"));
    plugin
        .zip(version)
        .map(|(plugin, version)| {
            Ok(PluginVersion {
                plugin: name(plugin)?,
                version,
            })
        })
        .transpose()
}

fn name(text: String) -> Result<Name, Failed> {
    Name::new(text).map_err(|e| Failed::corrupt("name of a replay", e))
}
