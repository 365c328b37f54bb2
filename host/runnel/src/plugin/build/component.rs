//! From a core module to an installed component.

use std::{fs, path::Path};

use anyhow::Context;
use runnel_control::Installed;
use runnel_sandbox::Sandbox;
use wit_component::ComponentEncoder;

use super::cargo::Module;

/// How the files of a component begin; those of a core module differ in what
/// follows the name.
const COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";

/// Makes a component of a module, loads it as a sync would, and puts it into the
/// folder under the name that it says it has.
pub(super) fn install(sandbox: &Sandbox, module: &Module, out: &Path) -> anyhow::Result<Installed> {
    let package = &module.package;
    let bytes = fs::read(&module.path)
        .with_context(|| format!("{} cannot be read", module.path.display()))?;
    let component = encode(bytes).with_context(|| {
        format!(
            "{package} was compiled, but is no plugin (is it exported with runnel_sdk's macro?)"
        )
    })?;
    // Out of the way until it is known to load: what is in the folder, works.
    let checked = out.join(".checking").join(format!("{package}.wasm"));
    write(&checked, &component)?;
    let mut plugin = Installed::load(sandbox, &checked)?;
    let path = out.join(format!("{}.wasm", plugin.name()));
    fs::rename(&checked, &path).with_context(|| format!("{} cannot be written", path.display()))?;
    plugin.path = path;
    Ok(plugin)
}

/// A component as it is, and a core module as a component: cargo writes the
/// former where `wasm-component-ld` is configured as the linker.
fn encode(bytes: Vec<u8>) -> anyhow::Result<Vec<u8>> {
    if bytes.starts_with(COMPONENT) {
        return Ok(bytes);
    }
    ComponentEncoder::default()
        .module(&bytes)?
        .validate(true)
        .encode()
}

fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(path, bytes))
        .with_context(|| format!("{} cannot be written", path.display()))
}

#[cfg(test)]
mod tests {
    use super::{COMPONENT, encode};

    #[test]
    fn a_component_stays_as_it_is() {
        assert_eq!(encode(COMPONENT.to_vec()).unwrap(), COMPONENT);
    }

    #[test]
    fn a_core_module_without_an_interface_becomes_a_component_that_exports_nothing() {
        let component = encode(b"\0asm\x01\0\0\0".to_vec()).unwrap();
        assert!(component.starts_with(COMPONENT));
    }

    #[test]
    fn what_is_no_module_is_refused() {
        assert!(encode(b"#!/bin/sh".to_vec()).is_err());
    }
}
