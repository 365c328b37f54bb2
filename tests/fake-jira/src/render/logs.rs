//! Comments and worklogs.

use serde_json::{Value, json};

use crate::render::{View, user};
use crate::world::issue::Issue;
use crate::world::records::{Comment, Worklog};

/// How many worklogs an issue shows.
const EMBEDDED_WORKLOGS: usize = 20;

/// A comment.
pub(crate) fn comment(view: View<'_>, issue: &Issue, comment: &Comment) -> Value {
    let mut payload = json!({
        "self": view.rest(&format!("issue/{}/comment/{}", issue.id, comment.id)),
        "id": comment.id.to_string(),
        "author": user::who(view, comment.author),
        "updateAuthor": user::who(view, comment.author),
        "body": view.rich(&comment.body),
        "created": view.moment(comment.created), "updated": view.moment(comment.updated),
    });
    if view.world.is_cloud() {
        payload["jsdPublic"] = true.into();
    }
    if comment.restricted {
        let role = "Administrators";
        payload["visibility"] = json!({"type": "role", "value": role});
        if view.world.is_cloud() {
            payload["visibility"]["identifier"] = role.into();
        }
    }
    payload
}

/// A worklog.
pub(crate) fn worklog(view: View<'_>, issue: &Issue, worklog: &Worklog) -> Value {
    let mut payload = json!({
        "self": view.rest(&format!("issue/{}/worklog/{}", issue.id, worklog.id)),
        "id": worklog.id.to_string(), "issueId": issue.id.to_string(),
        "author": user::who(view, worklog.author),
        "updateAuthor": user::who(view, worklog.author),
        "created": view.moment(worklog.created), "updated": view.moment(worklog.updated),
        "started": view.moment(worklog.started),
        "timeSpent": spent(worklog.seconds), "timeSpentSeconds": worklog.seconds,
    });
    match &worklog.comment {
        Some(doc) => payload["comment"] = view.rich(doc),
        // Cloud leaves it out, Server writes an empty text.
        None if !view.world.is_cloud() => payload["comment"] = "".into(),
        None => {}
    }
    payload
}

/// The comments that an issue shows itself.
pub(crate) fn embedded_comments(view: View<'_>, issue: &Issue) -> Value {
    let all = view.world.comments(issue);
    let shown = all.iter().take(view.options.embedded_comments);
    let comments: Vec<Value> = shown.map(|one| comment(view, issue, one)).collect();
    json!({
        "self": view.rest(&format!("issue/{}/comment", issue.id)),
        "startAt": 0, "maxResults": comments.len(), "total": all.len(), "comments": comments,
    })
}

/// The worklogs that an issue shows itself.
pub(crate) fn embedded_worklogs(view: View<'_>, issue: &Issue) -> Value {
    let all = view.world.worklogs(issue);
    let shown = all.iter().take(EMBEDDED_WORKLOGS);
    let worklogs: Vec<Value> = shown.map(|one| worklog(view, issue, one)).collect();
    json!({
        "startAt": 0, "maxResults": EMBEDDED_WORKLOGS,
        "total": all.len(), "worklogs": worklogs,
    })
}

/// `1d 2h 15m`, of days of eight hours.
pub(crate) fn spent(seconds: u32) -> String {
    let minutes = seconds / 60;
    let parts = [
        (minutes / 480, 'd'),
        (minutes % 480 / 60, 'h'),
        (minutes % 60, 'm'),
    ];
    let parts = parts.iter().filter(|(count, _)| *count > 0);
    let parts: Vec<String> = parts
        .map(|(count, unit)| format!("{count}{unit}"))
        .collect();
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_spent_is_written_in_working_days() {
        assert_eq!(spent(8 * 3_600 + 2 * 3_600 + 15 * 60), "1d 2h 15m");
        assert_eq!(spent(900), "15m");
    }
}
