//! People.

use runnel_sdk::Payload;
use serde::Deserialize;

/// A person: with an account id on Cloud, with a key and a name on a Server.
#[derive(Debug, Clone, Default, Deserialize, Payload)]
pub struct User {
    #[serde(rename = "accountId")]
    account_id: Option<String>,
    key: Option<String>,
    name: Option<String>,
    #[serde(rename = "displayName")]
    display_name: Option<String>,
}

impl User {
    /// What identifies the person: it stays when the name changes.
    pub fn id(&self) -> Option<String> {
        let ids = [&self.account_id, &self.key, &self.name];
        ids.into_iter().flatten().next().cloned()
    }

    /// What people call the person now.
    pub fn display_name(&self) -> Option<String> {
        self.display_name.clone()
    }
}
