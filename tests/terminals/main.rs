//! What terminals send, with its pauses, and what must come of it.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod every_key;
mod play;
mod random;
mod rows;
mod tables;
