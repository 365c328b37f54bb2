//! `runnel dead-letter`.

use runnel_model::Name;
use runnel_store::{DeadLetterFilter, DeadLetterGroup, DeadLetterRow};
use serde_json::{Value, json};

use super::{
    desk::{Desk, actor, work},
    show::{card, instant, table},
};
use crate::{
    args::{
        DeadLetterCommand, DeadLetterFilters, ListDeadLetters, StoreArguments, WhichDeadLetters,
    },
    environment::Environment,
    failure::Failure,
    words::counted,
};

pub(super) async fn run(
    command: &DeadLetterCommand,
    environment: &Environment,
) -> Result<(), Failure> {
    match command {
        DeadLetterCommand::List(arguments) => list(arguments, environment).await,
        DeadLetterCommand::Show { id, store } => show(*id, store, environment).await,
        DeadLetterCommand::Replay(which) => {
            let (desk, filter) = chosen(which, environment).await?;
            let replayed = desk
                .store
                .replay_dead_letters(&filter, &actor(environment))
                .await
                .map_err(work)?;
            desk.answer(&json!({ "replayed": replayed }), || {
                format!(
                    "{} queued to be transformed again: a running `runnel serve` does it",
                    counted(replayed, "record")
                )
            })
        }
        DeadLetterCommand::Drop(which) => {
            let (desk, filter) = chosen(which, environment).await?;
            let dropped = desk
                .store
                .drop_dead_letters(&filter, &actor(environment))
                .await
                .map_err(work)?;
            desk.answer(&json!({ "dropped": dropped }), || {
                format!(
                    "{} dropped; the raw records stay",
                    counted(dropped, "dead letter")
                )
            })
        }
    }
}

async fn filter(desk: &Desk, filters: &DeadLetterFilters) -> Result<DeadLetterFilter, Failure> {
    let tenant = desk.tenant(filters.of.tenant.as_deref()).await?;
    let integration = match &filters.integration {
        Some(name) => Some(
            desk.integration(name, filters.of.tenant.as_deref())
                .await?
                .id,
        ),
        None => None,
    };
    let stream = filters.stream.clone().map(Name::new).transpose();
    Ok(DeadLetterFilter {
        ids: Vec::new(),
        tenant: tenant.map(|tenant| tenant.id),
        integration,
        stream: stream.map_err(|error| Failure::Usage(format!("--stream: {error}")))?,
        fingerprint: filters.fingerprint.clone(),
    })
}

/// Nothing named would be everything: that has to be said.
async fn chosen(
    which: &WhichDeadLetters,
    environment: &Environment,
) -> Result<(Desk, DeadLetterFilter), Failure> {
    let desk = Desk::open(&which.store, environment).await?;
    let filter = DeadLetterFilter {
        ids: which.ids.clone(),
        ..filter(&desk, &which.filter).await?
    };
    if filter == DeadLetterFilter::default() && !which.all {
        return Err(Failure::Usage(
            "which dead letters? Give their ids, a filter such as --fingerprint, or --all"
                .to_owned(),
        ));
    }
    Ok((desk, filter))
}

async fn list(arguments: &ListDeadLetters, environment: &Environment) -> Result<(), Failure> {
    let desk = Desk::open(&arguments.store, environment).await?;
    let filter = filter(&desk, &arguments.filter).await?;
    if arguments.groups {
        let groups = desk.store.dead_letter_groups(&filter).await.map_err(work)?;
        return show_groups(&desk, &groups);
    }
    let letters = desk
        .store
        .dead_letters(&filter, arguments.limit)
        .await
        .map_err(work)?;
    let json: Vec<Value> = letters.iter().map(paper).collect();
    desk.answer(&json.into(), || {
        let row = |letter: &DeadLetterRow| {
            [
                letter.id.to_string(),
                letter.stream.clone(),
                letter.raw.to_string(),
                letter.external_id.clone(),
                format!("{} {}", letter.plugin, letter.version),
                letter.error.clone(),
                letter.path.clone().unwrap_or_default(),
                instant(letter.created_at),
            ]
        };
        let headings = [
            "id",
            "stream",
            "raw record",
            "external id",
            "plugin",
            "error",
            "path",
            "since",
        ];
        table(
            headings,
            letters.iter().map(row).collect(),
            "there is no dead letter",
        )
    })
}

fn show_groups(desk: &Desk, groups: &[DeadLetterGroup]) -> Result<(), Failure> {
    let json: Vec<Value> = groups
        .iter()
        .map(|group| {
            json!({
                "fingerprint": group.fingerprint, "count": group.count, "stream": group.stream,
                "plugin": group.plugin, "error": group.error, "newest": instant(group.newest),
            })
        })
        .collect();
    desk.answer(&json.into(), || {
        let row = |group: &DeadLetterGroup| {
            [
                group.fingerprint.clone(),
                group.count.to_string(),
                group.stream.clone(),
                group.plugin.clone(),
                group.error.clone(),
                instant(group.newest),
            ]
        };
        let headings = [
            "fingerprint",
            "count",
            "stream",
            "plugin",
            "error (newest)",
            "newest",
        ];
        table(
            headings,
            groups.iter().map(row).collect(),
            "there is no dead letter",
        )
    })
}

async fn show(id: i64, store: &StoreArguments, environment: &Environment) -> Result<(), Failure> {
    let desk = Desk::open(store, environment).await?;
    let filter = DeadLetterFilter {
        ids: vec![id],
        ..DeadLetterFilter::default()
    };
    let letters = desk.store.dead_letters(&filter, 1).await.map_err(work)?;
    let Some(letter) = letters.first() else {
        return Err(Failure::Usage(format!(
            "there is no dead letter {id}; `runnel dead-letter list` shows those there are"
        )));
    };
    let payload = desk.store.payload(letter.raw).await.map_err(work)?;
    let mut json = paper(letter);
    json["payload"] = payload.clone().into();
    desk.answer(&json, || {
        let card = card(&[
            ("dead letter", letter.id.to_string()),
            ("stream", letter.stream.clone()),
            ("external id", letter.external_id.clone()),
            ("raw record", letter.raw.to_string()),
            ("run", letter.run.to_string()),
            (
                "plugin",
                format!("{} {} ({})", letter.plugin, letter.version, letter.digest),
            ),
            ("error", letter.error.clone()),
            ("path", letter.path.clone().unwrap_or_default()),
            ("fingerprint", letter.fingerprint.clone()),
            ("since", instant(letter.created_at)),
        ]);
        let payload = payload.unwrap_or_else(|| "the raw record is gone".to_owned());
        format!("{card}\n\n{payload}")
    })
}

fn paper(letter: &DeadLetterRow) -> Value {
    json!({
        "id": letter.id,
        "stream": letter.stream,
        "raw_data_id": letter.raw,
        "external_id": letter.external_id,
        "run": letter.run,
        "plugin": letter.plugin,
        "version": letter.version,
        "digest": letter.digest,
        "error": letter.error,
        "path": letter.path,
        "fingerprint": letter.fingerprint,
        "created_at": instant(letter.created_at),
    })
}
