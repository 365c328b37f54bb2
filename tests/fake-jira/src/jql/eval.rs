//! Which issues a query means, and in what order.

use std::cmp::Ordering;

use crate::jql::ast::{Clause, Filter, Jql, Literal, Operator};
use crate::stamp::{DAY, HOUR, MINUTE, Millis, Zone, parse_local};
use crate::world::World;
use crate::world::issue::{Issue, STATUSES};
use crate::world::projects::Project;

/// A query that is asked of the data: every name in it is known.
pub(crate) struct Search<'a> {
    world: &'a World,
    zone: Zone,
}

/// Whether an issue passes.
type Test = Box<dyn Fn(&Issue) -> bool>;

type Compare = fn(&World, &Issue, &Issue) -> Ordering;

impl<'a> Search<'a> {
    /// Of this data, by an account in this zone.
    pub(crate) fn new(world: &'a World, zone: Zone) -> Self {
        Self { world, zone }
    }

    /// The issues, in order.
    ///
    /// # Errors
    /// In Jira's words, if something in the query does not exist.
    pub(crate) fn run(&self, jql: &Jql) -> Result<Vec<&'a Issue>, String> {
        let test = match &jql.filter {
            Some(filter) => self.test(filter)?,
            None => Box::new(|_: &Issue| true),
        };
        let mut order = Vec::new();
        for one in &jql.order {
            order.push((self.compare(&one.field)?, one.descending));
        }
        let mut found: Vec<&Issue> = self.world.issues.iter().filter(|one| test(one)).collect();
        found.sort_by(|a, b| self.ordering(&order, a, b));
        Ok(found)
    }

    fn ordering(&self, order: &[(Compare, bool)], a: &Issue, b: &Issue) -> Ordering {
        let by = |(compare, descending): &(Compare, bool)| {
            let ordering = compare(self.world, a, b);
            if *descending {
                ordering.reverse()
            } else {
                ordering
            }
        };
        let decided = order.iter().map(by).find(|ordering| ordering.is_ne());
        // The newest first, where nothing else is said.
        decided.unwrap_or_else(|| b.id.cmp(&a.id))
    }

    fn compare(&self, field: &str) -> Result<Compare, String> {
        Ok(match field.to_ascii_lowercase().as_str() {
            "updated" | "updateddate" => |_, a, b| a.updated.cmp(&b.updated),
            "created" | "createddate" => |_, a, b| a.created.cmp(&b.created),
            "id" => |_, a, b| a.id.cmp(&b.id),
            "key" | "issuekey" | "issue" => |world, a, b| {
                let key = |one: &Issue| (world.projects[one.project].key.clone(), one.number);
                key(a).cmp(&key(b))
            },
            _ => {
                return Err(format!(
                    "Field '{field}' does not exist or you do not have permission to view it."
                ));
            }
        })
    }

    fn test(&self, filter: &Filter) -> Result<Test, String> {
        Ok(match filter {
            Filter::All(parts) => {
                let parts = self.tests(parts)?;
                Box::new(move |issue| parts.iter().all(|test| test(issue)))
            }
            Filter::Any(parts) => {
                let parts = self.tests(parts)?;
                Box::new(move |issue| parts.iter().any(|test| test(issue)))
            }
            Filter::Not(part) => {
                let test = self.test(part)?;
                Box::new(move |issue| !test(issue))
            }
            Filter::Clause(clause) => self.clause(clause)?,
        })
    }

    fn tests(&self, parts: &[Filter]) -> Result<Vec<Test>, String> {
        parts.iter().map(|part| self.test(part)).collect()
    }

    fn clause(&self, clause: &Clause) -> Result<Test, String> {
        match clause.field.to_ascii_lowercase().as_str() {
            "updated" | "updateddate" => self.time(clause, |issue| issue.updated),
            "created" | "createddate" => self.time(clause, |issue| issue.created),
            "id" | "key" | "issuekey" | "issue" => self.identity(clause),
            "project" => self.project(clause),
            "status" => self.status(clause),
            _ => Err(format!(
                "Field '{}' does not exist or you do not have permission to view it.",
                clause.field
            )),
        }
    }

    fn time(&self, clause: &Clause, of: fn(&Issue) -> Millis) -> Result<Test, String> {
        let [literal] = clause.values.as_slice() else {
            return Err(unsupported(clause));
        };
        let at = self.instant(literal).ok_or_else(|| {
            format!(
                "Date value '{}' for field '{}' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', \
                 'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'.",
                literal.text, clause.field
            )
        })?;
        ordered(clause, move |issue| of(issue).cmp(&at))
    }

    /// Milliseconds since 1970, a local date, or a time ago (or ahead).
    fn instant(&self, literal: &Literal) -> Option<Millis> {
        let text = literal.text.trim();
        let epoch = || text.parse().ok().filter(|_| !literal.quoted);
        let local = || parse_local(text, self.zone);
        let relative = || Some(self.world.now() + period(text)?);
        epoch().or_else(relative).or_else(local)
    }

    fn identity(&self, clause: &Clause) -> Result<Test, String> {
        if let Operator::Less | Operator::AtMost | Operator::More | Operator::AtLeast =
            clause.operator
        {
            return self.beyond(clause);
        }
        let mut ids = Vec::new();
        for literal in &clause.values {
            let issue = self.world.issue(&literal.text);
            ids.push(issue.map(|issue| issue.id).ok_or_else(|| {
                format!(
                    "An issue with key '{}' does not exist for field '{}'.",
                    literal.text, clause.field
                )
            })?);
        }
        member(clause, move |issue| ids.contains(&issue.id))
    }

    /// An id stands for itself, a key for its number in its project.
    fn beyond(&self, clause: &Clause) -> Result<Test, String> {
        let text = clause.values[0].text.clone();
        if let Ok(id) = text.parse::<u64>() {
            return ordered(clause, move |issue| issue.id.cmp(&id));
        }
        let key = || {
            let (project, number) = text.rsplit_once('-')?;
            Some((self.world.project(project)?, number.parse::<u32>().ok()?))
        };
        let (project, number) = key().ok_or_else(|| {
            format!(
                "The issue key '{text}' for field '{}' is invalid.",
                clause.field
            )
        })?;
        let test = ordered(clause, move |issue| issue.number.cmp(&number))?;
        Ok(Box::new(move |issue| {
            issue.project == project && test(issue)
        }))
    }

    fn project(&self, clause: &Clause) -> Result<Test, String> {
        let mut places = Vec::new();
        for literal in &clause.values {
            let named = || {
                let same =
                    |one: &Project| !one.deleted && one.name.eq_ignore_ascii_case(&literal.text);
                self.world.projects.iter().position(same)
            };
            let place = self.world.project(&literal.text).or_else(named);
            places.push(place.ok_or_else(|| missing(literal, "project"))?);
        }
        member(clause, move |issue| places.contains(&issue.project))
    }

    fn status(&self, clause: &Clause) -> Result<Test, String> {
        let mut places = Vec::new();
        for literal in &clause.values {
            let same = |(id, name, _): &(&str, &str, _)| {
                name.eq_ignore_ascii_case(&literal.text) || *id == literal.text
            };
            let place = STATUSES.iter().position(same);
            places.push(place.ok_or_else(|| missing(literal, "status"))?);
        }
        let ids: Vec<u64> = {
            let with = |one: &&Issue| places.contains(&self.world.status(one));
            self.world
                .issues
                .iter()
                .filter(with)
                .map(|one| one.id)
                .collect()
        };
        member(clause, move |issue| ids.binary_search(&issue.id).is_ok())
    }
}

