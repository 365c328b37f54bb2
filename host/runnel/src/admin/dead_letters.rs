//! `runnel dead-letter`.

use runnel_model::Name;
use runnel_store::{DeadLetterFilter, DeadLetterRow, GroupSeen, LettersWanted, Scope};
use serde_json::{Value, json};

use super::{
    desk::{At, Desk, Own, actor, work},
    remote,
    show::{card, instant, said, said_or, table},
};
use crate::{
    args::{
        DeadLetterCommand, DeadLetterFilters, ListDeadLetters, StoreArguments, WhichDeadLetters,
    },
    environment::Environment,
    failure::Failure,
    words,
};

pub(super) async fn run(
    command: &DeadLetterCommand,
    environment: &Environment,
) -> Result<(), Failure> {
    match command {
        DeadLetterCommand::List(arguments) => list(arguments, environment).await,
        DeadLetterCommand::Show { id, store } => show(*id, store, environment).await,
        DeadLetterCommand::Replay(which) => replay(which, environment).await,
        DeadLetterCommand::Drop(which) => drop_them(which, environment).await,
    }
}

async fn replay(which: &WhichDeadLetters, environment: &Environment) -> Result<(), Failure> {
    let desk = Desk::open(&which.store, environment).await?;
    check(which)?;
    let replayed = match &desk.at {
        At::Database(own) => {
            let filter = chosen(own, which).await?;
            own.store
                .replay_dead_letters(&filter, &actor(environment))
                .await
                .map_err(work)?
        }
        At::Server(server) => remote::letters::change(server, "replay", which).await?,
    };
    desk.answer(&json!({ "replayed": replayed }), || {
        format!(
            "{} queued to be transformed again: a running `runnel serve` does it",
            words::counted(replayed, "record")
        )
    })
}

async fn drop_them(which: &WhichDeadLetters, environment: &Environment) -> Result<(), Failure> {
    let desk = Desk::open(&which.store, environment).await?;
    check(which)?;
    let dropped = match &desk.at {
        At::Database(own) => {
            let filter = chosen(own, which).await?;
            own.store
                .drop_dead_letters(&filter, &actor(environment))
                .await
                .map_err(work)?
        }
        At::Server(server) => remote::letters::change(server, "drop", which).await?,
    };
    desk.answer(&json!({ "dropped": dropped }), || {
        format!(
            "{} dropped; the raw records stay",
            words::counted(dropped, "dead letter")
        )
    })
}

