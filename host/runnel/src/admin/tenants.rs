//! `runnel tenant`.

use runnel_store::Tenant;
use serde_json::{Value, json};

use super::{
    desk::{Desk, actor, work},
    show::{instant, table},
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
            let tenant = desk
                .store
                .add_tenant(name, &actor(environment))
                .await
                .map_err(work)?;
            desk.answer(&paper(&tenant), || {
                format!("tenant {name} (id {})", tenant.id)
            })
        }
        TenantCommand::List { store } => {
            let desk = Desk::open(store, environment).await?;
            let tenants = desk.store.tenants().await.map_err(work)?;
            let json: Vec<Value> = tenants.iter().map(paper).collect();
            let row = |t: &Tenant| [t.id.to_string(), t.name.clone(), instant(t.created_at)];
            desk.answer(&json.into(), || {
                let rows = tenants.iter().map(row).collect();
                table(["id", "tenant", "added"], rows, "there is no tenant yet")
            })
        }
        TenantCommand::GrantReader(reader) => {
            let desk = Desk::open(&reader.store, environment).await?;
            let by = actor(environment);
            let granted = desk.store.grant_reader(&reader.tenant, &reader.role, &by);
            granted.await.map_err(work)?;
            said(&desk, reader, "reads the rows of the tenant, and no others")
        }
        TenantCommand::RevokeReader(reader) => {
            let desk = Desk::open(&reader.store, environment).await?;
            let by = actor(environment);
            let revoked = desk.store.revoke_reader(&reader.tenant, &reader.role, &by);
            revoked.await.map_err(work)?;
            said(&desk, reader, "no longer reads the rows of the tenant")
        }
    }
}

fn said(desk: &Desk, reader: &Reader, words: &str) -> Result<(), Failure> {
    let json = json!({ "tenant": reader.tenant, "role": reader.role });
    desk.answer(&json, || {
        format!("{}: the role {} {words}", reader.tenant, reader.role)
    })
}

/// A name is typed and shown in many places.
fn check(name: &str) -> Result<(), Failure> {
    let fits = !name.is_empty() && name.len() <= 100 && !name.chars().any(char::is_control);
    if fits && name.trim() == name {
        Ok(())
    } else {
        Err(Failure::Usage(format!(
            "{name:?} is no name of a tenant: 1 to 100 characters are expected, without spaces around them"
        )))
    }
}

fn paper(tenant: &Tenant) -> Value {
    json!({ "id": tenant.id, "name": tenant.name, "created_at": instant(tenant.created_at) })
}
