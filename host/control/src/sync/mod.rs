//! One sync: an integration's streams, read and loaded once, in this process.

mod bound;
mod drive;
mod start;
mod summary;

use std::{
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use runnel_sandbox::{Limits, Sandbox};
use runnel_signatures::Signers;
use runnel_store::{DatabaseUrl, Run};
use secrecy::SecretString;
use serde_json::{Map, Value};

use crate::{ControlError, Registry, live::Live};
pub use summary::{StreamSummary, Summary};

/// What is to be synced.
pub struct SyncRequest {
    /// The source's name.
    pub source: String,
    /// What to read, as the source understands it: owners, repositories.
    pub scope: Vec<String>,
    /// The service's base URL, unless it is the source's own.
    pub base_url: Option<String>,
    /// The token, if there is one.
    pub token: Option<SecretString>,
    /// Where the token comes from, for messages: such as `the variable GITHUB_TOKEN`.
    pub token_origin: String,
    /// The database.
    pub database: DatabaseUrl,
    /// The streams to read, and with them those they are read for; empty: all.
    pub streams: Vec<String>,
    /// Read everything, whatever was read before.
    pub full: bool,
    /// Go back at least to here: microseconds since 1970.
    pub since: Option<i64>,
    /// The source's and the transforms' settings.
    pub settings: Map<String, Value>,
    /// The folder of the plugins.
    pub plugins: PathBuf,
    /// The folder of compiled plugins, if they are to be kept.
    pub cache: Option<PathBuf>,
    /// Whose components are accepted from the database.
    pub signers: Signers,
    /// Requests at once.
    pub concurrency: u32,
    /// How often the database is asked whether other plugins are active.
    pub follow: Duration,
}

/// What is told while a sync runs.
#[derive(Debug, Clone)]
pub enum Event {
    /// Runs that were cut short are gone on with.
    Resuming,
    /// Where the runs are: a few times a second.
    Progress(Vec<Run>),
    /// Nothing is sent for a while.
    Waiting {
        /// Why.
        reason: String,
        /// For how long from now.
        wait: Duration,
    },
}

/// Is told of events. It must not block.
pub type Observe = Arc<dyn Fn(Event) + Send + Sync>;

/// Reads what is new at the source, and loads it; or goes on with the runs that
/// the same request began before. Once runs have begun, they are given up when
/// `stop` comes, wherever they are; before, whoever has to stop drops this.
///
/// # Errors
/// [`ControlError::Usage`] where the request is to be mended; everything else says
/// what stopped the work. A record, request or repository that fails is no error
/// but stands in the [`Summary`].
pub async fn sync(
    request: SyncRequest,
    observe: Observe,
    stop: impl Future<Output = ()> + Send,
) -> Result<Summary, ControlError> {
    let started = Instant::now();
    let sandbox = Sandbox::new(Limits::default(), request.cache.as_deref())?;
    let registry = Registry::load(&sandbox, &request.plugins)?;
    if !request.database.is_there() {
        // No file is made for what cannot be read.
        bound::bind(&registry.lineup(), &request, &observe).await?;
    }
    let _alone = runnel_store::lock(&request.database)?;
    let store = runnel_store::open(&request.database).await?;
    let live = Live::open(&sandbox, &request.signers, registry.lineup(), &store).await?;
    let tenants = store.tenants().await?;
    let tenant = tenants.iter().find(|tenant| tenant.name == start::TENANT);
    let lineup = live.lineup(tenant.map(|tenant| tenant.id));
    let bound = bound::bind(&lineup, &request, &observe).await?;
    let start = start::start(&store, &bound, &request, &observe).await?;
    let tables = bound.tables.clone();
    let follow = (Arc::new(live), request.follow);
    drive::drive(&store, bound, follow, &start, (&observe, stop)).await?;
    summary::summarize(&store, &start.runs, &tables, started).await
}
