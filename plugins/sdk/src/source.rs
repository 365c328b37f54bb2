//! Sources: what to request, and how to read the answers.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::Config;

pub use crate::bindings::source::exports::runnel::plugin::source_api::{
    Decision, Failure, Kept, Omission, Page, Parent, Progress, Request, Response, Scope, Wait,
};

/// A source. It does no I/O: it says what to request, and reads answers.
pub trait Source {
    /// The descriptor for an integration's configuration, of the form of
    /// `wit/source-descriptor.schema.json`.
    ///
    /// # Errors
    /// What is wrong with the configuration.
    fn describe(config: &Config) -> Result<Value, String>;

    /// The first requests of a run, or of a batch of its parents.
    ///
    /// # Errors
    /// A [`Failure`]: the run's problem.
    fn plan(scope: &Scope, config: &Config) -> Result<Vec<Request>, Failure>;

    /// Reads one answer.
    ///
    /// # Errors
    /// A [`Failure`]: what is to be done about it.
    fn read(scope: &Scope, config: &Config, response: &Response) -> Result<Page, Failure>;
}

/// A `GET` of a path below the base URL, or of an absolute URL below it.
pub fn get<T: Serialize>(
    url: impl Into<String>,
    partition: impl Into<String>,
    token: &T,
) -> Request {
    Request {
        method: "GET".to_owned(),
        url: url.into(),
        headers: Vec::new(),
        body: None,
        answer: String::new(),
        partition: partition.into(),
        conditional: false,
        token: serde_json::to_string(token).unwrap_or_else(|_| "null".to_owned()),
    }
}

impl Response {
    /// The request's token.
    ///
    /// # Errors
    /// [`Failure::Refused`] if it is not the one that was given.
    pub fn token<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        serde_json::from_str(&self.token).map_err(|error| {
            Failure::Refused(format!("the request's token cannot be read: {error}"))
        })
    }

    /// The records' declared fields.
    ///
    /// # Errors
    /// [`Failure::Broken`] if they are not what the service promises.
    pub fn fields<T: DeserializeOwned>(&self) -> Result<Vec<T>, Failure> {
        let read = |record: &String| {
            crate::transform::read(record, "").map_err(|wrong: crate::Rejection| {
                let path = wrong.path.unwrap_or_default();
                Failure::Broken(format!(
                    "a record of {} at {path:?}: {}",
                    self.url, wrong.message
                ))
            })
        };
        self.records.iter().map(read).collect()
    }

    /// A header, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(header, _)| header == name)
            .map(|(_, value)| value.as_str())
    }
}

/// Makes a component of a [`Source`].
#[macro_export]
macro_rules! source {
    ($source:ty) => {
        #[doc(hidden)]
        pub struct Component;

        impl $crate::bindings::source::exports::runnel::plugin::source_api::Guest for Component {
            fn describe(config: String) -> Result<String, String> {
                $crate::export::source::describe::<$source>(&config)
            }

            fn plan(scope: $crate::Scope) -> Result<Vec<$crate::Request>, $crate::Failure> {
                $crate::export::source::plan::<$source>(&scope)
            }

            fn read(scope: $crate::Scope, response: $crate::Response) -> Result<$crate::Page, $crate::Failure> {
                $crate::export::source::read::<$source>(&scope, &response)
            }
        }

        // Only there: a linker for other targets refuses the names of the exports,
        // and a plugin's tests call its code directly.
        #[cfg(target_arch = "wasm32")]
        $crate::bindings::source::export_source!(Component with_types_in $crate::bindings::source);
    };
}

/// What [`source!`](crate::source!) calls.
#[doc(hidden)]
pub mod exported {
    use super::{Config, Failure, Page, Request, Response, Scope, Source};

    pub fn describe<S: Source>(config: &str) -> Result<String, String> {
        S::describe(&Config::parse(config)?).map(|descriptor| descriptor.to_string())
    }

    pub fn plan<S: Source>(scope: &Scope) -> Result<Vec<Request>, Failure> {
        S::plan(
            scope,
            &Config::parse(&scope.config).map_err(Failure::Refused)?,
        )
    }

    pub fn read<S: Source>(scope: &Scope, response: &Response) -> Result<Page, Failure> {
        S::read(
            scope,
            &Config::parse(&scope.config).map_err(Failure::Refused)?,
            response,
        )
    }
}
