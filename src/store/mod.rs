//! Where it is kept: the one write path, and reads that are derived from the entries.
//!
//! `docs/store.md` says what lies in the folder, in the tables and in a value.

mod absorb;
pub mod api;
mod approved;
mod arrive;
pub mod backend;
mod batch;
mod codec;
mod commit;
pub mod create;
mod derive;
mod door;
mod epoch;
pub mod exchange;
mod fault;
mod forget;
mod ground;
mod key;
pub mod migrate;
mod peers;
mod place;
mod read;
pub mod redb_store;
mod rows;
mod rules;
mod sealing;
pub mod sessions;
mod shape;
mod snapshot;
mod undo;
mod verify;
pub mod watch;
mod witness;

pub use api::*;
pub use approved::approved;
pub use create::{Init, create, create_on};
pub use migrate::SCHEMA;
pub use peers::counts;
pub use redb_store::{Edge, RedbStore, open, open_on, open_read_only};
pub use rules::fits_plan as fits;
pub use sessions::{Neighbour, Presence, SessionFile, neighbours, recover};
pub use verify::CheckOutcome;
