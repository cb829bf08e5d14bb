//! Who this store writes as: its key, its epoch, and the witness against copies and rollbacks.

pub(crate) mod epoch;
pub(crate) mod key;
pub(crate) mod witness;
