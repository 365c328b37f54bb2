//! Projects, their versions and components.

use serde_json::{Value, json};

use crate::render::{View, user};
use crate::world::issue::Kind;
use crate::world::projects::{Component, Project, Version};

/// A project as issues and fields name it.
pub(crate) fn brief(view: View<'_>, project: &Project) -> Value {
    let mut payload = json!({
        "self": view.rest(&format!("project/{}", project.id)),
        "id": project.id.to_string(), "key": project.key, "name": project.name,
        "projectTypeKey": "software",
        "avatarUrls": view.avatars("projectavatar"),
    });
    if view.world.is_cloud() {
        payload["simplified"] = false.into();
    }
    payload
}

/// A project in a list.
pub(crate) fn listed(view: View<'_>, project: &Project) -> Value {
    let mut payload = brief(view, project);
    payload["expand"] = "description,lead,issueTypes,url,projectKeys,permissions,insight".into();
    if view.world.is_cloud() {
        payload["isPrivate"] = false.into();
        payload["style"] = "classic".into();
        payload["properties"] = json!({});
    }
    payload
}

/// A project by itself.
pub(crate) fn whole(view: View<'_>, project: &Project) -> Value {
    let mut payload = listed(view, project);
    let versions = project.versions();
    let components = project.components();
    let types = Kind::ALL.iter().map(|kind| issue_type(view, *kind));
    payload["description"] = format!("All about {}", project.name).into();
    payload["lead"] = user::who(view, Some(project.lead));
    payload["assigneeType"] = "UNASSIGNED".into();
    payload["issueTypes"] = types.collect();
    payload["versions"] = versions
        .iter()
        .map(|one| own_version(view, project, one))
        .collect();
    payload["components"] = components.iter().map(|one| component(view, one)).collect();
    payload["roles"] = json!({
        "Administrators": view.rest(&format!("project/{}/role/10002", project.id)),
    });
    payload
}

/// A type of issues.
pub(crate) fn issue_type(view: View<'_>, kind: Kind) -> Value {
    let (id, name) = kind.facts();
    let mut payload = json!({
        "self": view.rest(&format!("issuetype/{id}")),
        "id": id.to_string(), "name": name, "description": "",
        "iconUrl": view.rest(&format!("universal_avatar/view/type/issuetype/avatar/{id}")),
        "subtask": kind == Kind::Subtask, "avatarId": id,
    });
    if view.world.is_cloud() {
        payload["hierarchyLevel"] = match kind {
            Kind::Epic => 1,
            Kind::Subtask => -1,
            _ => 0,
        }
        .into();
    }
    payload
}

/// A version of a project.
pub(crate) fn version(view: View<'_>, version: &Version) -> Value {
    let mut payload = json!({
        "self": view.rest(&format!("version/{}", version.id)),
        "id": version.id.to_string(), "name": version.name,
        "archived": false, "released": version.released,
    });
    if version.released {
        payload["releaseDate"] = "2024-06-01".into();
    }
    payload
}

/// A version in its project, which says whose it is; in an issue it does not.
fn own_version(view: View<'_>, project: &Project, one: &Version) -> Value {
    let mut payload = version(view, one);
    payload["projectId"] = project.id.into();
    payload
}

/// A component of a project.
pub(crate) fn component(view: View<'_>, component: &Component) -> Value {
    json!({
        "self": view.rest(&format!("component/{}", component.id)),
        "id": component.id.to_string(), "name": component.name,
    })
}
