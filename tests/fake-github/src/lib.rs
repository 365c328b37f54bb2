#![doc = include_str!("../README.md")]

mod api;
mod encoding;
mod options;
mod render;
mod server;
mod spec;
mod stamp;
mod world;

pub use options::{LimitMode, Limits, Options, Secondary};
pub use server::{FakeGithub, Server};
pub use spec::{OwnerKind, Spec, Special};
pub use stand_in::{Faults, Served};
pub use world::edit::{Edit, EditError, Edited};
pub use world::records::{State, Verdict};
