//! Users, and what they may do through the HTTP API.

use async_trait::async_trait;
use runnel_model::TenantId;

use crate::{Actor, Micros, StoreError};

/// A row of `users`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserId(pub i64);

/// How much somebody may do, the least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UserRole {
    /// Look at everything but the audit log.
    Viewer,
    /// Run, replay, cancel, drop.
    Operator,
    /// Configure.
    Admin,
}

/// A role for a tenant, or for all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Grant {
    /// Whose data; absent: every tenant's, also of those to come.
    pub tenant: Option<TenantId>,
    /// How much.
    pub role: UserRole,
}

/// A user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The id.
    pub id: UserId,
    /// The name, unique.
    pub name: String,
    /// What the user may do.
    pub grants: Vec<Grant>,
    /// Whether the user is shut out.
    pub disabled: bool,
    /// When the user was added.
    pub created_at: Micros,
}

/// A password as it is stored: hashed, in the text form of its algorithm.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(pub String);

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordHash(***)")
    }
}

/// The SHA-256 of a secret, in hexadecimal digits: all that is kept of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SecretDigest(pub String);

/// A user to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUser {
    /// The name.
    pub name: String,
    /// The password.
    pub password: PasswordHash,
    /// What the user may do.
    pub grants: Vec<Grant>,
}

/// What is to change about a user. Absent: it stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserChange {
    /// The password; every session of the user ends.
    pub password: Option<PasswordHash>,
    /// What the user may do.
    pub grants: Option<Vec<Grant>>,
    /// Whether the user is shut out; every session of one who is ends.
    pub disabled: Option<bool>,
}

/// What came of a change of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Changed {
    /// It is done.
    Done,
    /// There is no user of this name.
    NoSuch,
    /// Nobody would be left who may do everything: it is not done.
    LastAdmin,
}

/// What the HTTP API needs of users. Each change leaves a row in `audit_log`, in its
/// own transaction.
#[async_trait]
pub trait Accounts: Send + Sync {
    /// The first `limit` users after a name, by name.
    async fn users(&self, after: &str, limit: u32) -> Result<Vec<User>, StoreError>;

    /// The user of this name, with the password to compare with.
    async fn user(&self, name: &str) -> Result<Option<(User, PasswordHash)>, StoreError>;

    /// Adds a user. Answers whether the name was free.
    async fn add_user(&self, new: &NewUser, by: &Actor) -> Result<bool, StoreError>;

    /// Changes a user.
    async fn change_user(
        &self,
        name: &str,
        change: &UserChange,
        by: &Actor,
    ) -> Result<Changed, StoreError>;

    /// Removes a user with sessions and tokens.
    async fn remove_user(&self, name: &str, by: &Actor) -> Result<Changed, StoreError>;
}

/// How the first user is made.
#[async_trait]
pub trait Setup: Send + Sync {
    /// Whether there is no user yet.
    async fn needs_setup(&self) -> Result<bool, StoreError>;

    /// Keeps a link that makes the first user, for a day.
    async fn offer_setup(&self, link: &SecretDigest) -> Result<(), StoreError>;

    /// Makes the first user with a link, and takes all links back. Answers whether
    /// the link was one, and there was no user yet.
    async fn set_up(&self, link: &SecretDigest, new: &NewUser) -> Result<bool, StoreError>;
}

impl UserRole {
    /// All roles, the least first.
    pub const ALL: [Self; 3] = [Self::Viewer, Self::Operator, Self::Admin];

    /// The word that is stored and shown.
    pub fn word(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Operator => "operator",
            Self::Admin => "admin",
        }
    }

    /// The role of a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }
}
