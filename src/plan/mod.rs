//! The catalogue of what is collected: units with dates, periods and deadlines, fields, measures,
//! checks.
//!
//! Everything here is data read from a plan file; nothing in `src/` names a commune, an
//! indicator or a department. Pure: text in, catalogue or problems out.

mod file;
mod formula;
pub mod id;
mod lineage;
mod lint;
mod lookup;
pub mod model;
mod moments;
mod near;
mod owners;
mod parse;
mod period_name;
mod problem;
mod reader;
mod source;
mod syntax;
mod values;

pub use id::{FieldId, MeasureId, PeriodId, ReasonId, RuleId, UnitId};
pub use lookup::{CurrentPeriod, LookupError};
pub use model::*;
pub use near::slips;
pub use owners::{measures_on, owners_on};
pub use parse::{check, embedded, parse};
pub use problem::{Problem, ProblemSeverity};
