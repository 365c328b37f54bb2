//! How edits change the records.

use crate::stamp::{Seconds, rfc3339};
use crate::world::World;
use crate::world::commits::Line;
use crate::world::edit::{Edit, EditError, Edited};
use crate::world::ids::{Kind, Sha, hex, id};
use crate::world::records::{
    Head, IssueComment, Pull, Review, ReviewComment, State, Verdict, Version,
};
use crate::world::text::Text;

type Outcome = Result<Edited, EditError>;

impl World {
    /// Applies an edit at the next second of the clock.
    pub(crate) fn edit(&mut self, edit: Edit) -> Outcome {
        let at = self.tick();
        let edited = match edit {
            Edit::TouchPull {
                repository,
                number,
                title,
                state,
            } => self.touch_pull((&repository, number), title, state),
            Edit::BreakPull { repository, number } => self.change((&repository, number), |pull| {
                pull.title = Text::Null;
                about(pull)
            }),
            Edit::AddPull { repository, title } => self.add_pull(&repository, &title),
            Edit::AddReview {
                repository,
                number,
                verdict,
            } => self.add_review((&repository, number), verdict),
            Edit::AddComment {
                repository,
                number,
                body,
            } => self.add_comment((&repository, number), &body),
            Edit::AddReviewComment {
                repository,
                number,
                body,
            } => self.add_review_comment((&repository, number), &body),
            Edit::EditComment {
                repository,
                id,
                body,
            } => self.edit_comment((&repository, id), &body),
            Edit::AddCommits { repository, count } => self.add_commits(&repository, count),
            Edit::MergeBranch {
                repository,
                count,
                days,
            } => self.merge_branch(&repository, count, days),
            Edit::PushCommits {
                repository,
                number,
                count,
            } => self.push_commits((&repository, number), count),
            Edit::ForcePush { repository, number } => self.force_push((&repository, number)),
            Edit::RenameRepository { repository, to } => {
                let place = self.find(&repository)?;
                self.rename(place, &to);
                Ok(Edited::default())
            }
            Edit::DeleteUser { login } => self.delete_user(login),
            Edit::HoldClock { held } => {
                self.clock_held = held;
                Ok(Edited::default())
            }
        };
        edited.map(|edited| Edited {
            at: rfc3339(at),
            ..edited
        })
    }

    fn find(&self, repository: &str) -> Result<usize, EditError> {
        let missing = || EditError::Repository(repository.to_owned());
        self.place(repository).ok_or_else(missing)
    }

    /// Changes a pull request, and with it the lists that it is in.
    fn change<T>(
        &mut self,
        (name, number): (&str, u32),
        change: impl FnOnce(&mut Pull) -> T,
    ) -> Result<T, EditError> {
        let (place, at) = (self.find(name)?, self.clock);
        let repository = &mut self.repositories[place];
        repository.touched();
        let pull = repository.pull_mut(number);
        let pull = pull.ok_or_else(|| EditError::Number(name.to_owned(), number))?;
        pull.updated = at;
        pull.version.bump();
        Ok(change(pull))
    }

    fn touch_pull(
        &mut self,
        which: (&str, u32),
        title: Option<String>,
        state: Option<State>,
    ) -> Outcome {
        let at = self.clock;
        self.change(which, |pull| {
            if let Some(title) = title {
                pull.title = Text::Given(title.into());
            }
            if let Some(state) = state {
                pull.state = state;
                pull.closed = (state == State::Closed).then_some(at);
            }
            about(pull)
        })
    }

