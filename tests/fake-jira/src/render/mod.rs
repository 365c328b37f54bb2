//! Payloads out of the records.

pub(crate) mod agile;
pub(crate) mod custom;
pub(crate) mod doc;
pub(crate) mod field;
pub(crate) mod history;
pub(crate) mod issue;
pub(crate) mod logs;
pub(crate) mod project;
pub(crate) mod user;

use serde_json::{Value, json};

use crate::options::Options;
use crate::stamp::{Millis, written};
use crate::world::World;
use crate::world::doc::Doc;

/// The version of the REST API that was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    V2,
    V3,
}

/// How records are shown: what every payload needs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View<'a> {
    pub(crate) world: &'a World,
    pub(crate) options: &'a Options,
    pub(crate) version: Version,
}

impl View<'_> {
    /// A URL below the API's root of the version that was asked.
    pub(crate) fn rest(&self, path: &str) -> String {
        let number = match self.version {
            Version::V2 => 2,
            Version::V3 => 3,
        };
        format!("{}/rest/api/{number}/{path}", self.world.base)
    }

    /// A URL below the API of boards.
    pub(crate) fn agile(&self, path: &str) -> String {
        format!("{}/rest/agile/1.0/{path}", self.world.base)
    }

    /// A moment, in the account's time zone.
    pub(crate) fn moment(&self, at: Millis) -> Value {
        Value::from(written(at, self.options.zone))
    }

    /// A rich text: a document on v3, wiki markup on v2.
    pub(crate) fn rich(&self, doc: &Doc) -> Value {
        match self.version {
            Version::V2 => Value::from(doc::wiki(self.world, doc)),
            Version::V3 => doc::document(self.world, doc),
        }
    }

    /// Pictures, of which every size has its URL.
    pub(crate) fn avatars(&self, path: &str) -> Value {
        let url = |size: &str| format!("{}/secure/{path}?size={size}", self.world.base);
        json!({
            "48x48": url("large"), "24x24": url("small"),
            "16x16": url("xsmall"), "32x32": url("medium"),
        })
    }
}
