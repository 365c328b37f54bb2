//! Golden records: a JSON object a line.

use std::{collections::BTreeMap, ops::Range};

use runnel_control::plugin_configuration;
use runnel_sandbox::Projection;
use serde::Deserialize;
use serde_json::{Map, Value, value::RawValue};

/// A record, and what is expected of it.
#[derive(Debug)]
pub(super) struct Case {
    /// The number of its line, from 1.
    pub(super) line: usize,
    pub(super) name: Option<String>,
    /// The record as the service gave it: JSON.
    pub(super) payload: String,
    /// What the source adds: a JSON object.
    pub(super) context: String,
    /// The configuration as the plugin gets it: JSON.
    pub(super) config: String,
    /// None where nobody has said yet.
    pub(super) expected: Option<Expected>,
}

/// An expected outcome.
#[derive(Debug)]
pub(super) struct Expected {
    pub(super) outcome: ExpectedOutcome,
    /// As it was written.
    pub(super) text: String,
    /// Where that is in the line, in bytes.
    pub(super) place: Range<usize>,
}

/// What a transform is to make of the record.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum ExpectedOutcome {
    Emit(Vec<ExpectedChange>),
    Skip(String),
    Reject(ExpectedRejection),
}

/// A change of one row. Columns that are left out are expected to be null.
#[derive(Debug, Deserialize)]
#[serde(try_from = "WrittenChange")]
pub(super) struct ExpectedChange {
    pub(super) verb: Verb,
    pub(super) table: String,
    pub(super) row: BTreeMap<String, Box<RawValue>>,
}

/// What is to happen to a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    Upsert,
    Delete,
}

