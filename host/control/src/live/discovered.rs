//! What an integration's own records say of its records, as a part of the
//! configuration of the transforms that ask for it.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Arc, Mutex, PoisonError},
};

use runnel_model::{IntegrationId, Name, Path, TransformDescriptor};
use runnel_pipeline::Observation;
use runnel_sandbox::Projection;
use runnel_store::{Moment, Observed, Store, StoreError};
use serde_json::{Map, Value, json};

/// The most integrations of which it is kept.
const KEPT: usize = 1_000;

/// What transforms ask to be told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Declared {
    discovers: BTreeMap<Name, BTreeSet<Path>>,
    observes: BTreeSet<Path>,
}

impl Declared {
    /// What these ask for, taken together.
    pub(crate) fn of<'a>(all: impl IntoIterator<Item = &'a TransformDescriptor>) -> Self {
        let mut declared = Self::default();
        for descriptor in all {
            for (stream, fields) in &descriptor.discovers {
                // The path of everything is the empty one.
                let whole = fields.is_empty().then(Path::default);
                let fields = fields.iter().cloned().chain(whole);
                let known = declared.discovers.entry(stream.clone()).or_default();
                known.extend(fields);
            }
            declared
                .observes
                .extend(descriptor.observes.iter().cloned());
        }
        declared
    }

    fn is_empty(&self) -> bool {
        self.discovers.is_empty() && self.observes.is_empty()
    }
}

/// What is known of an integration's records.
#[derive(Debug, Default)]
pub(crate) struct Discovered {
    declared: Declared,
    moment: Moment,
    streams: Map<String, Value>,
    observed: Observed,
}

impl Discovered {
    /// Reads what is asked for.
    pub(crate) async fn read(
        store: &dyn Store,
        (integration, entity): (IntegrationId, &Name),
        declared: &Declared,
    ) -> Result<Self, StoreError> {
        if declared.is_empty() {
            return Ok(Self::default());
        }
        // The moment first: what comes meanwhile is met once more.
        let moment = moment(store, (integration, entity), declared).await?;
        let mut streams = Map::new();
        for (stream, fields) in &declared.discovers {
            let records = store.discovered(integration, stream).await?;
            let fields: Vec<Path> = fields.iter().cloned().collect();
            streams.insert(stream.to_string(), cut(&fields, stream, &records)?);
        }
        let observed = if declared.observes.is_empty() {
            Observed::new()
        } else {
            store.observed(integration, entity).await?
        };
        Ok(Self {
            declared: declared.clone(),
            moment,
            streams,
            observed,
        })
    }

    /// The configuration with what is known in it, where it was asked for.
    pub(crate) fn extend(&self, config: &str) -> String {
        let parsed = serde_json::from_str::<Map<String, Value>>(config);
        let Some(mut config_object) = parsed.ok().filter(|_| !self.declared.is_empty()) else {
            return config.to_owned();
        };
        let observes = self.declared.observes.iter();
        let observed = observes.map(|path| (path.to_string(), json!(self.observed.get(path))));
        config_object.insert("discovered".to_owned(), self.streams.clone().into());
        config_object.insert(
            "observed".to_owned(),
            Map::from_iter(observed.map(none_is_empty)).into(),
        );
        Value::from(config_object).to_string()
    }

    /// What the configuration holds of the keys of payloads.
    pub(super) fn observation(&self) -> Observation {
        Observation {
            paths: self.declared.observes.clone(),
            known: self.observed.clone(),
        }
    }
}

fn none_is_empty((path, keys): (String, Value)) -> (String, Value) {
    let keys = if keys.is_null() { json!([]) } else { keys };
    (path, keys)
}

fn cut(fields: &[Path], stream: &Name, records: &[String]) -> Result<Value, StoreError> {
    let projection = Projection::new(fields);
    let one = |payload: &String| {
        let corrupt = |reason: String| StoreError::Corrupt {
            what: format!("a raw record of {stream}"),
            reason,
        };
        let mut text = String::new();
        projection
            .apply(payload, &mut text)
            .map_err(|e| corrupt(e.to_string()))?;
        serde_json::from_str::<Value>(&text).map_err(|e| corrupt(e.to_string()))
    };
    let cut: Vec<Value> = records.iter().map(one).collect::<Result<_, _>>()?;
    Ok(cut.into())
}

async fn moment(
    store: &dyn Store,
    (integration, entity): (IntegrationId, &Name),
    declared: &Declared,
) -> Result<Moment, StoreError> {
    let streams: Vec<Name> = declared.discovers.keys().cloned().collect();
    store.moment(integration, &streams, entity).await
}

/// What is known of the integrations that were asked for, as it is now.
pub(super) struct Discoveries {
    store: Arc<dyn Store>,
    nothing: Arc<Discovered>,
    known: Mutex<HashMap<(IntegrationId, Name), Arc<Discovered>>>,
}

impl Discoveries {
    pub(super) fn new(store: Arc<dyn Store>) -> Self {
        Self {
            store,
            nothing: Arc::default(),
            known: Mutex::default(),
        }
    }

    /// What is asked for, as it is now: the same one for as long as it stays so.
    pub(super) async fn get(
        &self,
        of: (IntegrationId, &Name),
        declared: &Declared,
    ) -> Result<Arc<Discovered>, StoreError> {
        if declared.is_empty() {
            return Ok(Arc::clone(&self.nothing));
        }
        let now = moment(&*self.store, of, declared).await?;
        let key = (of.0, of.1.clone());
        let last = self.known().get(&key).map(Arc::clone);
        if let Some(last) = last.filter(|last| (last.moment, &last.declared) == (now, declared)) {
            return Ok(last);
        }
        let read = Arc::new(Discovered::read(&*self.store, of, declared).await?);
        let mut known = self.known();
        if known.len() >= KEPT {
            known.clear();
        }
        known.insert(key, Arc::clone(&read));
        Ok(read)
    }

    fn known(&self) -> std::sync::MutexGuard<'_, HashMap<(IntegrationId, Name), Arc<Discovered>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
