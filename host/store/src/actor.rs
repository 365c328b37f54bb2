//! Who does something, as the audit log names them.

/// Who does something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// A user's name.
    pub name: String,
    /// The API token that the user did it with; none: without one.
    pub token: Option<UsedToken>,
}

impl Actor {
    /// A user who does something without a token.
    pub fn user(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            token: None,
        }
    }
}

/// An API token that was used, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsedToken {
    /// Its id, which no other ever has.
    pub id: i64,
    /// What it was called. A user may call several the same.
    pub name: String,
}
