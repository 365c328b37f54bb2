//! `make bench`: the figures of docs/performance.md. Each is a ratio of two
//! things that run side by side on the same machine, or the cost of a whole
//! process as the operating system accounts it; none is a bound that a test
//! could fail by.

mod api;
mod cold;
mod load;
mod processes;
mod replay;
mod stand_in;
mod swaps;
mod sync;
mod tasks;
mod transform;
mod world;

fn main() {
    let only = std::env::args().nth(1);
    let wanted = |name: &str| only.as_deref().is_none_or(|only| only == name);
    if wanted("transform") {
        transform::report();
    }
    if wanted("cold") {
        cold::report();
    }
    if wanted("sync") {
        sync::report();
    }
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    if wanted("tasks") {
        runtime.block_on(tasks::report());
    }
    if wanted("load") {
        runtime.block_on(load::report());
    }
    if wanted("processes") {
        runtime.block_on(processes::report());
    }
    if wanted("api") {
        runtime.block_on(api::report());
    }
    if wanted("swaps") {
        runtime.block_on(swaps::report());
    }
    if wanted("replay") {
        let records = std::env::args()
            .nth(2)
            .map(|text| text.parse().expect("a number"));
        runtime.block_on(replay::report(records.unwrap_or(20_000)));
    }
}
