//! Between the plain types and the bindings, with what a guest says checked.

use std::sync::Arc;

use crate::{
    Fault, PluginId,
    bindings::source::exports::runnel::plugin::source_api as wit,
    json::{self, text},
    words::line,
};

use super::headers::is_hosts_header;
use super::types::{
    Decision, Failure, Omission, Page, Parent, Progress, Request, Response, Scope, SourceError,
    Wait,
};

/// Requests that may follow from one answer or plan.
const REQUESTS: usize = 10_000;
/// Bytes of an external id, a partition or the name of an answer.
const ID: usize = 1_024;
/// Bytes of a token or a cursor: they are stored with every request.
const TOKEN: usize = 64 << 10;
/// Characters of a reason that are kept.
const WORDS: usize = 2_000;

pub(super) fn scope(scope: &Scope) -> wit::Scope {
    wit::Scope {
        stream: scope.stream.clone(),
        config: scope.config.clone(),
        cursor: scope.cursor.clone(),
        since: scope.since,
        parents: scope.parents.iter().map(parent).collect(),
    }
}

fn parent(parent: &Parent) -> wit::Parent {
    wit::Parent {
        external_id: parent.external_id.clone(),
        fields: parent.fields.clone(),
        context: parent.context.clone(),
        cursor: parent.cursor.clone(),
    }
}

pub(super) fn response(response: &Response) -> wit::Response {
    wit::Response {
        token: response.token.clone(),
        partition: response.partition.clone(),
        url: response.url.clone(),
        status: response.status,
        headers: response.headers.clone(),
        records: response.records.clone(),
        beside: response.beside.clone(),
    }
}

pub(super) fn failure(failure: wit::Failure) -> Failure {
    let wait = |wait: wit::Wait| Wait {
        reason: line(&wait.reason, WORDS),
        seconds: wait.seconds,
    };
    match failure {
        wit::Failure::Again(w) => Failure::Again(wait(w)),
        wit::Failure::Limited(w) => Failure::Limited(wait(w)),
        wit::Failure::Refused(reason) => Failure::Refused(line(&reason, WORDS)),
        wit::Failure::Broken(reason) => Failure::Broken(line(&reason, WORDS)),
    }
}

/// The fault of a plugin that answers against the interface.
pub(super) fn fault(plugin: &Arc<PluginId>, wrong: String) -> SourceError {
    SourceError::Sandbox(Box::new(Fault::wrong(plugin, wrong)).into())
}

/// The page, of an answer of so many records.
pub(super) fn page(page: wit::Page, records: usize) -> Result<Page, String> {
    let given = page.decisions.len();
    if given != records {
        return Err(format!("{given} decisions for {records} records"));
    }
    Ok(Page {
        decisions: page
            .decisions
            .into_iter()
            .map(decision)
            .collect::<Result<_, _>>()?,
        requests: requests(page.requests)?,
        progress: page.progress.map(progress).transpose()?,
        skipped: page.skipped.map(|omission| Omission {
            what: line(&omission.what, WORDS),
            reason: line(&omission.reason, WORDS),
        }),
    })
}

pub(super) fn requests(requests: Vec<wit::Request>) -> Result<Vec<Request>, String> {
    let given = requests.len();
    if given > REQUESTS {
        return Err(format!("{given} requests at once; {REQUESTS} are allowed"));
    }
    requests.into_iter().map(request).collect()
}

/// Refuses a header that is the host's own, and a text that no database keeps.
fn sendable(request: &wit::Request) -> Result<(), String> {
    for (name, _) in &request.headers {
        if is_hosts_header(name) {
            return Err(format!("the header {name} of a request is the host's own"));
        }
    }
    let headers = request.headers.iter();
    let mut texts = headers
        .flat_map(|(name, value)| [name, value])
        .chain([&request.method, &request.url])
        .chain(&request.body);
    match texts.any(|text| text.contains('\0')) {
        true => Err("a request with a character U+0000".to_owned()),
        false => Ok(()),
    }
}

fn request(request: wit::Request) -> Result<Request, String> {
    sendable(&request)?;
    Ok(Request {
        answer: short("answer", request.answer)?,
        partition: short("partition", request.partition)?,
        token: stored("token", request.token)?,
        method: request.method,
        url: request.url,
        headers: request.headers,
        body: request.body,
        conditional: request.conditional,
    })
}

fn decision(decision: wit::Decision) -> Result<Decision, String> {
    let kept = match decision {
        wit::Decision::Skip => return Ok(Decision::Skip),
        wit::Decision::Keep(kept) => kept,
    };
    if kept.external_id.is_empty() {
        return Err("an empty external id".to_owned());
    }
    if !kept.context.trim_ascii_start().starts_with('{') {
        return Err("a context that is no JSON object".to_owned());
    }
    Ok(Decision::Keep {
        external_id: short("external id", kept.external_id)?,
        context: stored("context", kept.context)?,
    })
}

fn progress(progress: wit::Progress) -> Result<Progress, String> {
    Ok(Progress {
        partition: short("partition", progress.partition)?,
        cursor: stored("cursor", progress.cursor)?,
    })
}

/// An identifier: two that differ must stay different, so nothing is replaced.
fn short(what: &str, id: String) -> Result<String, String> {
    if id.len() > ID || id.contains('\0') {
        return Err(format!("a {what} of more than {ID} bytes or with U+0000"));
    }
    Ok(id)
}

fn stored(what: &str, token: String) -> Result<String, String> {
    if token.len() > TOKEN {
        return Err(format!("a {what} of more than {TOKEN} bytes"));
    }
    json::check(&token).map_err(|error| format!("a {what} that is no JSON: {error}"))?;
    Ok(text::without_escaped_nuls(token).0)
}

#[cfg(test)]
mod tests {
    use super::{request, wit};

    fn plain() -> wit::Request {
        wit::Request {
            answer: "items".to_owned(),
            partition: "a".to_owned(),
            token: "{}".to_owned(),
            method: "GET".to_owned(),
            url: "/items".to_owned(),
            headers: vec![("accept".to_owned(), "text/plain".to_owned())],
            body: None,
            conditional: false,
        }
    }

    #[test]
    fn a_request_that_no_database_keeps_or_that_names_its_own_host_is_refused() {
        assert!(request(plain()).is_ok());
        let header = |name: &str, value: &str| vec![(name.to_owned(), value.to_owned())];
        let refused = [
            wit::Request {
                url: "/items/1\0".to_owned(),
                ..plain()
            },
            wit::Request {
                body: Some("\0".to_owned()),
                ..plain()
            },
            wit::Request {
                headers: header("accept", "\0"),
                ..plain()
            },
            wit::Request {
                headers: header("Host", "grafana.corp"),
                ..plain()
            },
        ];
        for wrong in refused {
            assert!(request(wrong.clone()).is_err(), "{wrong:?}");
        }
    }
}