async fn filter(own: &Own, filters: &DeadLetterFilters) -> Result<DeadLetterFilter, Failure> {
    let tenant = filters.of.tenant.as_deref();
    let integration = match &filters.integration {
        Some(name) => Some(own.integration(name, tenant).await?.id),
        None => None,
    };
    let tenant = own.tenant(tenant).await?;
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
fn check(which: &WhichDeadLetters) -> Result<(), Failure> {
    let of = &which.filter;
    let words = [&of.of.tenant, &of.integration, &of.stream, &of.fingerprint];
    let is_any = !which.ids.is_empty() || words.iter().any(|word| word.is_some());
    match is_any || which.all {
        true => Ok(()),
        false => Err(Failure::Usage(
            "which dead letters? Give their ids, a filter such as --fingerprint, or --all"
                .to_owned(),
        )),
    }
}

async fn chosen(own: &Own, which: &WhichDeadLetters) -> Result<DeadLetterFilter, Failure> {
    Ok(DeadLetterFilter {
        ids: which.ids.clone(),
        ..filter(own, &which.filter).await?
    })
}

async fn list(arguments: &ListDeadLetters, environment: &Environment) -> Result<(), Failure> {
    let desk = Desk::open(&arguments.store, environment).await?;
    let of = &arguments.filter;
    if arguments.groups {
        let groups = match &desk.at {
            At::Database(own) => {
                let filter = filter(own, of).await?;
                groups(own, filter).await?.iter().map(group_paper).collect()
            }
            At::Server(server) => remote::letters::groups(server, of).await?,
        };
        return desk.list(groups, groups_listed);
    }
    let letters = match &desk.at {
        At::Database(own) => {
            let filter = filter(own, of).await?;
            let letters = own.store.dead_letters(&filter, arguments.limit).await;
            letters.map_err(work)?.iter().map(paper).collect()
        }
        At::Server(server) => remote::letters::list(server, of, arguments.limit).await?,
    };
    desk.list(letters, listed)
}

fn listed(letters: &[Value]) -> String {
    let row = |letter: &Value| {
        let of = |key| said(letter, key);
        [
            of("id"),
            of("stream"),
            of("raw_data_id"),
            of("external_id"),
            format!("{} {}", of("plugin"), of("version")),
            of("error"),
            of("path"),
            of("created_at"),
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
    let none = "there is no dead letter";
    table(headings, letters.iter().map(row).collect(), none)
}

fn groups_listed(groups: &[Value]) -> String {
    let keys = [
        "tenant",
        "fingerprint",
        "count",
        "stream",
        "plugin",
        "error",
        "newest",
    ];
    let headings = [
        "tenant",
        "fingerprint",
        "count",
        "stream",
        "plugin",
        "error (newest)",
        "newest",
    ];
    let row = |group: &Value| keys.map(|key| said(group, key));
    let none = "there is no dead letter";
    table(headings, groups.iter().map(row).collect(), none)
}

async fn groups(own: &Own, filter: DeadLetterFilter) -> Result<Vec<GroupSeen>, Failure> {
    let scope = filter
        .tenant
        .map_or(Scope::All, |tenant| Scope::Only(vec![tenant]));
    let wanted = LettersWanted {
        ids: Vec::new(),
        integration: filter.integration,
        stream: filter.stream.map(|stream| stream.to_string()),
        fingerprint: filter.fingerprint,
    };
    let groups = own.store.letter_groups(&scope, &wanted, None, u32::MAX);
    groups.await.map_err(work)
}

fn group_paper(GroupSeen { group, tenant, .. }: &GroupSeen) -> Value {
    json!({
        "tenant": tenant,
        "fingerprint": group.fingerprint, "count": group.count, "stream": group.stream,
        "plugin": group.plugin, "error": group.error, "newest": instant(group.newest),
    })
}

async fn show(id: i64, store: &StoreArguments, environment: &Environment) -> Result<(), Failure> {
    let desk = Desk::open(store, environment).await?;
    let found = match &desk.at {
        At::Database(own) => whole(own, id).await?,
        At::Server(server) => remote::letters::show(server, id).await?,
    };
    let letter = found.ok_or_else(|| {
        Failure::Usage(format!(
            "there is no dead letter {id}; `runnel dead-letter list` shows those there are"
        ))
    })?;
    desk.answer(&letter, || shown(&letter))
}

async fn whole(own: &Own, id: i64) -> Result<Option<Value>, Failure> {
    let filter = DeadLetterFilter {
        ids: vec![id],
        ..DeadLetterFilter::default()
    };
    let letters = own.store.dead_letters(&filter, 1).await.map_err(work)?;
    let Some(letter) = letters.first() else {
        return Ok(None);
    };
    let mut json = paper(letter);
    json["payload"] = own.store.payload(letter.raw).await.map_err(work)?.into();
    Ok(Some(json))
}

fn shown(letter: &Value) -> String {
    let of = |key| said(letter, key);
    let card = card(&[
        ("dead letter", of("id")),
        ("stream", of("stream")),
        ("external id", of("external_id")),
        ("raw record", of("raw_data_id")),
        ("run", of("run")),
        (
            "plugin",
            format!("{} {} ({})", of("plugin"), of("version"), of("digest")),
        ),
        ("error", of("error")),
        ("path", of("path")),
        ("fingerprint", of("fingerprint")),
        ("since", of("created_at")),
    ]);
    let payload = said_or(letter, "payload", "the raw record is gone");
    format!("{card}\n\n{payload}")
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
