//! The environment: read here, and handed on as a value.

use std::{ffi::OsString, path::PathBuf};

/// The variables that the process was started with.
pub(crate) struct Environment(Box<Lookup>);

type Lookup = dyn Fn(&str) -> Option<OsString>;

impl Environment {
    /// The variables of this process.
    pub(crate) fn of_this_process() -> Self {
        Self(Box::new(|name| std::env::var_os(name)))
    }

    /// A variable's value. An empty one counts as not set: that is how scripts
    /// and CI systems leave a variable out.
    pub(crate) fn get(&self, name: &str) -> Option<OsString> {
        (self.0)(name).filter(|value| !value.is_empty())
    }

    /// A variable that holds a path.
    pub(crate) fn path(&self, name: &str) -> Option<PathBuf> {
        self.get(name).map(PathBuf::from)
    }

    /// Variables for a test.
    #[cfg(test)]
    pub(crate) fn of(variables: &[(&str, &str)]) -> Self {
        let variables: std::collections::HashMap<String, OsString> = variables
            .iter()
            .map(|&(name, value)| (name.to_owned(), value.into()))
            .collect();
        Self(Box::new(move |name| variables.get(name).cloned()))
    }
}
