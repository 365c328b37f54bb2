//! Settings from all of their sources.

mod document;
mod layers;
mod mistakes;
mod showing;

use std::path::PathBuf;

use clap::Args;
use tempfile::TempDir;

use super::{Checks, Flags, Settings, load::Loaded};
use crate::environment::Environment;

/// URLs as the databases and brokers here would judge them.
const CHECKS: Checks = Checks {
    database: |text| {
        let known = text.starts_with("sqlite:") || text.starts_with("postgres:");
        known
            .then_some(())
            .ok_or_else(|| format!("{text} is no database URL"))
    },
    broker: |text| {
        let known = text.starts_with("embedded:") || text.starts_with("amqp:");
        known
            .then_some(())
            .ok_or_else(|| format!("{text} is no broker URL"))
    },
};

/// What was typed, set and written.
#[derive(Default)]
struct World {
    folder: Option<TempDir>,
    flags: Vec<String>,
    variables: Vec<(String, String)>,
}

impl World {
    /// A file of settings, named by `--config`.
    fn file(mut self, text: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("runnel.toml");
        std::fs::write(&path, text).expect("a file");
        self.flags
            .extend(["--config".to_owned(), path.display().to_string()]);
        self.folder = Some(folder);
        self
    }

    fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    fn flag(mut self, name: &str, value: &str) -> Self {
        self.flags.push(format!("{name}={value}"));
        self
    }

    /// The settings, or a line for each mistake, without the file's folder.
    fn load(&self) -> Result<Loaded, Vec<String>> {
        let variables: Vec<(&str, &str)> = self
            .variables
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let loaded = super::load(&flags(&self.flags), &Environment::of(&variables), &CHECKS);
        let folder = self.folder.as_ref().map(|folder| folder.path().join(""));
        loaded.map_err(|mistakes| {
            let lines = mistakes.0.iter().map(ToString::to_string);
            lines.map(|line| without(folder.clone(), &line)).collect()
        })
    }

    fn settings(&self) -> Settings {
        self.load().expect("no mistake").settings
    }

    fn mistakes(&self) -> Vec<String> {
        self.load().expect_err("mistakes")
    }
}

fn without(folder: Option<PathBuf>, line: &str) -> String {
    match folder {
        Some(folder) => line.replace(&folder.display().to_string(), ""),
        None => line.to_owned(),
    }
}

/// The flags as the command line gives them.
fn flags(words: &[String]) -> Flags {
    typed::<Flags>(words).expect("known flags")
}

/// What a command that takes these flags gets for some words.
fn typed<F: Args>(words: &[String]) -> Result<F, clap::Error> {
    let command = F::augment_args(clap::Command::new("serve").no_binary_name(true));
    command.clone().debug_assert();
    F::from_arg_matches(&command.try_get_matches_from(words)?)
}
