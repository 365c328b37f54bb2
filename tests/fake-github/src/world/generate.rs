//! Records out of a [`Spec`]: the same ones for the same seed.

use fastrand::Rng;

use crate::spec::{Spec, Special};
use crate::stamp::{FIRST_DAY, Seconds};
use crate::world::World;
use crate::world::accounts::Accounts;
use crate::world::commits::Line;
use crate::world::ids::{Kind, id};
use crate::world::records::{
    Head, Issue, IssueComment, Pull, Review, ReviewComment, State, Verdict, Version,
};
use crate::world::repository::Repository;
use crate::world::text::{Flavour, Text};

const DAY: Seconds = 86_400;

/// All generated records are older: 2025-06-30T00:00:00Z.
pub(crate) const LAST_DAY: Seconds = FIRST_DAY + 546 * DAY;

/// Adds the spec's repositories.
pub(crate) fn fill(world: &mut World, spec: &Spec) {
    let ordinary = (1..=spec.repositories).map(|index| (Spec::repository(index), None));
    let special = Special::ALL
        .into_iter()
        .filter(|_| spec.special)
        .map(|one| (one.name().to_owned(), Some(one)));
    let names: Vec<_> = ordinary.chain(special).collect();
    for (index, (name, special)) in (1..).zip(names) {
        let repository = Builder::new(spec, &world.accounts, index, &name).build(special);
        world.add(repository);
    }
}

struct Builder<'a> {
    spec: &'a Spec,
    accounts: &'a Accounts,
    repository: Repository,
    rng: Rng,
    comments: u32,
    reviews: u32,
}

impl<'a> Builder<'a> {
    fn new(spec: &'a Spec, accounts: &'a Accounts, index: u32, name: &str) -> Self {
        let repository = Repository {
            id: id(Kind::Repository, index, 0),
            index,
            full_name: format!("{}/{name}", accounts.get(0).login),
            name: name.to_owned(),
            created: FIRST_DAY - DAY,
            updated: LAST_DAY - DAY,
            pushed: LAST_DAY - DAY,
            ..Repository::default()
        };
        Self {
            spec,
            accounts,
            repository,
            rng: Rng::with_seed(spec.seed.rotate_left(32) ^ u64::from(index)),
            comments: 0,
            reviews: 0,
        }
    }

    fn build(mut self, special: Option<Special>) -> Repository {
        self.repository.special = special;
        if !matches!(special, None | Some(Special::Renamed | Special::NoIssues)) {
            return self.repository;
        }
        self.commits();
        self.threads();
        self.repository
    }

    /// The default branch; every two commits share a second.
    fn commits(&mut self) {
        let count = self.spec.commits;
        let step = (LAST_DAY - FIRST_DAY - 2 * DAY) / Seconds::from(count.max(1));
        let mut line = self.line(0);
        let commits = (0..count)
            .map(|n| line.commit(n, FIRST_DAY + Seconds::from(n / 2) * 2 * step))
            .collect();
        self.repository.commits = commits;
    }

