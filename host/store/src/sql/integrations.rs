//! Tenants and integrations: added, listed, removed.

use async_trait::async_trait;
use runnel_model::{IntegrationId, Name, TenantId};
use sqlx::Row;

use serde_json::json as object;

use super::{
    Backend, Connection, DbRow,
    audit::{Act, note},
    dialect::NOW,
    integration_changes::{change_one, put},
    json, sql,
};
use crate::{
    Accompany, Account, Actor, Configured, IfThere, Integration, IntegrationChange, Integrations,
    NewIntegration, StoreError, Tenant, error::Failed,
};

/// Integrations as an operator sees them: to be followed by further conditions.
pub(super) const CONFIGURED: &str = "
    SELECT i.id, i.name, i.source, i.base_url, i.scope, i.settings, i.paused, i.account, i.created_at,
           t.id AS tenant_id, t.name AS tenant_name, t.created_at AS tenant_created_at,
           EXISTS (SELECT 1 FROM credentials c WHERE c.integration_id = i.id) AS has_credential
    FROM integrations i JOIN tenants t ON t.id = i.tenant_id WHERE NOT i.ad_hoc";

#[async_trait]
impl Integrations for Backend {
    async fn add_tenant(&self, name: &str, by: &Actor) -> Result<Tenant, StoreError> {
        self.run(|| add_tenant(self, name, by)).await
    }

    async fn tenants(&self) -> Result<Vec<Tenant>, StoreError> {
        self.run(|| tenants(self)).await
    }

    async fn integrations(&self, tenant: Option<TenantId>) -> Result<Vec<Configured>, StoreError> {
        self.run(|| integrations(self, tenant)).await
    }

    async fn put_integration(
        &self,
        new: (&NewIntegration, IfThere),
        companions: &Accompany<'_>,
        by: &Actor,
    ) -> Result<Integration, StoreError> {
        self.run(|| put(self, new, companions, by)).await
    }

    async fn change_integration(
        &self,
        integration: IntegrationId,
        change: &IntegrationChange,
        by: &Actor,
    ) -> Result<(), StoreError> {
        self.run(|| change_one(self, integration, change, by)).await
    }

    async fn pause_integration(
        &self,
        integration: IntegrationId,
        paused: bool,
        by: &Actor,
    ) -> Result<(), StoreError> {
        let change = IntegrationChange {
            paused: Some(paused),
            ..IntegrationChange::default()
        };
        self.change_integration(integration, &change, by).await
    }

    async fn remove_integration(
        &self,
        integration: IntegrationId,
        by: &Actor,
    ) -> Result<(), StoreError> {
        self.run(|| remove(self, integration, by)).await
    }
}

pub(super) async fn open(store: &Backend, new: &NewIntegration) -> Result<Integration, Failed> {
    let mut transaction = store.begin().await?;
    let opened = write(&mut transaction, new, IfThere::Update).await?;
    super::commit(transaction).await?;
    Ok(opened)
}

/// Writes an integration, in place of an earlier one of its name if it may.
pub(super) async fn write(
    connection: &mut Connection,
    new: &NewIntegration,
    if_there: IfThere,
) -> Result<Integration, Failed> {
    sqlx::query(sql!(
        "INSERT INTO tenants (name, created_at) VALUES ($1, {NOW}) ON CONFLICT (name) DO NOTHING"
    ))
    .bind(&new.tenant)
    .execute(&mut *connection)
    .await?;
    let written: Option<(i64, i64)> = sqlx::query_as(sql!(
        "INSERT INTO integrations (tenant_id, source, name, base_url, scope, settings, ad_hoc, created_at)
         SELECT id, $2, $3, $4, $5, $6, $7, {NOW} FROM tenants WHERE name = $1
         ON CONFLICT (tenant_id, name) DO UPDATE SET source = excluded.source, base_url = excluded.base_url,
             scope = excluded.scope, settings = excluded.settings, ad_hoc = excluded.ad_hoc
         WHERE $8 OR integrations.ad_hoc
         RETURNING id, tenant_id"
    ))
    .bind(&new.tenant)
    .bind(&*new.source)
    .bind(&new.name)
    .bind(&new.base_url)
    .bind(json(&new.scope))
    .bind(new.settings.to_string())
    .bind(new.ad_hoc)
    .bind(if_there == IfThere::Update)
    .fetch_optional(connection)
    .await?;
    let (id, tenant) = written.ok_or_else(|| StoreError::Exists {
        what: format!("an integration {:?} of this tenant", new.name),
    })?;
    Ok(Integration {
        id: IntegrationId(id),
        tenant: TenantId(tenant),
        source: new.source.clone(),
        base_url: new.base_url.clone(),
    })
}

async fn add_tenant(store: &Backend, name: &str, by: &Actor) -> Result<Tenant, Failed> {
    let mut transaction = store.begin().await?;
    let added: Option<(i64, i64)> = sqlx::query_as(sql!(
        "INSERT INTO tenants (name, created_at) VALUES ($1, {NOW})
         ON CONFLICT (name) DO NOTHING RETURNING id, created_at"
    ))
    .bind(name)
    .fetch_optional(&mut *transaction)
    .await?;
    let (id, created_at) = match added {
        Some(added) => {
            note(&mut transaction, new_tenant(name, added.0, by)).await?;
            added
        }
        None => {
            sqlx::query_as("SELECT id, created_at FROM tenants WHERE name = $1")
                .bind(name)
                .fetch_one(&mut *transaction)
                .await?
        }
    };
    super::commit(transaction).await?;
    Ok(Tenant {
        id: TenantId(id),
        name: name.to_owned(),
        created_at,
    })
}

