//! How it travels: bundles, what is believed of them, and what they change.
//!
//! A file is opened ([`container`]), read through ([`check`]), weighed against the store
//! ([`import`], which says what would change before anything does) and taken in one transaction.
//! `docs/bundle-format.md` describes the file byte by byte.

pub mod armour;
pub mod carrier;
pub mod check;
pub mod container;
pub mod cover;
pub mod dispute;
mod effects;
mod entry;
pub mod error;
pub mod export;
pub mod file;
pub mod fingerprint;
mod frame;
mod gate;
pub mod header;
pub mod import;
pub mod inspect;
mod judge;
mod keeping;
pub mod kept;
pub mod keyfile;
mod late;
pub mod limits;
mod merge;
pub mod pack;
pub mod plan;
pub mod undo;
mod walk;

pub use crate::store::watch;
pub use carrier::Carrier;
pub use check::Checked;
pub use container::Container;
pub use error::{BundleError, Limit};
pub use header::{Have, Header, Range, Scope, Vouch};
pub use merge::Scene;
pub use plan::ImportPlan;
pub use watch::{Step, Unwatched, Watch};
