//! `runnel table`: columns that nothing fills any more, shown and dropped.

use std::io::{self, BufRead, IsTerminal};

use anyhow::Context;
use runnel_control::{InstalledKind, Registry};
use runnel_model::{Name, TransformDescriptor};
use runnel_store::{ColumnUse, Kept, StoreError, TableColumns, prunable};
use serde_json::{Value, json};

use super::{
    desk::{At, Desk, Own, actor, work},
    remote,
    show::{items, said, table},
};
use crate::{
    args::{PruneTable, StoreArguments, TableCommand},
    environment::Environment,
    failure::Failure,
    folders, output, plugin,
};

pub(super) async fn run(command: &TableCommand, environment: &Environment) -> Result<(), Failure> {
    match command {
        TableCommand::List(store) => list(store, environment).await,
        TableCommand::Prune(arguments) => prune(arguments, environment).await,
    }
}

async fn list(store: &StoreArguments, environment: &Environment) -> Result<(), Failure> {
    let desk = Desk::open(store, environment).await?;
    let tables = match &desk.at {
        At::Database(own) => {
            let tables = own.store.columns(&folder(own, environment)?).await;
            tables.map_err(work)?.iter().map(paper).collect()
        }
        At::Server(server) => remote::tables::list(server).await?,
    };
    desk.list(tables, listed)
}

fn listed(tables: &[Value]) -> String {
    let row = |found: &Value| {
        [
            said(found, "table"),
            said(found, "plugin"),
            items(found, "columns").len().to_string(),
            said(found, "unused"),
        ]
    };
    let headings = ["table", "plugin", "columns", "declared by nothing"];
    let none = "no plugin has made a table yet";
    table(headings, tables.iter().map(row).collect(), none)
}

async fn prune(arguments: &PruneTable, environment: &Environment) -> Result<(), Failure> {
    let desk = Desk::open(&arguments.store, environment).await?;
    let own = desk.own("table prune")?;
    let folder = folder(own, environment)?;
    let tables = own.store.columns(&folder).await.map_err(work)?;
    let columns = chosen(&tables, arguments)?;
    let words: Vec<&str> = columns.iter().map(|column| &**column).collect();
    let words = words.join(", ");
    let drop = !columns.is_empty() && (arguments.yes || asked(&arguments.table, &words)?);
    if drop {
        let of = (&arguments.table, &columns[..]);
        let pruned = own.store.prune(of, &folder, &actor(environment)).await;
        pruned.map_err(refused)?;
    }
    let json = json!({ "table": arguments.table, "columns": columns, "dropped": drop });
    desk.answer(&json, || match (drop, words.as_str()) {
        (_, "") => format!("every column of {} is needed: nothing is to be dropped", arguments.table),
        (true, _) => format!("dropped of {}: {words}", arguments.table),
        (false, _) => format!(
            "nothing needs these columns of {}: {words}; nothing was dropped: --yes drops them with their values",
            arguments.table
        ),
    })
}

/// The columns that are named, or all that nothing needs. What may not be dropped is
/// said before anybody is asked.
fn chosen(tables: &[TableColumns], arguments: &PruneTable) -> Result<Vec<Name>, Failure> {
    let named = &arguments.columns;
    let allowed = prunable(tables, &arguments.table, named);
    allowed.map_err(|error| refused(error.into()))?;
    if !named.is_empty() {
        return Ok(named.clone());
    }
    let own = tables.iter().filter(|found| found.table == arguments.table);
    let names: Result<Vec<Name>, _> = own.flat_map(unused).map(Name::new).collect();
    Ok(names.context("a column has a name that is none")?)
}

/// Asks whoever sits at a terminal. A program has to say it with the command.
fn asked(table: &Name, columns: &str) -> Result<bool, Failure> {
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Ok(false);
    }
    output::tell(&format!(
        "drop these columns of {table} with their values: {columns}? (yes/no)"
    ));
    let mut answer = String::new();
    let read = io::stdin().lock().read_line(&mut answer);
    read.context("the answer cannot be read")?;
    Ok(answer.trim() == "yes")
}

/// What the plugins folder declares, if there is one.
fn folder(own: &Own, environment: &Environment) -> Result<Vec<TransformDescriptor>, Failure> {
    let named = own.settings.plugins.as_deref();
    let folder = match folders::plugins(named, environment) {
        Ok(folder) => folder,
        Err(_) if named.is_none() => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let registry = Registry::load(&plugin::sandbox(environment)?, &folder)?;
    let declared = registry
        .plugins()
        .iter()
        .filter_map(|plugin| match &plugin.kind {
            InstalledKind::Transform(_, descriptor) => Some((**descriptor).clone()),
            InstalledKind::Source(..) => None,
        });
    Ok(declared.collect())
}

fn unused(found: &TableColumns) -> Vec<String> {
    let unused = found.columns.iter().filter(|column| column.kept.is_none());
    unused.map(|column| column.name.clone()).collect()
}

fn paper(found: &TableColumns) -> Value {
    let column = |column: &ColumnUse| {
        let declared_by = match &column.kept {
            Some(Kept::Declared(by)) => json!(by),
            _ => json!([]),
        };
        json!({
            "name": column.name,
            "kept": column.kept.as_ref().map(ToString::to_string),
            "declared_by": declared_by,
        })
    };
    json!({
        "table": found.table,
        "plugin": found.plugin,
        "columns": found.columns.iter().map(column).collect::<Vec<_>>(),
        "unused": unused(found),
    })
}

fn refused(error: StoreError) -> Failure {
    match error {
        StoreError::Prune(error) => Failure::Usage(error.to_string()),
        other => work(other),
    }
}
