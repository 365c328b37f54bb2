//! What the documents say is true: commands run, tables are those of the plugins,
//! tests that are named exist.

mod commands;
mod demo;
mod facts;
mod pages;
mod tables;
