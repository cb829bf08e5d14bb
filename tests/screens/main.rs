//! The screens as a clerk sees and uses them, without a terminal: `harness.rs` says how.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod contrast;
mod cursor;
mod disk;
mod faults;
mod first_steps;
mod harness;
mod keys;
mod model;
mod office;
mod one_path;
mod overlays;
#[cfg(unix)]
mod own_files;
mod pictures;
mod saving;
mod sharing;
mod sizes;
mod sync_page;
mod typing;
mod words;
