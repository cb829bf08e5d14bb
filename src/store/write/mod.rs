//! The one write path: permissions, judging an action, staging it, and undo.

pub(crate) mod batch;
pub(crate) mod judge;
pub(crate) mod permissions;
pub(crate) mod plan_fit;
pub(crate) mod undo;
mod writer;
