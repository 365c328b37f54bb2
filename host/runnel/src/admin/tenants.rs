//! `runnel tenant`.

use runnel_model::{TITLE, is_title};
use runnel_store::Tenant;
use serde_json::{Value, json};

use super::{
    desk::{At, Desk, actor, work},
    remote,
    show::{instant, said, table},
};
use crate::{
    args::{Reader, TenantCommand},
    environment::Environment,
    failure::Failure,
};

pub(super) async fn run(command: &TenantCommand, environment: &Environment) -> Result<(), Failure> {
    match command {
        TenantCommand::Add { name, store } => {
            check(name)?;
            let desk = Desk::make(store, environment).await?;
            let added = match &desk.at {
                At::Database(own) => {
                    let added = own.store.add_tenant(name, &actor(environment)).await;
                    paper(&added.map_err(work)?)
                }
                At::Server(server) => remote::tenants::add(server, name).await?,
            };
            desk.answer(&added, || {
                format!("tenant {name} (id {})", said(&added, "id"))
            })
        }
        TenantCommand::List { store } => {
            let desk = Desk::open(store, environment).await?;
            let tenants = match &desk.at {
                At::Database(own) => {
                    let tenants = own.store.tenants().await.map_err(work)?;
                    tenants.iter().map(paper).collect()
                }
                At::Server(server) => remote::tenants::list(server).await?,
            };
            desk.list(tenants, listed)
        }
        TenantCommand::GrantReader(reader) => {
            let desk = Desk::open(&reader.store, environment).await?;
            let by = actor(environment);
            let store = &desk.own("tenant grant-reader")?.store;
            let granted = store.grant_reader(&reader.tenant, &reader.role, &by);
            granted.await.map_err(work)?;
            told(&desk, reader, "reads the rows of the tenant, and no others")
        }
        TenantCommand::RevokeReader(reader) => {
            let desk = Desk::open(&reader.store, environment).await?;
            let by = actor(environment);
            let store = &desk.own("tenant revoke-reader")?.store;
            let revoked = store.revoke_reader(&reader.tenant, &reader.role, &by);
            revoked.await.map_err(work)?;
            told(&desk, reader, "no longer reads the rows of the tenant")
        }
    }
}

fn listed(tenants: &[Value]) -> String {
    let row = |tenant: &Value| ["id", "name", "created_at"].map(|key| said(tenant, key));
    let rows = tenants.iter().map(row).collect();
    table(["id", "tenant", "added"], rows, "there is no tenant yet")
}

fn told(desk: &Desk, reader: &Reader, words: &str) -> Result<(), Failure> {
    let json = json!({ "tenant": reader.tenant, "role": reader.role });
    desk.answer(&json, || {
        format!("{}: the role {} {words}", reader.tenant, reader.role)
    })
}

fn check(name: &str) -> Result<(), Failure> {
    if is_title(name) {
        Ok(())
    } else {
        Err(Failure::Usage(format!(
            "{name:?} is no name of a tenant: {TITLE}"
        )))
    }
}

fn paper(tenant: &Tenant) -> Value {
    json!({ "id": tenant.id, "name": tenant.name, "created_at": instant(tenant.created_at) })
}
