//! Jobs: streams of integrations on a schedule, the rows of `etl_jobs`.

mod cycle;
mod decide;
mod wait;

use std::{collections::BTreeSet, num::NonZeroU32, time::Duration};

use async_trait::async_trait;
use runnel_model::{IntegrationId, JobId, Name, RunId, TenantId};

pub use wait::{DependencyState, Wait};

pub(crate) use cycle::{refuse_cycles, refuse_unknown};
pub(crate) use decide::{Around, Decision, decide};

use crate::{Actor, Micros, RunState, StoreError};

/// What happens when a job is due while a run of it is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Overlap {
    /// Nothing: it is due again at its next time.
    #[default]
    Skip,
    /// One run follows at once, however often the job was due meanwhile.
    Buffer,
    /// Another run starts beside it.
    Allow,
}

/// The most missed times that are caught up with.
pub const MOST_CAUGHT_UP: u32 = 1_000;

/// What happens to times that were missed, because no scheduler was there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Misfire {
    /// One run for all of them.
    #[default]
    Coalesce,
    /// None: the job waits for its next time.
    Skip,
    /// A run for each, for the last so many at most.
    CatchUp(u32),
}

/// When a job is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    /// Minutes between two times.
    pub every_minutes: u32,
    /// What happens while a run is under way.
    pub overlap: Overlap,
    /// What happens to missed times.
    pub misfire: Misfire,
    /// Each time is put off by up to so many seconds, so that jobs that were made
    /// together do not all start together.
    pub jitter_seconds: u32,
}

impl Schedule {
    /// Every so many minutes, and the defaults.
    pub fn every(minutes: u32) -> Self {
        Self {
            every_minutes: minutes,
            overlap: Overlap::default(),
            misfire: Misfire::default(),
            jitter_seconds: 0,
        }
    }

    pub(crate) fn interval(&self) -> Micros {
        Micros::from(self.every_minutes.max(1)) * 60_000_000
    }
}

/// A job as a source's descriptor asks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    /// Unique within the tenant, such as `github_prs_7`.
    pub name: String,
    /// The stream that its runs read.
    pub job_type: Name,
    /// Minutes between two runs.
    pub every_minutes: u32,
    /// The higher, the earlier.
    pub priority: i32,
    /// The names of the jobs that have to have succeeded before.
    pub depends_on: Vec<String>,
    /// See [`NewRun::changed_parents_of`](crate::NewRun).
    pub changed_parents_of: Option<Name>,
    /// Every so many days its run reads everything, to see what is gone.
    pub census_days: Option<NonZeroU32>,
}

/// A stored job, with what its runs came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// Whose it is.
    pub tenant: TenantId,
    /// The integration that it reads.
    pub integration: IntegrationId,
    /// The integration's source.
    pub source: Name,
    /// Unique within the tenant.
    pub name: String,
    /// The stream.
    pub job_type: Name,
    /// When it is due.
    pub schedule: Schedule,
    /// The higher, the earlier.
    pub priority: i32,
    /// The names of the jobs that have to have succeeded before.
    pub depends_on: Vec<String>,
    /// See [`NewRun::changed_parents_of`](crate::NewRun).
    pub changed_parents_of: Option<Name>,
    /// Whether it is paused.
    pub paused: bool,
    /// Whether its integration is.
    pub integration_paused: bool,
    /// Its next time.
    pub next_run_at: Micros,
    /// When the scheduler looks at it next, unless something changes before.
    pub look_at: Micros,
    /// Since when somebody wants it to run whatever its schedule says.
    pub requested_at: Option<Micros>,
    /// Whether one more run is to follow the one that is under way.
    pub buffered: bool,
    /// Its runs that have not ended.
    pub running: u32,
    /// Its run that ended last.
    pub last: Option<LastRun>,
    /// When a run of it succeeded last.
    pub succeeded_at: Option<Micros>,
    /// How many runs in a row have failed since.
    pub failures: u32,
}

/// The run of a job that ended last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastRun {
    /// The run.
    pub run: RunId,
    /// How it ended.
    pub state: RunState,
    /// When.
    pub finished_at: Micros,
}

/// What is to change about a schedule. Absent: it stays as it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ScheduleChange {
    /// Minutes between two times.
    pub every_minutes: Option<u32>,
    /// What happens while a run is under way.
    pub overlap: Option<Overlap>,
    /// What happens to missed times.
    pub misfire: Option<Misfire>,
    /// By up to how many seconds each time is put off.
    pub jitter_seconds: Option<u32>,
}

