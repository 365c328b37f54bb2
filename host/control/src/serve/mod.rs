//! The service: scheduler, relay and workers, in one process or many.
//!
//! Every process may be killed at any moment, and any number may run beside each
//! other: what they agree on is in the database.

mod bindings;
mod caretaker;
mod measure;
mod roles;
mod scheduler;
mod workers;

use std::{collections::BTreeSet, path::PathBuf, pin::Pin, sync::Arc, time::Duration};

use runnel_broker::{BrokerUrl, EmbeddedBroker, RabbitBroker, RelaySettings};
use runnel_model::{Name, Queue};
use runnel_pipeline::{Guard, PipelineError, Tally};
use runnel_sandbox::{Limits, Sandbox};
use runnel_secrets::KeyRing;
use runnel_signatures::Signers;
use runnel_store::{DatabaseUrl, Rescue, Store, TickSettings};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::{Admin, ControlError, Registry, Vault, figures::Telling, live::Live, worker_id};
pub(crate) use bindings::bind_source;
pub use measure::describe_metrics;
pub use roles::{InvalidRole, Role};

/// What a service is made of.
pub struct ServeSettings {
    /// The database.
    pub database: DatabaseUrl,
    /// The broker.
    pub broker: BrokerUrl,
    /// What this process does.
    pub roles: BTreeSet<Role>,
    /// The queues that its workers consume; empty: those of all installed plugins.
    pub queues: Vec<Queue>,
    /// The folder of the plugins.
    pub plugins: PathBuf,
    /// The folder of compiled plugins, if they are to be kept.
    pub cache: Option<PathBuf>,
    /// Whose components are accepted from the database.
    pub signers: Signers,
    /// The keys of the credentials.
    pub keys: Option<Arc<KeyRing>>,
    /// How much is done at once.
    pub slots: Slots,
    /// How long a claim lasts without a heartbeat.
    pub lease: Duration,
    /// The most runs of one tenant that may be under way.
    pub max_inflight: u32,
    /// How long what runs may take to end when the service is to stop.
    pub stop_timeout: Duration,
    /// Which addresses sources may be read from.
    pub guard: Guard,
    /// How the broker is told of tasks.
    pub relay: RelaySettings,
    /// How often the database is asked whether other plugins are active.
    pub follow: Duration,
}

/// How many tasks this process handles at once, by stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slots {
    /// Requests.
    pub extract: u32,
    /// Batches that are mapped: each holds one thread.
    pub transform: u32,
    /// Batches that are loaded.
    pub load: u32,
    /// Batches that are embedded.
    pub vectorize: u32,
}

/// What the HTTP API is given of the service.
pub struct Host {
    /// The store, apart from the workers.
    pub store: Arc<dyn Store>,
    /// Adds integrations, and knows the plugins.
    pub admin: Arc<Admin>,
    /// What components are tried in.
    pub sandbox: Sandbox,
    /// Whose components are accepted.
    pub signers: Signers,
    /// Which addresses sources may be read from.
    pub guard: Guard,
    /// What the scheduler goes by.
    pub tick: TickSettings,
    /// What the workers of this process have finished.
    pub tally: Arc<Tally>,
    /// Whether this process answers the API.
    pub answers: bool,
    /// Whether a relay has to tell a broker of tasks.
    pub relayed: bool,
    /// Cancelled when the service is to stop.
    pub stop: CancellationToken,
    /// How long what is under way may take then.
    pub stop_timeout: Duration,
}

/// A part of the service that its caller brings: what answers HTTP. It ends when the
/// host's `stop` is cancelled.
pub type Part =
    Box<dyn FnOnce(Host) -> Pin<Box<dyn Future<Output = Result<(), ControlError>> + Send>> + Send>;

/// Serves until `stop` is cancelled, with the parts that the caller brings. `ready` is
/// called once everything runs.
///
/// # Errors
/// What keeps the service from starting. Once it runs, it outlives a database or
/// a broker that is away.
pub async fn serve(
    settings: ServeSettings,
    brought: Vec<Part>,
    stop: CancellationToken,
    ready: impl FnOnce(&Started),
) -> Result<(), ControlError> {
    let sandbox = Sandbox::new(Limits::default(), settings.cache.as_deref())?;
    let registry = Registry::load(&sandbox, &settings.plugins)?;
    let _alone = runnel_store::lock(&settings.database)?;
    let store = runnel_store::open(&settings.database).await?;
    if settings.database.is_one_process() {
        // Nobody else can have claimed anything: no lease has to be waited for.
        store.rescue(Rescue::All).await?;
    }
    let sources = registry.sources(&*store).await?;
    let live = Live::open(&sandbox, &settings.signers, registry.lineup(), &store).await?;
    let service = Service {
        queues: queues(&settings, &sources)?,
        worker: worker_id(),
        tally: Arc::default(),
        live: Arc::new(live),
        settings,
        sandbox,
        sources,
        store,
        stop,
    };
    service.run(brought, ready).await
}

/// What runs, for whoever started it.
#[derive(Debug)]
pub struct Started {
    /// The database, without its password.
    pub database: String,
    /// The broker, without its password.
    pub broker: String,
    /// The roles.
    pub roles: BTreeSet<Role>,
    /// The queues that are consumed.
    pub queues: Vec<Queue>,
}

pub(crate) struct Service {
    settings: ServeSettings,
    live: Arc<Live>,
    sandbox: Sandbox,
    sources: BTreeSet<Name>,
    store: Arc<dyn Store>,
    worker: runnel_store::WorkerId,
    tally: Arc<Tally>,
    queues: Vec<Queue>,
    stop: CancellationToken,
}

