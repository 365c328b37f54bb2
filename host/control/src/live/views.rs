//! The views of integrations' own rows, kept as their transforms declare them.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use runnel_model::{IntegrationId, Name, TransformDescriptor};
use runnel_store::{DescriptorId, Store};

/// When a view that could not be made is tried again: somebody may read the one that
/// is in its place.
const AGAIN: Duration = Duration::from_secs(30);

/// Which views this host has brought up to date.
pub(super) struct Views {
    store: Arc<dyn Store>,
    shown: Mutex<HashMap<(IntegrationId, Name), Shown>>,
}

/// By which descriptor, or when it was tried in vain.
#[derive(Clone, Copy)]
struct Shown {
    by: DescriptorId,
    failed: Option<Instant>,
}

impl Views {
    pub(super) fn new(store: Arc<dyn Store>) -> Self {
        Self {
            store,
            shown: Mutex::default(),
        }
    }

    /// Shows an integration's rows by this descriptor from now on. A view that cannot
    /// be made is no reason to load nothing.
    pub(super) async fn show(
        &self,
        integration: IntegrationId,
        (descriptor, by): (&TransformDescriptor, DescriptorId),
    ) {
        let entity = &descriptor.entity;
        if !descriptor.tables.iter().any(|table| table.view)
            || self.is_done(integration, entity, by)
        {
            return;
        }
        let shown = self.store.show(integration, by).await;
        if let Err(error) = &shown {
            tracing::warn!(%integration, %entity, %error, "the views are brought up to date in a while");
        }
        let failed = shown.err().map(|_| Instant::now());
        self.shown()
            .insert((integration, entity.clone()), Shown { by, failed });
    }

    fn is_done(&self, integration: IntegrationId, entity: &Name, by: DescriptorId) -> bool {
        let shown = self.shown().get(&(integration, entity.clone())).copied();
        shown.is_some_and(|shown| {
            shown.by == by && shown.failed.is_none_or(|failed| failed.elapsed() < AGAIN)
        })
    }

    fn shown(&self) -> std::sync::MutexGuard<'_, HashMap<(IntegrationId, Name), Shown>> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
