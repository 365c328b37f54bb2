//! A replay that is begun, or only counted.

use std::process::ExitCode;

use runnel_client::Server;
use runnel_store::{NewReplay, Surveyed};
use serde_json::{Value, json};

use super::{
    super::{
        desk::{At, Desk, Own, actor, window},
        remote,
        show::{counted, items, number, said, table},
    },
    answer, ask, follow, refused,
};
use crate::{
    args::StartReplay,
    environment::Environment,
    failure::{Failure, conflict},
    words,
};

pub(super) async fn run(
    arguments: &StartReplay,
    environment: &Environment,
) -> Result<ExitCode, Failure> {
    let desk = Desk::open(&arguments.store, environment).await?;
    let started = match &desk.at {
        At::Database(own) => of_database(own, arguments, environment).await?,
        At::Server(server) => of_host(server, arguments).await?,
    };
    match started {
        Started::Surveyed(survey) => {
            desk.answer(&survey, || surveyed(&survey))?;
            Ok(ExitCode::SUCCESS)
        }
        Started::Nothing(entity) => {
            let json = json!({ "id": null, "records": { "total": 0, "done": 0 } });
            desk.answer(&json, || nothing(&entity))?;
            Ok(ExitCode::SUCCESS)
        }
        Started::Id(id) if arguments.detach => {
            answer(&desk, id, "is queued: a running `runnel serve` does it")?;
            Ok(ExitCode::SUCCESS)
        }
        Started::Id(id) => follow::run(&desk, id, environment).await,
    }
}

/// What came of it.
enum Started {
    /// It was only asked.
    Surveyed(Value),
    /// There are no records of this entity type.
    Nothing(String),
    Id(i64),
}

async fn of_database(
    own: &Own,
    arguments: &StartReplay,
    environment: &Environment,
) -> Result<Started, Failure> {
    let asked = ask::replay(own, arguments).await?;
    if arguments.dry_run {
        let found = own.store.survey(&asked).await.map_err(refused)?;
        return Ok(Started::Surveyed(paper(&asked, &found)));
    }
    let started = own.store.start_replay(&asked, &actor(environment)).await;
    Ok(match started.map_err(refused)? {
        Some(id) => Started::Id(id.0),
        None => Started::Nothing(asked.entity.to_string()),
    })
}

/// It is counted in any case: a host refuses to replay nothing.
async fn of_host(server: &Server, arguments: &StartReplay) -> Result<Started, Failure> {
    let window = window(&arguments.records)?;
    let survey = remote::replays::survey(server, arguments, &window).await?;
    if arguments.dry_run {
        return Ok(Started::Surveyed(survey));
    }
    if number(&survey, "records") == 0 {
        return Ok(Started::Nothing(said(&survey, "entity")));
    }
    let started = remote::replays::start(server, arguments, &window).await;
    started.map(Started::Id).map_err(conflict)
}

fn paper(asked: &NewReplay, found: &[Surveyed]) -> Value {
    let records: u64 = found.iter().map(|found| found.records).sum();
    let part = |found: &Surveyed| {
        json!({
            "integration_id": found.integration, "integration": found.name, "tenant": found.tenant,
            "records": found.records,
        })
    };
    let parts: Vec<Value> = found.iter().map(part).collect();
    json!({ "dry_run": true, "entity": asked.entity, "records": records, "integrations": parts })
}

fn surveyed(survey: &Value) -> String {
    let records = number(survey, "records");
    if records == 0 {
        return nothing(&said(survey, "entity"));
    }
    let row = |found: &Value| {
        [
            said(found, "tenant"),
            said(found, "integration"),
            counted(found, "records"),
        ]
    };
    let rows = items(survey, "integrations").iter().map(row).collect();
    format!(
        "{}\n{} would be replayed; nothing was written",
        table(["tenant", "integration", "records"], rows, ""),
        words::counted(records, "record")
    )
}

fn nothing(entity: &str) -> String {
    format!("there are no such raw records of {entity}: nothing is replayed")
}
