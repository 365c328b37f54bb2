//! The command line through a host by HTTPS: whose certificate is trusted is worked
//! with, and nobody else is told anything.

use std::path::Path;

use runnel_e2e::{Authority, Kind, Outcome, Platform, Remote, Served, Shown, Tls, pulls};

/// What a command does through a host, whose user trusts the authorities of a file alone.
async fn through(remote: &Remote<'_>, base: &str, trusted: &Path, words: &[&str]) -> Outcome {
    let call = remote.platform().runnel(words);
    call.with(&["--server", base])
        .variable("RUNNEL_TOKEN", &remote.token)
        .variable("SSL_CERT_FILE", &trusted.to_string_lossy())
        .variable("SSL_CERT_DIR", "")
        .run()
        .await
}

async fn served() -> (Platform, Served) {
    let platform = Platform::new(Kind::Sqlite, pulls(1, 1)).await;
    platform.add("acme").await;
    let served = Served::start(platform.host(), "api").await;
    (platform, served)
}

#[tokio::test]
async fn a_host_whose_authority_is_trusted_is_worked_with() {
    let (platform, served) = served().await;
    let remote = Remote::of(&platform, &served, &served.admin().await, "admin").await;
    let authority = Authority::named("ours");
    let tls = Tls::before(&served, &authority, Shown::Its).await;
    let by_tls = async |words: &[&str]| {
        let done = through(&remote, &tls.base, authority.file(), words).await;
        let done = done.expect_status(0);
        assert_eq!(done.stderr, "", "nobody on the way can read it");
        done.stdout
    };
    let here = platform.runnel(&["job", "list"]).run().await;
    assert_eq!(by_tls(&["job", "list"]).await, here.expect_status(0).stdout);
    by_tls(&["tenant", "add", "by-tls"]).await;
    let added = "SELECT COUNT(*) FROM tenants WHERE name = 'by-tls'";
    assert_eq!(platform.database().await.number(added).await, 1);
    assert!(tls.let_in() > 0);
    served.host.stopped().await;
}

#[tokio::test]
async fn a_host_whose_certificate_is_not_trusted_is_told_nothing() {
    let (platform, served) = served().await;
    let remote = Remote::of(&platform, &served, &served.admin().await, "admin").await;
    let authority = Authority::named("ours");
    let (another, namesake) = (Authority::named("another"), Authority::named("ours"));
    for (shown, trusted, reason) in [
        (Shown::Its, &another, "or SSL_CERT_FILE names a file"),
        (Shown::Its, &namesake, "or SSL_CERT_FILE names a file"),
        (Shown::OfAnotherName, &authority, "not valid for name"),
        (Shown::Expired, &authority, "expired"),
    ] {
        let tls = Tls::before(&served, &authority, shown).await;
        for words in [&["job", "list"][..], &["tenant", "add", "by-tls"]] {
            let done = through(&remote, &tls.base, trusted.file(), words).await;
            let done = done.expect_status(1);
            let said = format!(
                "runnel: {} shows a certificate that is not trusted, and was told nothing: ",
                tls.base
            );
            assert!(done.stderr.starts_with(&said), "{shown:?}: {done:?}");
            assert!(done.line().contains(reason), "{shown:?}: {done:?}");
            assert_eq!(done.stderr.lines().count(), 1, "{done:?}");
            assert!(!done.stderr.contains(&remote.token), "{done:?}");
        }
        assert_eq!(tls.let_in(), 0, "{shown:?}: no token came through");
    }
    served.host.stopped().await;
}

#[tokio::test]
async fn whoever_names_authorities_that_are_not_there_is_told_so() {
    let (platform, served) = served().await;
    let remote = Remote::of(&platform, &served, &served.admin().await, "viewer").await;
    let tls = Tls::before(&served, &Authority::named("ours"), Shown::Its).await;
    let asked = |base| through(&remote, base, Path::new("nowhere.pem"), &["job", "list"]);
    let done = asked(&tls.base).await.expect_status(1);
    assert!(
        done.line().contains("SSL_CERT_FILE or SSL_CERT_DIR"),
        "{done:?}"
    );
    asked(&served.base).await.expect_status(0);
    served.host.stopped().await;
}

#[tokio::test]
async fn a_host_without_tls_is_said_to_speak_none() {
    let (platform, served) = served().await;
    let remote = Remote::of(&platform, &served, &served.admin().await, "viewer").await;
    let base = served.base.replace("http://", "https://");
    let call = platform.runnel(&["job", "list", "--server", &base]);
    let call = call.variable("RUNNEL_TOKEN", &remote.token);
    let done = call.run().await.expect_status(1);
    let said = format!("runnel: {base} speaks no TLS");
    assert!(done.line().starts_with(&said), "{done:?}");
    served.host.stopped().await;
}
