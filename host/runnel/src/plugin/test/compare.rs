//! What was expected against what came.

use runnel_model::{Change, Outcome, Table};

use super::{
    cases::{Expected, ExpectedChange, ExpectedOutcome},
    outcome::{self, Named},
    value::{self, quoted, visible},
};

/// One thing that came otherwise than expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Difference {
    /// Where: `prs.title`, `change 2, prs.title`, `the outcome`.
    pub(super) place: String,
    /// JSON text, or words where there is no value.
    pub(super) expected: String,
    pub(super) got: String,
}

/// All that came otherwise than expected.
pub(super) fn differences(
    expected: &Expected,
    came: &Outcome,
    tables: &[Table],
) -> Vec<Difference> {
    match (&expected.outcome, came) {
        (ExpectedOutcome::Emit(expected), Outcome::Emit(came)) => changes(expected, came, tables),
        (ExpectedOutcome::Skip(expected), Outcome::Skip(came)) => {
            Vec::from_iter(words("the reason", Some(expected), Some(came)))
        }
        (ExpectedOutcome::Reject(expected), Outcome::Reject(came)) => [
            words("the message", Some(&expected.message), Some(&came.message)),
            words("the path", expected.path.as_ref(), came.path.as_ref()),
        ]
        .into_iter()
        .flatten()
        .collect(),
        _ => vec![Difference {
            place: "the outcome".to_owned(),
            expected: visible(&expected.text),
            got: outcome::text(came, tables),
        }],
    }
}

fn words(place: &str, expected: Option<&String>, got: Option<&String>) -> Option<Difference> {
    let text = |words: Option<&String>| words.map_or_else(nothing, |words| quoted(words));
    (expected != got).then(|| Difference {
        place: place.to_owned(),
        expected: text(expected),
        got: text(got),
    })
}

fn nothing() -> String {
    "nothing".to_owned()
}

fn changes(expected: &[ExpectedChange], came: &[Change], tables: &[Table]) -> Vec<Difference> {
    let number = expected.len().max(came.len());
    let mut differences = Vec::new();
    for at in 0..number {
        let place = (number > 1).then(|| format!("change {}", at + 1));
        match (expected.get(at), came.get(at)) {
            (Some(expected), Some(came)) => {
                let rows = change(expected, came, tables).into_iter();
                differences.extend(rows.map(|difference| difference.within(place.as_deref())));
            }
            (expected, came) => differences.push(Difference {
                place: place.unwrap_or_else(|| "the change".to_owned()),
                expected: expected.map_or_else(nothing, written),
                got: came.map_or_else(nothing, |came| outcome::one(came, tables)),
            }),
        }
    }
    differences
}

impl Difference {
    fn within(self, place: Option<&str>) -> Self {
        match place {
            Some(place) => Self {
                place: format!("{place}, {}", self.place),
                ..self
            },
            None => self,
        }
    }
}

fn change(expected: &ExpectedChange, came: &Change, tables: &[Table]) -> Vec<Difference> {
    let named = Named::of(came, tables);
    if (expected.verb, &*expected.table) != (named.verb, named.table) {
        return vec![Difference {
            place: "the row".to_owned(),
            expected: written(expected),
            got: outcome::one(came, tables),
        }];
    }
    let place = |column: &str| format!("{}.{column}", named.table);
    let values = named.values.iter().filter_map(|(column, value)| {
        let text = expected
            .row
            .get(&*column.name)
            .map_or("null", |raw| raw.get());
        let same =
            value::read(text, column.kind).is_some_and(|expected| value::same(&expected, value));
        (!same).then(|| Difference {
            place: place(&column.name),
            expected: visible(text),
            got: value::write(value),
        })
    });
    let known = |name: &str| named.values.iter().any(|(column, _)| &*column.name == name);
    let unknown = expected.row.iter().filter(|(name, _)| !known(name));
    let unknown = unknown.map(|(name, raw)| Difference {
        place: place(&visible(name)),
        expected: visible(raw.get()),
        got: "no such column".to_owned(),
    });
    values.chain(unknown).collect()
}

