//! One setting: a field of [`Settings`], and all that is said about it.

use super::{
    Settings,
    input::Input,
    show::{Show, Shown},
};

/// Where a setting is: its key, and its field.
pub(super) struct At<T> {
    /// The key in the file, such as `workers.extract`.
    pub(super) key: &'static str,
    pub(super) get: fn(&Settings) -> &T,
    pub(super) set: fn(&mut Settings, T),
}

/// What is said about a setting.
pub(super) struct Said {
    /// What stands for its value in the help.
    pub(super) value: &'static str,
    /// Its default, as a variable would have it. Empty: it is not set.
    pub(super) default: &'static str,
    /// What it means, in Markdown.
    pub(super) doc: &'static str,
}

/// Reads a value into a field.
type Set = dyn Fn(&mut Settings, &Input) -> Result<(), String>;

/// One setting.
pub(crate) struct Setting {
    pub(super) key: &'static str,
    pub(super) said: Said,
    /// What holds where it is not set.
    pub(super) unset: &'static str,
    /// A secret: a flag can be read by every user of the machine, and a file is
    /// shown around.
    pub(super) only_variable: bool,
    variable: Option<&'static str>,
    flag: Option<&'static str>,
    set: Box<Set>,
    show: Box<dyn Fn(&Settings) -> Shown>,
}

impl Setting {
    pub(super) fn new<T: Show + 'static>(
        at: At<T>,
        read: fn(&Input) -> Result<T, String>,
        said: Said,
    ) -> Self {
        Self {
            key: at.key,
            said,
            unset: "",
            only_variable: false,
            variable: None,
            flag: None,
            set: Box::new(move |settings, input| {
                (at.set)(settings, read(input)?);
                Ok(())
            }),
            show: Box::new(move |settings| (at.get)(settings).show()),
        }
    }

    /// What holds where it is not set.
    pub(super) fn unset(mut self, text: &'static str) -> Self {
        self.unset = text;
        self
    }

    /// No key and no flag: it is a secret.
    pub(super) fn only_variable(mut self) -> Self {
        self.only_variable = true;
        self
    }

    /// A variable of another name than its key's.
    pub(super) fn variable(mut self, name: &'static str) -> Self {
        self.variable = Some(name);
        self
    }

    /// A flag of another name than its key's.
    pub(super) fn flag(mut self, name: &'static str) -> Self {
        self.flag = Some(name);
        self
    }

    /// Reads a value into its field.
    pub(super) fn apply(&self, settings: &mut Settings, input: &Input) -> Result<(), String> {
        (self.set)(settings, input)
    }

    /// The value as it may be shown.
    pub(super) fn shown(&self, settings: &Settings) -> Shown {
        (self.show)(settings)
    }

    /// The variable that sets it: `RUNNEL_WORKERS_EXTRACT`.
    pub(super) fn variable_name(&self) -> String {
        let derived = || format!("RUNNEL_{}", self.key.replace('.', "_").to_uppercase());
        self.variable.map_or_else(derived, str::to_owned)
    }

    /// The flag that sets it, without its dashes: `workers-extract`.
    pub(super) fn flag_name(&self) -> Option<String> {
        let derived = || self.key.replace(['.', '_'], "-");
        (!self.only_variable).then(|| self.flag.map_or_else(derived, str::to_owned))
    }
}
