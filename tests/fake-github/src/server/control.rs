//! `/_control/...`: what the library can do, over HTTP, for the program.

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::{Method, Request, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::api::reply::Reply;
use crate::options::Limits;
use crate::server::shared::Shared;
use crate::server::wire::respond;
use crate::world::edit::Edit;

#[derive(Deserialize)]
struct Delayed {
    after: u64,
    edit: Edit,
}

#[derive(Deserialize)]
struct Failure {
    path: String,
    status: u16,
    times: Option<u32>,
}

#[derive(Deserialize)]
struct Count {
    count: u64,
}

/// Serves a control request. They are neither logged, limited nor failed.
pub(crate) async fn serve(
    shared: &Shared,
    action: &str,
    request: Request<Incoming>,
) -> Response<Full<Bytes>> {
    let method = request.method().clone();
    let body = request.into_body().collect().await;
    let body = body.map(|body| body.to_bytes()).unwrap_or_default();
    let reply = match (&method, action) {
        (&Method::GET, "requests") => {
            let log = shared.log();
            ok(&json!({"total": log.total, "requests": log.entries()}))
        }
        (&Method::DELETE, "requests") => {
            shared.log().clear();
            ok(&json!({}))
        }
        (&Method::POST, _) => post(shared, action, &body).unwrap_or_else(|error| bad(&error)),
        _ => bad("no such control"),
    };
    respond(reply, None)
}

fn post(shared: &Shared, action: &str, body: &[u8]) -> Result<Reply, String> {
    match action {
        "edit" => {
            let edited = shared.world_mut().edit(read(body)?);
            return edited
                .map(|edited| ok(&json!(edited)))
                .map_err(|error| error.to_string());
        }
        "edit-after" => {
            let Delayed { after, edit } = read(body)?;
            shared.edit_after(after, edit);
        }
        "fail" => {
            let Failure {
                path,
                status,
                times,
            } = read(body)?;
            shared.dealer().plan(&path, status, times);
        }
        "heal" => {
            let path: String = read(body)?;
            shared.dealer().forget(&path);
        }
        "limit" => {
            let Count { count } = read(body)?;
            shared.quota().set(Limits::of(count));
        }
        "secondary-limit" => {
            let Count { count } = read(body)?;
            shared
                .quota()
                .trip(u32::try_from(count).unwrap_or(u32::MAX));
        }
        _ => return Err("no such control".to_owned()),
    }
    Ok(ok(&json!({})))
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    serde_json::from_slice(body).map_err(|error| error.to_string())
}

fn ok(value: &serde_json::Value) -> Reply {
    Reply::json(200, value.to_string())
}

fn bad(message: &str) -> Reply {
    Reply::json(400, json!({"message": message}).to_string())
}
