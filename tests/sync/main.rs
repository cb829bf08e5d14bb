//! Bundles: what travels, what is refused, what two stores make of each other's entries.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a helper that fails fails its test"
)]

#[path = "../world/mod.rs"]
mod world;

mod container;
mod histories;
mod model;
mod pen;
mod site;
mod stores;
