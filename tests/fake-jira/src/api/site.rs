//! The site itself: what it is, who asks, which fields there are.

use serde_json::{Value, json};

use crate::api::Answer;
use crate::api::call::{Access, Call};
use crate::api::paging::Page;
use crate::api::refusal::Refusal;
use crate::render::{View, field, user};

/// `/serverInfo`
pub(crate) fn server_info(view: View<'_>) -> Value {
    let cloud = view.world.is_cloud();
    let otherwise = if cloud { "1001.0.0-SNAPSHOT" } else { "9.12.5" };
    let version = view.options.version.as_deref().unwrap_or(otherwise);
    let numbers = version.split(['.', '-']).take(3);
    let numbers: Vec<u32> = numbers.map(|part| part.parse().unwrap_or(0)).collect();
    json!({
        "baseUrl": view.world.base, "version": version, "versionNumbers": numbers,
        "deploymentType": if cloud { "Cloud" } else { "Server" },
        "buildNumber": 100_285, "buildDate": view.moment(1_709_251_200_000),
        "serverTime": view.moment(view.world.now()),
        "scmInfo": "e5f7a4c0", "serverTitle": "Jira",
    })
}

/// `/myself`
pub(crate) fn myself(call: &Call<'_>) -> Answer {
    match call.access {
        Access::Account => Ok(user::myself(call.view)),
        _ => Err(Refusal::unauthorized(call.view.world.is_cloud())),
    }
}

/// `/field`
pub(crate) fn fields(call: &Call<'_>) -> Value {
    match call.access {
        Access::Stranger => json!([]),
        _ => field::all(call.view).into(),
    }
}

/// `/field/{id}/context`
pub(crate) fn contexts(call: &Call<'_>, id: &str) -> Answer {
    let field = call.view.world.field(id).filter(|field| field.context);
    let field = field.ok_or_else(|| Refusal::missing("The custom field was not found."))?;
    Ok(Page::of(call, 50, 50).values(&[field], |one| field::context(one)))
}
