//! What can go wrong, and whose business it is.
//!
//! - [`Refused`]: the file is no plugin for this host. Said at installation, to
//!   the person who installs it.
//! - [`Fault`](crate::Fault): the guest did wrong. Of a record: a dead letter. Of
//!   a description or a page: the call fails and names the plugin.
//! - Everything else in [`SandboxError`]: the host could not do its part; trying
//!   again may help.

use runnel_model::{DescriptorError, Digest};

use crate::{Fault, PluginId, words::line};

/// Why there is no plugin, no descriptor or no batch.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The file is not a plugin that this host runs.
    #[error("the component {} is refused: {reason}", .digest.short())]
    Refused {
        /// The file's digest.
        digest: Digest,
        /// Why.
        reason: Refused,
    },
    /// The plugin does not accept the configuration it was given.
    #[error("{plugin} does not accept its configuration: {message}")]
    Configuration {
        /// Which plugin.
        plugin: PluginId,
        /// What it says of the configuration.
        message: String,
    },
    /// The plugin's descriptor is not of the published form.
    #[error("{plugin}: {}", said(.error))]
    Descriptor {
        /// Which plugin.
        plugin: PluginId,
        /// What is wrong with it.
        error: Box<DescriptorError>,
    },
    /// The guest trapped, hit a limit or answered against the interface.
    #[error(transparent)]
    Guest(#[from] Box<Fault>),
    /// The engine could not be set up, or has no room for an instance.
    #[error("the WebAssembly engine: {0}")]
    Engine(String),
    /// The cache's directory cannot be used.
    #[error("the cache of compiled components at {path}: {error}")]
    Cache {
        /// The directory.
        path: String,
        /// The operating system's error.
        error: std::io::Error,
    },
}

/// It repeats what it found, which may be anything.
fn said(error: &DescriptorError) -> String {
    line(&error.to_string(), 2_000)
}

/// Why a file is no plugin that this host runs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// A core module.
    #[error(
        "it is a core module, not a component; build it with wasm-component-ld or pass it through wit-component"
    )]
    CoreModule,
    /// Code that was compiled beforehand.
    #[error(
        "it is native code, not WebAssembly; a plugin is installed as the .wasm file it was built as"
    )]
    NativeCode,
    /// The file ends too early.
    #[error("it is cut off after {size} bytes")]
    Truncated {
        /// The file's size in bytes.
        size: usize,
    },
    /// Something else.
    #[error("it is not WebAssembly")]
    NotWasm,
    /// Larger than is allowed.
    #[error("it has {size} bytes, and at most {limit} are allowed")]
    TooLarge {
        /// The file's size in bytes.
        size: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// A component that wasmtime does not accept.
    #[error("it is not a valid component: {0}")]
    Invalid(String),
    /// A component that would cost more to compile than any plugin is worth.
    #[error("it would take too long to compile: {0}")]
    TooComplex(String),
    /// A component that was not compiled in time.
    #[error("it was not compiled within {} s", .limit.as_secs_f32())]
    TooSlow {
        /// The limit.
        limit: std::time::Duration,
    },
    /// It needs another version of the interface.
    #[error("this plugin needs interface {needed}, this host serves {served}")]
    Version {
        /// Major and minor version that it was built for.
        needed: String,
        /// Major and minor version of this host.
        served: &'static str,
    },
    /// It asks for a system interface.
    #[error(
        "it imports {0}: plugins that need WASI are not served yet, and no plugin gets files, network, clocks or environment"
    )]
    Wasi(String),
    /// It asks for something that is not the log.
    #[error("it imports {0}: a plugin may import runnel:plugin/log and nothing else")]
    Import(String),
    /// It is neither a transform nor a source.
    #[error("it exports neither runnel:plugin/transform-api nor runnel:plugin/source-api")]
    NoWorld,
    /// It is both.
    #[error("it exports both runnel:plugin/transform-api and runnel:plugin/source-api")]
    TwoWorlds,
    /// The names fit and the types do not.
    #[error("its interface has the right name and other types: {0}")]
    Types(String),
}
