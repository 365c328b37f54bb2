//! From the tasks to RabbitMQ: tells the broker of tasks that are due.

use std::{future::Future, sync::Arc, time::Duration};

use runnel_model::TaskId;
use runnel_store::{REPORT, ServicePart, Store, StoreError, WorkerId};
use tokio::{sync::Notify, time::Instant};

use crate::{
    BrokerError, RabbitBroker, backoff::Backoff, measure, outage::Outage, rabbitmq::Publisher,
    reconcile::reconcile,
};

/// The first wait of a relay that found nothing to tell of; it doubles from look
/// to look.
const SHORTEST: Duration = Duration::from_millis(25);

/// How the relay works.
#[derive(Debug, Clone)]
pub struct RelaySettings {
    /// How many messages are published before their confirms are awaited.
    pub batch: u32,
    /// How many messages of a queue are on the way at most. It bounds the broker's
    /// memory, and what is before an urgent task that comes late.
    pub window: u32,
    /// The longest wait between two looks at the store. What this process queues
    /// is looked for at once.
    pub look: Duration,
    /// How long the broker may take to confirm a message.
    pub confirm: Duration,
    /// How often it is checked whether the broker has lost messages; one is taken
    /// for lost no earlier than this after it was sent.
    pub reconcile: Duration,
}

impl Default for RelaySettings {
    fn default() -> Self {
        Self {
            batch: 500,
            window: 2000,
            look: Duration::from_secs(1),
            confirm: Duration::from_secs(10),
            reconcile: Duration::from_secs(30),
        }
    }
}

/// Tells RabbitMQ of every shared task that is due, and again of those whose
/// messages it lost. Any number of relays may do so at once.
///
/// As long as it looks for tasks it says every now and then that the relay of `process`
/// is alive.
///
/// It starts when it is first polled and runs until it is dropped, which may be at
/// any time: a message that was sent and not confirmed by then counts as sent
/// until a relay finds it lost. It does not end because the broker or the database
/// is away: it waits, and goes on.
///
/// # Errors
/// [`BrokerError::Store`] for a database that cannot be worked on without somebody
/// looking at it: one that is corrupt, or that a newer Runnel has migrated.
pub async fn relay(
    store: Arc<dyn Store>,
    rabbit: Arc<RabbitBroker>,
    settings: RelaySettings,
    process: WorkerId,
) -> Result<(), BrokerError> {
    let mut relay = Relay {
        publisher: rabbit.publisher(settings.confirm),
        hint: rabbit.hint(),
        store: Patient::new(store),
        reconciled: Instant::now(),
        told: None,
        process,
        settings,
    };
    relay.run().await
}

struct Relay {
    store: Patient,
    publisher: Publisher,
    hint: Arc<Notify>,
    settings: RelaySettings,
    reconciled: Instant,
    process: WorkerId,
    /// When it said last that it is alive.
    told: Option<Instant>,
}

impl Relay {
    async fn run(&mut self) -> Result<(), BrokerError> {
        let mut wait = SHORTEST;
        loop {
            self.publisher.ready().await;
            if self.reconciled.elapsed() >= self.settings.reconcile {
                let interval = self.settings.reconcile;
                reconcile(&mut self.store, &mut self.publisher, interval).await?;
                self.reconciled = Instant::now();
                self.publisher.ready().await;
            }
            measure::looked();
            self.beat().await?;
            if self.tell().await? {
                wait = SHORTEST;
                continue;
            }
            tokio::select! {
                () = self.hint.notified() => wait = SHORTEST,
                () = tokio::time::sleep(wait) => wait = (wait * 2).min(self.settings.look),
            }
        }
    }

    /// Says every now and then that it is alive.
    async fn beat(&mut self) -> Result<(), BrokerError> {
        if self.told.is_some_and(|told| told.elapsed() < REPORT) {
            return Ok(());
        }
        let process = &self.process;
        let beat = |store: Arc<dyn Store>| {
            let process = process.clone();
            async move { store.beat(&process, ServicePart::Relay).await }
        };
        self.store.ask(beat).await?;
        self.told = Some(Instant::now());
        Ok(())
    }

    /// Tells of one batch. Answers whether all of it was taken and more may be
    /// there.
    async fn tell(&mut self) -> Result<bool, BrokerError> {
        let (batch, window) = (self.settings.batch, self.settings.window);
        let bells = self
            .store
            .ask(|store| async move { store.take_unrung(batch, window).await })
            .await?;
        if bells.is_empty() {
            return Ok(false);
        }
        let not_taken = self.publisher.publish(&bells).await;
        measure::told(bells.len(), not_taken.len());
        self.give_back(&not_taken).await?;
        Ok(not_taken.is_empty())
    }

    async fn give_back(&mut self, tasks: &[TaskId]) -> Result<(), BrokerError> {
        if tasks.is_empty() {
            return Ok(());
        }
        tracing::warn!(
            "the broker did not take {} messages: they are sent again",
            tasks.len()
        );
        let tasks: Arc<[TaskId]> = tasks.into();
        let unring = |store: Arc<dyn Store>| {
            let tasks = Arc::clone(&tasks);
            async move { store.unring(&tasks).await }
        };
        self.store.ask(unring).await
    }
}

/// A store that is asked until it answers.
pub(crate) struct Patient {
    store: Arc<dyn Store>,
    backoff: Backoff,
    outage: Outage,
}

impl Patient {
    fn new(store: Arc<dyn Store>) -> Self {
        Self {
            store,
            backoff: Backoff::default(),
            outage: Outage::of("relaying"),
        }
    }

    /// Asks until there is an answer, for ever, unless waiting cannot help.
    pub(crate) async fn ask<T, F>(
        &mut self,
        question: impl Fn(Arc<dyn Store>) -> F,
    ) -> Result<T, BrokerError>
    where
        F: Future<Output = Result<T, StoreError>>,
    {
        loop {
            match question(Arc::clone(&self.store)).await {
                Ok(answer) => {
                    self.backoff.reset();
                    self.outage.is_over();
                    return Ok(answer);
                }
                Err(error) if is_final(&error) => return Err(error.into()),
                Err(error) => {
                    self.outage.goes_on(&error.into());
                    tokio::time::sleep(self.backoff.next()).await;
                }
            }
        }
    }
}

/// Whether waiting cannot help.
fn is_final(error: &StoreError) -> bool {
    matches!(error, StoreError::Newer { .. } | StoreError::Corrupt { .. })
}
