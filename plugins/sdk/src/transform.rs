//! Transforms: one record in, one row out.

use serde::{Deserialize, de::DeserializeOwned};

use crate::{
    Payload, Shape, Table,
    bindings::transform::runnel::plugin::types::{Change, Outcome, RawRecord, Row},
};

pub use crate::bindings::transform::runnel::plugin::types::Rejection;

/// A transform that makes one row of each record. `#[derive(Mapping)]` writes it
/// where each column is a field of the payload; by hand it can compute:
///
/// ```
/// use runnel_sdk::{NoContext, Payload, Rejection, Table, Transform};
/// use serde::Deserialize;
///
/// #[derive(Deserialize, Payload)]
/// struct Run {
///     id: u64,
///     seconds: Vec<f64>,
/// }
///
/// #[derive(Table)]
/// #[table(name = "runs", key = "external_id")]
/// struct Row {
///     external_id: String,
///     /// All of its parts.
///     seconds: f64,
/// }
///
/// struct Runs;
///
/// impl Transform for Runs {
///     type Payload = Run;
///     type Context = NoContext;
///     type Row = Row;
///
///     fn map(run: Run, _: NoContext) -> Result<Row, Rejection> {
///         Ok(Row { external_id: run.id.to_string(), seconds: run.seconds.iter().sum() })
///     }
/// }
///
/// let made = runnel_sdk::testing::map::<Runs>(r#"{"id": 7, "seconds": [1.5, 2]}"#, "{}").unwrap();
/// assert_eq!(made["seconds"], 3.5);
/// ```
pub trait Transform {
    /// What it reads of a record.
    type Payload: Payload;
    /// What the source adds to a record.
    type Context: DeserializeOwned;
    /// What it makes of it.
    type Row: Table;

    /// Maps one record.
    ///
    /// # Errors
    /// A [`Rejection`] makes the record a dead letter; the others go on.
    fn map(payload: Self::Payload, context: Self::Context) -> Result<Self::Row, Rejection>;
}

/// The context of records to which the source adds nothing that is needed.
#[derive(Debug, Deserialize)]
pub struct NoContext {}

/// Who a transform is: what [`transform!`](crate::transform!) was given.
#[derive(Debug, Clone, Copy)]
pub struct Identity {
    /// The plugin's name.
    pub name: &'static str,
    /// The plugin's version.
    pub version: &'static str,
    /// The source whose records it maps.
    pub source: &'static str,
    /// The entity type that it maps.
    pub entity: &'static str,
}

/// Makes a component of a [`Transform`], or of a
/// [`ConfiguredTransform`](crate::ConfiguredTransform).
///
/// ```text
/// runnel_sdk::transform!(Pr, source: "github", entity: "github_prs");
/// runnel_sdk::transform!(configured Issues, source: "jira", entity: "jira_issues");
/// ```
#[macro_export]
macro_rules! transform {
    (configured $transform:ty, source: $source:literal, entity: $entity:literal) => {
        $crate::transform!(@component $source, $entity,
            |config| $crate::export::transform::describe::<$transform>(Self::IDENTITY, config),
            |config, batch| $crate::export::transform::transform::<$transform>(config, &batch));
    };
    ($transform:ty, source: $source:literal, entity: $entity:literal) => {
        $crate::transform!(@component $source, $entity,
            |_config| Ok($crate::describe::<$transform>(Self::IDENTITY)),
            |_config, batch| $crate::transform::<$transform>(batch));
    };
    (@component $source:literal, $entity:literal,
        |$described:ident| $describe:expr,
        |$config:ident, $batch:ident| $map:expr) => {
        #[doc(hidden)]
        pub struct Component;

        impl Component {
            /// Who it is.
            pub const IDENTITY: $crate::Identity = $crate::Identity {
                name: $entity,
                version: env!("CARGO_PKG_VERSION"),
                source: $source,
                entity: $entity,
            };
        }

        impl $crate::bindings::transform::exports::runnel::plugin::transform_api::Guest for Component {
            fn describe($described: String) -> Result<String, String> {
                let $described = $described.as_str();
                $describe
            }

            fn transform(
                $config: String,
                $batch: Vec<$crate::bindings::transform::runnel::plugin::types::RawRecord>,
            ) -> Vec<$crate::bindings::transform::runnel::plugin::types::Outcome> {
                let $config = $config.as_str();
                $map
            }
        }

        // Only there: a linker for other targets refuses the names of the exports,
        // and a plugin's tests call its code directly.
        #[cfg(target_arch = "wasm32")]
        $crate::bindings::transform::export_transform!(Component with_types_in $crate::bindings::transform);
    };
}

/// The descriptor of a transform.
pub fn describe<T: Transform>(identity: Identity) -> String {
    let shape = Shape::new().reads::<T::Payload>().table::<T::Row>();
    shape.descriptor(identity).to_string()
}

/// Maps a batch.
pub fn transform<T: Transform>(batch: Vec<RawRecord>) -> Vec<Outcome> {
    batch
        .into_iter()
        .map(|record| outcome::<T>(&record))
        .collect()
}

fn outcome<T: Transform>(record: &RawRecord) -> Outcome {
    let row = read(&record.payload, "")
        .and_then(|payload| T::map(payload, read(&record.context, "context")?));
    match row {
        Ok(row) => Outcome::Emit(vec![Change::Upsert(Row {
            table: 0,
            values: row.into_values(),
        })]),
        Err(rejection) => Outcome::Reject(rejection),
    }
}

/// Reads JSON. Where it fails it is read once more, to say where.
pub(crate) fn read<T: DeserializeOwned>(text: &str, what: &str) -> Result<T, Rejection> {
    serde_json::from_str(text).map_err(|_| {
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let error = serde_path_to_error::deserialize::<_, T>(&mut deserializer).err();
        let path = error
            .as_ref()
            .map(|error| crate::payload::join(what, &error.path().to_string()));
        let message = error.map_or_else(
            || "it is no JSON".to_owned(),
            |error| error.into_inner().to_string(),
        );
        Rejection { message, path }
    })
}
