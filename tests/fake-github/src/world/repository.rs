//! A repository and everything in it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::spec::Special;
use crate::stamp::Seconds;
use crate::world::ids::Sha;
use crate::world::recorded::Recorded;
use crate::world::records::{Commit, Issue, IssueComment, Pull, ReviewComment, Version};

/// Places of records in the order of one list.
pub(crate) type Order = Arc<[u32]>;

// Each `since` makes a list of its own; a client that polls would otherwise
// fill the memory with them.
const MOST_ORDERS: usize = 64;

/// A repository.
#[derive(Debug, Default)]
pub(crate) struct Repository {
    pub(crate) id: u64,
    pub(crate) index: u32,
    pub(crate) owner: u32,
    pub(crate) name: String,
    pub(crate) full_name: String,
    pub(crate) special: Option<Special>,
    pub(crate) created: Seconds,
    pub(crate) updated: Seconds,
    pub(crate) pushed: Seconds,
    pub(crate) next_number: u32,
    pub(crate) pulls: Vec<Pull>,
    pub(crate) issues: Vec<Issue>,
    pub(crate) issue_comments: Vec<IssueComment>,
    pub(crate) review_comments: Vec<ReviewComment>,
    /// The default branch, oldest first.
    pub(crate) commits: Vec<Commit>,
    pub(crate) recorded: Option<Box<Recorded>>,
    /// Of what the repository's own payload says, which every pull request repeats.
    pub(crate) version: Version,
    /// The payload, written at its first use.
    pub(crate) payload: OnceLock<Box<[u8]>>,
    pub(crate) orders: Mutex<HashMap<String, Order>>,
}

impl Repository {
    /// The name of the default branch.
    pub(crate) fn branch(&self) -> &'static str {
        if self.recorded.is_some() {
            "master"
        } else {
            "main"
        }
    }

    /// The pull request of that number. Numbers are given in ascending order.
    pub(crate) fn pull(&self, number: u32) -> Option<&Pull> {
        let place = self.pulls.binary_search_by_key(&number, |pull| pull.number);
        place.ok().map(|place| &self.pulls[place])
    }

    /// As [`Repository::pull`], to change it.
    pub(crate) fn pull_mut(&mut self, number: u32) -> Option<&mut Pull> {
        let place = self.pulls.binary_search_by_key(&number, |pull| pull.number);
        place.ok().map(|place| &mut self.pulls[place])
    }

    /// The plain issue of that number.
    pub(crate) fn issue(&self, number: u32) -> Option<&Issue> {
        let place = self.issues.binary_search_by_key(&number, |one| one.number);
        place.ok().map(|place| &self.issues[place])
    }

    /// As [`Repository::issue`], to change it.
    pub(crate) fn issue_mut(&mut self, number: u32) -> Option<&mut Issue> {
        let place = self.issues.binary_search_by_key(&number, |one| one.number);
        place.ok().map(|place| &mut self.issues[place])
    }

    /// The commit of that hash, on the default branch or in a pull request.
    pub(crate) fn commit(&self, sha: &Sha) -> Option<&Commit> {
        let of_pulls = self.pulls.iter().flat_map(|pull| &pull.commits);
        self.commits
            .iter()
            .chain(of_pulls)
            .find(|commit| commit.sha == *sha)
    }

    /// The newest commit of the default branch.
    pub(crate) fn tip(&self) -> Sha {
        self.commits
            .last()
            .map(|commit| commit.sha)
            .unwrap_or_default()
    }

    /// The next number for an issue or a pull request.
    pub(crate) fn take_number(&mut self) -> u32 {
        self.next_number += 1;
        self.next_number
    }

    /// The order of a list, made once and kept until something changes.
    pub(crate) fn order(&self, list: String, make: impl FnOnce() -> Vec<u32>) -> Order {
        let mut orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(order) = orders.get(&list) {
            return Arc::clone(order);
        }
        if orders.len() >= MOST_ORDERS {
            orders.clear();
        }
        let order: Order = make().into();
        orders.insert(list, Arc::clone(&order));
        order
    }

    /// Forgets the orders, since a record has changed.
    pub(crate) fn touched(&mut self) {
        let orders = self
            .orders
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner);
        orders.clear();
    }

    /// Forgets the payload as well, since the repository itself has changed.
    pub(crate) fn reshaped(&mut self) {
        self.touched();
        self.version.bump();
        self.payload = OnceLock::new();
    }
}
