//! Keys that payloads were seen to have, and those that they are seen to have now.

use std::collections::BTreeSet;

use runnel_model::Path;
use runnel_sandbox::{JsonError, keys};
use runnel_store::{MAX_OBSERVED, Observed, RawRecord};

/// Longer keys are data and no names of fields.
const MAX_KEY: usize = 255;

/// What the configuration of a transform holds of the keys of its payloads.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Observation {
    /// The objects whose keys it wants to know.
    pub paths: BTreeSet<Path>,
    /// The keys that it was told of.
    pub known: Observed,
}

impl Observation {
    /// The keys of these records' payloads that it was not told of.
    ///
    /// # Errors
    /// [`JsonError`] on a payload that is no JSON.
    pub(crate) fn news(&self, records: &[RawRecord]) -> Result<Observed, JsonError> {
        let mut news = Observed::new();
        for path in &self.paths {
            let empty = BTreeSet::new();
            let known = self.known.get(path).unwrap_or(&empty);
            let mut found = BTreeSet::new();
            for record in records {
                keys::with_values(&record.payload, path, |key| {
                    let room = known.len() + found.len() < MAX_OBSERVED;
                    let is_new = !known.contains(key) && !found.contains(key);
                    if room && is_new && key.len() <= MAX_KEY && !key.contains('\0') {
                        found.insert(key.to_owned());
                    }
                })?;
            }
            if !found.is_empty() {
                news.insert(path.clone(), found);
            }
        }
        Ok(news)
    }
}
