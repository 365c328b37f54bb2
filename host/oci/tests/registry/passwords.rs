//! A registry that asks for a password.

use std::{fs, path::Path};

use test_services::Registry;

use crate::harness::{anybody, client, component, named, package, refused, said};

#[tokio::test]
async fn the_password_of_docker_login_opens_the_registry() {
    let service = Registry::with_password();
    let (client, at) = (client(Some(service.login())), named(&service, "prs:1"));
    client.push(&at, package(component("one"))).await.unwrap();
    let pulled = client.pull(&at).await.unwrap();
    assert_eq!(pulled.component, component("one"));
}

#[tokio::test]
async fn nobody_and_somebody_else_are_told_to_log_in() {
    let service = Registry::with_password();
    let at = named(&service, "prs:1");
    let other = tempfile::tempdir().unwrap();
    let file = other.path().join("config.json");
    // runnel:geheim
    let login = format!(
        r#"{{"auths": {{"{}": {{"auth": "cnVubmVsOmdlaGVpbQ=="}}}}}}"#,
        service.host()
    );
    fs::write(&file, login).unwrap();
    let absent = Path::new("/nonexistent/config.json").to_owned();
    for client in [anybody(), client(Some(absent)), client(Some(file))] {
        let pushed = client.push(&at, package(component("one"))).await;
        for line in [said(pushed.unwrap_err()), refused(&client, &at).await] {
            let advice = format!("docker login {}", service.host());
            assert!(line.contains(&advice), "{line}");
            assert!(line.contains("prs:1") && !line.contains("geheim"), "{line}");
        }
    }
}
