//! What a plugin is, in the words of `list`, `inspect` and `build`.

use runnel_control::{Installed, InstalledKind};
use serde_json::{Value, json};

/// `source` or `transform`.
pub(super) fn kind(plugin: &Installed) -> &'static str {
    match plugin.kind {
        InstalledKind::Source(..) => "source",
        InstalledKind::Transform(..) => "transform",
    }
}

/// The entity types: a transform's own, or those of a source's streams.
pub(super) fn entities(plugin: &Installed) -> Vec<&str> {
    match &plugin.kind {
        InstalledKind::Source(_, descriptor) => descriptor
            .streams
            .iter()
            .map(|stream| &*stream.name)
            .collect(),
        InstalledKind::Transform(_, descriptor) => vec![&descriptor.entity],
    }
}

/// The tables that a transform fills.
pub(super) fn tables(plugin: &Installed) -> Vec<&str> {
    match &plugin.kind {
        InstalledKind::Source(..) => Vec::new(),
        InstalledKind::Transform(_, descriptor) => {
            descriptor.tables.iter().map(|table| &*table.name).collect()
        }
    }
}

/// All of it, for programs.
pub(super) fn json(plugin: &Installed) -> Value {
    json!({
        "name": &**plugin.name(),
        "version": plugin.version(),
        "kind": kind(plugin),
        "entities": entities(plugin),
        "tables": tables(plugin),
        "digest": plugin.digest.to_string(),
        "path": plugin.path.display().to_string(),
    })
}
