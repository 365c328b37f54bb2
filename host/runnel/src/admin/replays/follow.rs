//! A replay that is waited for.

use std::{
    process::ExitCode,
    sync::Mutex,
    sync::PoisonError,
    time::{Duration, Instant},
};

use anyhow::Context;
use runnel_control::{ReplaySettings, see_through};
use runnel_store::{ReplayId, ReplayRow, ReplayState};
use tokio_util::sync::CancellationToken;

use super::{
    super::desk::{Desk, database},
    show,
};
use crate::{
    environment::Environment, failure::Failure, folders, output, signals::Signals, words::counted,
};

/// Progress is told no more often than this.
const TELL: Duration = Duration::from_secs(2);

pub(super) async fn run(
    desk: &Desk,
    id: ReplayId,
    environment: &Environment,
) -> Result<ExitCode, Failure> {
    let settings = settings(desk, environment)?;
    let mut signals = Signals::listen().context("signals cannot be listened to")?;
    let stop = CancellationToken::new();
    let told = Told::default();
    let seen = see_through(&desk.store, id, &settings, &stop, |replay| told.of(replay));
    tokio::pin!(seen);
    let (ended, stopped) = tokio::select! {
        ended = &mut seen => (ended, None),
        signal = signals.next() => {
            stop.cancel();
            (seen.await, Some(signal))
        }
    };
    let replay = ended.map_err(|error| goes_on(id, error.into()))?;
    show::one(desk, &replay).await?;
    match stopped {
        Some(signal) if replay.state().is_open() => {
            let id = id.0;
            output::complain(&format!("{signal}: `runnel replay resume {id}` goes on"));
            Ok(signal.status())
        }
        _ => status(&replay),
    }
}

fn goes_on(id: ReplayId, failure: Failure) -> Failure {
    let id = id.0;
    match failure {
        Failure::Work(error) => Failure::Work(anyhow::anyhow!(
            "replay {id} stopped: {error:#}; `runnel replay resume {id}` goes on with it"
        )),
        usage @ Failure::Usage(_) => usage,
    }
}

/// A dead letter counts, as it does in a sync.
fn status(replay: &ReplayRow) -> Result<ExitCode, Failure> {
    let id = replay.id.0;
    let dead = replay.sum(|part| part.counters.dead);
    match replay.state() {
        ReplayState::Succeeded if dead == 0 => Ok(ExitCode::SUCCESS),
        ReplayState::Succeeded => Err(Failure::Work(anyhow::anyhow!(
            "{} of replay {id} could not be mapped or loaded: `runnel dead-letter list` shows why",
            counted(dead, "record")
        ))),
        state => Err(Failure::Work(anyhow::anyhow!(
            "replay {id} {}: `runnel replay show {id}` shows how far it came",
            match state {
                ReplayState::Cancelled => "was cancelled",
                _ => "failed",
            }
        ))),
    }
}

fn settings(desk: &Desk, environment: &Environment) -> Result<ReplaySettings, Failure> {
    let settings = &desk.settings;
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
    fn of(&self, replay: &ReplayRow) {
        if !replay.state().is_open() {
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
