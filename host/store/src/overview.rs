//! What there is, page by page: lists that do not grow with the database.
//!
//! Every list is of a [`Scope`]: whose data somebody may see. A page begins behind
//! the key of the last item of the page before, so that a page costs the same
//! wherever it is, and what is added meanwhile moves nothing.

use async_trait::async_trait;
use runnel_model::{IntegrationId, JobId, RunId, TenantId};

use crate::{
    Configured, DeadLetterGroup, DeadLetterRow, Job, Micros, ReplayRow, RunRow, StoreError, Tenant,
    TrialRow,
};

/// Whose data somebody may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Everybody's.
    All,
    /// These tenants'; of none: nothing.
    Only(Vec<TenantId>),
}

impl Scope {
    /// Whether a tenant's data may be seen.
    pub fn has(&self, tenant: TenantId) -> bool {
        match self {
            Self::All => true,
            Self::Only(tenants) => tenants.contains(&tenant),
        }
    }
}

/// A place in a list by name: behind this name, and this id where several have it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct After {
    /// The name.
    pub name: String,
    /// The id.
    pub id: i64,
}

/// Which integrations.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IntegrationsWanted {
    /// This one.
    pub id: Option<IntegrationId>,
    /// Of this source.
    pub source: Option<String>,
    /// Whose name, source or base URL has this text in it.
    pub text: Option<String>,
}

/// Which jobs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JobsWanted {
    /// This one.
    pub id: Option<JobId>,
    /// Of this integration.
    pub integration: Option<IntegrationId>,
    /// Of this source.
    pub source: Option<String>,
    /// In this state.
    pub state: Option<JobState>,
    /// Whose name has this text in it.
    pub text: Option<String>,
}

/// How a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobState {
    /// It, or its integration, is paused.
    Paused,
    /// A run of it is under way.
    Running,
    /// Its last run failed.
    Failing,
    /// It is due, or was asked for, and waits for something.
    Waiting,
    /// Its time has not come.
    Scheduled,
}

/// A job, with the names of what it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobSeen {
    /// The job.
    pub job: Job,
    /// Its tenant's name.
    pub tenant: String,
    /// Its integration's name.
    pub integration: String,
    /// How it stands.
    pub state: JobState,
}

/// What there is, by name.
#[async_trait]
pub trait Directory: Send + Sync {
    /// Tenants, by name; of a text, those whose name has it in it.
    async fn tenants_page(
        &self,
        scope: &Scope,
        text: Option<&str>,
        after: &After,
        limit: u32,
    ) -> Result<Vec<Tenant>, StoreError>;

    /// Integrations, by name.
    async fn integrations_page(
        &self,
        scope: &Scope,
        wanted: &IntegrationsWanted,
        after: &After,
        limit: u32,
    ) -> Result<Vec<Configured>, StoreError>;

    /// Jobs, by name.
    async fn jobs_page(
        &self,
        scope: &Scope,
        wanted: &JobsWanted,
        after: &After,
        limit: u32,
    ) -> Result<Vec<JobSeen>, StoreError>;
}

/// Which runs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunsWanted {
    /// This one.
    pub id: Option<RunId>,
    /// Of the job of this name.
    pub job: Option<String>,
    /// Of the job of this id.
    pub job_id: Option<JobId>,
    /// Of this integration.
    pub integration: Option<IntegrationId>,
    /// In this state, by its word.
    pub state: Option<String>,
    /// Only those that have not ended.
    pub active: bool,
}

/// A run, with the names of what it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunSeen {
    /// The run.
    pub run: RunRow,
    /// Its tenant's name.
    pub tenant: String,
    /// Its integration's name.
    pub integration: String,
    /// Its job.
    pub job_id: Option<JobId>,
    /// Tasks of it that were given up.
    pub failed: u64,
}

/// Something that went wrong in a run for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What.
    pub message: String,
    /// When.
    pub at: Micros,
}

/// Something that happened in a run and was not for good: a wait, or a second try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// What.
    pub message: String,
    /// How often.
    pub times: u64,
    /// When it happened first.
    pub first_at: Micros,
    /// When it happened last.
    pub last_at: Micros,
}

/// Which dead letters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LettersWanted {
    /// These; empty: any.
    pub ids: Vec<i64>,
    /// Of this integration.
    pub integration: Option<IntegrationId>,
    /// Of this stream.
    pub stream: Option<String>,
    /// Of this cause.
    pub fingerprint: Option<String>,
}

/// A dead letter, with the names of what it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterSeen {
    /// The letter.
    pub letter: DeadLetterRow,
    /// Its tenant's name.
    pub tenant: String,
    /// Its integration's name.
    pub integration: String,
}

