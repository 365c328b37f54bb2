//! Being signed in: sessions of browsers, tokens of programs, and sign-ins that fail.

use std::time::Duration;

use async_trait::async_trait;

use crate::{Actor, Grant, Micros, SecretDigest, StoreError, User, UserId};

/// What browsers are signed in with. Signing in and out leaves a row in `audit_log`, in
/// its own transaction.
#[async_trait]
pub trait Sessions: Send + Sync {
    /// Signs a user in: opens a session that lasts for a while.
    async fn sign_in(
        &self,
        user: &User,
        secret: &SecretDigest,
        lasts: Duration,
    ) -> Result<(), StoreError>;

    /// Opens a session for a user who is signed in already.
    async fn open_session(
        &self,
        user: UserId,
        secret: &SecretDigest,
        lasts: Duration,
    ) -> Result<(), StoreError>;

    /// Whose session this is, if it has not expired and its user is not disabled. One
    /// that is used lasts for `lasts` from now on, but no longer than `at_most` from
    /// when it was opened.
    async fn session(
        &self,
        secret: &SecretDigest,
        lasts: Duration,
        at_most: Duration,
    ) -> Result<Option<User>, StoreError>;

    /// Signs out: ends a session.
    async fn sign_out(&self, secret: &SecretDigest, by: &Actor) -> Result<(), StoreError>;
}

/// A token, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiToken {
    /// Its id.
    pub id: i64,
    /// What it is called.
    pub name: String,
    /// What it may do, as far as its user may.
    pub grants: Vec<Grant>,
    /// When it was made.
    pub created_at: Micros,
    /// Until when it is good.
    pub expires_at: Micros,
    /// When it was used last, to the minute.
    pub last_used_at: Option<Micros>,
}

/// A token to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewToken {
    /// What it is called.
    pub name: String,
    /// What it may do.
    pub grants: Vec<Grant>,
    /// The digest of its secret.
    pub secret: SecretDigest,
    /// For how long it is good.
    pub lasts: Duration,
}

/// What programs are signed in with. Each change leaves a row in `audit_log`.
#[async_trait]
pub trait ApiTokens: Send + Sync {
    /// The tokens of a user after an id, by id.
    async fn api_tokens(
        &self,
        user: UserId,
        after: i64,
        limit: u32,
    ) -> Result<Vec<ApiToken>, StoreError>;

    /// Makes a token.
    async fn add_api_token(
        &self,
        user: UserId,
        new: &NewToken,
        by: &Actor,
    ) -> Result<ApiToken, StoreError>;

    /// Takes a token of a user back. Answers whether there was one.
    async fn remove_api_token(&self, user: UserId, id: i64, by: &Actor)
    -> Result<bool, StoreError>;

    /// Whose token this is and which, if it has not expired and its user is not
    /// disabled.
    async fn api_token(
        &self,
        secret: &SecretDigest,
    ) -> Result<Option<(User, ApiToken)>, StoreError>;
}

/// Sign-ins that fail are counted, over all processes.
#[async_trait]
pub trait SignIns: Send + Sync {
    /// How often sign-ins failed of late, by whose name or from which address.
    async fn failures(&self, who: &str, within: Duration) -> Result<u64, StoreError>;

    /// Counts one more; those that are older than `within` are forgotten.
    async fn note_failure(&self, who: &[&str], within: Duration) -> Result<(), StoreError>;

    /// Forgets those of a name that has signed in, and one from where it did: the last,
    /// which was none.
    async fn forget_failures(&self, name: &str, address: &str) -> Result<(), StoreError>;
}

/// What became of a change that came with an idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remembered {
    /// It is new, and under way from now on.
    New,
    /// It is under way elsewhere.
    UnderWay,
    /// The key came with another request.
    Other,
    /// It was answered.
    Answered(StoredAnswer),
}

/// An answer, to be given again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredAnswer {
    /// Its status.
    pub status: u16,
    /// What its body is.
    pub content_type: String,
    /// Its body.
    pub body: Vec<u8>,
}

/// A change that may be asked for twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keyed {
    /// Who asks.
    pub user: UserId,
    /// The key that came with it.
    pub key: String,
    /// The digest of what is asked.
    pub request: SecretDigest,
}

/// Answers that are given again to the same request.
#[async_trait]
pub trait Answers: Send + Sync {
    /// Begins what a key stands for, or answers what became of it. Keys are forgotten
    /// after `keep`; one that is under way for longer than `gone` may begin anew.
    async fn begin_keyed(
        &self,
        asked: &Keyed,
        keep: Duration,
        gone: Duration,
    ) -> Result<Remembered, StoreError>;

    /// Keeps the answer.
    async fn answer_keyed(&self, asked: &Keyed, answer: &StoredAnswer) -> Result<(), StoreError>;

    /// Forgets a key whose change was not made: it may be tried again.
    async fn forget_keyed(&self, asked: &Keyed) -> Result<(), StoreError>;
}
