//! What a sync starts, or goes on with.

use std::{collections::BTreeSet, sync::Arc};

use runnel_model::{Name, RunId, SourceDescriptor, Stream};
use runnel_store::{
    Adopted, Integration, NewIntegration, NewRun, Run, RunOptions, RunState, Store,
};
use serde_json::Value;

use super::{Event, Observe, SyncRequest, bound::Bound};
use crate::ControlError;

/// The tenant of whoever syncs from the command line.
pub(super) const TENANT: &str = "default";

/// The integration and its runs.
pub(super) struct Start {
    pub(super) integration: Integration,
    pub(super) runs: Vec<RunId>,
    /// No other process works for the integration as long as this is kept.
    _adopted: Adopted,
}

pub(super) async fn start(
    store: &Arc<dyn Store>,
    bound: &Bound,
    request: &SyncRequest,
    observe: &Observe,
) -> Result<Start, ControlError> {
    let runs = new_runs(bound, request)?;
    let integration = store.open_integration(&integration(bound, request)).await?;
    let adopted = store.adopt(integration.id).await?;
    let unfinished = store.unfinished(integration.id).await?;
    let ids = unfinished.iter().map(|run| run.id).collect();
    if same(&unfinished, &runs) {
        observe(Event::Resuming);
        return Ok(Start {
            integration,
            runs: ids,
            _adopted: adopted,
        });
    }
    // What was asked for has changed. No cursor has moved, so nothing is lost by
    // beginning anew.
    store.cancel(&ids).await?;
    let runs = store.create_runs(&integration, &runs).await?;
    Ok(Start {
        integration,
        runs,
        _adopted: adopted,
    })
}

/// The same command has the same name, and so finds what it did before.
fn integration(bound: &Bound, request: &SyncRequest) -> NewIntegration {
    let mut scope: Vec<String> = request
        .scope
        .iter()
        .map(|entry| entry.to_lowercase())
        .collect();
    scope.sort();
    scope.dedup();
    NewIntegration {
        tenant: TENANT.to_owned(),
        name: format!(
            "{} {} {}",
            bound.descriptor().name,
            bound.base_url,
            scope.join(" ")
        ),
        source: bound.descriptor().name.clone(),
        base_url: bound.base_url.to_string(),
        scope: request.scope.clone(),
        settings: Value::Object(request.settings.clone()),
        ad_hoc: true,
    }
}

fn same(unfinished: &[Run], runs: &[NewRun]) -> bool {
    let going_on = unfinished
        .iter()
        .any(|run| matches!(run.state, RunState::Waiting | RunState::Running));
    going_on
        && unfinished.len() == runs.len()
        && unfinished
            .iter()
            .zip(runs)
            .all(|(old, new)| old.stream == new.stream && old.options == new.options)
}

fn new_runs(bound: &Bound, request: &SyncRequest) -> Result<Vec<NewRun>, ControlError> {
    let source = bound.descriptor();
    let wanted = wanted(bound, &request.streams)?;
    let options = RunOptions {
        full: request.full,
        since: request.since,
        scope: request.scope.clone(),
        settings: Value::Object(request.settings.clone()),
    };
    let streams = source
        .streams
        .iter()
        .filter(|stream| wanted.contains(&stream.name));
    Ok(streams
        .map(|stream| NewRun {
            stream: stream.name.clone(),
            depends_on: needs(stream)
                .into_iter()
                .filter(|name| wanted.contains(name))
                .collect(),
            priority: stream.priority,
            changed_parents_of: stream.changed_parents(),
            options: options.clone(),
        })
        .collect())
}

/// The streams that are asked for, those for whose records they are read, and those
/// that say what their records are.
fn wanted(bound: &Bound, asked: &[String]) -> Result<BTreeSet<Name>, ControlError> {
    let source = bound.descriptor();
    if asked.is_empty() {
        return Ok(source
            .streams
            .iter()
            .map(|stream| stream.name.clone())
            .collect());
    }
    let named = asked.iter().map(|name| named(source, name));
    let mut open: Vec<&Stream> = named.collect::<Result<_, _>>()?;
    let mut wanted = BTreeSet::new();
    while let Some(stream) = open.pop() {
        if wanted.insert(stream.name.clone()) {
            let parent = stream.parents.as_ref().map(|parents| &parents.stream);
            let needs = bound.needs.get(&stream.name).into_iter().flatten();
            open.extend(needs.chain(parent).filter_map(|name| source.stream(name)));
        }
    }
    Ok(wanted)
}

fn named<'a>(source: &'a SourceDescriptor, name: &str) -> Result<&'a Stream, ControlError> {
    source.stream(name).ok_or_else(|| {
        let known: Vec<&str> = source.streams.iter().map(|stream| &*stream.name).collect();
        ControlError::Usage(format!(
            "{} has no stream {name:?}; it has: {}",
            source.name,
            known.join(", ")
        ))
    })
}

fn needs(stream: &Stream) -> BTreeSet<Name> {
    stream
        .depends_on
        .iter()
        .cloned()
        .chain(
            stream
                .parents
                .as_ref()
                .map(|parents| parents.stream.clone()),
        )
        .collect()
}
