//! Roles that read for one tenant.

use runnel_store::StoreError;
use serde_json::{Value as Json, json};
use sqlx::{
    AssertSqlSafe, ConnectOptions as _, PgConnection, Row as _, postgres::PgConnectOptions,
};

use super::server::{Database, Role};
use crate::conformance::{
    tables::{descriptor, pr, prs, required, table, upsert},
    versions::ann,
    world::World,
};

/// What the role sees, or the code of what it is told.
async fn sees(reader: &mut PgConnection, sql: &str) -> Json {
    match sqlx::query(AssertSqlSafe(sql)).fetch_all(reader).await {
        Ok(rows) => rows.iter().map(|row| row.get::<String, _>(0)).collect(),
        Err(error) => json!(error.as_database_error().unwrap().code().unwrap()),
    }
}

const DENIED: &str = "42501";
const TITLES: &str = "SELECT title FROM prs ORDER BY title";

async fn log_in(database: &Database, role: &Role) -> PgConnection {
    let options: PgConnectOptions = database.url().parse().unwrap();
    let options = options.username(role.name()).password(Role::PASSWORD);
    options.connect().await.unwrap()
}

/// Two tenants, each with a pull request.
async fn two_tenants() -> (World, Database) {
    let (world, database) = super::fresh().await;
    let by = world.prepare(&prs()).await;
    world.load(by, vec![pr(1, 1, "ours", Some(1))]).await;
    let world = world.of_tenant("other").await;
    world.load(by, vec![pr(1, 1, "theirs", Some(1))]).await;
    (world, database)
}

#[tokio::test]
async fn a_reader_sees_the_rows_of_its_tenant_and_may_only_look() {
    let role = Role::new("reader").await;
    let (world, database) = two_tenants().await;
    let mut reader = log_in(&database, &role).await;
    assert_eq!(sees(&mut reader, TITLES).await, json!(DENIED));
    for _ in 0..2 {
        world
            .store
            .grant_reader("acme", role.name(), &ann())
            .await
            .unwrap();
    }
    assert_eq!(sees(&mut reader, TITLES).await, json!(["ours"]));
    for forbidden in [
        "SELECT name FROM tenants",
        "SELECT payload FROM raw_data",
        "SELECT kind FROM tasks",
        "SELECT settings FROM integrations",
        "UPDATE prs SET title = 'mine' RETURNING title",
        "DELETE FROM prs RETURNING title",
        "INSERT INTO readers SELECT 'me', id FROM tenants RETURNING role",
        "INSERT INTO prs (tenant_id, integration_id, number, raw_data_id, transform_digest, last_updated_at)
         VALUES (1, 1, 9, 1, '', now()) RETURNING title",
    ] {
        assert_eq!(
            sees(&mut reader, forbidden).await,
            json!(DENIED),
            "{forbidden}"
        );
    }
}

#[tokio::test]
async fn a_table_that_is_made_later_is_readable_too() {
    let (ours, theirs) = (Role::new("ours").await, Role::new("theirs").await);
    let (world, database) = two_tenants().await;
    world
        .store
        .grant_reader("acme", ours.name(), &ann())
        .await
        .unwrap();
    world
        .store
        .grant_reader("other", theirs.name(), &ann())
        .await
        .unwrap();
    let columns = vec![required("name", runnel_model::ColumnType::Text)];
    let labels = table("labels", columns, "name");
    let by = world
        .prepare(&descriptor("labels", "1.0.0", vec![labels]))
        .await;
    let label = runnel_model::Value::Text("their label".to_owned());
    world.load(by, vec![upsert(1, vec![label])]).await;
    let sql = "SELECT name FROM labels";
    let mut reader = log_in(&database, &ours).await;
    assert_eq!(sees(&mut reader, sql).await, json!([]));
    let mut reader = log_in(&database, &theirs).await;
    assert_eq!(sees(&mut reader, sql).await, json!(["their label"]));
    assert_eq!(sees(&mut reader, TITLES).await, json!(["theirs"]));
    let roles = "SELECT role FROM readers";
    assert_eq!(sees(&mut reader, roles).await, json!([theirs.name()]));
}

#[tokio::test]
async fn what_was_granted_is_taken_back_tenant_by_tenant() {
    let role = Role::new("both").await;
    let (world, database) = two_tenants().await;
    for tenant in ["acme", "other"] {
        world
            .store
            .grant_reader(tenant, role.name(), &ann())
            .await
            .unwrap();
    }
    let mut reader = log_in(&database, &role).await;
    assert_eq!(sees(&mut reader, TITLES).await, json!(["ours", "theirs"]));
    world
        .store
        .revoke_reader("acme", role.name(), &ann())
        .await
        .unwrap();
    assert_eq!(sees(&mut reader, TITLES).await, json!(["theirs"]));
    world
        .store
        .revoke_reader("other", role.name(), &ann())
        .await
        .unwrap();
    assert_eq!(sees(&mut reader, TITLES).await, json!(DENIED));
}

#[tokio::test]
async fn a_role_that_nothing_holds_back_is_refused() {
    let role = Role::new("member").await;
    let (world, database) = two_tenants().await;
    let mut admin = database.connect().await;
    let owner: String = sqlx::query_scalar("SELECT current_user::text")
        .fetch_one(&mut admin)
        .await
        .unwrap();
    for (name, says) in [
        (owner.as_str(), "superuser"),
        ("runnel_nobody", "CREATE ROLE"),
    ] {
        let refused = world.store.grant_reader("acme", name, &ann()).await;
        let Err(StoreError::Role { reason, .. }) = refused else {
            panic!("{refused:?}")
        };
        assert!(reason.contains(says), "{reason}");
    }
    let member = format!("GRANT {owner} TO {}", role.name());
    sqlx::query(AssertSqlSafe(member))
        .execute(&mut admin)
        .await
        .unwrap();
    let refused = world.store.grant_reader("acme", role.name(), &ann()).await;
    assert!(
        matches!(refused, Err(StoreError::Role { .. })),
        "{refused:?}"
    );
    let unknown = world
        .store
        .grant_reader("nobody", role.name(), &ann())
        .await;
    assert!(matches!(unknown, Err(StoreError::NoTenant { .. })));
}
