//! Exact numbers, clean text, bytes and messages as data: what every other room may use.

pub mod bytes;
pub mod decimal;
pub mod error_kind;
pub mod message;
pub mod moment;
pub mod text;

pub use decimal::{Decimal, Ratio};
pub use error_kind::ErrorKind;
pub use message::{Arg, Label, Lang, Message};