/// Dead letters of one tenant, stream and cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupSeen {
    /// The group.
    pub group: DeadLetterGroup,
    /// Its tenant's name.
    pub tenant: String,
    /// The id of the newest of them.
    pub newest: i64,
}

/// A place in the list of groups: behind the group of so many letters, of which this
/// is the newest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BehindGroup {
    /// How many letters it had.
    pub count: i64,
    /// The id of the newest of them.
    pub newest: i64,
}

/// What happened, the newest first: pages end before the id `before`.
#[async_trait]
pub trait Chronicle: Send + Sync {
    /// Runs.
    async fn runs_page(
        &self,
        scope: &Scope,
        wanted: &RunsWanted,
        before: i64,
        limit: u32,
    ) -> Result<Vec<RunSeen>, StoreError>;

    /// What went wrong in a run for good: the first hundred.
    async fn problems(&self, run: RunId) -> Result<Vec<Problem>, StoreError>;

    /// What happened in a run that was not for good, the earliest first: the first
    /// hundred different ones.
    async fn notes(&self, run: RunId) -> Result<Vec<Note>, StoreError>;

    /// Dead letters.
    async fn letters_page(
        &self,
        scope: &Scope,
        wanted: &LettersWanted,
        before: i64,
        limit: u32,
    ) -> Result<Vec<LetterSeen>, StoreError>;

    /// Dead letters by tenant, stream and cause, the largest group first. One whose
    /// count changes between two pages moves; no other one is left out or comes twice.
    async fn letter_groups(
        &self,
        scope: &Scope,
        wanted: &LettersWanted,
        behind: Option<BehindGroup>,
        limit: u32,
    ) -> Result<Vec<GroupSeen>, StoreError>;
}

/// What was tried and replayed, the newest first: pages end before the id `before`.
#[async_trait]
pub trait Undertakings: Send + Sync {
    /// Replays: those of a scope alone are of its tenants.
    async fn replays_page(
        &self,
        scope: &Scope,
        before: i64,
        limit: u32,
    ) -> Result<Vec<ReplayRow>, StoreError>;

    /// Trials, of all plugins or one: those on every tenant's records have samples of
    /// them, and so are in the scope of all alone.
    async fn trials_page(
        &self,
        scope: &Scope,
        plugin: Option<&str>,
        before: i64,
        limit: u32,
    ) -> Result<Vec<TrialRow>, StoreError>;
}

/// A row of `audit_log`.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its id.
    pub id: i64,
    /// When.
    pub at: Micros,
    /// Who.
    pub by: crate::Actor,
    /// What was done, such as `plugin.activate`.
    pub action: String,
    /// To what, such as `github_prs@1.1.0`.
    pub subject: String,
    /// The name of the tenant whom it concerns alone.
    pub tenant: Option<String>,
    /// What else there is to say: an object.
    pub detail: serde_json::Value,
}

/// Which rows of the audit log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EntriesWanted {
    /// What this one did.
    pub actor: Option<String>,
    /// What was done.
    pub action: Option<String>,
    /// What was done with tokens of this name.
    pub token: Option<String>,
}

/// Something that was done and is to be written down.
#[derive(Debug, Clone, PartialEq)]
pub struct Deed {
    /// Such as `job.pause`.
    pub action: &'static str,
    /// Such as a job's name.
    pub subject: String,
    /// Whom it concerns alone.
    pub tenant: Option<TenantId>,
    /// An object.
    pub detail: serde_json::Value,
}

/// Who did what.
#[async_trait]
pub trait Audit: Send + Sync {
    /// Rows of the audit log, the newest first. Those that concern no single tenant
    /// are in the scope of all alone.
    async fn audit_page(
        &self,
        scope: &Scope,
        wanted: &EntriesWanted,
        before: i64,
        limit: u32,
    ) -> Result<Vec<Entry>, StoreError>;

    /// Writes down what somebody did.
    async fn note_deed(&self, deed: &Deed, by: &crate::Actor) -> Result<(), StoreError>;
}

impl JobState {
    /// All states.
    pub const ALL: [Self; 5] = [
        Self::Paused,
        Self::Running,
        Self::Failing,
        Self::Waiting,
        Self::Scheduled,
    ];

    /// The word that is shown.
    pub fn word(self) -> &'static str {
        match self {
            Self::Paused => "paused",
            Self::Running => "running",
            Self::Failing => "failing",
            Self::Waiting => "waiting",
            Self::Scheduled => "scheduled",
        }
    }

    /// The state of a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }
}
