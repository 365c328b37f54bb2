//! Sources: what to request, and what an answer means.

mod convert;
mod headers;
mod types;

use std::sync::Arc;

use runnel_model::{Digest, SourceDescriptor};
use wasmtime::Store;

use crate::{
    Log, LogLevel, PluginId, SandboxError,
    bindings::source::{Source as Instance, SourcePre},
    call::Loaded,
    guest::Guest,
};
pub use headers::is_hosts_header;
pub use types::{
    Decision, Failure, Omission, Page, Parent, Progress, Request, Response, Scope, SourceError,
    Wait,
};

use crate::bindings::source::exports::runnel::plugin::source_api as wit;

/// A loaded source. Cheap to clone.
#[derive(Clone)]
pub struct Source {
    loaded: Arc<Loaded<SourcePre<Guest>>>,
    plugin: Arc<PluginId>,
}

impl Source {
    pub(crate) fn new(loaded: Loaded<SourcePre<Guest>>) -> Self {
        Self {
            plugin: Arc::new(PluginId::unnamed(loaded.digest)),
            loaded: Arc::new(loaded),
        }
    }

    /// The component's digest.
    pub fn digest(&self) -> Digest {
        self.loaded.digest
    }

    /// The streams, their schedule, parents and answers, for an integration's
    /// configuration (JSON text).
    ///
    /// # Errors
    /// [`SandboxError::Configuration`] if the plugin does not accept it,
    /// [`SandboxError::Descriptor`] if its answer is not of the published form,
    /// [`SandboxError::Guest`] if it fails.
    pub fn descriptor(&self, config: &str) -> Result<SourceDescriptor, SandboxError> {
        let config = config.to_owned();
        let text = self.loaded.describe(|instance, store| {
            instance
                .runnel_plugin_source_api()
                .call_describe(store, &config)
        })?;
        SourceDescriptor::parse(&text).map_err(|error| SandboxError::Descriptor {
            plugin: (*self.plugin).clone(),
            error: Box::new(error),
        })
    }

    /// The same source under the name and version of its descriptor, so that its
    /// errors and its log say them.
    #[must_use]
    pub fn named(&self, descriptor: &SourceDescriptor) -> Self {
        Self {
            plugin: Arc::new(PluginId {
                name: descriptor.name.to_string(),
                version: descriptor.version.clone(),
                digest: self.digest(),
            }),
            ..self.clone()
        }
    }

    /// The first requests of a run, or of a batch of its parents.
    ///
    /// # Errors
    /// [`SourceError::Failure`] if the plugin says why there are none,
    /// [`SourceError::Sandbox`] if it fails or breaks the interface's rules.
    pub fn plan(&self, scope: &Scope) -> Result<Vec<Request>, SourceError> {
        let scope = convert::scope(scope);
        let requests = self
            .call(|instance, store| instance.runnel_plugin_source_api().call_plan(store, &scope))?;
        convert::requests(requests).map_err(|wrong| convert::fault(&self.plugin, wrong))
    }

    /// Reads one answer. `scope` is that of the plan, without the parents.
    ///
    /// # Errors
    /// Those of [`Source::plan`].
    pub fn read(&self, scope: &Scope, response: &Response) -> Result<Page, SourceError> {
        let records = response.records.len();
        let (scope, response) = (convert::scope(scope), convert::response(response));
        let page = self.call(|instance, store| {
            instance
                .runnel_plugin_source_api()
                .call_read(store, &scope, &response)
        })?;
        convert::page(page, records).map_err(|wrong| convert::fault(&self.plugin, wrong))
    }

    fn call<R>(
        &self,
        work: impl FnOnce(&Instance, &mut Store<Guest>) -> wasmtime::Result<Result<R, wit::Failure>>,
    ) -> Result<R, SourceError> {
        let deadline = self.loaded.sandbox.limits().deadline;
        let (result, called) = self.loaded.call(&self.plugin, deadline, work);
        self.tell(&called.log);
        result?.map_err(|failure| convert::failure(failure).into())
    }

    /// A source's log belongs to no record: it joins the host's.
    fn tell(&self, log: &Log) {
        let plugin = &*self.plugin;
        for line in &log.lines {
            let message = &line.message;
            match line.level {
                LogLevel::Debug => tracing::debug!(%plugin, "{message}"),
                LogLevel::Info => tracing::info!(%plugin, "{message}"),
                LogLevel::Warn => tracing::warn!(%plugin, "{message}"),
                LogLevel::Error => tracing::error!(%plugin, "{message}"),
            }
        }
        if log.dropped > 0 {
            tracing::warn!(%plugin, dropped = log.dropped, "lines of its log were left out");
        }
    }
}
