//! Checking what is kept: everything derived is computed again from the entries and compared.

pub(crate) mod derive;
pub(crate) mod verify;
