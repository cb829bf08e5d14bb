//! What is collected: units with dates, periods and deadlines, fields, measures, checks.
//!
//! Everything here is data read from a plan file; nothing in `src/` names a commune, an
//! indicator or a department. Pure: text in, catalogue or problems out.

pub mod id;
pub mod model;

pub use id::{FieldId, MeasureId, PeriodId, ReasonId, RuleId, UnitId};
pub use model::*;
