//! The format is the ecosystem's: what is pushed has its parts, and what its own
//! library (`oci-wasm` 0.6) pushes is pulled.

use oci_client::{
    Client,
    client::{ClientConfig, ClientProtocol, Config, ImageLayer},
    manifest::{OCI_IMAGE_MEDIA_TYPE, OciImageManifest},
    secrets::RegistryAuth,
};
use serde_json::{Value, json};
use test_services::Registry;

use crate::harness::{EMPTY, anybody, component, named, package};

const CONFIG: &str = "application/vnd.wasm.config.v0+json";

fn theirs() -> Client {
    Client::new(ClientConfig {
        protocol: ClientProtocol::Http,
        ..ClientConfig::default()
    })
}

#[tokio::test]
async fn what_is_pushed_has_the_manifest_and_the_config_of_the_published_format() {
    let service = Registry::start();
    let at = named(&service, "acme/github_prs:1.1.0");
    let mut signed = package(component("one"));
    signed.signature = Some("a signature".to_owned());
    let pushed = anybody().push(&at, signed).await.unwrap();

    let their_at = at.to_string().parse().unwrap();
    let client = theirs();
    let read = client.pull_manifest_and_config(&their_at, &RegistryAuth::Anonymous);
    let (manifest, digest, config) = read.await.unwrap();
    assert_eq!(digest, pushed.manifest);
    let layer = format!("sha256:{}", pushed.digest);
    let manifest = serde_json::to_value(manifest).unwrap();
    assert_eq!(manifest["mediaType"], OCI_IMAGE_MEDIA_TYPE);
    assert_eq!(manifest["config"]["mediaType"], CONFIG);
    let size = component("one").len();
    let expected = json!([{ "mediaType": "application/wasm", "digest": layer, "size": size }]);
    assert_eq!(manifest["layers"], expected, "one layer, and no more");
    let annotations = json!({
        "org.opencontainers.image.title": "github_prs",
        "org.opencontainers.image.version": "1.1.0",
        "io.github.runnel-etl.minisig": "a signature",
    });
    assert_eq!(manifest["annotations"], annotations);
    let config: Value = serde_json::from_str(&config).unwrap();
    let expected = json!({
        "created": "1970-01-01T00:00:00Z",
        "architecture": "wasm",
        "os": "wasip2",
        "layerDigests": [layer],
        "component": {
            "exports": ["runnel:plugin/transform-api@0.1.0"],
            "imports": ["runnel:plugin/log@0.1.0"],
        },
    });
    assert_eq!(config, expected);
}

/// The calls and the config are those of `oci_wasm::WasmClient::push`.
#[tokio::test]
async fn what_the_ecosystems_library_pushes_is_pulled() {
    let service = Registry::start();
    let (client, at) = (anybody(), named(&service, "acme/empty:1"));
    let layer = ImageLayer::new(EMPTY.to_vec(), "application/wasm".to_owned(), None);
    let config = json!({
        "created": "2026-01-02T03:04:05.678901234Z",
        "author": null,
        "architecture": "wasm",
        "os": "wasip2",
        "layerDigests": [layer.sha256_digest()],
        "component": { "exports": [], "imports": [], "target": null },
    });
    let config = Config::new(config.to_string(), CONFIG.to_owned(), None);
    let layers = [layer];
    let mut manifest = OciImageManifest::build(&layers, &config, None);
    manifest.media_type = Some(OCI_IMAGE_MEDIA_TYPE.to_owned());
    let (theirs, their_at) = (theirs(), at.to_string().parse().unwrap());
    let nobody = RegistryAuth::Anonymous;
    let push = theirs.push(&their_at, &layers, config, &nobody, Some(manifest));
    push.await.map(drop).unwrap();
    let pulled = client.pull(&at).await.unwrap();
    assert_eq!((&pulled.component[..], pulled.signature), (EMPTY, None));
}
