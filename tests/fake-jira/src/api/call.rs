//! One request, as the handlers see it.

use crate::api::params::Params;
use crate::options::Strangers;
use crate::render::View;

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// An account that sees everything.
    Account,
    /// Nobody in particular, of a server that everybody may ask.
    Anybody,
    /// Without a credential, or with a bad one, where one is wanted.
    Stranger,
}

/// A request.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    /// What a stranger sees is a site without anything on it.
    pub(crate) view: View<'a>,
    pub(crate) params: Params,
    pub(crate) access: Access,
    /// The path as it was asked, for the links in an answer.
    pub(crate) path: &'a str,
}

impl Call<'_> {
    /// What strangers get.
    pub(crate) fn strangers(&self) -> Strangers {
        let otherwise = match self.view.world.is_cloud() {
            true => Strangers::Nothing,
            false => Strangers::Refused,
        };
        self.view.options.strangers.unwrap_or(otherwise)
    }

    /// Whether something is asked for in addition.
    pub(crate) fn expands(&self, name: &str) -> bool {
        self.params.list("expand").iter().any(|one| one == name)
    }
}
