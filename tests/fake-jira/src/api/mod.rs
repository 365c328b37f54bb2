//! The REST API: from a path and its parameters to an answer. Knows no socket.

mod agile;
pub(crate) mod call;
mod issue;
mod paging;
pub(crate) mod params;
mod project;
pub(crate) mod refusal;
pub(crate) mod reply;
mod search;
mod select;
mod site;

use serde_json::Value;

use crate::api::call::{Access, Call};
use crate::api::refusal::Refusal;
use crate::options::Strangers;

/// What a handler comes to.
pub(crate) type Answer = Result<Value, Refusal>;

/// Finds who answers a path, given in its segments.
pub(crate) fn answer(call: &Call<'_>, segments: &[&str]) -> Answer {
    match segments {
        ["rest", "api", _, "serverInfo"] => Ok(site::server_info(call.view)),
        ["rest", "api", _, "myself"] => site::myself(call),
        _ if call.access == Access::Stranger && call.strangers() == Strangers::Refused => {
            Err(Refusal::unauthorized(call.view.world.is_cloud()))
        }
        ["rest", "api", _, rest @ ..] => platform(call, rest),
        ["rest", "agile", "1.0" | "latest", rest @ ..] if call.view.options.agile => {
            agile::answer(call, rest)
        }
        _ => Err(Refusal::no_such_path()),
    }
}

fn platform(call: &Call<'_>, segments: &[&str]) -> Answer {
    let cloud = call.view.world.is_cloud();
    match segments {
        ["search", "jql"] if cloud => search::cloud(call),
        ["search"] if cloud => Err(Refusal::gone()),
        ["search"] => search::server(call),
        ["field"] => Ok(site::fields(call)),
        ["field", id, "context"] if cloud => site::contexts(call, id),
        ["project", "search"] if cloud => project::search(call),
        ["project"] => Ok(project::all(call)),
        ["project", key] => project::one(call, key),
        ["issue", key] => issue::one(call, key),
        ["issue", key, "changelog"] => issue::changelog(call, key),
        ["issue", key, "comment"] => issue::comments(call, key),
        ["issue", key, "worklog"] => issue::worklogs(call, key),
        _ => Err(Refusal::no_such_path()),
    }
}
