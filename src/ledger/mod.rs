//! What was entered: immutable, attributed entries, the chain that binds them, and the state of
//! a cell as a function of the set of its entries. Pure: no clock, no file, no random source.

pub mod actor;
pub mod approved;
pub mod cell;
pub mod chain;
pub mod content;
pub mod content_hash;
pub mod content_parts;
pub mod context;
pub mod entry;
pub mod form;
pub mod heads;
pub mod overlay;
pub mod people;
pub mod subject;
pub mod trust;
pub mod typed;
pub mod workflow;

pub use actor::{Actor, ActorId, Role};
pub use approved::Approved;
pub use cell::{CellId, CellKey, FormKey, RowId};
pub use chain::{AuthorId, EntryRef, Hash};
pub use content::Content;
pub use content_parts::{ContentHash, ContentPart};
pub use context::{Context, PastForms};
pub use entry::{ActionId, Body, Clock, Entry, Origin, PlanRef, Recorded};
pub use form::Form;
pub use heads::{Head, Heads};
pub use overlay::Provisional;
pub use people::{People, Person};
pub use subject::Subject;
pub use trust::{Claim, Trust};
pub use workflow::{FormStatus, NotYet};