/// One part of the service: it ends when the service stops.
type Parts = JoinSet<Result<(), ControlError>>;

impl Service {
    async fn run(
        self,
        brought: Vec<Part>,
        ready: impl FnOnce(&Started),
    ) -> Result<(), ControlError> {
        let mut parts: Parts = JoinSet::new();
        let telling = match &self.settings.broker {
            BrokerUrl::Embedded => {
                let broker = EmbeddedBroker::new(Arc::clone(&self.store), self.settings.lease);
                self.start_workers(&mut parts, Arc::new(broker))
            }
            BrokerUrl::Amqp(url) => {
                let lease = self.settings.lease;
                let rabbit = RabbitBroker::new(url.clone(), Arc::clone(&self.store), lease);
                rabbit.check().await.map_err(PipelineError::from)?;
                let rabbit = Arc::new(rabbit);
                self.start_relay(&mut parts, Arc::clone(&rabbit));
                self.start_workers(&mut parts, rabbit)
            }
        };
        self.start_scheduler(&mut parts);
        let asked = self.store.apart();
        for part in brought {
            parts.spawn(part(self.host(&asked)));
        }
        if self.does(Role::Worker) || self.does(Role::Api) {
            self.follow(&mut parts);
        }
        ready(&self.started());
        let ended = self.until_stopped(parts).await;
        if let Some(telling) = telling {
            telling.finish().await;
        }
        ended
    }

    fn start_workers(
        &self,
        parts: &mut Parts,
        broker: Arc<dyn runnel_broker::Broker>,
    ) -> Option<Telling> {
        let rescue = caretaker::rescue(
            Arc::clone(&self.store),
            self.settings.lease,
            self.stop.clone(),
        );
        parts.spawn(rescue);
        self.does(Role::Worker)
            .then(|| workers::start(self, parts, broker))
    }

    fn follow(&self, parts: &mut Parts) {
        let (live, every) = (Arc::clone(&self.live), self.settings.follow);
        let stop = self.stop.clone();
        parts.spawn(async move {
            live.follow(every, stop).await;
            Ok(())
        });
    }

    fn start_relay(&self, parts: &mut Parts, rabbit: Arc<RabbitBroker>) {
        if self.does(Role::Relay) {
            let (store, settings) = (Arc::clone(&self.store), self.settings.relay.clone());
            let (stop, process) = (self.stop.clone(), self.worker.clone());
            parts.spawn(async move {
                let relay = runnel_broker::relay(store, rabbit, settings, process);
                match stop.run_until_cancelled(relay).await {
                    None => Ok(()),
                    Some(ended) => Ok(ended.map_err(PipelineError::from)?),
                }
            });
        }
    }

    fn start_scheduler(&self, parts: &mut Parts) {
        if self.does(Role::Scheduler) {
            parts.spawn(scheduler::run(
                Arc::clone(&self.store),
                self.tick(),
                self.worker.clone(),
                self.stop.clone(),
            ));
        }
    }

    fn tick(&self) -> TickSettings {
        TickSettings {
            max_inflight: self.settings.max_inflight,
            sources: self.sources.clone(),
            limit: scheduler::LOOKED_AT,
        }
    }

    fn host(&self, asked: &Arc<dyn Store>) -> Host {
        let vault = Vault::new(Arc::clone(asked), self.settings.keys.clone());
        let admin = Admin::over(Arc::clone(asked), Arc::clone(&self.live), vault);
        Host {
            store: Arc::clone(asked),
            admin: Arc::new(admin),
            sandbox: self.sandbox.clone(),
            signers: self.settings.signers.clone(),
            guard: self.settings.guard.clone(),
            tick: self.tick(),
            tally: Arc::clone(&self.tally),
            answers: self.does(Role::Api),
            relayed: matches!(self.settings.broker, BrokerUrl::Amqp(_)),
            stop: self.stop.clone(),
            stop_timeout: self.settings.stop_timeout,
        }
    }

    fn does(&self, role: Role) -> bool {
        self.settings.roles.contains(&role)
    }

    fn started(&self) -> Started {
        Started {
            database: self.settings.database.to_string(),
            broker: self.settings.broker.to_string(),
            roles: self.settings.roles.clone(),
            queues: self.queues.clone(),
        }
    }

    /// A part that ends by itself takes the service with it: whatever restarts
    /// services is to see it.
    async fn until_stopped(self, mut parts: Parts) -> Result<(), ControlError> {
        let mut result = Ok(());
        while let Some(ended) = parts.join_next().await {
            let ended = ended.unwrap_or_else(|e| Err(ControlError::Host(e.to_string())));
            if ended.is_err() && result.is_ok() {
                result = ended;
                self.stop.cancel();
            }
        }
        result
    }
}

/// The queues of the installed plugins, or those of them that were asked for.
fn queues(settings: &ServeSettings, sources: &BTreeSet<Name>) -> Result<Vec<Queue>, ControlError> {
    let known: BTreeSet<Queue> = sources.iter().flat_map(Queue::of_source).collect();
    if settings.queues.is_empty() {
        return Ok(known.into_iter().collect());
    }
    match settings.queues.iter().find(|queue| !known.contains(queue)) {
        None => Ok(settings.queues.clone()),
        Some(unknown) => {
            let known: Vec<String> = known.iter().map(Queue::to_string).collect();
            Err(ControlError::Usage(format!(
                "no installed plugin has the queue {unknown}; there are: {}",
                known.join(", ")
            )))
        }
    }
}
