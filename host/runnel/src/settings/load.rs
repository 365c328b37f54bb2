//! All settings at once: defaults, file, variables, flags.

use std::path::PathBuf;

use super::{
    Address, Flags, Mistake, Mistakes, Role, Settings, Traces, catalog::catalog, file,
    input::Input, mistake::Origin, setting::Setting,
};
use crate::{environment::Environment, failure::Failure};

/// The variable that names the file.
const FILE: &str = "RUNNEL_CONFIG";

/// Whether a URL is one, asked of those who connect to it. The answer is an error
/// that does not quote the URL's password.
pub(crate) struct Checks {
    /// Of the database.
    pub(crate) database: fn(&str) -> Result<(), String>,
    /// Of the broker.
    pub(crate) broker: fn(&str) -> Result<(), String>,
}

/// The settings that are in force, and where each comes from.
#[derive(Debug)]
pub(crate) struct Loaded {
    /// The settings.
    pub(crate) settings: Settings,
    /// Where each comes from, in the order of the catalog.
    pub(super) origins: Vec<Origin>,
}

/// Settings that are being loaded.
struct Loading<'a> {
    catalog: &'a [Setting],
    settings: Settings,
    origins: Vec<Origin>,
    mistakes: Vec<Mistake>,
}

/// Loads and checks all settings.
///
/// # Errors
/// Every mistake that was found, also in values that a later one overrides (but
/// whether a URL is one is asked of the URLs in force).
pub(crate) fn load(
    flags: &Flags,
    environment: &Environment,
    checks: &Checks,
) -> Result<Loaded, Mistakes> {
    let catalog = catalog();
    let mut loading = Loading {
        catalog: &catalog,
        settings: Settings::default(),
        origins: vec![Origin::Default; catalog.len()],
        mistakes: Vec::new(),
    };
    loading.defaults();
    loading.file(flags, environment);
    loading.variables(environment);
    loading.flags(flags);
    loading.check_urls(checks);
    // What belongs together can be judged only where each is right.
    if loading.mistakes.is_empty() {
        loading.check_together();
    }
    let Loading {
        settings,
        origins,
        mut mistakes,
        ..
    } = loading;
    mistakes.sort_by(|a, b| a.origin.cmp(&b.origin));
    if mistakes.is_empty() {
        Ok(Loaded { settings, origins })
    } else {
        Err(Mistakes(mistakes))
    }
}

/// Where a command sends its traces that has no settings: what the variables say.
pub(crate) fn traces(environment: &Environment) -> Result<Traces, Failure> {
    let mut settings = Settings::default();
    for setting in catalog().iter().filter(|s| s.key.starts_with("traces.")) {
        let name = setting.variable_name();
        let value = environment
            .get(&name)
            .map(|value| value.to_string_lossy().into_owned());
        let text = value.as_deref().unwrap_or(setting.said.default);
        if !text.is_empty() {
            let applied = setting.apply(&mut settings, &Input::Text(text.to_owned()));
            applied.map_err(|wrong| Failure::Usage(format!("the variable {name}: {wrong}")))?;
        }
    }
    Ok(settings.traces)
}

impl Loading<'_> {
    fn defaults(&mut self) {
        for i in 0..self.catalog.len() {
            let default = self.catalog[i].said.default;
            if !default.is_empty() {
                self.apply(i, &Input::Text(default.to_owned()), Origin::Default);
            }
        }
    }

    fn file(&mut self, flags: &Flags, environment: &Environment) {
        let named = match &flags.config {
            Some(path) => Some((path.clone(), Origin::Flag("config".to_owned()))),
            None => environment
                .path(FILE)
                .map(|path| (path, Origin::Variable(FILE.to_owned()))),
        };
        let Some((path, origin)) = named else { return };
        match read(&path) {
            Ok(text) => {
                let name = path.display().to_string();
                let (found, mistakes) = file::read(&name, &text, self.catalog);
                self.mistakes.extend(mistakes);
                for found in found {
                    self.apply(found.setting, &found.input, found.origin);
                }
            }
            Err(wrong) => self.mistakes.push(Mistake { origin, wrong }),
        }
    }

    fn variables(&mut self, environment: &Environment) {
        for i in 0..self.catalog.len() {
            let name = self.catalog[i].variable_name();
            let Some(value) = environment.get(&name) else {
                continue;
            };
            let origin = Origin::Variable(name);
            match value.into_string() {
                Ok(text) => self.apply(i, &Input::Text(text), origin),
                Err(_) => self.mistakes.push(Mistake {
                    origin,
                    wrong: "it is not text (UTF-8)".to_owned(),
                }),
            }
        }
    }

    fn flags(&mut self, flags: &Flags) {
        for (key, text) in &flags.given {
            let position = self.catalog.iter().position(|setting| setting.key == *key);
            if let Some(i) = position {
                let name = self.catalog[i].flag_name().unwrap_or_default();
                self.apply(i, &Input::Text(text.clone()), Origin::Flag(name));
            }
        }
    }

    fn apply(&mut self, i: usize, input: &Input, origin: Origin) {
        let setting = &self.catalog[i];
        match setting.apply(&mut self.settings, input) {
            Ok(()) => self.origins[i] = origin,
            Err(wrong) => self.mistakes.push(mistake(setting.key, origin, &wrong)),
        }
    }

    fn check_urls(&mut self, checks: &Checks) {
        for (key, check) in [("database", checks.database), ("broker", checks.broker)] {
            let address: &Address = match key {
                "database" => &self.settings.database,
                _ => &self.settings.broker,
            };
            if let Err(wrong) = check(address.expose()) {
                // Whatever the check quotes, the password is not in it.
                let wrong = wrong.replace(address.expose(), &address.to_string());
                self.wrong(key, &wrong);
            }
        }
    }

    fn check_together(&mut self) {
        if self.settings.key_file.is_some() && self.settings.keys.is_some() {
            let file = self.origin("key_file");
            self.wrong(
                "keys",
                &format!("key_file is set too ({file}): leave one of them out"),
            );
        }
        if !self.settings.queues.is_empty() && !self.settings.roles.contains(&Role::Worker) {
            let roles = self.origin("roles");
            self.wrong("queues", &format!("queues are for workers, and there is none among the roles ({roles}): add worker, or leave queues out"));
        }
    }

    fn origin(&self, key: &str) -> Origin {
        let position = self.catalog.iter().position(|setting| setting.key == key);
        position.map_or(Origin::Default, |i| self.origins[i].clone())
    }

    fn wrong(&mut self, key: &str, wrong: &str) {
        let mistake = mistake(key, self.origin(key), wrong);
        self.mistakes.push(mistake);
    }
}

/// What is wrong with a setting. A variable and a flag say by themselves which one
/// it is; a line of a file and a default do not.
fn mistake(key: &str, origin: Origin, wrong: &str) -> Mistake {
    let wrong = match origin {
        Origin::Variable(_) | Origin::Flag(_) => wrong.to_owned(),
        Origin::File(..) | Origin::Default => format!("{key}: {wrong}"),
    };
    Mistake { origin, wrong }
}

fn read(path: &PathBuf) -> Result<String, String> {
    std::fs::read_to_string(path)
        .map_err(|error| format!("the file {} cannot be read: {error}", path.display()))
}
