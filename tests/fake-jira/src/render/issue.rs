//! Issues and the fields that every Jira has.

use serde_json::{Map, Value, json};

use crate::render::{View, custom, logs, project, user};
use crate::stamp::{DAY, day};
use crate::world::dice::{Purpose, dice, pick};
use crate::world::doc::Doc;
use crate::world::issue::{DONE, Issue, Kind, STATUSES};

/// What can be asked for in addition.
const EXPAND: &str =
    "renderedFields,names,schema,operations,editmeta,changelog,versionedRepresentations";

/// An issue with the fields that were chosen: system fields, then custom ones.
pub(crate) fn issue(view: View<'_>, issue: &Issue, system: &[&str], customs: &[&str]) -> Value {
    let mut fields = Map::new();
    for id in system {
        if let Some(value) = field(view, issue, id) {
            fields.insert((*id).to_owned(), value);
        }
    }
    for id in customs {
        let found = view.world.field(id);
        if let Some(value) = found.and_then(|field| custom::value(view, issue, field)) {
            fields.insert((*id).to_owned(), value);
        }
    }
    json!({
        "expand": EXPAND, "id": issue.id.to_string(),
        "self": view.rest(&format!("issue/{}", issue.id)),
        "key": view.world.key(issue), "fields": fields,
    })
}

/// An issue as others name it.
fn brief(view: View<'_>, one: &Issue) -> Value {
    let mut payload = issue(
        view,
        one,
        &["summary", "status", "priority", "issuetype"],
        &[],
    );
    if let Some(payload) = payload.as_object_mut() {
        payload.remove("expand");
    }
    payload
}

/// The value of a system field; `None` where issues do not show it.
fn field(view: View<'_>, issue: &Issue, id: &str) -> Option<Value> {
    let world = view.world;
    let [assignee, reporter, creator] = world.people(issue);
    let status = world.status(issue);
    Some(match id {
        "summary" => world.summary(issue).into(),
        "issuetype" => project::issue_type(view, issue.kind()),
        "project" => project::brief(view, &world.projects[issue.project]),
        "status" => self::status(view, status),
        "priority" => priority(view, issue),
        "resolution" if status == DONE => resolution(view),
        "resolutiondate" if status == DONE => view.moment(issue.updated),
        "assignee" => user::who(view, assignee),
        "reporter" => user::who(view, reporter),
        "creator" => user::who(view, creator),
        "created" => view.moment(issue.created),
        "updated" => view.moment(issue.updated),
        "statuscategorychangedate" if world.is_cloud() => view.moment(issue.updated),
        "statuscategorychangedate" => return None,
        "duedate" if issue.ordinal.is_multiple_of(3) => day(issue.created + 30 * DAY).into(),
        "description" => rich(view, world.description(issue)),
        "environment" => rich(view, world.environment(issue)),
        "votes" => json!({
            "self": view.rest(&format!("issue/{}/votes", world.key(issue))),
            "votes": issue.ordinal % 4, "hasVoted": false,
        }),
        "watches" => json!({
            "self": view.rest(&format!("issue/{}/watchers", world.key(issue))),
            "watchCount": issue.ordinal % 5, "isWatching": issue.ordinal.is_multiple_of(2),
        }),
        "issuekey" => return None,
        other => return relations(view, issue, other),
    })
}

fn rich(view: View<'_>, doc: Option<Doc>) -> Value {
    doc.map_or(Value::Null, |doc| view.rich(&doc))
}

/// Fields that come from other records.
fn relations(view: View<'_>, issue: &Issue, id: &str) -> Option<Value> {
    let project = &view.world.projects[issue.project];
    let turn = issue.ordinal as usize;
    Some(match id {
        // Server and an issue without one do not show it.
        "parent" => {
            let shown = view.world.is_cloud() || issue.kind() == Kind::Subtask;
            let number = issue.parent().filter(|_| shown)?;
            brief(view, view.world.numbered(issue.project, number)?)
        }
        "labels" => {
            let labels = ["backend", "needs-review", "ünïcode"];
            labels.iter().take(turn % 4).copied().collect()
        }
        "components" => {
            let components = project.components();
            let some = components.iter().take(turn % 3);
            some.map(|one| project::component(view, one)).collect()
        }
        "versions" | "fixVersions" => {
            let versions = project.versions();
            let some = versions.iter().skip(turn % 3).take(turn % 2);
            some.map(|one| project::version(view, one)).collect()
        }
        "subtasks" => {
            let below = view.world.numbered(issue.project, issue.number + 1);
            let below = below.filter(|one| one.parent() == Some(issue.number));
            let subtask = below.filter(|one| one.kind() == Kind::Subtask);
            subtask.map(|one| brief(view, one)).into_iter().collect()
        }
        "issuelinks" => links(view, issue),
        other => return times(view, issue, other),
    })
}

