//! Columns of entity tables that nothing fills any more, and their end.

use std::fmt;

use async_trait::async_trait;
use runnel_model::{Name, TransformDescriptor};

use crate::{Actor, Known, StoreError};

/// An entity table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableColumns {
    /// Its name.
    pub table: Name,
    /// The plugin whose it is.
    pub plugin: Name,
    /// Its columns, by name.
    pub columns: Vec<ColumnUse>,
}

/// A column of an entity table, and what it is needed for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnUse {
    /// Its name.
    pub name: String,
    /// What it is needed for; absent: for nothing that is known.
    pub kept: Option<Kept>,
}

/// What a column is needed for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// The host added it.
    Host,
    /// Rows are told apart by it.
    Key,
    /// Versions of rows are told apart by it.
    Version,
    /// These declare it, or look a value up in it.
    Declared(Vec<String>),
}

/// Why a column is not dropped.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PruneError {
    /// There is no entity table of this name.
    #[error("there is no table {table} of a plugin; there are: {known}")]
    NoTable {
        /// The name.
        table: String,
        /// The names that there are.
        known: Known,
    },
    /// The table has no such column.
    #[error("the table {table} has no column {column}; it has: {known}")]
    NoColumn {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// The columns that there are.
        known: Known,
    },
    /// It is needed.
    #[error("the column {column} of {table} stays: {kept}")]
    Kept {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// What for.
        kept: Kept,
    },
}

/// What operators do about columns that are no longer declared.
#[async_trait]
pub trait Pruning: Send + Sync {
    /// The entity tables, by name, and what their columns are needed for. A column is
    /// declared by the installed versions that are not retired, by the component of
    /// each plugin that was used last and is not installed, and by the descriptors of
    /// `folder`, a plugins folder.
    async fn columns(
        &self,
        folder: &[TransformDescriptor],
    ) -> Result<Vec<TableColumns>, StoreError>;

    /// Drops columns of a table, with their values: all of them or none. Batches that
    /// wait to be loaded and still have values of them are loaded without these.
    ///
    /// # Errors
    /// [`PruneError`].
    async fn prune(
        &self,
        (table, columns): (&Name, &[Name]),
        folder: &[TransformDescriptor],
        by: &Actor,
    ) -> Result<(), StoreError>;
}

/// Whether these columns of a table may be dropped.
///
/// # Errors
/// [`PruneError`]: why one of them may not.
pub fn prunable(tables: &[TableColumns], table: &Name, columns: &[Name]) -> Result<(), PruneError> {
    let Some(found) = tables.iter().find(|found| found.table == *table) else {
        let names = tables.iter().map(|found| found.table.to_string());
        return Err(PruneError::NoTable {
            table: table.to_string(),
            known: Known(names.collect()),
        });
    };
    columns.iter().try_for_each(|column| found.prunable(column))
}

impl TableColumns {
    fn prunable(&self, column: &Name) -> Result<(), PruneError> {
        let own = self.columns.iter().find(|own| own.name == **column);
        let (table, column) = (self.table.to_string(), column.to_string());
        match own.map(|own| &own.kept) {
            Some(None) => Ok(()),
            Some(Some(kept)) => Err(PruneError::Kept {
                table,
                column,
                kept: kept.clone(),
            }),
            None => {
                let names = self.columns.iter().map(|own| own.name.clone());
                Err(PruneError::NoColumn {
                    table,
                    column,
                    known: Known(names.collect()),
                })
            }
        }
    }
}

impl From<PruneError> for StoreError {
    fn from(error: PruneError) -> Self {
        Self::Prune(Box::new(error))
    }
}

impl fmt::Display for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Host => f.write_str("it is the host's own"),
            Self::Key => f.write_str("it is a part of the table's key"),
            Self::Version => f.write_str("it says which version of a row is the newer one"),
            Self::Declared(by) => write!(
                f,
                "{} still needs it; `runnel plugin retire NAME@VERSION` takes a version out of use",
                by.join(", ")
            ),
        }
    }
}
