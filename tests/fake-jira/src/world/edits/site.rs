//! Edits of what issues refer to: fields, projects, sprints, people, the clock.

use super::Outcome;
use crate::stamp::Millis;
use crate::world::World;
use crate::world::edit::{EditError, Edited};
use crate::world::fields::{Field, FieldKind};
use crate::world::sprints::{Sprint, State};
use crate::world::users::{self, User};

impl World {
    pub(super) fn add_field(&mut self, name: String, kind: FieldKind) -> Edited {
        let highest = self.fields.iter().map(|field| field.number).max();
        let field = Field::new(highest.unwrap_or(10_000) + 1, kind, name);
        let edited = about(&field.id);
        self.fields.push(field);
        edited
    }

    pub(super) fn change_field(&mut self, id: &str, change: impl FnOnce(&mut Field)) -> Outcome {
        let field = self.fields.iter_mut().find(|field| field.id == id);
        change(field.ok_or_else(|| EditError::missing("field", id))?);
        Ok(about(id))
    }

    pub(super) fn delete_field(&mut self, id: &str) -> Outcome {
        let before = self.fields.len();
        self.fields.retain(|field| field.id != id);
        match self.fields.len() < before {
            true => Ok(about(id)),
            false => Err(EditError::missing("field", id)),
        }
    }

    pub(super) fn delete_project(&mut self, key: &str) -> Outcome {
        let place = self.project(key);
        let place = place.ok_or_else(|| EditError::missing("project", key))?;
        self.projects[place].deleted = true;
        self.issues.retain(|issue| issue.project != place);
        self.keys.retain(|(project, _), _| *project != place);
        Ok(about(self.projects[place].id))
    }

    /// Whatever is not done stays in it, until an edit moves it on.
    pub(super) fn close_sprint(&mut self, id: u64) -> Outcome {
        let now = self.now();
        let sprint = self.sprint_mut(id)?;
        sprint.state = State::Closed;
        sprint.complete = Some(now);
        Ok(about(id))
    }

    pub(super) fn rename_sprint(&mut self, id: u64, name: String) -> Outcome {
        self.sprint_mut(id)?.name = name;
        Ok(about(id))
    }

    fn sprint_mut(&mut self, id: u64) -> Result<&mut Sprint, EditError> {
        let sprint = self.sprints.iter_mut().find(|sprint| sprint.id == id);
        sprint.ok_or_else(|| EditError::missing("sprint", id))
    }

    pub(super) fn set_clock(&mut self, at: Option<Millis>) -> Edited {
        self.clock = at;
        Edited::default()
    }

    pub(super) fn delete_user(&mut self, name: &str) -> Outcome {
        let named = |one: &&mut User| {
            let names = [&one.account, &one.key, &one.name];
            names.into_iter().any(|one| one == name)
        };
        let user = self.users.iter_mut().find(named);
        users::delete(user.ok_or_else(|| EditError::missing("user", name))?);
        Ok(about(name))
    }
}

fn about(id: impl ToString) -> Edited {
    Edited {
        id: Some(id.to_string()),
        ..Edited::default()
    }
}
