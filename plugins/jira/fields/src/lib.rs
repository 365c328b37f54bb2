//! Maps a custom field of Jira's API to a row of `custom_fields`.
//!
//! <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-fields/>

use runnel_sdk::{Json, Mapping};

/// A field that the users of a site have made. What issues have in it is in
/// `issues`.
#[derive(Mapping)]
#[table(name = "custom_fields", key = "external_id", of_record)]
pub struct CustomField {
    /// The id of the field, such as `customfield_10016`.
    #[from("id")]
    external_id: String,
    /// What it is called now: names change, and are not unique.
    name: String,
    /// The type of its values, such as `number`, `option` or `array`.
    #[from("schema.type")]
    value_type: Option<String>,
    /// The type of the items of an `array`.
    #[from("schema.items")]
    items: Option<String>,
    /// The kind of field, such as `com.pyxis.greenhopper.jira:gh-sprint`.
    #[from("schema.custom")]
    custom: Option<String>,
    /// The number in its id.
    #[from("schema.customId")]
    custom_id: Option<i64>,
    /// What it is called in queries.
    #[from("clauseNames[]")]
    clause_names: Option<Json>,
}

runnel_sdk::transform!(CustomField, source: "jira", entity: "jira_fields");
