//! What a file is, before anything of it is compiled: compiling is where a
//! hostile component can burn time.

use runnel_model::Digest;
use sha2::{Digest as _, Sha256};
use wasmparser::{Encoding, Parser, Payload};

use crate::{Refused, words::line};

/// Characters of a name from the file that are repeated.
const NAME: usize = 200;

/// Major and minor version of the interface that this host serves.
const SERVED: &str = "0.1";
const PACKAGE: &str = "runnel:plugin/";

/// What kind of plugin a component is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It maps records.
    Transform,
    /// It reads a service.
    Source,
}

/// What a component says from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspection {
    /// SHA-256 of the file.
    pub digest: Digest,
    /// The file's size in bytes.
    pub size: usize,
    /// The names of its imports, such as `runnel:plugin/log@0.1.0`.
    pub imports: Vec<String>,
    /// The names of its exports.
    pub exports: Vec<String>,
}

impl Inspection {
    /// Reads the outside of a component, in microseconds: nothing is compiled or
    /// validated.
    ///
    /// # Errors
    /// [`Refused`] if the file is no component.
    pub fn of(bytes: &[u8]) -> Result<Self, Refused> {
        if wasmtime::Engine::detect_precompiled(bytes).is_some() || native(bytes) {
            return Err(Refused::NativeCode);
        }
        let magic = b"\0asm";
        if bytes.len() < 8 && (bytes.starts_with(magic) || magic.starts_with(bytes)) {
            return Err(Refused::Truncated { size: bytes.len() });
        }
        if !bytes.starts_with(magic) {
            return Err(Refused::NotWasm);
        }
        let (imports, exports) = outside(bytes)?;
        Ok(Self {
            digest: digest(bytes),
            size: bytes.len(),
            imports,
            exports,
        })
    }

    /// Which kind of plugin it is.
    ///
    /// # Errors
    /// [`Refused`] if it asks for what no plugin gets, is of another version of
    /// the interface, or is not one of a transform and a source.
    pub fn kind(&self) -> Result<Kind, Refused> {
        self.imports.iter().try_for_each(|name| importable(name))?;
        let transform = self.exports_interface("transform-api")?;
        let source = self.exports_interface("source-api")?;
        match (transform, source) {
            (true, false) => Ok(Kind::Transform),
            (false, true) => Ok(Kind::Source),
            (true, true) => Err(Refused::TwoWorlds),
            (false, false) => Err(Refused::NoWorld),
        }
    }

    fn exports_interface(&self, interface: &str) -> Result<bool, Refused> {
        for name in &self.exports {
            match name.strip_prefix(PACKAGE).map(|rest| rest.split_once('@')) {
                Some(Some((own, version))) if own == interface => {
                    return served(version).map(|()| true);
                }
                _ => {}
            }
        }
        Ok(false)
    }
}

/// SHA-256 of a component's bytes: its digest.
pub(crate) fn digest(bytes: &[u8]) -> Digest {
    Digest(Sha256::digest(bytes).into())
}

/// An ELF, Mach-O or PE file.
fn native(bytes: &[u8]) -> bool {
    [&b"\x7fELF"[..], b"MZ", b"\xcf\xfa\xed\xfe"]
        .iter()
        .any(|magic| bytes.starts_with(magic))
}

fn importable(name: &str) -> Result<(), Refused> {
    if name.starts_with("wasi:") {
        return Err(Refused::Wasi(line(name, NAME)));
    }
    let known = name
        .strip_prefix(PACKAGE)
        .and_then(|rest| rest.split_once('@'));
    match known {
        // `types` holds no functions: it is imported for the types' names.
        Some(("log" | "types", version)) => served(version),
        _ => Err(Refused::Import(line(name, NAME))),
    }
}

fn served(version: &str) -> Result<(), Refused> {
    let mut parts = version.splitn(3, '.');
    let needed = [parts.next(), parts.next()]
        .map(Option::unwrap_or_default)
        .join(".");
    if needed == SERVED {
        Ok(())
    } else {
        Err(Refused::Version {
            needed: line(&needed, NAME),
            served: SERVED,
        })
    }
}

type Names = Vec<String>;

/// The names of the outermost component's imports and exports.
fn outside(bytes: &[u8]) -> Result<(Names, Names), Refused> {
    let (mut imports, mut exports, mut depth) = (Names::new(), Names::new(), 0_u32);
    for payload in Parser::new(0).parse_all(bytes) {
        match payload.map_err(|error| unreadable(bytes, &error))? {
            Payload::Version {
                encoding: Encoding::Module,
                ..
            } if depth == 0 => return Err(Refused::CoreModule),
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::ComponentImportSection(section) if depth == 0 => {
                for item in section {
                    imports.push(
                        item.map_err(|e| unreadable(bytes, &e))?
                            .name
                            .name
                            .to_owned(),
                    );
                }
            }
            Payload::ComponentExportSection(section) if depth == 0 => {
                for item in section {
                    exports.push(
                        item.map_err(|e| unreadable(bytes, &e))?
                            .name
                            .name
                            .to_owned(),
                    );
                }
            }
            _ => {}
        }
    }
    Ok((imports, exports))
}

fn unreadable(bytes: &[u8], error: &wasmparser::BinaryReaderError) -> Refused {
    let message = error.message();
    if message.contains("unexpected end") || error.offset() >= bytes.len() {
        Refused::Truncated { size: bytes.len() }
    } else {
        Refused::Invalid(line(&error.to_string(), 2_000))
    }
}
