#![doc = include_str!("../README.md")]

mod api;
mod jql;
mod options;
mod render;
mod server;
mod spec;
mod stamp;
mod world;

pub use options::{Auth, Limits, Options, Search, Strangers};
pub use server::{FakeJira, Server};
pub use spec::{Flavour, Spec};
pub use stamp::Zone;
pub use stand_in::{Faults, Served};
pub use world::edit::{Edit, EditError, Edited};
pub use world::fields::FieldKind;
