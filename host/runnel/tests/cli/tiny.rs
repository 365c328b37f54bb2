//! The smallest transform, written against the interface alone.

wit_bindgen::generate!({ path: "@WIT@", world: "transform" });

use exports::runnel::plugin::transform_api::{Guest, Outcome, RawRecord};

struct Tiny;

impl Guest for Tiny {
    fn describe(_: String) -> Result<String, String> {
        Ok(r#"{
            "name": "tiny", "version": "1.2.3", "source": "demo", "entity": "demo_things", "reads": ["id"],
            "tables": [{"name": "things", "key": ["id_of_it"], "columns": [{"name": "id_of_it", "type": "text"}]}]
        }"#
        .to_owned())
    }

    fn transform(_: String, batch: Vec<RawRecord>) -> Vec<Outcome> {
        batch.iter().map(|_| Outcome::Skip("nothing to do".to_owned())).collect()
    }
}

export!(Tiny);