fn links(view: View<'_>, issue: &Issue) -> Value {
    let other = (issue.ordinal % 6 == 2).then(|| view.world.numbered(issue.project, 1));
    let Some(other) = other.flatten() else {
        return json!([]);
    };
    json!([{
        "id": (20_000 + issue.id).to_string(),
        "self": view.rest(&format!("issueLink/{}", 20_000 + issue.id)),
        "type": {
            "id": "10000", "name": "Blocks", "inward": "is blocked by", "outward": "blocks",
            "self": view.rest("issueLinkType/10000"),
        },
        "outwardIssue": brief(view, other),
    }])
}

/// Estimates and what was logged.
fn times(view: View<'_>, issue: &Issue, id: &str) -> Option<Value> {
    const ESTIMATE: u32 = 4 * 3_600;
    let estimate = (issue.ordinal % 3 == 1).then_some(ESTIMATE);
    let logs = |_| {
        view.world
            .worklogs(issue)
            .iter()
            .map(|one| one.seconds)
            .sum()
    };
    let spent = matches!(
        id,
        "timespent" | "timetracking" | "progress" | "aggregateprogress"
    )
    .then_some(())
    .map(logs)
    .filter(|seconds: &u32| *seconds > 0);
    let left = estimate.map(|seconds| seconds.saturating_sub(spent.unwrap_or(0)));
    Some(match id {
        "timespent" => json!(spent),
        "timeoriginalestimate" => json!(estimate),
        "timeestimate" => json!(estimate.map(|seconds| seconds / 2)),
        "progress" | "aggregateprogress" => {
            let progress = spent.unwrap_or(0);
            json!({"progress": progress, "total": progress + left.unwrap_or(0)})
        }
        "workratio" => (-1).into(),
        "timetracking" => tracked(estimate, left, spent),
        "comment" => logs::embedded_comments(view, issue),
        "worklog" => logs::embedded_worklogs(view, issue),
        _ => Value::Null,
    })
}

fn tracked(estimate: Option<u32>, left: Option<u32>, spent: Option<u32>) -> Value {
    let mut payload = json!({});
    for (name, seconds) in [
        ("originalEstimate", estimate),
        ("remainingEstimate", left),
        ("timeSpent", spent),
    ] {
        if let Some(seconds) = seconds {
            payload[name] = logs::spent(seconds).into();
            payload[format!("{name}Seconds")] = seconds.into();
        }
    }
    payload
}

fn status(view: View<'_>, place: usize) -> Value {
    let (id, name, (category, key, color, category_name)) = STATUSES[place];
    json!({
        "self": view.rest(&format!("status/{id}")), "id": id, "name": name, "description": "",
        "iconUrl": format!("{}/images/icons/statuses/generic.png", view.world.base),
        "statusCategory": {
            "self": view.rest(&format!("statuscategory/{category}")),
            "id": category, "key": key, "colorName": color, "name": category_name,
        },
    })
}

fn priority(view: View<'_>, issue: &Issue) -> Value {
    const PRIORITIES: [&str; 5] = ["Highest", "High", "Medium", "Low", "Lowest"];
    let mut rng = dice(view.world.seed, Purpose::Issue, issue.id, 5);
    let name = *pick(&mut rng, &PRIORITIES);
    let id = PRIORITIES.iter().position(|one| *one == name).unwrap_or(0) + 1;
    json!({
        "self": view.rest(&format!("priority/{id}")), "id": id.to_string(), "name": name,
        "iconUrl": format!("{}/images/icons/priorities/{}.svg", view.world.base, name.to_lowercase()),
    })
}

fn resolution(view: View<'_>) -> Value {
    json!({
        "self": view.rest("resolution/10000"), "id": "10000", "name": "Done",
        "description": "Work has been completed on this issue.",
    })
}
