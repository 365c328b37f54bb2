//! The published schemas and the host's parsers say the same of a descriptor.

use std::fs;

use runnel_model::{SourceDescriptor, TransformDescriptor};
use serde_json::{Value, json};

use test_guests::{DESCRIPTOR, SOURCE_DESCRIPTOR};

fn schema(name: &str) -> Value {
    let path = format!(
        "{}/../../wit/{name}-descriptor.schema.json",
        env!("CARGO_MANIFEST_DIR")
    );
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// The value with what is at `pointer` replaced; taken out for `null` at a member.
fn with(base: &str, pointer: &str, new: Value) -> Value {
    let mut value: Value = serde_json::from_str(base).unwrap();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = value.pointer_mut(parent).unwrap();
    match parent {
        Value::Array(elements) => elements[name.parse::<usize>().unwrap()] = new,
        members => members[name] = new,
    }
    value
}

fn without(base: &str, name: &str) -> Value {
    let mut value: Value = serde_json::from_str(base).unwrap();
    value.as_object_mut().unwrap().remove(name).unwrap();
    value
}

/// Whether schema and parser agree that these are valid, or that they are not.
fn agree(name: &str, parses: fn(&str) -> bool, cases: &[Value], valid: bool) {
    let validator = jsonschema::draft202012::new(&schema(name)).unwrap();
    for case in cases {
        assert_eq!(validator.is_valid(case), valid, "the schema on {case}");
        assert_eq!(parses(&case.to_string()), valid, "the parser on {case}");
    }
}

fn transform(text: &str) -> bool {
    TransformDescriptor::parse(text).is_ok()
}

fn source(text: &str) -> bool {
    SourceDescriptor::parse(text).is_ok()
}

#[test]
fn every_property_is_described() {
    fn look(value: &Value, at: &str) {
        let Value::Object(members) = value else {
            return;
        };
        if let Some(Value::Object(properties)) = members.get("properties") {
            for (name, property) in properties {
                assert!(property["description"].is_string(), "{at}/{name}");
            }
        }
        members
            .iter()
            .for_each(|(name, value)| look(value, &format!("{at}/{name}")));
    }
    for name in ["transform", "source"] {
        assert!(jsonschema::draft202012::meta::is_valid(&schema(name)));
        look(&schema(name), name);
    }
}

#[test]
fn a_transforms_descriptor_that_the_schema_allows_is_parsed() {
    let lookup = json!({"name": "a", "type": "integer",
        "lookup": {"table": "texts", "on": [["a", "a"]], "take": "a"}});
    let cases = [
        serde_json::from_str(DESCRIPTOR).unwrap(),
        with(
            DESCRIPTOR,
            "/reads",
            json!(["", "id", "labels[].name", "[].id", "a[][].b"]),
        ),
        with(DESCRIPTOR, "/settings", json!({"type": "object"})),
        with(DESCRIPTOR, "/tables/0/version", json!("a")),
        with(DESCRIPTOR, "/tables/0/version", Value::Null),
        with(DESCRIPTOR, "/tables/0/columns/0", lookup),
        with(DESCRIPTOR, "/tables/0/view", json!(true)),
        with(
            DESCRIPTOR,
            "/discovers",
            json!({"fields": ["id"], "others": []}),
        ),
        with(DESCRIPTOR, "/observes", json!(["fields", "more[].fields"])),
        with(DESCRIPTOR, "/later", json!("a property of a later version")),
    ];
    agree("transform", transform, &cases, true);
}

#[test]
fn a_transforms_descriptor_that_the_schema_forbids_is_refused() {
    let half = json!({"name": "a", "type": "integer", "lookup": {"table": "t", "on": [["a"]], "take": "a"}});
    let cases = [
        without(DESCRIPTOR, "name"),
        without(DESCRIPTOR, "tables"),
        with(DESCRIPTOR, "/name", json!("Bad-Name")),
        with(DESCRIPTOR, "/entity", json!("a".repeat(64))),
        with(DESCRIPTOR, "/version", json!(1)),
        with(DESCRIPTOR, "/version", json!("")),
        with(DESCRIPTOR, "/version", json!("1.0\u{1b}[2J")),
        with(DESCRIPTOR, "/version", json!("1".repeat(65))),
        with(DESCRIPTOR, "/reads", json!(["a..b"])),
        with(DESCRIPTOR, "/reads", json!(["a[0]"])),
        with(DESCRIPTOR, "/reads", json!(["a.[]"])),
        with(DESCRIPTOR, "/tables", json!([])),
        with(DESCRIPTOR, "/tables/0/key", json!([])),
        with(DESCRIPTOR, "/tables/0/columns/0/type", json!("varchar")),
        with(DESCRIPTOR, "/tables/0/columns/0/name", json!("tenant_id")),
        with(DESCRIPTOR, "/tables/0/columns/0", half),
        with(
            DESCRIPTOR,
            "/tables/0/columns/0/otherwise",
            json!("tenant_id"),
        ),
        with(
            DESCRIPTOR,
            "/tables/0/member_of",
            json!({"table": "b", "on": []}),
        ),
        with(DESCRIPTOR, "/tables/0/of_record", json!("yes")),
        with(DESCRIPTOR, "/discovers", json!({"fields": ["a..b"]})),
        with(DESCRIPTOR, "/observes", json!("fields")),
    ];
    agree("transform", transform, &cases, false);
}

#[test]
fn a_sources_descriptor_that_the_schema_allows_is_parsed() {
    let answers = json!({"": {}, "search": {"records": "items", "fields": ["id"], "beside": ["total_count"]}});
    let two = json!([{"name": "a", "every_minutes": 1},
        {"name": "b", "every_minutes": 1, "depends_on": ["a"], "priority": -1,
         "parents": {"stream": "a", "fields": ["id"], "changed": true}}]);
    let cases = [
        serde_json::from_str(SOURCE_DESCRIPTOR).unwrap(),
        with(
            SOURCE_DESCRIPTOR,
            "/pace",
            json!({"concurrent": 10, "per_minute": 900}),
        ),
        with(SOURCE_DESCRIPTOR, "/pace", Value::Null),
        with(
            SOURCE_DESCRIPTOR,
            "/headers",
            json!({"accept": "application/json"}),
        ),
        with(SOURCE_DESCRIPTOR, "/streams/0/answers", answers),
        with(SOURCE_DESCRIPTOR, "/streams", two),
        with(SOURCE_DESCRIPTOR, "/streams/0/census_days", json!(7)),
        with(SOURCE_DESCRIPTOR, "/streams/0/census_days", Value::Null),
    ];
    agree("source", source, &cases, true);
}

#[test]
fn a_sources_descriptor_that_the_schema_forbids_is_refused() {
    let cases = [
        without(SOURCE_DESCRIPTOR, "base_url"),
        with(SOURCE_DESCRIPTOR, "/version", json!("1 or 2")),
        with(SOURCE_DESCRIPTOR, "/streams", json!([])),
        with(SOURCE_DESCRIPTOR, "/pace", json!({"concurrent": 1})),
        with(SOURCE_DESCRIPTOR, "/headers", json!({"accept": 1})),
        with(SOURCE_DESCRIPTOR, "/streams/0/name", json!("")),
        with(SOURCE_DESCRIPTOR, "/streams/0/every_minutes", json!(-1)),
        with(SOURCE_DESCRIPTOR, "/streams/0/census_days", json!(0)),
        with(
            SOURCE_DESCRIPTOR,
            "/streams/0/every_minutes",
            json!(4_294_967_296_u64),
        ),
        with(
            SOURCE_DESCRIPTOR,
            "/streams/0/parents",
            json!({"fields": []}),
        ),
        with(
            SOURCE_DESCRIPTOR,
            "/streams/0/answers",
            json!({"": {"records": "a..b"}}),
        ),
    ];
    agree("source", source, &cases, false);
}
