//! What a transform says of itself. Published as
//! `wit/transform-descriptor.schema.json`.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{Name, Path};

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
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// The column's name.
    pub name: Name,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: ColumnType,
    /// Whether it may be null.
    #[serde(default)]
    pub nullable: bool,
    /// What it says, in a sentence.
    #[serde(default)]
    pub doc: String,
    /// Where the host is to take the value from, if not from the transform.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lookup: Option<Lookup>,
}

/// A value taken from another table of the same source: the column `take` of the
/// row whose `to` columns equal this row's `from` columns. It is filled in
/// whichever of the two rows arrives first, and never set back to null.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lookup {
    /// The table to look in.
    pub table: Name,
    /// Pairs of columns: this table's, that table's.
    pub on: Vec<(Name, Name)>,
    /// The column of that table whose value is taken.
    pub take: Name,
}

/// A column's type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ColumnType {
    /// A truth value.
    Boolean,
    /// A 64-bit whole number.
    Integer,
    /// A floating-point number.
    Float,
    /// Text.
    Text,
    /// An instant, in UTC.
    Timestamp,
    /// A day.
    Date,
    /// A JSON document.
    Json,
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
        Ok(descriptor)
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
        unique("column", self.columns.iter().map(|c| &c.name))
            .map_err(|e| format!("table {table}: {e}"))?;
        if let Some(own) = self
            .columns
            .iter()
            .find(|c| HOST_COLUMNS.contains(&&*c.name))
        {
            return Err(format!(
                "table {table}: the column {} is the host's own",
                own.name
            ));
        }
        let named = self.key.iter().chain(&self.version).chain(&self.embed);
        let looked_up = self
            .columns
            .iter()
            .filter_map(|c| c.lookup.as_ref())
            .flat_map(|l| l.on.iter().map(|(own, _)| own));
        if let Some(missing) = named
            .chain(looked_up)
            .find(|name| self.column(name).is_none())
        {
            return Err(format!("table {table}: there is no column {missing}"));
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

fn unique<'a>(what: &str, names: impl Iterator<Item = &'a Name>) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    for name in names {
        if !seen.insert(name) {
            return Err(format!("the {what} {name} is declared twice"));
        }
    }
    Ok(())
}
