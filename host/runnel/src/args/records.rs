//! The words by which raw records are chosen.

use clap::Args;

/// Which raw records.
#[derive(Debug, Args)]
pub(crate) struct RecordArguments {
    /// Only records that were read then or later (2024-03-01, 2024-03-01T12:00:00Z)
    #[arg(long, value_name = "TIME")]
    pub(crate) since: Option<String>,
    /// Only records that were read before then
    #[arg(long, value_name = "TIME")]
    pub(crate) until: Option<String>,
    /// Only this tenant's records
    #[arg(long, value_name = "NAME")]
    pub(crate) tenant: Option<String>,
}
