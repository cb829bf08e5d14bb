//! The stored format: tables, keys, frozen shapes and the envelope around every value.

pub(crate) mod codec;
pub(crate) mod exchange_tables;
pub(crate) mod log_rows;
pub(crate) mod schema;
pub(crate) mod sealing;
pub(crate) mod shape;
pub(crate) mod tables;
