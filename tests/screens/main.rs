//! The screens as a clerk sees and uses them, without a terminal: `harness.rs` says how.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod harness;
mod pictures;
