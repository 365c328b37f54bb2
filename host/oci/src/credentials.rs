//! Who asks: what `docker login` wrote, or what a credential helper that its file
//! names gives out.

use std::{fs::File, io, path::Path};

use docker_credential::{CredentialRetrievalError, DockerCredential};
use oci_client::secrets::RegistryAuth;

use crate::OciError;

/// What a registry is told about who asks; nobody where nothing is said of it.
pub(crate) fn find(file: Option<&Path>, registry: &str) -> Result<RegistryAuth, OciError> {
    let Some(file) = file else {
        return Ok(RegistryAuth::Anonymous);
    };
    let wrong = |reason: String| OciError::Credentials {
        registry: registry.to_owned(),
        file: file.to_owned(),
        reason,
    };
    let opened = match File::open(file) {
        Ok(opened) => opened,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Ok(RegistryAuth::Anonymous);
        }
        Err(error) => return Err(wrong(format!("it cannot be read: {error}"))),
    };
    match docker_credential::get_credential_from_reader(opened, written(registry)) {
        Ok(DockerCredential::UsernamePassword(user, password)) => {
            Ok(RegistryAuth::Basic(user, password))
        }
        Ok(DockerCredential::IdentityToken(_)) => Err(wrong(
            "it has an identity token, which is not supported: log in with a user and an access token".to_owned(),
        )),
        Err(error) => unless_there_is_none(error).map_err(wrong),
    }
}

/// Docker Hub stands in the file under a name of its own.
fn written(registry: &str) -> &str {
    match registry {
        "docker.io" => "https://index.docker.io/v1/",
        other => other,
    }
}

/// No credential is no mistake. What a helper printed is not repeated: it may be one.
fn unless_there_is_none(error: CredentialRetrievalError) -> Result<RegistryAuth, String> {
    match error {
        CredentialRetrievalError::NoCredentialConfigured => Ok(RegistryAuth::Anonymous),
        // The words by which every helper says so.
        CredentialRetrievalError::HelperFailure { stdout, .. }
            if stdout.contains("credentials not found") =>
        {
            Ok(RegistryAuth::Anonymous)
        }
        CredentialRetrievalError::HelperFailure { helper, .. } => {
            Err(format!("{helper}, which it names, failed"))
        }
        other => Err(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use oci_client::secrets::RegistryAuth;

    use super::find;

    fn found(text: &str, registry: &str) -> Result<RegistryAuth, String> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("config.json");
        fs::write(&file, text).unwrap();
        find(Some(&file), registry).map_err(|error| error.to_string())
    }

    #[test]
    fn what_docker_login_wrote_is_found_by_the_registrys_host() {
        let file = r#"{"auths": {"127.0.0.1:5000": {"auth": "cnVubmVsOnNlY3JldA=="}}}"#;
        let basic = RegistryAuth::Basic("runnel".to_owned(), "secret".to_owned());
        assert_eq!(found(file, "127.0.0.1:5000"), Ok(basic));
        assert_eq!(found(file, "ghcr.io"), Ok(RegistryAuth::Anonymous));
    }

    #[test]
    fn docker_hub_is_found_by_the_name_that_docker_writes() {
        let file = r#"{"auths": {"https://index.docker.io/v1/": {"auth": "YTpi"}}}"#;
        let basic = RegistryAuth::Basic("a".to_owned(), "b".to_owned());
        assert_eq!(found(file, "docker.io"), Ok(basic));
    }

    #[test]
    fn without_a_file_nobody_asks() {
        assert_eq!(find(None, "ghcr.io").unwrap(), RegistryAuth::Anonymous);
        let nowhere = std::path::Path::new("/nonexistent/config.json");
        let nobody = find(Some(nowhere), "ghcr.io").unwrap();
        assert_eq!(nobody, RegistryAuth::Anonymous);
    }

    #[test]
    fn a_file_that_cannot_be_used_is_named_and_not_quoted() {
        for text in [
            r#"{"auths": {"ghcr.io": {"auth": "%%geheim%%"}}}"#,
            r#"{"auths": {"ghcr.io": {"identitytoken": "geheim"}}}"#,
            r#"{"auths": "geheim""#,
            r#"{"credsStore": "runnel-no-such-helper"}"#,
        ] {
            let error = found(text, "ghcr.io").unwrap_err();
            assert!(error.contains("config.json"), "{error}");
            assert!(!error.contains("geheim"), "{error}");
        }
    }
}
