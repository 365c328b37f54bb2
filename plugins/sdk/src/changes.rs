//! What a record makes of several tables.

use crate::{Table, Value};

/// Changes of rows, in their order.
///
/// ```
/// use runnel_sdk::{Changes, Column, Table};
///
/// #[derive(Table)]
/// #[table(name = "labels", key = "name")]
/// struct Label {
///     name: String,
/// }
///
/// let mut changes = Changes::default();
/// changes.upsert(Label { name: "bug".to_owned() });
/// changes.delete::<Label>(vec!["defect".to_owned().into_value()]);
/// ```
#[derive(Debug, Default)]
pub struct Changes(pub(crate) Vec<TableChange>);

/// A change of a row of a table that is named, not counted.
#[derive(Debug)]
pub(crate) struct TableChange {
    pub(crate) table: &'static str,
    pub(crate) values: Vec<Value>,
    pub(crate) removal: bool,
}

impl Changes {
    /// Inserts a row, or brings the row of its key up to date.
    pub fn upsert<T: Table>(&mut self, row: T) {
        self.upsert_with(row, Vec::new());
    }

    /// The same, with a value for each column that was
    /// [added](crate::Shape::table_with) to the table.
    pub fn upsert_with<T: Table>(&mut self, row: T, added: Vec<Value>) {
        let mut values = row.into_values();
        values.extend(added);
        self.push::<T>(values, false);
    }

    /// Removes the row of this key: a value for each of its columns, in their order.
    pub fn delete<T: Table>(&mut self, key: Vec<Value>) {
        self.push::<T>(key, true);
    }

    fn push<T: Table>(&mut self, values: Vec<Value>, removal: bool) {
        self.0.push(TableChange {
            table: T::NAME,
            values,
            removal,
        });
    }
}

impl<T: Table> FromIterator<T> for Changes {
    fn from_iter<I: IntoIterator<Item = T>>(rows: I) -> Self {
        let mut changes = Self::default();
        rows.into_iter().for_each(|row| changes.upsert(row));
        changes
    }
}
