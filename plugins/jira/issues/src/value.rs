//! From a custom field's value to a column's.

use jira_common::{User, plain, sprint_id};
use runnel_sdk::{Column, Date, Json, Timestamp, Value};
use serde::Deserialize;
use serde_json::Value as Given;

use crate::kind::Kind;

/// The column's value; none if what was given is not of the kind.
pub(crate) fn convert(kind: &Kind, given: &Given) -> Option<Value> {
    if given.is_null() {
        return Some(Value::Null);
    }
    Some(match kind {
        Kind::Number => given.as_f64()?.into_value(),
        Kind::Integer => integer(given)?.into_value(),
        Kind::Boolean => given.as_bool()?.into_value(),
        Kind::Date => Date::parse(given.as_str()?).ok()?.into_value(),
        Kind::Timestamp => Timestamp::parse(given.as_str()?).ok()?.into_value(),
        Kind::Sprints => list(given, sprint_id)?,
        Kind::List(item) => list(given, |given| text(item, given))?,
        Kind::Json => Json(given.to_string()).into_value(),
        kind => text(kind, given)?.into_value(),
    })
}

/// Jira knows floating-point numbers alone.
fn integer(given: &Given) -> Option<i64> {
    let whole =
        |number: f64| (number.fract() == 0.0 && number.abs() < 9e15).then_some(number as i64);
    given.as_i64().or_else(|| given.as_f64().and_then(whole))
}

fn list(given: &Given, item: impl Fn(&Given) -> Option<String>) -> Option<Value> {
    let items: Option<Vec<String>> = given.as_array()?.iter().map(item).collect();
    Some(Json::array(&items?).into_value())
}

fn text(kind: &Kind, given: &Given) -> Option<String> {
    match kind {
        Kind::Rich => plain(given),
        Kind::Option => string(&given["value"]),
        Kind::Cascade => cascade(given),
        Kind::User => User::deserialize(given).ok()?.id(),
        Kind::Named => string(&given["name"]),
        Kind::Textual => [Kind::Rich, Kind::Cascade, Kind::User, Kind::Named]
            .iter()
            .find_map(|kind| text(kind, given)),
        Kind::Number => given.as_f64().map(|_| given.to_string()),
        Kind::Date | Kind::Timestamp => {
            convert(kind, given)?;
            string(given)
        }
        _ => string(given),
    }
}

fn string(given: &Given) -> Option<String> {
    given.as_str().map(str::to_owned)
}

/// `parent > child`; the child may be missing.
fn cascade(given: &Given) -> Option<String> {
    let parent = string(&given["value"])?;
    Some(match string(&given["child"]["value"]) {
        Some(child) => format!("{parent} > {child}"),
        None => parent,
    })
}

#[cfg(test)]
mod tests {
    use super::{Kind, convert};
    use runnel_sdk::Value;
    use serde_json::json;

    fn made(kind: &Kind, given: serde_json::Value) -> String {
        format!("{:?}", convert(kind, &given))
    }

    /// The schema's type, its items, the end of its kind; what is given, what comes.
    type Case<'a> = (&'a str, &'a str, &'a str, serde_json::Value, &'a str);

    fn all_read(cases: &[Case<'_>]) {
        for (kind, items, custom, given, expected) in cases {
            let items = Some(*items).filter(|items| !items.is_empty());
            let kind = Kind::of(kind, items, &format!("com.example:{custom}"));
            let expected = format!("Some(Value::{expected})");
            assert_eq!(made(&kind, given.clone()), expected, "{kind:?}");
        }
    }

    #[test]
    fn custom_fields_of_every_schema_type_are_read() {
        let document = json!({"type": "doc", "content": []});
        let choice = json!({"value": "EU", "child": {"value": "DE"}});
        all_read(&[
            ("number", "", "float", json!(2.5), "Float(2.5)"),
            ("string", "", "textfield", json!("a"), "Text(\"a\")"),
            ("string", "", "textarea", document, "Text(\"\")"),
            ("date", "", "datepicker", json!("1970-01-02"), "Date(1)"),
            (
                "datetime",
                "",
                "datetime",
                json!("1970-01-01T01:00:00.000+0100"),
                "Timestamp(0)",
            ),
            (
                "option",
                "",
                "select",
                json!({"value": "High"}),
                "Text(\"High\")",
            ),
            (
                "option-with-child",
                "",
                "cascadingselect",
                choice,
                "Text(\"EU > DE\")",
            ),
            (
                "user",
                "",
                "userpicker",
                json!({"accountId": "5b"}),
                "Text(\"5b\")",
            ),
            (
                "version",
                "",
                "version",
                json!({"name": "1.0"}),
                "Text(\"1.0\")",
            ),
            (
                "any",
                "",
                "gh-epic-link",
                json!("ACME-1"),
                "Text(\"ACME-1\")",
            ),
        ]);
    }

    #[test]
    fn lists_of_them_and_what_nobody_knows_are_documents() {
        let options = json!([{"value": "a"}, {"value": "b"}]);
        all_read(&[
            (
                "array",
                "option",
                "multiselect",
                options,
                r#"Json("[\"a\",\"b\"]")"#,
            ),
            (
                "array",
                "string",
                "labels",
                json!(["a"]),
                r#"Json("[\"a\"]")"#,
            ),
            (
                "array",
                "user",
                "multiuserpicker",
                json!([{"key": "ada"}]),
                r#"Json("[\"ada\"]")"#,
            ),
            (
                "array",
                "json",
                "gh-sprint",
                json!([{"id": 7}]),
                r#"Json("[\"7\"]")"#,
            ),
            (
                "any",
                "",
                "whatever",
                json!({"a": 1}),
                r#"Json("{\"a\":1}")"#,
            ),
        ]);
    }

    #[test]
    fn what_is_not_of_the_kind_is_none_and_null_is_null() {
        for (kind, given) in [
            (Kind::Number, json!("many")),
            (Kind::Integer, json!(2.5)),
            (Kind::Date, json!("01/Mar/24")),
            (Kind::Option, json!("High")),
            (Kind::User, json!({"displayName": "Ada"})),
            (Kind::List(Box::new(Kind::Text)), json!(["a", 1])),
            (Kind::Textual, json!([1])),
        ] {
            assert_eq!(made(&kind, given), "None", "{kind:?}");
            assert!(matches!(convert(&kind, &json!(null)), Some(Value::Null)));
        }
    }
}
