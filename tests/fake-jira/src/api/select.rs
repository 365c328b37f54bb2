//! Which fields an answer shows.

use crate::api::call::Call;
use crate::api::refusal::Refusal;
use crate::render::field::SYSTEM;

/// The fields that were chosen.
#[derive(Clone, Debug, Default)]
pub(crate) struct Selection<'a> {
    pub(crate) system: Vec<&'a str>,
    pub(crate) custom: Vec<&'a str>,
}

impl<'a> Selection<'a> {
    /// Reads `fields`; `otherwise` stands for none.
    pub(crate) fn of(call: &Call<'a>, otherwise: &str) -> Result<Self, Refusal> {
        let mut names = call.params.list("fields");
        if names.len() > call.view.options.search.most_fields {
            return Err(Refusal::bad("The list of fields is too long."));
        }
        if names.iter().all(|name| name.starts_with('-')) {
            names.insert(0, otherwise.to_owned());
        }
        let has = |name: &str| names.iter().any(|one| one == name);
        let chosen = |id: &str, navigable: bool| {
            let shown = has(id) || has("*all") || navigable && has("*navigable");
            shown && !has(&format!("-{id}"))
        };
        let system = SYSTEM.iter().filter(|one| chosen(one.id, one.navigable));
        let custom = call.view.world.fields.iter();
        Ok(Self {
            system: system.map(|one| one.id).collect(),
            custom: custom
                .map(|one| one.id.as_str())
                .filter(|id| chosen(id, true))
                .collect(),
        })
    }
}