    fn add_pull(&mut self, name: &str, title: &str) -> Outcome {
        let (place, at) = (self.find(name)?, self.clock);
        let repository = &mut self.repositories[place];
        let number = repository.take_number();
        let mut line = Line {
            accounts: &self.accounts,
            seed: self.seed,
            family: family(repository.index, number),
            parent: Some(repository.tip()),
        };
        let commit = line.commit(0, at);
        let pull = Pull {
            id: id(Kind::Pull, repository.index, number),
            number,
            ordinal: number,
            author: Some(self.accounts.somebody(number)),
            title: Text::Given(title.into()),
            body: Text::Null,
            state: State::Open,
            draft: false,
            created: at,
            updated: at,
            closed: None,
            merged: None,
            merge_commit: None,
            merged_by: None,
            head: Head::Same,
            additions: commit.additions,
            deletions: commit.deletions,
            changed_files: commit.files,
            comments: 0,
            review_comments: 0,
            commits: vec![commit],
            reviews: Vec::new(),
            version: Version::default(),
        };
        let edited = about(&pull);
        repository.pulls.push(pull);
        repository.touched();
        Ok(edited)
    }

    fn add_review(&mut self, which: (&str, u32), verdict: Verdict) -> Outcome {
        let (place, at) = (self.find(which.0)?, self.clock);
        let repository = &self.repositories[place];
        let made: usize = repository.pulls.iter().map(|pull| pull.reviews.len()).sum();
        let id = id(Kind::Review, repository.index, sequence(made));
        let author = Some(self.accounts.somebody(sequence(made)));
        self.change(which, |pull| {
            pull.reviews.push(Review {
                id,
                author,
                body: Text::Given("Reviewed.".into()),
                verdict,
                submitted: (verdict != Verdict::Pending).then_some(at),
                commit: tip(pull),
                version: Version::default(),
            });
            Edited {
                id: Some(id),
                ..about(pull)
            }
        })
    }

    fn add_comment(&mut self, which: (&str, u32), body: &str) -> Outcome {
        let (place, at) = (self.find(which.0)?, self.clock);
        let on_pull = self.repositories[place].pull(which.1).is_some();
        if on_pull {
            self.change(which, |pull| pull.comments += 1)?;
        }
        let repository = &mut self.repositories[place];
        if let Some(issue) = repository.issue_mut(which.1) {
            issue.comments += 1;
            issue.updated = at;
            issue.version.bump();
        } else if !on_pull {
            return Err(EditError::Number(which.0.to_owned(), which.1));
        }
        let made = sequence(repository.issue_comments.len());
        let id = id(Kind::IssueComment, repository.index, made);
        repository.issue_comments.push(IssueComment {
            id,
            number: which.1,
            on_pull,
            author: Some(self.accounts.somebody(made)),
            body: Text::Given(body.into()),
            created: at,
            updated: at,
            version: Version::default(),
        });
        repository.touched();
        Ok(Edited {
            id: Some(id),
            number: Some(which.1),
            ..Edited::default()
        })
    }

    fn add_review_comment(&mut self, which: (&str, u32), body: &str) -> Outcome {
        let (place, at) = (self.find(which.0)?, self.clock);
        let commit = self.change(which, |pull| {
            pull.review_comments += 1;
            tip(pull)
        })?;
        let repository = &mut self.repositories[place];
        let made = sequence(repository.review_comments.len());
        let id = id(Kind::ReviewComment, repository.index, made);
        repository.review_comments.push(ReviewComment {
            id,
            number: which.1,
            review: None,
            reply_to: None,
            author: Some(self.accounts.somebody(made)),
            body: Text::Given(body.into()),
            commit,
            line: Some(1),
            created: at,
            updated: at,
            version: Version::default(),
        });
        Ok(Edited {
            id: Some(id),
            number: Some(which.1),
            ..Edited::default()
        })
    }

    fn edit_comment(&mut self, (name, id): (&str, u64), body: &str) -> Outcome {
        let (place, at) = (self.find(name)?, self.clock);
        let repository = &mut self.repositories[place];
        repository.touched();
        let (issue, review) = (
            &mut repository.issue_comments,
            &mut repository.review_comments,
        );
        let (text, updated, version) = if let Some(one) = issue.iter_mut().find(|one| one.id == id)
        {
            (&mut one.body, &mut one.updated, &mut one.version)
        } else if let Some(one) = review.iter_mut().find(|one| one.id == id) {
            (&mut one.body, &mut one.updated, &mut one.version)
        } else {
            return Err(EditError::Comment(name.to_owned(), id));
        };
        *text = Text::Given(body.into());
        *updated = at;
        version.bump();
        Ok(Edited {
            id: Some(id),
            ..Edited::default()
        })
    }

