//! People and groups.

use serde_json::{Value, json};

use crate::render::View;
use crate::world::users::{State, User, Who};

/// Whom a record names, or `null`.
pub(crate) fn who(view: View<'_>, who: Who) -> Value {
    who.map_or(Value::Null, |place| user(view, &view.world.users[place]))
}

/// A person.
pub(crate) fn user(view: View<'_>, user: &User) -> Value {
    let active = user.state == State::Active;
    let zone = view.options.zone.name();
    if !view.world.is_cloud() {
        return json!({
            "self": view.rest(&format!("user?username={}", user.name)),
            "name": user.name, "key": user.key,
            "emailAddress": user.email(), "displayName": user.display,
            "avatarUrls": view.avatars("useravatar"), "active": active, "timeZone": zone,
        });
    }
    let mut payload = json!({
        "self": view.rest(&format!("user?accountId={}", user.account.replace(':', "%3A"))),
        "accountId": user.account, "accountType": "atlassian",
        "displayName": user.display, "active": active, "timeZone": zone,
        "avatarUrls": view.avatars("useravatar"),
    });
    if !user.hides_email {
        payload["emailAddress"] = user.email().into();
    }
    payload
}

/// The asking account, with what only it sees.
pub(crate) fn myself(view: View<'_>) -> Value {
    let mut payload = user(view, &view.world.users[0]);
    payload["locale"] = "en_US".into();
    payload["groups"] = json!({"size": 3, "items": []});
    payload["applicationRoles"] = json!({"size": 1, "items": []});
    payload["expand"] = "groups,applicationRoles".into();
    payload
}

/// A group.
pub(crate) fn group(view: View<'_>, name: &str) -> Value {
    let mut payload = json!({
        "name": name,
        "self": view.rest(&format!("group?groupname={name}")),
    });
    if view.world.is_cloud() {
        payload["groupId"] = format!("276f955c-63d7-42c8-9520-{:012x}", name.len()).into();
    }
    payload
}
