//! Replays: raw records that are mapped and loaded again, without a request to
//! anybody.
//!
//! A replay has a part for each integration: a run with the counters, the tasks and
//! the end of every run. The parts come one after another. Of the part that is under
//! way a single task, [`TaskKind::Replay`](crate::TaskKind), queues the next few
//! batches and then itself behind them, so that what waits is bounded and the way
//! done is as durable as a task.

use async_trait::async_trait;
use runnel_model::{IntegrationId, Name, PluginVersion, RunId, TenantId};

use crate::{Actor, Counters, Micros, RunState, StoreError, Window};

/// The priority of its tasks: behind those of every job.
pub const REPLAY_PRIORITY: i32 = -1_000;

/// A row of `replays`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReplayId(pub i64);

/// Which records are to be mapped again, and by what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewReplay {
    /// The source.
    pub source: Name,
    /// The entity type, which is the stream that its records were read by.
    pub entity: Name,
    /// Whose; absent: every tenant's.
    pub tenant: Option<TenantId>,
    /// The version that maps them; absent: whichever is active at that moment.
    pub version: Option<PluginVersion>,
    /// When they were read.
    pub window: Window,
    /// Only those whose rows this component made (a digest, whole).
    pub digest: Option<String>,
}

/// The records of an integration that a replay is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Surveyed {
    /// The integration.
    pub integration: IntegrationId,
    /// Its name.
    pub name: String,
    /// Its tenant's name.
    pub tenant: String,
    /// How many there are.
    pub records: u64,
}

/// A component that has made rows of an entity type, or is to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Maker {
    /// Its digest.
    pub digest: String,
    /// The plugin and its version.
    pub version: PluginVersion,
}

/// A replay of one integration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplayPart {
    /// Its run.
    pub run: RunId,
    /// The integration's name.
    pub integration: String,
    /// The tenant's name.
    pub tenant: String,
    /// Where it is.
    pub state: RunState,
    /// The records that it is about.
    pub total: u64,
    /// Those whose transform was queued.
    pub queued: u64,
    /// What its run did.
    pub counters: Counters,
    /// Tasks of it that were given up.
    pub failed: u64,
}

/// A replay, with its parts in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplayRow {
    /// Its id.
    pub id: ReplayId,
    /// What was asked for.
    pub of: NewReplay,
    /// Whether it was paused.
    pub paused: bool,
    /// When it was asked for.
    pub created_at: Micros,
    /// When its last part ended, if all have.
    pub finished_at: Option<Micros>,
    /// Its parts.
    pub parts: Vec<ReplayPart>,
}

/// Where a replay is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplayState {
    /// Records are being mapped and loaded.
    Running,
    /// Nothing more is queued until it is resumed.
    Paused,
    /// All records were mapped and loaded, but for dead letters.
    Succeeded,
    /// It ended, and something was given up for good.
    Failed,
    /// It was given up.
    Cancelled,
}

/// What became of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Batches were queued, or the next part was begun.
    Queued,
    /// Enough is under way: the step is to be tried again in a moment.
    Full,
    /// The replay is paused: the step is to be tried again later.
    Paused,
}

/// Why a replay is not begun, paused, resumed or cancelled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReplayError {
    /// The same records are being replayed.
    #[error(
        "replay {} of {entity} is under way: `runnel replay resume {}` goes on with it, \
         `runnel replay cancel {}` gives it up", .id.0, .id.0, .id.0
    )]
    UnderWay {
        /// The replay.
        id: ReplayId,
        /// The entity type.
        entity: String,
    },
    /// The version does something else.
    #[error("{version} is {does}, and no transform of {entity}: name a version of one that is")]
    OtherEntity {
        /// The version.
        version: PluginVersion,
        /// What it does.
        does: String,
        /// What was to be replayed.
        entity: String,
    },
    /// It has ended.
    #[error("replay {} has ended ({}): `runnel replay --entity {entity}` starts another one", .id.0, .state.word())]
    Ended {
        /// The replay.
        id: ReplayId,
        /// How.
        state: ReplayState,
        /// The entity type.
        entity: String,
    },
}