    fn add_commits(&mut self, name: &str, count: u32) -> Outcome {
        let (place, at) = (self.find(name)?, self.clock);
        let repository = &mut self.repositories[place];
        let first = sequence(repository.commits.len());
        let mut line = Line {
            accounts: &self.accounts,
            seed: self.seed,
            family: family(repository.index, 0),
            parent: repository.commits.last().map(|commit| commit.sha),
        };
        let commits = (first..first + count).map(|n| line.commit(n, at));
        repository.commits.extend(commits);
        repository.pushed = at;
        repository.reshaped();
        Ok(with_tip(repository.tip()))
    }

    fn merge_branch(&mut self, name: &str, count: u32, days: u32) -> Outcome {
        let (place, at) = (self.find(name)?, self.clock);
        let repository = &mut self.repositories[place];
        let main = repository.tip();
        let mut line = Line {
            accounts: &self.accounts,
            seed: self.seed,
            family: family(
                repository.index,
                u32::MAX - sequence(repository.commits.len()),
            ),
            parent: repository.commits.first().map(|commit| commit.sha),
        };
        let old = at - Seconds::from(days) * 86_400;
        let branch = (0..count).map(|n| line.commit(n, old));
        repository.commits.extend(branch);
        let mut merge = line.commit(count, at);
        merge.parents.insert(0, main);
        repository.commits.push(merge);
        repository.pushed = at;
        repository.reshaped();
        Ok(with_tip(repository.tip()))
    }

    fn push_commits(&mut self, which: (&str, u32), count: u32) -> Outcome {
        self.more_commits(which, count, false)
    }

    fn force_push(&mut self, which: (&str, u32)) -> Outcome {
        self.more_commits(which, 1, true)
    }

    fn more_commits(&mut self, which: (&str, u32), count: u32, replace: bool) -> Outcome {
        let (place, at) = (self.find(which.0)?, self.clock);
        let repository = &self.repositories[place];
        let pull = repository.pull(which.1);
        let pull = pull.ok_or_else(|| EditError::Number(which.0.to_owned(), which.1))?;
        let base = repository.commits.first().map(|commit| commit.sha);
        // The clock keeps the hashes apart from those that a push replaced.
        let moment = u64::from(pull.version.0) << 48;
        let mut line = Line {
            accounts: &self.accounts,
            seed: self.seed ^ 0x70_75_73_68,
            family: family(repository.index, which.1) ^ moment,
            parent: if replace { base } else { Some(tip(pull)) },
        };
        let commits: Vec<_> = (0..count).map(|n| line.commit(n, at)).collect();
        self.change(which, |pull| {
            if replace {
                pull.commits.clear();
            }
            pull.commits.extend(commits);
            Edited {
                sha: Some(hex(&tip(pull))),
                ..about(pull)
            }
        })
    }

    fn delete_user(&mut self, login: String) -> Outcome {
        let place = self.accounts.find(&login);
        self.accounts.delete(place.ok_or(EditError::User(login))?);
        Ok(Edited::default())
    }
}

fn about(pull: &Pull) -> Edited {
    Edited {
        id: Some(pull.id),
        number: Some(pull.number),
        ..Edited::default()
    }
}

fn with_tip(tip: Sha) -> Edited {
    Edited {
        sha: Some(hex(&tip)),
        ..Edited::default()
    }
}

fn tip(pull: &Pull) -> Sha {
    pull.commits
        .last()
        .map(|commit| commit.sha)
        .unwrap_or_default()
}

fn family(repository: u32, number: u32) -> u64 {
    (u64::from(repository) << 32) | u64::from(number)
}

fn sequence(made: usize) -> u32 {
    u32::try_from(made).unwrap_or(u32::MAX - 1) + 1
}
