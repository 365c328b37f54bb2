//! Why a job does not start, for people.

use runnel_store::{Micros, Wait};

/// What a job waits for, in words; `instant` says when something is.
pub fn words_of_wait(wait: &Wait, instant: impl Fn(Micros) -> String) -> String {
    match wait {
        Wait::Time { at } => format!("its time, {}", instant(*at)),
        Wait::Pause => "somebody to resume it: it is paused".to_owned(),
        Wait::IntegrationPause => "its integration, which is paused".to_owned(),
        Wait::MissingPlugin { plugin } => {
            format!("the plugin {plugin}, which is not installed here")
        }
        Wait::OwnRun => "the run of it that is under way".to_owned(),
        Wait::Backoff { until, failures } => {
            format!("{}, after {failures} failures in a row", instant(*until))
        }
        Wait::Dependency { job, state } => format!("{job}, which {state}"),
        Wait::TenantCap { running, cap } => {
            format!("another run of its tenant to end: {running} of {cap} are under way")
        }
        Wait::RateLimit { until, reason } => {
            format!("its account's budget, until {}: {reason}", instant(*until))
        }
    }
}
