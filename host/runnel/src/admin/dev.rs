//! A plugin in development, put to work in a database at every save.

use std::path::Path;

use runnel_control::{InstallRequest, install};
use runnel_sandbox::Sandbox;
use runnel_signatures::Signers;
use runnel_store::{Actor, DatabaseUrl};

use super::{desk, plugins, runtime};
use crate::{environment::Environment, failure::Failure, plugin, settings};

/// Where, and for whom.
pub(crate) struct Target {
    database: DatabaseUrl,
    tenant: Option<String>,
    by: Actor,
    sandbox: Sandbox,
    signers: Signers,
}

impl Target {
    pub(crate) fn new(
        database: &str,
        tenant: Option<String>,
        environment: &Environment,
    ) -> Result<Self, Failure> {
        Ok(Self {
            database: desk::named(database)?,
            tenant,
            by: desk::actor(environment),
            sandbox: plugin::sandbox(environment)?,
            signers: settings::of_variable(environment)?,
        })
    }

    /// Installs a component as one in development, and activates it; what to say.
    pub(crate) fn put_to_work(&self, file: &Path) -> Result<String, Failure> {
        runtime()?.block_on(self.activate(file))
    }

    async fn activate(&self, file: &Path) -> Result<String, Failure> {
        let store = runnel_store::open(&self.database).await;
        let store = store.map_err(desk::work)?;
        let tenant = desk::tenant(&*store, self.tenant.as_deref()).await?;
        let request = InstallRequest::new(file.to_owned(), true, self.signers.clone());
        let done = install(&*store, &self.sandbox, &request, &self.by).await?;
        let tenant = tenant.map(|tenant| tenant.id);
        let switch = store.activate(&done.version, tenant, &self.by).await;
        switch.map_err(plugins::refused)?;
        Ok(format!("active in {}", self.database))
    }
}
