//! What a version of a transform would make of dead letters. Nothing is written.

use std::collections::BTreeMap;

use runnel_model::{Change, IntegrationId, Name, Outcome, PluginVersion, Row, Value};
use runnel_pipeline::given;
use runnel_sandbox::{BoundTransform, Sandbox, SandboxError};
use runnel_signatures::Signers;
use runnel_store::{Activation, DeadLetterRow, RawRecord, Store, VersionRow};
use serde_json::{Map, Value as Json, json};

use crate::{
    ControlError, config,
    lineup::InstalledKind,
    live::{self, Declared, Discovered, checked},
};

/// What would become of a dead letter.
#[derive(Debug, Clone, PartialEq)]
pub struct Tried {
    /// The letter.
    pub letter: i64,
    /// The changes, as JSON; or why it would be one again.
    pub outcome: Result<Json, String>,
}

/// Maps the records of dead letters of one transform with a version of it, each under
/// the configuration of its integration.
///
/// # Errors
/// [`ControlError::Usage`] for a version that is not there or no transform; those of
/// the sandbox and the store.
pub async fn dry_run(
    store: &dyn Store,
    (sandbox, signers): (&Sandbox, &Signers),
    version: &PluginVersion,
    letters: &[DeadLetterRow],
) -> Result<Vec<Tried>, ControlError> {
    let rows = store.versions(Some(&version.plugin)).await?;
    let row = rows.into_iter().find(|row| row.version == *version);
    let row = row.ok_or_else(|| ControlError::Usage(format!("{version} is not installed")))?;
    let mut tried = Vec::with_capacity(letters.len());
    for (integration, own) in by_integration(letters) {
        let bound = bind(store, (sandbox, signers), &row, integration).await?;
        let ids: Vec<_> = own.iter().map(|letter| letter.raw).collect();
        let records = store.raw_records(&ids).await?;
        let mapped = tokio::task::spawn_blocking(move || map(&bound, &records)).await;
        let mapped = mapped.map_err(|e| ControlError::Host(e.to_string()))??;
        for letter in own {
            if let Some(outcome) = mapped.get(&letter.raw) {
                tried.push(Tried {
                    letter: letter.id,
                    outcome: outcome.clone(),
                });
            }
        }
    }
    tried.sort_by_key(|tried| std::cmp::Reverse(tried.letter));
    Ok(tried)
}

fn by_integration(letters: &[DeadLetterRow]) -> BTreeMap<IntegrationId, Vec<&DeadLetterRow>> {
    let mut integrations: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for letter in letters {
        integrations
            .entry(letter.integration)
            .or_default()
            .push(letter);
    }
    integrations
}

async fn bind(
    store: &dyn Store,
    (sandbox, signers): (&Sandbox, &Signers),
    row: &VersionRow,
    integration: IntegrationId,
) -> Result<BoundTransform, ControlError> {
    let stored = store.component(row.id).await?;
    let kind = checked(sandbox, signers, &Activation::from(row.clone()), stored).await?;
    let no_transform = || ControlError::Usage(format!("{} is {}", row.version, row.purpose));
    let (InstalledKind::Transform(transform, descriptor), Some(entity)) =
        (kind, &row.purpose.entity)
    else {
        return Err(no_transform());
    };
    let archived = store.archives(&row.purpose.source, entity, None).await?;
    let archived = archived
        .into_iter()
        .find(|archived| archived.integration == integration);
    let Some(archived) = archived else {
        return Err(ControlError::Usage(format!(
            "the dead letters are not of {}",
            row.purpose
        )));
    };
    let of: (IntegrationId, &Name) = (integration, entity);
    let discovered = Discovered::read(store, of, &Declared::of([&*descriptor])).await?;
    let asked = (&*archived.scope, &archived.settings);
    let config = discovered.extend(&config::stored(&archived.base_url, asked));
    live::bind(&transform, &config).await
}

type Outcomes = BTreeMap<runnel_model::RawId, Result<Json, String>>;

fn map(bound: &BoundTransform, records: &[RawRecord]) -> Result<Outcomes, SandboxError> {
    let given: Vec<_> = records.iter().map(given).collect();
    let batch = bound.transform(&given)?;
    let outcomes = records.iter().zip(batch.outcomes).map(|(record, outcome)| {
        let outcome = match outcome {
            Ok(Outcome::Emit(changes)) => Ok(shown(bound, &changes)),
            Ok(Outcome::Skip(reason)) => Ok(json!({ "skipped": reason })),
            Ok(Outcome::Reject(rejection)) => Err(rejection.message),
            Err(fault) => Err(fault.to_string()),
        };
        (record.id, outcome)
    });
    Ok(outcomes.collect())
}

fn shown(bound: &BoundTransform, changes: &[Change]) -> Json {
    let change = |change: &Change| {
        let (word, row, is_upsert) = match change {
            Change::Upsert(row) => ("upsert", row, true),
            Change::Delete(row) => ("delete", row, false),
        };
        row_json(bound, row, is_upsert)
            .map(|(table, values)| json!({ "change": word, "table": table, "values": values }))
    };
    changes.iter().filter_map(change).collect()
}

fn row_json(
    bound: &BoundTransform,
    row: &Row,
    is_upsert: bool,
) -> Option<(String, Map<String, Json>)> {
    let table = bound.descriptor().tables.get(row.table as usize)?;
    let names: Vec<&Name> = if is_upsert {
        table.columns.iter().map(|column| &column.name).collect()
    } else {
        table.key.iter().collect()
    };
    let values = names
        .into_iter()
        .zip(&row.values)
        .map(|(name, value)| (name.to_string(), plain(value)));
    Some((table.name.to_string(), values.collect()))
}

/// A value as JSON without its type; an instant in microseconds, a day in days.
pub fn plain(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Boolean(value) => json!(value),
        Value::Integer(value) | Value::Timestamp(value) => json!(value),
        Value::Float(value) => json!(value),
        Value::Text(value) => json!(value),
        Value::Date(value) => json!(value),
        Value::Json(value) => serde_json::from_str(value).unwrap_or_else(|_| json!(value)),
    }
}
