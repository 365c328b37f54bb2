//! Histories.

use serde_json::{Value, json};

use crate::render::{View, user};
use crate::world::issue::Issue;
use crate::world::records::{History, Item};

/// A history entry.
pub(crate) fn history(view: View<'_>, history: &History) -> Value {
    let items = history.items.iter().map(|one| item(view, one));
    let mut payload = json!({
        "id": history.id.to_string(),
        "created": view.moment(history.created),
        "items": items.collect::<Value>(),
    });
    // Left out, not null, where nobody did it.
    if history.author.is_some() {
        payload["author"] = user::who(view, history.author);
    }
    payload
}

fn item(view: View<'_>, item: &Item) -> Value {
    let custom = item.field_id.starts_with("customfield_");
    let mut payload = json!({
        "field": item.field, "fieldtype": if custom { "custom" } else { "jira" },
        "from": item.from.id, "fromString": item.from.text,
        "to": item.to.id, "toString": item.to.text,
    });
    if view.world.is_cloud() {
        payload["fieldId"] = item.field_id.as_str().into();
    }
    payload
}

/// What `expand=changelog` adds to an issue: on Cloud the newest entries alone,
/// newest first; on Server all, oldest first.
pub(crate) fn embedded(view: View<'_>, issue: &Issue) -> Value {
    let all = view.world.histories(issue);
    let total = all.len();
    let shown = |one: &History| history(view, one);
    let (most, histories): (usize, Vec<Value>) = if view.world.is_cloud() {
        let most = view.options.embedded_histories;
        (most, all.iter().rev().take(most).map(shown).collect())
    } else {
        (total, all.iter().map(shown).collect())
    };
    json!({"startAt": 0, "maxResults": most, "total": total, "histories": histories})
}
