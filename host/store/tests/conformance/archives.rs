//! Raw records, looked through again.

use runnel_model::{RawId, TenantId};
use runnel_store::Window;

use super::world::{World, name, new_run, record};

/// The payloads of the pull requests in this window, page by page.
async fn payloads(world: &World, window: Window, page: u32) -> Vec<String> {
    let (stream, mut after) = (name("prs"), RawId(0));
    let mut all = Vec::new();
    loop {
        let of = (world.integration.id, &stream);
        let records = world.store.newest_records(of, window, after, page).await;
        let records = records.unwrap();
        let Some(last) = records.last() else {
            return all;
        };
        after = last.id;
        all.extend(records.into_iter().map(|record| record.payload));
    }
}

pub(crate) async fn of_each_thing_the_newest_raw_record_is_looked_through_page_by_page(
    world: World,
) {
    let first = ["1", "2", "3"].map(|id| record(id, &format!("[{id}]")));
    world.read(new_run("prs"), "", first.to_vec()).await;
    let again = vec![record("2", "[20]")];
    world.read(new_run("prs"), "", again).await;
    for page in [1, 2, 100] {
        let all = payloads(&world, Window::default(), page).await;
        assert_eq!(all, ["[1]", "[3]", "[20]"]);
    }
    let last = "SELECT MAX(fetched_at) FROM raw_data";
    let last = world.number(last).await;
    let since = Window {
        since: Some(last),
        until: None,
    };
    assert_eq!(payloads(&world, since, 9).await, ["[20]"]);
    let until = Window {
        since: None,
        until: Some(last),
    };
    assert_eq!(payloads(&world, until, 9).await, ["[1]", "[3]"]);
}

pub(crate) async fn an_archive_is_its_tenants_and_its_streams(world: World) {
    world
        .read(new_run("prs"), "", vec![record("1", "[1]")])
        .await;
    let (source, own) = (world.integration.source.clone(), world.integration.tenant);
    let archives = async |stream: &str, tenant| {
        let found = world.store.archives(&source, &name(stream), tenant).await;
        let found = found.unwrap().into_iter();
        found
            .map(|archived| archived.integration)
            .collect::<Vec<_>>()
    };
    let here = [world.integration.id];
    assert_eq!(archives("prs", None).await, here);
    assert_eq!(archives("prs", Some(own)).await, here);
    assert_eq!(archives("prs", Some(TenantId(own.0 + 1))).await, []);
    assert_eq!(archives("commits", None).await, []);
}