fn new_tenant<'a>(name: &'a str, id: i64, by: &'a Actor) -> Act<'a> {
    Act {
        by,
        action: "tenant.add",
        subject: name,
        tenant: Some(TenantId(id)),
        detail: object!({}),
    }
}

/// An integration that this transaction has to itself until it ends.
pub(super) struct Held {
    pub(super) tenant: TenantId,
    pub(super) name: String,
    pub(super) source: String,
    pub(super) paused: bool,
}

/// An update that changes nothing, for the sake of the lock.
pub(super) async fn hold(connection: &mut Connection, id: IntegrationId) -> Result<Held, Failed> {
    let row = sqlx::query(
        "UPDATE integrations SET paused = paused WHERE id = $1 RETURNING tenant_id, name, source, paused",
    )
    .bind(id.0)
    .fetch_optional(connection)
    .await?
    .ok_or_else(|| StoreError::NoSuch {
        what: format!("integration {id}"),
    })?;
    Ok(Held {
        tenant: TenantId(row.get("tenant_id")),
        name: row.get("name"),
        source: row.get("source"),
        paused: row.get("paused"),
    })
}

async fn tenants(store: &Backend) -> Result<Vec<Tenant>, Failed> {
    let rows: Vec<(i64, String, i64)> =
        sqlx::query_as("SELECT id, name, created_at FROM tenants ORDER BY name")
            .fetch_all(&store.readers())
            .await?;
    let tenant = |(id, name, created_at)| Tenant {
        id: TenantId(id),
        name,
        created_at,
    };
    Ok(rows.into_iter().map(tenant).collect())
}

async fn integrations(
    store: &Backend,
    tenant: Option<TenantId>,
) -> Result<Vec<Configured>, Failed> {
    let rows = sqlx::query(sql!(
        "{CONFIGURED} AND ($1 = 0 OR t.id = $1) ORDER BY t.name, i.name"
    ))
    .bind(tenant.map_or(0, |tenant| tenant.0))
    .fetch_all(&store.readers())
    .await?;
    rows.iter().map(read).collect()
}

pub(super) fn read(row: &DbRow) -> Result<Configured, Failed> {
    let id = IntegrationId(row.get("id"));
    let corrupt = |e: &dyn std::fmt::Display| Failed::corrupt(format_args!("integration {id}"), e);
    Ok(Configured {
        id,
        tenant: Tenant {
            id: TenantId(row.get("tenant_id")),
            name: row.get("tenant_name"),
            created_at: row.get("tenant_created_at"),
        },
        name: row.get("name"),
        source: Name::new(row.get::<String, _>("source")).map_err(|e| corrupt(&e))?,
        base_url: row.get("base_url"),
        scope: serde_json::from_str(row.get("scope")).map_err(|e| corrupt(&e))?,
        settings: serde_json::from_str(row.get("settings")).map_err(|e| corrupt(&e))?,
        paused: row.get("paused"),
        has_credential: row.get("has_credential"),
        account: row.get::<Option<String>, _>("account").map(Account),
        created_at: row.get("created_at"),
    })
}

/// Runs first, so that a worker that commits meanwhile finds nothing to commit
/// to.
async fn remove(store: &Backend, integration: IntegrationId, by: &Actor) -> Result<(), Failed> {
    let of_runs = "run_id IN (SELECT id FROM job_runs WHERE integration_id = $1)";
    let mut statements: Vec<String> = [
        "tasks",
        "requests",
        "run_partitions",
        "run_validators",
        "run_problems",
        "run_notes",
        "replay_parts",
        "replay_records",
        "raw_requests",
    ]
    .iter()
    .map(|table| format!("DELETE FROM {table} WHERE {of_runs}"))
    .collect();
    let own = [
        "changes",
        "dead_letters",
        "records",
        "raw_data",
        "cursors",
        "watermarks",
        "validators",
        "job_runs",
        "etl_jobs",
        "credentials",
        "observed_keys",
    ];
    statements.extend(
        own.iter()
            .map(|table| format!("DELETE FROM {table} WHERE integration_id = $1")),
    );
    let mut transaction = store.begin().await?;
    let held = hold(&mut transaction, integration).await?;
    for statement in statements {
        sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(integration.0)
            .execute(&mut *transaction)
            .await?;
    }
    super::views::remove(&mut transaction, integration).await?;
    sqlx::query("DELETE FROM integrations WHERE id = $1")
        .bind(integration.0)
        .execute(&mut *transaction)
        .await?;
    let act = Act {
        by,
        action: "integration.remove",
        subject: &held.name,
        tenant: Some(held.tenant),
        detail: object!({ "id": integration, "source": held.source }),
    };
    note(&mut transaction, act).await?;
    Ok(super::commit(transaction).await?)
}
