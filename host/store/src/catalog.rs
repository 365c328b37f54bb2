//! What the stored descriptors declare, taken together: which tables are the
//! transforms' own, what their columns are, and which of them look which up.

use std::collections::BTreeSet;

use runnel_model::{Column, Lookup, Name, Table, TransformDescriptor};

use crate::{DescriptorId, TableSeen};

/// A stored descriptor.
pub(crate) struct Stored {
    pub(crate) id: DescriptorId,
    pub(crate) digest: String,
    pub(crate) descriptor: TransformDescriptor,
}

/// All stored descriptors. A descriptor is stored in the transaction that made
/// its tables, so what is declared here is there.
pub(crate) struct Catalog {
    newest_first: Vec<Stored>,
    pruned: Pruned,
    lookups: Vec<Waiting>,
}

/// Tables, each with a column that it had and has no longer.
pub(crate) type Pruned = BTreeSet<(Name, Name)>;

/// A column that waits for a row of another table.
#[derive(Clone)]
pub(crate) struct Waiting {
    pub(crate) table: Name,
    pub(crate) column: Name,
    pub(crate) lookup: Lookup,
}

impl Catalog {
    pub(crate) fn new(mut stored: Vec<Stored>, pruned: Pruned) -> Self {
        stored.sort_by_key(|stored| std::cmp::Reverse(stored.id.0));
        let mut catalog = Self {
            newest_first: stored,
            pruned,
            lookups: Vec::new(),
        };
        catalog.lookups = catalog.find_lookups();
        catalog
    }

    pub(crate) fn get(&self, id: DescriptorId) -> Option<&Stored> {
        self.newest_first.iter().find(|stored| stored.id == id)
    }

