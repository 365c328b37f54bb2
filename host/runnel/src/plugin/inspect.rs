//! `runnel plugin inspect`.

use anyhow::Context;
use comfy_table::{Table, presets};
use runnel_control::{Installed, InstalledKind};
use runnel_model::{Column, ColumnType, SourceDescriptor, Table as Declared, TransformDescriptor};
use runnel_sandbox::Inspection;
use serde_json::{Value, json};

use super::{paper, sandbox};
use crate::{args::InspectArguments, environment::Environment, failure::Failure, output, words};

/// Prints what a component declares.
pub(super) fn run(arguments: &InspectArguments, environment: &Environment) -> Result<(), Failure> {
    let file = &arguments.file;
    let bytes =
        std::fs::read(file).with_context(|| format!("{} cannot be read", file.display()))?;
    // First from outside: a file that is no component is not compiled.
    let outside =
        Inspection::of(&bytes).with_context(|| format!("{} is no plugin", file.display()))?;
    let plugin = Installed::load(&sandbox(environment)?, file)?;
    if arguments.json {
        return Ok(output::print(format!("{:#}", json(&plugin, &outside)?))?);
    }
    Ok(output::print(text(&plugin, &outside))?)
}

fn json(plugin: &Installed, outside: &Inspection) -> anyhow::Result<Value> {
    let descriptor = match &plugin.kind {
        InstalledKind::Source(_, descriptor) => serde_json::to_value(descriptor),
        InstalledKind::Transform(_, descriptor) => serde_json::to_value(descriptor),
    };
    let mut paper = paper::json(plugin);
    paper["size"] = json!(outside.size);
    paper["interface"] = json!(interface(outside));
    paper["imports"] = json!(outside.imports);
    paper["exports"] = json!(outside.exports);
    paper["descriptor"] = descriptor.context("the descriptor cannot be written as JSON")?;
    Ok(paper)
}

fn text(plugin: &Installed, outside: &Inspection) -> String {
    let imports = if outside.imports.is_empty() {
        "nothing".to_owned()
    } else {
        outside.imports.join(", ")
    };
    let mut lines = vec![
        format!(
            "{} {}, a {}",
            plugin.name(),
            plugin.version(),
            paper::kind(plugin)
        ),
        format!("digest     {}", plugin.digest),
        format!("size       {}", words::bytes(outside.size as u64)),
        format!("interface  {}", interface(outside)),
        format!("imports    {imports}"),
    ];
    match &plugin.kind {
        InstalledKind::Source(_, descriptor) => lines.extend(source(descriptor)),
        InstalledKind::Transform(_, descriptor) => lines.extend(transform(descriptor)),
    }
    lines.join("\n")
}

/// The version of the interface that it was built for.
fn interface(outside: &Inspection) -> &str {
    let own = outside
        .exports
        .iter()
        .find(|name| name.starts_with("runnel:plugin/"));
    own.and_then(|name| Some(name.split_once('@')?.1))
        .unwrap_or("unknown")
}

fn source(descriptor: &SourceDescriptor) -> Vec<String> {
    let mut table = table(["stream", "read for", "after", "every", "what"]);
    for stream in &descriptor.streams {
        let after: Vec<&str> = stream.depends_on.iter().map(|name| &**name).collect();
        table.add_row([
            stream.name.to_string(),
            stream
                .parents
                .as_ref()
                .map_or(String::new(), |parents| parents.stream.to_string()),
            after.join("\n"),
            format!("{} min", stream.every_minutes),
            stream.doc.clone(),
        ]);
    }
    vec![
        format!("base URL   {}", descriptor.base_url),
        format!("settings   {}", settings(&descriptor.settings)),
        table.to_string(),
    ]
}

fn transform(descriptor: &TransformDescriptor) -> Vec<String> {
    let reads: Vec<String> = descriptor.reads.iter().map(ToString::to_string).collect();
    let reads = if reads.is_empty() {
        "everything".to_owned()
    } else {
        reads.join(", ")
    };
    let mut lines = vec![
        format!("maps       {} of {}", descriptor.entity, descriptor.source),
        format!("reads      {reads}"),
        format!("settings   {}", settings(&descriptor.settings)),
    ];
    lines.extend(descriptor.tables.iter().flat_map(declared));
    lines
}

/// A table with its columns.
fn declared(declared: &Declared) -> [String; 2] {
    let mut table = table(["column", "type", "", "what"]);
    for column in &declared.columns {
        let kind = format!(
            "{}{}",
            kind(column.kind),
            if column.nullable { "" } else { " not null" }
        );
        table.add_row([
            column.name.to_string(),
            kind,
            role(declared, column),
            column.doc.clone(),
        ]);
    }
    [
        format!("table      {}: {}", declared.name, declared.doc),
        table.to_string(),
    ]
}

/// What a column is to its table, beside a value.
fn role(table: &Declared, column: &Column) -> String {
    let mut roles = Vec::new();
    if table.key.contains(&column.name) {
        roles.push("key".to_owned());
    }
    if table.version.as_ref() == Some(&column.name) {
        roles.push("version".to_owned());
    }
    if table.embed.contains(&column.name) {
        roles.push("embedded".to_owned());
    }
    if let Some(lookup) = &column.lookup {
        roles.push(format!("from {}.{}", lookup.table, lookup.take));
    }
    roles.join(", ")
}

fn kind(kind: ColumnType) -> &'static str {
    match kind {
        ColumnType::Boolean => "boolean",
        ColumnType::Integer => "integer",
        ColumnType::Float => "float",
        ColumnType::Text => "text",
        ColumnType::Timestamp => "timestamp",
        ColumnType::Date => "date",
        ColumnType::Json => "json",
    }
}

/// The names of the settings that a JSON Schema knows.
fn settings(schema: &Value) -> String {
    let names = schema.get("properties").and_then(Value::as_object);
    let names: Vec<&str> = names
        .into_iter()
        .flat_map(|names| names.keys().map(String::as_str))
        .collect();
    if names.is_empty() {
        "none".to_owned()
    } else {
        names.join(", ")
    }
}

fn table<const N: usize>(headings: [&str; N]) -> Table {
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_FULL_CONDENSED)
        .set_header(headings);
    table
}
