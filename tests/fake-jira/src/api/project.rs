//! Projects.

use serde_json::Value;

use crate::api::Answer;
use crate::api::call::Call;
use crate::api::paging::Page;
use crate::api::refusal::Refusal;
use crate::render::project::{listed, whole};
use crate::world::projects::Project;

/// `/project/search`
pub(crate) fn search(call: &Call<'_>) -> Answer {
    let keys = call.params.list("keys");
    let mut projects = known(call);
    projects.retain(|project| keys.is_empty() || keys.contains(&project.key));
    let page = Page::of(call, 50, 100);
    let mut values = page.values(&projects, |one| listed(call.view, one));
    page.link(call, &mut values);
    Ok(values)
}

/// `/project`
pub(crate) fn all(call: &Call<'_>) -> Value {
    let projects = known(call).into_iter();
    projects.map(|one| listed(call.view, one)).collect()
}

/// `/project/{key}`
pub(crate) fn one(call: &Call<'_>, key: &str) -> Answer {
    let place = call.view.world.project(key);
    let place = place
        .ok_or_else(|| Refusal::missing(format!("No project could be found with key '{key}'.")))?;
    Ok(whole(call.view, &call.view.world.projects[place]))
}

/// Those that are there, by key.
fn known<'a>(call: &Call<'a>) -> Vec<&'a Project> {
    let projects = call.view.world.projects.iter();
    let mut projects: Vec<_> = projects.filter(|project| !project.deleted).collect();
    projects.sort_by(|a, b| a.key.cmp(&b.key));
    projects
}
