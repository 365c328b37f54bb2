//! `runnel job`.

use runnel_control::Registry;
use runnel_store::{
    Actor, Job, JobChange, Misfire, Overlap, ScheduleChange, StoreError, TickSettings,
};
use serde_json::{Value, json};

use super::{
    chain,
    desk::{At, Desk, Own, actor, work},
    remote,
    show::{card, instant, items, number, said, said_or, table},
};
use crate::{
    args::{JobCommand, MisfireWord, OneJob, OverlapWord, SetJob},
    environment::Environment,
    failure::Failure,
    folders, plugin, words,
};

pub(super) async fn run(command: &JobCommand, environment: &Environment) -> Result<(), Failure> {
    match command {
        JobCommand::List { of, store } => {
            let desk = Desk::open(store, environment).await?;
            let jobs = list(&desk, of.tenant.as_deref()).await?;
            desk.list(jobs, listed)
        }
        JobCommand::Show(one) => show(one, environment).await,
        JobCommand::Run(one) => ask(one, environment).await,
        JobCommand::Pause(one) => pause(one, true, environment).await,
        JobCommand::Resume(one) => pause(one, false, environment).await,
        JobCommand::Cancel(one) => cancel(one, environment).await,
        JobCommand::Set(arguments) => set(arguments, environment).await,
    }
}

async fn list(desk: &Desk, tenant: Option<&str>) -> Result<Vec<Value>, Failure> {
    let own = match &desk.at {
        At::Database(own) => own,
        At::Server(server) => return Ok(remote::jobs::list(server, tenant).await?),
    };
    let tenant = own.tenant(tenant).await?.map(|tenant| tenant.id);
    let jobs = own.store.jobs(tenant).await.map_err(work)?;
    Ok(jobs.iter().map(paper).collect())
}

fn listed(jobs: &[Value]) -> String {
    let keys = [
        "id",
        "job_name",
        "every_minutes",
        "priority",
        "depends_on",
        "state",
        "due_at",
    ];
    let headings = [
        "id",
        "job",
        "every (min)",
        "priority",
        "depends on",
        "state",
        "next",
    ];
    let row = |job: &Value| keys.map(|key| said(job, key));
    let none = "there is no job yet: `runnel integration add`";
    table(headings, jobs.iter().map(row).collect(), none)
}

async fn show(one: &OneJob, environment: &Environment) -> Result<(), Failure> {
    let desk = Desk::open(&one.store, environment).await?;
    let (mut json, chain) = match &desk.at {
        At::Database(own) => {
            let job = find(own, one).await?;
            let settings = tick_settings(own, environment).await?;
            (paper(&job), chain::of(own, &job, &settings).await?)
        }
        At::Server(server) => {
            let job = remote::jobs::find(server, one).await?;
            let chain = remote::jobs::chain(server, &job).await?;
            (job, chain)
        }
    };
    json["waits"] = chain;
    desk.answer(&json, || {
        format!("{}\n{}", card_of(&json), chain::text(&json["waits"]))
    })
}

fn card_of(job: &Value) -> String {
    let last = &job["last_run"];
    let last = match last.is_null() {
        true => "none".to_owned(),
        false => {
            let [run, state, at] = ["run", "state", "finished_at"].map(|key| said(last, key));
            format!("{run} {state} at {at}")
        }
    };
    let of = |key| said(job, key);
    card(&[
        ("job", format!("{} (id {})", of("job_name"), of("id"))),
        ("state", of("state")),
        (
            "every",
            format!(
                "{} min, jitter {} s, {} on overlap, {} after downtime",
                of("every_minutes"),
                of("jitter_seconds"),
                of("overlap"),
                of("misfire")
            ),
        ),
        ("priority", of("priority")),
        ("depends on", of("depends_on")),
        ("next", of("due_at")),
        ("last run", last),
        ("last success", said_or(job, "succeeded_at", "never")),
        ("failures since", of("failures")),
    ])
}

async fn ask(one: &OneJob, environment: &Environment) -> Result<(), Failure> {
    let desk = Desk::open(&one.store, environment).await?;
    let job = match &desk.at {
        At::Database(own) => {
            let job = find(own, one).await?;
            own.store
                .request_job(job.id, &actor(environment))
                .await
                .map_err(work)?;
            paper(&find(own, one).await?)
        }
        At::Server(server) => {
            let job = remote::jobs::find(server, one).await?;
            remote::jobs::run(server, &job).await?
        }
    };
    desk.answer(&job, || {
        let name = said(&job, "job_name");
        format!(
            "{name} runs as soon as what it depends on allows; `runnel job show {name}` says what it waits for"
        )
    })
}

async fn pause(one: &OneJob, paused: bool, environment: &Environment) -> Result<(), Failure> {
    let desk = Desk::open(&one.store, environment).await?;
    let job = match &desk.at {
        At::Database(own) => {
            let wanted = JobChange {
                paused: Some(paused),
                ..JobChange::default()
            };
            change(own, one, &wanted, &actor(environment)).await?
        }
        At::Server(server) => {
            let job = remote::jobs::find(server, one).await?;
            remote::jobs::pause(server, &job, paused).await?
        }
    };
    desk.answer(&job, || card_of(&job))
}

