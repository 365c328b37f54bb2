//! Pull requests: thin in lists, whole when asked for alone; and their reviews.

use crate::encoding::write_hex;
use crate::render::template::Slot;
use crate::render::{Scene, TEMPLATES, json, labels, node_id, repository};
use crate::world::ids::{Kind, Sha};
use crate::world::records::{Head, Pull, Review, State};

/// A pull request as in lists: without the counts.
pub(crate) fn thin(scene: Scene<'_>, out: &mut Vec<u8>, pull: &Pull) {
    let template = match &scene.repository.recorded {
        Some(recorded) if recorded.pull.0 == pull.id => &recorded.pull.1,
        _ => &TEMPLATES.pull,
    };
    template.render(out, |slot, out| fill(scene, pull, slot, out));
}

/// A pull request with everything.
pub(crate) fn full(scene: Scene<'_>, out: &mut Vec<u8>, pull: &Pull) {
    thin(scene, out, pull);
    let template = match &scene.repository.recorded {
        Some(recorded) if recorded.pull.0 == pull.id => &recorded.pull.2,
        _ => &TEMPLATES.pull_more,
    };
    template.extend(out, |slot, out| fill_more(scene, pull, slot, out));
}

/// A review.
pub(crate) fn review(scene: Scene<'_>, out: &mut Vec<u8>, number: u32, review: &Review) {
    let template = match &scene.repository.recorded {
        Some(recorded) if recorded.review.0 == review.id => &recorded.review.1,
        _ => &TEMPLATES.review,
    };
    template.render(out, |slot, out| match slot {
        Slot::Number => json::number(out, number),
        Slot::Id => json::number(out, review.id),
        Slot::NodeId => node_id(out, Kind::Review, review.id),
        Slot::User => scene.person(out, review.author),
        Slot::Association => scene.association(out, review.author),
        Slot::Body => review.body.write(out),
        Slot::CommitId => quoted_sha(out, &review.commit),
        Slot::SubmittedAt => json::optional_stamp(out, review.submitted),
        Slot::State => json::text(out, review.verdict.name()),
        other => scene.fill(other, out),
    });
}

/// What both forms have.
fn fill(scene: Scene<'_>, pull: &Pull, slot: Slot, out: &mut Vec<u8>) {
    match slot {
        Slot::Number => json::number(out, pull.number),
        Slot::Id => json::number(out, pull.id),
        Slot::NodeId => node_id(out, Kind::Pull, pull.id),
        Slot::State => json::text(out, pull.state.name()),
        Slot::Title => pull.title.write(out),
        Slot::Body => pull.body.write(out),
        Slot::User => scene.person(out, pull.author),
        Slot::Association => scene.association(out, pull.author),
        Slot::CreatedAt => json::stamp(out, pull.created),
        Slot::UpdatedAt => json::stamp(out, pull.updated),
        Slot::ClosedAt => json::optional_stamp(out, pull.closed),
        Slot::MergedAt => json::optional_stamp(out, pull.merged),
        Slot::MergeCommitSha => match &pull.merge_commit {
            Some(sha) => quoted_sha(out, sha),
            None => json::null(out),
        },
        Slot::Assignee => scene.person(out, assignee(pull)),
        Slot::Assignees => json::list(out, assignee(pull), |out, who| scene.person(out, Some(who))),
        Slot::RequestedReviewers => json::list(out, requested(scene, pull), |out, who| {
            scene.person(out, Some(who));
        }),
        Slot::Labels => labels(scene, out, pull.ordinal),
        Slot::Draft => json::boolean(out, pull.draft),
        other => fill_branch(scene, pull, other, out),
    }
}

