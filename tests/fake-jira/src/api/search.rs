//! Searches: Cloud's with a token, Server's with `startAt`.

use std::hash::{DefaultHasher, Hash, Hasher};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::api::Answer;
use crate::api::call::{Access, Call};
use crate::api::issue::shown;
use crate::api::paging::Page;
use crate::api::refusal::Refusal;
use crate::api::select::Selection;
use crate::jql::{Search, parse};
use crate::world::dice::{Purpose, dice};
use crate::world::issue::Issue;

/// The most issues on a page that shows nothing but ids.
const MOST_IDS: usize = 5_000;
const PAGE: usize = 50;

/// `/search/jql`
pub(crate) fn cloud(call: &Call<'_>) -> Answer {
    if call.access == Access::Stranger {
        return Ok(json!({"issues": [], "isLast": true}));
    }
    let text = call.params.get("jql").unwrap_or_default();
    let found = matches(call, &text)?;
    let token = call.params.get("nextPageToken");
    let start = match &token {
        Some(token) => place(token, &text)?,
        None => 0,
    };
    let end = start + cloud_rows(call, start);
    let rows = found.get(start..end.min(found.len())).unwrap_or_default();
    let mut page = json!({
        "issues": cloud_issues(call, rows)?,
        "isLast": end >= found.len(),
    });
    if end < found.len() {
        let repeated = token.filter(|_| call.view.options.search.repeat_token);
        page["nextPageToken"] = repeated.unwrap_or_else(|| self::token(end, &text)).into();
    }
    Ok(page)
}

/// How many issues come at once: fewer than asked for, if pages may be short.
fn cloud_rows(call: &Call<'_>, start: usize) -> usize {
    let rules = call.view.options.search;
    let limit = if ids_alone(call) {
        MOST_IDS
    } else {
        rules.page_limit
    };
    let most = call.params.number("maxResults").filter(|&most| most > 0);
    let most = most.unwrap_or(PAGE).min(limit);
    if !rules.short_pages {
        return most;
    }
    dice(call.view.world.seed, Purpose::Page, start as u64, 0).usize(1..=most)
}

/// Without `fields`, Cloud answers with ids and nothing else.
fn ids_alone(call: &Call<'_>) -> bool {
    let names = call.params.list("fields");
    names.iter().all(|name| name == "id")
}

fn cloud_issues(call: &Call<'_>, rows: &[&Issue]) -> Answer {
    if ids_alone(call) {
        let id = |issue: &&Issue| json!({"id": issue.id.to_string()});
        return Ok(rows.iter().map(id).collect());
    }
    issues(call, rows)
}

/// `/search`
pub(crate) fn server(call: &Call<'_>) -> Answer {
    let text = call.params.get("jql").unwrap_or_default();
    let found = match call.access {
        Access::Stranger => Vec::new(),
        _ => matches(call, &text)?,
    };
    let page = Page::of(call, PAGE, call.view.options.search.page_limit);
    Ok(json!({
        "expand": "schema,names",
        "startAt": page.start, "maxResults": page.most, "total": found.len(),
        "issues": issues(call, page.rows(&found))?,
    }))
}

/// Issues with the fields that were asked for.
pub(crate) fn issues(call: &Call<'_>, rows: &[&Issue]) -> Answer {
    let selection = Selection::of(call, "*navigable")?;
    let issues: Value = rows
        .iter()
        .map(|one| shown(call, one, &selection))
        .collect();
    Ok(issues)
}

/// The issues that a query means.
pub(crate) fn matches<'a>(call: &Call<'a>, text: &str) -> Result<Vec<&'a Issue>, Refusal> {
    let jql = parse(text).map_err(Refusal::bad)?;
    if jql.filter.is_none() && call.view.world.is_cloud() {
        return Err(Refusal::bad(
            "Unbounded JQL queries are not allowed here. Please add a search restriction to your \
             query.",
        ));
    }
    let search = Search::new(call.view.world, call.view.options.zone);
    search.run(&jql).map_err(Refusal::bad)
}

/// Where the next page begins, for the query that it belongs to.
fn token(place: usize, jql: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("{place}.{:016x}", digest(jql)))
}

fn place(token: &str, jql: &str) -> Result<usize, Refusal> {
    let read = || {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
        let (place, of) = text.split_once('.')?;
        let same = u64::from_str_radix(of, 16).ok()? == digest(jql);
        place.parse().ok().filter(|_| same)
    };
    read().ok_or_else(|| Refusal::bad("The provided next page token is invalid or expired."))
}

fn digest(jql: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    jql.hash(&mut hasher);
    hasher.finish()
}
