//! `Codertocat/Hello-World`: the repository whose payloads were recorded, served
//! word for word but for the host in its URLs and for what an edit can change.

use serde_json::Value;

use crate::render::template::Template;
use crate::stamp::{Seconds, parse_rfc3339};
use crate::world::World;
use crate::world::commits::Line;
use crate::world::ids::{Sha, parse_sha};
use crate::world::records::{
    Head, Issue, IssueComment, Pull, Review, ReviewComment, State, Verdict, Version,
};
use crate::world::repository::Repository;
use crate::world::text::Text;

const PULL: &str = include_str!("../../recorded/pull_request.json");
const REVIEW: &str = include_str!("../../recorded/review.json");
const REVIEW_COMMENT: &str = include_str!("../../recorded/review_comment.json");
const ISSUE_COMMENT: &str = include_str!("../../recorded/issue_comment.json");
const REPOSITORY: &str = include_str!("../../recorded/repository.json");

/// The recorded payloads, as templates for the records of the same id.
#[derive(Debug)]
pub(crate) struct Recorded {
    pub(crate) repository: Template,
    pub(crate) pull: (u64, Template, Template),
    pub(crate) review: (u64, Template),
    pub(crate) review_comment: (u64, Template),
    pub(crate) issue_comment: (u64, Template),
}

/// Adds the recorded repository.
pub(crate) fn fill(world: &mut World) {
    let parsed = [PULL, REVIEW, REVIEW_COMMENT, ISSUE_COMMENT, REPOSITORY]
        .map(|text| serde_json::from_str(text).unwrap_or(Value::Null));
    let [pull, review, review_comment, issue_comment, repository] = parsed;
    let user = &repository["owner"];
    let login = user["login"].as_str().unwrap_or_default();
    let owner = world
        .accounts
        .add(&world.api, login, number(user, "id"), "User");
    let head = sha(&pull["head"]["sha"]);
    let mut line = Line {
        accounts: &world.accounts,
        seed: world.seed,
        family: u64::MAX,
        parent: None,
    };
    let commits = vec![line.commit(0, time(&repository, "created_at"))];
    let mut commit = line.commit(1, time(&pull, "created_at"));
    commit.sha = head;
    let mut pull = a_pull(&pull, owner);
    pull.commits.push(commit);
    pull.reviews.push(a_review(&review, owner, head));
    let comment = an_issue_comment(&issue_comment, owner);
    world.add(Repository {
        id: number(&repository, "id"),
        index: 9_999,
        owner,
        name: "Hello-World".to_owned(),
        full_name: "Codertocat/Hello-World".to_owned(),
        created: time(&repository, "created_at"),
        updated: time(&repository, "updated_at"),
        pushed: time(&repository, "pushed_at"),
        next_number: pull.number,
        issues: vec![an_issue(&comment)],
        pulls: vec![pull],
        issue_comments: vec![comment],
        review_comments: vec![a_review_comment(&review_comment, owner, head)],
        commits,
        recorded: Some(Box::new(forms())),
        ..Repository::default()
    });
}

fn forms() -> Recorded {
    let (thin, more) = PULL.split_once("\n \"merged\":").unwrap_or((PULL, "{}"));
    let thin = format!("{}\n}}", thin.trim_end_matches(','));
    let more = format!("{{\n \"merged\":{more}");
    let counts = ["comments", "review_comments", "commits"];
    Recorded {
        repository: form(REPOSITORY, &[]),
        pull: (
            279_147_437,
            form(&thin, &["title", "state", "updated_at", "closed_at"]),
            form(&more, &counts),
        ),
        review: (237_895_671, form(REVIEW, &["state"])),
        review_comment: (284_312_630, form(REVIEW_COMMENT, &["updated_at"])),
        issue_comment: (492_700_400, form(ISSUE_COMMENT, &["updated_at"])),
    }
}

/// A template whose placeholders are the host and some of the outermost fields.
fn form(recorded: &str, fields: &[&str]) -> Template {
    let mut text = recorded.replace("https://api.github.com", "{{api}}");
    for field in fields {
        let key = format!("\n \"{field}\": ");
        let Some((before, after)) = text.split_once(&key) else {
            continue;
        };
        let end = after.find('\n').unwrap_or(after.len());
        let comma = if after[..end].ends_with(',') { "," } else { "" };
        text = format!("{before}{key}\"{{{{={field}}}}}\"{comma}{}", &after[end..]);
    }
    Template::parse(&text)
}

fn a_pull(value: &Value, owner: u32) -> Pull {
    Pull {
        id: number(value, "id"),
        number: small(value, "number"),
        ordinal: 1,
        author: Some(owner),
        title: text(value, "title"),
        body: text(value, "body"),
        state: State::Closed,
        draft: false,
        created: time(value, "created_at"),
        updated: time(value, "updated_at"),
        closed: Some(time(value, "closed_at")),
        merged: None,
        merge_commit: Some(sha(&value["merge_commit_sha"])),
        merged_by: None,
        head: Head::Same,
        additions: small(value, "additions"),
        deletions: small(value, "deletions"),
        changed_files: small(value, "changed_files"),
        comments: small(value, "comments"),
        review_comments: small(value, "review_comments"),
        commits: Vec::new(),
        reviews: Vec::new(),
        version: Version::default(),
    }
}

fn a_review(value: &Value, owner: u32, commit: Sha) -> Review {
    Review {
        id: number(value, "id"),
        author: Some(owner),
        body: text(value, "body"),
        verdict: Verdict::Commented,
        submitted: Some(time(value, "submitted_at")),
        commit,
        version: Version::default(),
    }
}

fn a_review_comment(value: &Value, owner: u32, commit: Sha) -> ReviewComment {
    ReviewComment {
        id: number(value, "id"),
        number: 2,
        review: Some(number(value, "pull_request_review_id")),
        reply_to: None,
        author: Some(owner),
        body: text(value, "body"),
        commit,
        line: Some(small(value, "line")),
        created: time(value, "created_at"),
        updated: time(value, "updated_at"),
        version: Version::default(),
    }
}

fn an_issue_comment(value: &Value, owner: u32) -> IssueComment {
    IssueComment {
        id: number(value, "id"),
        number: 1,
        on_pull: false,
        author: Some(owner),
        body: text(value, "body"),
        created: time(value, "created_at"),
        updated: time(value, "updated_at"),
        version: Version::default(),
    }
}

/// The issue that was commented on is not among the recordings.
fn an_issue(comment: &IssueComment) -> Issue {
    Issue {
        id: 444_500_041,
        number: comment.number,
        author: comment.author,
        title: Text::Given("Spelling error in the README file".into()),
        body: Text::Null,
        state: State::Open,
        comments: 1,
        created: comment.created - 3,
        updated: comment.updated,
        closed: None,
        version: Version::default(),
    }
}

fn number(value: &Value, field: &str) -> u64 {
    value[field].as_u64().unwrap_or(0)
}

fn small(value: &Value, field: &str) -> u32 {
    u32::try_from(number(value, field)).unwrap_or(0)
}

fn time(value: &Value, field: &str) -> Seconds {
    value[field].as_str().and_then(parse_rfc3339).unwrap_or(0)
}

fn text(value: &Value, field: &str) -> Text {
    value[field]
        .as_str()
        .map_or(Text::Null, |text| Text::Given(text.into()))
}

fn sha(value: &Value) -> Sha {
    value.as_str().and_then(parse_sha).unwrap_or_default()
}
