//! Issues with pull requests among them, and the conversations' comments.

use crate::api::Answer;
use crate::api::call::Call;
use crate::api::list::{List, Sort, descending, since, sorted};
use crate::api::paging::per_page;
use crate::api::pulls::selected;
use crate::api::refusal::Refusal;
use crate::encoding::{base64, from_base64};
use crate::render::issue::{Thread, thread};
use crate::render::{Scene, comment};
use crate::world::records::IssueComment;

/// `/issues`: pages by cursor; `page` alone works for the first ones.
pub(crate) fn list(call: &Call<'_>, scene: Scene<'_>) -> Answer {
    let threads = threads(scene);
    let sort = Sort::of(call).unwrap_or(Sort::Created);
    let newest_first = descending(call, true);
    let key = |one: &Thread<'_>| (rank(*one, sort), one.number());
    let order = scene
        .repository
        .order(format!("issues?{}", call.selection()), || {
            let recent = since(call);
            let passes = |one: &Thread<'_>| selected(call, one.state()) && recent(one.updated());
            sorted(&threads, passes, key, newest_first)
        });
    let rows: Vec<Thread<'_>> = order.iter().map(|&place| threads[place as usize]).collect();
    let beyond = |cursor: &str| {
        let cursor = read_cursor(cursor).unwrap_or((i64::MIN, 0));
        let is_beyond =
            |one: &Thread<'_>| (key(one) < cursor) == newest_first && key(one) != cursor;
        rows.iter().position(is_beyond).unwrap_or(rows.len())
    };
    let size = per_page(call);
    let number = call.query.count("page", 1);
    let from = match (call.query.get("after"), call.query.get("before")) {
        (Some(cursor), _) => beyond(cursor),
        (None, Some(cursor)) => beyond(cursor).saturating_sub(size + 1),
        (None, None) => (number - 1).saturating_mul(size),
    };
    let by_number = call
        .query
        .get("after")
        .or(call.query.get("before"))
        .is_none();
    if by_number && from >= call.options.deepest_issue {
        return Err(Refusal::CursorNeeded);
    }
    let from = from.min(rows.len());
    let to = (from + size).min(rows.len());
    let list = List {
        path: format!("/repositories/{}/issues", scene.repository.id),
        rows: &rows,
        stamp: |one: Thread<'_>| (one.number(), one.version(), scene.repository.version),
        write: |out: &mut Vec<u8>, one| thread(scene, out, one),
    };
    let cursors = Cursors {
        before: (from > 0 && from < to).then(|| write_cursor(key(&rows[from]))),
        after: (to < rows.len()).then(|| write_cursor(key(&rows[to - 1]))),
        number,
    };
    Ok(list.reply(call, from..to, cursors.link(call, &list.path)))
}

/// Where a page of issues leads.
struct Cursors {
    before: Option<String>,
    after: Option<String>,
    number: usize,
}

impl Cursors {
    /// `next` has the cursor and a page number for show; there is no `last`.
    fn link(&self, call: &Call<'_>, path: &str) -> Option<String> {
        let to = |name: &str, cursor: &str, page: usize, rel: &str| {
            let page = page.max(1).to_string();
            let set = [(name, cursor), ("page", page.as_str())];
            let other = if name == "after" { "before" } else { "after" };
            let url = call.url_with(path, &call.query.with(&set, &[other]));
            format!("<{url}>; rel=\"{rel}\"")
        };
        let next = self
            .after
            .iter()
            .map(|at| to("after", at, self.number + 1, "next"));
        let prev = self
            .before
            .iter()
            .map(|at| to("before", at, self.number - 1, "prev"));
        let links: Vec<String> = next.chain(prev).collect();
        (!links.is_empty()).then(|| links.join(", "))
    }
}

/// `/issues/{n}`
pub(crate) fn single(call: &Call<'_>, scene: Scene<'_>, number: u32) -> Answer {
    let found = find(scene, number)?;
    let source = (number, found.version(), scene.repository.version);
    Ok(call.object(source, found.updated(), |out| thread(scene, out, found)))
}

/// `/issues/comments`, and `/issues/{n}/comments` for one conversation.
pub(crate) fn comments(call: &Call<'_>, scene: Scene<'_>, number: Option<u32>) -> Answer {
    let comments = &scene.repository.issue_comments;
    if let Some(number) = number {
        find(scene, number)?;
    }
    let order = scene.repository.order(
        format!("issues/{number:?}/comments?{}", call.selection()),
        || {
            let sort = Sort::of(call)
                .filter(|_| number.is_none())
                .unwrap_or(Sort::Id);
            let recent = since(call);
            let passes = |one: &IssueComment| {
                number.is_none_or(|number| one.number == number) && recent(one.updated)
            };
            let key = |one: &IssueComment| match sort {
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
    let below = match number {
        Some(number) => format!("{number}/comments"),
        None => "comments".to_owned(),
    };
    let list = List {
        path: format!("/repositories/{}/issues/{below}", scene.repository.id),
        rows: &order,
        stamp: |place: u32| {
            let one = &comments[place as usize];
            (one.id, one.version, scene.repository.version)
        },
        write: |out: &mut Vec<u8>, place: u32| {
            comment::issue(scene, out, &comments[place as usize]);
        },
    };
    list.page(call, call.options.deepest_comment)
}

/// Issues and pull requests; their places are good until either list changes.
fn threads(scene: Scene<'_>) -> Vec<Thread<'_>> {
    let issues = scene.repository.issues.iter().map(Thread::Issue);
    let pulls = scene.repository.pulls.iter().map(Thread::Pull);
    issues.chain(pulls).collect()
}

fn find<'a>(scene: Scene<'a>, number: u32) -> Result<Thread<'a>, Refusal> {
    let issue = scene.repository.issue(number).map(Thread::Issue);
    let pull = scene.repository.pull(number).map(Thread::Pull);
    issue.or(pull).ok_or(Refusal::NotFound)
}

fn rank(one: Thread<'_>, sort: Sort) -> i64 {
    match sort {
        Sort::Updated => one.updated(),
        Sort::Comments => i64::from(one.comments()),
        Sort::Created | Sort::Id => one.created(),
    }
}

fn write_cursor((rank, number): (i64, u32)) -> String {
    base64(&format!("cursor:v2:{rank}:{number}"))
}

fn read_cursor(cursor: &str) -> Option<(i64, u32)> {
    let text = from_base64(cursor)?;
    let (rank, number) = text.strip_prefix("cursor:v2:")?.split_once(':')?;
    Some((rank.parse().ok()?, number.parse().ok()?))
}
