//! What the server knows: people, projects, fields, issues, boards, sprints.

pub(crate) mod dice;
pub(crate) mod doc;
pub(crate) mod edit;
mod edits;
pub(crate) mod fields;
mod generate;
pub(crate) mod issue;
mod logs;
pub(crate) mod projects;
pub(crate) mod records;
pub(crate) mod sprints;
pub(crate) mod users;

use std::collections::HashMap;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::spec::{Flavour, Spec};
use crate::stamp::Millis;
use crate::world::fields::Field;
use crate::world::issue::Issue;
use crate::world::projects::Project;
use crate::world::sprints::{Board, Sprint};
use crate::world::users::User;

/// Everything.
#[derive(Debug)]
pub(crate) struct World {
    /// What every URL of an answer begins with.
    pub(crate) base: String,
    pub(crate) spec: Spec,
    pub(crate) seed: u64,
    pub(crate) users: Vec<User>,
    pub(crate) projects: Vec<Project>,
    pub(crate) fields: Vec<Field>,
    /// By id.
    pub(crate) issues: Vec<Issue>,
    pub(crate) boards: Vec<Board>,
    pub(crate) sprints: Vec<Sprint>,
    /// A clock that stands still, in place of the real one.
    clock: Option<Millis>,
    /// The highest id of an issue so far: ids are never used again.
    highest: u64,
    /// The number of the latest record that an edit made.
    latest: u64,
    /// The ids of issues by project and number.
    keys: HashMap<(usize, u32), u64>,
    /// The ids of moved issues by the keys that they had.
    former_keys: HashMap<String, u64>,
}

impl World {
    /// Generates the data; `base` is the base of all URLs in it.
    pub(crate) fn new(spec: Spec, base: String) -> Self {
        let users = users::generated(spec.users);
        let boards = sprints::boards(&spec);
        let mut world = Self {
            base,
            seed: spec.seed,
            projects: projects::generated(&spec, users.len()),
            fields: fields::generated(&spec),
            sprints: Vec::new(),
            issues: Vec::new(),
            clock: spec.clock,
            highest: 0,
            latest: 900_000_000,
            keys: HashMap::new(),
            former_keys: HashMap::new(),
            users,
            boards,
            spec,
        };
        let last = world.now().min(generate::LAST_DAY);
        world.sprints = sprints::sprints(&world.spec, &world.boards, last);
        for issue in generate::issues(&world.spec, last) {
            world.add(issue);
        }
        world
    }

    /// The server's time.
    pub(crate) fn now(&self) -> Millis {
        self.clock.unwrap_or_else(|| {
            let since = SystemTime::now().duration_since(UNIX_EPOCH);
            since.map_or(0, |since| since.as_millis() as Millis)
        })
    }

    /// Whether this is Cloud.
    pub(crate) fn is_cloud(&self) -> bool {
        self.spec.flavour == Flavour::Cloud
    }

    /// Adds an issue with an id above all others.
    pub(crate) fn add(&mut self, issue: Issue) {
        self.keys.insert((issue.project, issue.number), issue.id);
        self.highest = issue.id;
        self.issues.push(issue);
    }

    /// The key of an issue.
    pub(crate) fn key(&self, issue: &Issue) -> String {
        self.key_of(issue.project, issue.number)
    }

    /// The key of a number in a project.
    pub(crate) fn key_of(&self, project: usize, number: u32) -> String {
        format!("{}-{number}", self.projects[project].key)
    }

    /// Looks a project up by key or id, as long as it is there.
    pub(crate) fn project(&self, key: &str) -> Option<usize> {
        let same = |one: &Project| {
            !one.deleted && (one.key.eq_ignore_ascii_case(key) || one.id.to_string() == key)
        };
        self.projects.iter().position(same)
    }

    /// Looks an issue up by its key, by one that it had, or by its id.
    pub(crate) fn issue(&self, key: &str) -> Option<&Issue> {
        Some(&self.issues[self.place(key)?])
    }

    /// The place of an issue, see [`World::issue`].
    pub(crate) fn place(&self, key: &str) -> Option<usize> {
        let by_key = || {
            let (project, number) = key.rsplit_once('-')?;
            let number = number.parse().ok()?;
            let id = self.keys.get(&(self.project(project)?, number)).copied();
            id.or_else(|| self.former_keys.get(&key.to_ascii_uppercase()).copied())
        };
        let id = key.parse().ok().or_else(by_key)?;
        let place = self.issues.binary_search_by_key(&id, |issue| issue.id);
        place.ok()
    }

    /// The issue of a number in a project.
    pub(crate) fn numbered(&self, project: usize, number: u32) -> Option<&Issue> {
        let id = *self.keys.get(&(project, number))?;
        let place = self.issues.binary_search_by_key(&id, |issue| issue.id);
        Some(&self.issues[place.ok()?])
    }

    /// Looks a custom field up by its id.
    pub(crate) fn field(&self, id: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.id == id)
    }

    /// Looks a board up.
    pub(crate) fn board(&self, id: &str) -> Option<&Board> {
        let id = id.parse::<u64>().ok()?;
        let here = |one: &&Board| one.id == id && !self.projects[one.project].deleted;
        self.boards.iter().find(here)
    }

    /// Looks a sprint up.
    pub(crate) fn sprint(&self, id: u64) -> Option<&Sprint> {
        self.sprints.iter().find(|sprint| sprint.id == id)
    }

    /// What identifies a person in this flavour.
    pub(crate) fn user_id<'a>(&self, user: &'a User) -> &'a str {
        if self.is_cloud() {
            &user.account
        } else {
            &user.key
        }
    }
}
