//! Edits of what issues refer to: fields, projects, sprints, people, the clock.

use super::Outcome;
use crate::world::World;
use crate::world::edit::{Edit, EditError, Edited};
use crate::world::fields::{Field, FieldKind};
use crate::world::sprints::{Sprint, State};
use crate::world::users;

impl World {
    pub(super) fn edit_site(&mut self, edit: Edit) -> Outcome {
        match edit {
            Edit::AddField { name, kind } => Ok(self.add_field(name, kind)),
            Edit::RenameField { field, name } => self.change_field(&field, |one| one.name = name),
            Edit::BreakField { field } => self.change_field(&field, |one| one.broken = true),
            Edit::DeleteField { field } => {
                self.change_field(&field, |_| {})?;
                self.fields.retain(|one| one.id != field);
                Ok(about(field))
            }
            Edit::DeleteProject { project } => self.delete_project(&project),
            Edit::CloseSprint { sprint } => {
                let now = self.now();
                self.change_sprint_itself(sprint, |one| {
                    one.state = State::Closed;
                    one.complete = Some(now);
                })
            }
            Edit::RenameSprint { sprint, name } => {
                self.change_sprint_itself(sprint, |one| one.name = name)
            }
            Edit::DeleteUser { user } => self.delete_user(&user),
            Edit::SetClock { at } => {
                self.clock = at;
                Ok(Edited::default())
            }
            // Those before have dealt with all others.
            other => Err(EditError::missing("edit", format!("{other:?}"))),
        }
    }

    fn add_field(&mut self, name: String, kind: FieldKind) -> Edited {
        let highest = self.fields.iter().map(|field| field.number).max();
        let field = Field::new(highest.unwrap_or(10_000) + 1, kind, name);
        let edited = about(&field.id);
        self.fields.push(field);
        edited
    }

    fn change_field(&mut self, id: &str, change: impl FnOnce(&mut Field)) -> Outcome {
        let field = self.fields.iter_mut().find(|field| field.id == id);
        change(field.ok_or_else(|| EditError::missing("field", id))?);
        Ok(about(id))
    }

    fn delete_project(&mut self, key: &str) -> Outcome {
        let place = self.project(key);
        let place = place.ok_or_else(|| EditError::missing("project", key))?;
        self.projects[place].deleted = true;
        self.issues.retain(|issue| issue.project != place);
        self.keys.retain(|(project, _), _| *project != place);
        Ok(about(self.projects[place].id))
    }

    fn change_sprint_itself(&mut self, id: u64, change: impl FnOnce(&mut Sprint)) -> Outcome {
        let sprint = self.sprints.iter_mut().find(|sprint| sprint.id == id);
        change(sprint.ok_or_else(|| EditError::missing("sprint", id))?);
        Ok(about(id))
    }

    fn delete_user(&mut self, name: &str) -> Outcome {
        let named = |one: &&mut users::User| {
            [&one.account, &one.key, &one.name].contains(&&name.to_owned())
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
