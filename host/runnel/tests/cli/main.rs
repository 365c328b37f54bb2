//! The command line, as a person or a program would type it.

mod build;
mod harness;
mod help;
mod output;
mod plugins;
mod usage;
