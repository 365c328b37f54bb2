//! The format: <https://tag-runtime.cncf.io/wgs/wasm/deliverables/wasm-oci-artifact/>.

use std::collections::BTreeMap;

use oci_client::manifest::{OCI_IMAGE_MEDIA_TYPE, OciDescriptor, OciImageManifest, OciManifest};
use runnel_model::Digest;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

/// The config's type.
pub(crate) const CONFIG: &str = "application/vnd.wasm.config.v0+json";
/// The layer's type.
pub(crate) const COMPONENT: &str = "application/wasm";

/// The annotation that holds a signature: the text of the `.minisig` file. A second
/// layer would be refused by those who read components, and referrers are not known
/// to every registry.
const SIGNATURE: &str = "io.github.runnel-etl.minisig";
const TITLE: &str = "org.opencontainers.image.title";
const VERSION: &str = "org.opencontainers.image.version";

/// A component, and what is said about it in a registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    /// The component's bytes.
    pub component: Vec<u8>,
    /// The plugin's name.
    pub title: String,
    /// The plugin's version.
    pub version: String,
    /// The names of what the component imports.
    pub imports: Vec<String>,
    /// The names of what it exports.
    pub exports: Vec<String>,
    /// The text of its signature, if there is one.
    pub signature: Option<String>,
}

/// The config: what the component is, for indexes.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Config<'a> {
    created: &'static str,
    architecture: &'static str,
    os: &'static str,
    layer_digests: [&'a str; 1],
    component: World<'a>,
}

#[derive(Serialize)]
struct World<'a> {
    exports: &'a [String],
    imports: &'a [String],
}

/// The config of a component.
pub(crate) fn config(package: &Package, layer: &str) -> Result<Vec<u8>, serde_json::Error> {
    serde_json::to_vec(&Config {
        // Not the time of the push: the same component, pushed again, is the same.
        created: "1970-01-01T00:00:00Z",
        architecture: "wasm",
        os: "wasip2",
        layer_digests: [layer],
        component: World {
            exports: &package.exports,
            imports: &package.imports,
        },
    })
}

/// The manifest of a component.
pub(crate) fn manifest(
    package: &Package,
    config: OciDescriptor,
    layer: OciDescriptor,
) -> OciImageManifest {
    let annotation = |name: &str, text: &String| (name.to_owned(), text.clone());
    let mut annotations = BTreeMap::from([
        annotation(TITLE, &package.title),
        annotation(VERSION, &package.version),
    ]);
    annotations.extend(package.signature.iter().map(|s| annotation(SIGNATURE, s)));
    OciImageManifest {
        media_type: Some(OCI_IMAGE_MEDIA_TYPE.to_owned()),
        config,
        layers: vec![layer],
        annotations: Some(annotations),
        ..OciImageManifest::default()
    }
}

pub(crate) fn descriptor(media_type: &str, bytes: &[u8]) -> OciDescriptor {
    OciDescriptor {
        media_type: media_type.to_owned(),
        digest: written(&digest(bytes)),
        size: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
        ..OciDescriptor::default()
    }
}

pub(crate) fn digest(bytes: &[u8]) -> Digest {
    Digest(Sha256::digest(bytes).into())
}

/// A digest as registries write it.
pub(crate) fn written(digest: &Digest) -> String {
    format!("sha256:{digest}")
}

/// What a manifest says of a component.
#[derive(Debug)]
pub(crate) struct Described {
    /// The component's digest.
    pub(crate) digest: Digest,
    /// Its size in bytes.
    pub(crate) size: u64,
    /// The text of its signature.
    pub(crate) signature: Option<String>,
}

/// What a manifest says of a component, or what it is of instead.
pub(crate) fn described(manifest: OciManifest) -> Result<Described, String> {
    let OciManifest::Image(mut manifest) = manifest else {
        return Err("an index of several images".to_owned());
    };
    let kind = manifest.config.media_type;
    if kind != CONFIG {
        return Err(format!("an image of the type {kind}"));
    }
    let layers = manifest.layers.len();
    let layer = match (manifest.layers.pop(), layers) {
        (Some(layer), 1) if layer.media_type == COMPONENT => layer,
        (Some(layer), 1) => return Err(format!("a layer of the type {}", layer.media_type)),
        _ => return Err(format!("something of {layers} layers")),
    };
    let digest = layer.digest.strip_prefix("sha256:");
    let digest = digest.and_then(|hex| hex.parse().ok());
    Ok(Described {
        digest: digest.ok_or_else(|| format!("a layer of the digest {}", layer.digest))?,
        size: u64::try_from(layer.size).map_err(|_| "a layer of no size".to_owned())?,
        signature: manifest
            .annotations
            .and_then(|mut all| all.remove(SIGNATURE)),
    })
}