async fn change(own: &Own, one: &OneJob, change: &JobChange, by: &Actor) -> Result<Value, Failure> {
    let job = find(own, one).await?;
    own.store
        .change_job(job.id, change, by)
        .await
        .map_err(refused)?;
    Ok(paper(&find(own, one).await?))
}

async fn cancel(one: &OneJob, environment: &Environment) -> Result<(), Failure> {
    let desk = Desk::open(&one.store, environment).await?;
    let json = match &desk.at {
        At::Database(own) => {
            let job = find(own, one).await?;
            let cancelled = own.store.cancel_job(job.id, &actor(environment)).await;
            let runs = cancelled.map_err(work)?;
            json!({ "job": job.name, "cancelled": runs })
        }
        At::Server(server) => {
            let job = remote::jobs::find(server, one).await?;
            let runs = remote::jobs::cancel(server, &job).await?;
            json!({ "job": job["job_name"], "cancelled": runs })
        }
    };
    desk.answer(&json, || {
        let job = said(&json, "job");
        match items(&json, "cancelled") {
            [] => format!("no run of {job} is under way"),
            _ => format!("the run of {job} is given up; what was read is kept"),
        }
    })
}

async fn set(arguments: &SetJob, environment: &Environment) -> Result<(), Failure> {
    arguments.check()?;
    let (desk, one) = (
        Desk::open(&arguments.job.store, environment).await?,
        &arguments.job,
    );
    let names = |text: &String| {
        let names = text
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty());
        names.map(str::to_owned).collect::<Vec<_>>()
    };
    let depends_on = arguments.depends_on.as_ref().map(names);
    let job = match &desk.at {
        At::Database(own) => {
            let wanted = JobChange {
                paused: None,
                schedule: schedule(arguments),
                priority: arguments.priority,
                depends_on,
            };
            change(own, one, &wanted, &actor(environment)).await?
        }
        At::Server(server) => {
            let job = remote::jobs::find(server, one).await?;
            remote::jobs::set(server, &job, arguments, depends_on).await?
        }
    };
    desk.answer(&job, || card_of(&job))
}

fn schedule(arguments: &SetJob) -> ScheduleChange {
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
    ScheduleChange {
        every_minutes: arguments.every,
        overlap,
        misfire,
        jitter_seconds: arguments.jitter,
    }
}

/// A number that is out of range, a cycle and a name that is no job's are the user's to
/// mend.
fn refused(error: StoreError) -> Failure {
    match error {
        StoreError::OutOfRange { .. } | StoreError::Cycle { .. } | StoreError::NoSuchJob { .. } => {
            Failure::Usage(error.to_string())
        }
        other => work(other),
    }
}

async fn find(own: &Own, one: &OneJob) -> Result<Job, Failure> {
    own.job(&one.name, one.of.tenant.as_deref()).await
}

/// What a scheduler with these settings would go by.
async fn tick_settings(own: &Own, environment: &Environment) -> Result<TickSettings, Failure> {
    let folder = folders::plugins(own.settings.plugins.as_deref(), environment)?;
    let registry = Registry::load(&plugin::sandbox(environment)?, &folder)?;
    Ok(TickSettings {
        max_inflight: own.settings.tenants.max_inflight,
        sources: registry.sources(&*own.store).await?,
        limit: 1,
    })
}

/// How a job stands, of the paper of it.
pub(super) fn stands(job: &Value) -> String {
    let is = |key| job[key] == true;
    if number(job, "running") > 0 {
        "running".to_owned()
    } else if is("paused") || is("integration_paused") {
        "paused".to_owned()
    } else if number(job, "failures") > 0 {
        format!("failed {}", words::counted(number(job, "failures"), "time"))
    } else {
        "scheduled".to_owned()
    }
}

fn paper(job: &Job) -> Value {
    let overlap = match job.schedule.overlap {
        Overlap::Skip => "skip",
        Overlap::Buffer => "buffer",
        Overlap::Allow => "allow",
    };
    let misfire = match job.schedule.misfire {
        Misfire::Coalesce => "coalesce".to_owned(),
        Misfire::Skip => "skip".to_owned(),
        Misfire::CatchUp(most) => format!("catch_up {most}"),
    };
    let mut paper = json!({
        "id": job.id,
        "job_name": job.name,
        "job_type": job.job_type,
        "integration_id": job.integration,
        "every_minutes": job.schedule.every_minutes,
        "overlap": overlap,
        "misfire": misfire,
        "jitter_seconds": job.schedule.jitter_seconds,
        "priority": job.priority,
        "depends_on": job.depends_on,
        "paused": job.paused,
        "integration_paused": job.integration_paused,
        "running": job.running,
        "next_run_at": instant(job.next_run_at),
        "due_at": instant(job.due_at()),
        "requested_at": job.requested_at.map(instant),
        "succeeded_at": job.succeeded_at.map(instant),
        "failures": job.failures,
        "last_run": job.last.map(|last| json!({
            "run": last.run, "state": last.state.word(), "finished_at": instant(last.finished_at),
        })),
    });
    paper["state"] = stands(&paper).into();
    paper
}
