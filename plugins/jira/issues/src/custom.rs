//! The fields that the users of a site have made.

use std::collections::{BTreeMap, BTreeSet};

use runnel_sdk::{AddedColumn, Config, Rejection, Table, Value};
use serde::Deserialize;
use serde_json::{Map, Value as Given};

use crate::{
    issue::Issue,
    kind::Kind,
    mode::{Mode, keeps_misfits},
    value::convert,
};

const PREFIX: &str = "customfield_";
/// A table has no more than 1,000 columns, of which some are every site's.
const MOST: usize = 900;
/// The columns that the host adds to each table.
const OF_THE_HOST: [&str; 6] = [
    "id",
    "tenant_id",
    "integration_id",
    "raw_data_id",
    "transform_digest",
    "last_updated_at",
];

/// What an integration makes of custom fields.
pub(crate) struct CustomFields {
    columns: Vec<CustomColumn>,
    /// The fields that hold sprints, and those that hold the key of an epic.
    sprints: BTreeSet<String>,
    epics: BTreeSet<String>,
    keeps_misfits: bool,
}

/// A field with a column.
struct CustomColumn {
    field: String,
    name: String,
    kind: Kind,
    /// What people call the field.
    label: Option<String>,
}

/// A record of the stream `jira_fields`.
#[derive(Deserialize)]
struct Field {
    id: String,
    name: Option<String>,
    schema: Option<Schema>,
}

#[derive(Deserialize)]
struct Schema {
    #[serde(rename = "type")]
    kind: Option<String>,
    items: Option<String>,
    custom: Option<String>,
}

impl CustomFields {
    pub(crate) fn new(config: &Config) -> Result<Self, String> {
        let mode = Mode::of(config)?;
        let known = known(config);
        let columns = match mode {
            Mode::Discovered => discovered(config, &known),
            Mode::Mapped => mapped(config, &known)?,
            Mode::Document => Vec::new(),
        };
        let of = |ending: &str| {
            let fields = known
                .values()
                .filter(|field| field.custom().ends_with(ending));
            fields.map(|field| field.id.clone()).collect()
        };
        Ok(Self {
            columns,
            sprints: of(":gh-sprint"),
            epics: of(":gh-epic-link"),
            keeps_misfits: keeps_misfits(config)?,
        })
    }

    pub(crate) fn columns(&self) -> Vec<AddedColumn> {
        self.columns.iter().map(CustomColumn::declared).collect()
    }

    /// A value for each column, and the fields that have none.
    pub(crate) fn values(
        &self,
        fields: &Map<String, Given>,
    ) -> Result<(Vec<Value>, Map<String, Given>), Rejection> {
        let custom = fields
            .iter()
            .filter(|(id, value)| id.starts_with(PREFIX) && !value.is_null());
        let mut rest: Map<String, Given> = custom
            .map(|(id, value)| (id.clone(), value.clone()))
            .collect();
        let mut values = Vec::with_capacity(self.columns.len());
        for column in &self.columns {
            let given = fields.get(&column.field).unwrap_or(&Given::Null);
            match convert(&column.kind, given) {
                Some(value) => {
                    rest.remove(&column.field);
                    values.push(value);
                }
                None if self.keeps_misfits => values.push(Value::Null),
                None => return Err(column.misfit(given)),
            }
        }
        Ok((values, rest))
    }

    /// The ids of the sprints that an issue is or was in.
    pub(crate) fn sprints(&self, fields: &Map<String, Given>) -> Vec<String> {
        let given = self
            .sprints
            .iter()
            .filter_map(|id| fields.get(id)?.as_array());
        let ids: BTreeSet<String> = given.flatten().filter_map(jira_common::sprint_id).collect();
        ids.into_iter().collect()
    }

    /// The key of the epic that a field of its own names.
    pub(crate) fn epic(&self, fields: &Map<String, Given>) -> Option<String> {
        let mut keys = self.epics.iter().filter_map(|id| fields.get(id)?.as_str());
        keys.next().map(str::to_owned)
    }
}

impl Field {
    fn custom(&self) -> &str {
        let custom = self
            .schema
            .as_ref()
            .and_then(|schema| schema.custom.as_deref());
        custom.unwrap_or_default()
    }

