//! Integrations as somebody adds and changes them: each change with its row of the
//! audit log.

use runnel_model::IntegrationId;
use serde_json::{Map, Value, json as object};

use super::{
    Backend, Connection,
    audit::{Act, note},
    dialect::NOW,
    integrations::{Held, hold, write},
    jobs, json, secrets, sql,
};
use crate::{
    Accompany, Actor, Companions, IfThere, Integration, IntegrationChange, NewIntegration,
    error::Failed,
};

/// An integration as it was: source, base URL, scope, settings, and whether it was ad
/// hoc.
type Before = (String, String, String, String, bool);

pub(super) async fn put(
    store: &Backend,
    (new, if_there): (&NewIntegration, IfThere),
    companions: &Accompany<'_>,
    by: &Actor,
) -> Result<Integration, Failed> {
    let mut transaction = store.begin().await?;
    let before = before(&mut transaction, new).await?;
    let put = write(&mut transaction, new, if_there).await?;
    let elsewhere = !before
        .as_ref()
        .is_some_and(|(source, base_url, ..)| *source == *new.source && *base_url == new.base_url);
    if let Some(action) = told_as(before, new) {
        let detail = object!({
            "id": put.id, "source": new.source, "base_url": new.base_url, "scope": new.scope,
        });
        let act = of_put((&put, new), (action, detail), by);
        note(&mut transaction, act).await?;
    }
    let Companions { credential, jobs } = companions(&put)?;
    secrets::keep(&mut transaction, put.id, (credential.as_ref(), elsewhere)).await?;
    if credential.is_some() {
        let detail = object!({ "id": put.id });
        let act = of_put((&put, new), ("integration.token", detail), by);
        note(&mut transaction, act).await?;
    }
    jobs::put(&mut transaction, (put.tenant.0, put.id), &jobs).await?;
    super::commit(transaction).await?;
    Ok(put)
}

/// An update that changes nothing, for the sake of the lock.
async fn before(
    connection: &mut Connection,
    new: &NewIntegration,
) -> Result<Option<Before>, sqlx::Error> {
    sqlx::query_as(
        "UPDATE integrations SET paused = paused
         WHERE name = $2 AND tenant_id = (SELECT id FROM tenants WHERE name = $1)
         RETURNING source, base_url, scope, settings, ad_hoc",
    )
    .bind(&new.tenant)
    .bind(&new.name)
    .fetch_optional(connection)
    .await
}

/// What was done to an integration that is put, if anything.
fn told_as(before: Option<Before>, new: &NewIntegration) -> Option<&'static str> {
    let now = (
        new.source.to_string(),
        new.base_url.clone(),
        json(&new.scope),
        new.settings.to_string(),
        new.ad_hoc,
    );
    match before {
        None => Some("integration.add"),
        Some(before) => (before != now).then_some("integration.change"),
    }
}

fn of_put<'a>(
    (put, new): (&Integration, &'a NewIntegration),
    (action, detail): (&'static str, Value),
    by: &'a Actor,
) -> Act<'a> {
    Act {
        by,
        action,
        subject: &new.name,
        tenant: Some(put.tenant),
        detail,
    }
}

pub(super) async fn change_one(
    store: &Backend,
    id: IntegrationId,
    change: &IntegrationChange,
    by: &Actor,
) -> Result<(), Failed> {
    let mut transaction = store.begin().await?;
    let held = hold(&mut transaction, id).await?;
    pause(&mut transaction, (id, &held), change.paused, by).await?;
    let changed = configure(&mut transaction, id, change).await?;
    let elsewhere = changed.contains(&"base_url");
    secrets::keep(
        &mut transaction,
        id,
        (change.credential.as_ref(), elsewhere),
    )
    .await?;
    if !change.jobs.is_empty() {
        jobs::put(&mut transaction, (held.tenant.0, id), &change.jobs).await?;
    }
    let detail = told(id, change, changed);
    if detail.len() > 1 {
        let act = act(&held, ("integration.change", detail), by);
        note(&mut transaction, act).await?;
    }
    Ok(super::commit(transaction).await?)
}

fn act<'a>(
    held: &'a Held,
    (action, detail): (&'static str, Map<String, Value>),
    by: &'a Actor,
) -> Act<'a> {
    Act {
        by,
        action,
        subject: &held.name,
        tenant: Some(held.tenant),
        detail: Value::Object(detail),
    }
}

async fn pause(
    connection: &mut Connection,
    (id, held): (IntegrationId, &Held),
    paused: Option<bool>,
    by: &Actor,
) -> Result<(), Failed> {
    let Some(paused) = paused.filter(|paused| *paused != held.paused) else {
        return Ok(());
    };
    sqlx::query("UPDATE integrations SET paused = $2 WHERE id = $1")
        .bind(id.0)
        .bind(paused)
        .execute(&mut *connection)
        .await?;
    sqlx::query(sql!(
        "UPDATE etl_jobs SET look_at = {NOW} WHERE integration_id = $1"
    ))
    .bind(id.0)
    .execute(&mut *connection)
    .await?;
    let action = match paused {
        true => "integration.pause",
        false => "integration.resume",
    };
    let detail = Map::from_iter([("id".to_owned(), object!(id))]);
    Ok(note(connection, act(held, (action, detail), by)).await?)
}

/// Writes base URL, scope and settings. Answers which of them are others than before.
async fn configure(
    connection: &mut Connection,
    id: IntegrationId,
    change: &IntegrationChange,
) -> Result<Vec<&'static str>, sqlx::Error> {
    let columns = [
        ("base_url", change.base_url.clone()),
        ("scope", change.scope.as_ref().map(json)),
        ("settings", change.settings.as_ref().map(Value::to_string)),
    ];
    let mut changed = Vec::new();
    for (column, value) in columns {
        let Some(value) = value else { continue };
        let done = sqlx::query(sql!(
            "UPDATE integrations SET {column} = $2 WHERE id = $1 AND {column} <> $2"
        ))
        .bind(id.0)
        .bind(value)
        .execute(&mut *connection)
        .await?;
        if done.rows_affected() > 0 {
            changed.push(column);
        }
    }
    Ok(changed)
}

/// What the audit log has of a change: of settings and of the credential that they are
/// others, and no more.
fn told(
    id: IntegrationId,
    change: &IntegrationChange,
    changed: Vec<&'static str>,
) -> Map<String, Value> {
    let mut told = Map::from_iter([("id".to_owned(), object!(id))]);
    for column in changed {
        let value = match column {
            "base_url" => object!(change.base_url),
            "scope" => object!(change.scope),
            _ => object!(true),
        };
        told.insert(column.to_owned(), value);
    }
    if change.credential.is_some() {
        told.insert("token".to_owned(), object!(true));
    }
    told
}
