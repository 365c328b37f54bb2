//! What a transform that depends on its configuration says of itself.

use serde_json::{Map, Value, json};

use crate::{Identity, Reads, Table};

/// A column that a struct does not have: one that follows from the configuration.
/// It may always be null.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AddedColumn {
    /// The column's name.
    pub name: String,
    /// The column's type, as a descriptor names it.
    pub kind: &'static str,
    /// What it says, in a sentence.
    pub doc: String,
    /// What people call it: its name in the integration's view.
    pub label: Option<String>,
    /// Its name where the table has a column of this name and of another type.
    pub otherwise: Option<String>,
}

impl AddedColumn {
    fn declaration(&self) -> Value {
        let mut declaration = json!({
            "name": self.name, "type": self.kind, "nullable": true, "doc": self.doc,
        });
        for (property, value) in [("label", &self.label), ("otherwise", &self.otherwise)] {
            if let Some(value) = value {
                declaration[property] = json!(value);
            }
        }
        declaration
    }
}

/// The descriptor of a [`ConfiguredTransform`], built up: what it reads, and which
/// tables it fills.
#[derive(Debug, Clone, Default)]
pub struct Shape {
    reads: Vec<String>,
    tables: Vec<Value>,
    discovers: Map<String, Value>,
    observes: Vec<String>,
    settings: Map<String, Value>,
}

impl Shape {
    /// One that says nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// It reads what this type reads of a payload.
    #[must_use]
    pub fn reads<P: Reads>(mut self) -> Self {
        P::reads("", &mut self.reads);
        self
    }

    /// It also reads what is at this path, whatever that is.
    #[must_use]
    pub fn reads_all_of(mut self, path: impl Into<String>) -> Self {
        self.reads.push(path.into());
        self
    }

    /// It fills this table.
    #[must_use]
    pub fn table<T: Table>(self) -> Self {
        self.table_with::<T>(&[])
    }

    /// It fills this table, which has further columns behind those of the struct.
    #[must_use]
    pub fn table_with<T: Table>(mut self, columns: &[AddedColumn]) -> Self {
        let mut table = T::declaration();
        if let Some(declared) = table["columns"].as_array_mut() {
            declared.extend(columns.iter().map(AddedColumn::declaration));
        }
        self.tables.push(table);
        self
    }

    /// The newest records of another stream are wanted, cut down to these paths:
    /// they come as [`Config::discovered`](crate::Config::discovered).
    #[must_use]
    pub fn discovers(mut self, stream: &str, paths: &[&str]) -> Self {
        self.discovers.insert(stream.to_owned(), json!(paths));
        self
    }

    /// The keys that the payloads' objects at this path have are wanted: they come
    /// as [`Config::observed`](crate::Config::observed).
    #[must_use]
    pub fn observes(mut self, path: &str) -> Self {
        self.observes.push(path.to_owned());
        self
    }

    /// It knows this setting, as JSON Schema has it.
    #[must_use]
    pub fn setting(mut self, name: &str, schema: Value) -> Self {
        self.settings.insert(name.to_owned(), schema);
        self
    }

    /// The names of the tables, in their order.
    pub(crate) fn names(&self) -> Vec<&str> {
        let names = self.tables.iter().map(|table| table["name"].as_str());
        names.map(Option::unwrap_or_default).collect()
    }

    /// The names of a table's columns, and of those of its key.
    pub(crate) fn columns(&self, table: usize) -> (Vec<&str>, Vec<&str>) {
        let of = |property: &str| {
            let listed = self.tables[table][property].as_array();
            listed.map(Vec::as_slice).unwrap_or_default()
        };
        let columns = of("columns").iter();
        let names = columns.filter_map(|column| column["name"].as_str());
        let key = of("key").iter().filter_map(Value::as_str);
        (names.collect(), key.collect())
    }

    /// The descriptor.
    pub(crate) fn descriptor(&self, identity: Identity) -> Value {
        json!({
            "name": identity.name,
            "version": identity.version,
            "source": identity.source,
            "entity": identity.entity,
            "reads": self.reads,
            "tables": self.tables,
            "discovers": self.discovers,
            "observes": self.observes,
            "settings": { "type": "object", "properties": self.settings },
        })
    }
}
