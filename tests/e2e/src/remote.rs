//! The command line through a host, beside the command line on its database.

use serde_json::{Value, json};

use crate::{Call, Caller, Outcome, Platform, Served};

/// The command line through a host, in the name of a token.
pub struct Remote<'a> {
    platform: &'a Platform,
    base: String,
    /// The token's secret.
    pub token: String,
}

impl<'a> Remote<'a> {
    /// With a token of somebody that may do what this role may, of all tenants.
    ///
    /// # Panics
    /// If they may not do that themselves.
    pub async fn of(platform: &'a Platform, served: &Served, by: &Caller, role: &str) -> Self {
        let grants = json!([{ "tenant": null, "role": role }]);
        let token = json!({ "name": role, "grants": grants, "expires_in_days": 1 });
        let made = by.post("/tokens", &token).await;
        assert_eq!(made.status, 201, "{made:?}");
        let secret = made.json()["secret"].clone();
        Self {
            platform,
            base: served.base.clone(),
            token: secret.as_str().expect("a secret").to_owned(),
        }
    }

    /// Where the commands are given.
    pub fn platform(&self) -> &Platform {
        self.platform
    }

    /// A command that goes through the host.
    pub fn runnel(&self, arguments: &[&str]) -> Call {
        let call = self.platform.runnel(arguments);
        call.with(&["--server", &self.base])
            .variable("RUNNEL_TOKEN", &self.token)
    }

    /// A command that is expected to succeed, and what it answers as JSON.
    ///
    /// # Panics
    /// If it does not, or answers something else.
    pub async fn json(&self, arguments: &[&str]) -> Value {
        let call = self.runnel(arguments).with(&["--json"]);
        call.run().await.expect_status(0).json()
    }

    /// A command that is expected to fail in this way, and why it does.
    ///
    /// # Panics
    /// If it does not.
    pub async fn refused(&self, arguments: &[&str], status: i32) -> String {
        let done = self.runnel(arguments).run().await;
        done.expect_status(status).line().to_owned()
    }

    /// Insists that a command says the same here and there, to people and to programs;
    /// what it says to people.
    ///
    /// # Panics
    /// If it does not.
    pub async fn same(&self, arguments: &[&str]) -> String {
        let mut said = Vec::new();
        for more in [&["--json"][..], &[]] {
            let here = self.platform.runnel(arguments).with(more).run().await;
            let there = self.runnel(arguments).with(more).run().await;
            let both = |of: &Outcome| (of.status, of.stdout.clone());
            assert_eq!(
                both(&here),
                both(&there),
                "{arguments:?} {more:?}\n{}\n{}",
                here.stderr,
                there.stderr
            );
            said.push(there.stdout);
        }
        said.pop().unwrap_or_default()
    }
}
