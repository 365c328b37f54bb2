//! A role of the database that was granted a tenant's rows reads those and no
//! others.

use fake_github::Spec;
use runnel_e2e::{Database, Kind, Platform};
use test_services::Role;

fn spec() -> Spec {
    Spec {
        repositories: 1,
        pulls: 5,
        commits: 5,
        issues: 0,
        special: false,
        ..Spec::default()
    }
}

#[tokio::test]
async fn a_role_reads_the_rows_of_the_tenants_that_it_was_granted() {
    // It outlives the database.
    let role = Role::fresh();
    let platform = Platform::new(Kind::Postgres, spec()).await;
    for tenant in ["one", "two"] {
        platform.json(&["tenant", "add", tenant]).await;
        let add = platform.integration("acme").with(&["--tenant", tenant]);
        add.run().await.expect_status(0);
    }
    let host = platform.host().start().await;
    platform.all_succeeded().await;
    host.stopped().await;
    let all = "SELECT COUNT(*) FROM prs";
    assert_eq!(platform.database().await.number(all).await, 10);

    platform
        .json(&["tenant", "grant-reader", "one", role.name()])
        .await;
    let url = platform.postgres.as_ref().expect("a database");
    let reader = Database::connect(&url.url_as(&role)).await;
    assert_eq!(reader.number(all).await, 5);
    let tenants = platform.json(&["tenant", "list"]).await;
    let mut tenants = tenants.as_array().expect("tenants").iter();
    let one = tenants.find(|tenant| tenant["name"] == "one");
    let id = &one.expect("a tenant")["id"];
    let others = format!("SELECT COUNT(*) FROM reviews WHERE tenant_id <> {id}");
    assert_eq!(reader.number(&others).await, 0);

    platform
        .json(&["tenant", "revoke-reader", "one", role.name()])
        .await;
    assert!(reader.refuses(all).await || reader.number(all).await == 0);
}
