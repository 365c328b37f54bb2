//! Outcomes as they lie in a guest's memory: the canonical ABI of `wit/types.wit`.

use std::fmt::Write as _;

use runnel_model::{Change, Outcome, Row, Value};

use crate::ANSWER_AT;

/// The memory from [`ANSWER_AT`] on, with these outcomes as the answer of a call.
pub fn laid_out(outcomes: &[Outcome]) -> Vec<u8> {
    let mut memory = Memory(Vec::new());
    let answer = memory.room(8);
    let list = memory.list(outcomes, 24, Memory::outcome);
    memory.pair(answer, list);
    memory.0
}

/// Bytes as a puppet is given them.
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _fits = write!(text, "{byte:02x}");
        text
    })
}

struct Memory(Vec<u8>);

impl Memory {
    /// So many bytes, at a multiple of 8.
    fn room(&mut self, bytes: usize) -> usize {
        let at = self.0.len().next_multiple_of(8);
        self.0.resize(at + bytes, 0);
        at
    }

    fn put(&mut self, at: usize, bytes: &[u8]) {
        self.0[at..at + bytes.len()].copy_from_slice(bytes);
    }

    /// An address and a length.
    fn pair(&mut self, at: usize, (address, length): (usize, usize)) {
        let word = |n: usize| u32::try_from(n).expect("a small memory").to_le_bytes();
        self.put(at, &word(address + ANSWER_AT as usize));
        self.put(at + 4, &word(length));
    }

    fn list<T>(
        &mut self,
        items: &[T],
        size: usize,
        put: fn(&mut Self, usize, &T),
    ) -> (usize, usize) {
        let at = self.room(items.len() * size);
        for (i, item) in items.iter().enumerate() {
            put(self, at + i * size, item);
        }
        (at, items.len())
    }

    fn text(&mut self, at: usize, text: &str) {
        let to = self.room(text.len());
        self.put(to, text.as_bytes());
        self.pair(at, (to, text.len()));
    }

    fn outcome(&mut self, at: usize, outcome: &Outcome) {
        match outcome {
            Outcome::Emit(changes) => {
                let list = self.list(changes, 16, Self::change);
                self.pair(at + 4, list);
            }
            Outcome::Skip(reason) => {
                self.put(at, &[1]);
                self.text(at + 4, reason);
            }
            Outcome::Reject(rejection) => {
                self.put(at, &[2]);
                self.text(at + 4, &rejection.message);
                if let Some(path) = &rejection.path {
                    self.put(at + 12, &[1]);
                    self.text(at + 16, path);
                }
            }
        }
    }

    fn change(&mut self, at: usize, change: &Change) {
        match change {
            Change::Upsert(row) => self.row(at + 4, row),
            Change::Delete(row) => {
                self.put(at, &[1]);
                self.row(at + 4, row);
            }
        }
    }

    fn row(&mut self, at: usize, row: &Row) {
        self.put(at, &row.table.to_le_bytes());
        let list = self.list(&row.values, 16, Self::value);
        self.pair(at + 4, list);
    }

    fn value(&mut self, at: usize, value: &Value) {
        let to = at + 8;
        let case = match value {
            Value::Null => 0,
            Value::Boolean(v) => {
                self.put(to, &[u8::from(*v)]);
                1
            }
            Value::Integer(v) => {
                self.put(to, &v.to_le_bytes());
                2
            }
            Value::Float(v) => {
                self.put(to, &v.to_le_bytes());
                3
            }
            Value::Text(v) => {
                self.text(to, v);
                4
            }
            Value::Timestamp(v) => {
                self.put(to, &v.to_le_bytes());
                5
            }
            Value::Date(v) => {
                self.put(to, &v.to_le_bytes());
                6
            }
            Value::Json(v) => {
                self.text(to, v);
                7
            }
        };
        self.put(at, &[case]);
    }
}
