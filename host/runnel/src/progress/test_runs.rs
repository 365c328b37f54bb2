//! Runs to show in tests.

use runnel_model::{Name, RunId};
use runnel_store::{Counters, Run, RunOptions, RunState};

/// A run in some state, with so many records read.
pub(super) fn run(state: RunState, extracted: u64) -> Run {
    Run {
        id: RunId(1),
        stream: Name::new("github_prs").unwrap(),
        depends_on: Vec::new(),
        state,
        options: RunOptions {
            full: false,
            since: None,
            scope: Vec::new(),
            settings: serde_json::json!({}),
        },
        counters: Counters {
            extracted,
            ..Counters::default()
        },
    }
}
