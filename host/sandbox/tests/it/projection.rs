//! The projection against parsing, pruning and printing with `serde_json`.

use proptest::prelude::*;
use runnel_model::{Path, Segment};
use runnel_sandbox::Projection;
use serde_json::Value;

/// The same by other means.
fn pruned(value: &Value, paths: &[&[Segment]]) -> Value {
    if paths.iter().any(|path| path.is_empty()) {
        return value.clone();
    }
    let below = |first: &Segment| -> Vec<&[Segment]> {
        let fits = paths.iter().filter(|path| path[0] == *first);
        fits.map(|path| &path[1..]).collect()
    };
    match value {
        Value::Object(members) => {
            let kept = members.iter().filter_map(|(name, value)| {
                let below = below(&Segment::Key(name.clone()));
                (!below.is_empty()).then(|| (name.clone(), pruned(value, &below)))
            });
            Value::Object(kept.collect())
        }
        Value::Array(elements) => {
            let below = below(&Segment::Each);
            let kept = elements.iter().filter(|_| !below.is_empty());
            Value::Array(kept.map(|value| pruned(value, &below)).collect())
        }
        scalar => scalar.clone(),
    }
}

fn paths(texts: &[&str]) -> Vec<Path> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

fn project(texts: &[&str], json: &str) -> String {
    let mut out = String::new();
    Projection::new(&paths(texts))
        .apply(json, &mut out)
        .unwrap();
    out
}

fn agree(paths: &[Path], json: &str) -> Result<(), TestCaseError> {
    let projection = Projection::new(paths);
    let mut out = String::new();
    let projected = projection.apply(json, &mut out);
    match serde_json::from_str::<Value>(json) {
        Err(_) => prop_assert!(projected.is_err(), "{json}"),
        Ok(value) => {
            prop_assert!(projected.is_ok(), "{json}: {projected:?}");
            let segments: Vec<&[Segment]> = paths.iter().map(|path| &path.0[..]).collect();
            let expected = if paths.is_empty() {
                value
            } else {
                pruned(&value, &segments)
            };
            prop_assert_eq!(
                serde_json::from_str::<Value>(&out).unwrap(),
                expected,
                "{}",
                json
            );
        }
    }
    Ok(())
}

#[test]
fn fields_are_kept_by_path_and_the_rest_is_gone() {
    let json = r#"{"id": 1, "user": {"login": "a", "email": "x"}, "labels": [{"name": "l", "id": 2}], "z": 0}"#;
    let out = project(&["id", "user.login", "labels[].name"], json);
    assert_eq!(
        out,
        r#"{"id":1,"user":{"login":"a"},"labels":[{"name":"l"}]}"#
    );
}

