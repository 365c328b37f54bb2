//! `make bench`: the figures of docs/performance.md. Each is a ratio of two
//! things that run side by side on the same machine, or the cost of a whole
//! process as the operating system accounts it; none is a bound that a test
//! could fail by.

mod stand_in;
mod sync;
mod transform;

fn main() {
    let only = std::env::args().nth(1);
    let wanted = |name: &str| only.as_deref().is_none_or(|only| only == name);
    if wanted("transform") {
        transform::report();
    }
    if wanted("sync") {
        sync::report();
    }
}
