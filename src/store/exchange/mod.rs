//! What a store offers to bundles: reading its logs, and taking foreign entries in.

mod api;
pub(crate) mod apply;
pub mod counting;
mod import;
pub mod progress;
mod reader;
pub(crate) mod withdraw;

pub use api::*;
/// Former names, until every room uses the new ones.
pub use api::{
    ImportDecision as Decision, IncomingEntry as Arriving, LogPiece as Piece, Snapshot as Ground,
    TakenPiece as Taken,
};
pub use counting::walk_for_uncounted;
