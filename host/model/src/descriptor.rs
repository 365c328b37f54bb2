//! What a transform says of itself. Published as
//! `wit/transform-descriptor.schema.json`.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{Column, Name, Path};

/// The most tables, columns and paths that a descriptor may name.
const MAX_TABLES: usize = 64;
const MAX_COLUMNS: usize = 1_000;
const MAX_PATHS: usize = 2_000;
/// Characters of a version: it is said in every error.
const MAX_VERSION: usize = 64;

/// Columns that the host adds to every table.
pub(crate) const HOST_COLUMNS: [&str; 6] = [
    "id",
    "tenant_id",
    "integration_id",
    "raw_data_id",
    "transform_digest",
    "last_updated_at",
];

/// A transform's descriptor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransformDescriptor {
    /// The plugin's name, such as `github_prs`.
    pub name: Name,
    /// The plugin's version (semver).
    pub version: String,
    /// The source whose records it maps, such as `github`.
    pub source: Name,
    /// The entity type (a stream's name) that it maps.
    pub entity: Name,
    /// The fields of a payload that it reads; empty: everything.
    #[serde(default)]
    pub reads: Vec<Path>,
    /// The streams of its source whose newest records its configuration holds, each
    /// with the fields that it needs of them (empty: all).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub discovers: BTreeMap<Name, Vec<Path>>,
    /// The objects of its own payloads whose keys its configuration holds, as far as
    /// they were ever seen with a value.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub observes: Vec<Path>,
    /// The tables that it fills.
    pub tables: Vec<Table>,
    /// JSON Schema of the settings that it knows.
    #[serde(default)]
    pub settings: serde_json::Value,
}

/// A table that a transform fills.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// The table's name.
    pub name: Name,
    /// What a row is, in a sentence.
    #[serde(default)]
    pub doc: String,
    /// The columns, beside those that the host adds.
    pub columns: Vec<Column>,
    /// The columns that identify a row within its tenant.
    pub key: Vec<Name>,
    /// The column that tells an older version of a row from a newer one.
    #[serde(default)]
    pub version: Option<Name>,
    /// The text columns that are to be embedded.
    #[serde(default)]
    pub embed: Vec<Name>,
    /// Whether each integration has a view of its own rows, with the columns under
    /// their labels.
    #[serde(default, skip_serializing_if = "is_false")]
    pub view: bool,
    /// Whether each of its rows comes of one record alone: then those go that the newest
    /// raw record of their record no longer has, and all of them with the record.
    #[serde(default, skip_serializing_if = "is_false")]
    pub of_record: bool,
    /// Whose parts its rows are, if they are parts of rows of another table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member_of: Option<MemberOf>,
}

/// Rows of a table as parts of a row of another: they are there for as long as their
/// version is its version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberOf {
    /// The owner's table, which the same transform fills.
    pub table: Name,
    /// Pairs of columns: this table's, that table's.
    pub on: Vec<(Name, Name)>,
}

/// What is wrong with a descriptor.
#[derive(Debug, thiserror::Error)]
pub enum DescriptorError {
    /// The text is no JSON of the published shape.
    #[error("the descriptor is not of the published form: {0}")]
    Form(#[from] serde_json::Error),
    /// A rule beyond the form is broken.
    #[error("the descriptor of {plugin} is not valid: {reason}")]
    Rule {
        /// The plugin's name.
        plugin: String,
        /// Which rule.
        reason: String,
    },
}

impl TransformDescriptor {
    /// Reads a descriptor and checks what the schema cannot say: that names are
    /// unique, that keys, versions and lookups name columns there are, and that
    /// the host's own columns are left alone.
    ///
    /// # Errors
    /// [`DescriptorError`], which says what to mend.
    pub fn parse(text: &str) -> Result<Self, DescriptorError> {
        let descriptor: Self = serde_json::from_str(text)?;
        let rule = |reason| DescriptorError::Rule {
            plugin: descriptor.name.to_string(),
            reason,
        };
        check_version(&descriptor.version).map_err(rule)?;
        if descriptor.tables.is_empty() || descriptor.tables.len() > MAX_TABLES {
            return Err(rule(format!(
                "between 1 and {MAX_TABLES} tables are expected"
            )));
        }
        if descriptor.reads.len() > MAX_PATHS {
            return Err(rule(format!("at most {MAX_PATHS} paths may be read")));
        }
        unique("table", descriptor.tables.iter().map(|t| &t.name)).map_err(rule)?;
        descriptor
            .tables
            .iter()
            .try_for_each(Table::check)
            .map_err(rule)?;
        let mut tables = descriptor.tables.iter();
        tables
            .try_for_each(|table| descriptor.check_owner(table))
            .map_err(rule)?;
        Ok(descriptor)
    }

