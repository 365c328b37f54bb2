//! The columns that every site has.

use jira_common::{User, plain, raw};
use runnel_sdk::{Date, Json, Rejection, Table, Timestamp};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value};

/// What is read of an issue.
#[derive(Deserialize)]
pub struct Payload {
    id: String,
    key: String,
    pub(crate) fields: Map<String, Value>,
}

/// An issue.
#[derive(Table)]
#[table(
    name = "issues",
    key = "external_id",
    version = "updated_at",
    embed = "summary, description",
    view,
    of_record
)]
pub(crate) struct Issue {
    /// The id of the issue: it stays when the issue is moved to another project.
    pub(crate) external_id: String,
    /// What people call it, such as `ACME-7`; another one once it is moved.
    key: String,
    /// The project's `external_id`.
    project_id: Option<String>,
    /// What its key begins with.
    project_key: Option<String>,
    /// Such as `Bug` or `Story`.
    issue_type: Option<String>,
    /// What it is called where it is worked on, such as `In Progress`.
    status: Option<String>,
    /// `new`, `indeterminate` or `done`.
    status_category: Option<String>,
    /// Such as `High`.
    priority: Option<String>,
    /// Null of an issue that is not resolved.
    resolution: Option<String>,
    /// What it is about, in a line.
    summary: String,
    /// The description as plain text, a line a paragraph.
    description: Option<String>,
    /// The description as it came: a document on Cloud, text on a Server.
    description_raw: Option<Json>,
    /// The account's id on Cloud, the user's key on a Server; the same of all people.
    reporter_id: Option<String>,
    /// What the person is called now.
    reporter_name: Option<String>,
    /// Null where it is nobody's.
    assignee_id: Option<String>,
    /// What the person is called now.
    assignee_name: Option<String>,
    /// Who made it, which the reporter may be for somebody else.
    creator_id: Option<String>,
    /// What the person is called now.
    creator_name: Option<String>,
    /// The words that it is marked with.
    labels: Json,
    /// The components' names.
    components: Json,
    /// The names of the versions in which it is to be fixed.
    fix_versions: Json,
    /// The `external_id` of the issue that it is a part of.
    parent_id: Option<String>,
    /// That issue's key.
    parent_key: Option<String>,
    /// The key of the epic that it belongs to.
    epic_key: Option<String>,
    /// The ids of the sprints that it is or was in, as in `issue_sprints`.
    sprint_ids: Json,
    /// When it was made.
    created_at: Timestamp,
    /// When anything of it changed last.
    pub(crate) updated_at: Timestamp,
    /// When it was resolved.
    resolved_at: Option<Timestamp>,
    /// The day by which it is to be done.
    due_date: Option<Date>,
    /// The custom fields that have no column, by their ids.
    custom_fields: Json,
}

/// A sprint that an issue is or was in. One that it is taken out of is deleted.
#[derive(Table)]
#[table(
    name = "issue_sprints",
    key = "issue_id, sprint_id",
    version = "updated_at",
    member_of = "issues",
    on = "issue_id = external_id",
    of_record
)]
pub(crate) struct IssueSprint {
    /// The issue's `external_id`.
    pub(crate) issue_id: String,
    /// The sprint's `external_id`.
    pub(crate) sprint_id: String,
    /// When the issue changed.
    pub(crate) updated_at: Timestamp,
}

#[derive(Deserialize)]
struct Parent {
    id: Option<String>,
    key: Option<String>,
    fields: Option<Map<String, Value>>,
}

impl Issue {
    pub(crate) fn new(
        payload: Payload,
        sprints: &[String],
        epic: Option<String>,
        custom_fields: Map<String, Value>,
    ) -> Result<Self, Rejection> {
        let fields = &payload.fields;
        let [reporter, assignee, creator] =
            ["reporter", "assignee", "creator"].map(|name| read::<Option<User>>(fields, name));
        let (reporter, assignee, creator) = (reporter?, assignee?, creator?);
        let parent: Option<Parent> = read(fields, "parent")?;
        let description = fields.get("description").unwrap_or(&Value::Null);
        let id = |user: &Option<User>| user.as_ref().and_then(User::id);
        let name = |user: &Option<User>| user.as_ref().and_then(User::display_name);
        Ok(Self {
            project_id: text(fields, "/project/id"),
            project_key: text(fields, "/project/key"),
            issue_type: text(fields, "/issuetype/name"),
            status: text(fields, "/status/name"),
            status_category: text(fields, "/status/statusCategory/key"),
            priority: text(fields, "/priority/name"),
            resolution: text(fields, "/resolution/name"),
            summary: read(fields, "summary")?,
            description: plain(description),
            description_raw: raw(description),
            reporter_id: id(&reporter),
            reporter_name: name(&reporter),
            assignee_id: id(&assignee),
            assignee_name: name(&assignee),
            creator_id: id(&creator),
            creator_name: name(&creator),
            labels: Json::array(
                &read::<Option<Vec<String>>>(fields, "labels")?.unwrap_or_default(),
            ),
            components: names(fields, "components"),
            fix_versions: names(fields, "fixVersions"),
            epic_key: epic.or_else(|| parent.as_ref().and_then(Parent::as_epic)),
            parent_id: parent.as_ref().and_then(|parent| parent.id.clone()),
            parent_key: parent.and_then(|parent| parent.key),
            sprint_ids: Json::array(sprints),
            created_at: read(fields, "created")?,
            updated_at: read(fields, "updated")?,
            resolved_at: read(fields, "resolutiondate")?,
            due_date: read(fields, "duedate")?,
            custom_fields: Json(Value::Object(custom_fields).to_string()),
            external_id: payload.id,
            key: payload.key,
        })
    }
}

impl Parent {
    /// The key, if it is an epic: on Cloud an issue of the first level above.
    fn as_epic(&self) -> Option<String> {
        let kind = self.fields.as_ref()?.get("issuetype")?;
        let is_epic = kind["hierarchyLevel"] == 1 || kind["name"] == "Epic";
        self.key.clone().filter(|_| is_epic)
    }
}

/// A field that has to be of a type; missing is as good as null.
fn read<T: DeserializeOwned>(fields: &Map<String, Value>, name: &str) -> Result<T, Rejection> {
    let value = fields.get(name).unwrap_or(&Value::Null);
    T::deserialize(value).map_err(|error| Rejection {
        message: error.to_string(),
        path: Some(format!("fields.{name}")),
    })
}

/// What is at a place below the fields, if it is a text.
fn text(fields: &Map<String, Value>, pointer: &str) -> Option<String> {
    let (name, below) = pointer[1..].split_once('/')?;
    let value = fields.get(name)?.pointer(&format!("/{below}"))?;
    value.as_str().map(str::to_owned)
}

fn names(fields: &Map<String, Value>, name: &str) -> Json {
    let items = fields.get(name).and_then(Value::as_array);
    let names = items
        .into_iter()
        .flatten()
        .filter_map(|item| item["name"].as_str());
    names.collect()
}
