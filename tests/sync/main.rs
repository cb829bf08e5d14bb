//! Bundles: what travels, what is refused, what two stores make of each other's entries.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "a helper that fails fails its test; numbers drawn by a seed are small"
)]

#[path = "../support/disk.rs"]
mod disk;
#[path = "../support/forge.rs"]
mod forge;
#[path = "../outside/mod.rs"]
mod outside_reader;
#[path = "../support/seal.rs"]
mod seal;
#[path = "../world/mod.rs"]
mod world;

mod approval;
mod container;
mod crash;
mod district;
mod encrypted;
mod golden;
mod histories;
mod hostile;
mod hostile_random;
mod keys;
mod last_writer;
mod manglings;
mod model;
mod oracle;
mod outside;
mod pen;
mod scale;
mod site;
mod source;
mod sticks;
mod stores;
mod waiting_room;
mod watched;
mod withheld;
mod words;
mod year;
