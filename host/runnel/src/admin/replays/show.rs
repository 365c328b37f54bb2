//! Replays as people and programs read them.

use runnel_store::{ReplayPart, ReplayRow, ReplayState};
use serde_json::{Value, json};

use super::super::{
    desk::{Desk, work},
    runs::state_word,
    show::{card, counters, instant, instant_or, table},
};
use crate::{failure::Failure, words::count};

pub(super) fn list(desk: &Desk, replays: &[ReplayRow]) -> Result<(), Failure> {
    let json: Vec<Value> = replays.iter().map(paper).collect();
    desk.answer(&json.into(), || {
        let row = |replay: &ReplayRow| {
            [
                replay.id.0.to_string(),
                replay.of.entity.to_string(),
                by(replay),
                replay.state().word().to_owned(),
                records(replay),
                count(replay.sum(|part| part.counters.loaded)),
                count(replay.sum(|part| part.counters.dead)),
                instant(replay.created_at),
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
    })
}

pub(super) async fn one(desk: &Desk, replay: &ReplayRow) -> Result<(), Failure> {
    let runs: Vec<_> = replay.parts.iter().map(|part| part.run).collect();
    let (_, problems) = desk.store.findings(&runs).await.map_err(work)?;
    let mut json = paper(replay);
    json["problems"] = json!(problems);
    desk.answer(&json, || {
        let mut lines = vec![card_of(replay), parts(replay)];
        lines.extend(problems.iter().map(|problem| format!("problem: {problem}")));
        lines.join("\n")
    })
}

/// How far it is, in a line.
pub(super) fn line(replay: &ReplayRow) -> String {
    let paused = match replay.state() {
        ReplayState::Paused => ", paused",
        _ => "",
    };
    format!(
        "replay {} of {}: {} records, {} loaded, {} unchanged, {} dead{paused}",
        replay.id.0,
        replay.of.entity,
        records(replay),
        count(replay.sum(|part| part.counters.loaded)),
        count(replay.sum(|part| part.counters.unchanged)),
        count(replay.sum(|part| part.counters.dead)),
    )
}

fn records(replay: &ReplayRow) -> String {
    let (done, total) = (replay.sum(ReplayPart::done), replay.sum(|part| part.total));
    format!("{} of {}", count(done), count(total))
}

fn by(replay: &ReplayRow) -> String {
    let version = replay.of.version.as_ref();
    version.map_or_else(|| "(active)".to_owned(), ToString::to_string)
}

fn card_of(replay: &ReplayRow) -> String {
    let of = &replay.of;
    card(&[
        ("replay", format!("{} of {}", replay.id.0, of.entity)),
        ("version", by(replay)),
        ("state", replay.state().word().to_owned()),
        ("read since", instant_or(of.window.since, "ever")),
        ("read until", instant_or(of.window.until, "now")),
        (
            "rows made by",
            of.digest
                .clone()
                .unwrap_or_else(|| "any component".to_owned()),
        ),
        ("records", records(replay)),
        (
            "rows",
            format!(
                "{} loaded, {} unchanged",
                count(replay.sum(|part| part.counters.loaded)),
                count(replay.sum(|part| part.counters.unchanged))
            ),
        ),
        ("dead letters", count(replay.sum(|part| part.counters.dead))),
        ("asked for", instant(replay.created_at)),
        ("finished", instant_or(replay.finished_at, "not yet")),
    ])
}

fn parts(replay: &ReplayRow) -> String {
    let row = |part: &ReplayPart| {
        [
            part.tenant.clone(),
            part.integration.clone(),
            part.run.to_string(),
            state_word(part.state).to_owned(),
            format!("{} of {}", count(part.done()), count(part.total)),
            count(part.counters.loaded),
            count(part.counters.dead),
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
    table(headings, replay.parts.iter().map(row).collect(), none)
}

fn paper(replay: &ReplayRow) -> Value {
    let of = &replay.of;
    let part = |part: &ReplayPart| {
        json!({
            "run": part.run, "integration": part.integration, "tenant": part.tenant,
            "state": state_word(part.state), "records": { "total": part.total, "done": part.done() },
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
