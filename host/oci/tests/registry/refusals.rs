//! What is not pulled, and what is said of it.

use std::fs;

use oci_client::{
    Client,
    client::{ClientConfig, ClientProtocol, Config, ImageLayer},
    manifest::{
        IMAGE_DOCKER_CONFIG_MEDIA_TYPE, IMAGE_DOCKER_LAYER_GZIP_MEDIA_TYPE, OciImageIndex,
        OciManifest,
    },
    secrets::RegistryAuth,
};
use runnel_oci::{Access, Reference, Registry};
use test_services::Registry as Service;

use crate::harness::{LIMIT, anybody, component, named, package, refused, said};

/// A registry with one component, and the file in which it keeps its bytes.
async fn one() -> (Service, Reference, std::path::PathBuf) {
    let service = Service::start();
    let at = named(&service, "acme/github_prs:1.1.0");
    let pushed = anybody().push(&at, package(component("one"))).await;
    let file = service.blob(&pushed.unwrap().digest.to_string());
    (service, at, file)
}

#[tokio::test]
async fn a_component_that_was_changed_in_the_registry_is_named_with_its_digest() {
    let (_service, at, file) = one().await;
    let mut bytes = fs::read(&file).unwrap();
    assert_eq!(bytes, component("one"));
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&file, bytes).unwrap();
    let line = refused(&anybody(), &at).await;
    assert!(line.contains(&at.to_string()), "{line}");
    assert!(
        line.contains("was changed") && line.contains("sha256:"),
        "{line}"
    );
}

#[tokio::test]
async fn a_component_that_is_cut_off_is_named_with_both_sizes() {
    let (_service, at, file) = one().await;
    let bytes = fs::read(&file).unwrap();
    let (all, some) = (bytes.len(), bytes.len() - 3);
    fs::write(&file, &bytes[..some]).unwrap();
    let line = refused(&anybody(), &at).await;
    let sizes = format!("{some} bytes came and its manifest says {all}");
    assert!(line.contains("cut off") && line.contains(&sizes), "{line}");
}

#[tokio::test]
async fn a_component_whose_bytes_are_gone_is_not_there() {
    let (_service, at, file) = one().await;
    fs::remove_file(&file).unwrap();
    let line = refused(&anybody(), &at).await;
    assert!(line.contains("there is no"), "{line}");
}

#[tokio::test]
async fn a_manifest_that_was_changed_is_not_the_one_of_its_digest() {
    let (service, at, _) = one().await;
    let digest = anybody().pull(&at).await.unwrap().manifest;
    let file = service.blob(digest.strip_prefix("sha256:").unwrap());
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace("1.1.0", "6.6.6")).unwrap();
    let by_digest = named(&service, &format!("acme/github_prs@{digest}"));
    let line = refused(&anybody(), &by_digest).await;
    assert!(line.contains(&digest), "{line}");
}

#[tokio::test]
async fn a_tag_and_a_name_that_are_not_there_are_named() {
    let (service, _, _) = one().await;
    for name in ["acme/github_prs:1.1.1", "acme/github_pr:1.1.0"] {
        let line = refused(&anybody(), &named(&service, name)).await;
        let expected = format!("there is no {}/{name}: look at the name", service.host());
        assert!(line.contains(&expected), "{line}");
    }
}

#[tokio::test]
async fn a_registry_that_does_not_answer_is_named_with_the_cause() {
    let gone = {
        let service = Service::start();
        named(&service, "github_prs:1")
    };
    let line = refused(&anybody(), &gone).await;
    assert!(line.contains("refused"), "{line}");
    let nowhere: Reference = "registry.invalid/github_prs:1".parse().unwrap();
    let pushed = anybody().push(&nowhere, package(component("one"))).await;
    for line in [
        refused(&anybody(), &nowhere).await,
        said(pushed.unwrap_err()),
    ] {
        assert!(
            line.contains("registry.invalid cannot be reached"),
            "{line}"
        );
    }
}

#[tokio::test]
async fn a_registry_without_tls_is_reached_only_where_that_was_asked_for() {
    let (_service, at, _) = one().await;
    let secure = Registry::new(Access {
        plain_http: false,
        credentials: None,
        limit: LIMIT,
    });
    let line = refused(&secure.unwrap(), &at).await;
    assert!(line.contains("--plain-http"), "{line}");
}

#[tokio::test]
async fn a_component_that_is_larger_than_a_host_takes_is_not_even_begun() {
    let service = Service::start();
    let at = named(&service, "large:1");
    let large = package(vec![7; LIMIT + 1]);
    anybody().push(&at, large).await.unwrap();
    let line = refused(&anybody(), &at).await;
    assert!(line.contains("1048577 bytes: at most 1048576"), "{line}");
}

#[tokio::test]
async fn a_digest_cannot_be_pushed_to() {
    let (service, at, _) = one().await;
    let digest = anybody().pull(&at).await.unwrap().manifest;
    let at = named(&service, &format!("acme/github_prs@{digest}"));
    let pushed = anybody().push(&at, package(component("two"))).await;
    let line = said(pushed.unwrap_err());
    assert!(line.contains("name a tag"), "{line}");
}

/// Pushes what is no component, as others would.
async fn image(at: &Reference, config: &str, layers: &[&str]) {
    let layers: Vec<ImageLayer> = layers
        .iter()
        .map(|kind| ImageLayer::new(kind.as_bytes().to_vec(), (*kind).to_owned(), None))
        .collect();
    let config = Config::new(b"{}".to_vec(), config.to_owned(), None);
    let at = at.to_string().parse().unwrap();
    let client = others();
    let push = client.push(&at, &layers, config, &RegistryAuth::Anonymous, None);
    push.await.map(drop).unwrap();
}

fn others() -> Client {
    Client::new(ClientConfig {
        protocol: ClientProtocol::Http,
        ..ClientConfig::default()
    })
}

#[tokio::test]
async fn an_image_that_is_no_component_is_named_by_its_type() {
    let service = Service::start();
    let client = anybody();
    let wasm = "application/vnd.wasm.config.v0+json";
    let gzip = IMAGE_DOCKER_LAYER_GZIP_MEDIA_TYPE;
    let images: [(&str, &[&str], &str); 3] = [
        (
            IMAGE_DOCKER_CONFIG_MEDIA_TYPE,
            &[gzip],
            IMAGE_DOCKER_CONFIG_MEDIA_TYPE,
        ),
        (wasm, &[gzip], gzip),
        (wasm, &["application/wasm", "text/plain"], "2 layers"),
    ];
    for (config, layers, expected) in images {
        let at = named(&service, "debian:12");
        image(&at, config, layers).await;
        let line = refused(&client, &at).await;
        assert!(line.contains("debian:12 is no component"), "{line}");
        assert!(line.contains(expected), "{line}");
    }
}

#[tokio::test]
async fn an_index_of_images_is_no_component() {
    let service = Service::start();
    let client = anybody();
    let at = named(&service, "debian:12");
    let index = OciImageIndex {
        schema_version: 2,
        media_type: Some("application/vnd.oci.image.index.v1+json".to_owned()),
        manifests: Vec::new(),
        artifact_type: None,
        annotations: None,
    };
    let theirs = at.to_string().parse().unwrap();
    let push = others();
    push.store_auth_if_needed(&service.host(), &RegistryAuth::Anonymous)
        .await;
    let index = OciManifest::ImageIndex(index);
    push.push_manifest(&theirs, &index).await.unwrap();
    let line = refused(&client, &at).await;
    assert!(line.contains("an index of several images"), "{line}");
}