/// What operators do with replays.
#[async_trait]
pub trait Replays: Send + Sync {
    /// The entity types of which something was read or can be mapped, each with its
    /// source.
    async fn entities(&self) -> Result<Vec<(Name, Name)>, StoreError>;

    /// The components that this database knows to map an entity type, the newest
    /// first.
    async fn makers(&self, source: &Name, entity: &Name) -> Result<Vec<Maker>, StoreError>;

    /// The records that a replay would be about, by integration. Nothing is written.
    async fn survey(&self, of: &NewReplay) -> Result<Vec<Surveyed>, StoreError>;

    /// Begins a replay of the newest raw record of each thing, as they are now, and
    /// makes the tables what its version declares. None where there is no such
    /// record.
    ///
    /// # Errors
    /// [`ReplayError::UnderWay`] where one of the same records is,
    /// [`ReplayError::OtherEntity`], [`VersionError`](crate::VersionError) for a
    /// version that is not there or is retired, and [`StoreError::Incompatible`] for
    /// a table.
    async fn start_replay(
        &self,
        of: &NewReplay,
        by: &Actor,
    ) -> Result<Option<ReplayId>, StoreError>;

    /// This replay, or all: the newest `limit` of them.
    async fn replays(&self, id: Option<ReplayId>, limit: u32)
    -> Result<Vec<ReplayRow>, StoreError>;

    /// Has it queue nothing more until it is resumed; what is queued is still mapped
    /// and loaded.
    ///
    /// # Errors
    /// [`ReplayError::Ended`], [`StoreError::NoSuch`].
    async fn pause_replay(&self, id: ReplayId, by: &Actor) -> Result<(), StoreError>;

    /// Has it go on.
    ///
    /// # Errors
    /// [`ReplayError::Ended`], [`StoreError::NoSuch`].
    async fn resume_replay(&self, id: ReplayId, by: &Actor) -> Result<(), StoreError>;

    /// Gives it up: what is mapped is still loaded, nothing else is mapped.
    ///
    /// # Errors
    /// [`ReplayError::Ended`], [`StoreError::NoSuch`].
    async fn cancel_replay(&self, id: ReplayId, by: &Actor) -> Result<(), StoreError>;
}

impl From<ReplayError> for StoreError {
    fn from(error: ReplayError) -> Self {
        Self::Replay(Box::new(error))
    }
}

impl ReplayState {
    /// Whether something can still be done about it.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Running | Self::Paused)
    }

    /// The word that is shown.
    pub fn word(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

impl ReplayPart {
    /// The records that were mapped, skipped or rejected: exact at the end, and never
    /// more than were queued.
    pub fn done(&self) -> u64 {
        let counted = self.counters.transformed + self.counters.dead;
        match self.state {
            RunState::Succeeded => self.total,
            _ => counted.min(self.queued),
        }
    }

    fn is_open(&self) -> bool {
        matches!(self.state, RunState::Waiting | RunState::Running)
    }
}

impl ReplayRow {
    /// Where it is, which follows from where its parts are.
    pub fn state(&self) -> ReplayState {
        let any = |state| self.parts.iter().any(|part| part.state == state);
        if self.parts.iter().any(ReplayPart::is_open) {
            return if self.paused {
                ReplayState::Paused
            } else {
                ReplayState::Running
            };
        }
        // One whose integrations were all removed has no parts, and did nothing.
        if any(RunState::Cancelled) || self.parts.is_empty() {
            ReplayState::Cancelled
        } else if any(RunState::Failed) {
            ReplayState::Failed
        } else {
            ReplayState::Succeeded
        }
    }

    /// A number of its parts, summed up.
    pub fn sum(&self, of: impl Fn(&ReplayPart) -> u64) -> u64 {
        self.parts.iter().map(of).sum()
    }
}
