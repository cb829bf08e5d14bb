//! The database file: where it lies, how it is opened and shared, and what its failures mean.

pub mod backend;
pub(crate) mod connection;
pub(crate) mod create;
pub(crate) mod environment;
pub(crate) mod errors;
#[cfg(target_os = "linux")]
mod file_system;
mod folder;
pub(crate) mod handle;
pub(crate) mod location;
mod memory_copy;
pub(crate) mod open;
mod privacy;
pub(crate) mod reopen;
pub(crate) mod writer_mark;
