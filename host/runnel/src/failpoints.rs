//! Kills the process at a point that a test names, with the feature `failpoints`:
//! `RUNNEL_KILL_AT=broker::before_ack:3` at the third time that it comes by
//! `broker::before_ack`.

use std::sync::atomic::{AtomicU32, Ordering};

use crate::{environment::Environment, failure::Failure};

const VARIABLE: &str = "RUNNEL_KILL_AT";

/// Arms the point, if one is named.
pub(crate) fn arm(environment: &Environment) -> Result<(), Failure> {
    let Some(text) = environment.get(VARIABLE) else {
        return Ok(());
    };
    let text = text.to_string_lossy();
    let (point, nth) = parse(&text).ok_or_else(|| unknown(&text))?;
    let count = AtomicU32::new(0);
    let armed = fail::cfg_callback(point, move || {
        if count.fetch_add(1, Ordering::SeqCst) + 1 == nth {
            // No destructor, no transaction's end, no word to anybody.
            std::process::abort();
        }
    });
    armed.map_err(Failure::Usage)
}

fn parse(text: &str) -> Option<(&str, u32)> {
    let (point, nth) = text.rsplit_once(':')?;
    let nth = nth.parse().ok().filter(|nth| *nth > 0)?;
    all().any(|known| known == point).then_some((point, nth))
}

fn all() -> impl Iterator<Item = &'static str> {
    let broker = runnel_broker::failpoints::ALL;
    let worker = runnel_pipeline::failpoints::ALL;
    let store = runnel_store::failpoints::ALL;
    broker.into_iter().chain(worker).chain(store)
}

fn unknown(text: &str) -> Failure {
    let known: Vec<&str> = all().collect();
    Failure::Usage(format!(
        "{VARIABLE}: {text:?} is no POINT:TIMES; the points are: {}",
        known.join(", ")
    ))
}
