//! `runnel queue` and `runnel quota`.

use std::time::Duration;

use runnel_store::{QueueRow, QuotaRow};
use serde_json::{Value, json};

use super::{
    desk::{At, Desk, work},
    remote,
    show::{counted, instant, said, table},
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
    let queues = match &desk.at {
        At::Database(own) => {
            let queues = own.store.queues().await.map_err(work)?;
            queues.iter().map(paper).collect()
        }
        At::Server(server) => remote::queues::list(server).await?,
    };
    desk.list(queues, listed)
}

fn listed(queues: &[Value]) -> String {
    let row = |queue: &Value| {
        let oldest = queue["oldest_seconds"].as_u64().map(Duration::from_secs);
        let count = |key| counted(queue, key);
        [
            said(queue, "queue"),
            count("waiting"),
            count("running"),
            count("due_later"),
            count("dead"),
            oldest.map(words::duration).unwrap_or_default(),
            count("per_minute"),
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
    let none = "no queue has tasks or workers";
    table(headings, queues.iter().map(row).collect(), none)
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
    let tenant = of.tenant.as_deref();
    let quotas = match &desk.at {
        At::Database(own) => {
            let tenant = own.tenant(tenant).await?.map(|tenant| tenant.id);
            let quotas = own.store.quotas(tenant).await.map_err(work)?;
            quotas.iter().map(quota_paper).collect()
        }
        At::Server(server) => remote::queues::quotas(server, tenant).await?,
    };
    desk.list(quotas, quotas_listed)
}

fn quota_paper(quota: &QuotaRow) -> Value {
    json!({
        "account": quota.account.0, "host": quota.host, "limit": quota.limit,
        "remaining": quota.remaining, "reset_at": quota.reset_at.map(instant),
        "closed_until": quota.closed_until.map(instant), "reason": quota.reason,
    })
}

fn quotas_listed(quotas: &[Value]) -> String {
    let count = |number: &Value| number.as_u64().map(words::count).unwrap_or_default();
    let row = |quota: &Value| {
        [
            said(quota, "host"),
            said(quota, "account").chars().take(12).collect(),
            count(&quota["limit"]),
            count(&quota["remaining"]),
            said(quota, "reset_at"),
            said(quota, "closed_until"),
            said(quota, "reason"),
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
    let none = "no account has been used yet";
    table(headings, quotas.iter().map(row).collect(), none)
}
