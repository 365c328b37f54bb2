//! `runnel job`.

use runnel_control::Registry;
use runnel_store::{Job, JobChange, Misfire, Overlap, Schedule, TickSettings};
use serde_json::{Value, json};

use super::{
    chain,
    desk::{Desk, actor, work},
    runs::state_word,
    show::{card, instant, instant_or, table},
};
use crate::{
    args::{JobCommand, MisfireWord, OneJob, OverlapWord, SetJob},
    environment::Environment,
    failure::Failure,
    folders, plugin,
};

pub(super) async fn run(command: &JobCommand, environment: &Environment) -> Result<(), Failure> {
    match command {
        JobCommand::List { of, store } => {
            let desk = Desk::open(store, environment).await?;
            let tenant = desk.tenant(of.tenant.as_deref()).await?;
            list(&desk, tenant.map(|tenant| tenant.id)).await
        }
        JobCommand::Show(one) => show(one, environment).await,
        JobCommand::Run(one) => ask(one, environment).await,
        JobCommand::Pause(one) => change(one, &paused(true), environment).await,
        JobCommand::Resume(one) => change(one, &paused(false), environment).await,
        JobCommand::Cancel(one) => cancel(one, environment).await,
        JobCommand::Set(arguments) => set(arguments, environment).await,
    }
}

async fn list(desk: &Desk, tenant: Option<runnel_model::TenantId>) -> Result<(), Failure> {
    let jobs = desk.store.jobs(tenant).await.map_err(work)?;
    let json: Vec<Value> = jobs.iter().map(paper).collect();
    desk.answer(&json.into(), || {
        let row = |job: &Job| {
            [
                job.id.to_string(),
                job.name.clone(),
                job.schedule.every_minutes.to_string(),
                job.priority.to_string(),
                job.depends_on.join(", "),
                state(job),
                instant(job.next_run_at),
            ]
        };
        let headings = [
            "id",
            "job",
            "every (min)",
            "priority",
            "depends on",
            "state",
            "next",
        ];
        table(
            headings,
            jobs.iter().map(row).collect(),
            "there is no job yet: `runnel integration add`",
        )
    })
}

async fn show(one: &OneJob, environment: &Environment) -> Result<(), Failure> {
    let (desk, job) = find(one, environment).await?;
    let settings = tick_settings(&desk, environment).await?;
    let chain = chain::of(&desk, &job, &settings).await?;
    let mut json = paper(&job);
    json["waits"] = chain
        .iter()
        .map(|link| {
            let waits: Vec<Value> = link.waits.iter().map(chain::paper).collect();
            json!({ "job": link.job, "for": waits })
        })
        .collect();
    desk.answer(&json, || format!("{}\n{}", card_of(&job), waiting(&chain)))
}

fn card_of(job: &Job) -> String {
    let Schedule {
        every_minutes,
        overlap,
        misfire,
        jitter_seconds,
    } = job.schedule;
    let last = job.last.map_or_else(
        || "none".to_owned(),
        |last| {
            let (word, at) = (state_word(last.state), instant(last.finished_at));
            format!("{} {word} at {at}", last.run)
        },
    );
    card(&[
        ("job", format!("{} (id {})", job.name, job.id)),
        ("state", state(job)),
        (
            "every",
            format!("{every_minutes} min, jitter {jitter_seconds} s, {overlap:?} on overlap, {misfire:?} after downtime")
                .to_lowercase(),
        ),
        ("priority", job.priority.to_string()),
        ("depends on", job.depends_on.join(", ")),
        ("next", instant(job.next_run_at)),
        ("last run", last),
        ("last success", instant_or(job.succeeded_at, "never")),
        ("failures since", job.failures.to_string()),
    ])
}

fn waiting(chain: &[chain::Link]) -> String {
    let line = |link: &chain::Link| match &link.waits[..] {
        [] => format!("{} starts with the next tick of a scheduler", link.job),
        waits => {
            let words: Vec<String> = waits.iter().map(chain::words).collect();
            format!("{} waits for {}", link.job, words.join("; and for "))
        }
    };
    chain.iter().map(line).collect::<Vec<_>>().join("\n")
}

async fn ask(one: &OneJob, environment: &Environment) -> Result<(), Failure> {
    let (desk, job) = find(one, environment).await?;
    desk.store
        .request_job(job.id, &actor(environment))
        .await
        .map_err(work)?;
    let job = desk.job(&one.name, one.of.tenant.as_deref()).await?;
    desk.answer(&paper(&job), || {
        format!(
            "{} runs as soon as what it depends on allows; `runnel job show {}` says what it waits for",
            job.name, job.name
        )
    })
}

