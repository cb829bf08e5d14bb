//! What a store offers to bundles: reading its logs, and taking foreign entries in.

mod api;
pub(crate) mod apply;
pub mod counting;
mod import;
pub mod known_log;
pub mod progress;
mod reader;
pub(crate) mod withdraw;

pub use api::*;
pub use counting::walk_for_uncounted;
pub use known_log::{Missing, Tip};
