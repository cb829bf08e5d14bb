//! The command line as programs and people use it: answers, exit codes, refusals that change
//! nothing.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a helper that fails fails its test"
)]

mod answers;
mod bad_input;
mod bundles;
mod damaged;
#[path = "../support/forge.rs"]
mod forge;
mod hostile;
mod kept;
mod outside;
#[path = "../outside/mod.rs"]
mod outside_reader;
#[cfg(unix)]
mod own_files;
mod refused;
mod run;
#[path = "../support/seal.rs"]
mod seal;
mod sticks;
mod streams;
mod writing;