impl Verb {
    /// As the file has it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Upsert => "upsert",
            Self::Delete => "delete",
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ExpectedRejection {
    pub(super) message: String,
    pub(super) path: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenChange {
    upsert: Option<String>,
    delete: Option<String>,
    row: BTreeMap<String, Box<RawValue>>,
}

impl TryFrom<WrittenChange> for ExpectedChange {
    type Error = &'static str;

    fn try_from(written: WrittenChange) -> Result<Self, Self::Error> {
        let (verb, table) = match (written.upsert, written.delete) {
            (Some(table), None) => (Verb::Upsert, table),
            (None, Some(table)) => (Verb::Delete, table),
            _ => return Err("either upsert or delete with the name of a table is expected"),
        };
        Ok(Self {
            verb,
            table,
            row: written.row,
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written<'a> {
    name: Option<String>,
    #[serde(borrow)]
    payload: &'a RawValue,
    #[serde(borrow)]
    context: Option<&'a RawValue>,
    #[serde(default)]
    config: Config,
    #[serde(borrow)]
    outcome: Option<&'a RawValue>,
}

/// What of an integration the record is tried under; as a plugin gets it, but for
/// what does not matter.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Config {
    base_url: String,
    scope: Vec<String>,
    settings: Map<String, Value>,
    /// What the records of other streams say, where the plugin asks for it.
    discovered: Map<String, Value>,
    /// The keys that payloads were seen to have, where the plugin asks for them.
    observed: Map<String, Value>,
}

impl Config {
    fn text(self) -> String {
        let text = plugin_configuration(&self.base_url, &self.scope, &self.settings);
        let mut config: Map<String, Value> = serde_json::from_str(&text).unwrap_or_default();
        for (name, found) in [("discovered", self.discovered), ("observed", self.observed)] {
            if !found.is_empty() {
                config.insert(name.to_owned(), found.into());
            }
        }
        Value::from(config).to_string()
    }
}

/// What is wrong with a file of golden records, and where.
#[derive(Debug, thiserror::Error)]
#[error("line {line}, column {column}: {message}")]
pub(super) struct Unreadable {
    line: usize,
    /// In characters, from 1.
    column: usize,
    message: String,
}

/// Reads a file's text. Empty lines are passed over.
pub(super) fn read(text: &str) -> Result<Vec<Case>, Unreadable> {
    let lines = text.split('\n').enumerate();
    let written = lines.filter(|(_, line)| !line.trim().is_empty());
    written.map(|(at, line)| case(at + 1, line)).collect()
}

/// The text of a file's bytes.
pub(super) fn text(bytes: Vec<u8>) -> Result<String, Unreadable> {
    String::from_utf8(bytes).map_err(|error| {
        let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let last = good.rsplit(|byte| *byte == b'\n').next().unwrap_or(good);
        Unreadable {
            line: good.iter().filter(|byte| **byte == b'\n').count() + 1,
            column: String::from_utf8_lossy(last).chars().count() + 1,
            message: "it is not UTF-8".to_owned(),
        }
    })
}

fn case(number: usize, line: &str) -> Result<Case, Unreadable> {
    let here = Line { number, text: line };
    let written: Written<'_> = serde_json::from_str(line).map_err(|e| here.json(0, &e))?;
    here.check(written.payload)?;
    let context = match written.context {
        Some(context) if context.get().starts_with('{') => {
            here.check(context)?;
            context.get()
        }
        Some(other) => return Err(here.wrong(other, "the context is a JSON object")),
        None => "{}",
    };
    Ok(Case {
        line: number,
        name: written.name,
        payload: written.payload.get().to_owned(),
        context: context.to_owned(),
        config: written.config.text(),
        expected: written.outcome.map(|raw| here.expected(raw)).transpose()?,
    })
}

/// A line of the file, to say where in it something is wrong.
struct Line<'a> {
    number: usize,
    text: &'a str,
}

impl Line<'_> {
    fn expected(&self, raw: &RawValue) -> Result<Expected, Unreadable> {
        let start = self.offset(raw);
        let text = raw.get();
        Ok(Expected {
            outcome: serde_json::from_str(text).map_err(|e| self.json(start, &e))?,
            text: text.to_owned(),
            place: start..start + text.len(),
        })
    }

    /// Whether it is what a host takes for JSON: it is stricter than a parser that
    /// passes over a value.
    fn check(&self, raw: &RawValue) -> Result<(), Unreadable> {
        Projection::new(&[])
            .apply(raw.get(), &mut String::new())
            .map_err(|error| self.wrong(raw, without_place(&error.to_string())))
    }

    /// Where in the line a part of it begins.
    fn offset(&self, part: &RawValue) -> usize {
        part.get().as_ptr() as usize - self.text.as_ptr() as usize
    }

    fn wrong(&self, part: &RawValue, message: &str) -> Unreadable {
        self.at(self.offset(part) + 1, message)
    }

    fn json(&self, start: usize, error: &serde_json::Error) -> Unreadable {
        self.at(start + error.column(), without_place(&error.to_string()))
    }

    /// Something is wrong with what ends after so many bytes.
    fn at(&self, bytes: usize, message: &str) -> Unreadable {
        let before = &self.text.as_bytes()[..bytes.min(self.text.len())];
        Unreadable {
            line: self.number,
            column: String::from_utf8_lossy(before).chars().count().max(1),
            message: message.to_owned(),
        }
    }
}

/// serde_json's words without its own idea of the place.
fn without_place(message: &str) -> &str {
    message
        .rsplit_once(" at line ")
        .map_or(message, |(words, _)| words)
}

#[cfg(test)]
mod tests {
    use super::{ExpectedOutcome, read, text};

    fn refusal(file: &str) -> String {
        read(file).unwrap_err().to_string()
    }

    #[test]
    fn what_is_left_out_is_what_matters_least() {
        let cases =
            read("{\"payload\": 1}\n\n{\"payload\": 2, \"config\": {\"scope\": [\"a\"]}}\n")
                .unwrap();
        assert_eq!(cases.len(), 2);
        assert_eq!((cases[0].line, cases[1].line), (1, 3));
        assert_eq!(cases[0].context, "{}");
        assert_eq!(
            cases[0].config,
            r#"{"base_url":"","scope":[],"settings":{}}"#
        );
        assert_eq!(
            cases[1].config,
            r#"{"base_url":"","scope":["a"],"settings":{}}"#
        );
        assert!(cases[0].expected.is_none());
    }

    #[test]
    fn a_payload_is_kept_as_it_was_written() {
        let cases = read(r#"{"payload": {"n": 1.50, "a" :[ ]}}"#).unwrap();
        assert_eq!(cases[0].payload, r#"{"n": 1.50, "a" :[ ]}"#);
    }

    #[test]
    fn an_outcome_is_one_of_three() {
        let file = r#"{"payload": 1, "outcome": {"emit": [{"delete": "prs", "row": {"id": 1}}]}}
{"payload": 1, "outcome": {"skip": "a draft"}}
{"payload": 1, "outcome": {"reject": {"message": "no id"}}}"#;
        let cases = read(file).unwrap();
        let outcomes: Vec<_> = cases
            .iter()
            .map(|case| &case.expected.as_ref().unwrap().outcome)
            .collect();
        assert!(matches!(outcomes[0], ExpectedOutcome::Emit(changes) if changes[0].table == "prs"));
        assert!(matches!(outcomes[1], ExpectedOutcome::Skip(_)));
        assert!(matches!(outcomes[2], ExpectedOutcome::Reject(_)));
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        for (file, place, what) in [
            (
                "{\"payload\": 1}\n{\"payload\": }",
                "line 2, column 13",
                "expected value",
            ),
            ("{\"payload\": 1", "line 1, column 13", "EOF"),
            ("{}", "line 1, column 2", "missing field `payload`"),
            (
                "{\"payload\": 1, \"expect\": 1}",
                "line 1, column 23",
                "unknown field `expect`",
            ),
            (
                "{\"name\": \"ä\", \"payload\": \"\\ud800\"}",
                "line 1, column 26",
                "hex escape",
            ),
            (
                "{\"payload\": 1, \"context\": []}",
                "line 1, column 27",
                "JSON object",
            ),
            (
                "{\"payload\": 1, \"outcome\": {\"emti\": []}}",
                "line 1, column 33",
                "unknown variant `emti`",
            ),
            (
                "{\"payload\": 1, \"outcome\": {\"emit\": [{\"upsert\": \"a\", \"delete\": \"a\", \"row\": {}}]}}",
                "line 1, column",
                "either upsert or delete",
            ),
            (
                "{\"payload\": 1, \"config\": {\"setting\": {}}}",
                "line 1, column 35",
                "unknown field `setting`",
            ),
        ] {
            let said = refusal(file);
            assert!(
                said.starts_with(place) && said.contains(what),
                "{file}: {said}"
            );
        }
    }

    #[test]
    fn what_is_no_text_is_said_with_its_place() {
        let said = text(b"{}\nab\xff".to_vec()).unwrap_err().to_string();
        assert_eq!(said, "line 2, column 3: it is not UTF-8");
    }
}
