//! From a guest's memory to rows: what a guest answers is refused, or it is read
//! back from the database as it was. It never becomes a part of a statement.

mod expected;
mod given;
mod world;

use arbitrary::Unstructured;
use runnel_model::{Change, Outcome};
use runnel_sandbox::{BoundTransform, Record};

use world::World;

/// Two tables: a column of each type, and a key of a text and a day.
const DESCRIPTOR: &str = r#"{"name": "fuzzed", "version": "1.0.0", "source": "test", "entity": "things", "tables": [
 {"name": "fuzzed", "key": ["k"], "columns": [
  {"name": "k", "type": "integer"},
  {"name": "f", "type": "float", "nullable": true},
  {"name": "b", "type": "boolean", "nullable": true},
  {"name": "i", "type": "integer", "nullable": true},
  {"name": "t", "type": "text", "nullable": true},
  {"name": "ts", "type": "timestamp", "nullable": true},
  {"name": "d", "type": "date", "nullable": true},
  {"name": "j", "type": "json", "nullable": true}]},
 {"name": "keyed", "key": ["t", "d"], "columns": [
  {"name": "t", "type": "text"},
  {"name": "f", "type": "float"},
  {"name": "d", "type": "date"}]}]}"#;

/// A guest that answers what it is told to, and a store for what it answers.
pub struct Outcomes {
    puppet: BoundTransform,
    world: World,
}

impl Outcomes {
    /// A guest, and a store in a folder that is gone with this.
    ///
    /// # Errors
    /// If either cannot be had.
    pub fn new() -> Result<Self, Box<dyn std::error::Error>> {
        let puppet = world::puppet(DESCRIPTOR)?;
        let world = World::new(puppet.descriptor())?;
        Ok(Self { puppet, world })
    }

    /// Has the guest answer what these bytes choose, and loads what is accepted.
    ///
    /// # Panics
    /// If something valid is refused, something invalid accepted, or a row differs
    /// from what was answered.
    pub fn hold(&self, bytes: &[u8]) {
        let mut from = Unstructured::new(bytes);
        let Ok(intact) = from.ratio(3, 4) else { return };
        let Ok(outcome) = given::outcome(&mut from) else {
            return;
        };
        let mut memory = test_guests::laid_out(std::slice::from_ref(&outcome));
        if !intact {
            // Whatever bytes are left are the memory, or spoil it.
            let rest = from.take_rest();
            let place = rest.len() % memory.len();
            for (at, byte) in memory.iter_mut().skip(place).zip(rest.iter().take(16)) {
                *at ^= byte;
            }
        }
        let answered = self.answered(&memory);
        let valid = expected::outcome(&outcome);
        if intact {
            assert_eq!(answered, valid, "of {outcome:?}");
        }
        if let Some(Outcome::Emit(changes)) = answered {
            let all_fit = changes.iter().all(expected::fits);
            assert!(all_fit, "accepted: {changes:?} of {outcome:?}");
            self.loaded(changes);
        }
    }

    /// What comes of this memory: an outcome, or nothing where it is refused.
    fn answered(&self, memory: &[u8]) -> Option<Outcome> {
        let context = test_guests::hexadecimal(memory);
        let record = Record {
            payload: "{}",
            context: &context,
        };
        let batch = self.puppet.transform(&[record]);
        let mut batch = batch.unwrap_or_else(|error| panic!("{error}: {context}"));
        assert_eq!(batch.outcomes.len(), 1, "{context}");
        batch.outcomes.pop()?.ok()
    }

    fn loaded(&self, changes: Vec<Change>) {
        let expected = expected::rows(&changes);
        let said = format!("{changes:?}");
        let found = self.world.load(changes);
        let keys = |rows: &expected::Rows| rows.keys().cloned().collect::<Vec<_>>();
        assert_eq!(keys(&found), keys(&expected), "{said}");
        for (key, row) in &expected {
            assert!(
                row.equals(&found[key]),
                "{row:?} is {:?}: {said}",
                found[key]
            );
        }
    }
}
