//! Issues, and pull requests as `/issues` shows them.

use crate::render::template::Slot;
use crate::render::{Scene, TEMPLATES, json, labels, node_id};
use crate::stamp::Seconds;
use crate::world::ids::Kind;
use crate::world::records::{Issue, Pull, State, Version, Who};
use crate::world::text::Text;

/// An issue or a pull request, seen as an issue.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Thread<'a> {
    /// A plain issue.
    Issue(&'a Issue),
    /// A pull request: has a `pull_request` field.
    Pull(&'a Pull),
}

impl Thread<'_> {
    /// The number that both kinds share.
    pub(crate) fn number(self) -> u32 {
        match self {
            Self::Issue(issue) => issue.number,
            Self::Pull(pull) => pull.number,
        }
    }

    /// As the list sorts by it.
    pub(crate) fn created(self) -> Seconds {
        match self {
            Self::Issue(issue) => issue.created,
            Self::Pull(pull) => pull.created,
        }
    }

    /// As the list sorts and filters by it.
    pub(crate) fn updated(self) -> Seconds {
        match self {
            Self::Issue(issue) => issue.updated,
            Self::Pull(pull) => pull.updated,
        }
    }

    /// Comments of the conversation.
    pub(crate) fn comments(self) -> u32 {
        match self {
            Self::Issue(issue) => issue.comments,
            Self::Pull(pull) => pull.comments,
        }
    }

    /// Open or closed.
    pub(crate) fn state(self) -> State {
        match self {
            Self::Issue(issue) => issue.state,
            Self::Pull(pull) => pull.state,
        }
    }

    /// What an `ETag` follows from.
    pub(crate) fn version(self) -> Version {
        match self {
            Self::Issue(issue) => issue.version,
            Self::Pull(pull) => pull.version,
        }
    }

    fn author(self) -> Who {
        match self {
            Self::Issue(issue) => issue.author,
            Self::Pull(pull) => pull.author,
        }
    }

    fn texts(&self) -> (&Text, &Text) {
        match self {
            Self::Issue(issue) => (&issue.title, &issue.body),
            Self::Pull(pull) => (&pull.title, &pull.body),
        }
    }

    fn closed(self) -> Option<Seconds> {
        match self {
            Self::Issue(issue) => issue.closed,
            Self::Pull(pull) => pull.closed,
        }
    }

    // As an issue, a pull request has another id than as a pull request.
    fn id(self) -> u64 {
        match self {
            Self::Issue(issue) => issue.id,
            Self::Pull(pull) => pull.id + 1,
        }
    }
}

/// An item of `/issues`.
pub(crate) fn thread(scene: Scene<'_>, out: &mut Vec<u8>, thread: Thread<'_>) {
    TEMPLATES.issue.render(out, |slot, out| match slot {
        Slot::Number => json::number(out, thread.number()),
        Slot::Id => json::number(out, thread.id()),
        Slot::NodeId => node_id(out, Kind::Issue, thread.id()),
        Slot::Thread => out.extend_from_slice(match thread {
            Thread::Issue(_) => b"issues",
            Thread::Pull(_) => b"pull",
        }),
        Slot::Title => thread.texts().0.write(out),
        Slot::Body => thread.texts().1.write(out),
        Slot::User => scene.person(out, thread.author()),
        Slot::Association => scene.association(out, thread.author()),
        Slot::Labels => labels(scene, out, thread.number()),
        Slot::State => json::text(out, thread.state().name()),
        Slot::StateReason => {
            let reason = (thread.state() == State::Closed).then_some("completed");
            json::optional_text(out, reason.filter(|_| matches!(thread, Thread::Issue(_))));
        }
        Slot::Comments => json::number(out, thread.comments()),
        Slot::CreatedAt => json::stamp(out, thread.created()),
        Slot::UpdatedAt => json::stamp(out, thread.updated()),
        Slot::ClosedAt => json::optional_stamp(out, thread.closed()),
        other => scene.fill(other, out),
    });
    if let Thread::Pull(pull) = thread {
        mark_as_pull(scene, out, pull);
    }
}

fn mark_as_pull(scene: Scene<'_>, out: &mut Vec<u8>, pull: &Pull) {
    let name = &scene.repository.full_name;
    let html = format!("https://github.com/{name}/pull/{}", pull.number);
    let mut links = serde_json::json!({
        "url": format!("{}/repos/{name}/pulls/{}", scene.world.api, pull.number),
        "html_url": html,
        "diff_url": format!("{html}.diff"),
        "patch_url": format!("{html}.patch"),
        "merged_at": null,
    });
    if let Some(at) = pull.merged {
        links["merged_at"] = crate::stamp::rfc3339(at).into();
    }
    json::reopen(out, "draft");
    json::boolean(out, pull.draft);
    out.extend_from_slice(b",\"pull_request\":");
    out.extend_from_slice(links.to_string().as_bytes());
    out.push(b'}');
}
