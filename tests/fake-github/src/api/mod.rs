//! The REST API: from a path and a query to an answer. Knows no socket.

pub(crate) mod cache;
pub(crate) mod call;
mod commits;
mod issues;
mod list;
mod owners;
mod paging;
mod pulls;
pub(crate) mod refusal;
pub(crate) mod reply;
mod repositories;

use crate::api::call::Call;
use crate::api::refusal::Refusal;
use crate::api::reply::Reply;
use crate::render::Scene;
use crate::world::Named;

/// What a handler comes to.
pub(crate) type Answer = Result<Reply, Refusal>;

/// Finds who answers a path below the API's base.
pub(crate) fn answer(call: &Call<'_>) -> Answer {
    let segments: Vec<&str> = call
        .path
        .split('/')
        .filter(|part| !part.is_empty())
        .collect();
    match segments.as_slice() {
        [] => Err(Refusal::NotFound),
        ["user"] => owners::myself(call),
        ["users", login] => owners::user(call, login),
        ["users", login, "repos"] => owners::repositories_of_user(call, login),
        ["orgs", login] => owners::organization(call, login),
        ["orgs", login, "repos"] => owners::repositories_of_organization(call, login),
        // These two are where the Link headers of the two above lead.
        ["user", id, "repos"] => owners::repositories_by_id(call, id, "user"),
        ["organizations", id, "repos"] => owners::repositories_by_id(call, id, "organizations"),
        ["repos", owner, name, rest @ ..] => by_name(call, &format!("{owner}/{name}"), rest),
        ["repositories", id, rest @ ..] => by_id(call, id, rest),
        _ => Err(Refusal::NotFound),
    }
}

fn by_name(call: &Call<'_>, full_name: &str, rest: &[&str]) -> Answer {
    match call.world.named(full_name).ok_or(Refusal::NotFound)? {
        Named::Here(repository) => repositories::answer(call, scene(call, repository), rest),
        Named::Moved(repository) => {
            let mut path = format!("/repositories/{}", repository.id);
            for part in rest {
                path.push('/');
                path.push_str(part);
            }
            Err(Refusal::Moved(call.url(&path)))
        }
    }
}

fn by_id(call: &Call<'_>, id: &str, rest: &[&str]) -> Answer {
    let id = id.parse().map_err(|_| Refusal::NotFound)?;
    let repository = call.world.by_id(id).ok_or(Refusal::NotFound)?;
    repositories::answer(call, scene(call, repository), rest)
}

fn scene<'a>(call: &Call<'a>, repository: &'a crate::world::repository::Repository) -> Scene<'a> {
    Scene {
        world: call.world,
        repository,
    }
}