    fn line(&self, number: u32) -> Line<'a> {
        Line {
            accounts: self.accounts,
            seed: self.spec.seed,
            family: (u64::from(self.repository.index) << 32) | u64::from(number),
            parent: None,
        }
    }

    /// Pull requests and plain issues, the issues spread among them.
    fn threads(&mut self) {
        let (pulls, issues) = (u64::from(self.spec.pulls), u64::from(self.spec.issues));
        for number in 1..=pulls + issues {
            let before = (number - 1) * issues / (pulls + issues);
            if number * issues / (pulls + issues) > before {
                self.issue();
            } else {
                self.pull();
            }
        }
    }

    /// When the `ordinal`th thread began and last changed; every two share both.
    fn times(&self, ordinal: u32) -> (Seconds, Seconds) {
        let threads = self.spec.pulls.max(self.spec.issues).max(1);
        let step = (LAST_DAY - FIRST_DAY - 25 * DAY) / Seconds::from(threads);
        let created = FIRST_DAY + Seconds::from(ordinal / 2) * 2 * step;
        let mut shared = Rng::with_seed(self.spec.seed ^ u64::from(ordinal / 2));
        (created, created + shared.i64(DAY..20 * DAY))
    }

    fn issue(&mut self) {
        let number = self.repository.take_number();
        let ordinal = u32::try_from(self.repository.issues.len()).unwrap_or(0) + 1;
        let (created, updated) = self.times(ordinal);
        let closed = ordinal.is_multiple_of(3).then_some(updated);
        let issue = Issue {
            id: id(Kind::Issue, self.repository.index, number),
            number,
            author: self.accounts.person(ordinal + 2),
            title: Text::Made(self.rng.u32(..), Flavour::Title),
            body: Text::body(self.rng.u32(..), ordinal),
            state: if closed.is_some() {
                State::Closed
            } else {
                State::Open
            },
            comments: self.spec.issue_comments,
            created,
            updated,
            closed,
            version: Version::default(),
        };
        self.conversation(number, false, created, updated);
        self.repository.issues.push(issue);
    }

    fn pull(&mut self) {
        let number = self.repository.take_number();
        let ordinal = u32::try_from(self.repository.pulls.len()).unwrap_or(0) + 1;
        let times = self.times(ordinal);
        let mut pull = self.bare_pull(number, ordinal, times);
        self.settle(&mut pull);
        self.push(&mut pull);
        self.review(&mut pull);
        self.conversation(number, true, times.0, times.1);
        self.repository.pulls.push(pull);
    }

    fn bare_pull(&mut self, number: u32, ordinal: u32, times: (Seconds, Seconds)) -> Pull {
        Pull {
            id: id(Kind::Pull, self.repository.index, number),
            number,
            ordinal,
            author: self.accounts.person(ordinal),
            title: Text::Made(self.rng.u32(..), Flavour::Title),
            body: Text::body(self.rng.u32(..), ordinal),
            state: State::Open,
            draft: ordinal % 10 == 4,
            created: times.0,
            updated: times.1,
            closed: None,
            merged: None,
            merge_commit: None,
            merged_by: None,
            head: match ordinal % 17 {
                3 => Head::Lost,
                n if n % 2 == 0 => Head::Fork,
                _ => Head::Same,
            },
            additions: self.rng.u32(1..900),
            deletions: self.rng.u32(0..400),
            changed_files: self.rng.u32(1..30),
            comments: self.spec.issue_comments,
            review_comments: self.spec.review_comments,
            commits: Vec::new(),
            reviews: Vec::new(),
            version: Version::default(),
        }
    }

    /// Half of them merged, a fifth closed, the rest open.
    fn settle(&mut self, pull: &mut Pull) {
        let fate = self.rng.u32(0..10);
        if fate >= 7 {
            return;
        }
        pull.state = State::Closed;
        pull.draft = false;
        pull.closed = Some(pull.updated);
        if fate < 5 {
            pull.merged = pull.closed;
            pull.merged_by = self.accounts.person(pull.ordinal + 1);
            let branch = &self.repository.commits;
            let place = pull.ordinal as usize % branch.len().max(1);
            pull.merge_commit = branch.get(place).map(|commit| commit.sha);
        }
    }

    fn push(&mut self, pull: &mut Pull) {
        let mut line = self.line(pull.number);
        line.parent = self.repository.commits.first().map(|commit| commit.sha);
        pull.commits = (0..1 + pull.ordinal % 3)
            .map(|n| line.commit(n, pull.created + Seconds::from(n) * 3_600))
            .collect();
    }

    fn review(&mut self, pull: &mut Pull) {
        let index = self.repository.index;
        for _ in 0..self.spec.reviews {
            self.reviews += 1;
            let verdict = verdict(self.reviews);
            pull.reviews.push(Review {
                id: id(Kind::Review, index, self.reviews),
                author: self.accounts.person(self.reviews + 3),
                body: Text::body(self.rng.u32(..), self.reviews + 1),
                verdict,
                submitted: (verdict != Verdict::Pending).then_some(pull.updated - 3_600),
                commit: pull.commits[0].sha,
                version: Version::default(),
            });
        }
        for n in 0..self.spec.review_comments {
            self.line_comment(pull, n);
        }
    }

    fn line_comment(&mut self, pull: &Pull, n: u32) {
        let ordinal = u32::try_from(self.repository.review_comments.len()).unwrap_or(0) + 1;
        let before = self.repository.review_comments.last();
        let reply_to = before.filter(|_| n % 3 == 1).map(|one| one.id);
        let review = pull.reviews.get(n as usize % pull.reviews.len().max(1));
        let at = pull.updated - 7_200 + Seconds::from(n / 2);
        self.repository.review_comments.push(ReviewComment {
            id: id(Kind::ReviewComment, self.repository.index, ordinal),
            number: pull.number,
            review: review.map(|review| review.id),
            reply_to,
            author: self.accounts.person(ordinal + 6),
            body: Text::comment(self.rng.u32(..), ordinal + 2),
            commit: pull.commits[0].sha,
            line: (ordinal % 5 != 4).then(|| self.rng.u32(1..400)),
            created: at,
            updated: at,
            version: Version::default(),
        });
    }

    fn conversation(&mut self, number: u32, on_pull: bool, from: Seconds, to: Seconds) {
        let step = (to - from) / (Seconds::from(self.spec.issue_comments) + 1);
        for n in 0..self.spec.issue_comments {
            self.comments += 1;
            let created = from + Seconds::from(n + 1) * step;
            self.repository.issue_comments.push(IssueComment {
                id: id(Kind::IssueComment, self.repository.index, self.comments),
                number,
                on_pull,
                author: self.accounts.person(self.comments + 9),
                body: Text::comment(self.rng.u32(..), self.comments + 3),
                created,
                updated: if n % 3 == 2 { to } else { created },
                version: Version::default(),
            });
        }
    }
}

fn verdict(ordinal: u32) -> Verdict {
    match ordinal % 13 {
        6 => Verdict::Pending,
        3 => Verdict::Dismissed,
        n if n % 4 == 1 => Verdict::ChangesRequested,
        n if n % 2 == 0 => Verdict::Approved,
        _ => Verdict::Commented,
    }
}
