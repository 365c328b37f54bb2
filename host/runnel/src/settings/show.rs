//! The settings as they may be shown.

use std::{fmt::Write, path::PathBuf, time::Duration};

use runnel_api::Network;
use runnel_model::Queue;
use runnel_signatures::PublicKey;
use secrecy::SecretString;
use toml::Value;

use super::{
    Address, Endpoint, Filter, Host, Listen, LogFormat, Role, Switch,
    address::MASK,
    catalog::{catalog, written},
    load::Loaded,
    setting::Setting,
};

/// A value as it may be shown.
pub(super) enum Shown {
    /// As TOML.
    Value(Value),
    /// It is set, and a secret.
    Hidden,
    /// It is not set.
    Unset,
}

/// A value that can be shown.
pub(super) trait Show {
    /// The value as it may be shown.
    fn show(&self) -> Shown;
}

macro_rules! show_as_text {
    ($($type:ty),*) => {$(
        impl Show for $type {
            fn show(&self) -> Shown {
                Shown::Value(Value::String(self.to_string()))
            }
        }
    )*};
}
macro_rules! show_as_list {
    ($($type:ty),*) => {$(
        impl Show for Vec<$type> {
            fn show(&self) -> Shown {
                if self.is_empty() {
                    return Shown::Unset;
                }
                let words = self.iter().map(|word| Value::String(word.to_string()));
                Shown::Value(Value::Array(words.collect()))
            }
        }
    )*};
}
show_as_text!(Address, Filter, Listen, LogFormat);
show_as_list!(Role, Queue, Host, PublicKey, Network);

impl Show for u32 {
    fn show(&self) -> Shown {
        Shown::Value(Value::Integer((*self).into()))
    }
}

impl Show for Switch {
    fn show(&self) -> Shown {
        Shown::Value(Value::Boolean(self.0))
    }
}

impl Show for Duration {
    fn show(&self) -> Shown {
        Shown::Value(Value::String(written(*self)))
    }
}

impl Show for Endpoint {
    fn show(&self) -> Shown {
        self.0.as_ref().map_or(Shown::Unset, |url| {
            Shown::Value(Value::String(url.to_string()))
        })
    }
}

impl Show for Option<PathBuf> {
    fn show(&self) -> Shown {
        self.as_ref().map_or(Shown::Unset, |path| {
            Shown::Value(Value::String(path.display().to_string()))
        })
    }
}

impl Show for Option<Listen> {
    fn show(&self) -> Shown {
        self.as_ref().map_or(Shown::Unset, Show::show)
    }
}

impl Show for Option<SecretString> {
    fn show(&self) -> Shown {
        self.as_ref().map_or(Shown::Unset, |_| Shown::Hidden)
    }
}

impl Loaded {
    /// What is in force, as a file would have it, with where each value comes from
    /// in comments. Secrets are masked.
    pub(crate) fn show(&self) -> String {
        let mut text =
            String::from("# What is in force, and where it comes from. Secrets are masked.\n");
        let mut table = "";
        for (setting, origin) in catalog().iter().zip(&self.origins) {
            let (of, name) = setting.key.rsplit_once('.').unwrap_or(("", setting.key));
            if of != table {
                text.push_str(&format!("\n[{of}]\n"));
                table = of;
            }
            let value = self.value(setting, name);
            // Writing to a string does not fail.
            let _written = writeln!(text, "{value} # {origin}");
        }
        text.truncate(text.trim_end().len());
        text
    }

    /// `key = value`, in a comment where a file could not have it so.
    fn value(&self, setting: &Setting, name: &str) -> String {
        match setting.shown(&self.settings) {
            Shown::Value(value) => format!("{name} = {value}"),
            Shown::Hidden => format!("# {name} = {MASK}"),
            Shown::Unset => format!("# {name}: {}", setting.unset),
        }
    }
}
