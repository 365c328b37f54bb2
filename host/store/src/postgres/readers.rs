//! Readers: roles that see the rows of their tenants, by row-level security.
//!
//! Each entity table has one policy, and the table `readers` says which role
//! reads for which tenants. We own the tables, and the owner is not held back.

use async_trait::async_trait;
use runnel_model::{Name, TenantId};

use super::{
    Connection, PostgresStore,
    dialect::{LOCK_TABLES, LOCK_VIEWS},
    sql::{
        audit::{Act, note},
        run_all,
    },
};
use crate::{Actor, Readers, StoreError, ddl::quoted, error::Failed};

#[async_trait]
impl Readers for PostgresStore {
    async fn grant_reader(&self, tenant: &str, role: &str, by: &Actor) -> Result<(), StoreError> {
        self.run(|| grant(self, tenant, role, by)).await
    }

    async fn revoke_reader(&self, tenant: &str, role: &str, by: &Actor) -> Result<(), StoreError> {
        self.run(|| revoke(self, tenant, role, by)).await
    }
}

/// What is said of a new entity table beside its columns.
pub(super) fn secure(table: &Name) -> [String; 3] {
    let name = quoted(table);
    [
        format!("ALTER TABLE {name} ENABLE ROW LEVEL SECURITY"),
        // The array is made once a query, and not once a row.
        format!(
            "CREATE POLICY \"runnel.readers\" ON {name} FOR SELECT USING \
             (tenant_id = ANY (ARRAY (SELECT r.tenant_id FROM readers r WHERE r.role = current_user)))"
        ),
        grant_to_readers(table),
    ]
}

/// Lets every reader look into a table or a view. (Neither name can hold a quote.)
pub(super) fn grant_to_readers(name: &str) -> String {
    format!(
        "DO $$ DECLARE reader text; BEGIN
             FOR reader IN SELECT DISTINCT role FROM readers LOOP
                 EXECUTE format('GRANT SELECT ON %I TO %I', '{name}', reader);
             END LOOP;
         END $$"
    )
}

/// Somebody's deed about a reader.
fn act<'a>(action: &'a str, (tenant, role): (i64, &'a str), by: &'a Actor) -> Act<'a> {
    Act {
        by,
        action,
        subject: role,
        tenant: Some(TenantId(tenant)),
        detail: serde_json::json!({}),
    }
}

async fn grant(store: &PostgresStore, tenant: &str, role: &str, by: &Actor) -> Result<(), Failed> {
    let mut transaction = store.begin().await?;
    // No table or view is made meanwhile that would be left out.
    for lock in [LOCK_TABLES, LOCK_VIEWS] {
        sqlx::query(lock).execute(&mut *transaction).await?;
    }
    let tenant = tenant_id(&mut transaction, tenant).await?;
    let name = suitable(&mut transaction, role).await?;
    sqlx::query(
        "INSERT INTO readers (role, tenant_id) VALUES ($1, $2) ON CONFLICT (role, tenant_id) DO NOTHING",
    )
    .bind(role)
    .bind(tenant)
    .execute(&mut *transaction)
    .await?;
    let schema: String = sqlx::query_scalar("SELECT quote_ident(current_schema())")
        .fetch_one(&mut *transaction)
        .await?;
    let mut statements = vec![
        format!("GRANT USAGE ON SCHEMA {schema} TO {name}"),
        format!("GRANT SELECT ON readers TO {name}"),
    ];
    let shown = shown(store, &mut transaction).await?.into_iter();
    statements.extend(shown.map(|table| format!("GRANT SELECT ON {table} TO {name}")));
    run_all(&mut transaction, statements).await?;
    let act = act("tenant.grant_reader", (tenant, role), by);
    note(&mut transaction, act).await?;
    Ok(transaction.commit().await?)
}

async fn revoke(store: &PostgresStore, tenant: &str, role: &str, by: &Actor) -> Result<(), Failed> {
    let mut transaction = store.begin().await?;
    for lock in [LOCK_TABLES, LOCK_VIEWS] {
        sqlx::query(lock).execute(&mut *transaction).await?;
    }
    let tenant = tenant_id(&mut transaction, tenant).await?;
    let name = suitable(&mut transaction, role).await?;
    let left: i64 = sqlx::query_scalar(
        "WITH gone AS (DELETE FROM readers WHERE role = $1 AND tenant_id = $2)
         SELECT COUNT(*) FROM readers WHERE role = $1 AND tenant_id <> $2",
    )
    .bind(role)
    .bind(tenant)
    .fetch_one(&mut *transaction)
    .await?;
    if left == 0 {
        let shown = shown(store, &mut transaction).await?.into_iter();
        let statements = shown
            .chain(["readers".to_owned()])
            .map(|table| format!("REVOKE SELECT ON {table} FROM {name}"));
        run_all(&mut transaction, statements.collect()).await?;
    }
    let act = act("tenant.revoke_reader", (tenant, role), by);
    note(&mut transaction, act).await?;
    Ok(transaction.commit().await?)
}

/// What readers may look into beside the table of readers: tables and views.
async fn shown(store: &PostgresStore, connection: &mut Connection) -> Result<Vec<String>, Failed> {
    let known = store.catalog.get(connection).await?;
    let views: Vec<String> = sqlx::query_scalar("SELECT view_name FROM integration_views")
        .fetch_all(connection)
        .await?;
    let tables = known.tables().into_iter().map(|table| quoted(table));
    Ok(tables
        .chain(views.iter().map(|view| quoted(view)))
        .collect())
}

async fn tenant_id(connection: &mut Connection, name: &str) -> Result<i64, Failed> {
    let id: Option<i64> = sqlx::query_scalar("SELECT id FROM tenants WHERE name = $1")
        .bind(name)
        .fetch_optional(connection)
        .await?;
    id.ok_or_else(|| {
        Failed::Refused(StoreError::NoTenant {
            tenant: name.to_owned(),
        })
    })
}

/// The role's name, quoted, if row-level security holds for it.
async fn suitable(connection: &mut Connection, role: &str) -> Result<String, Failed> {
    let row: Option<(String, bool, bool)> = sqlx::query_as(
        "SELECT quote_ident(rolname), rolsuper OR rolbypassrls,
                pg_has_role(oid, (SELECT relowner FROM pg_class WHERE oid = 'readers'::regclass), 'USAGE')
         FROM pg_roles WHERE rolname = $1",
    )
    .bind(role)
    .fetch_optional(connection)
    .await?;
    let refused = |reason: &str| {
        Failed::Refused(StoreError::Role {
            role: role.to_owned(),
            reason: reason.to_owned(),
        })
    };
    match row {
        None => Err(refused(
            "it is not there; make it first: CREATE ROLE ... LOGIN PASSWORD '...'",
        )),
        Some((_, true, _)) => Err(refused(
            "it is a superuser or has BYPASSRLS, and would see the rows of every tenant; name another role",
        )),
        Some((_, _, true)) => Err(refused(
            "it owns Runnel's tables or is a member of the role that does, and would see the rows of every tenant; \
             name another role",
        )),
        Some((name, ..)) => Ok(name),
    }
}
