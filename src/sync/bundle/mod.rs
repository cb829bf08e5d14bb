//! The bundle: a file that carries entries from one store to another, byte by byte, with its
//! limits and its signature, as a file on a disk or as text in a mail.

mod altered_text;
mod chunk;
pub mod container;
pub mod encryption;
pub mod error;
pub mod file;
pub mod file_type;
pub mod fingerprint;
pub mod have;
pub mod header;
pub mod key_file;
pub mod limits;
mod list;
pub mod other_format;
mod plain_text;
pub mod range;
pub mod reader;
pub mod source;
pub mod text_armour;
pub mod writer;
