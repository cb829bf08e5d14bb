//! What a store keeps of bundles and what people decide about it: what came in and what waits,
//! cells in conflict, and taking an import back.

pub mod conflicts;
pub mod facts;
pub mod status;
pub mod withdraw;
