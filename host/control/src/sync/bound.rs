//! The plugins of a sync, bound to its configuration.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use runnel_model::{Name, SourceDescriptor};
use runnel_pipeline::{
    BaseUrl, BoundSource, Client, ClientOptions, Credential, Guard, Observer, Quota, Signal, Usage,
};
use tokio::sync::Notify;

use super::{Event, Observe, SyncRequest};
use crate::{ControlError, config, lineup::Lineup};

/// A request is given up after so many failures in a row: about two minutes.
const ATTEMPTS: u32 = 9;

/// A source, ready to work.
pub(super) struct Bound {
    pub(super) base_url: BaseUrl,
    pub(super) source: Arc<BoundSource>,
    /// The tables that each stream fills.
    pub(super) tables: BTreeMap<Name, Vec<Name>>,
    /// The streams whose records the transforms of each have to know.
    pub(super) needs: BTreeMap<Name, Vec<Name>>,
    pub(super) observer: Observer,
    /// Is told when counters have moved.
    pub(super) progress: Arc<Notify>,
    pub(super) concurrency: u32,
}

impl Bound {
    pub(super) fn descriptor(&self) -> &SourceDescriptor {
        &self.source.descriptor
    }
}

pub(super) async fn bind(
    lineup: &Lineup,
    request: &SyncRequest,
    observe: &Observe,
) -> Result<Bound, ControlError> {
    let asked = config::Asked {
        source: &request.source,
        base_url: request.base_url.as_ref(),
        scope: &request.scope,
        settings: &request.settings,
    };
    let config::Accepted {
        source,
        descriptor,
        base_url,
        text: config,
    } = config::accept(lineup, &asked).await?;
    let (tables, needs) = transforms(lineup, &request.source, &config)?;
    let progress = Arc::new(Notify::new());
    let observer = observer(Arc::clone(observe), Arc::clone(&progress));
    let usage = Usage {
        concurrency: request.concurrency,
        pace: config::pace(&descriptor, &base_url),
        // Whoever syncs by hand waits, and sees why.
        patience: Duration::MAX,
        shared: None,
    };
    let client = Client::new(ClientOptions {
        source: descriptor.name.clone(),
        base_url: base_url.clone(),
        credential: Credential {
            token: request.token.clone(),
            user: config::basic_user(&descriptor, &config),
            origin: request.token_origin.clone(),
        },
        headers: descriptor.headers.clone(),
        quota: Arc::new(Quota::new(usage, Arc::clone(&observer))),
        attempts: ATTEMPTS,
        guard: Guard::open(),
    })?;
    let source = Arc::new(BoundSource {
        source: source.clone(),
        descriptor,
        config,
        client: Arc::new(client),
    });
    Ok(Bound {
        base_url,
        source,
        tables,
        needs,
        observer,
        progress,
        concurrency: request.concurrency,
    })
}

/// Streams, each with names.
type ByStream = BTreeMap<Name, Vec<Name>>;

/// The tables that each stream fills, and the streams that its transform has to know.
fn transforms(
    lineup: &Lineup,
    source: &str,
    config: &str,
) -> Result<(ByStream, ByStream), ControlError> {
    let (mut tables, mut needs) = (ByStream::new(), ByStream::new());
    for (transform, _) in lineup.transforms(source) {
        let descriptor = transform.descriptor_for(config)?;
        let names = descriptor.tables.into_iter().map(|table| table.name);
        tables.insert(descriptor.entity.clone(), names.collect());
        needs.insert(
            descriptor.entity,
            descriptor.discovers.into_keys().collect(),
        );
    }
    Ok((tables, needs))
}

fn observer(observe: Observe, progress: Arc<Notify>) -> Observer {
    Arc::new(move |signal| match signal {
        Signal::Waiting { reason, wait } => observe(Event::Waiting { reason, wait }),
        Signal::Progress => progress.notify_one(),
    })
}
