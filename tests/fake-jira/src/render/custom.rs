//! Values of custom fields.

use fastrand::Rng;
use serde_json::{Value, json};

use crate::render::{View, agile, project, user};
use crate::stamp::{DAY, day};
use crate::world::dice::{Purpose, dice};
use crate::world::doc::{self, words};
use crate::world::fields::{Field, FieldKind};
use crate::world::issue::Issue;

/// The value of a custom field; `None` where the issue does not show the field.
pub(crate) fn value(view: View<'_>, issue: &Issue, field: &Field) -> Option<Value> {
    let edits = issue.edits.as_deref();
    let given = edits.and_then(|edits| edits.fields.iter().find(|(id, _)| *id == field.id));
    if let Some((_, value)) = given {
        return Some(value.clone());
    }
    if !field.shown_in(issue.project) {
        return None;
    }
    if !field.used {
        return Some(Value::Null);
    }
    let mut rng = dice(
        view.world.seed,
        Purpose::Field,
        issue.id,
        field.number.into(),
    );
    let values = Values { view, issue, field };
    Some(match field.kind {
        _ if field.broken => values.of_no_type(&mut rng),
        FieldKind::Sprint => values.sprints(),
        FieldKind::EpicLink => values.epic(),
        _ if rng.u8(0..3) == 0 => Value::Null,
        FieldKind::Number | FieldKind::String | FieldKind::Url | FieldKind::Labels => {
            values.plain(&mut rng)
        }
        FieldKind::Any | FieldKind::Date | FieldKind::Datetime | FieldKind::Textarea => {
            values.written(&mut rng)
        }
        FieldKind::Option | FieldKind::Options | FieldKind::Cascading => values.options(&mut rng),
        _ => values.references(&mut rng),
    })
}

struct Values<'a> {
    view: View<'a>,
    issue: &'a Issue,
    field: &'a Field,
}

impl Values<'_> {
    fn plain(&self, rng: &mut Rng) -> Value {
        match self.field.kind {
            FieldKind::Number => number(rng),
            FieldKind::Url => format!("https://example.com/run/{}?a=1&b=2", rng.u16(..)).into(),
            FieldKind::Labels => json!([words(rng, 1), "tag-1"]),
            _ => words(rng, 3).into(),
        }
    }

    fn written(&self, rng: &mut Rng) -> Value {
        let later = self.issue.created + rng.i64(0..200 * DAY);
        match self.field.kind {
            FieldKind::Date => day(later).into(),
            FieldKind::Datetime => self.view.moment(later / 60_000 * 60_000),
            FieldKind::Textarea => self
                .view
                .rich(&doc::generated(rng, self.view.world.users.len())),
            _ => "{pullrequest={dataType=pullrequest, state=MERGED, stateCount=1}}".into(),
        }
    }

    fn options(&self, rng: &mut Rng) -> Value {
        let place = rng.u32(0..4);
        match self.field.kind {
            FieldKind::Option => self.option(place),
            FieldKind::Options => json!([self.option(place), self.option(place + 1)]),
            _ => {
                let mut option = self.option(place);
                if rng.bool() {
                    option["child"] = self.option(10 + place);
                }
                option
            }
        }
    }

    fn option(&self, place: u32) -> Value {
        const NAMES: [&str; 5] = ["Minor", "Major", "Critical, now", "Trivial", "None"];
        let id = self.field.number * 100 + place;
        let name = NAMES[place as usize % NAMES.len()];
        let mut option = json!({
            "self": self.view.rest(&format!("customFieldOption/{id}")),
            "id": id.to_string(), "value": name,
        });
        if !self.view.world.is_cloud() {
            option["disabled"] = false.into();
        }
        option
    }

    /// What refers to people, groups, versions and projects.
    fn references(&self, rng: &mut Rng) -> Value {
        let (view, world) = (self.view, self.view.world);
        let own = &world.projects[self.issue.project];
        let versions = own.versions();
        let person = |rng: &mut Rng| user::user(view, &world.users[rng.usize(..world.users.len())]);
        match self.field.kind {
            FieldKind::User => person(rng),
            FieldKind::Users => json!([person(rng), person(rng)]),
            FieldKind::Version => project::version(view, &versions[rng.usize(..versions.len())]),
            FieldKind::Versions => {
                let some = versions.iter().take(rng.usize(1..=versions.len()));
                some.map(|one| project::version(view, one)).collect()
            }
            FieldKind::Group => user::group(view, "jira-developers"),
            FieldKind::Groups => {
                json!([
                    user::group(view, "jira-developers"),
                    user::group(view, "support")
                ])
            }
            _ => project::brief(view, own),
        }
    }

    fn sprints(&self) -> Value {
        let ids = self.view.world.sprints_of(self.issue);
        let sprints = ids.iter().filter_map(|id| self.view.world.sprint(*id));
        let shown: Vec<Value> = sprints.map(|one| agile::in_issue(self.view, one)).collect();
        if shown.is_empty() {
            return Value::Null;
        }
        shown.into()
    }

    fn epic(&self) -> Value {
        let epic = self.issue.parent().filter(|number| number % 10 == 1);
        let key = epic.map(|number| self.view.world.key_of(self.issue.project, number));
        key.into()
    }

    /// What the field's type does not allow, another thing for every other issue.
    fn of_no_type(&self, rng: &mut Rng) -> Value {
        match (self.field.kind, self.issue.ordinal % 2) {
            (FieldKind::Number, 0) => "n/a".into(),
            (FieldKind::Number, _) => json!({"amount": rng.u8(..), "unit": "points"}),
            (_, 0) => json!({"unexpected": [words(rng, 1)]}),
            _ => rng.u32(..).into(),
        }
    }
}

/// Whole numbers as Jira writes them (`5.0`), fractions, and a large one.
fn number(rng: &mut Rng) -> Value {
    match rng.u8(0..8) {
        0 => json!(0.5),
        1 => json!(123_456_789_012.0),
        2 => json!(-3.0),
        _ => json!(f64::from(rng.u8(1..14))),
    }
}
