//! What answers HTTP, beside the work.

use anyhow::Context;
use runnel_api::{ApiSettings, Tell};
use runnel_control::{ControlError, Part};
use tokio::{
    net::TcpListener,
    runtime::{Builder, Handle, Runtime},
};

use crate::{
    failure::Failure,
    output,
    settings::{Listen, Settings},
};

const TELL: Tell = |words| output::tell(&format!("runnel: {words}"));

/// How much the threads of the API step back from those of the workers, in steps of
/// niceness: where both want a processor they get a tenth of it (Linux; sched(7)).
const STEPS: i32 = 10;

/// The threads of the API, which are not the workers': whoever asks for much, and often,
/// waits for others who ask, and not the work for them. They are to be there until the
/// service has ended, since connections that were made on them may be in use.
pub(crate) fn threads() -> Result<Runtime, Failure> {
    let niceness = niceness() + STEPS;
    Ok(Builder::new_multi_thread()
        .thread_name("runnel-api")
        .on_thread_start(move || step_back(niceness))
        .enable_all()
        .build()
        .context("the threads of the HTTP API cannot be started")?)
}

/// The niceness of this thread, which those that it starts have from it. Elsewhere than
/// on Linux it would be the process's.
#[cfg(target_os = "linux")]
fn niceness() -> i32 {
    rustix::process::getpriority_process(None).unwrap_or_default()
}

#[cfg(not(target_os = "linux"))]
fn niceness() -> i32 {
    0
}

#[cfg(target_os = "linux")]
fn step_back(niceness: i32) {
    // Nobody is kept from being nicer; and without it the API works as well.
    rustix::process::setpriority_process(None, niceness).ok();
}

#[cfg(not(target_os = "linux"))]
fn step_back(_: i32) {}

/// What the settings ask for, listening already: what is wrong with an address is said
/// before anything starts. The API runs on these threads, where it is to run.
pub(crate) async fn parts(
    settings: &Settings,
    threads: Option<&Handle>,
) -> Result<Vec<Part>, Failure> {
    let mut parts = Vec::new();
    if let Some(threads) = threads {
        parts.push(api(settings, threads.clone()).await?);
    }
    // Whoever looks on is not to be kept waiting by those who ask.
    if let Some(address) = settings.metrics.listen {
        let listener = listen(address, "metrics", "--metrics-listen").await?;
        let part: Part =
            Box::new(move |host| Box::pin(runnel_api::serve_metrics(listener, TELL, host)));
        parts.push(part);
    }
    Ok(parts)
}

async fn api(settings: &Settings, threads: Handle) -> Result<Part, Failure> {
    let listening = listen(settings.api.listen, "the HTTP API", "--listen");
    let listener = threads.spawn(listening).await;
    let listener = listener.context("the HTTP API")??;
    let settings = ApiSettings {
        read_only: settings.api.read_only.0,
        trusted_proxies: settings.api.trusted_proxies.clone(),
        tell: TELL,
    };
    Ok(Box::new(move |host| {
        let serving = threads.spawn(runnel_api::serve(listener, settings, host));
        Box::pin(async {
            let ended = serving.await;
            ended.unwrap_or_else(|e| Err(ControlError::Host(e.to_string())))
        })
    }))
}

async fn listen(
    at: Listen,
    what: &'static str,
    flag: &'static str,
) -> Result<TcpListener, Failure> {
    let bound = TcpListener::bind(at.0).await;
    Ok(bound.with_context(|| format!("{what} cannot listen on {at} ({flag})"))?)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn who_asks_steps_back_from_who_works() {
        let (here, threads) = (niceness(), threads().unwrap());
        let there = threads.block_on(async {
            let of_task = tokio::spawn(async { niceness() }).await.unwrap();
            let of_blocking = tokio::task::spawn_blocking(niceness).await.unwrap();
            [of_task, of_blocking]
        });
        assert_eq!(there, [(here + STEPS).min(19); 2]);
        assert_eq!(niceness(), here);
    }
}
