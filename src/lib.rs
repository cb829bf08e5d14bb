//! nhaplieu: keyboard-driven data entry for a Vietnamese district.
//!
//! The folders are the architecture and imports point one way only:
//!
//! ```text
//! base <- plan <- ledger <- { check, figures } <- store <- sync <- service <- app <- ui <- term <- cli <- main
//! ```
//!
//! `tests/architecture` reads the sources and holds that.

pub mod app;
pub mod base;
pub mod check;
pub mod cli;
pub mod figures;
pub mod ledger;
pub mod plan;
pub mod service;
pub mod store;
pub mod sync;
pub mod term;
pub mod ui;
