//! A component's way from a file into the database.

use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
    time::Duration,
};

use runnel_model::{Digest, PluginVersion};
use runnel_sandbox::{Inspection, Refused, Sandbox};
use runnel_signatures::{Signature, Signers};
use runnel_store::{Actor, Descriptor, Installation, NewVersion, Store, StoreError};

use crate::{ControlError, lineup::InstalledKind, live};

/// A component that is to be installed.
#[derive(Debug, Clone)]
pub struct InstallRequest {
    /// Its file.
    pub file: PathBuf,
    /// Whether it may take the place of other bytes of the same version.
    pub dev: bool,
    /// Whose components are accepted.
    pub signers: Signers,
    /// How long compiling it may take.
    pub compile: Duration,
}

impl InstallRequest {
    /// A request with the limits of a host.
    pub fn new(file: PathBuf, dev: bool, signers: Signers) -> Self {
        Self {
            file,
            dev,
            signers,
            compile: live::COMPILE,
        }
    }
}

/// What was installed.
#[derive(Debug, Clone)]
pub struct InstalledVersion {
    /// Name and version.
    pub version: PluginVersion,
    /// The component's digest.
    pub digest: Digest,
    /// What came of it.
    pub installation: Installation,
}

/// Checks a component and keeps it in the database. What runs stays as it is.
///
/// From the cheap to the costly: the file's size and kind, what it imports and
/// exports, who signed it, whether it compiles in time and starts, what it says of
/// itself, and whether its tables can be had. The signature lies beside the file
/// ([`Signature::beside`]), and is kept also where none is asked for.
///
/// # Errors
/// [`ControlError::Plugins`], which names the file and, as soon as they are known,
/// the plugin and its version.
pub async fn install(
    store: &dyn Store,
    sandbox: &Sandbox,
    request: &InstallRequest,
    by: &Actor,
) -> Result<InstalledVersion, ControlError> {
    let bytes = read_component(&request.file, sandbox.limits().component)?;
    let signature =
        Signature::of(&request.file).map_err(|e| ControlError::Plugins(e.to_string()))?;
    let upload = Upload {
        called: request.file.display().to_string(),
        bytes,
        signature,
        dev: request.dev,
        signers: request.signers.clone(),
        compile: request.compile,
    };
    install_upload(store, sandbox, upload, by).await
}

/// A component that has come from somewhere.
#[derive(Debug, Clone)]
pub struct Upload {
    /// What it is called in errors.
    pub called: String,
    /// Its bytes: no more than the sandbox takes.
    pub bytes: Vec<u8>,
    /// Its signature, if there is one.
    pub signature: Option<Signature>,
    /// Whether it may take the place of other bytes of the same version.
    pub dev: bool,
    /// Whose components are accepted.
    pub signers: Signers,
    /// How long compiling it may take.
    pub compile: Duration,
}

impl Upload {
    /// An upload with the limits of a host.
    pub fn new(bytes: Vec<u8>, signature: Option<Signature>, dev: bool, signers: Signers) -> Self {
        Self {
            called: "the component".to_owned(),
            bytes,
            signature,
            dev,
            signers,
            compile: live::COMPILE,
        }
    }
}

/// The same as [`install`], of a component that is no file.
///
/// # Errors
/// [`ControlError::Plugins`], which says what the component is called.
pub async fn install_upload(
    store: &dyn Store,
    sandbox: &Sandbox,
    upload: Upload,
    by: &Actor,
) -> Result<InstalledVersion, ControlError> {
    let called = upload.called;
    let named =
        |reason: &dyn std::fmt::Display| ControlError::Plugins(format!("{called}: {reason}"));
    // Before anything of it is compiled.
    let outside = Inspection::of(&upload.bytes).map_err(|e| named(&e))?;
    outside.kind().map_err(|e| named(&e))?;
    let (bytes, signature) = (upload.bytes, upload.signature);
    let accepted = upload
        .signers
        .accept(&bytes, outside.digest, signature.as_ref());
    accepted.map_err(|e| named(&e))?;
    let (own, component) = (sandbox.clone(), bytes.clone());
    let loaded = live::within(upload.compile, move || {
        InstalledKind::load(&own, &component)
    });
    let loaded = loaded.await.map_err(|e| named(&e))?;
    let plugin = loaded.map_err(|e| named(&e))?;
    let version = PluginVersion::new(plugin.name().clone(), plugin.version());
    let new = NewVersion {
        version: version.map_err(|e| named(&e))?,
        digest: outside.digest,
        component: bytes,
        signature: signature.map(|signature| signature.to_string()),
        dev: upload.dev,
        descriptor: match plugin {
            InstalledKind::Source(_, descriptor) => Descriptor::Source(*descriptor),
            InstalledKind::Transform(_, descriptor) => Descriptor::Transform(*descriptor),
        },
    };
    let installation = store.install(&new, by).await.map_err(|error| match error {
        StoreError::Incompatible { .. } | StoreError::Version(_) => named(&error),
        other => other.into(),
    })?;
    Ok(InstalledVersion {
        version: new.version,
        digest: new.digest,
        installation,
    })
}

#[derive(Debug, thiserror::Error)]
enum Unreadable {
    #[error("it cannot be read: {0}")]
    File(#[from] std::io::Error),
    #[error(transparent)]
    Refused(#[from] Refused),
}

/// A component's bytes, of which no more is read than may be there.
///
/// # Errors
/// [`ControlError::Plugins`], which names the file: it cannot be read, or is larger
/// than the limit.
pub fn read_component(file: &Path, limit: usize) -> Result<Vec<u8>, ControlError> {
    let named = |e| ControlError::Plugins(format!("{}: {e}", file.display()));
    read(file, limit).map_err(named)
}

fn read(file: &Path, limit: usize) -> Result<Vec<u8>, Unreadable> {
    let file = File::open(file)?;
    let size = usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX);
    let mut bytes = Vec::new();
    file.take(limit as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > limit {
        return Err(Refused::TooLarge {
            size: size.max(bytes.len()),
            limit,
        }
        .into());
    }
    Ok(bytes)
}
