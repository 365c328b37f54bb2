//! Transforms that follow from the configuration: what they declare, and what is
//! made of a record.

use runnel_sdk::{
    AddedColumn, Changes, Column, Config, ConfiguredTransform, Date, NoContext, Payload, Rejection,
    Shape, Table, testing,
};
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize, Payload)]
struct Order {
    id: u64,
    day: Option<Date>,
    gone: Option<bool>,
    items: Vec<String>,
}

#[derive(Table)]
#[table(name = "orders", key = "external_id", version = "version", view)]
struct OrderRow {
    external_id: String,
    day: Option<Date>,
    version: i64,
}

#[derive(Table)]
#[table(
    name = "items",
    key = "order_id, name",
    version = "version",
    member_of = "orders",
    on = "order_id = external_id"
)]
struct ItemRow {
    order_id: String,
    name: String,
    version: i64,
}

struct Orders {
    note: Option<String>,
}

impl ConfiguredTransform for Orders {
    type Payload = Order;
    type Context = NoContext;

    fn new(config: &Config) -> Result<Self, String> {
        let note = config.text("note")?.map(str::to_owned);
        Ok(Self { note })
    }

    fn describe(&self) -> Shape {
        let added = self.note.as_ref().map(|label| AddedColumn {
            name: "note".to_owned(),
            kind: "text",
            label: Some(label.clone()),
            otherwise: Some("note_text".to_owned()),
            ..AddedColumn::default()
        });
        Shape::new()
            .reads::<Order>()
            .reads_all_of("fields")
            .table_with::<OrderRow>(added.as_slice())
            .table::<ItemRow>()
            .discovers("notes", &["id"])
            .observes("fields")
    }

    fn map(&self, order: Order, _: NoContext) -> Result<Changes, Rejection> {
        let order_id = order.id.to_string();
        if order.gone == Some(true) {
            let mut changes = Changes::default();
            changes.delete::<OrderRow>(vec![order_id.into_value()]);
            return Ok(changes);
        }
        let item = |name| ItemRow {
            order_id: order_id.clone(),
            name,
            version: 1,
        };
        let mut changes: Changes = order.items.into_iter().map(item).collect();
        let row = OrderRow {
            external_id: order_id,
            day: order.day,
            version: 1,
        };
        let added = self.note.as_ref().map(|_| "new".to_owned().into_value());
        changes.upsert_with(row, added.into_iter().collect());
        Ok(changes)
    }
}

#[test]
fn the_descriptor_follows_from_the_configuration() {
    let plain = testing::describe::<Orders>("{}").unwrap();
    let noted = testing::describe::<Orders>(r#"{"settings": {"note": "Remarks"}}"#).unwrap();
    assert!(plain["tables"][0]["columns"][3].is_null());
    assert_eq!(
        noted["tables"][0]["columns"][3],
        json!({"name": "note", "type": "text", "nullable": true, "doc": "", "label": "Remarks", "otherwise": "note_text"})
    );
}

#[test]
fn what_the_host_is_asked_for_is_there_under_an_empty_configuration() {
    let descriptor = testing::describe::<Orders>("{}").unwrap();
    assert_eq!(descriptor["discovers"], json!({"notes": ["id"]}));
    assert_eq!(descriptor["observes"], json!(["fields"]));
    assert_eq!(
        descriptor["reads"],
        json!(["id", "day", "gone", "items[]", "fields"])
    );
}

#[test]
fn a_table_says_of_what_its_rows_are_parts_and_whether_it_has_a_view() {
    let descriptor = testing::describe::<Orders>("{}").unwrap();
    let tables = &descriptor["tables"];
    assert_eq!(
        (&tables[0]["view"], &tables[1]["view"]),
        (&json!(true), &json!(false))
    );
    assert!(tables[0]["member_of"].is_null());
    assert_eq!(
        tables[1]["member_of"],
        json!({"table": "orders", "on": [["order_id", "external_id"]]})
    );
}

#[test]
fn a_record_makes_rows_of_several_tables_in_their_order() {
    let payload = r#"{"id": 7, "day": "1970-01-03", "items": ["cup"]}"#;
    let config = r#"{"settings": {"note": "Remarks"}}"#;
    let made = testing::changes::<Orders>(config, payload, "{}").unwrap();
    assert_eq!(
        made,
        [
            json!({"upsert": "items", "row": {"order_id": "7", "name": "cup", "version": 1}}),
            json!({"upsert": "orders", "row": {"external_id": "7", "day": 2, "version": 1, "note": "new"}}),
        ]
    );
}

#[test]
fn a_record_can_remove_a_row_by_its_key() {
    let payload = r#"{"id": 7, "gone": true, "items": []}"#;
    let made = testing::changes::<Orders>("{}", payload, "{}").unwrap();
    assert_eq!(
        made,
        [json!({"delete": "orders", "row": {"external_id": "7"}})]
    );
}

#[test]
fn a_wrong_configuration_is_said_and_maps_nothing() {
    let config = r#"{"settings": {"note": 1}}"#;
    let wrong = testing::describe::<Orders>(config).unwrap_err();
    assert_eq!(wrong, "the setting note has to be a text, not 1");
    let rejection = testing::changes::<Orders>(config, r#"{"id": 7, "items": []}"#, "{}");
    assert_eq!(rejection.unwrap_err().message, wrong);
}
