//! Answers cut into records.

use runnel_model::Answer;
use runnel_sandbox::{JsonError, answer::split};

fn answer(records: &str, fields: &[&str], beside: &[&str]) -> Answer {
    Answer {
        records: records.parse().unwrap(),
        fields: fields.iter().map(|path| path.parse().unwrap()).collect(),
        beside: beside.iter().map(|path| path.parse().unwrap()).collect(),
    }
}

fn texts(body: &str, answer: &Answer) -> Vec<String> {
    let split = split(body.as_bytes(), answer).unwrap();
    split
        .records
        .into_iter()
        .map(|at| body[at].to_owned())
        .collect()
}

#[test]
fn an_array_at_the_top_is_its_elements_as_they_were_written() {
    let body = " [ {\"id\" : 1, \"x\": [1]} , {\"id\":2} ] ";
    let answer = answer("", &["id"], &[]);
    assert_eq!(
        texts(body, &answer),
        ["{\"id\" : 1, \"x\": [1]}", "{\"id\":2}"]
    );
    let split = split(body.as_bytes(), &answer).unwrap();
    assert_eq!(split.heads, ["{\"id\":1}", "{\"id\":2}"]);
    assert_eq!(split.beside, "{}");
}

#[test]
fn an_object_is_one_record_and_no_fields_are_all_fields() {
    let split = split(b"{\"id\": 1}", &answer("", &[], &[])).unwrap();
    assert_eq!(split.heads, ["{\"id\": 1}"]);
}

#[test]
fn records_below_a_path_leave_the_declared_fields_beside_them() {
    let body = r#"{"total": 2, "secret": 1, "data": {"nodes": [{"n": 1}, {"n": 2}]}}"#;
    let answer = answer("data.nodes", &["n"], &["total"]);
    assert_eq!(texts(body, &answer), ["{\"n\": 1}", "{\"n\": 2}"]);
    assert_eq!(
        split(body.as_bytes(), &answer).unwrap().beside,
        "{\"total\":2}"
    );
}

#[test]
fn a_path_through_an_array_takes_a_record_of_each_element() {
    let body = r#"{"edges": [{"node": {"n": 1}}, {"other": 1}, {"node": {"n": 2}}]}"#;
    assert_eq!(
        texts(body, &answer("edges[].node", &[], &[])),
        ["{\"n\": 1}", "{\"n\": 2}"]
    );
}

#[test]
fn where_there_is_nothing_there_are_no_records() {
    for body in ["{}", "[]", "{\"a\": null}", "null", "\"a\"", "{\"a\": []}"] {
        assert_eq!(texts(body, &answer("a", &[], &[])).len(), 0, "{body}");
    }
}

#[test]
fn the_last_of_two_members_counts() {
    let body = r#"{"a": [{"n": 1}], "\u0061": [{"n": 2, "n": 3}]}"#;
    let split = split(body.as_bytes(), &answer("a", &["n"], &[])).unwrap();
    assert_eq!(split.heads, ["{\"n\":3}"]);
}

#[test]
fn a_body_that_is_no_json_is_refused() {
    assert_eq!(
        split(b"{\"a\": \"\xff\"}", &answer("", &[], &[])),
        Err(JsonError::Utf8 { at: 7 })
    );
    let deep = "[".repeat(100_000);
    for body in [
        "",
        "[1,]",
        "[1] 2",
        r#"["\u12"]"#,
        r#"["\ud800"]"#,
        "[1e999]",
        "[01]",
        &deep,
    ] {
        let refused = split(body.as_bytes(), &answer("", &[], &[]));
        assert!(matches!(refused, Err(JsonError::Invalid(_))), "{body:.20}");
    }
}

#[test]
fn an_answer_of_more_records_than_any_page_has_is_refused() {
    let body = |records: usize| format!("[{}0]", "0,".repeat(records - 1));
    let all = answer("", &[], &[]);
    let most = split(body(100_000).as_bytes(), &all).unwrap();
    assert_eq!(most.records.len(), 100_000);
    let refused = split(body(100_001).as_bytes(), &all).unwrap_err();
    assert!(matches!(refused, JsonError::TooMany { .. }), "{refused}");
}
