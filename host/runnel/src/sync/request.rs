//! The words and the environment, parsed whole before anything starts.

use runnel_control::SyncRequest;
use runnel_pipeline::BaseUrl;
use runnel_store::DatabaseUrl;

use super::{scope, setting, token};
use crate::{
    args::SyncArguments, environment::Environment, failure::Failure, folders, instant, settings,
};

/// Makes a request of the words.
///
/// # Errors
/// [`Failure::Usage`], which quotes the word and says what is expected; and
/// [`Failure::Work`] where there are no plugins.
pub(super) fn parse(
    arguments: &SyncArguments,
    environment: &Environment,
) -> Result<SyncRequest, Failure> {
    let database = database(&arguments.database)?;
    let base_url = arguments.base_url.as_deref().map(base_url).transpose()?;
    let scope = entries(&arguments.scope, base_url.as_ref())?;
    let own = setting::parse(&arguments.settings).map_err(Failure::Usage)?;
    let since = arguments
        .since
        .as_deref()
        .map(|text| instant::parse("--since", text))
        .transpose()
        .map_err(Failure::Usage)?;
    let named = arguments.token_env.as_deref();
    let token = token::read(named, &arguments.source, environment).map_err(Failure::Usage)?;
    Ok(SyncRequest {
        source: arguments.source.clone(),
        scope,
        base_url: base_url.map(|url| url.to_string()),
        token: token.value,
        token_origin: token.origin,
        database,
        streams: arguments.streams.clone(),
        full: arguments.full,
        since,
        settings: own,
        plugins: folders::plugins(arguments.plugins.as_deref(), environment)?,
        cache: folders::cache(environment),
        signers: settings::of_variable(environment)?,
        concurrency: arguments.concurrency,
        follow: runnel_control::FOLLOW,
    })
}

/// What a scope names, for the service at the base URL.
pub(super) fn scope(words: &[String], url: Option<&str>) -> Result<Vec<String>, Failure> {
    let url = url.map(base_url).transpose()?;
    entries(words, url.as_ref())
}

fn entries(words: &[String], base_url: Option<&BaseUrl>) -> Result<Vec<String>, Failure> {
    let hosts = scope::Hosts::of(base_url);
    let entries = words.iter().map(|entry| hosts.entry(entry));
    entries.collect::<Result<_, _>>().map_err(Failure::Usage)
}

fn database(text: &str) -> Result<DatabaseUrl, Failure> {
    text.parse()
        .map_err(|error| Failure::Usage(format!("--database: {error}")))
}

fn base_url(text: &str) -> Result<BaseUrl, Failure> {
    BaseUrl::parse(text).map_err(|error| Failure::Usage(format!("--base-url: {error}")))
}
