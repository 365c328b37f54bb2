//! What every request passes, from the outside to the inside.

mod arrival;
mod headers;
mod idempotent;
mod origin;
mod time;
mod traced;
mod turns;
mod who;

pub(crate) use arrival::{admit, arrived};
pub(crate) use headers::secure;
pub(crate) use idempotent::once;
pub(crate) use origin::{is_loopback, may_change};
pub(crate) use time::{in_time, in_turn};
pub(crate) use traced::traced;
pub(crate) use turns::Turns;
use who::credential;
pub(crate) use who::{SESSION, authenticate, cookie};
