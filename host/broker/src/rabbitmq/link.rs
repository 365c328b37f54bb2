//! A connection that comes back.

use std::{sync::Arc, time::Instant};

use tokio::sync::Mutex;

use super::{fault::Fault, live::Live};
use crate::{AmqpUrl, backoff::Backoff, outage::Outage};

/// One connection at a time, made when it is first asked for and again whenever it
/// has failed, for ever. It is shared by those who consume, each on a channel of
/// its own, or belongs to the one who publishes: a broker that slows down its
/// publishers must not slow down the acknowledgements with them.
///
/// It runs nothing by itself: it ends when it is dropped.
pub(super) struct Link {
    pub(super) url: AmqpUrl,
    name: &'static str,
    state: Mutex<State>,
}

struct State {
    live: Option<(Arc<Live>, Instant)>,
    backoff: Backoff,
    outage: Outage,
}

impl Link {
    /// `name` says what it is for, in the log and in the broker's list of
    /// connections.
    pub(super) fn new(url: AmqpUrl, name: &'static str) -> Self {
        Self {
            url,
            name,
            state: Mutex::new(State {
                live: None,
                backoff: Backoff::default(),
                outage: Outage::of(name),
            }),
        }
    }

    /// The connection, waited for if need be. It may be dropped while it waits.
    pub(super) async fn live(&self) -> Arc<Live> {
        let mut state = self.state.lock().await;
        if let Some((live, _)) = state.live.as_ref().filter(|(live, _)| live.works()) {
            return Arc::clone(live);
        }
        if let Some((_, since)) = state.live.take() {
            let wait = state.backoff.after(since.elapsed());
            tokio::time::sleep(wait).await;
        }
        loop {
            match Live::dial(&self.url, self.name).await {
                Ok(live) => {
                    let live = Arc::new(live);
                    state.outage.is_over();
                    state.live = Some((Arc::clone(&live), Instant::now()));
                    return live;
                }
                Err(fault) => {
                    state.outage.goes_on(&fault.error);
                    let wait = state.backoff.next();
                    tokio::time::sleep(wait).await;
                }
            }
        }
    }

    /// Something failed on the connection: unless it was spared, it is given up,
    /// and whoever else uses it loses it too.
    pub(super) async fn failed(&self, live: &Arc<Live>, fault: &Fault) {
        if fault.spared && live.works() {
            return;
        }
        live.sever();
        let mut state = self.state.lock().await;
        let current = state.live.as_ref().map(|(live, _)| live);
        if current.is_some_and(|current| Arc::ptr_eq(current, live)) {
            state.outage.goes_on(&fault.error);
        }
    }
}
