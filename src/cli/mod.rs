//! The command line: definitions, one file per command, wording of errors, exit codes.

pub mod screens;
pub mod setup;
