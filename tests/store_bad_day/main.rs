//! The store under the bad day: power cuts, full and failing disks, flipped bits, long histories.
//!
//! Small by default; `NHAPLIEU_TORTURE=full cargo test --release --test store_bad_day` runs them
//! at full size.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a helper that fails fails its test"
)]

mod access;
mod chance;
mod damage;
#[path = "../support/disk.rs"]
mod disk;
mod failing;
mod golden;
mod handles;
mod histories;
mod many_forms;
mod no_locks;
mod own_files;
mod power;
mod state;
#[path = "../world/mod.rs"]
mod world;