/// An expected change as JSON text.
fn written(change: &ExpectedChange) -> String {
    let row = change.row.iter();
    let row: Vec<String> = row
        .map(|(name, raw)| format!("{}: {}", quoted(name), visible(raw.get())))
        .collect();
    format!(
        "{{\"{}\": {}, \"row\": {{{}}}}}",
        change.verb.word(),
        quoted(&change.table),
        row.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::differences;
    use crate::plugin::test::cases;
    use runnel_model::{Change, Outcome, Rejection, Row, Table, Value};

    fn tables() -> Vec<Table> {
        let table = r#"{"name": "prs", "key": ["id_of_it"], "columns": [
            {"name": "id_of_it", "type": "text"},
            {"name": "title", "type": "text", "nullable": true},
            {"name": "stars", "type": "float", "nullable": true}
        ]}"#;
        vec![serde_json::from_str(table).unwrap()]
    }

    fn row(title: Value, stars: Value) -> Change {
        let values = vec![Value::Text("7".to_owned()), title, stars];
        Change::Upsert(Row { table: 0, values })
    }

    /// The differences, a line each.
    fn said(expected: &str, came: &Outcome) -> Vec<String> {
        let line = format!(r#"{{"payload": 1, "outcome": {expected}}}"#);
        let case = cases::read(&line).unwrap().remove(0);
        let found = differences(&case.expected.unwrap(), came, &tables());
        let lines = found.into_iter();
        lines
            .map(|d| format!("{}: {} / {}", d.place, d.expected, d.got))
            .collect()
    }

    #[test]
    fn a_row_that_came_as_expected_differs_in_nothing() {
        let came = Outcome::Emit(vec![row(Value::Null, Value::Float(3.0))]);
        for expected in [
            r#"{"emit": [{"upsert": "prs", "row": {"id_of_it": "7", "title": null, "stars": 3.0}}]}"#,
            r#"{"emit": [{"row": {"stars": 3, "id_of_it": "7"}, "upsert": "prs"}]}"#,
        ] {
            assert!(said(expected, &came).is_empty(), "{expected}");
        }
    }

    #[test]
    fn each_column_that_differs_is_named() {
        let came = Outcome::Emit(vec![row(Value::Text("b".to_owned()), Value::Null)]);
        let expected = r#"{"emit": [{"upsert": "prs", "row": {"id_of_it": "7", "title": "a", "stars": "many", "size": 1}}]}"#;
        assert_eq!(
            said(expected, &came),
            [
                r#"prs.title: "a" / "b""#,
                r#"prs.stars: "many" / null"#,
                "prs.size: 1 / no such column"
            ]
        );
    }

    #[test]
    fn of_several_changes_the_one_that_differs_is_numbered() {
        let same = || row(Value::Null, Value::Null);
        let delete = Change::Delete(Row {
            table: 0,
            values: vec![Value::Text("8".to_owned())],
        });
        let came = Outcome::Emit(vec![same(), delete]);
        let upsert = r#"{"upsert": "prs", "row": {"id_of_it": "7"}}"#;
        let delete = r#"{"delete": "prs", "row": {"id_of_it": "8"}}"#;
        let expected = |changes: &[&str]| format!(r#"{{"emit": [{}]}}"#, changes.join(", "));
        assert!(said(&expected(&[upsert, delete]), &came).is_empty());
        assert_eq!(
            said(&expected(&[upsert]), &came),
            [format!("change 2: nothing / {delete}")]
        );
        let swapped = said(&expected(&[delete, upsert]), &came);
        assert!(
            swapped[0].starts_with("change 1, the row: {\"delete\""),
            "{swapped:?}"
        );
    }

    #[test]
    fn words_are_held_against_words() {
        let came = Outcome::Reject(Rejection {
            message: "no id".to_owned(),
            path: Some("id".to_owned()),
        });
        assert_eq!(
            said(r#"{"reject": {"message": "no id"}}"#, &came),
            [r#"the path: nothing / "id""#]
        );
        assert_eq!(
            said(r#"{"skip": "a draft"}"#, &came),
            [
                r#"the outcome: {"skip": "a draft"} / {"reject": {"message": "no id", "path": "id"}}"#
            ]
        );
    }
}
