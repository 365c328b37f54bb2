//! Which databases are opened, and what is said of the others.

use runnel_store::{DatabaseUrl, StoreError, open};
use tokio::net::TcpListener;

use super::server::{Database, server};

async fn refused(url: &str) -> StoreError {
    match open(&url.parse::<DatabaseUrl>().unwrap()).await {
        Err(error) => error,
        Ok(_) => panic!("{url} was opened"),
    }
}

fn cannot_open(error: &StoreError, says: &str) {
    assert!(matches!(error, StoreError::CannotOpen { .. }), "{error:?}");
    let text = error.to_string();
    assert!(text.contains(says) && !text.contains('\n'), "{text}");
    assert!(!text.contains("secret"), "{text}");
}

#[tokio::test]
async fn an_empty_database_is_migrated_by_whoever_opens_it_first() {
    let database = Database::empty().await;
    let url: DatabaseUrl = database.url().parse().unwrap();
    let opened = tokio::join!(open(&url), open(&url), open(&url));
    for store in [opened.0, opened.1, opened.2] {
        store.unwrap().clock().await.unwrap();
    }
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused() {
    let database = Database::migrated().await;
    let newer =
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                 VALUES (9999, 'from the future', true, '\\x00', 0)";
    let mut connection = database.connect().await;
    sqlx::query(newer).execute(&mut connection).await.unwrap();
    let error = refused(&database.url()).await;
    assert!(
        matches!(error, StoreError::Newer { found: 9999, .. }),
        "{error}"
    );
}

#[tokio::test]
async fn a_database_that_is_not_there_is_named() {
    let mut url = url::Url::parse(&server()).unwrap();
    url.set_path("/runnel_no_such_database");
    let error = refused(url.as_str()).await;
    cannot_open(&error, "no such database");
    assert!(error.to_string().contains("runnel_no_such_database"));
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let error = refused(&format!("postgres://me:secret@{address}/runnel")).await;
    cannot_open(&error, &address.to_string());
    cannot_open(&error, "check that a PostgreSQL server runs there");
}

#[tokio::test]
async fn a_user_that_the_server_does_not_know_is_named() {
    let mut url = url::Url::parse(&server()).unwrap();
    url.set_username("runnel_nobody").unwrap();
    url.set_password(Some("secret")).unwrap();
    let error = refused(url.as_str()).await;
    cannot_open(&error, "runnel_nobody");
}
