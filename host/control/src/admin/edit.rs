//! Integrations that are there already, changed and tried out as they would be.

use runnel_pipeline::{Guard, Probed};
use runnel_secrets::SecretString;
use runnel_store::{Actor, Configured, Integration, IntegrationChange, StoreError};
use serde_json::{Map, Value};

use super::{Admin, IntegrationRequest, jobs};
use crate::{ControlError, config};

/// What is to change about an integration. Absent: it stays as it is.
#[derive(Default)]
pub struct IntegrationEdit {
    /// Whether it is paused.
    pub paused: Option<bool>,
    /// The service's base URL.
    pub base_url: Option<String>,
    /// What is read.
    pub scope: Option<Vec<String>>,
    /// The settings, in place of all that there are.
    pub settings: Option<Map<String, Value>>,
    /// The credential.
    pub token: Option<SecretString>,
}

impl IntegrationEdit {
    /// Whether its plugins are told anything else.
    fn configures(&self) -> bool {
        self.base_url.is_some() || self.scope.is_some() || self.settings.is_some()
    }

    /// The integration as it would be.
    fn of(&self, found: &Configured) -> IntegrationRequest {
        let settings = || found.settings.as_object().cloned().unwrap_or_default();
        let base_url = self.base_url.as_ref().unwrap_or(&found.base_url);
        IntegrationRequest {
            tenant: found.tenant.clone(),
            name: found.name.clone(),
            source: found.source.to_string(),
            base_url: Some(base_url.clone()),
            scope: self.scope.clone().unwrap_or_else(|| found.scope.clone()),
            settings: self.settings.clone().unwrap_or_else(settings),
            token: self.token.clone(),
        }
    }
}

impl Admin {
    /// Changes an integration, all of it or nothing. Runs that have begun go on with
    /// the settings that they began with.
    ///
    /// # Errors
    /// [`ControlError::Usage`] where the settings or the base URL are to be mended, and
    /// [`ControlError::Secrets`] where there is a token and no key: nothing is changed
    /// then.
    pub async fn change(
        &self,
        found: &Configured,
        edit: &IntegrationEdit,
        by: &Actor,
    ) -> Result<(), ControlError> {
        let mut change = IntegrationChange {
            paused: edit.paused,
            ..IntegrationChange::default()
        };
        if edit.configures() {
            self.configure(found, edit, &mut change).await?;
        }
        if let Some(token) = &edit.token {
            let seal = self.vault.seal_of(found.tenant.id).await?;
            change.credential = Some(seal.seal(found.id, token)?);
        }
        let changed = self.store.change_integration(found.id, &change, by);
        Ok(changed.await?)
    }

    async fn configure(
        &self,
        found: &Configured,
        edit: &IntegrationEdit,
        change: &mut IntegrationChange,
    ) -> Result<(), ControlError> {
        let request = edit.of(found);
        let lineup = self.live.lineup(Some(found.tenant.id));
        let accepted = config::accept(&lineup, &request.asked()).await?;
        let base_url = accepted.base_url.to_string();
        let of = Integration {
            id: found.id,
            tenant: found.tenant.id,
            source: found.source.clone(),
            base_url: base_url.clone(),
        };
        change.jobs = jobs(&accepted.descriptor, &of);
        change.base_url = edit.base_url.is_some().then_some(base_url);
        change.scope.clone_from(&edit.scope);
        change.settings = edit.settings.clone().map(Value::Object);
        Ok(())
    }

    /// Sends one request for an integration as it would be, with its stored credential
    /// unless another is given. Nothing is stored.
    ///
    /// # Errors
    /// Those of [`Self::change`], and whatever a run would fail with.
    pub async fn test_edit(
        &self,
        found: &Configured,
        edit: &IntegrationEdit,
        guard: Guard,
    ) -> Result<Probed, ControlError> {
        let integration = match edit.configures() {
            true => self.accepted(&edit.of(found)).await?,
            false => found.clone(),
        };
        let elsewhere = integration.base_url != found.base_url;
        let token = match &edit.token {
            Some(token) => Some(token.clone()),
            None => self.vault.get(found.tenant.id, found.id).await?,
        };
        if elsewhere && edit.token.is_none() && token.is_some() {
            return Err(StoreError::OtherService.into());
        }
        self.probe(&integration, token, guard).await
    }
}
