//! Edits of issues.

use serde_json::Value;

use super::Outcome;
use crate::world::World;
use crate::world::edit::{EditError, Edited};
use crate::world::issue::{Issue, STATUSES};
use crate::world::records::{History, Item, Side};

impl World {
    pub(super) fn touch(
        &mut self,
        key: &str,
        summary: Option<String>,
        status: Option<String>,
    ) -> Outcome {
        let place = self.known(key)?;
        let issue = &self.issues[place];
        let mut items = Vec::new();
        if let Some(summary) = &summary {
            let from = Side::text(self.summary(issue));
            items.push(item("summary", from, Side::text(summary)));
        }
        let status = match status {
            Some(name) => {
                let same = |(_, status, _): &(_, &str, _)| status.eq_ignore_ascii_case(&name);
                let to = STATUSES.iter().position(same);
                let to = to.ok_or_else(|| EditError::missing("status", &name))?;
                let side = |place: usize| Side::of(STATUSES[place].0, STATUSES[place].1);
                items.push(item("status", side(self.status(issue)), side(to)));
                Some(to)
            }
            None => None,
        };
        let edits = self.issues[place].edits_mut();
        edits.summary = summary.or(edits.summary.take());
        edits.status = status.or(edits.status);
        Ok(self.changed(place, items))
    }

    pub(super) fn set_field(&mut self, key: &str, id: &str, value: Value) -> Outcome {
        let place = self.known(key)?;
        let field = self.field(id);
        let field = field.ok_or_else(|| EditError::missing("field", id))?;
        let to = Side::text(value.to_string());
        let item = Item {
            field_id: id.to_owned(),
            ..item(&field.name, Side::default(), to)
        };
        let fields = &mut self.issues[place].edits_mut().fields;
        fields.retain(|(other, _)| other != id);
        fields.push((id.to_owned(), value));
        Ok(self.changed(place, vec![item]))
    }

    pub(super) fn add_issue(&mut self, project: &str, summary: String) -> Outcome {
        let place = self.project(project);
        let place = place.ok_or_else(|| EditError::missing("project", project))?;
        let now = self.now();
        let number = self.next_number(place);
        let mut issue = Issue {
            id: self.highest + 1,
            project: place,
            number,
            ordinal: number,
            created: now,
            updated: now,
            edits: None,
        };
        let edits = issue.edits_mut();
        edits.summary = Some(summary);
        edits.status = Some(0);
        // Nothing has happened to it yet.
        edits.comments = Some(Vec::new());
        edits.worklogs = Some(Vec::new());
        edits.histories = Some(Vec::new());
        edits.sprints = Some(Vec::new());
        let edited = self.about(&issue);
        self.add(issue);
        Ok(edited)
    }

    pub(super) fn move_issue(&mut self, key: &str, project: &str) -> Outcome {
        let place = self.known(key)?;
        let to = self.project(project);
        let to = to.ok_or_else(|| EditError::missing("project", project))?;
        let number = self.next_number(to);
        let before = self.key(&self.issues[place]);
        let issue = &self.issues[place];
        let id = issue.id;
        self.keys.remove(&(issue.project, issue.number));
        self.keys.insert((to, number), id);
        let name = |place: usize| {
            let project = &self.projects[place];
            Side::of(project.id.to_string(), &project.name)
        };
        let items = vec![
            item("project", name(issue.project), name(to)),
            item(
                "Key",
                Side::text(&before),
                Side::text(self.key_of(to, number)),
            ),
        ];
        self.former_keys.insert(before, id);
        let issue = &mut self.issues[place];
        (issue.project, issue.number) = (to, number);
        Ok(self.changed(place, items))
    }

    pub(super) fn delete_issue(&mut self, key: &str) -> Outcome {
        let place = self.known(key)?;
        let edited = self.about(&self.issues[place]);
        let issue = self.issues.remove(place);
        self.keys.remove(&(issue.project, issue.number));
        self.former_keys.retain(|_, id| *id != issue.id);
        Ok(edited)
    }

    pub(super) fn change_sprint(&mut self, key: &str, sprint: u64, joins: bool) -> Outcome {
        let place = self.known(key)?;
        self.sprint(sprint)
            .ok_or_else(|| EditError::missing("sprint", sprint))?;
        let before = self.sprints_of(&self.issues[place]);
        let mut after = before.clone();
        after.retain(|id| *id != sprint);
        if joins {
            after.push(sprint);
        }
        let item = item(
            "Sprint",
            self.sprint_side(&before),
            self.sprint_side(&after),
        );
        self.issues[place].edits_mut().sprints = Some(after);
        Ok(self.changed(place, vec![item]))
    }

    fn sprint_side(&self, ids: &[u64]) -> Side {
        let joined = |texts: Vec<String>| texts.join(", ");
        let names = ids.iter().filter_map(|id| self.sprint(*id));
        Side::of(
            joined(ids.iter().map(u64::to_string).collect()),
            joined(names.map(|sprint| sprint.name.clone()).collect()),
        )
    }

    /// The place of an issue that an edit names.
    pub(super) fn known(&self, key: &str) -> Result<usize, EditError> {
        self.place(key)
            .ok_or_else(|| EditError::missing("issue", key))
    }

    /// Moves an issue's `updated` and adds to its history, if anything did change.
    pub(super) fn changed(&mut self, place: usize, items: Vec<Item>) -> Edited {
        let now = self.now();
        if !items.is_empty() {
            let mut histories = self.histories(&self.issues[place]);
            histories.push(History {
                id: self.fresh(),
                author: Some(0),
                created: now,
                items,
            });
            self.issues[place].edits_mut().histories = Some(histories);
        }
        self.issues[place].updated = now;
        self.about(&self.issues[place])
    }

    fn next_number(&mut self, project: usize) -> u32 {
        let numbers = &mut self.projects[project].numbers;
        *numbers += 1;
        *numbers
    }

    fn about(&self, issue: &Issue) -> Edited {
        Edited {
            id: Some(issue.id.to_string()),
            key: Some(self.key(issue)),
            at: 0,
        }
    }
}

fn item(field: &str, from: Side, to: Side) -> Item {
    Item {
        field: field.to_owned(),
        field_id: field.to_lowercase(),
        from,
        to,
    }
}
