//! Accounts and the listings of their repositories.

use crate::api::Answer;
use crate::api::call::Call;
use crate::api::list::List;
use crate::api::refusal::Refusal;
use crate::render::{Scene, account, repository};
use crate::stamp::FIRST_DAY;
use crate::world::accounts::Account;

/// `/user`: whose token it is.
pub(crate) fn myself(call: &Call<'_>) -> Answer {
    call.account.ok_or(Refusal::AuthenticationRequired)?;
    let place = call.world.accounts.somebody(0);
    Ok(whole(call, call.world.accounts.get(place)))
}

/// `/users/{user}`: a person or an organization.
pub(crate) fn user(call: &Call<'_>, login: &str) -> Answer {
    find(call, login).map(|found| whole(call, found))
}

/// `/orgs/{org}`
pub(crate) fn organization(call: &Call<'_>, login: &str) -> Answer {
    let found = find_organization(call, login)?;
    let source = (found.id, call.world.repositories.len());
    Ok(call.object(source, FIRST_DAY, |out| {
        account::organization(call.world, out, found);
    }))
}

/// `/users/{user}/repos`
pub(crate) fn repositories_of_user(call: &Call<'_>, login: &str) -> Answer {
    find(call, login).and_then(|found| repositories(call, found, "user"))
}

/// `/orgs/{org}/repos`
pub(crate) fn repositories_of_organization(call: &Call<'_>, login: &str) -> Answer {
    find_organization(call, login).and_then(|found| repositories(call, found, "organizations"))
}

/// `/user/{id}/repos` and `/organizations/{id}/repos`
pub(crate) fn repositories_by_id(call: &Call<'_>, id: &str, family: &str) -> Answer {
    let place = id
        .parse()
        .ok()
        .and_then(|id| call.world.accounts.find_id(id));
    let found = call.world.accounts.get(place.ok_or(Refusal::NotFound)?);
    repositories(call, found, family)
}

fn whole(call: &Call<'_>, found: &Account) -> crate::api::reply::Reply {
    let source = (found.id, call.world.repositories.len());
    call.object(source, FIRST_DAY, |out| {
        account::user(call.world, out, found)
    })
}

fn find<'a>(call: &Call<'a>, login: &str) -> Result<&'a Account, Refusal> {
    let place = call.world.accounts.find(login).ok_or(Refusal::NotFound)?;
    Ok(call.world.accounts.get(place))
}

fn find_organization<'a>(call: &Call<'a>, login: &str) -> Result<&'a Account, Refusal> {
    find(call, login).and_then(|found| match found.kind {
        "Organization" => Ok(found),
        _ => Err(Refusal::NotFound),
    })
}

fn repositories(call: &Call<'_>, owner: &Account, family: &str) -> Answer {
    let mut rows: Vec<_> = call.world.owned_by(owner.id).collect();
    match call.query.get("sort") {
        Some("updated") => rows.sort_by_key(|one| std::cmp::Reverse(one.updated)),
        Some("pushed") => rows.sort_by_key(|one| std::cmp::Reverse(one.pushed)),
        Some("full_name") => rows.sort_by(|a, b| a.full_name.cmp(&b.full_name)),
        // As GitHub: newest first for an organization, by name for a person.
        _ if family == "organizations" => rows.reverse(),
        _ => rows.sort_by(|a, b| a.full_name.cmp(&b.full_name)),
    }
    let list = List {
        path: format!("/{family}/{}/repos", owner.id),
        rows: &rows,
        stamp: |one: &crate::world::repository::Repository| (one.id, one.version),
        write: |out: &mut Vec<u8>, one| {
            let scene = Scene {
                world: call.world,
                repository: one,
            };
            repository::thin(scene, out);
        },
    };
    list.page(call, usize::MAX)
}
