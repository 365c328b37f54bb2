//! Payloads: a template each, filled from the records.

pub(crate) mod account;
pub(crate) mod comment;
pub(crate) mod commit;
pub(crate) mod issue;
pub(crate) mod json;
pub(crate) mod pull;
pub(crate) mod repository;
pub(crate) mod template;

use std::sync::LazyLock;

use crate::encoding::write_base64;
use crate::render::template::{Slot, Template};
use crate::world::World;
use crate::world::ids::Kind;
use crate::world::records::Who;
use crate::world::repository::Repository;

macro_rules! templates {
    ($($name:ident,)*) => {
        /// Every template of `templates/`.
        #[derive(Debug)]
        pub(crate) struct Templates { $(pub(crate) $name: Template,)* }

        /// The templates, read once.
        pub(crate) static TEMPLATES: LazyLock<Templates> = LazyLock::new(|| Templates {
            $($name: Template::parse(include_str!(
                concat!("../../templates/", stringify!($name), ".json")
            )),)*
        });
    };
}

templates! {
    account_more, commit, commit_more, file, issue, issue_comment, organization, pull,
    pull_more, repository, repository_more, review, review_comment, user,
}

/// Where a record stands: what every payload of a repository needs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scene<'a> {
    pub(crate) world: &'a World,
    pub(crate) repository: &'a Repository,
}

impl Scene<'_> {
    /// Fills the placeholders that mean the same in every payload.
    fn fill(&self, slot: Slot, out: &mut Vec<u8>) {
        match slot {
            Slot::Api => out.extend_from_slice(self.world.api.as_bytes()),
            Slot::FullName => out.extend_from_slice(self.repository.full_name.as_bytes()),
            Slot::Name => out.extend_from_slice(self.repository.name.as_bytes()),
            Slot::DefaultBranch => out.extend_from_slice(self.repository.branch().as_bytes()),
            other => debug_assert!(false, "nothing fills {other:?}"),
        }
    }

    /// An account's payload, or `null`.
    fn person(&self, out: &mut Vec<u8>, who: Who) {
        match self.world.accounts.known(who) {
            Some(account) => out.extend_from_slice(&account.payload),
            None => json::null(out),
        }
    }

    /// What the author is to the repository.
    fn association(&self, out: &mut Vec<u8>, who: Who) {
        let association = match who {
            None => "NONE",
            Some(place) if place == self.repository.owner => "OWNER",
            Some(place) if place % 3 == 0 => "CONTRIBUTOR",
            Some(_) => "MEMBER",
        };
        json::text(out, association);
    }
}

/// A quoted node id.
fn node_id(out: &mut Vec<u8>, kind: Kind, id: u64) {
    let mut plain = Vec::with_capacity(48);
    plain.extend_from_slice(kind.node().as_bytes());
    json::number(&mut plain, id);
    out.push(b'"');
    write_base64(out, &plain);
    out.push(b'"');
}

/// The labels of the `ordinal`th record: none, one or two.
fn labels(scene: Scene<'_>, out: &mut Vec<u8>, ordinal: u32) {
    const LABELS: [(&str, &str); 4] = [
        ("bug", "d73a4a"),
        ("enhancement", "a2eeef"),
        ("good first issue", "7057ff"),
        ("help wanted", "008672"),
    ];
    let count = ordinal as usize % 3;
    json::list(
        out,
        LABELS.iter().cycle().skip(count).take(count),
        |out, (name, color)| {
            let label = serde_json::json!({
                "id": 4_000_000_000_u64 + u64::from(color.as_bytes()[0]),
                "node_id": format!("LA_{color}"),
                "url": format!(
                    "{}/repos/{}/labels/{}",
                    scene.world.api, scene.repository.full_name, name.replace(' ', "%20")
                ),
                "name": name, "color": color, "default": true, "description": null,
            });
            out.extend_from_slice(label.to_string().as_bytes());
        },
    );
}
