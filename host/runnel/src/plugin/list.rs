//! `runnel plugin list`.

use comfy_table::{Table, presets};
use runnel_control::{Installed, Registry};
use serde_json::{Value, json};

use super::{paper, sandbox};
use crate::{args::ListArguments, environment::Environment, failure::Failure, folders, output};

/// Prints what is installed.
pub(super) fn run(arguments: &ListArguments, environment: &Environment) -> Result<(), Failure> {
    let folder = folders::plugins(arguments.plugins.as_deref(), environment)?;
    let registry = Registry::load(&sandbox(environment)?, &folder)?;
    let shown = folder.display();
    if arguments.json {
        let plugins: Vec<Value> = registry.plugins().iter().map(paper::json).collect();
        let list = json!({ "folder": shown.to_string(), "plugins": plugins });
        return Ok(output::print(format!("{list:#}"))?);
    }
    Ok(output::print(format!(
        "{}\nin {shown}",
        table(registry.plugins())
    ))?)
}

fn table(plugins: &[Installed]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED);
    table.set_header(["plugin", "version", "kind", "entities", "tables", "digest"]);
    for plugin in plugins {
        table.add_row([
            plugin.name().to_string(),
            plugin.version().to_owned(),
            paper::kind(plugin).to_owned(),
            paper::entities(plugin).join("\n"),
            paper::tables(plugin).join("\n"),
            plugin.digest.short(),
        ]);
    }
    table
}
