//! A replay, seen through: by the workers that there are, or in this process where
//! there are none. It asks no service, and so needs no credential.

use std::{path::PathBuf, sync::Arc, time::Duration};

use async_trait::async_trait;
use runnel_broker::{EmbeddedBroker, LEASE};
use runnel_model::{Name, Queue};
use runnel_pipeline::{
    BoundSource, Context, Handler, Loader, Mapping, Measured, OnError, PipelineError, Plugins,
    Tally, Transformer, Vectorizer, work,
};
use runnel_sandbox::{Limits, Sandbox};
use runnel_signatures::Signers;
use runnel_store::{
    DatabaseLock, DatabaseUrl, Inbox, ReplayId, ReplayRow, Rescue, Store, StoreError, WorkingRun,
};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::{ControlError, FOLLOW, Registry, figures::Telling, live::Live, worker_id};

/// How often it is looked how far a replay is.
const LOOK: Duration = Duration::from_millis(200);
/// How long a batch may take to end when the command is to stop.
const GRACE: Duration = Duration::from_secs(10);

/// What a replay is worked off with, where nobody else does it.
#[derive(Debug, Clone)]
pub struct ReplaySettings {
    /// The database.
    pub database: DatabaseUrl,
    /// The folder of the plugins.
    pub plugins: PathBuf,
    /// The folder of compiled plugins, if they are to be kept.
    pub cache: Option<PathBuf>,
    /// By whom the versions of the database have to be signed.
    pub signers: Signers,
    /// Batches that are mapped at once.
    pub transform: u32,
    /// Batches that are loaded at once.
    pub load: u32,
}

/// Waits until a replay has ended, or `stop` is cancelled, and works for it as long
/// as nobody else does. `observe` is told a few times a second where it is. Answers
/// where it was at last.
///
/// # Errors
/// What stopped the work, where it is done in this process. Nothing is lost: whoever
/// works next goes on.
pub async fn see_through(
    store: &Arc<dyn Store>,
    id: ReplayId,
    settings: &ReplaySettings,
    stop: &CancellationToken,
    observe: impl Fn(&ReplayRow),
) -> Result<ReplayRow, ControlError> {
    let mut own: Option<Workers> = None;
    let ended = loop {
        let replay = find(store, id).await?;
        observe(&replay);
        if !replay.state().is_open() || stop.is_cancelled() {
            break Ok(replay);
        }
        if own.is_none() {
            own = Workers::unless_served(store, &replay.of.source, settings).await?;
        }
        tokio::select! {
            Some(error) = failed(&mut own) => break Err(error),
            () = tokio::time::sleep(LOOK) => (),
            () = stop.cancelled() => (),
        }
    };
    if let Some(own) = own {
        own.stop().await;
    }
    ended
}

async fn find(store: &Arc<dyn Store>, id: ReplayId) -> Result<ReplayRow, ControlError> {
    let what = || StoreError::NoSuch {
        what: format!("replay {}", id.0),
    };
    let replay = store.replays(Some(id), 1).await?.pop();
    Ok(replay.ok_or_else(what)?)
}

/// Why the workers of this process ended, if they did.
async fn failed(own: &mut Option<Workers>) -> Option<ControlError> {
    let ended = own.as_mut()?.running.join_next().await?;
    match ended {
        Ok(Ok(())) => None,
        Ok(Err(error)) => Some(error.into()),
        Err(error) => Some(ControlError::Host(error.to_string())),
    }
}

/// The workers of this process.
struct Workers {
    running: JoinSet<Result<(), PipelineError>>,
    telling: Telling,
    context: Context,
    /// No other process works on a SQLite file meanwhile.
    _alone: DatabaseLock,
}

impl Workers {
    /// Starts them, unless another process works off these queues. One that has just
    /// started may be missed: two who work side by side do no harm.
    async fn unless_served(
        store: &Arc<dyn Store>,
        source: &Name,
        settings: &ReplaySettings,
    ) -> Result<Option<Self>, ControlError> {
        let alone = match runnel_store::lock(&settings.database) {
            Err(StoreError::InUse { .. }) => return Ok(None),
            other => other?,
        };
        let queues = [
            Queue::Transform(source.clone()),
            Queue::Load(source.clone()),
        ];
        if settings.database.is_one_process() {
            store.rescue(Rescue::All).await?;
        } else if store.served(&queues).await? {
            return Ok(None);
        }
        Self::start(store, source, settings, alone).await.map(Some)
    }

    async fn start(
        store: &Arc<dyn Store>,
        source: &Name,
        settings: &ReplaySettings,
        alone: DatabaseLock,
    ) -> Result<Self, ControlError> {
        let sandbox = Sandbox::new(Limits::default(), settings.cache.as_deref())?;
        let registry = Registry::load(&sandbox, &settings.plugins)?;
        let live =
            Arc::new(Live::open(&sandbox, &settings.signers, registry.lineup(), store).await?);
        let context = context(store);
        let plugins: Arc<dyn Plugins> = Arc::new(Transforms(Arc::clone(&live)));
        let transformer = Transformer::new(context.clone(), plugins);
        let handlers: [(Queue, u32, Arc<dyn Handler>); 3] = [
            (
                Queue::Transform(source.clone()),
                settings.transform,
                Arc::new(transformer),
            ),
            (
                Queue::Load(source.clone()),
                settings.load,
                Arc::new(Loader::new(context.clone())),
            ),
            (
                Queue::Vectorize,
                1,
                Arc::new(Vectorizer::new(context.clone())),
            ),
        ];
        let mut running = JoinSet::new();
        let stop = context.stop.clone();
        running.spawn(async move {
            live.follow(FOLLOW, stop).await;
            Ok(())
        });
        running.spawn(rescue(Arc::clone(store), context.stop.clone()));
        for (queue, slots, handler) in handlers {
            running.spawn(work(context.clone(), Inbox::from(queue), slots, handler));
        }
        Ok(Self {
            running,
            telling: Telling::start(context.clone()),
            context,
            _alone: alone,
        })
    }

    /// What is under way comes to its end, or is given back.
    async fn stop(mut self) {
        self.context.stop.cancel();
        while self.running.join_next().await.is_some() {}
        self.telling.finish().await;
    }
}

fn context(store: &Arc<dyn Store>) -> Context {
    Context {
        store: Arc::clone(store),
        broker: Arc::new(EmbeddedBroker::new(Arc::clone(store), LEASE)),
        observer: Arc::new(|_| ()),
        worker: worker_id(),
        on_error: OnError::Stop,
        lease: LEASE,
        stop: CancellationToken::new(),
        stop_timeout: GRACE,
        tally: Arc::new(Tally::default()),
        measured: Arc::new(Measured::default()),
    }
}

/// Takes tasks from workers that are gone: of a replay that was cut short, too.
async fn rescue(store: Arc<dyn Store>, stop: CancellationToken) -> Result<(), PipelineError> {
    let mut interval = tokio::time::interval(LEASE / 6);
    while stop.run_until_cancelled(interval.tick()).await.is_some() {
        store.rescue(Rescue::Expired).await?;
    }
    Ok(())
}

/// The transforms that are active, or that replays name. Sources have nothing to do.
struct Transforms(Arc<Live>);

#[async_trait]
impl Plugins for Transforms {
    async fn source(&self, run: &WorkingRun) -> Result<Arc<BoundSource>, PipelineError> {
        Err(PipelineError::NoSource {
            name: run.integration.source.to_string(),
        })
    }

    async fn mapping(&self, run: &WorkingRun) -> Result<Arc<Mapping>, PipelineError> {
        Ok(self.0.mapping_of(run).await?)
    }
}
