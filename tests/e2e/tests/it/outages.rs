//! The broker and the database go away, forget, and stall; the rows are those of
//! an undisturbed run.

use std::time::Duration;

use fake_github::{Options, Spec};
use faulty_link::FaultyLink;
use runnel_e2e::{Host, Kind, Platform, undisturbed};

fn spec() -> Spec {
    Spec {
        repositories: 2,
        pulls: 30,
        commits: 30,
        special: false,
        ..Spec::default()
    }
}

/// A little latency, so that there is a middle.
fn slow() -> Options {
    Options {
        latency: Duration::from_millis(30),
        ..Options::default()
    }
}

async fn platform(kind: Kind) -> Platform {
    Platform::with(kind, spec(), slow()).await
}

/// So many records of pull requests have been read.
async fn read(platform: &Platform, at_least: i64) {
    let records = "SELECT COUNT(*) FROM raw_data WHERE stream = 'github_prs'";
    platform.until(records, at_least).await;
}

async fn everything_arrives(platform: &Platform, host: Host) {
    platform.all_succeeded().await;
    platform.has(&undisturbed(spec(), "acme").await).await;
    host.stopped().await;
}

fn short() -> tokio::time::Sleep {
    tokio::time::sleep(Duration::from_secs(2))
}

/// A link to the broker of the platform, which its processes go through.
async fn link_to_broker(platform: &mut Platform) -> FaultyLink {
    let vhost = platform.vhost.as_ref().expect("a vhost");
    let (host, port) = vhost.address();
    let link = FaultyLink::to(&format!("{host}:{port}")).await;
    let link = link.expect("a link");
    let url = vhost.url_at(link.port());
    platform.set("RUNNEL_BROKER", &url);
    link
}

/// A link to the database of the platform, which its processes go through.
pub(crate) async fn link_to_database(platform: &mut Platform) -> FaultyLink {
    let database = platform.postgres.as_ref().expect("a database");
    let (host, port) = database.address();
    let link = FaultyLink::to(&format!("{host}:{port}")).await;
    let link = link.expect("a link");
    let url = database.url_at(link.port());
    platform.set("RUNNEL_DATABASE", &url);
    link
}

async fn cut_stall_and_half_close(platform: &Platform, link: &FaultyLink) {
    read(platform, 5).await;
    link.cut();
    short().await;
    link.pass();
    read(platform, 20).await;
    link.half_close_to_clients();
    read(platform, 30).await;
    link.stall();
    short().await;
    link.pass();
    read(platform, 40).await;
    link.half_close_to_servers();
}

#[tokio::test]
async fn the_network_to_rabbitmq_is_cut_stalls_and_half_closes() {
    let mut platform = platform(Kind::PostgresAndRabbit).await;
    let link = link_to_broker(&mut platform).await;
    platform.add("acme").await;
    let host = platform.host().start().await;
    cut_stall_and_half_close(&platform, &link).await;
    everything_arrives(&platform, host).await;
}

#[tokio::test]
async fn the_network_to_postgresql_is_cut_stalls_and_half_closes() {
    let mut platform = platform(Kind::Postgres).await;
    platform.add("acme").await;
    let link = link_to_database(&mut platform).await;
    let host = platform.host().start().await;
    cut_stall_and_half_close(&platform, &link).await;
    everything_arrives(&platform, host).await;
}

#[tokio::test]
async fn connections_to_postgresql_are_terminated_again_and_again() {
    let platform = platform(Kind::PostgresAndRabbit).await;
    platform.add("acme").await;
    let host = platform.host().start().await;
    let database = platform.database().await;
    for at_least in [2, 10, 25, 45] {
        read(&platform, at_least).await;
        database
            .execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                 WHERE datname = current_database() AND pid <> pg_backend_pid()",
            )
            .await;
    }
    everything_arrives(&platform, host).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_was_installed_anew_is_told_of_everything_again() {
    let platform = platform(Kind::PostgresAndRabbit).await;
    platform.add("acme").await;
    let host = platform.host().start().await;
    for at_least in [5, 30] {
        read(&platform, at_least).await;
        let vhost = platform.vhost.as_ref().expect("a vhost");
        tokio::task::block_in_place(|| vhost.reinstall());
    }
    everything_arrives(&platform, host).await;
}

/// The same, with a RabbitMQ that is the test's own.
mod own_server {
    use super::*;

    const VHOST: &str = "/";

    fn purge(node: &test_services::Node) {
        let queues = node.control(&["list_queues", "-p", VHOST, "--no-table-headers", "name"]);
        for queue in queues.lines().filter(|name| name.starts_with("etl.")) {
            node.control(&["purge_queue", "-p", VHOST, queue.trim()]);
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn rabbitmq_is_stopped_and_started_and_its_queues_are_purged() {
        let mut platform = platform(Kind::Postgres).await;
        let node = tokio::task::block_in_place(test_services::Node::start);
        platform.set("RUNNEL_BROKER", &node.url());
        platform.add("acme").await;
        let host = platform.host().start().await;
        read(&platform, 5).await;
        tokio::task::block_in_place(|| node.stop_app());
        short().await;
        tokio::task::block_in_place(|| node.start_app());
        read(&platform, 25).await;
        tokio::task::block_in_place(|| purge(&node));
        everything_arrives(&platform, host).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn postgresql_is_restarted_immediately() {
        let server = tokio::task::block_in_place(test_services::Cluster::start);
        let mut platform = platform(Kind::Postgres).await;
        platform.at(server.url());
        platform.add("acme").await;
        let host = platform.host().start().await;
        for at_least in [5, 30] {
            read(&platform, at_least).await;
            tokio::task::block_in_place(|| server.restart_immediately());
        }
        everything_arrives(&platform, host).await;
    }
}
