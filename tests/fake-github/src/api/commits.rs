//! Commits of a branch.

use crate::api::Answer;
use crate::api::call::Call;
use crate::api::list::List;
use crate::api::refusal::Refusal;
use crate::render::pull::head_ref;
use crate::render::{Scene, commit};
use crate::stamp::FIRST_DAY;
use crate::world::ids::parse_sha;
use crate::world::records::Commit;

/// `/commits`: the default branch, or what `sha` names. As `git log`, by the
/// committer's date, newest first: what a merge brings in appears in the past.
pub(crate) fn list(call: &Call<'_>, scene: Scene<'_>) -> Answer {
    if scene.repository.commits.is_empty() {
        return Err(Refusal::EmptyRepository);
    }
    let mut rows = reachable(call, scene)?;
    let (since, until) = (call.time("since"), call.time("until"));
    rows.retain(|one| {
        since.is_none_or(|since| one.committed >= since)
            && until.is_none_or(|until| one.committed <= until)
            && call
                .query
                .get("author")
                .is_none_or(|name| is_author(scene, one, name))
    });
    rows.reverse();
    rows.sort_by_key(|one| std::cmp::Reverse(one.committed));
    let list = List {
        path: format!("/repositories/{}/commits", scene.repository.id),
        rows: &rows,
        stamp: |one: &Commit| (one.sha, scene.repository.version),
        write: |out: &mut Vec<u8>, one| commit::thin(scene, out, one),
    };
    list.page(call, usize::MAX)
}

/// `/commits/{sha}`, or a branch's newest commit.
pub(crate) fn single(call: &Call<'_>, scene: Scene<'_>, name: &str) -> Answer {
    if scene.repository.commits.is_empty() {
        return Err(Refusal::EmptyRepository);
    }
    let sha = match parse_sha(name) {
        Some(sha) => sha,
        None if name == scene.repository.branch() => scene.repository.tip(),
        None => return Err(Refusal::NotFound),
    };
    let found = scene.repository.commit(&sha).ok_or(Refusal::NotFound)?;
    let source = (found.sha, scene.repository.version);
    Ok(call.object(source, found.committed.max(FIRST_DAY), |out| {
        commit::full(scene, out, found);
    }))
}

/// What can be reached from the branch or commit that `sha` names.
fn reachable<'a>(call: &Call<'_>, scene: Scene<'a>) -> Result<Vec<&'a Commit>, Refusal> {
    let repository = scene.repository;
    let all = || repository.commits.iter();
    let Some(name) = call.query.get("sha") else {
        return Ok(all().collect());
    };
    if name == repository.branch() {
        return Ok(all().collect());
    }
    if let Some(place) = all().position(|one| parse_sha(name) == Some(one.sha)) {
        return Ok(repository.commits[..=place].iter().collect());
    }
    let pull = repository.pulls.iter().find(|pull| {
        let tip = pull.commits.last().map(|one| one.sha);
        head_ref(pull) == name || (tip.is_some() && tip == parse_sha(name))
    });
    let pull = pull.ok_or(Refusal::NotFound)?;
    let base = pull.commits.first().and_then(|one| one.parents.first());
    let shared = all()
        .position(|one| Some(&one.sha) == base)
        .map_or(0, |place| place + 1);
    Ok(repository.commits[..shared]
        .iter()
        .chain(&pull.commits)
        .collect())
}

/// `author` is a login or an e-mail address.
fn is_author(scene: Scene<'_>, commit: &Commit, name: &str) -> bool {
    let login = &scene.world.accounts.get(commit.author).login;
    let email = name.strip_suffix("@example.com");
    email == Some(login) || (commit.author_known && login.eq_ignore_ascii_case(name))
}
