//! Conditions of lists, put together from what is asked for. Every value is bound;
//! the text is ours alone.

use runnel_model::TenantId;

use super::{
    Db,
    dialect::{ANYWHERE, MATCHES, literal},
};
use crate::Scope;

/// A statement that is being written.
pub(crate) struct Statement(pub(crate) sqlx::QueryBuilder<Db>);

impl Statement {
    pub(super) fn new(text: &str) -> Self {
        Self(sqlx::QueryBuilder::new(text))
    }

    /// `AND column IN (the tenants of the scope)`: of none, nothing is let through.
    pub(super) fn scoped(&mut self, column: &str, scope: &Scope) -> &mut Self {
        let Scope::Only(tenants) = scope else {
            return self;
        };
        match tenants[..] {
            // So that an index by tenant and id gives them in their order.
            [TenantId(only)] => self.number(column, Some(only)),
            _ => self.among(column, tenants.iter().map(|tenant| tenant.0)),
        }
    }

    /// `AND column IN (ids)`.
    pub(super) fn among(&mut self, column: &str, ids: impl IntoIterator<Item = i64>) -> &mut Self {
        self.0.push(format_args!(" AND {column} IN (NULL"));
        for id in ids {
            self.0.push(", ").push_bind(id);
        }
        self.0.push(")");
        self
    }

    /// `AND column = value`, where there is a value.
    pub(super) fn number(&mut self, column: &str, value: Option<i64>) -> &mut Self {
        if let Some(value) = value {
            self.0
                .push(format_args!(" AND {column} = "))
                .push_bind(value);
        }
        self
    }

    /// `AND expression = value`, where there is a value.
    pub(super) fn text(&mut self, expression: &str, value: Option<&str>) -> &mut Self {
        if let Some(value) = value {
            self.0
                .push(format_args!(" AND {expression} = "))
                .push_bind(value.to_owned());
        }
        self
    }

    /// `AND one of the columns has the text in it`, in whatever case.
    pub(super) fn has(&mut self, columns: &[String], text: Option<&str>) -> &mut Self {
        let Some(text) = text else { return self };
        self.0.push(" AND (1 = 0");
        for column in columns {
            self.0.push(" OR ");
            self.contains(column, text);
        }
        self.0.push(")");
        self
    }

    /// `expression has the text in it`, in whatever case.
    pub(super) fn contains(&mut self, expression: &str, text: &str) {
        self.0.push(format_args!("lower({expression}) "));
        if text.is_ascii() {
            self.0.push("LIKE ").push_bind(pattern(text));
            self.0.push(" ESCAPE '\\'");
        } else {
            self.0.push(format_args!("{MATCHES} "));
            self.0.push_bind(either_case(text));
        }
    }

    /// `AND (name, id) > (after)`.
    pub(super) fn after(&mut self, (name, id): (&str, &str), after: &crate::After) -> &mut Self {
        self.0
            .push(format_args!(" AND ({name}, {id}) > ("))
            .push_bind(after.name.clone())
            .push(", ")
            .push_bind(after.id)
            .push(")");
        self
    }

    /// `AND id < before`: a page that ends before an id.
    pub(super) fn before(&mut self, id: &str, before: i64) -> &mut Self {
        self.0.push(format_args!(" AND {id} < ")).push_bind(before);
        self
    }

    /// `ORDER BY order LIMIT limit`.
    pub(super) fn page(&mut self, order: &str, limit: u32) -> &mut Self {
        self.0
            .push(format_args!(" ORDER BY {order} LIMIT "))
            .push_bind(i64::from(limit));
        self
    }
}

/// What `LIKE` finds a text of ASCII with, wherever it stands.
fn pattern(text: &str) -> String {
    let mut pattern = String::from("%");
    for c in text.to_ascii_lowercase().chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// What [`MATCHES`] finds a text with, wherever it stands: each letter in both its cases.
/// SQLite's `lower` knows the letters of ASCII alone, and so does PostgreSQL's in a
/// database of the locale C.
fn either_case(text: &str) -> String {
    let mut pattern = String::from(ANYWHERE);
    for c in text.chars() {
        let cases = cases(c);
        match cases[..] {
            [c] => pattern.push_str(&literal(c)),
            _ => pattern.extend(
                std::iter::once('[')
                    .chain(cases)
                    .chain(std::iter::once(']')),
            ),
        }
    }
    pattern.push_str(ANYWHERE);
    pattern
}

/// A letter in its cases, where they are one letter each; those of ASCII as `lower` leaves
/// them.
fn cases(c: char) -> Vec<char> {
    if c.is_ascii() {
        return vec![c.to_ascii_lowercase()];
    }
    let single = |mut letters: Vec<char>| (letters.len() == 1).then(|| letters.remove(0));
    let upper = single(c.to_uppercase().collect());
    let lower = single(upper.unwrap_or(c).to_lowercase().collect());
    let all = [Some(c), upper, lower, single(c.to_lowercase().collect())];
    let mut cases: Vec<char> = all.into_iter().flatten().collect();
    for c in &mut cases {
        c.make_ascii_lowercase();
    }
    cases.sort_unstable();
    cases.dedup();
    cases
}
