//! The bundle: a file that carries entries from one store to another, byte by byte, with its
//! limits, its signature and its forms on a disk, in a mail and under encryption.

mod chunk;
pub mod container;
pub mod encryption;
mod entry;
pub mod error;
pub mod file;
pub mod fingerprint;
pub mod header;
pub mod key_file;
pub mod limits;
pub mod reader;
pub mod source;
pub mod text_armour;
pub mod writer;
