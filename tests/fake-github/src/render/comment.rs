//! Comments of conversations, and comments on lines.

use crate::render::pull::quoted_sha;
use crate::render::template::Slot;
use crate::render::{Scene, TEMPLATES, json, node_id};
use crate::world::ids::Kind;
use crate::world::records::{IssueComment, ReviewComment};

const PATHS: [&str; 4] = ["README.md", "src/lib.rs", "src/queue.rs", "docs/日本語.md"];

/// A comment on an issue or in a pull request's conversation.
pub(crate) fn issue(scene: Scene<'_>, out: &mut Vec<u8>, comment: &IssueComment) {
    let template = match &scene.repository.recorded {
        Some(recorded) if recorded.issue_comment.0 == comment.id => &recorded.issue_comment.1,
        _ => &TEMPLATES.issue_comment,
    };
    template.render(out, |slot, out| match slot {
        Slot::Number => json::number(out, comment.number),
        Slot::Id => json::number(out, comment.id),
        Slot::NodeId => node_id(out, Kind::IssueComment, comment.id),
        Slot::Thread => {
            out.extend_from_slice(if comment.on_pull { b"pull" } else { b"issues" });
        }
        Slot::User => scene.person(out, comment.author),
        Slot::Association => scene.association(out, comment.author),
        Slot::Body => comment.body.write(out),
        Slot::CreatedAt => json::stamp(out, comment.created),
        Slot::UpdatedAt => json::stamp(out, comment.updated),
        other => scene.fill(other, out),
    });
}

/// A comment on a line; `in_reply_to_id` is there only in a reply.
pub(crate) fn review(scene: Scene<'_>, out: &mut Vec<u8>, comment: &ReviewComment) {
    let template = match &scene.repository.recorded {
        Some(recorded) if recorded.review_comment.0 == comment.id => &recorded.review_comment.1,
        _ => &TEMPLATES.review_comment,
    };
    template.render(out, |slot, out| match slot {
        Slot::Number => json::number(out, comment.number),
        Slot::Id => json::number(out, comment.id),
        Slot::NodeId => node_id(out, Kind::ReviewComment, comment.id),
        Slot::ReviewId => match comment.review {
            Some(review) => json::number(out, review),
            None => json::null(out),
        },
        Slot::Path => json::text(out, path(comment.number)),
        Slot::Position | Slot::Line => json::optional_number(out, comment.line),
        Slot::Side => json::text(out, side(comment.line)),
        Slot::DiffHunk => diff_hunk(out, comment.line.unwrap_or(1)),
        Slot::CommitId => quoted_sha(out, &comment.commit),
        Slot::User => scene.person(out, comment.author),
        Slot::Association => scene.association(out, comment.author),
        Slot::Body => comment.body.write(out),
        Slot::CreatedAt => json::stamp(out, comment.created),
        Slot::UpdatedAt => json::stamp(out, comment.updated),
        other => scene.fill(other, out),
    });
    if let Some(id) = comment.reply_to {
        json::reopen(out, "in_reply_to_id");
        json::number(out, id);
        out.push(b'}');
    }
}

/// One of a few paths.
pub(crate) fn path(number: u32) -> &'static str {
    PATHS[number as usize % PATHS.len()]
}

/// A hunk of a diff, as a JSON string.
pub(crate) fn diff_hunk(out: &mut Vec<u8>, line: u32) {
    let hunk = format!("@@ -{line},2 +{line},3 @@ fn main() {{\n context\n-before\n+after");
    json::text(out, &hunk);
}

fn side(line: Option<u32>) -> &'static str {
    if line.is_some_and(|line| line.is_multiple_of(5)) {
        "LEFT"
    } else {
        "RIGHT"
    }
}
