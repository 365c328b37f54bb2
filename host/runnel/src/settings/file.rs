//! The file: TOML, of which every key has to be known.

use toml::de::{DeTable, DeValue};

use super::{
    input::Input,
    mistake::{Mistake, Origin},
    nearest::nearest,
    setting::Setting,
};

/// A value that was found in a file.
pub(super) struct Found {
    /// Its place in the catalog.
    pub(super) setting: usize,
    pub(super) input: Input,
    pub(super) origin: Origin,
}

/// A file that is being read.
struct Reader<'a> {
    name: &'a str,
    text: &'a str,
    catalog: &'a [Setting],
    found: Vec<Found>,
    mistakes: Vec<Mistake>,
}

/// Reads a file's text. `name` is the file's, for messages.
pub(super) fn read(name: &str, text: &str, catalog: &[Setting]) -> (Vec<Found>, Vec<Mistake>) {
    let mut reader = Reader {
        name,
        text,
        catalog,
        found: Vec::new(),
        mistakes: Vec::new(),
    };
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        // Not the whole error: it quotes the line, and with it what may be a secret.
        let at = error.span().map_or(0, |span| span.start);
        reader.wrong(at, error.message().to_owned());
    }
    // What follows a mistake of the syntax is anybody's guess.
    if reader.mistakes.is_empty() {
        reader.table("", table.get_ref());
    }
    (reader.found, reader.mistakes)
}

impl Reader<'_> {
    fn table(&mut self, prefix: &str, table: &DeTable<'_>) {
        for (name, value) in table {
            let key = format!("{prefix}{}", name.get_ref());
            let at = name.span().start;
            match self.catalog.iter().position(|setting| setting.key == key) {
                Some(setting) if self.catalog[setting].only_variable => {
                    let variable = self.catalog[setting].variable_name();
                    self.wrong(at, format!("{key} is a secret and has no place here: put it into the variable {variable}, or name its file with key_file"));
                }
                Some(setting) => self.found.push(Found {
                    setting,
                    input: Input::of(value.get_ref()),
                    origin: self.origin(at),
                }),
                None => self.inner(&key, at, value.get_ref()),
            }
        }
    }

    /// A key that is no setting: a table of settings, or a mistake.
    fn inner(&mut self, key: &str, at: usize, value: &DeValue<'_>) {
        let prefix = format!("{key}.");
        let mut inside = self.catalog.iter().map(|setting| setting.key);
        let is_table = inside.any(|known| known.starts_with(&prefix));
        match value {
            DeValue::Table(table) if is_table => self.table(&prefix, table),
            _ if is_table => self.wrong(at, format!("{key} is a table: write [{key}]")),
            _ => {
                let known = self.catalog.iter().map(|setting| setting.key);
                let meant = nearest(key, known).map_or_else(
                    || "`runnel config` shows all there are".to_owned(),
                    |meant| format!("is {meant} meant?"),
                );
                // A name that somebody typed may be anything.
                let shown: String = key.chars().take(80).collect();
                self.wrong(at, format!("there is no setting {shown:?}: {meant}"));
            }
        }
    }

    fn wrong(&mut self, at: usize, wrong: String) {
        let origin = self.origin(at);
        self.mistakes.push(Mistake { origin, wrong });
    }

    fn origin(&self, at: usize) -> Origin {
        let before = &self.text.as_bytes()[..at.min(self.text.len())];
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        Origin::File(self.name.to_owned(), line)
    }
}