impl ScheduleChange {
    /// The schedule as it is to be.
    pub(crate) fn of(&self, now: Schedule) -> Schedule {
        Schedule {
            every_minutes: self.every_minutes.unwrap_or(now.every_minutes),
            overlap: self.overlap.unwrap_or(now.overlap),
            misfire: self.misfire.unwrap_or(now.misfire),
            jitter_seconds: self.jitter_seconds.unwrap_or(now.jitter_seconds),
        }
    }
}

/// What is to change about a job. Absent: it stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JobChange {
    /// Whether it is paused.
    pub paused: Option<bool>,
    /// Its schedule; a descriptor's no longer has a say on it.
    pub schedule: ScheduleChange,
    /// Its priority.
    pub priority: Option<i32>,
    /// What it depends on.
    pub depends_on: Option<Vec<String>>,
}

impl JobChange {
    /// Refuses numbers of which no job makes sense.
    ///
    /// # Errors
    /// [`StoreError::OutOfRange`].
    pub(crate) fn check(&self) -> Result<(), StoreError> {
        let schedule = &self.schedule;
        let catch_up = schedule.misfire.and_then(|misfire| match misfire {
            Misfire::CatchUp(most) => Some(i64::from(most)),
            Misfire::Coalesce | Misfire::Skip => None,
        });
        let year = 525_600;
        let every = schedule.every_minutes.map(i64::from);
        within("every_minutes", every, (1, year))?;
        within("misfire", catch_up, (0, i64::from(MOST_CAUGHT_UP)))?;
        let jitter = schedule.jitter_seconds.map(i64::from);
        within("jitter_seconds", jitter, (0, 86_400))?;
        within("priority", self.priority.map(i64::from), (-1_000, 1_000))
    }
}

fn within(
    what: &'static str,
    number: Option<i64>,
    (least, most): (i64, i64),
) -> Result<(), StoreError> {
    match number {
        Some(number) if !(least..=most).contains(&number) => {
            Err(StoreError::OutOfRange { what, least, most })
        }
        _ => Ok(()),
    }
}

/// What a tick goes by.
#[derive(Debug, Clone)]
pub struct TickSettings {
    /// The most runs of one tenant that may be under way.
    pub max_inflight: u32,
    /// The sources that are installed.
    pub sources: BTreeSet<Name>,
    /// The most jobs that are looked at.
    pub limit: u32,
}

/// What came of a tick.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tick {
    /// The runs that began, each with the name of its job.
    pub started: Vec<(RunId, String)>,
    /// How many jobs that are due have to wait.
    pub waiting: u32,
}

/// What the scheduler, the command line and the HTTP API need of jobs, which come with
/// their integrations. What somebody changes leaves a row in `audit_log`, in its own transaction.
#[async_trait]
pub trait Jobs: Send + Sync {
    /// All jobs, or those of a tenant, by name.
    async fn jobs(&self, tenant: Option<TenantId>) -> Result<Vec<Job>, StoreError>;

    /// Changes a job.
    ///
    /// # Errors
    /// [`StoreError::OutOfRange`], [`StoreError::NoSuch`], [`StoreError::Cycle`] where
    /// the job would wait for itself, and [`StoreError::NoSuchJob`] where it would wait
    /// for one that its tenant does not have.
    async fn change_job(
        &self,
        job: JobId,
        change: &JobChange,
        by: &Actor,
    ) -> Result<(), StoreError>;

    /// Has a job run as soon as what it depends on allows, whatever its schedule
    /// and a pause of its own say.
    ///
    /// # Errors
    /// [`StoreError::NoSuch`].
    async fn request_job(&self, job: JobId, by: &Actor) -> Result<(), StoreError>;

    /// Gives up what the runs of a job still have to fetch, as [`Runs::cancel`] does.
    /// Answers those that had not ended.
    ///
    /// # Errors
    /// [`StoreError::NoSuch`].
    ///
    /// [`Runs::cancel`]: crate::Runs::cancel
    async fn cancel_job(&self, job: JobId, by: &Actor) -> Result<Vec<RunId>, StoreError>;

    /// Starts what is due, all in one transaction: the runs, unique by job and
    /// time, their first tasks, and each job's next time. Any number of hosts may
    /// tick at once.
    async fn tick(&self, settings: &TickSettings) -> Result<Tick, StoreError>;

    /// What a job waits for, if it were looked at now; first what is nearest at
    /// hand. Empty: it would start.
    async fn waits(&self, job: JobId, settings: &TickSettings) -> Result<Vec<Wait>, StoreError>;
}

/// The longest time between a failure and the next try.
pub(crate) const LONGEST_BACKOFF: Duration = Duration::from_secs(6 * 60 * 60);
/// The time between the first failure and the next try.
pub(crate) const FIRST_BACKOFF: Duration = Duration::from_secs(60);
