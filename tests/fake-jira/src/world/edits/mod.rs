//! Edits, each on what it changes.

mod issues;
mod logs;
mod site;

use crate::world::World;
use crate::world::edit::{Edit, EditError, Edited};

type Outcome = Result<Edited, EditError>;

impl World {
    /// Changes the data.
    pub(crate) fn edit(&mut self, edit: Edit) -> Outcome {
        let edited = self.changed_by(edit)?;
        Ok(Edited {
            at: self.now(),
            ..edited
        })
    }

    fn changed_by(&mut self, edit: Edit) -> Outcome {
        match edit {
            Edit::TouchIssue {
                issue,
                summary,
                status,
            } => self.touch(&issue, summary, status),
            Edit::SetField {
                issue,
                field,
                value,
            } => self.set_field(&issue, &field, value),
            Edit::AddIssue { project, summary } => self.add_issue(&project, summary),
            Edit::MoveIssue { issue, project } => self.move_issue(&issue, &project),
            Edit::DeleteIssue { issue } => self.delete_issue(&issue),
            Edit::JoinSprint { issue, sprint } => self.change_sprint(&issue, sprint, true),
            Edit::LeaveSprint { issue, sprint } => self.change_sprint(&issue, sprint, false),
            Edit::AddComment { issue, body } => self.add_comment(&issue, &body),
            Edit::EditComment { issue, id, body } => self.edit_comment(&issue, id, &body),
            Edit::DeleteComment { issue, id } => self.delete_comment(&issue, id),
            Edit::AddWorklog {
                issue,
                seconds,
                comment,
            } => self.add_worklog(&issue, seconds, &comment),
            Edit::DeleteWorklog { issue, id } => self.delete_worklog(&issue, id),
            Edit::AddField { name, kind } => Ok(self.add_field(name, kind)),
            Edit::RenameField { field, name } => self.change_field(&field, |one| one.name = name),
            Edit::BreakField { field } => self.change_field(&field, |one| one.broken = true),
            Edit::DeleteField { field } => self.delete_field(&field),
            Edit::DeleteProject { project } => self.delete_project(&project),
            Edit::CloseSprint { sprint } => self.close_sprint(sprint),
            Edit::RenameSprint { sprint, name } => self.rename_sprint(sprint, name),
            Edit::DeleteUser { user } => self.delete_user(&user),
            Edit::SetClock { at } => Ok(self.set_clock(at)),
        }
    }

    /// A number that no record has.
    fn fresh(&mut self) -> u64 {
        self.latest += 1;
        self.latest
    }
}
