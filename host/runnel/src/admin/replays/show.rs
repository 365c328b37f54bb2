//! Replays as people and programs read them.

use runnel_store::{ReplayPart, ReplayRow};
use serde_json::{Value, json};

use super::super::{
    desk::{Own, work},
    runs::problems,
    show::{card, counted, counters, instant, items, said, said_or, table},
};
use crate::failure::Failure;

pub(super) fn listed(replays: &[Value]) -> String {
    let row = |replay: &Value| {
        [
            said(replay, "id"),
            said(replay, "entity"),
            by(replay),
            said(replay, "state"),
            records(&replay["records"]),
            counted(replay, "loaded"),
            counted(replay, "dead"),
            said(replay, "created_at"),
        ]
    };
    let headings = [
        "id",
        "entity",
        "version",
        "state",
        "records",
        "loaded",
        "dead",
        "asked for",
    ];
    let none = "there is no replay yet: `runnel replay --entity ENTITY` starts one";
    table(headings, replays.iter().map(row).collect(), none)
}

/// A replay, for people.
pub(super) fn text(replay: &Value) -> String {
    let mut lines = vec![card_of(replay), parts(replay)];
    lines.extend(problems(replay));
    lines.join("\n")
}

/// How far it is, in a line.
pub(super) fn line(replay: &Value) -> String {
    let paused = match said(replay, "state").as_str() {
        "paused" => ", paused",
        _ => "",
    };
    format!(
        "replay {} of {}: {} records, {} loaded, {} unchanged, {} dead{paused}",
        said(replay, "id"),
        said(replay, "entity"),
        records(&replay["records"]),
        counted(replay, "loaded"),
        counted(replay, "unchanged"),
        counted(replay, "dead"),
    )
}

fn records(of: &Value) -> String {
    format!("{} of {}", counted(of, "done"), counted(of, "total"))
}

fn by(replay: &Value) -> String {
    said_or(replay, "version", "(active)")
}

fn card_of(replay: &Value) -> String {
    let of = |key| said(replay, key);
    card(&[
        ("replay", format!("{} of {}", of("id"), of("entity"))),
        ("version", by(replay)),
        ("state", of("state")),
        ("read since", said_or(replay, "since", "ever")),
        ("read until", said_or(replay, "until", "now")),
        (
            "rows made by",
            said_or(replay, "where_digest", "any component"),
        ),
        ("records", records(&replay["records"])),
        (
            "rows",
            format!(
                "{} loaded, {} unchanged",
                counted(replay, "loaded"),
                counted(replay, "unchanged")
            ),
        ),
        ("dead letters", counted(replay, "dead")),
        ("asked for", of("created_at")),
        ("finished", said_or(replay, "finished_at", "not yet")),
    ])
}

fn parts(replay: &Value) -> String {
    let row = |part: &Value| {
        [
            said(part, "tenant"),
            said(part, "integration"),
            said(part, "run"),
            said(part, "state"),
            records(&part["records"]),
            counted(&part["counters"], "loaded"),
            counted(&part["counters"], "dead"),
        ]
    };
    let headings = [
        "tenant",
        "integration",
        "run",
        "state",
        "records",
        "loaded",
        "dead",
    ];
    let none = "its integrations were removed";
    let rows = items(replay, "parts").iter().map(row).collect();
    table(headings, rows, none)
}

/// A replay of the database with what went wrong, for programs.
pub(super) async fn whole(own: &Own, replay: &ReplayRow) -> Result<Value, Failure> {
    let runs: Vec<_> = replay.parts.iter().map(|part| part.run).collect();
    let (_, problems) = own.store.findings(&runs).await.map_err(work)?;
    let mut json = paper(replay);
    json["problems"] = json!(problems);
    Ok(json)
}

/// A replay of the database, for programs.
pub(super) fn paper(replay: &ReplayRow) -> Value {
    let of = &replay.of;
    let part = |part: &ReplayPart| {
        json!({
            "run": part.run, "integration": part.integration, "tenant": part.tenant,
            "state": part.state.word(), "records": { "total": part.total, "done": part.done() },
            "counters": counters(&part.counters),
        })
    };
    json!({
        "id": replay.id.0,
        "source": of.source,
        "entity": of.entity,
        "version": of.version.as_ref().map(ToString::to_string),
        "tenant_id": of.tenant,
        "since": of.window.since.map(instant),
        "until": of.window.until.map(instant),
        "where_digest": of.digest,
        "state": replay.state().word(),
        "records": {
            "total": replay.sum(|part| part.total),
            "done": replay.sum(ReplayPart::done),
        },
        "loaded": replay.sum(|part| part.counters.loaded),
        "unchanged": replay.sum(|part| part.counters.unchanged),
        "dead": replay.sum(|part| part.counters.dead),
        "created_at": instant(replay.created_at),
        "finished_at": replay.finished_at.map(instant),
        "parts": replay.parts.iter().map(part).collect::<Vec<_>>(),
    })
}
