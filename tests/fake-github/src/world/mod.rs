//! What the server knows: accounts, repositories and their records.

pub(crate) mod accounts;
mod commits;
pub(crate) mod edit;
mod edits;
mod generate;
pub(crate) mod ids;
pub(crate) mod recorded;
pub(crate) mod records;
pub(crate) mod repository;
pub(crate) mod text;

use std::collections::HashMap;

use crate::spec::{Spec, Special};
use crate::stamp::Seconds;
use crate::world::accounts::Accounts;
use crate::world::repository::Repository;

/// Everything.
#[derive(Debug)]
pub(crate) struct World {
    /// What every URL of an answer begins with.
    pub(crate) api: String,
    pub(crate) accounts: Accounts,
    /// In the order of their creation, which is the order of the listings.
    pub(crate) repositories: Vec<Repository>,
    pub(crate) seed: u64,
    /// The time of the latest edit; generated data is older.
    pub(crate) clock: Seconds,
    /// Whether edits share the second of the one before.
    pub(crate) clock_held: bool,
    names: HashMap<String, usize>,
    former_names: HashMap<String, usize>,
}

/// What a repository's name leads to.
pub(crate) enum Named<'a> {
    /// The repository itself.
    Here(&'a Repository),
    /// The repository that once had the name.
    Moved(&'a Repository),
}

impl World {
    /// Generates the data; `api` is the base of all URLs in it.
    pub(crate) fn new(spec: &Spec, api: String) -> Self {
        let accounts = Accounts::generated(spec, &api);
        let mut world = Self {
            api,
            accounts,
            repositories: Vec::new(),
            seed: spec.seed,
            clock: generate::LAST_DAY,
            clock_held: false,
            names: HashMap::new(),
            former_names: HashMap::new(),
        };
        generate::fill(&mut world, spec);
        recorded::fill(&mut world);
        world
    }

    /// Adds a repository under its name.
    pub(crate) fn add(&mut self, repository: Repository) {
        let place = self.repositories.len();
        self.names.insert(key(&repository.full_name), place);
        if repository.special == Some(Special::Renamed) {
            let owner = &self.accounts.get(repository.owner).login;
            let former = format!("{owner}/{}", Special::OLD_NAME);
            self.former_names.insert(key(&former), place);
        }
        self.repositories.push(repository);
    }

    /// Looks a repository up by `owner/name`, in any case of letters.
    pub(crate) fn named(&self, full_name: &str) -> Option<Named<'_>> {
        let name = key(full_name);
        if let Some(&place) = self.names.get(&name) {
            return Some(Named::Here(&self.repositories[place]));
        }
        let place = *self.former_names.get(&name)?;
        Some(Named::Moved(&self.repositories[place]))
    }

    /// The repositories of the account of that id, in the order of the listing.
    pub(crate) fn owned_by(&self, id: u64) -> impl Iterator<Item = &Repository> {
        let owner = self.accounts.find_id(id);
        let owned = move |one: &&Repository| Some(one.owner) == owner;
        self.repositories.iter().filter(owned)
    }

    /// Looks a repository up by its id.
    pub(crate) fn by_id(&self, id: u64) -> Option<&Repository> {
        self.repositories.iter().find(|one| one.id == id)
    }

    /// The place of a repository given as `owner/name`, or as a name of the
    /// generated owner.
    pub(crate) fn place(&self, name: &str) -> Option<usize> {
        let full_name = if name.contains('/') {
            key(name)
        } else {
            key(&format!("{}/{name}", self.accounts.get(0).login))
        };
        self.names.get(&full_name).copied()
    }

    /// Gives a repository another name; the former one redirects until another
    /// repository takes it.
    pub(crate) fn rename(&mut self, place: usize, to: &str) {
        let repository = &mut self.repositories[place];
        let owner = &self.accounts.get(repository.owner).login;
        let former = key(&repository.full_name);
        to.clone_into(&mut repository.name);
        repository.full_name = format!("{owner}/{to}");
        repository.reshaped();
        self.names.remove(&former);
        self.former_names.insert(former, place);
        self.names.insert(key(&repository.full_name), place);
    }

    /// The time of an edit: a second after the one before, unless held.
    pub(crate) fn tick(&mut self) -> Seconds {
        if !self.clock_held {
            self.clock += 1;
        }
        self.clock
    }
}

fn key(full_name: &str) -> String {
    full_name.to_ascii_lowercase()
}
