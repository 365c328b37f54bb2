//! The flags: one for each setting, made from the catalog.

use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches, value_parser};

use super::{catalog::catalog, setting::Setting};

/// What the command line says about settings. A command takes them all with
/// `#[command(flatten)]`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Flags {
    /// The file, if it is named.
    pub(super) config: Option<PathBuf>,
    /// The flags that were given, and their values: the key, the text.
    pub(super) given: Vec<(&'static str, String)>,
}

/// The few of them that concern a command which looks into the database and is
/// done: where it is, the broker, the keys, the plugins. The rest of the settings
/// still come from the file and the variables.
#[derive(Debug, Clone, Default)]
pub(crate) struct FewFlags(pub(crate) Flags);

/// The keys of [`FewFlags`].
const FEW: [&str; 4] = ["database", "broker", "key_file", "plugins"];

impl Flags {
    /// Whether the command line says anything about settings.
    pub(crate) fn is_empty(&self) -> bool {
        self.config.is_none() && self.given.is_empty()
    }
}

impl Args for Flags {
    fn augment_args(command: Command) -> Command {
        with_flags(command, |_| true)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl Args for FewFlags {
    fn augment_args(command: Command) -> Command {
        with_flags(command, |setting| FEW.contains(&setting.key))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

fn with_flags(command: Command, wanted: fn(&Setting) -> bool) -> Command {
    let config = Arg::new("config")
        .long("config")
        .value_name("FILE")
        .value_parser(value_parser!(PathBuf))
        .help("A file of settings (TOML) [variable: RUNNEL_CONFIG]");
    let catalog = catalog();
    let flags = catalog.iter().filter(|setting| wanted(setting));
    command
        .next_help_heading("Settings")
        .arg(config)
        .args(flags.filter_map(flag))
        .next_help_heading(None::<&str>)
}

fn flag(setting: &Setting) -> Option<Arg> {
    let default = match setting.said.default {
        "" => setting.unset,
        default => default,
    };
    let doc = setting.said.doc.replace('`', "");
    let flag = Arg::new(setting.key)
        .long(setting.flag_name()?)
        .value_name(setting.said.value)
        .action(ArgAction::Set)
        .help(format!("{doc} [default: {default}]"));
    Some(flag)
}

impl FromArgMatches for Flags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut flags = Self::default();
        flags.update_from_arg_matches(matches)?;
        Ok(flags)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        self.config = matches.get_one::<PathBuf>("config").cloned();
        self.given.clear();
        for setting in &catalog() {
            // A command need not have all of them: one that it lacks was not given.
            if let Ok(Some(text)) = matches.try_get_one::<String>(setting.key) {
                self.given.push((setting.key, text.clone()));
            }
        }
        Ok(())
    }
}

impl FromArgMatches for FewFlags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        Flags::from_arg_matches(matches).map(Self)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        self.0.update_from_arg_matches(matches)
    }
}
