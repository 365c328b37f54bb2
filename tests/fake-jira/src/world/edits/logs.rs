//! Edits of comments and worklogs; each moves its issue's `updated`.

use super::Outcome;
use crate::stamp::SECOND;
use crate::world::World;
use crate::world::doc::plain;
use crate::world::edit::{EditError, Edited};
use crate::world::records::{Comment, Worklog};

impl World {
    pub(super) fn add_comment(&mut self, key: &str, body: &str) -> Outcome {
        let (id, now) = (self.fresh(), self.now());
        self.change_comments(key, id, |comments| {
            comments.push(Comment {
                id,
                author: Some(0),
                created: now,
                updated: now,
                body: plain(body),
                restricted: false,
            });
            true
        })
    }

    pub(super) fn edit_comment(&mut self, key: &str, id: u64, body: &str) -> Outcome {
        let now = self.now();
        self.change_comments(key, id, |comments| {
            let comment = comments.iter_mut().find(|comment| comment.id == id);
            comment.is_some_and(|comment| {
                comment.body = plain(body);
                comment.updated = now;
                true
            })
        })
    }

    pub(super) fn delete_comment(&mut self, key: &str, id: u64) -> Outcome {
        self.change_comments(key, id, |comments| {
            let before = comments.len();
            comments.retain(|comment| comment.id != id);
            comments.len() < before
        })
    }

    pub(super) fn add_worklog(&mut self, key: &str, seconds: u32, comment: &str) -> Outcome {
        let (id, now) = (self.fresh(), self.now());
        self.change_worklogs(key, id, |worklogs| {
            worklogs.push(Worklog {
                id,
                author: Some(0),
                created: now,
                updated: now,
                started: now - i64::from(seconds) * SECOND,
                seconds,
                comment: Some(plain(comment)),
            });
            true
        })
    }

    pub(super) fn delete_worklog(&mut self, key: &str, id: u64) -> Outcome {
        self.change_worklogs(key, id, |worklogs| {
            let before = worklogs.len();
            worklogs.retain(|worklog| worklog.id != id);
            worklogs.len() < before
        })
    }

    /// `change` says whether what it was to change is there.
    fn change_comments(
        &mut self,
        key: &str,
        id: u64,
        change: impl FnOnce(&mut Vec<Comment>) -> bool,
    ) -> Outcome {
        let place = self.known(key)?;
        let mut comments = self.comments(&self.issues[place]);
        if !change(&mut comments) {
            return Err(EditError::missing("comment", id));
        }
        self.issues[place].edits_mut().comments = Some(comments);
        Ok(self.logged(place, id))
    }

    fn change_worklogs(
        &mut self,
        key: &str,
        id: u64,
        change: impl FnOnce(&mut Vec<Worklog>) -> bool,
    ) -> Outcome {
        let place = self.known(key)?;
        let mut worklogs = self.worklogs(&self.issues[place]);
        if !change(&mut worklogs) {
            return Err(EditError::missing("worklog", id));
        }
        self.issues[place].edits_mut().worklogs = Some(worklogs);
        Ok(self.logged(place, id))
    }

    fn logged(&mut self, place: usize, id: u64) -> Edited {
        Edited {
            id: Some(id.to_string()),
            ..self.changed(place, Vec::new())
        }
    }
}
