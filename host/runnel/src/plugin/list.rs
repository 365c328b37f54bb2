//! `runnel plugin list`.

use comfy_table::{Table, presets};
use runnel_control::{Installed, Registry};
use serde_json::{Value, json};

use super::{paper, sandbox};
use crate::{
    admin, args::ListArguments, environment::Environment, failure::Failure, folders, output,
};

/// Prints what is installed.
pub(super) fn run(arguments: &ListArguments, environment: &Environment) -> Result<(), Failure> {
    let folder = folders::plugins(arguments.plugins.as_deref(), environment)?;
    let registry = Registry::load(&sandbox(environment)?, &folder)?;
    let shown = folder.display();
    let database = arguments.database.as_deref();
    let versions = database.map(admin::installed).transpose()?;
    let versions: Option<Vec<Value>> =
        versions.map(|rows| rows.iter().map(admin::version_paper).collect());
    if arguments.json {
        let plugins: Vec<Value> = registry.plugins().iter().map(paper::json).collect();
        let mut list = json!({ "folder": shown.to_string(), "plugins": plugins });
        if let Some(versions) = versions {
            list["versions"] = versions.into();
        }
        return Ok(output::print(format!("{list:#}"))?);
    }
    let mut text = format!("{}\nin {shown}", table(registry.plugins()));
    if let (Some(versions), Some(database)) = (versions, database) {
        text += &format!("\n{}\nin {database}", admin::listed(&versions));
    }
    Ok(output::print(text)?)
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
