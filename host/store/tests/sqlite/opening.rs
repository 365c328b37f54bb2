//! Which files are opened, and what is said of the others.

use std::os::unix::fs::PermissionsExt;

use runnel_store::{DatabaseUrl, StoreError, open};
use tempfile::TempDir;

use super::pool;

async fn refused(path: &std::path::Path) -> StoreError {
    match open(&DatabaseUrl::Sqlite(path.to_owned())).await {
        Err(error) => error,
        Ok(_) => panic!("{} was opened", path.display()),
    }
}

#[tokio::test]
async fn a_database_is_opened_again_as_it_was_left() {
    let (world, folder) = super::fresh().await;
    let integration = world.integration.clone();
    drop(world);
    let store = open(&DatabaseUrl::Sqlite(folder.path().join("runnel.db")))
        .await
        .unwrap();
    assert_eq!(
        crate::conformance::world::open_integration(&*store, "acme").await,
        integration
    );
}

#[tokio::test]
async fn what_is_made_is_its_owners_alone() {
    let (_world, folder) = super::fresh().await;
    let _lock = runnel_store::lock(&DatabaseUrl::Sqlite(folder.path().join("runnel.db")));
    let mut files = 0;
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{}", entry.path().display());
        files += 1;
    }
    assert!(files > 0);
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused() {
    let (world, folder) = super::fresh().await;
    drop(world);
    let path = folder.path().join("runnel.db");
    let newer =
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                 VALUES (9999, 'from the future', true, x'00', 0)";
    sqlx::query(newer)
        .execute(&pool(&path).await)
        .await
        .unwrap();
    let error = refused(&path).await;
    assert!(
        matches!(error, StoreError::Newer { found: 9999, .. }),
        "{error}"
    );
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused_and_left_as_it_is() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("notes.txt");
    let text = "Dear diary, ".repeat(100);
    std::fs::write(&path, &text).unwrap();
    let error = refused(&path).await.to_string();
    assert!(
        error.contains("not a SQLite database") && error.contains("notes.txt"),
        "{error}"
    );
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
}

#[tokio::test]
async fn a_folder_that_is_missing_is_named() {
    let folder = TempDir::new().unwrap();
    let error = refused(&folder.path().join("missing/runnel.db"))
        .await
        .to_string();
    assert!(
        error.contains("folder") && error.contains("missing/runnel.db"),
        "{error}"
    );
}
