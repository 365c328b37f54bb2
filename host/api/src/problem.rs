//! Refusals, in the form of RFC 9457.
//!
//! What the user can mend is said in words; what is wrong with the host is logged
//! here, once, and not told: an error's text may name what the user is not to know.

use std::collections::BTreeMap;

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use runnel_control::ControlError;
use runnel_store::{ReplayError, StoreError, VersionError};
use serde::Serialize;
use utoipa::{
    IntoResponses, ToSchema,
    openapi::{Content, Ref, RefOr, Response as Described, ResponseBuilder},
};

/// Why a request is not answered as it was hoped.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ApiError {
    #[error("sign in first")]
    NotSignedIn,
    #[error("{0}")]
    Forbidden(String),
    #[error("this host is read-only (api.read_only): nothing can be changed through it")]
    ReadOnly,
    #[error(
        "a change that comes with a cookie has to come from a page of this host: the headers Origin or Sec-Fetch-Site say so"
    )]
    OtherOrigin,
    #[error("there is no {0}")]
    NoSuch(String),
    #[error("this route does not know the method")]
    NoMethod,
    #[error("{0}")]
    Conflict(String),
    #[error("{0}")]
    Malformed(String),
    #[error("{}", said(.0))]
    Invalid(Vec<FieldError>),
    #[error("the body is larger than {0} bytes")]
    TooLarge(usize),
    #[error("the content type has to be {0}")]
    OtherType(&'static str),
    #[error("too many attempts: try again in {0} seconds")]
    TooMany(u64),
    #[error("it took too long")]
    TooSlow,
    #[error("the body was not there within {0} seconds")]
    Late(u64),
    #[error("the same change is under way: ask again in a moment, with the same key")]
    UnderWay,
    #[error("{0}")]
    Unavailable(String),
    #[error("the host failed; its log says why")]
    Broken,
}

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct FieldError {
    /// Which.
    pub(crate) field: String,
    /// What is expected.
    pub(crate) message: String,
}

impl std::fmt::Display for FieldError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.field, self.message)
    }
}

/// A refusal as it is sent.
#[derive(Serialize, ToSchema)]
pub(crate) struct Problem {
    /// `about:blank`, or `/problems/` and a word.
    r#type: String,
    /// The status in words.
    title: String,
    /// The status.
    status: u16,
    /// What happened, and what to do.
    detail: String,
    /// What is wrong with which field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    errors: Vec<FieldError>,
}

impl ApiError {
    /// A field that is to be mended.
    pub(crate) fn field(field: &str, message: impl ToString) -> Self {
        Self::Invalid(vec![FieldError {
            field: field.to_owned(),
            message: message.to_string(),
        }])
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::NotSignedIn => StatusCode::UNAUTHORIZED,
            Self::Forbidden(_) | Self::ReadOnly | Self::OtherOrigin => StatusCode::FORBIDDEN,
            Self::NoSuch(_) => StatusCode::NOT_FOUND,
            Self::NoMethod => StatusCode::METHOD_NOT_ALLOWED,
            Self::Conflict(_) | Self::UnderWay => StatusCode::CONFLICT,
            Self::Late(_) => StatusCode::REQUEST_TIMEOUT,
            Self::Malformed(_) => StatusCode::BAD_REQUEST,
            Self::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::OtherType(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::TooSlow | Self::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Broken => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn word(&self) -> Option<&'static str> {
        Some(match self {
            Self::ReadOnly => "read-only",
            Self::OtherOrigin => "other-origin",
            Self::Invalid(_) => "invalid",
            Self::TooMany(_) => "too-many-attempts",
            Self::TooSlow => "too-slow",
            Self::UnderWay => "under-way",
            _ => return None,
        })
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = self.status();
        let problem = Problem {
            r#type: self
                .word()
                .map_or("about:blank".to_owned(), |word| format!("/problems/{word}")),
            title: status.canonical_reason().unwrap_or_default().to_owned(),
            status: status.as_u16(),
            detail: self.to_string(),
            errors: match &self {
                Self::Invalid(errors) => errors.clone(),
                _ => Vec::new(),
            },
        };
        let mut response = (status, Json(problem)).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        let wait = match self {
            Self::TooMany(seconds) => Some(seconds),
            Self::UnderWay => Some(1),
            _ => None,
        };
        if let Some(seconds) = wait {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self == Self::NotSignedIn {
            headers.insert(
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static("Bearer realm=\"runnel\""),
            );
        }
        response
    }
}

impl IntoResponses for ApiError {
    fn responses() -> BTreeMap<String, RefOr<Described>> {
        let described = |words: &str| {
            let problem = Content::new(Some(Ref::from_schema_name(Problem::name())));
            let response = ResponseBuilder::new()
                .description(words)
                .content("application/problem+json", problem);
            RefOr::T(response.build())
        };
        BTreeMap::from([
            ("4XX".to_owned(), described("Refused: the detail says why")),
            (
                "503".to_owned(),
                described("The database does not answer now"),
            ),
        ])
    }
}

fn broken(error: &dyn std::error::Error) -> ApiError {
    tracing::error!(%error, "a request failed");
    ApiError::Broken
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NoSuch { what } => Self::NoSuch(what),
            StoreError::Exists { .. } => Self::Conflict(error.to_string()),
            StoreError::NoTenant { tenant } => Self::NoSuch(format!("tenant {tenant:?}")),
            StoreError::OtherService => Self::field("token", error),
            StoreError::OutOfRange { what, least, most } => {
                Self::field(what, format!("{least} to {most} is expected"))
            }
            StoreError::Cycle { .. } | StoreError::NoSuchJob { .. } => {
                Self::field("depends_on", error)
            }
            StoreError::Incompatible { .. } => Self::Conflict(error.to_string()),
            StoreError::Version(error) => match *error {
                VersionError::NoPlugin { .. } | VersionError::NoVersion { .. } => {
                    Self::field("version", error)
                }
                VersionError::NoTransform { .. } => Self::field("plugin", error),
                error => Self::Conflict(error.to_string()),
            },
            StoreError::Replay(error) => match *error {
                ReplayError::OtherEntity { .. } => Self::field("version", error),
                error => Self::Conflict(error.to_string()),
            },
            StoreError::Unreachable { .. }
            | StoreError::Busy { .. }
            | StoreError::Full { .. }
            | StoreError::Unwritable { .. } => {
                tracing::warn!(%error, "a request has to wait for the database");
                Self::Unavailable("the database does not answer now: try again later".to_owned())
            }
            other => broken(&other),
        }
    }
}

impl From<ControlError> for ApiError {
    fn from(error: ControlError) -> Self {
        match error {
            ControlError::Usage(words) | ControlError::Plugins(words) => {
                Self::Invalid(vec![FieldError {
                    field: String::new(),
                    message: words,
                }])
            }
            ControlError::Field { field, reason } => Self::field(field, reason),
            ControlError::Sandbox(error) => Self::field("", error),
            ControlError::Pipeline(error) => Self::field("", error),
            ControlError::Store(error) => error.into(),
            ControlError::Secrets(error) => {
                tracing::warn!(%error, "a credential cannot be used");
                Self::Conflict(
                    "credentials cannot be stored or read here: the host has no key, or not the right one"
                        .to_owned(),
                )
            }
            ControlError::Host(_) => broken(&error),
        }
    }
}

fn said(errors: &[FieldError]) -> String {
    let said = errors.iter().map(|error| match &*error.field {
        "" => error.message.clone(),
        _ => error.to_string(),
    });
    said.collect::<Vec<_>>().join("; ")
}
