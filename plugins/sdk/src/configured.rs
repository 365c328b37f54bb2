//! Transforms that make rows of several tables, or depend on the configuration.

use serde::de::DeserializeOwned;

use crate::{
    Changes, Config, Identity, Rejection, Shape,
    bindings::transform::runnel::plugin::types::{Change, Outcome, RawRecord, Row},
    changes::TableChange,
    transform::read,
};

/// A transform whose records make rows of several tables, or none, or whose tables
/// follow from the integration's configuration.
///
/// ```
/// use runnel_sdk::{AddedColumn, Changes, Column, Config, ConfiguredTransform, NoContext, Payload, Rejection, Shape, Table};
/// use serde::Deserialize;
///
/// #[derive(Deserialize, Payload)]
/// struct Song {
///     id: u64,
///     singers: Vec<String>,
///     length: Option<f64>,
/// }
///
/// #[derive(Table)]
/// #[table(name = "songs", key = "external_id")]
/// struct SongRow {
///     external_id: String,
/// }
///
/// #[derive(Table)]
/// #[table(name = "singers", key = "song_id, name")]
/// struct SingerRow {
///     song_id: String,
///     name: String,
/// }
///
/// struct Songs {
///     with_length: bool,
/// }
///
/// impl ConfiguredTransform for Songs {
///     type Payload = Song;
///     type Context = NoContext;
///
///     fn new(config: &Config) -> Result<Self, String> {
///         Ok(Self { with_length: config.flag("with_length", false)? })
///     }
///
///     fn describe(&self) -> Shape {
///         let length = AddedColumn { name: "length".to_owned(), kind: "float", ..AddedColumn::default() };
///         let added = if self.with_length { vec![length] } else { Vec::new() };
///         Shape::new().reads::<Song>().table_with::<SongRow>(&added).table::<SingerRow>()
///     }
///
///     fn map(&self, song: Song, _: NoContext) -> Result<Changes, Rejection> {
///         let external_id = song.id.to_string();
///         let singer = |name| SingerRow { song_id: external_id.clone(), name };
///         let mut changes: Changes = song.singers.into_iter().map(singer).collect();
///         let added = self.with_length.then(|| song.length.into_value());
///         changes.upsert_with(SongRow { external_id }, added.into_iter().collect());
///         Ok(changes)
///     }
/// }
///
/// runnel_sdk::transform!(configured Songs, source: "charts", entity: "songs");
///
/// let config = r#"{"settings": {"with_length": true}}"#;
/// let made = runnel_sdk::testing::changes::<Songs>(config, r#"{"id": 7, "singers": ["Ada"], "length": 2.5}"#, "{}").unwrap();
/// assert_eq!(made[0]["upsert"], "singers");
/// assert_eq!(made[1]["row"]["length"], 2.5);
/// ```
pub trait ConfiguredTransform: Sized {
    /// What it reads of a record.
    type Payload: DeserializeOwned;
    /// What the source adds to a record.
    type Context: DeserializeOwned;

    /// The transform for a configuration: made once for a batch.
    ///
    /// # Errors
    /// What is wrong with the configuration.
    fn new(config: &Config) -> Result<Self, String>;

    /// What it reads, and which tables it fills.
    fn describe(&self) -> Shape;

    /// Maps one record.
    ///
    /// # Errors
    /// A [`Rejection`] makes the record a dead letter; the others go on.
    fn map(&self, payload: Self::Payload, context: Self::Context) -> Result<Changes, Rejection>;
}

/// What [`transform!`](crate::transform!) calls.
#[doc(hidden)]
pub mod exported {
    use super::{
        Config, ConfiguredTransform, Identity, Outcome, RawRecord, Rejection, Shape, outcome,
    };

    pub fn describe<T: ConfiguredTransform>(
        identity: Identity,
        config: &str,
    ) -> Result<String, String> {
        let transform = T::new(&Config::parse(config)?)?;
        Ok(transform.describe().descriptor(identity).to_string())
    }

    pub fn transform<T: ConfiguredTransform>(config: &str, batch: &[RawRecord]) -> Vec<Outcome> {
        match Config::parse(config).and_then(|config| T::new(&config)) {
            Ok(transform) => {
                let shape: Shape = transform.describe();
                let tables = shape.names();
                let mapped = |record: &RawRecord| outcome(&transform, &tables, record);
                batch.iter().map(mapped).collect()
            }
            // `describe` has refused it before; nothing is mapped by guesses.
            Err(message) => {
                let rejection = Rejection {
                    message,
                    path: None,
                };
                vec![Outcome::Reject(rejection); batch.len()]
            }
        }
    }
}

fn outcome<T: ConfiguredTransform>(transform: &T, tables: &[&str], record: &RawRecord) -> Outcome {
    let changes = map(transform, &record.payload, &record.context);
    let placed = changes.and_then(|changes| {
        let place = |change| place(change, tables);
        changes.0.into_iter().map(place).collect()
    });
    placed.map_or_else(Outcome::Reject, Outcome::Emit)
}

/// Reads a record and maps it.
pub(crate) fn map<T: ConfiguredTransform>(
    transform: &T,
    payload: &str,
    context: &str,
) -> Result<Changes, Rejection> {
    transform.map(read(payload, "")?, read(context, "context")?)
}

/// A table that is named as the host counts it.
fn place(change: TableChange, tables: &[&str]) -> Result<Change, Rejection> {
    let TableChange {
        table,
        values,
        removal,
    } = change;
    let at = tables.iter().position(|name| *name == table);
    let at = at.and_then(|at| u32::try_from(at).ok());
    let row = Row {
        table: at.ok_or_else(|| Rejection {
            message: format!("the transform fills {table}, which it has not declared"),
            path: None,
        })?,
        values,
    };
    Ok(if removal {
        Change::Delete(row)
    } else {
        Change::Upsert(row)
    })
}
