//! How everything flows, now and from now on.

use std::{collections::BTreeSet, convert::Infallible, time::Duration};

use axum::{
    Json,
    extract::State,
    response::sse::{Event, KeepAlive, Sse},
};
use futures_util::{Stream, stream};
use runnel_store::Scope;
use tokio::{
    sync::mpsc,
    time::{Instant, timeout_at},
};

use crate::{
    problem::ApiError,
    rights::Who,
    state::Api,
    watch::{Flow, Told, Versions},
};

/// So often `alive` is sent where nothing else is, so that nobody on the way takes the
/// stream for dead, and whoever hears nothing knows that it is. An event, since a page
/// does not hear of comments.
const ALIVE: Duration = Duration::from_secs(15);

/// A stream ends after so long: whoever watches on says anew who it is.
const LONGEST: Duration = Duration::from_secs(10 * 60);

/// How everything flows now.
#[utoipa::path(get, path = "/flow", tag = "flow", responses((status = 200, body = Flow), ApiError))]
pub(crate) async fn show(State(api): State<Api>, who: Who) -> Result<Json<Flow>, ApiError> {
    let seen = api.watch.look().await?;
    Ok(Json(seen.of(&api, &who.sees())))
}

/// How everything flows from now on: `flow` as often as it changes, every two seconds
/// at most, and `changed` with what has: names of lists, such as `jobs`, `replays`,
/// `integrations`, `users` or `audit`; `alive` where nothing does. Whoever does not keep
/// up is dropped.
#[utoipa::path(get, path = "/events", tag = "flow", responses((status = 200, body = String, content_type = "text/event-stream"), ApiError))]
pub(crate) async fn events(
    State(api): State<Api>,
    who: Who,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, ApiError> {
    let told = api.watch.join().ok_or_else(|| {
        ApiError::Unavailable("too many are watching: try again later".to_owned())
    })?;
    let reader = Reader {
        api,
        scope: who.sees(),
        told,
        ends: Instant::now() + LONGEST,
        last: None,
        queued: None,
    };
    let events = stream::unfold(reader, |mut reader| async move {
        let event = reader.next().await?;
        Some((Ok(event), reader))
    });
    let alive = Event::default().event("alive").data("still here");
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(ALIVE).event(alive)))
}

/// Somebody who watches.
struct Reader {
    api: Api,
    scope: Scope,
    told: mpsc::Receiver<Told>,
    ends: Instant,
    last: Option<(Flow, Versions)>,
    queued: Option<Event>,
}

impl Reader {
    /// The next event; none once the reader was dropped, its time is over, or the host
    /// stops.
    async fn next(&mut self) -> Option<Event> {
        if let Some(event) = self.queued.take() {
            return Some(event);
        }
        loop {
            let seen = timeout_at(self.ends, self.told.recv()).await.ok()??;
            let flow = seen.of(&self.api, &self.scope);
            let versions = seen.versions_of(&self.scope);
            let (before, noted) = self.last.take().unzip();
            let mut changed = versions.changed(&noted.unwrap_or_default());
            changed.extend(flow.changed(before.as_ref()));
            let events = events_of(flow.is_new(before.as_ref()).then_some(&flow), &changed);
            self.last = Some((flow, versions));
            let mut events = events?.into_iter();
            if let Some(first) = events.next() {
                self.queued = events.next();
                return Some(first);
            }
        }
    }
}

/// How everything flows, where that is new, and which lists have changed, where any has.
fn events_of(flow: Option<&Flow>, changed: &BTreeSet<&str>) -> Option<Vec<Event>> {
    let mut events = Vec::new();
    if let Some(flow) = flow {
        events.push(Event::default().event("flow").json_data(flow).ok()?);
    }
    if !changed.is_empty() {
        let what = serde_json::json!({ "what": changed });
        events.push(Event::default().event("changed").json_data(what).ok()?);
    }
    Some(events)
}
