//! A replay that is waited for.

use std::{
    process::ExitCode,
    sync::Mutex,
    sync::PoisonError,
    time::{Duration, Instant},
};

use anyhow::Context;
use runnel_control::{ReplaySettings, see_through};
use runnel_store::{ReplayId, ReplayRow};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::{
    super::{
        desk::{At, Desk, Own, database},
        show::{number, said},
    },
    find, show,
};
use crate::{
    environment::Environment,
    failure::Failure,
    folders, output,
    signals::{Signals, Stop},
    words::counted,
};

/// Progress is told no more often than this.
const TELL: Duration = Duration::from_secs(2);

/// How often a replay that a host does is looked at.
const LOOK: Duration = Duration::from_millis(500);

pub(super) async fn run(
    desk: &Desk,
    id: i64,
    environment: &Environment,
) -> Result<ExitCode, Failure> {
    let mut signals = Signals::listen().context("signals cannot be listened to")?;
    let told = Told::default();
    let stopped = match &desk.at {
        At::Database(own) => {
            let settings = settings(own, environment)?;
            work_until(own, id, (&settings, &told), &mut signals).await?
        }
        At::Server(_) => look_until(desk, id, &told, &mut signals).await?,
    };
    let replay = find(desk, id).await?;
    desk.answer(&replay, || show::text(&replay))?;
    match stopped {
        Some(signal) if is_open(&replay) => {
            let again = match &desk.at {
                At::Database(_) => format!("`runnel replay resume {id}` goes on"),
                At::Server(_) => {
                    format!("the host goes on; `runnel replay cancel {id}` gives it up")
                }
            };
            output::complain(&format!("{signal}: {again}"));
            Ok(signal.status())
        }
        _ => status(&replay),
    }
}

/// Works for a replay where nobody else does, until it has ended or a signal comes.
async fn work_until(
    own: &Own,
    id: i64,
    (settings, told): (&ReplaySettings, &Told),
    signals: &mut Signals,
) -> Result<Option<Stop>, Failure> {
    let stop = CancellationToken::new();
    let tell = |replay: &ReplayRow| told.of(&show::paper(replay));
    let seen = see_through(&own.store, ReplayId(id), settings, &stop, tell);
    tokio::pin!(seen);
    let (ended, stopped) = tokio::select! {
        ended = &mut seen => (ended, None),
        signal = signals.next() => {
            stop.cancel();
            (seen.await, Some(signal))
        }
    };
    ended.map_err(|error| goes_on(id, error.into()))?;
    Ok(stopped)
}

/// Looks at a replay that a host does, until it has ended or a signal comes.
async fn look_until(
    desk: &Desk,
    id: i64,
    told: &Told,
    signals: &mut Signals,
) -> Result<Option<Stop>, Failure> {
    loop {
        let replay = find(desk, id).await?;
        if !is_open(&replay) {
            return Ok(None);
        }
        told.of(&replay);
        tokio::select! {
            () = tokio::time::sleep(LOOK) => (),
            signal = signals.next() => return Ok(Some(signal)),
        }
    }
}

fn is_open(replay: &Value) -> bool {
    matches!(replay["state"].as_str(), Some("running" | "paused"))
}

fn goes_on(id: i64, failure: Failure) -> Failure {
    match failure {
        Failure::Work(error) => Failure::Work(anyhow::anyhow!(
            "replay {id} stopped: {error:#}; `runnel replay resume {id}` goes on with it"
        )),
        usage @ (Failure::Usage(_) | Failure::Settings(_)) => usage,
    }
}

/// A dead letter counts, as it does in a sync.
fn status(replay: &Value) -> Result<ExitCode, Failure> {
    let (id, dead) = (said(replay, "id"), number(replay, "dead"));
    match replay["state"].as_str() {
        Some("succeeded") if dead == 0 => Ok(ExitCode::SUCCESS),
        Some("succeeded") => Err(Failure::Work(anyhow::anyhow!(
            "{} of replay {id} could not be mapped or loaded: `runnel dead-letter list` shows why",
            counted(dead, "record")
        ))),
        state => Err(Failure::Work(anyhow::anyhow!(
            "replay {id} {}: `runnel replay show {id}` shows how far it came",
            match state {
                Some("cancelled") => "was cancelled",
                _ => "failed",
            }
        ))),
    }
}

fn settings(own: &Own, environment: &Environment) -> Result<ReplaySettings, Failure> {
    let settings = &own.settings;
    Ok(ReplaySettings {
        signers: settings.signers(),
        database: database(settings)?,
        plugins: folders::plugins(settings.plugins.as_deref(), environment)?,
        cache: settings
            .cache
            .clone()
            .or_else(|| folders::cache(environment)),
        transform: settings.workers.transform,
        load: settings.workers.load,
    })
}

/// What was told last, and when.
#[derive(Default)]
struct Told(Mutex<Option<(String, Instant)>>);

impl Told {
    fn of(&self, replay: &Value) {
        if !is_open(replay) {
            return;
        }
        let line = show::line(replay);
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_news = told
            .as_ref()
            .is_none_or(|(last, at)| *last != line && at.elapsed() >= TELL);
        if is_news {
            output::tell(&line);
            *told = Some((line, Instant::now()));
        }
    }
}