    /// The declarations of this table, the newest first, each with its source.
    fn declarations<'a>(&'a self, table: &'a Name) -> impl Iterator<Item = (&'a Name, &'a Table)> {
        let descriptors = self.newest_first.iter().map(|stored| &stored.descriptor);
        descriptors.flat_map(move |d| {
            d.tables
                .iter()
                .filter(move |t| t.name == *table)
                .map(|t| (&d.source, t))
        })
    }

    /// The tables that transforms made.
    pub(crate) fn tables(&self) -> BTreeSet<&Name> {
        let descriptors = self.newest_first.iter().map(|stored| &stored.descriptor);
        descriptors
            .flat_map(|descriptor| descriptor.tables.iter().map(|table| &table.name))
            .collect()
    }

    /// All of them, the newest first.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Stored> {
        self.newest_first.iter()
    }

    /// The tables that get the records of an entity type.
    pub(crate) fn tables_of(&self, source: &Name, entity: &Name) -> BTreeSet<&Name> {
        let maps = |stored: &&Stored| {
            let descriptor = &stored.descriptor;
            (&descriptor.source, &descriptor.entity) == (source, entity)
        };
        self.all()
            .filter(maps)
            .flat_map(|stored| stored.descriptor.tables.iter().map(|table| &table.name))
            .collect()
    }

    /// What the newest descriptor that knows it says of a table.
    pub(crate) fn newest_declaration<'a>(&'a self, table: &'a Name) -> Option<&'a Table> {
        self.declarations(table).next().map(|(_, table)| table)
    }

    /// A table with every column that some descriptor declares and that is there: of
    /// one that several declare, as the newest says.
    pub(crate) fn table(&self, name: &Name) -> Option<TableSeen> {
        let (stored, newest) = self.newest_first.iter().find_map(|stored| {
            let mut tables = stored.descriptor.tables.iter();
            Some((stored, tables.find(|table| table.name == *name)?))
        })?;
        let mut columns: Vec<Column> = Vec::new();
        for (_, table) in self.declarations(name) {
            for column in &table.columns {
                let known = columns.iter().any(|known| known.name == column.name);
                if !known && !self.is_pruned(name, &column.name) {
                    columns.push(column.clone());
                }
            }
        }
        Some(TableSeen {
            name: name.clone(),
            source: stored.descriptor.source.clone(),
            entity: stored.descriptor.entity.clone(),
            doc: newest.doc.clone(),
            columns,
            key: newest.key.clone(),
        })
    }

    /// The columns of a table that every declaration has, which are no integration's own,
    /// and those that one of these descriptors declares.
    pub(crate) fn columns_of(&self, table: &Name, own: &[DescriptorId]) -> BTreeSet<&Name> {
        let names = |table: &'_ Table| -> BTreeSet<Name> {
            table
                .columns
                .iter()
                .map(|column| column.name.clone())
                .collect()
        };
        let declared = self.all().filter_map(|stored| {
            let declared = stored.descriptor.table(table)?;
            Some((own.contains(&stored.id), declared))
        });
        let declared: Vec<_> = declared.collect();
        let mut everywhere = declared.iter().map(|(_, table)| names(table));
        let first = everywhere.next().unwrap_or_default();
        let common = everywhere.fold(first, |common, more| &common & &more);
        let seen = |is_own: bool, name: &Name| is_own || common.contains(name);
        let columns = declared
            .iter()
            .flat_map(|(is_own, table)| table.columns.iter().map(move |c| (*is_own, &c.name)));
        columns
            .filter(|(is_own, name)| seen(*is_own, name))
            .map(|(_, name)| name)
            .collect()
    }

    /// The plugin that made this table: the first that declared it.
    pub(crate) fn owner(&self, table: &Name) -> Option<&Name> {
        let mut oldest_first = self.newest_first.iter().rev();
        let first = oldest_first.find(|stored| {
            let mut tables = stored.descriptor.tables.iter();
            tables.any(|declared| declared.name == *table)
        });
        first.map(|stored| &stored.descriptor.name)
    }

    /// Whether a column that was declared is there no longer.
    fn is_pruned(&self, table: &Name, column: &Name) -> bool {
        // Nearly always there is none, and nothing is to be copied.
        !self.pruned.is_empty() && self.pruned.contains(&(table.clone(), column.clone()))
    }

    /// The table without its columns that are there no longer, and which of them are
    /// left; none where all of them are there.
    pub(crate) fn pruned(&self, table: &Table) -> Option<(Table, Vec<usize>)> {
        let columns = &table.columns;
        let is_left = |i: &usize| !self.is_pruned(&table.name, &columns[*i].name);
        let left: Vec<usize> = (0..columns.len()).filter(is_left).collect();
        (left.len() < columns.len()).then(|| {
            let mut rest = table.clone();
            rest.columns = left.iter().map(|i| columns[*i].clone()).collect();
            (rest, left)
        })
    }

    /// The descriptor with each column under the name that it takes: its own, or, where
    /// that is one of another type, the other one.
    pub(crate) fn settle(&self, descriptor: &TransformDescriptor) -> TransformDescriptor {
        let mut settled = descriptor.clone();
        for table in &mut settled.tables {
            for column in &mut table.columns {
                let taken = self.column(&table.name, &column.name);
                let taken = taken.is_some_and(|taken| taken.kind != column.kind);
                if let Some(other) = column.otherwise.take().filter(|_| taken) {
                    column.label.get_or_insert_with(|| column.name.to_string());
                    column.name = other;
                }
            }
        }
        settled
    }

    /// What the newest descriptor that knows it says of a column.
    fn column<'a>(&'a self, table: &'a Name, column: &Name) -> Option<&'a Column> {
        self.declarations(table)
            .find_map(|(_, known)| known.column(column))
    }

    /// Why the table cannot become what is declared, if it cannot. Where
    /// descriptors differ in their columns (they may follow from settings), the
    /// newest that knows a column has the say on it.
    pub(crate) fn conflict(&self, table: &Table) -> Option<String> {
        let (_, known) = self.declarations(&table.name).next()?;
        let (old, new): (BTreeSet<_>, BTreeSet<_>) =
            (known.key.iter().collect(), table.key.iter().collect());
        if old != new {
            return Some(format!(
                "its key is ({}) and would become ({}): declare the old key, or give the table another name",
                names(&known.key),
                names(&table.key)
            ));
        }
        table.columns.iter().find_map(|column| {
            let old = self.column(&table.name, &column.name)?;
            (old.kind != column.kind).then(|| retyped(old, column))
        })
    }

    /// Whether the lookup can be followed: the table that it names is one that a
    /// transform of the same source made, and the columns are there. Anything
    /// else, a control table among them, is out of a plugin's reach.
    pub(crate) fn resolves(&self, source: &Name, column: &Column, lookup: &Lookup) -> bool {
        let target = |name: &Name| {
            if self.is_pruned(&lookup.table, name) {
                return None;
            }
            let own = self
                .declarations(&lookup.table)
                .filter(|(of, _)| *of == source);
            own.filter_map(|(_, table)| table.column(name))
                .map(|column| column.kind)
                .next()
        };
        let id = runnel_model::ColumnType::Integer;
        let made = self.declarations(&lookup.table).any(|(of, _)| of == source);
        let kind = |name: &Name| {
            if &**name == "id" {
                Some(id)
            } else {
                target(name)
            }
        };
        made && kind(&lookup.take) == Some(column.kind)
            && lookup.on.iter().all(|(_, to)| kind(to).is_some())
    }

    /// The columns that are filled from this table.
    pub(crate) fn waiting_for(&self, table: &Name) -> impl Iterator<Item = &Waiting> {
        self.lookups
            .iter()
            .filter(move |waiting| waiting.lookup.table == *table)
    }

    /// All lookups that can be followed.
    pub(crate) fn lookups(&self) -> &[Waiting] {
        &self.lookups
    }

    /// Of each transform the newest descriptor that knows a column has the say
    /// on it.
    fn find_lookups(&self) -> Vec<Waiting> {
        let mut decided = BTreeSet::new();
        let columns = self.newest_first.iter().flat_map(|stored| {
            let tables = stored.descriptor.tables.iter();
            tables.flat_map(move |t| {
                t.columns
                    .iter()
                    .map(move |c| (&stored.descriptor, &t.name, c))
            })
        });
        let found = columns.filter_map(|(descriptor, table, column)| {
            let first = decided.insert((&descriptor.name, table, &column.name));
            let lookup = column.lookup.as_ref().filter(|_| first)?;
            let waiting = || Waiting {
                table: table.clone(),
                column: column.name.clone(),
                lookup: lookup.clone(),
            };
            let is_there = !self.is_pruned(table, &column.name);
            (is_there && self.resolves(&descriptor.source, column, lookup)).then(waiting)
        });
        found.collect()
    }

    /// Whether the columns identify a row of the table, so that its unique
    /// index finds it.
    pub(crate) fn is_key<'a>(&self, table: &Name, columns: impl Iterator<Item = &'a Name>) -> bool {
        let columns: BTreeSet<&Name> = columns.collect();
        self.declarations(table)
            .next()
            .is_some_and(|(_, table)| table.key.iter().collect::<BTreeSet<_>>() == columns)
    }
}

/// Whether the column may be null in the table: one that the host fills has to
/// wait for its value.
pub(crate) fn may_be_null(column: &Column) -> bool {
    column.nullable || column.lookup.is_some()
}

fn retyped(old: &Column, new: &Column) -> String {
    format!(
        "the column {} is of type {:?} and would become {:?}: give the new column another name",
        old.name, old.kind, new.kind
    )
    .to_lowercase()
}

fn names(names: &[Name]) -> String {
    names
        .iter()
        .map(|name| &**name)
        .collect::<Vec<_>>()
        .join(", ")
}
