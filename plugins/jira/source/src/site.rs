//! Which kind of server it is, and whether the credential is good: asked before
//! anything else, since a search without rights is answered with 200 and no rows.

use runnel_sdk::{Config, Decision, Failure, Page, Request, Response, get};
use serde::{Deserialize, Serialize};

use crate::{fields, projects, refusal, token::Token};

/// What is known of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Site {
    /// Whether it is Atlassian's own.
    pub(crate) cloud: bool,
}

#[derive(Deserialize)]
struct ServerInfo {
    #[serde(rename = "deploymentType")]
    deployment: Option<String>,
}

impl Site {
    /// Where the version of the API is that it has: rich text is a document in the
    /// third, and plain text in the second.
    pub(crate) fn api(self) -> &'static str {
        if self.cloud {
            "/rest/api/3"
        } else {
            "/rest/api/2"
        }
    }
}

/// Servers older than the word `deploymentType` have this address too.
pub(crate) fn plan() -> Request {
    Request {
        answer: "site".to_owned(),
        ..get("/rest/api/2/serverInfo", "", &Token::Site)
    }
}

pub(crate) fn read(stream: &str, config: &Config, response: &Response) -> Result<Page, Failure> {
    if response.status != 200 {
        return Err(Failure::Refused(format!(
            "it does not answer as Jira does ({}): check the base URL, which is what stands before /rest",
            refusal::said(response)
        )));
    }
    let info: Vec<ServerInfo> = response.fields()?;
    let kind = info.first().and_then(|info| info.deployment.as_deref());
    let site = Site {
        cloud: kind == Some("Cloud"),
    };
    let anonymous = flag(config, "anonymous")?;
    let email = config.text("email").map_err(Failure::Refused)?;
    if site.cloud && !anonymous && email.is_none() {
        return Err(Failure::Refused(
            "Jira Cloud takes an API token together with the address of its account: --set email=you@example.org \
             (or --set anonymous=true to read what is public)"
                .to_owned(),
        ));
    }
    let requests = if anonymous {
        first(site, stream, config)
    } else {
        let url = format!("{}/myself", site.api());
        vec![Request {
            answer: "myself".to_owned(),
            ..get(url, "", &Token::Myself(site))
        }]
    };
    Ok(onwards(response, requests))
}

/// Anything but a good credential is said as what it is.
pub(crate) fn read_myself(
    site: Site,
    stream: &str,
    config: &Config,
    response: &Response,
) -> Result<Page, Failure> {
    if response.status != 200 {
        return Err(Failure::Refused(format!(
            "the credential is not accepted ({}): check the token, and on Jira Cloud the email",
            refusal::said(response)
        )));
    }
    Ok(onwards(response, first(site, stream, config)))
}

/// The requests that a stream begins with.
fn first(site: Site, stream: &str, config: &Config) -> Vec<Request> {
    if stream == "jira_fields" {
        vec![fields::plan(site)]
    } else {
        projects::plan(site, config)
    }
}

fn onwards(response: &Response, requests: Vec<Request>) -> Page {
    Page {
        decisions: response.records.iter().map(|_| Decision::Skip).collect(),
        requests,
        progress: None,
        skipped: None,
    }
}

fn flag(config: &Config, name: &str) -> Result<bool, Failure> {
    config.flag(name, false).map_err(Failure::Refused)
}
