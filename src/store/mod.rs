//! Where it is kept: the one write path, and reads that are derived from the entries.

pub mod api;

pub use api::*;
