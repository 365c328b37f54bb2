//! What can go wrong, and the client's errors translated into it.
//!
//! Nothing here repeats a URL: a registry may send those who ask on to addresses
//! that are secrets by themselves.

use std::{error::Error, path::PathBuf};

use oci_client::errors::{OciDistributionError, OciErrorCode};

use crate::Reference;

/// Why something was not pushed or pulled. Each says in one line what to do.
#[derive(Debug, thiserror::Error)]
pub enum OciError {
    /// The text names nothing in a registry.
    #[error(
        "{text:?} names nothing in a registry: HOST/NAME:TAG is expected, such as \
         ghcr.io/acme/github_prs:1.1.0 ({reason})"
    )]
    Reference {
        /// The text, cut to some length.
        text: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A digest cannot be pushed to: what is pushed has its own.
    #[error("{0} has a digest: name a tag to push to, such as :1.1.0")]
    PushToDigest(Reference),
    /// The file of credentials cannot be used.
    #[error("the credentials of {registry} in {}: {reason}", file.display())]
    Credentials {
        /// The registry's host.
        registry: String,
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The client cannot be set up.
    #[error("no client of registries can be set up: {0}")]
    Client(String),
    /// No connection, or one that broke off.
    #[error("{registry} cannot be reached: {reason}")]
    Unreachable {
        /// The registry's host.
        registry: String,
        /// The cause.
        reason: String,
    },
    /// The registry has no TLS.
    #[error("{registry} speaks no TLS: if it is one of yours, reach it with --plain-http")]
    NoTls {
        /// The registry's host.
        registry: String,
    },
    /// The registry wants somebody else.
    #[error(
        "{registry} does not let you at {reference}: `docker login {registry}` with a user who may"
    )]
    Unauthorized {
        /// The registry's host.
        registry: String,
        /// What was asked for.
        reference: Reference,
    },
    /// There is no such thing.
    #[error("there is no {0}: look at the name and the tag")]
    NotFound(Reference),
    /// The registry answers otherwise than expected.
    #[error("{registry} answered about {reference}: {reason}")]
    Answer {
        /// The registry's host.
        registry: String,
        /// What was asked for.
        reference: Reference,
        /// What it said.
        reason: String,
    },
    /// There is something else.
    #[error("{reference} is no component, but {found}")]
    NotAComponent {
        /// What was asked for.
        reference: Reference,
        /// What is there.
        found: String,
    },
    /// The component is larger than a host takes.
    #[error("{reference} is a component of {size} bytes: at most {limit} are allowed")]
    TooLarge {
        /// What was asked for.
        reference: Reference,
        /// Its size.
        size: u64,
        /// What is allowed.
        limit: usize,
    },
    /// Fewer or more bytes than the manifest says.
    #[error(
        "{reference} is cut off or changed: {came} bytes came and its manifest says {size}; push it again"
    )]
    Size {
        /// What was asked for.
        reference: Reference,
        /// How many came.
        came: u64,
        /// How many the manifest says.
        size: u64,
    },
    /// Other bytes than the manifest says.
    #[error(
        "{reference} was changed in the registry or on the way: what came does not have the digest {digest} \
         that its manifest says; push it again, and look for who changed it"
    )]
    Changed {
        /// What was asked for.
        reference: Reference,
        /// What its manifest says.
        digest: String,
    },
}

impl OciError {
    /// Translates an error of the client's.
    pub(crate) fn of(reference: &Reference, error: &OciDistributionError) -> Self {
        use OciDistributionError as E;
        match error {
            E::UnauthorizedError { .. } | E::AuthenticationFailure(_) => unauthorized(reference),
            E::ServerError {
                code: 401 | 403, ..
            } => unauthorized(reference),
            E::ServerError { code: 404, .. } | E::ImageManifestNotFoundError(_) => {
                Self::NotFound(reference.clone())
            }
            E::ServerError { code, message, .. } => {
                answered(reference, &format!("status {code}: {message}"))
            }
            E::RegistryError { envelope, .. } => match &envelope.errors[..] {
                [first, ..] => coded(reference, &first.code, &first.message),
                [] => answered(reference, "an error without a word"),
            },
            E::DigestError(error) => answered(reference, &error.to_string()),
            E::RequestError(error) => unreachable(reference, error),
            E::UnsupportedMediaTypeError(kind) => {
                not_a_component(reference, format!("something of the type {kind}"))
            }
            E::UnsupportedSchemaVersionError(_)
            | E::ManifestParsingError(_)
            | E::VersionedParsingError(_)
            | E::ManifestEncodingError(_) => {
                not_a_component(reference, "something that is no image".to_owned())
            }
            other => answered(reference, &other.to_string()),
        }
    }
}

fn coded(reference: &Reference, code: &OciErrorCode, message: &str) -> OciError {
    match code {
        OciErrorCode::Unauthorized | OciErrorCode::Denied => unauthorized(reference),
        OciErrorCode::NotFound
        | OciErrorCode::NameUnknown
        | OciErrorCode::ManifestUnknown
        | OciErrorCode::BlobUnknown => OciError::NotFound(reference.clone()),
        code => answered(reference, &format!("{code:?}: {message}")),
    }
}

fn unauthorized(reference: &Reference) -> OciError {
    OciError::Unauthorized {
        registry: reference.registry().to_owned(),
        reference: reference.clone(),
    }
}

pub(crate) fn not_a_component(reference: &Reference, found: String) -> OciError {
    OciError::NotAComponent {
        reference: reference.clone(),
        found: line(&found),
    }
}

pub(crate) fn answered(reference: &Reference, reason: &str) -> OciError {
    OciError::Answer {
        registry: reference.registry().to_owned(),
        reference: reference.clone(),
        reason: line(reason),
    }
}

/// A request that was not answered, by its innermost cause: the outer ones have the
/// URL.
pub(crate) fn unreachable(reference: &Reference, error: &(dyn Error + 'static)) -> OciError {
    let mut innermost = error;
    while let Some(cause) = innermost.source() {
        innermost = cause;
    }
    let reason = innermost.to_string();
    let registry = reference.registry().to_owned();
    // What rustls says of an answer that is none of TLS.
    if reason.contains("InvalidContentType") {
        return OciError::NoTls { registry };
    }
    OciError::Unreachable {
        registry,
        reason: line(&reason),
    }
}

/// A stranger's words, made one line of bounded length.
fn line(text: &str) -> String {
    // Marks of direction turn a terminal's line around.
    let marks = [
        '\u{200e}', '\u{200f}', '\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}', '\u{202e}',
    ];
    let isolates = '\u{2066}'..='\u{2069}';
    let breaks = |c: char| {
        c.is_whitespace() || c.is_control() || marks.contains(&c) || isolates.contains(&c)
    };
    let words = text.split(breaks);
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    words.join(" ").chars().take(300).collect()
}
