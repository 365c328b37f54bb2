//! The workers of a sync, and the order of its runs.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use runnel_broker::{EmbeddedBroker, LEASE};
use runnel_model::{IntegrationId, Name, Queue, TenantId};
use runnel_pipeline::{
    BoundSource, Context, Extractor, Handler, Loader, Mapping, Measured, OnError, PipelineError,
    Plugins, Tally, Transformer, Vectorizer, work,
};
use runnel_store::{Inbox, Run, RunState, Store, WorkingRun};
use tokio::{sync::Notify, task::JoinSet};
use tokio_util::sync::CancellationToken;

use super::{Event, Observe, bound::Bound, start::Start};
use crate::{
    ControlError,
    figures::Telling,
    live::{Live, Wanted},
    worker_id,
};

/// Progress is told no more often than this, and looked at no less often.
const TELL: Duration = Duration::from_millis(50);
const LOOK: Duration = Duration::from_millis(500);
/// Batches that are mapped at once: each holds one thread.
const TRANSFORMS: u32 = 2;

type Workers = JoinSet<Result<(), PipelineError>>;

/// The plugins, and how often it is looked whether they have changed.
type Follow = (Arc<Live>, Duration);

/// Runs the workers until every run has ended, or `stop` comes. What is under way
/// then is given up: whoever syncs again goes on with it.
pub(super) async fn drive(
    store: &Arc<dyn Store>,
    bound: Bound,
    follow: Follow,
    start: &Start,
    (observe, stop): (&Observe, impl Future<Output = ()>),
) -> Result<(), ControlError> {
    let context = Context {
        store: Arc::clone(store),
        broker: Arc::new(EmbeddedBroker::new(Arc::clone(store), LEASE)),
        observer: Arc::clone(&bound.observer),
        worker: worker_id(),
        on_error: OnError::Stop,
        lease: LEASE,
        stop: CancellationToken::new(),
        stop_timeout: Duration::ZERO,
        tally: Arc::new(Tally::default()),
        measured: Arc::new(Measured::default()),
    };
    let progress = Arc::clone(&bound.progress);
    let mut workers = workers(&context, bound, follow, start).await?;
    let telling = Telling::start(context.clone());
    let driven = tokio::select! {
        driven = until_ended(&context, (&mut workers, &progress), start, observe) => driven,
        () = stop => Ok(()),
    };
    // A batch is measured before it is committed: of what is cut short here nothing counts.
    drop(workers);
    telling.finish().await;
    driven
}

async fn until_ended(
    context: &Context,
    (workers, progress): (&mut Workers, &Notify),
    start: &Start,
    observe: &Observe,
) -> Result<(), ControlError> {
    let store = &context.store;
    loop {
        let runs = store.runs(&start.runs).await?;
        observe(Event::Progress(runs.clone()));
        begin_ready(context, &runs).await?;
        if runs.iter().all(ended) {
            return Ok(());
        }
        tokio::select! {
            Some(ended) = workers.join_next() => {
                ended.map_err(|e| PipelineError::Host(e.to_string()))??;
            }
            () = progress.notified() => tokio::time::sleep(TELL).await,
            () = tokio::time::sleep(LOOK) => (),
        }
    }
}

/// A run begins when those that it depends on have ended, well or not: what
/// could not be read of one repository is no reason to leave out another.
async fn begin_ready(context: &Context, runs: &[Run]) -> Result<(), ControlError> {
    for run in runs.iter().filter(|run| run.state == RunState::Waiting) {
        let open = |name: &Name| {
            runs.iter()
                .any(|other| other.stream == *name && !ended(other))
        };
        if !run.depends_on.iter().any(open) {
            context.store.begin(run.id).await?;
            context.broker.ring(&Queue::Extract);
            (context.observer)(runnel_pipeline::Signal::Progress);
        }
    }
    Ok(())
}

fn ended(run: &Run) -> bool {
    matches!(
        run.state,
        RunState::Succeeded | RunState::Failed | RunState::Cancelled
    )
}

async fn workers(
    context: &Context,
    bound: Bound,
    (live, every): Follow,
    start: &Start,
) -> Result<Workers, ControlError> {
    let source = bound.descriptor().name.clone();
    let concurrency = bound.concurrency;
    let plugins = OneIntegration {
        integration: (start.integration.tenant, start.integration.id),
        source: Arc::clone(&bound.source),
        live: Arc::clone(&live),
    };
    plugins.prepare(bound.tables.keys()).await?;
    let plugins: Arc<dyn Plugins> = Arc::new(plugins);
    let (transform, load) = (Queue::Transform(source.clone()), Queue::Load(source));
    let handlers: [(Queue, u32, Arc<dyn Handler>); 4] = [
        (
            Queue::Extract,
            concurrency,
            Arc::new(Extractor::new(context.clone(), Arc::clone(&plugins))),
        ),
        (
            transform,
            TRANSFORMS,
            Arc::new(Transformer::new(context.clone(), plugins)),
        ),
        (load, 1, Arc::new(Loader::new(context.clone()))),
        (
            Queue::Vectorize,
            1,
            Arc::new(Vectorizer::new(context.clone())),
        ),
    ];
    let mut workers = JoinSet::new();
    let stop = context.stop.clone();
    workers.spawn(async move {
        live.follow(every, stop).await;
        Ok(())
    });
    for (queue, slots, handler) in handlers {
        let inbox = Inbox {
            queue,
            only: Some(start.integration.id),
        };
        workers.spawn(work(context.clone(), inbox, slots, handler));
    }
    Ok(workers)
}

/// The plugins of the one integration whose tasks this process claims. Its source
/// stays the one that it began with; its transforms are those that are active.
struct OneIntegration {
    integration: (TenantId, IntegrationId),
    source: Arc<BoundSource>,
    live: Arc<Live>,
}

impl OneIntegration {
    /// Binds the transforms and makes their tables, before anything is read.
    async fn prepare(&self, entities: impl Iterator<Item = &Name>) -> Result<(), ControlError> {
        for entity in entities {
            self.live.mapping(&self.wanted(entity)).await?;
        }
        Ok(())
    }

    fn wanted(&self, entity: &Name) -> Wanted {
        let (tenant, integration) = self.integration;
        Wanted {
            tenant,
            integration,
            source: self.source.descriptor.name.clone(),
            entity: entity.clone(),
            config: self.source.config.clone(),
        }
    }
}

#[async_trait]
impl Plugins for OneIntegration {
    async fn source(&self, _: &WorkingRun) -> Result<Arc<BoundSource>, PipelineError> {
        Ok(Arc::clone(&self.source))
    }

    async fn mapping(&self, run: &WorkingRun) -> Result<Arc<Mapping>, PipelineError> {
        Ok(self.live.mapping(&self.wanted(&run.stream)).await?)
    }
}
