//! What plugins are told of an integration.

use std::collections::BTreeSet;

use runnel_model::{Pace, SourceDescriptor, TransformDescriptor};
use runnel_pipeline::BaseUrl;
use runnel_sandbox::Source;
use runnel_store::WorkingRun;
use serde_json::{Map, Value, json};

use crate::{ControlError, lineup::Lineup};

/// The configuration of an integration as plugins get it: JSON text.
pub fn config(base_url: &str, scope: &[String], settings: &Map<String, Value>) -> String {
    json!({ "base_url": base_url, "scope": scope, "settings": settings }).to_string()
}

/// The configuration of a run's integration.
pub(crate) fn of(run: &WorkingRun) -> String {
    let options = &run.options;
    stored(
        &run.integration.base_url,
        (&options.scope, &options.settings),
    )
}

/// A configuration whose settings are stored as JSON.
pub(crate) fn stored(base_url: &str, (scope, settings): (&[String], &Value)) -> String {
    let settings = settings.as_object().cloned().unwrap_or_default();
    config(base_url, scope, &settings)
}

/// A configuration that a source and its transforms accept.
pub(crate) struct Accepted<'a> {
    pub(crate) source: &'a Source,
    /// What the source says of itself under it.
    pub(crate) descriptor: SourceDescriptor,
    pub(crate) base_url: BaseUrl,
    /// As plugins get it.
    pub(crate) text: String,
}

/// What is to be read, as a user says it.
pub(crate) struct Asked<'a> {
    pub(crate) source: &'a str,
    pub(crate) base_url: Option<&'a String>,
    pub(crate) scope: &'a [String],
    pub(crate) settings: &'a Map<String, Value>,
}

/// Checks what a user says against what the plugins know.
///
/// # Errors
/// [`ControlError::Usage`], which says what to mend.
pub(crate) fn accept<'a>(
    lineup: &'a Lineup,
    asked: &Asked<'_>,
) -> Result<Accepted<'a>, ControlError> {
    let (source, known) = lineup.source(asked.source)?;
    let transforms = lineup.transforms(asked.source);
    let described: Vec<_> = transforms.map(|(_, descriptor)| descriptor).collect();
    check_settings(asked.settings, known, &described)?;
    let base_url = BaseUrl::parse(asked.base_url.unwrap_or(&known.base_url))?;
    let text = config(&base_url.to_string(), asked.scope, asked.settings);
    Ok(Accepted {
        source,
        descriptor: source.descriptor(&text)?,
        base_url,
        text,
    })
}

/// The pace that a source states is that of the service at its default address;
/// other servers have limits of their own.
pub(crate) fn pace(descriptor: &SourceDescriptor, base_url: &BaseUrl) -> Option<Pace> {
    let its_own = BaseUrl::parse(&descriptor.base_url).is_ok_and(|own| own == *base_url);
    descriptor.pace.filter(|_| its_own)
}

/// The configuration of no integration, under which a plugin says what it is.
pub(crate) fn nobody() -> String {
    config("", &[], &Map::new())
}

/// Refuses a setting that neither the source nor any of its transforms knows:
/// each plugin sees all settings, and only together do they know what is a
/// mistake.
fn check_settings(
    given: &Map<String, Value>,
    source: &SourceDescriptor,
    transforms: &[&TransformDescriptor],
) -> Result<(), ControlError> {
    let schemas = transforms
        .iter()
        .map(|transform| &transform.settings)
        .chain([&source.settings]);
    let known: BTreeSet<&String> = schemas
        .filter_map(|s| s.get("properties")?.as_object())
        .flat_map(Map::keys)
        .collect();
    let Some(unknown) = given.keys().find(|key| !known.contains(key)) else {
        return Ok(());
    };
    let known: Vec<&str> = known.into_iter().map(String::as_str).collect();
    Err(ControlError::Usage(format!(
        "{} has no setting {unknown:?}; it has: {}",
        source.name,
        known.join(", ")
    )))
}