#[test]
fn a_path_that_ends_early_in_a_scalar_keeps_the_scalar() {
    assert_eq!(
        project(&["user.login"], r#"{"user": null}"#),
        r#"{"user":null}"#
    );
    assert_eq!(
        project(&["a[].b"], r#"{"a": [1, {"b": 2}, {"c": 3}]}"#),
        r#"{"a":[1,{"b":2},{}]}"#
    );
}

#[test]
fn a_container_of_the_other_kind_is_kept_empty() {
    assert_eq!(project(&["a.b"], r#"{"a": [{"b": 1}]}"#), r#"{"a":[]}"#);
    assert_eq!(project(&["a[].b"], r#"{"a": {"b": 1}}"#), r#"{"a":{}}"#);
}

#[test]
fn no_paths_are_everything_and_the_whole_covers_its_parts() {
    assert_eq!(project(&[], " [1, 2] "), "[1, 2]");
    assert_eq!(
        project(&["a.b", "a"], r#"{"a": {"b": 1, "c": 2}, "d": 3}"#),
        r#"{"a":{"b": 1, "c": 2}}"#
    );
}

#[test]
fn names_are_compared_as_they_read_not_as_they_are_written() {
    assert_eq!(project(&["ab"], r#"{"\u0061b": 1}"#), r#"{"ab":1}"#);
}

#[test]
fn a_member_without_a_name_is_found_like_any_other() {
    let mut out = String::new();
    let nameless = Path(vec![Segment::Key(String::new())]);
    let projection = Projection::new(&[nameless]);
    projection.apply(r#"{"a": 1, "": 2}"#, &mut out).unwrap();
    assert_eq!(out, r#"{"":2}"#);
}

#[test]
fn deep_nesting_is_refused_and_paths_deeper_than_json_match_nothing() {
    let mut out = String::new();
    let deep = Path(vec![Segment::Each; 100_000]);
    let projection = Projection::new(&[deep]);
    for open in ["[", "{\"a\":"] {
        let text = open.repeat(100_000);
        assert!(projection.apply(&text, &mut out).is_err());
        assert!(projection.apply_trusted(&text, &mut out).is_err());
    }
    projection.apply("[[[1]]]", &mut out).unwrap();
    assert_eq!(out, "[[[1]]]");
}

/// JSON text with everything that a writer may do: space, escapes, doubled names,
/// numbers of every form, and long texts that cross the scan's blocks.
fn json() -> impl Strategy<Value = String> {
    let text = prop_oneof![
        4 => "[a-d]{0,3}",
        1 => r#"[a-z"\\\[\]{}:,]{0,90}"#,
        1 => any::<String>(),
    ];
    let string = text.prop_map(|text| serde_json::to_string(&text).unwrap());
    let name = prop_oneof![
        6 => "[a-d]".prop_map(|name| format!("\"{name}\"")),
        1 => Just("\"\\u0061\"".to_owned()),
        1 => string.clone(),
    ];
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        any::<i64>().prop_map(|n| n.to_string()),
        any::<f64>().prop_map(|n| serde_json::to_string(&n).unwrap()),
        Just("-0.50e+3".to_owned()),
        Just("\"\\ud83d\\ude00\\n\\u0000\"".to_owned()),
        string,
    ];
    let space = || prop_oneof![8 => Just(""), 1 => Just(" "), 1 => Just(" \n\t\r ")];
    leaf.prop_recursive(6, 80, 8, move |inner| {
        let elements = prop::collection::vec((inner.clone(), space()), 0..8);
        let members = prop::collection::vec((name.clone(), space(), inner, space()), 0..8);
        prop_oneof![
            elements.prop_map(|items| {
                let items: Vec<_> = items
                    .into_iter()
                    .map(|(v, s)| format!("{s}{v}{s}"))
                    .collect();
                format!("[{}]", items.join(","))
            }),
            members.prop_map(|items| {
                let item = |(n, s, v, t)| format!("{s}{n}{t}:{s}{v}{t}");
                let items: Vec<_> = items.into_iter().map(item).collect();
                format!("{{{}}}", items.join(","))
            }),
        ]
    })
}

fn some_paths() -> impl Strategy<Value = Vec<Path>> {
    let segment = prop_oneof![
        3 => "[a-d]".prop_map(Segment::Key),
        2 => Just(Segment::Each),
    ];
    let path = prop::collection::vec(segment, 0..5).prop_map(Path);
    prop::collection::vec(path, 0..6)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn projecting_is_parsing_pruning_and_printing(json in json(), paths in some_paths()) {
        agree(&paths, &json)?;
    }

    #[test]
    fn what_serde_json_refuses_is_refused(
        json in json(), paths in some_paths(), place in any::<prop::sample::Index>(), byte in "[ -~]"
    ) {
        let mut broken: Vec<char> = json.chars().collect();
        let place = place.index(broken.len());
        broken.splice(place..=place, byte.chars());
        agree(&paths, &broken.into_iter().collect::<String>())?;
    }

    #[test]
    fn text_that_was_trusted_wrongly_never_panics(text in any::<String>(), paths in some_paths()) {
        let mut out = String::new();
        let _either = Projection::new(&paths).apply_trusted(&text, &mut out);
    }

    #[test]
    fn cut_off_json_that_was_trusted_never_panics(
        json in json(), paths in some_paths(), end in any::<prop::sample::Index>()
    ) {
        let end = end.index(json.len() + 1);
        let mut out = String::new();
        let _either = Projection::new(&paths).apply_trusted(json.get(..end).unwrap_or(""), &mut out);
    }
}
