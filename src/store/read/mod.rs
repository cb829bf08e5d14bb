//! Reads: queries of forms, logs and people, and what of a form was approved.

pub(crate) mod approved;
pub(crate) mod form_content;
pub(crate) mod log;
pub(crate) mod queries;
mod reader;
pub(crate) mod snapshot;
pub(crate) mod uncounted;