    /// The table of this name.
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|table| &*table.name == name)
    }

    /// That the owner of a table's rows is there, and that both have a version by
    /// which the parts are told from those of an earlier day.
    fn check_owner(&self, table: &Table) -> Result<(), String> {
        let Some(MemberOf { table: owner, on }) = &table.member_of else {
            return Ok(());
        };
        let wrong = |reason: &str| Err(format!("table {}: member_of: {reason}", table.name));
        let Some(owner) = self.table(owner).filter(|owner| owner.name != table.name) else {
            return wrong(&format!("there is no other table {owner}"));
        };
        let kind = |table: &Table, name: &Name| table.column(name).map(|column| column.kind);
        let version = |table: &Table| kind(table, table.version.as_ref()?);
        if version(table).is_none() || version(table) != version(owner) {
            return wrong("both tables need a version, of the same type");
        }
        let same = |(own, theirs): &(Name, Name)| {
            kind(table, own).is_some_and(|own| Some(own) == kind(owner, theirs))
        };
        if on.is_empty() || !on.iter().all(same) {
            return wrong("pairs of columns of the same type are expected");
        }
        Ok(())
    }
}

impl Table {
    /// The column of this name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| &*column.name == name)
    }

    /// The key's columns, in the order of the key.
    pub fn key_columns(&self) -> impl Iterator<Item = &Column> {
        self.key.iter().filter_map(|name| self.column(name))
    }

    fn check(&self) -> Result<(), String> {
        let table = &self.name;
        if self.columns.is_empty() || self.columns.len() > MAX_COLUMNS {
            return Err(format!(
                "table {table}: between 1 and {MAX_COLUMNS} columns are expected"
            ));
        }
        let names = self
            .columns
            .iter()
            .flat_map(|c| c.otherwise.iter().chain([&c.name]));
        unique("column", names.clone()).map_err(|e| format!("table {table}: {e}"))?;
        if let Some(own) = names
            .into_iter()
            .find(|name| HOST_COLUMNS.contains(&&***name))
        {
            return Err(format!("table {table}: the column {own} is the host's own"));
        }
        let own = |on: &[(Name, Name)]| on.iter().map(|(own, _)| own.clone()).collect::<Vec<_>>();
        let looked_up = self.columns.iter().filter_map(|c| c.lookup.as_ref());
        let members = self.member_of.iter().flat_map(|of| own(&of.on));
        let named = self.key.iter().chain(&self.version).chain(&self.embed);
        let named = named.cloned().chain(looked_up.flat_map(|l| own(&l.on)));
        for name in named.chain(members) {
            match self.column(&name) {
                None => return Err(format!("table {table}: there is no column {name}")),
                Some(column) if column.otherwise.is_some() => {
                    return Err(format!(
                        "table {table}: the column {name} may have no other name: it is more than a value"
                    ));
                }
                Some(_) => {}
            }
        }
        unique("column of the key", self.key.iter()).map_err(|e| format!("table {table}: {e}"))?;
        if self.key.is_empty() || self.key_columns().any(|c| c.nullable) {
            return Err(format!(
                "table {table}: a key of columns that are not nullable is expected"
            ));
        }
        Ok(())
    }
}

/// The characters of semver, and not too many of them.
pub(crate) fn check_version(version: &str) -> Result<(), String> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b".+-".contains(&byte);
    if (1..=MAX_VERSION).contains(&version.len()) && version.bytes().all(fits) {
        return Ok(());
    }
    let shown: String = version.chars().take(80).collect();
    Err(format!(
        "{shown:?} is no version: between 1 and {MAX_VERSION} letters, digits, '.', '+' and '-' are expected"
    ))
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_false(flag: &bool) -> bool {
    !flag
}

fn unique<'a>(what: &str, names: impl Iterator<Item = &'a Name>) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    for name in names {
        if !seen.insert(name) {
            return Err(format!("the {what} {name} is declared twice"));
        }
    }
    Ok(())
}
