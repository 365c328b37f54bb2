//! Comments, worklogs and histories, made when somebody asks.

use fastrand::Rng;

use crate::stamp::{HOUR, MINUTE, Millis};
use crate::world::World;
use crate::world::dice::{Purpose, dice};
use crate::world::doc;
use crate::world::issue::{Issue, STATUSES};
use crate::world::records::{Comment, History, Item, Side, Worklog};

/// The ids of what hangs on an issue: told apart by the issue's id.
const PER_ISSUE: u64 = 1_000;

impl World {
    /// The comments, oldest first.
    pub(crate) fn comments(&self, issue: &Issue) -> Vec<Comment> {
        let edited = issue.edits.as_ref().and_then(|one| one.comments.clone());
        edited.unwrap_or_else(|| {
            let count = self.spec.comments;
            (0..count).map(|n| self.comment(issue, n, count)).collect()
        })
    }

    fn comment(&self, issue: &Issue, n: u32, count: u32) -> Comment {
        let mut rng = dice(self.seed, Purpose::Comment, issue.id, n.into());
        let created = between(issue, n + 1, count + 1);
        Comment {
            id: issue.id * PER_ISSUE + u64::from(n),
            author: self.somebody(&mut rng),
            created,
            updated: created,
            body: doc::generated(&mut rng, self.users.len()),
            restricted: n % 5 == 4,
        }
    }

    /// The worklogs, oldest first.
    pub(crate) fn worklogs(&self, issue: &Issue) -> Vec<Worklog> {
        let edited = issue.edits.as_ref().and_then(|one| one.worklogs.clone());
        edited.unwrap_or_else(|| {
            let long = if issue.is_long() {
                self.spec.long_worklog
            } else {
                0
            };
            let count = self.spec.worklogs.max(long);
            (0..count).map(|n| self.worklog(issue, n, count)).collect()
        })
    }

    fn worklog(&self, issue: &Issue, n: u32, count: u32) -> Worklog {
        let mut rng = dice(self.seed, Purpose::Worklog, issue.id, n.into());
        let created = between(issue, n + 1, count + 1);
        let quarters = rng.u32(1..40);
        Worklog {
            id: issue.id * PER_ISSUE + u64::from(n),
            author: self.somebody(&mut rng),
            created,
            updated: created,
            started: created - HOUR,
            seconds: quarters * 900,
            comment: (n % 3 != 2).then(|| doc::generated(&mut rng, self.users.len())),
        }
    }

    /// The history, oldest first; the newest entry is what last changed the issue.
    pub(crate) fn histories(&self, issue: &Issue) -> Vec<History> {
        let edited = issue.edits.as_ref().and_then(|one| one.histories.clone());
        edited.unwrap_or_else(|| {
            let long = if issue.is_long() {
                self.spec.long_history
            } else {
                0
            };
            let count = self.spec.histories.max(long);
            (0..count).map(|n| self.history(issue, n, count)).collect()
        })
    }

    fn history(&self, issue: &Issue, n: u32, count: u32) -> History {
        let mut rng = dice(self.seed, Purpose::History, issue.id, n.into());
        let mut items = vec![match n % 3 {
            0 => self.transition(issue, n / 3, count.div_ceil(3)),
            1 => self.reassigned(&mut rng),
            _ => self.revalued(&mut rng),
        }];
        if n % 7 == 6 {
            items.push(self.reassigned(&mut rng));
        }
        let ghost = self.spec.ghosts && n % 10 == 9;
        History {
            id: issue.id * PER_ISSUE + u64::from(n),
            author: self.somebody(&mut rng).filter(|_| !ghost),
            created: between(issue, n + 1, count),
            items,
        }
    }

    /// The `n`th of `count` steps through the workflow, which end where the issue
    /// is.
    fn transition(&self, issue: &Issue, n: u32, count: u32) -> Item {
        let all = STATUSES.len();
        let at = |steps_left: u32| {
            let back = steps_left as usize % all;
            STATUSES[(self.rolled_status(issue) + all - back) % all]
        };
        let (from, to) = (at(count - n), at(count - n - 1));
        Item {
            field: "status".to_owned(),
            field_id: "status".to_owned(),
            from: Side::of(from.0, from.1),
            to: Side::of(to.0, to.1),
        }
    }

    fn reassigned(&self, rng: &mut Rng) -> Item {
        let mut side = || match self.somebody(rng) {
            Some(0) | None => Side::default(),
            Some(place) => {
                let user = &self.users[place];
                Side::of(self.user_id(user), &user.display)
            }
        };
        Item {
            field: "assignee".to_owned(),
            field_id: "assignee".to_owned(),
            from: side(),
            to: side(),
        }
    }

    fn revalued(&self, rng: &mut Rng) -> Item {
        let named = |id: &str, name: &str, rng: &mut Rng| Item {
            field: name.to_owned(),
            field_id: id.to_owned(),
            from: Side::text(rng.u8(1..9).to_string()),
            to: Side::text(rng.u8(1..9).to_string()),
        };
        match self.fields.first() {
            Some(field) if rng.bool() => named(&field.id, &field.name, rng),
            _ => named("summary", "summary", rng),
        }
    }

    fn somebody(&self, rng: &mut Rng) -> Option<usize> {
        Some(rng.usize(..self.users.len()))
    }
}

/// The `n`th of `count` moments between an issue's making and its last change.
fn between(issue: &Issue, n: u32, count: u32) -> Millis {
    let span = (issue.updated - issue.created).max(MINUTE);
    issue.created + span * i64::from(n) / i64::from(count.max(1))
}
