//! Keeps the entries in a database file, writes them by one path, and answers questions from what
//! is derived from them.
//!
//! `docs/store.md` says what lies in the folder, in the tables and in a value.

pub mod api;
mod audit;
mod error;
pub mod exchange;
mod file;
mod format;
mod identity;
pub mod presence;
mod read;
mod write;

pub use api::*;
pub use exchange::counting::counts;
pub use file::backend;
pub use file::create::{Init, create, create_on};
pub use file::environment::Environment;
pub use file::handle::RedbStore;
pub use file::open::{OpenFor, open, open_if_possible_for_writing, open_on, open_read_only};
pub use format::schema::SCHEMA;
pub use presence::{OtherSession, Presence, SessionFile, other_sessions, recover};
pub use read::approved::approved;
pub use write::plan_fit::{PlanFault, fits_plan};
