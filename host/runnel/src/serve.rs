//! `runnel serve` and `runnel config`.

use std::{collections::BTreeSet, process::ExitCode};

use anyhow::Context;
use runnel_broker::RelaySettings;
use runnel_control::{Part, Role, ServeSettings, Slots, Started};
use runnel_pipeline::Guard;
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;

use crate::{
    admin,
    args::{ConfigArguments, ServeArguments},
    environment::Environment,
    failure::Failure,
    folders, http, log, output,
    settings::{self, Settings},
    signals::Signals,
};

/// Serves until a signal says to stop.
pub(crate) fn run(
    arguments: &ServeArguments,
    environment: &Environment,
) -> Result<ExitCode, Failure> {
    let loaded = settings::load(&arguments.flags, environment, &admin::checks())?;
    let runtime = Runtime::new().context("the threads of the runtime cannot be started")?;
    let Settings { log, traces, .. } = &loaded.settings;
    let sending = log::start_service((log, traces), std::io::stderr, runtime.handle())?;
    let settings = parse(&loaded.settings, environment)?;
    let answers = settings.roles.contains(&Role::Api);
    let asked = answers.then(http::threads).transpose()?;
    let ended = runtime.block_on(async {
        let threads = asked.as_ref().map(Runtime::handle);
        let brought = http::parts(&loaded.settings, threads).await?;
        until_stopped(settings, brought).await
    });
    sending.finish();
    ended
}

/// Prints what is in force.
pub(crate) fn config(
    arguments: &ConfigArguments,
    environment: &Environment,
) -> Result<(), Failure> {
    let loaded = settings::load(&arguments.flags, environment, &admin::checks())?;
    Ok(output::print(loaded.show())?)
}

fn parse(settings: &Settings, environment: &Environment) -> Result<ServeSettings, Failure> {
    let broker = settings.broker.expose().parse();
    let hosts = settings.allow_private_hosts.iter().map(ToString::to_string);
    Ok(ServeSettings {
        database: admin::database(settings)?,
        broker: broker
            .map_err(|e: runnel_broker::InvalidBrokerUrl| Failure::Usage(e.to_string()))?,
        roles: settings.roles.iter().copied().collect::<BTreeSet<Role>>(),
        queues: settings.queues.clone(),
        plugins: folders::plugins(settings.plugins.as_deref(), environment)?,
        cache: settings
            .cache
            .clone()
            .or_else(|| folders::cache(environment)),
        signers: settings.signers(),
        keys: admin::key_ring(settings)?,
        slots: Slots {
            extract: settings.workers.extract,
            transform: settings.workers.transform,
            load: settings.workers.load,
            vectorize: settings.workers.vectorize,
        },
        lease: settings.workers.lease,
        max_inflight: settings.tenants.max_inflight,
        stop_timeout: settings.stop_timeout,
        guard: Guard::public_and(hosts),
        relay: RelaySettings {
            window: settings.relay.window,
            reconcile: settings.relay.reconcile,
            ..RelaySettings::default()
        },
        follow: runnel_control::FOLLOW,
    })
}

async fn until_stopped(settings: ServeSettings, brought: Vec<Part>) -> Result<ExitCode, Failure> {
    let stop = CancellationToken::new();
    let mut signals = Signals::listen().context("signals cannot be listened to")?;
    let service = runnel_control::serve(settings, brought, stop.clone(), tell);
    tokio::pin!(service);
    tokio::select! {
        ended = &mut service => return Ok(ended.map(|()| ExitCode::SUCCESS)?),
        signal = signals.next() => {
            output::tell(&format!("runnel: {signal}: stopping in good order; once more stops at once"));
            stop.cancel();
        }
    }
    tokio::select! {
        ended = service => Ok(ended.map(|()| ExitCode::SUCCESS)?),
        signal = signals.next() => {
            output::tell(&format!("runnel: {signal}: stopped at once; what was under way is done again"));
            // Whatever still runs is in transactions that roll back.
            std::process::exit(130)
        }
    }
}

fn tell(started: &Started) {
    let roles: Vec<String> = started.roles.iter().map(Role::to_string).collect();
    let queues: Vec<String> = started.queues.iter().map(ToString::to_string).collect();
    output::tell(&format!(
        "runnel: serving on {} and {}; roles: {}; queues: {}",
        started.database,
        started.broker,
        roles.join(", "),
        queues.join(", ")
    ));
}
