//! What a source is told of a run.

use runnel_sandbox::source::Scope;

use super::RunContext;

impl RunContext {
    /// The scope of one call: without parents unless they are added.
    pub(super) fn scope(&self, cursor: Option<String>) -> Scope {
        Scope {
            stream: self.run.stream.to_string(),
            config: self.source.config.clone(),
            cursor,
            since: self.run.options.since,
            parents: Vec::new(),
        }
    }

    /// Whether it meets every record that there is of the partitions that it reads.
    pub(super) fn is_census(&self) -> bool {
        let options = &self.run.options;
        self.stream.census_days.is_some() && options.full && options.since.is_none()
    }
}