fn missing(literal: &Literal, field: &str) -> String {
    format!(
        "The value '{}' does not exist for the field '{field}'.",
        literal.text
    )
}

fn unsupported(clause: &Clause) -> String {
    format!(
        "The operator '{}' is not supported by the '{}' field.",
        clause.operator.text(),
        clause.field
    )
}

/// A test by an order: how an issue stands to the value.
fn ordered(
    clause: &Clause,
    ordering: impl Fn(&Issue) -> Ordering + 'static,
) -> Result<Test, String> {
    let passes: fn(Ordering) -> bool = match clause.operator {
        Operator::Equals => Ordering::is_eq,
        Operator::Differs => Ordering::is_ne,
        Operator::Less => Ordering::is_lt,
        Operator::AtMost => Ordering::is_le,
        Operator::More => Ordering::is_gt,
        Operator::AtLeast => Ordering::is_ge,
        Operator::In | Operator::NotIn => return Err(unsupported(clause)),
    };
    Ok(Box::new(move |issue| passes(ordering(issue))))
}

/// A test by membership: whether an issue is one of the values.
fn member(clause: &Clause, within: impl Fn(&Issue) -> bool + 'static) -> Result<Test, String> {
    match clause.operator {
        Operator::Equals | Operator::In => Ok(Box::new(within)),
        Operator::Differs | Operator::NotIn => Ok(Box::new(move |issue| !within(issue))),
        _ => Err(unsupported(clause)),
    }
}

/// `-7d`, `4w 2d`, `-90m`.
fn period(text: &str) -> Option<Millis> {
    let (sign, text) = match text.strip_prefix('-') {
        Some(text) => (-1, text),
        None => (1, text),
    };
    let mut sum = 0;
    for part in text.split_whitespace() {
        let unit = match part.chars().last()? {
            'w' => 7 * DAY,
            'd' => DAY,
            'h' => HOUR,
            'm' => MINUTE,
            _ => return None,
        };
        sum += part[..part.len() - 1].parse::<Millis>().ok()? * unit;
    }
    (!text.is_empty()).then_some(sign * sum)
}