fn fill_branch(scene: Scene<'_>, pull: &Pull, slot: Slot, out: &mut Vec<u8>) {
    let base = scene.repository;
    match slot {
        Slot::HeadSha => write_hex(out, &head_sha(pull)),
        Slot::HeadRef => json::text(out, &head_ref(pull)),
        Slot::HeadLabel => label(scene, out, head_owner(scene, pull), &head_ref(pull)),
        Slot::HeadUser => scene.person(out, head_owner(scene, pull)),
        Slot::HeadRepo => match (pull.head, head_owner(scene, pull)) {
            (Head::Same, _) => repository::thin(scene, out),
            (Head::Fork, Some(owner)) => repository::fork(scene, out, owner),
            (Head::Fork | Head::Lost, _) => json::null(out),
        },
        Slot::BaseSha => write_hex(out, &pull.commits.first().map_or([0; 20], base_sha)),
        Slot::BaseRef => json::text(out, base.branch()),
        Slot::BaseLabel => label(scene, out, Some(base.owner), base.branch()),
        Slot::BaseUser => scene.person(out, Some(base.owner)),
        Slot::BaseRepo => repository::thin(scene, out),
        other => scene.fill(other, out),
    }
}

/// What the single form alone has.
fn fill_more(scene: Scene<'_>, pull: &Pull, slot: Slot, out: &mut Vec<u8>) {
    // GitHub computes `mergeable` in the background: unknown on some answers.
    let known = pull.state == State::Closed || pull.ordinal % 5 != 1;
    match slot {
        Slot::Merged => json::boolean(out, pull.merged.is_some()),
        Slot::Mergeable | Slot::Rebaseable if !known || pull.merged.is_some() => json::null(out),
        Slot::Mergeable | Slot::Rebaseable => json::boolean(out, pull.ordinal % 4 != 2),
        Slot::MergeableState if !known || pull.merged.is_some() => json::text(out, "unknown"),
        Slot::MergeableState if pull.ordinal % 4 == 2 => json::text(out, "dirty"),
        Slot::MergeableState => json::text(out, "clean"),
        Slot::MergedBy => scene.person(out, pull.merged_by),
        Slot::Comments => json::number(out, pull.comments),
        Slot::ReviewComments => json::number(out, pull.review_comments),
        Slot::Commits => json::number(out, pull.commits.len() as u64),
        Slot::Additions => json::number(out, pull.additions),
        Slot::Deletions => json::number(out, pull.deletions),
        Slot::ChangedFiles => json::number(out, pull.changed_files),
        other => scene.fill(other, out),
    }
}

/// Appends `"login:branch"`; GitHub writes `unknown repository` for a lost fork.
fn label(scene: Scene<'_>, out: &mut Vec<u8>, owner: Option<u32>, branch: &str) {
    let login = scene
        .world
        .accounts
        .known(owner)
        .map(|one| one.login.as_str());
    let login = login.unwrap_or("unknown repository");
    json::text(out, &format!("{login}:{branch}"));
}

/// The account whose repository the branch is in.
fn head_owner(scene: Scene<'_>, pull: &Pull) -> Option<u32> {
    match pull.head {
        Head::Same => Some(scene.repository.owner),
        Head::Fork => pull.author,
        Head::Lost => None,
    }
}

/// The name of the branch.
pub(crate) fn head_ref(pull: &Pull) -> String {
    format!("change-{}", pull.number)
}

fn head_sha(pull: &Pull) -> Sha {
    pull.commits
        .last()
        .map(|commit| commit.sha)
        .unwrap_or_default()
}

fn base_sha(first: &crate::world::records::Commit) -> Sha {
    first.parents.first().copied().unwrap_or_default()
}

fn assignee(pull: &Pull) -> Option<u32> {
    pull.author.filter(|_| pull.ordinal.is_multiple_of(4))
}

fn requested(scene: Scene<'_>, pull: &Pull) -> Option<u32> {
    let reviewer = scene.world.accounts.somebody(pull.ordinal + 5);
    let asked = pull.ordinal % 3 == 1;
    // A deleted account disappears from the list instead of becoming null.
    Some(reviewer).filter(|&who| asked && scene.world.accounts.known(Some(who)).is_some())
}

/// A quoted hash.
pub(crate) fn quoted_sha(out: &mut Vec<u8>, sha: &Sha) {
    out.push(b'"');
    write_hex(out, sha);
    out.push(b'"');
}
