//! Exchange of entries between stores by files.
//!
//! [`bundle`] is the file itself: read, written, verified. [`export`] says what goes into one,
//! [`import`] what one would change and takes it in, [`held`] what a store keeps of bundles and
//! what people decide about them. `docs/bundle-format.md` describes the file byte by byte,
//! `docs/merge.md` the import.

pub mod authors;
pub mod bundle;
pub mod export;
pub mod held;
pub mod import;

/// Former names, until every room uses the new ones.
pub use crate::store::exchange::progress::{self, NoProgress, Phase, Progress};
pub use bundle::container::Container;
pub use bundle::error::{BundleError, Limit};
pub use bundle::have::Have;
pub use bundle::header::{Header, Scope, Vouch};
pub use bundle::range::Range;
pub use bundle::reader::VerifiedBundle;
pub use bundle::source::BundleSource;
pub use import::context::ImportContext;
pub use import::plan::ImportPlan;
