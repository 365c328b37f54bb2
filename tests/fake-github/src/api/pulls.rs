//! Pull requests, their reviews, commits and comments on lines.

use crate::api::Answer;
use crate::api::call::Call;
use crate::api::list::{List, Sort, descending, since, sorted};
use crate::api::refusal::Refusal;
use crate::render::{Scene, comment, commit, pull};
use crate::world::records::{Commit, Pull, Review, ReviewComment, State};

/// GitHub shows no more commits of a pull request.
const MOST_COMMITS: usize = 250;

/// `/pulls`
pub(crate) fn list(call: &Call<'_>, scene: Scene<'_>) -> Answer {
    let pulls = &scene.repository.pulls;
    let order = scene
        .repository
        .order(format!("pulls?{}", call.selection()), || {
            let sort = Sort::of(call);
            let newest_first = descending(call, matches!(sort, None | Some(Sort::Created)));
            let key = |pull: &Pull| match sort {
                Some(Sort::Updated) => pull.updated,
                _ => pull.created,
            };
            sorted(pulls, |pull| selected(call, pull.state), key, newest_first)
        });
    let list = List {
        path: format!("/repositories/{}/pulls", scene.repository.id),
        rows: &order,
        stamp: |place: u32| {
            let pull = &pulls[place as usize];
            (pull.id, pull.version, scene.repository.version)
        },
        write: |out: &mut Vec<u8>, place: u32| pull::thin(scene, out, &pulls[place as usize]),
    };
    list.page(call, usize::MAX)
}

/// Whether a state is one that the request asks for; open ones by default.
pub(crate) fn selected(call: &Call<'_>, state: State) -> bool {
    match call.query.get("state") {
        Some("all") => true,
        Some("closed") => state == State::Closed,
        _ => state == State::Open,
    }
}

/// `/pulls/{n}`
pub(crate) fn single(call: &Call<'_>, scene: Scene<'_>, number: u32) -> Answer {
    let found = find(scene, number)?;
    let source = (found.id, found.version, scene.repository.version);
    Ok(call.object(source, found.updated, |out| pull::full(scene, out, found)))
}

/// `/pulls/{n}/reviews`
pub(crate) fn reviews(call: &Call<'_>, scene: Scene<'_>, number: u32) -> Answer {
    let found = find(scene, number)?;
    let rows: Vec<&Review> = found.reviews.iter().collect();
    let list = List {
        path: below(scene, number, "reviews"),
        rows: &rows,
        stamp: |one: &Review| (one.id, one.version, scene.repository.version),
        write: |out: &mut Vec<u8>, one| pull::review(scene, out, number, one),
    };
    list.page(call, usize::MAX)
}

/// `/pulls/{n}/commits`
pub(crate) fn commits(call: &Call<'_>, scene: Scene<'_>, number: u32) -> Answer {
    let found = find(scene, number)?;
    let rows: Vec<&Commit> = found.commits.iter().take(MOST_COMMITS).collect();
    let list = List {
        path: below(scene, number, "commits"),
        rows: &rows,
        stamp: |one: &Commit| (one.sha, scene.repository.version),
        write: |out: &mut Vec<u8>, one| commit::thin(scene, out, one),
    };
    list.page(call, usize::MAX)
}

/// `/pulls/comments`, and `/pulls/{n}/comments` for one pull request.
pub(crate) fn comments(call: &Call<'_>, scene: Scene<'_>, number: Option<u32>) -> Answer {
    let comments = &scene.repository.review_comments;
    if let Some(number) = number {
        find(scene, number)?;
    }
    let order = scene.repository.order(
        format!("pulls/{number:?}/comments?{}", call.selection()),
        || {
            let sort = Sort::of(call).unwrap_or(Sort::Id);
            let recent = since(call);
            let passes = |one: &ReviewComment| {
                number.is_none_or(|number| one.number == number) && recent(one.updated)
            };
            let key = |one: &ReviewComment| match sort {
                Sort::Updated => one.updated.unsigned_abs(),
                Sort::Created => one.created.unsigned_abs(),
                Sort::Id | Sort::Comments => one.id,
            };
            sorted(
                comments,
                passes,
                key,
                sort != Sort::Id && descending(call, false),
            )
        },
    );
    let path = match number {
        Some(number) => below(scene, number, "comments"),
        None => format!("/repositories/{}/pulls/comments", scene.repository.id),
    };
    let list = List {
        path,
        rows: &order,
        stamp: |place: u32| {
            let one = &comments[place as usize];
            (one.id, one.version, scene.repository.version)
        },
        write: |out: &mut Vec<u8>, place: u32| {
            comment::review(scene, out, &comments[place as usize]);
        },
    };
    list.page(call, call.options.deepest_comment)
}

fn find<'a>(scene: Scene<'a>, number: u32) -> Result<&'a Pull, Refusal> {
    scene.repository.pull(number).ok_or(Refusal::NotFound)
}

fn below(scene: Scene<'_>, number: u32, list: &str) -> String {
    format!(
        "/repositories/{}/pulls/{number}/{list}",
        scene.repository.id
    )
}
