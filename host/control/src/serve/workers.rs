//! The workers of a process: one for each queue.

use std::sync::Arc;

use runnel_broker::Broker;
use runnel_model::Stage;
use runnel_pipeline::{
    Context, Extractor, Handler, Loader, Measured, OnError, Plugins, Transformer, Vectorizer, work,
};
use runnel_store::Inbox;

use super::{Parts, Service, bindings::Bindings, caretaker};
use crate::{Vault, figures::Telling};

/// Starts them. What is answered is to be told of what plugins did, once they have
/// ended.
pub(super) fn start(service: &Service, parts: &mut Parts, broker: Arc<dyn Broker>) -> Telling {
    let settings = &service.settings;
    let context = Context {
        store: Arc::clone(&service.store),
        broker,
        observer: Arc::new(|_| ()),
        worker: service.worker.clone(),
        on_error: OnError::GoOn,
        lease: settings.lease,
        stop: service.stop.clone(),
        stop_timeout: settings.stop_timeout,
        tally: Arc::clone(&service.tally),
        measured: Arc::new(Measured::default()),
    };
    let vault = Vault::new(Arc::clone(&service.store), settings.keys.clone());
    let plugins: Arc<dyn Plugins> = Arc::new(Bindings::new(service, vault));
    // One for all queues: its pages are committed together.
    let extractor: Arc<dyn Handler> = Arc::new(Extractor::new(context.clone(), plugins.clone()));
    for queue in &service.queues {
        let slots = settings.slots;
        let (slots, handler): (u32, Arc<dyn Handler>) = match queue.stage() {
            Stage::Extract => (slots.extract, Arc::clone(&extractor)),
            Stage::Transform => (
                slots.transform,
                Arc::new(Transformer::new(context.clone(), plugins.clone())),
            ),
            Stage::Load => (slots.load, Arc::new(Loader::new(context.clone()))),
            Stage::Vectorize => (slots.vectorize, Arc::new(Vectorizer::new(context.clone()))),
        };
        let worker = work(context.clone(), Inbox::from(queue.clone()), slots, handler);
        parts.spawn(async move { Ok(worker.await?) });
    }
    parts.spawn(caretaker::report(
        Arc::clone(&service.store),
        service.worker.clone(),
        context.clone(),
        service.stop.clone(),
    ));
    Telling::start(context)
}
