//! Push and pull.

use std::{path::PathBuf, time::Duration};

use futures_util::StreamExt;
use http::HeaderValue;
use oci_client::{
    Client,
    client::{ClientConfig, ClientProtocol},
    errors::{DigestError, OciDistributionError},
    manifest::OCI_IMAGE_MEDIA_TYPE,
};
use runnel_model::Digest;

use crate::{
    OciError, Package, Reference, credentials,
    error::{answered, not_a_component, unreachable},
    manifest::{self, Described},
};

/// How registries are reached.
#[derive(Debug, Clone)]
pub struct Access {
    /// Without TLS: for a registry of one's own machine.
    pub plain_http: bool,
    /// The file that `docker login` writes; it need not be there.
    pub credentials: Option<PathBuf>,
    /// The size of a component that is still pulled, in bytes.
    pub limit: usize,
}

/// What was pushed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pushed {
    /// The component's digest.
    pub digest: Digest,
    /// The manifest's digest, as registries write it: `sha256:` and the digits.
    pub manifest: String,
}

/// What was pulled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pulled {
    /// The component's bytes: those of the digest.
    pub component: Vec<u8>,
    /// The component's digest.
    pub digest: Digest,
    /// The manifest's digest, as registries write it.
    pub manifest: String,
    /// The text of its signature, which nobody has looked at yet.
    pub signature: Option<String>,
}

/// Pushes to registries and pulls from them.
pub struct Registry {
    client: Client,
    access: Access,
}

impl Registry {
    /// Sets the client up. Nothing is asked yet.
    ///
    /// # Errors
    /// [`OciError::Client`] where TLS cannot be set up.
    pub fn new(access: Access) -> Result<Self, OciError> {
        // Another part of the process may have installed it before: the same one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let protocol = match access.plain_http {
            true => ClientProtocol::Http,
            false => ClientProtocol::Https,
        };
        let config = ClientConfig {
            protocol,
            connect_timeout: Some(Duration::from_secs(10)),
            read_timeout: Some(Duration::from_secs(60)),
            user_agent: concat!("runnel/", env!("CARGO_PKG_VERSION")),
            ..ClientConfig::default()
        };
        let client = Client::try_from(config).map_err(|e| OciError::Client(e.to_string()))?;
        Ok(Self { client, access })
    }

    /// Pushes a component: its bytes, its config, and then the manifest that names
    /// both, so that whoever pulls finds all of it or nothing.
    ///
    /// # Errors
    /// [`OciError`], where the registry cannot be reached or does not take it.
    pub async fn push(&self, to: &Reference, package: Package) -> Result<Pushed, OciError> {
        if to.0.digest().is_some() {
            return Err(OciError::PushToDigest(to.clone()));
        }
        self.introduce(to).await?;
        let unwritable = |e: serde_json::Error| answered(to, &e.to_string());
        let layer = manifest::descriptor(manifest::COMPONENT, &package.component);
        let config = manifest::config(&package, &layer.digest).map_err(unwritable)?;
        let described = manifest::descriptor(manifest::CONFIG, &config);
        let manifest = manifest::manifest(&package, described.clone(), layer.clone());
        let manifest = serde_json::to_vec(&manifest).map_err(unwritable)?;
        let pushed = Pushed {
            digest: manifest::digest(&package.component),
            manifest: manifest::written(&manifest::digest(&manifest)),
        };
        self.blob(to, package.component, &layer.digest).await?;
        self.blob(to, config, &described.digest).await?;
        let kind = HeaderValue::from_static(OCI_IMAGE_MEDIA_TYPE);
        let answer = self.client.push_manifest_raw(&to.0, manifest, kind).await;
        answer.map_err(|e| OciError::of(to, &e))?;
        Ok(pushed)
    }

    async fn blob(&self, to: &Reference, bytes: Vec<u8>, digest: &str) -> Result<(), OciError> {
        let pushed = self.client.push_blob(&to.0, bytes, digest).await;
        pushed.map(drop).map_err(|e| OciError::of(to, &e))
    }

    /// Pulls a component. What is larger than allowed is not even begun, and what
    /// comes is held against the size and the digest of the manifest.
    ///
    /// # Errors
    /// [`OciError`], where the registry cannot be reached, has no such component or
    /// sends something else.
    pub async fn pull(&self, from: &Reference) -> Result<Pulled, OciError> {
        let auth = self.introduce(from).await?;
        let pulled = self.client.pull_manifest(&from.0, &auth).await;
        let (manifest, digest) = pulled.map_err(|e| match e {
            // Of a reference by digest: the manifest is not the one that was named.
            OciDistributionError::DigestError(_) => changed(from, from.0.digest()),
            other => OciError::of(from, &other),
        })?;
        let described =
            manifest::described(manifest).map_err(|found| not_a_component(from, found))?;
        let component = self.component(from, &described).await?;
        Ok(Pulled {
            component,
            digest: described.digest,
            manifest: digest,
            signature: described.signature,
        })
    }

    async fn component(&self, from: &Reference, of: &Described) -> Result<Vec<u8>, OciError> {
        let limit = self.access.limit;
        if of.size > limit as u64 {
            return Err(OciError::TooLarge {
                reference: from.clone(),
                size: of.size,
                limit,
            });
        }
        let digest = manifest::written(&of.digest);
        // By its digest alone: a manifest may name other places to fetch it from.
        let stream = self.client.pull_blob_stream(&from.0, &digest[..]).await;
        let mut stream = stream.map_err(|e| OciError::of(from, &e))?;
        let mut bytes = Vec::new();
        while let Some(chunk) = stream.next().await {
            match chunk {
                Ok(chunk) => bytes.extend_from_slice(&chunk),
                Err(error) if is_digest(&error) && bytes.len() as u64 == of.size => {
                    return Err(changed(from, Some(&digest)));
                }
                Err(error) if is_digest(&error) => break,
                Err(error) => return Err(unreachable(from, &error)),
            }
            if bytes.len() as u64 > of.size {
                break;
            }
        }
        if bytes.len() as u64 == of.size {
            return Ok(bytes);
        }
        Err(OciError::Size {
            reference: from.clone(),
            came: bytes.len() as u64,
            size: of.size,
        })
    }

    /// Finds out as whom to ask a registry.
    async fn introduce(
        &self,
        reference: &Reference,
    ) -> Result<oci_client::secrets::RegistryAuth, OciError> {
        let auth = credentials::find(self.access.credentials.as_deref(), reference.registry())?;
        let registry = reference.0.resolve_registry();
        self.client.store_auth_if_needed(registry, &auth).await;
        Ok(auth)
    }
}

fn is_digest(error: &std::io::Error) -> bool {
    error
        .get_ref()
        .is_some_and(|inner| inner.is::<DigestError>())
}

fn changed(from: &Reference, digest: Option<&str>) -> OciError {
    OciError::Changed {
        reference: from.clone(),
        digest: digest.unwrap_or("of its tag").to_owned(),
    }
}