fn paused(paused: bool) -> JobChange {
    JobChange {
        paused: Some(paused),
        ..JobChange::default()
    }
}

async fn change(
    one: &OneJob,
    change: &JobChange,
    environment: &Environment,
) -> Result<(), Failure> {
    let (desk, job) = find(one, environment).await?;
    desk.store
        .change_job(job.id, change, &actor(environment))
        .await
        .map_err(refused)?;
    let job = desk.job(&one.name, one.of.tenant.as_deref()).await?;
    desk.answer(&paper(&job), || card_of(&job))
}

async fn cancel(one: &OneJob, environment: &Environment) -> Result<(), Failure> {
    let (desk, job) = find(one, environment).await?;
    let runs = desk
        .store
        .cancel_job(job.id, &actor(environment))
        .await
        .map_err(work)?;
    desk.answer(
        &json!({ "job": job.name, "cancelled": runs }),
        || match runs.len() {
            0 => format!("no run of {} is under way", job.name),
            _ => format!("the run of {} is given up; what was read is kept", job.name),
        },
    )
}

async fn set(arguments: &SetJob, environment: &Environment) -> Result<(), Failure> {
    let (_, job) = find(&arguments.job, environment).await?;
    let names = |text: &String| {
        let names = text
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty());
        names.map(str::to_owned).collect()
    };
    let wanted = JobChange {
        paused: None,
        schedule: schedule(arguments, job.schedule),
        priority: arguments.priority,
        depends_on: arguments.depends_on.as_ref().map(names),
    };
    change(&arguments.job, &wanted, environment).await
}

fn schedule(arguments: &SetJob, now: Schedule) -> Option<Schedule> {
    let overlap = arguments.overlap.map(|word| match word {
        OverlapWord::Skip => Overlap::Skip,
        OverlapWord::Buffer => Overlap::Buffer,
        OverlapWord::Allow => Overlap::Allow,
    });
    let misfire = arguments.misfire.map(|word| match word {
        MisfireWord::Coalesce => Misfire::Coalesce,
        MisfireWord::Skip => Misfire::Skip,
        MisfireWord::CatchUp => Misfire::CatchUp(arguments.catch_up),
    });
    let wanted = Schedule {
        every_minutes: arguments.every.unwrap_or(now.every_minutes),
        overlap: overlap.unwrap_or(now.overlap),
        misfire: misfire.unwrap_or(now.misfire),
        jitter_seconds: arguments.jitter.unwrap_or(now.jitter_seconds),
    };
    (wanted != now).then_some(wanted)
}

/// A cycle and a name that is no job's are the user's to mend.
fn refused(error: runnel_store::StoreError) -> Failure {
    match error {
        runnel_store::StoreError::Cycle { .. } | runnel_store::StoreError::NoSuchJob { .. } => {
            Failure::Usage(error.to_string())
        }
        other => work(other),
    }
}

async fn find(one: &OneJob, environment: &Environment) -> Result<(Desk, Job), Failure> {
    let desk = Desk::open(&one.store, environment).await?;
    let job = desk.job(&one.name, one.of.tenant.as_deref()).await?;
    Ok((desk, job))
}

/// What a scheduler with these settings would go by.
async fn tick_settings(desk: &Desk, environment: &Environment) -> Result<TickSettings, Failure> {
    let folder = folders::plugins(desk.settings.plugins.as_deref(), environment)?;
    let registry = Registry::load(&plugin::sandbox(environment)?, &folder)?;
    Ok(TickSettings {
        max_inflight: desk.settings.tenants.max_inflight,
        sources: registry.sources(&*desk.store).await?,
        limit: 1,
    })
}

fn state(job: &Job) -> String {
    if job.running > 0 {
        "running".to_owned()
    } else if job.paused || job.integration_paused {
        "paused".to_owned()
    } else if job.failures > 0 {
        format!("failed {} times", job.failures)
    } else {
        "scheduled".to_owned()
    }
}

fn paper(job: &Job) -> Value {
    json!({
        "id": job.id,
        "job_name": job.name,
        "job_type": job.job_type,
        "integration_id": job.integration,
        "every_minutes": job.schedule.every_minutes,
        "priority": job.priority,
        "depends_on": job.depends_on,
        "state": state(job),
        "paused": job.paused,
        "running": job.running,
        "next_run_at": instant(job.next_run_at),
        "requested_at": job.requested_at.map(instant),
        "succeeded_at": job.succeeded_at.map(instant),
        "failures": job.failures,
        "last_run": job.last.map(|last| json!({
            "run": last.run, "state": state_word(last.state), "finished_at": instant(last.finished_at),
        })),
    })
}
