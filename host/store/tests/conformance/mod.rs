//! What every store promises, as tests over `dyn Store`. Nothing here knows
//! which store it is: a back-end gives fresh worlds, and passes or does not.

pub(crate) mod accounts;
pub(crate) mod activations;
pub(crate) mod apart;
pub(crate) mod archives;
pub(crate) mod census;
pub(crate) mod choices;
pub(crate) mod claims;
pub(crate) mod deeds;
pub(crate) mod discoveries;
pub(crate) mod each;
pub(crate) mod figures;
pub(crate) mod leases;
pub(crate) mod loads;
pub(crate) mod lookups;
pub(crate) mod members;
pub(crate) mod operators;
pub(crate) mod orders;
pub(crate) mod overviews;
pub(crate) mod pages;
pub(crate) mod plans;
pub(crate) mod prunes;
pub(crate) mod relays;
pub(crate) mod replays;
pub(crate) mod runs;
pub(crate) mod schedules;
pub(crate) mod suite;
pub(crate) mod tables;
pub(crate) mod tenants;
pub(crate) mod transforms;
pub(crate) mod trials;
pub(crate) mod versions;
pub(crate) mod views;
pub(crate) mod watching;
pub(crate) mod world;

pub(crate) use {each::each, suite::conformance};
