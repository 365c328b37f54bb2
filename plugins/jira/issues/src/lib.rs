//! Maps an issue of Jira's API to a row of `issues` and one of `issue_sprints` for each
//! sprint that it is in.
//!
//! What a site's users have made fields of is in columns of its own, or in a document:
//! see `custom`. <https://developer.atlassian.com/cloud/jira/platform/rest/v3/>

mod custom;
mod issue;
mod kind;
mod mode;
mod value;

use runnel_sdk::{Changes, Config, ConfiguredTransform, NoContext, Rejection, Shape};
use serde_json::json;

use custom::CustomFields;
use issue::{Issue, IssueSprint, Payload};

/// The transform, for one integration's custom fields.
pub struct Issues {
    custom: CustomFields,
}

impl ConfiguredTransform for Issues {
    type Payload = Payload;
    type Context = NoContext;

    fn new(config: &Config) -> Result<Self, String> {
        Ok(Self {
            custom: CustomFields::new(config)?,
        })
    }

    fn describe(&self) -> Shape {
        let fields = [
            "id",
            "name",
            "custom",
            "schema.type",
            "schema.items",
            "schema.custom",
        ];
        let word = |words: &[&str], description: &str| json!({ "type": "string", "enum": words, "description": description });
        Shape::new()
            .reads_all_of("id")
            .reads_all_of("key")
            .reads_all_of("fields")
            .discovers("jira_fields", &fields)
            .observes("fields")
            .table_with::<Issue>(&self.custom.columns())
            .table::<IssueSprint>()
            .setting("custom_field_mode", word(mode::MODES, "Whether custom fields have columns by their ids, columns that are named, or none"))
            .setting("custom_field_misfits", word(mode::MISFITS, "What becomes of a value that does not fit its column"))
            .setting("custom_fields", json!({
                "type": "object",
                "description": "Names and types of columns: story_points = customfield_10016:float",
            }))
    }

    fn map(&self, payload: Payload, _: NoContext) -> Result<Changes, Rejection> {
        let (values, rest) = self.custom.values(&payload.fields)?;
        let sprints = self.custom.sprints(&payload.fields);
        let epic = self.custom.epic(&payload.fields);
        let row = Issue::new(payload, &sprints, epic, rest)?;
        let mut changes = Changes::default();
        let (issue_id, updated_at) = (row.external_id.clone(), row.updated_at);
        changes.upsert_with(row, values);
        for sprint_id in sprints {
            changes.upsert(IssueSprint {
                issue_id: issue_id.clone(),
                sprint_id,
                updated_at,
            });
        }
        Ok(changes)
    }
}

runnel_sdk::transform!(configured Issues, source: "jira", entity: "jira_issues");
