//! A replay that is killed anywhere goes on where it was, and ends with the same rows.

use std::time::Duration;

use runnel_e2e::{Kind, Platform, Row, later_prs, pulls};

const REPLAY: [&str; 5] = ["replay", "--entity", "github_prs", "--version", "2.0.0"];
/// Where the process is killed, and at which hit.
const KILLS: [(&str, u32); 7] = [
    ("store::before_commit", 1),
    ("store::after_commit", 1),
    ("store::before_commit", 4),
    ("store::after_commit", 7),
    ("worker::after_claim", 2),
    ("worker::before_effect", 1),
    ("worker::after_effect", 1),
];

async fn read(kind: Kind) -> Platform {
    let platform = Platform::new(kind, pulls(2, 400)).await;
    let add = platform.integration("acme");
    let add = add.with(&["--set", "pull_request_details=false"]);
    add.run().await.expect_status(0);
    let host = platform.host().start().await;
    platform.all_succeeded().await;
    host.stopped().await;
    let later = later_prs("2.0.0", &platform.path("")).await;
    platform.install(&later).await;
    platform
}

/// The rows of a replay that nothing disturbs.
async fn undisturbed(kind: Kind) -> Vec<Row> {
    let platform = read(kind).await;
    // What a worker reported is believed for half a minute.
    let database = platform.database().await;
    database.execute("DELETE FROM worker_queues").await;
    platform.runnel(&REPLAY).run().await.expect_status(0);
    database.rows("prs").await
}

async fn same_rows(platform: &Platform, expected: &[Row]) {
    assert_eq!(platform.database().await.rows("prs").await, expected);
    let database = platform.database().await;
    for sql in [
        "SELECT COUNT(*) FROM tasks",
        "SELECT COUNT(*) FROM run_problems",
        "SELECT COUNT(*) FROM dead_letters",
        "SELECT COUNT(*) FROM changes",
    ] {
        assert_eq!(database.number(sql).await, 0, "{sql}");
    }
    let done = "SELECT COUNT(*) FROM replay_parts p JOIN job_runs r ON r.id = p.run_id
                WHERE r.state = 'succeeded' AND r.transformed = p.total AND p.total = 800";
    assert_eq!(database.number(done).await, 1);
}

#[tokio::test]
async fn the_command_is_killed_again_and_again_and_goes_on_where_it_was() {
    let expected = undisturbed(Kind::Sqlite).await;
    let platform = read(Kind::Sqlite).await;
    for (point, nth) in KILLS {
        let there = platform.database().await;
        let begun = there.number("SELECT COUNT(*) FROM replays").await > 0;
        let words = if begun {
            &["replay", "resume", "1"][..]
        } else {
            &REPLAY
        };
        let call = platform.runnel(words);
        let killed = call.variable("RUNNEL_KILL_AT", &format!("{point}:{nth}"));
        let outcome = killed.run().await;
        assert_eq!(outcome.status, -1, "{point}:{nth}: {outcome:?}");
    }
    let resumed = platform.runnel(&["replay", "resume", "1"]);
    resumed.run().await.expect_status(0);
    same_rows(&platform, &expected).await;
}

#[tokio::test]
async fn the_service_is_killed_again_and_again_and_goes_on_where_it_was() {
    let expected = undisturbed(Kind::PostgresAndRabbit).await;
    let platform = read(Kind::PostgresAndRabbit).await;
    platform
        .runnel(&REPLAY)
        .with(&["--detach"])
        .run()
        .await
        .expect_status(0);
    for (point, nth) in &KILLS[2..] {
        let mut victim = platform.host().killed_at(point, *nth).spawn();
        let status = victim.ended(Duration::from_secs(60)).await;
        assert_eq!(status.code(), None, "{point}:{nth}: {}", victim.log());
    }
    let host = platform.host().start().await;
    platform
        .until("SELECT COUNT(*) FROM job_runs r JOIN replay_parts p ON p.run_id = r.id WHERE r.state = 'succeeded'", 1)
        .await;
    same_rows(&platform, &expected).await;
    host.stopped().await;
}
