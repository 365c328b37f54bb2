//! What plugins are told of an integration.

use std::collections::BTreeMap;

use runnel_model::{Pace, SourceDescriptor, TransformDescriptor};
use runnel_pipeline::BaseUrl;
use runnel_sandbox::{SandboxError, Source, Transform};
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

/// What plugins answer, asked on a thread of its own: they may take seconds for it, and
/// whoever else has work for the runtime is not to wait.
pub(crate) async fn apart<T: Send + 'static>(
    ask: impl FnOnce() -> Result<T, SandboxError> + Send + 'static,
) -> Result<T, ControlError> {
    let answer = tokio::task::spawn_blocking(ask).await;
    Ok(answer.map_err(|e| ControlError::Host(e.to_string()))??)
}

/// Checks what a user says against what the plugins know.
///
/// # Errors
/// [`ControlError::Usage`], which says what to mend.
pub(crate) async fn accept<'a>(
    lineup: &'a Lineup,
    asked: &Asked<'_>,
) -> Result<Accepted<'a>, ControlError> {
    let (source, known) = lineup.source(asked.source)?;
    let (transforms, described): (Vec<_>, Vec<_>) = lineup.transforms(asked.source).unzip();
    check_settings(asked.settings, known, &described)?;
    let base_url = BaseUrl::parse(address(asked, known)?)?;
    let text = config(&base_url.to_string(), asked.scope, asked.settings);
    let transforms: Vec<Transform> = transforms.into_iter().cloned().collect();
    let (own, config) = (source.clone(), text.clone());
    let descriptor = apart(move || {
        for transform in transforms {
            transform.descriptor_for(&config)?;
        }
        own.descriptor(&config)
    });
    Ok(Accepted {
        source,
        descriptor: descriptor.await?,
        base_url,
        text,
    })
}

fn address<'a>(asked: &'a Asked<'_>, known: &'a SourceDescriptor) -> Result<&'a str, ControlError> {
    let own = Some(&known.base_url).filter(|own| !own.is_empty());
    let address = asked.base_url.or(own).map(String::as_str);
    address.ok_or_else(|| ControlError::Field {
        field: "base_url",
        reason: format!(
            "{} has no address of its own: name your server's with --base-url https://...",
            known.name
        ),
    })
}

/// The user whose password the token is, by the setting that the source names for it.
pub(crate) fn basic_user(source: &SourceDescriptor, config: &str) -> Option<String> {
    let config: Value = serde_json::from_str(config).ok()?;
    let user = config.get("settings")?.get(source.basic_user.as_ref()?)?;
    user.as_str()
        .filter(|user| !user.is_empty())
        .map(str::to_owned)
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

/// Whether a setting is one of these, or, as in `names.first`, a member of one that is
/// an object.
fn is_known(known: &BTreeMap<&String, &Value>, key: &String) -> bool {
    let member = || {
        let (object, member) = key.split_once('.')?;
        let schema = known.get(&object.to_owned())?;
        (!member.is_empty() && is_object(schema)).then_some(())
    };
    known.get(key).is_some_and(|schema| !is_object(schema)) || member().is_some()
}

fn is_object(schema: &Value) -> bool {
    schema.get("type").is_some_and(|kind| kind == "object")
}

fn shown((name, schema): (&String, &Value)) -> String {
    if is_object(schema) {
        format!("{name}.<name>")
    } else {
        name.clone()
    }
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
    let properties = schemas.filter_map(|s| s.get("properties")?.as_object());
    let known: BTreeMap<&String, &Value> = properties.flatten().collect();
    let Some(unknown) = given.keys().find(|key| !is_known(&known, key)) else {
        return Ok(());
    };
    let known: Vec<String> = known.into_iter().map(shown).collect();
    Err(ControlError::Usage(format!(
        "{} has no setting {unknown:?}; it has: {}",
        source.name,
        known.join(", ")
    )))
}

#[cfg(test)]
mod tests {
    use super::apart;

    #[tokio::test]
    async fn whoever_waits_for_a_plugin_holds_up_nobody() {
        let (go, wait) = std::sync::mpsc::channel();
        let slow = apart(move || {
            wait.recv().unwrap();
            Ok(7)
        });
        // On the same thread, and after it.
        let (answer, sent) = tokio::join!(slow, async { go.send(()) });
        assert!(sent.is_ok());
        assert_eq!(answer.unwrap(), 7);
    }
}
