//! One issue and what hangs on it.

use serde_json::{Value, json};

use crate::api::Answer;
use crate::api::call::Call;
use crate::api::paging::Page;
use crate::api::refusal::Refusal;
use crate::api::select::Selection;
use crate::render::{history, issue, logs};
use crate::world::issue::Issue;

/// What Cloud gives at once where nothing else is asked for.
const PAGE: usize = 100;
const MOST: usize = 5_000;

/// `/issue/{key}`
pub(crate) fn one(call: &Call<'_>, key: &str) -> Answer {
    let issue = known(call, key)?;
    Ok(shown(call, issue, &Selection::of(call, "*all")?))
}

/// An issue, with its history if that is asked for.
pub(crate) fn shown(call: &Call<'_>, one: &Issue, selection: &Selection<'_>) -> Value {
    let mut payload = issue::issue(call.view, one, &selection.system, &selection.custom);
    if call.expands("changelog") {
        payload["changelog"] = history::embedded(call.view, one);
    }
    payload
}

/// `/issue/{key}/changelog`
pub(crate) fn changelog(call: &Call<'_>, key: &str) -> Answer {
    let cloud = call.view.world.is_cloud();
    if !call.view.options.changelog_endpoint.unwrap_or(cloud) {
        return Err(Refusal::no_such_path());
    }
    let all = call.view.world.histories(known(call, key)?);
    let page = Page::of(call, PAGE, PAGE);
    let mut values = page.values(&all, |one| history::history(call.view, one));
    page.link(call, &mut values);
    Ok(values)
}

/// `/issue/{key}/comment`
pub(crate) fn comments(call: &Call<'_>, key: &str) -> Answer {
    let issue = known(call, key)?;
    let mut all = call.view.world.comments(issue);
    if call.params.get("orderBy").as_deref() == Some("-created") {
        all.reverse();
    }
    let page = hanging(call, all.len());
    let comment = |one| logs::comment(call.view, issue, one);
    let comments: Value = page.rows(&all).iter().map(comment).collect();
    Ok(json!({
        "startAt": page.start, "maxResults": page.most, "total": all.len(), "comments": comments,
    }))
}

/// `/issue/{key}/worklog`
pub(crate) fn worklogs(call: &Call<'_>, key: &str) -> Answer {
    let issue = known(call, key)?;
    let all = call.view.world.worklogs(issue);
    let page = hanging(call, all.len());
    let worklog = |one| logs::worklog(call.view, issue, one);
    let worklogs: Value = page.rows(&all).iter().map(worklog).collect();
    Ok(json!({
        "startAt": page.start, "maxResults": page.most, "total": all.len(), "worklogs": worklogs,
    }))
}

/// A Server gives everything unless it is asked for less.
fn hanging(call: &Call<'_>, total: usize) -> Page {
    match call.view.world.is_cloud() {
        true => Page::of(call, PAGE, MOST),
        false => Page::of(call, total, usize::MAX),
    }
}

fn known<'a>(call: &Call<'a>, key: &str) -> Result<&'a Issue, Refusal> {
    call.view.world.issue(key).ok_or_else(Refusal::no_issue)
}
