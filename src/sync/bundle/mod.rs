//! The bundle: a file that carries entries from one store to another, byte by byte, with its
//! limits and its signature, as a file on a disk or as text in a mail.

mod chunk;
pub mod container;
pub mod encryption;
pub mod error;
pub mod file;
pub mod fingerprint;
pub mod have;
pub mod header;
pub mod key_file;
pub mod limits;
mod list;
pub mod range;
pub mod reader;
pub mod source;
pub mod text_armour;
pub mod writer;