    fn kind(&self) -> Kind {
        let schema = self.schema.as_ref();
        let kind = schema.and_then(|schema| schema.kind.as_deref());
        let items = schema.and_then(|schema| schema.items.as_deref());
        Kind::of(kind.unwrap_or_default(), items, self.custom())
    }
}

impl CustomColumn {
    fn declared(&self) -> AddedColumn {
        let kind = self.kind.column();
        AddedColumn {
            name: self.name.clone(),
            kind,
            // What it is called may change, and is not what the column is.
            doc: format!("The custom field {}.", self.field),
            label: self.label.clone().filter(|_| self.is_by_id()),
            otherwise: self.is_by_id().then(|| format!("{}_{kind}", self.name)),
        }
    }

    /// Whether the integration did not name it.
    fn is_by_id(&self) -> bool {
        self.name == column_of(&self.field)
    }

    fn misfit(&self, given: &Given) -> Rejection {
        let given: String = given.to_string().chars().take(200).collect();
        let called = self.label.as_deref().unwrap_or("custom field");
        Rejection {
            message: format!(
                "{called} ({}) has a value that is no {}: {given}; mend it, map the field to another type, \
                 or set custom_field_misfits=json",
                self.field,
                self.kind.column()
            ),
            path: Some(format!("fields.{}", self.field)),
        }
    }
}

fn known(config: &Config) -> BTreeMap<String, Field> {
    let records = config.discovered.get("jira_fields").into_iter().flatten();
    let fields = records.filter_map(|record| Field::deserialize(record).ok());
    let custom = fields.filter(|field| field.id.starts_with(PREFIX));
    custom.map(|field| (field.id.clone(), field)).collect()
}

/// `cf_10016` for `customfield_10016`.
fn column_of(field: &str) -> String {
    format!("cf_{}", field.trim_start_matches(PREFIX))
}

/// Those that are in use, and whose schema is known.
fn discovered(config: &Config, known: &BTreeMap<String, Field>) -> Vec<CustomColumn> {
    let observed = config.observed.get("fields").into_iter().flatten();
    let fields = observed.filter_map(|id| known.get(id));
    let numbered = fields.filter(|field| {
        let number = field.id.trim_start_matches(PREFIX);
        !number.is_empty() && number.len() <= 20 && number.bytes().all(|b| b.is_ascii_digit())
    });
    let column = |field: &Field| CustomColumn {
        name: column_of(&field.id),
        kind: field.kind(),
        label: field.name.clone(),
        field: field.id.clone(),
    };
    numbered.take(MOST).map(column).collect()
}

/// `custom_fields.story_points=customfield_10016:float`.
fn mapped(config: &Config, known: &BTreeMap<String, Field>) -> Result<Vec<CustomColumn>, String> {
    let mut columns = Vec::new();
    for (name, given) in config.below("custom_fields")? {
        let wrong = |what: &str| format!("the setting custom_fields.{name}: {what}");
        let (field, kind) = given.split_once(':').unwrap_or((given, "text"));
        if !field.starts_with(PREFIX) {
            return Err(wrong(&format!(
                "{given:?} is not of the form customfield_10016:float"
            )));
        }
        let kind = Kind::named(kind).ok_or_else(|| {
            wrong(&format!(
                "there is no type {kind:?}; there are boolean, integer, float, text, timestamp, date and json"
            ))
        })?;
        if is_taken(name) {
            return Err(wrong(
                "a column of that name is there already: give it another one",
            ));
        }
        if !is_name(name) {
            return Err(wrong(
                "a name is a small letter, then small letters, digits and _, at most 63",
            ));
        }
        columns.push(CustomColumn {
            field: field.to_owned(),
            name: name.to_owned(),
            kind,
            label: known.get(field).and_then(|field| field.name.clone()),
        });
    }
    Ok(columns)
}

/// Whether every site has a column of this name.
fn is_taken(name: &str) -> bool {
    let issue = Issue::declaration();
    let columns = issue["columns"].as_array().into_iter().flatten();
    OF_THE_HOST.contains(&name) || columns.into_iter().any(|column| column["name"] == name)
}

fn is_name(text: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    text.len() <= 63
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.bytes().all(letter)
}
