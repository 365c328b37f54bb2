//! What every test of this kind begins with.

use std::path::PathBuf;

use runnel_oci::{Access, OciError, Package, Reference, Registry};
use test_services::Registry as Service;

/// A component without anything in it: what an empty `wat` of one compiles to.
pub(crate) const EMPTY: &[u8] = b"\0asm\x0d\0\x01\0";

/// The size of a component that is still pulled.
pub(crate) const LIMIT: usize = 1 << 20;

/// A client that nobody has given a password.
pub(crate) fn anybody() -> Registry {
    client(None)
}

pub(crate) fn client(credentials: Option<PathBuf>) -> Registry {
    let access = Access {
        plain_http: true,
        credentials,
        limit: LIMIT,
    };
    Registry::new(access).unwrap()
}

/// A name in a registry.
pub(crate) fn named(service: &Service, name: &str) -> Reference {
    format!("{}/{name}", service.host()).parse().unwrap()
}

/// A component that is like no other, with a custom section of this text.
pub(crate) fn component(text: &str) -> Vec<u8> {
    let section = [&[1, b'x'], text.as_bytes()].concat();
    let length = u8::try_from(section.len()).unwrap();
    assert!(length < 128, "one byte of LEB128");
    [EMPTY, &[0, length], &section].concat()
}

pub(crate) fn package(component: Vec<u8>) -> Package {
    Package {
        component,
        title: "github_prs".to_owned(),
        version: "1.1.0".to_owned(),
        imports: vec!["runnel:plugin/log@0.1.0".to_owned()],
        exports: vec!["runnel:plugin/transform-api@0.1.0".to_owned()],
        signature: None,
    }
}

/// Why a pull was refused, in one line.
pub(crate) async fn refused(client: &Registry, from: &Reference) -> String {
    said(client.pull(from).await.unwrap_err())
}

/// An error in one line, as a person is told.
pub(crate) fn said(error: OciError) -> String {
    let text = error.to_string();
    assert_eq!(text.lines().count(), 1, "{text}");
    text
}
