//! Checking what is kept: everything derived is computed again from the entries and compared.

mod check;
pub(crate) mod derive;
pub(crate) mod rebuild;
mod verify;
