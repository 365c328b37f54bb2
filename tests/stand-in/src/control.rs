//! `/_control/...`: what the library can do, over HTTP, for the programs. Such
//! requests are neither logged, limited nor failed.

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{Method, Response, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::api::Api;
use crate::gate::Gate;

#[derive(Deserialize)]
struct Delayed<E> {
    after: u64,
    edit: E,
}

#[derive(Deserialize)]
struct Failure {
    path: String,
    status: u16,
    times: Option<u32>,
}

/// Serves a control request.
pub(crate) fn serve<A: Api>(
    gate: &Gate<A>,
    action: &str,
    method: &Method,
    body: &[u8],
) -> Response<Full<Bytes>> {
    let done = match (method, action) {
        (&Method::GET, "requests") => {
            let log = gate.frame.log();
            Ok(json!({"total": log.total, "requests": log.entries()}))
        }
        (&Method::DELETE, "requests") => {
            gate.frame.log().clear();
            Ok(json!({}))
        }
        (&Method::POST, _) => post(gate, action, body),
        _ => Err("no such control".to_owned()),
    };
    match done {
        Ok(value) => respond(200, &value),
        Err(message) => refused(400, &message),
    }
}

fn post<A: Api>(gate: &Gate<A>, action: &str, body: &[u8]) -> Result<Value, String> {
    match action {
        "edit" => return gate.api.edit(read(body)?),
        "edit-after" => {
            let Delayed { after, edit } = read(body)?;
            gate.api.later().after(after, edit);
        }
        "fail" => {
            let Failure {
                path,
                status,
                times,
            } = read(body)?;
            gate.frame.dealer().plan(&path, status, times);
        }
        "heal" => {
            let path: String = read(body)?;
            gate.frame.dealer().forget(&path);
        }
        other => gate.api.control(other, body)?,
    }
    Ok(json!({}))
}

/// Reads the body of a control request.
///
/// # Errors
/// If it is not JSON of that type, in words.
pub fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    serde_json::from_slice(body).map_err(|error| error.to_string())
}

/// An answer of the stand-in itself, not of the service.
pub(crate) fn refused(status: u16, message: &str) -> Response<Full<Bytes>> {
    respond(status, &json!({"message": message}))
}

fn respond(status: u16, value: &Value) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(value.to_string().into()));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or_default();
    let json = HeaderValue::from_static("application/json; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, json);
    response
}
