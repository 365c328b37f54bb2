//! What a plugin can say of itself.

use runnel_model::TransformDescriptor;
use runnel_sandbox::{FaultKind, Limits, Plugin, SandboxError};
use serde_json::{Value, json};
use test_guests::{DESCRIPTOR, SERVED, core, of_transform};

use crate::guests::{limits, sandbox};

/// What is said of a component that does not describe itself as it should. It
/// names the plugin by its digest, since there is no name yet.
fn refusal(limits: Limits, component: &[u8]) -> SandboxError {
    let Plugin::Transform(transform) = sandbox(limits).load(component).unwrap() else {
        panic!("a transform is expected");
    };
    let error = transform.bind("{}").map(drop).unwrap_err();
    let digest = transform.digest().short();
    assert!(error.to_string().contains(&digest), "{error}");
    error
}

fn refused(descriptor: &str) -> String {
    let error = refusal(limits(), &test_guests::transform(descriptor));
    assert!(
        matches!(error, SandboxError::Descriptor { .. }),
        "{error:?}"
    );
    let error = error.to_string();
    assert!(
        error.len() < 3_000 && !error.contains(char::is_control),
        "{error:.300}"
    );
    error
}

/// The usual descriptor with something else at a place.
fn with(pointer: &str, new: Value) -> String {
    let mut descriptor: Value = serde_json::from_str(DESCRIPTOR).unwrap();
    *descriptor.pointer_mut(pointer).unwrap() = new;
    descriptor.to_string()
}

fn fault(component: &[u8], limits: Limits) -> (FaultKind, String) {
    match refusal(limits, component) {
        SandboxError::Guest(fault) => (fault.kind, fault.to_string()),
        other => panic!("{other:?}"),
    }
}

/// A transform that does this before it describes itself.
fn describing(instructions: &str) -> Vec<u8> {
    of_transform(&core(DESCRIPTOR, SERVED).replace(";; {DESCRIBE}", instructions))
}

#[test]
fn a_descriptor_of_100_mb_ends_at_the_memory_limit() {
    let descriptor = describing("(drop (call $alloc (i32.const 100000000)))");
    let (kind, said) = fault(&descriptor, Limits::default());
    assert_eq!(kind, FaultKind::Memory, "{said}");
}

#[test]
fn a_descriptor_of_100_mb_that_is_not_there_cannot_be_read() {
    let far = describing(
        "(i32.store offset=4 (local.get $out) (i32.const 1024))
         (i32.store offset=8 (local.get $out) (i32.const 100000000))
         (return (local.get $out))",
    );
    let (kind, said) = fault(&far, Limits::default());
    assert_eq!(kind, FaultKind::WrongAnswer, "{said}");
}

#[test]
fn a_descriptor_above_its_limit_is_refused_by_its_size() {
    let long = DESCRIPTOR.replace(
        "\"source\"",
        &format!("\"x\": \"{}\", \"source\"", "y".repeat(1 << 20)),
    );
    let (_, said) = fault(&test_guests::transform(&long), limits());
    assert!(said.contains("at most 1048576 are allowed"), "{said}");
}

#[test]
fn a_plugin_that_never_ends_describing_itself_is_stopped() {
    let (kind, said) = fault(&describing("(call $forever)"), limits());
    assert_eq!(kind, FaultKind::Deadline, "{said}");
}

#[test]
fn deep_nesting_is_refused() {
    for depth in [200, 100_000] {
        let nested = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        let deep = DESCRIPTOR.replacen('{', &format!("{{\"settings\": {nested},"), 1);
        assert!(refused(&deep).contains("recursion limit"));
    }
}

#[test]
fn ten_thousand_columns_are_refused() {
    let columns: Vec<Value> = (0..10_000)
        .map(|i| json!({"name": format!("c{i}"), "type": "text"}))
        .collect();
    let said = refused(&with("/tables/0/columns", columns.into()));
    assert!(said.contains("between 1 and 1000 columns"), "{said}");
}

#[test]
fn a_name_that_would_end_an_sql_statement_is_refused_wherever_it_stands() {
    let name = json!("prs\"; DROP TABLE prs; --");
    for place in [
        "/name",
        "/source",
        "/entity",
        "/tables/0/name",
        "/tables/0/columns/0/name",
        "/tables/0/key/0",
    ] {
        let said = refused(&with(place, name.clone()));
        assert!(said.contains("is no name"), "{place}: {said}");
    }
    let lookup = json!({"name": "a", "type": "integer",
        "lookup": {"table": name, "on": [["a", "a"]], "take": "a"}});
    assert!(refused(&with("/tables/0/columns/0", lookup)).contains("is no name"));
}

#[test]
fn a_column_of_the_hosts_own_is_refused() {
    for own in ["id", "tenant_id", "raw_data_id", "transform_digest"] {
        let said = refused(&with("/tables/0/columns/0/name", own.into()));
        assert!(said.contains("is the host's own"), "{said}");
    }
}

#[test]
fn parts_of_a_row_need_an_owner_whose_versions_they_carry() {
    let column = |name: &str, kind: &str| json!({"name": name, "type": kind});
    let part = |of: &str, on: &str, version: Value| {
        json!([
            {"name": "rows", "columns": [column("id_", "integer"), column("at", "timestamp")],
             "key": ["id_"], "version": "at"},
            {"name": "parts", "columns": [column("row", "integer"), column("when", "timestamp")],
             "key": ["row"], "version": version, "member_of": {"table": of, "on": [["row", on]]}},
        ])
    };
    let fits = with("/tables", part("rows", "id_", "when".into()));
    TransformDescriptor::parse(&fits).unwrap();
    for (tables, expected) in [
        (
            part("others", "id_", "when".into()),
            "no other table others",
        ),
        (part("parts", "row", "when".into()), "no other table parts"),
        (
            part("rows", "at", "when".into()),
            "columns of the same type",
        ),
        (
            part("rows", "nothing", "when".into()),
            "columns of the same type",
        ),
        (part("rows", "id_", Value::Null), "need a version"),
        (part("rows", "id_", "row".into()), "need a version"),
    ] {
        let said = refused(&with("/tables", tables));
        assert!(said.contains(expected), "{said}");
    }
}

#[test]
fn a_column_that_is_more_than_a_value_has_one_name() {
    let column = json!({"name": "a", "type": "integer", "otherwise": "b"});
    let said = refused(&with("/tables/0/columns/0", column));
    assert!(said.contains("more than a value"), "{said}");
}

#[test]
fn what_a_refusal_repeats_of_a_descriptor_is_short_and_harmless() {
    let nasty = format!("\u{1b}[2J\n{}", "x".repeat(100_000));
    for place in [
        "/name",
        "/version",
        "/tables/0/name",
        "/tables/0/columns/0/type",
    ] {
        refused(&with(place, nasty.clone().into()));
    }
}
