//! One repository, and who answers below it.

use crate::api::call::Call;
use crate::api::refusal::Refusal;
use crate::api::{Answer, commits, issues, pulls};
use crate::render::{Scene, repository};
use crate::spec::Special;

/// Answers for a path below a repository.
pub(crate) fn answer(call: &Call<'_>, scene: Scene<'_>, rest: &[&str]) -> Answer {
    refuse_special(scene)?;
    match rest {
        [] => Ok(single(call, scene)),
        ["pulls"] => pulls::list(call, scene),
        ["pulls", "comments"] => pulls::comments(call, scene, None),
        ["pulls", number] => pulls::single(call, scene, parsed(number)?),
        ["pulls", number, "reviews"] => pulls::reviews(call, scene, parsed(number)?),
        ["pulls", number, "commits"] => pulls::commits(call, scene, parsed(number)?),
        ["pulls", number, "comments"] => pulls::comments(call, scene, Some(parsed(number)?)),
        ["issues", ..] if scene.repository.special == Some(Special::NoIssues) => {
            Err(Refusal::IssuesOff)
        }
        ["issues"] => issues::list(call, scene),
        ["issues", "comments"] => issues::comments(call, scene, None),
        ["issues", number] => issues::single(call, scene, parsed(number)?),
        ["issues", number, "comments"] => issues::comments(call, scene, Some(parsed(number)?)),
        ["commits"] => commits::list(call, scene),
        ["commits", sha] => commits::single(call, scene, sha),
        _ => Err(Refusal::NotFound),
    }
}

fn refuse_special(scene: Scene<'_>) -> Result<(), Refusal> {
    match scene.repository.special {
        Some(Special::Blocked) => Err(Refusal::Blocked),
        Some(Special::Forbidden) => Err(Refusal::Forbidden),
        Some(Special::Gone) => Err(Refusal::NotFound),
        None | Some(Special::Empty | Special::Renamed | Special::NoIssues) => Ok(()),
    }
}

fn parsed(number: &str) -> Result<u32, Refusal> {
    number.parse().map_err(|_| Refusal::NotFound)
}

fn single(call: &Call<'_>, scene: Scene<'_>) -> crate::api::reply::Reply {
    let found = scene.repository;
    call.object((found.id, found.version), found.updated, |out| {
        repository::full(scene, out);
    })
}
