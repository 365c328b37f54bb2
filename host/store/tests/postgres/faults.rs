//! The server goes away, and comes back.

use std::time::Duration;

use runnel_model::Queue;
use runnel_store::{PageCommit, StoreError};
use tokio::task::JoinSet;

use crate::conformance::world::{World, new_run, page, record};

/// As many as a store has.
const CONNECTIONS: i64 = 16;

/// Ends every connection of the database but the one that says so, and waits until they
/// have ended: one that is about to end would take the next statement with it.
const TERMINATE: &str = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
                         WHERE datname = current_database() AND pid <> pg_backend_pid()";

async fn terminated(kept: &super::Database) {
    let mut connection = kept.connect().await;
    sqlx::raw_sql(TERMINATE)
        .execute(&mut connection)
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transaction_whose_connection_is_ended_is_unreachable_and_the_next_works() {
    let (world, kept) = super::fresh().await;
    let (run, fetches) = world.fetches(new_run("prs"), &["a"]).await;
    let read = PageCommit {
        records: vec![record("1", "{}")],
        ..page(&fetches[0], "a")
    };
    // It waits for a row in the middle of its transaction.
    let mut blocker = kept.connect().await;
    let hold = format!(
        "BEGIN; SELECT 1 FROM job_runs WHERE id = {run} FOR UPDATE; SELECT pg_backend_pid()"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(hold))
        .execute(&mut blocker)
        .await
        .unwrap();
    let (store, page) = (world.store.clone(), read.clone());
    let committing = tokio::spawn(async move { store.commit_pages(vec![page]).await });
    wait_for_locks(&mut blocker, 1).await;
    sqlx::raw_sql(TERMINATE)
        .execute(&mut blocker)
        .await
        .unwrap();
    let answer = committing.await.unwrap();
    assert!(
        matches!(answer, Err(StoreError::Unreachable { .. })),
        "{answer:?}"
    );
    drop(blocker);
    assert_eq!(world.store.commit_pages(vec![read]).await.unwrap(), 0);
    assert_eq!(records(&world).await, 1);
}

async fn wait_for_locks(connection: &mut sqlx::PgConnection, so_many: i64) {
    let waiting = "SELECT COUNT(*) FROM pg_stat_activity
                   WHERE datname = current_database() AND wait_event_type = 'Lock'";
    while sqlx::query_scalar::<_, i64>(waiting)
        .fetch_one(&mut *connection)
        .await
        .unwrap()
        < so_many
    {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_reads_apart_is_answered_while_every_connection_of_the_workers_waits() {
    let (world, kept) = super::fresh().await;
    let mut blocker = kept.connect().await;
    sqlx::raw_sql("BEGIN; LOCK TABLE tenants IN ACCESS EXCLUSIVE MODE")
        .execute(&mut blocker)
        .await
        .unwrap();
    let mut waiting = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let store = world.store.clone();
        waiting.spawn(async move { store.tenants().await });
    }
    // Not the one that blocks: a transaction sees the sessions as it saw them first.
    wait_for_locks(&mut kept.connect().await, CONNECTIONS).await;
    let asked = tokio::time::timeout(Duration::from_secs(5), world.store.alive());
    assert!(asked.await.is_err(), "a worker would wait as well");
    assert!(world.store.apart().alive().await.is_ok());
    sqlx::raw_sql("ROLLBACK")
        .execute(&mut blocker)
        .await
        .unwrap();
    for answered in waiting.join_all().await {
        answered.unwrap();
    }
}

async fn records(world: &World) -> i64 {
    let run = world.store.unfinished(world.integration.id).await.unwrap();
    i64::try_from(run[0].counters.extracted).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn work_goes_on_after_every_connection_was_ended() {
    let (world, kept) = super::fresh().await;
    world.start(new_run("prs")).await;
    terminated(&kept).await;
    // As many calls as there may be connections that do not know yet.
    let mut claimed = None;
    for _ in 0..20 {
        match world.store.next_due(&Queue::Extract.into()).await {
            Ok(due) => {
                claimed = due;
                break;
            }
            Err(error) => assert!(matches!(error, StoreError::Unreachable { .. }), "{error}"),
        }
    }
    assert_eq!(claimed, Some(Duration::ZERO));
    world.claim_one(&Queue::Extract).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_call_learns_for_all_that_connections_were_ended_which_were_just_made() {
    let (world, kept) = super::fresh().await;
    let store = world.reopen().await;
    let (one, another) = tokio::join!(store.tenants(), store.tenants());
    assert_eq!(one.unwrap(), another.unwrap());
    terminated(&kept).await;
    let noticed = store.tenants().await;
    assert!(
        matches!(noticed, Err(StoreError::Unreachable { .. })),
        "{noticed:?}"
    );
    store.tenants().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_integration_whose_holder_is_cut_off_can_be_adopted() {
    let (world, kept) = super::fresh().await;
    let world = world.ad_hoc().await;
    let _held = world.store.adopt(world.integration.id).await.unwrap();
    let other = world.reopen().await;
    terminated(&kept).await;
    let adopted = async {
        while let Err(error) = other.adopt(world.integration.id).await {
            assert!(
                matches!(
                    error,
                    StoreError::InUse { .. } | StoreError::Unreachable { .. }
                ),
                "{error}"
            );
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), adopted)
        .await
        .unwrap();
}

/// Whoever is given up while a transaction begins leaves none in the pool: what the next
/// one writes on its connection would be lost.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transaction_that_is_given_up_as_it_begins_is_not_left_open() {
    let (world, kept) = super::fresh().await;
    let mut connection = kept.connect().await;
    for moment in 0..60 {
        let mut adding = JoinSet::new();
        for n in 0..CONNECTIONS {
            let store = world.store.clone();
            let by = runnel_store::Actor::user("ann");
            adding.spawn(async move { store.add_tenant(&format!("tenant {n}"), &by).await });
        }
        tokio::time::sleep(Duration::from_micros(100 * moment)).await;
        adding.shutdown().await;
        wait_for_no_open(&mut connection).await;
    }
}

/// Waits until no transaction is open that has only begun.
async fn wait_for_no_open(connection: &mut sqlx::PgConnection) {
    let open = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database()
                AND state = 'idle in transaction' AND query LIKE 'BEGIN%'";
    let began = std::time::Instant::now();
    while sqlx::query_scalar::<_, i64>(open)
        .fetch_one(&mut *connection)
        .await
        .unwrap()
        > 0
    {
        assert!(began.elapsed() < Duration::from_secs(10), "it stays open");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
