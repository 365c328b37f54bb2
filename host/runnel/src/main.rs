//! `runnel`: the command line of the host. It parses the words of a person or a
//! program, reads the environment (nothing else does), and hands over to
//! `runnel-control`.
//!
//! | exit status | meaning |
//! |---|---|
//! | 0 | all done |
//! | 1 | something could not be read, loaded or built; the output says what, and what to do |
//! | 2 | wrong usage: one line says what is expected |
//! | 130 | interrupted from the keyboard; the same command goes on |

mod admin;
mod args;
mod environment;
#[cfg(feature = "failpoints")]
mod failpoints;
mod failure;
mod folders;
mod heap;
mod http;
mod instant;
mod log;
mod output;
mod plugin;
mod progress;
mod serve;
mod settings;
mod signals;
mod summary;
mod sync;
mod words;

use std::process::ExitCode;

use args::{Arguments, Command};
use clap::Parser;
use environment::Environment;
use failure::Failure;

fn main() -> ExitCode {
    heap::share();
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return args::refuse(&error),
    };
    run(&arguments.command, &Environment::of_this_process()).unwrap_or_else(|failure| {
        for line in failure.lines() {
            output::complain(&line);
        }
        failure.status()
    })
}

fn run(command: &Command, environment: &Environment) -> Result<ExitCode, Failure> {
    #[cfg(feature = "failpoints")]
    failpoints::arm(environment)?;
    match command {
        Command::Sync(arguments) => sync::run(arguments, environment),
        Command::Plugin(arguments) => {
            log::start(environment, std::io::stderr)?;
            plugin::run(&arguments.command, environment)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Serve(arguments) => serve::run(arguments, environment),
        Command::Replay(arguments) => {
            log::start(environment, std::io::stderr)?;
            admin::replay(arguments, environment)
        }
        Command::Config(arguments) => {
            serve::config(arguments, environment)?;
            Ok(ExitCode::SUCCESS)
        }
        command => {
            log::start(environment, std::io::stderr)?;
            admin::run(command, environment)?;
            Ok(ExitCode::SUCCESS)
        }
    }
}
