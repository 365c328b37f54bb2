//! What is pushed comes back.

use test_services::Registry;

use crate::harness::{anybody, component, named, package};

#[tokio::test]
async fn what_was_pushed_is_pulled_to_the_byte() {
    let service = Registry::start();
    let (client, at) = (anybody(), named(&service, "acme/github_prs:1.1.0"));
    let bytes = component("one");
    let pushed = client.push(&at, package(bytes.clone())).await.unwrap();
    let pulled = client.pull(&at).await.unwrap();
    assert_eq!(pulled.component, bytes);
    assert_eq!(pulled.digest, pushed.digest);
    assert_eq!(pulled.manifest, pushed.manifest);
    assert_eq!(pulled.signature, None);
}

#[tokio::test]
async fn a_signature_comes_along_as_it_was_pushed() {
    let service = Registry::start();
    let (client, at) = (anybody(), named(&service, "github_prs:1.1.0"));
    let mut signed = package(component("one"));
    let text = "untrusted comment: x\nRW…\ntrusted comment: y\tz\nSig==\n".to_owned();
    signed.signature = Some(text.clone());
    client.push(&at, signed).await.unwrap();
    assert_eq!(client.pull(&at).await.unwrap().signature, Some(text));
}

#[tokio::test]
async fn the_same_component_pushed_again_is_the_same_manifest() {
    let service = Registry::start();
    let client = anybody();
    let mut manifests = Vec::new();
    for tag in ["1.1.0", "1.1.0", "latest"] {
        let at = named(&service, &format!("github_prs:{tag}"));
        let pushed = client.push(&at, package(component("one"))).await.unwrap();
        manifests.push(pushed.manifest);
    }
    manifests.dedup();
    assert_eq!(manifests.len(), 1, "{manifests:?}");
}

#[tokio::test]
async fn a_component_is_pulled_by_the_digest_of_its_manifest() {
    let service = Registry::start();
    let (client, at) = (anybody(), named(&service, "github_prs:1.1.0"));
    let first = client.push(&at, package(component("one"))).await.unwrap();
    client.push(&at, package(component("two"))).await.unwrap();
    let by_digest = named(&service, &format!("github_prs@{}", first.manifest));
    let pulled = client.pull(&by_digest).await.unwrap();
    assert_eq!(pulled.component, component("one"));
}

#[tokio::test]
async fn a_component_of_several_chunks_comes_back_whole() {
    let service = Registry::start();
    let (client, at) = (anybody(), named(&service, "large:1"));
    let client_of_more = runnel_oci::Registry::new(runnel_oci::Access {
        plain_http: true,
        credentials: None,
        limit: 16 << 20,
    });
    let bytes: Vec<u8> = (0..9 << 20).map(|i: u32| (i % 251) as u8).collect();
    client.push(&at, package(bytes.clone())).await.unwrap();
    let pulled = client_of_more.unwrap().pull(&at).await.unwrap();
    assert!(pulled.component == bytes);
}
