//! Queues and accounts' budgets of a host.

use runnel_client::{ClientError, Route, Server};
use serde_json::Value;

use super::{copied, to_the_second};

pub(in crate::admin) async fn list(server: &Server) -> Result<Vec<Value>, ClientError> {
    let found = server.list(&Route::to(["queues"]), None).await?;
    Ok(found.iter().map(queue).collect())
}

fn queue(queue: &Value) -> Value {
    let names = ["queue", "waiting", "running", "dead", "per_minute"];
    let mut paper = copied(queue, &names);
    paper["due_later"] = queue["later"].clone();
    let oldest = queue["oldest_seconds"].as_f64();
    paper["oldest_seconds"] = oldest.map(|seconds| seconds as u64).into();
    paper
}

pub(in crate::admin) async fn quotas(
    server: &Server,
    tenant: Option<&str>,
) -> Result<Vec<Value>, ClientError> {
    let route = Route::to(["quotas"]).with("tenant", tenant);
    let found = server.list(&route, None).await?;
    let mut papers: Vec<Value> = found.iter().map(quota).collect();
    papers.sort_by_key(|quota| ["host", "account"].map(|key| quota[key].to_string()));
    Ok(papers)
}

fn quota(quota: &Value) -> Value {
    let names = [
        "account",
        "host",
        "limit",
        "remaining",
        "reset_at",
        "closed_until",
        "reason",
    ];
    let mut paper = copied(quota, &names);
    to_the_second(&mut paper, &["reset_at", "closed_until"]);
    paper
}
