//! `runnel queue` and `runnel quota`.

use std::time::Duration;

use runnel_store::{QueueRow, QuotaRow};
use serde_json::{Value, json};

use super::{
    desk::{Desk, work},
    show::{instant, instant_or, table},
};
use crate::{
    args::{QueueCommand, QuotaCommand},
    environment::Environment,
    failure::Failure,
    words,
};

pub(super) async fn run(command: &QueueCommand, environment: &Environment) -> Result<(), Failure> {
    let QueueCommand::List { store } = command;
    let desk = Desk::open(store, environment).await?;
    let queues = desk.store.queues().await.map_err(work)?;
    let json: Vec<Value> = queues.iter().map(paper).collect();
    desk.answer(&json.into(), || {
        let row = |queue: &QueueRow| {
            [
                queue.queue.to_string(),
                words::count(queue.waiting),
                words::count(queue.running),
                words::count(queue.later),
                words::count(queue.dead),
                queue.oldest.map(words::duration).unwrap_or_default(),
                words::count(queue.per_minute),
            ]
        };
        let headings = [
            "queue",
            "waiting",
            "running",
            "due later",
            "dead",
            "oldest",
            "a minute",
        ];
        table(
            headings,
            queues.iter().map(row).collect(),
            "no queue has tasks or workers",
        )
    })
}

fn paper(queue: &QueueRow) -> Value {
    json!({
        "queue": queue.queue.to_string(),
        "waiting": queue.waiting,
        "running": queue.running,
        "due_later": queue.later,
        "dead": queue.dead,
        "oldest_seconds": queue.oldest.as_ref().map(Duration::as_secs),
        "per_minute": queue.per_minute,
    })
}

pub(super) async fn quotas(
    command: &QuotaCommand,
    environment: &Environment,
) -> Result<(), Failure> {
    let QuotaCommand::List { of, store } = command;
    let desk = Desk::open(store, environment).await?;
    let tenant = desk.tenant(of.tenant.as_deref()).await?;
    let quotas = desk
        .store
        .quotas(tenant.map(|tenant| tenant.id))
        .await
        .map_err(work)?;
    let json: Vec<Value> = quotas
        .iter()
        .map(|quota| {
            json!({
                "account": quota.account.0, "host": quota.host, "limit": quota.limit,
                "remaining": quota.remaining, "reset_at": quota.reset_at.map(instant),
                "closed_until": quota.closed_until.map(instant), "reason": quota.reason,
            })
        })
        .collect();
    desk.answer(&json.into(), || {
        let number = |n: Option<u64>| n.map(words::count).unwrap_or_default();
        let row = |quota: &QuotaRow| {
            [
                quota.host.clone(),
                quota.account.0.chars().take(12).collect(),
                number(quota.limit),
                number(quota.remaining),
                instant_or(quota.reset_at, ""),
                instant_or(quota.closed_until, ""),
                quota.reason.clone().unwrap_or_default(),
            ]
        };
        let headings = [
            "host",
            "account",
            "limit",
            "remaining",
            "reset",
            "closed until",
            "reason",
        ];
        table(
            headings,
            quotas.iter().map(row).collect(),
            "no account has been used yet",
        )
    })
}
