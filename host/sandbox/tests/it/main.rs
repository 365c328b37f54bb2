//! The sandbox from outside, with components built from text.

mod answers;
mod cache;
mod guests;
mod hostile;
mod loading;
mod outcomes;
mod projection;
mod schemas;
mod sources;
