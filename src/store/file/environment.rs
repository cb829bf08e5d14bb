//! What a store is told of the world around it.

use std::time::Duration;

/// The process, machine, time and random bytes that a store is given from outside.
#[derive(Clone, Debug)]
pub struct Environment {
    /// This process.
    pub pid: u32,
    /// Who works, in a few words for others who wait until it has written: `lan, import`.
    pub who: String,
    /// A name of this machine that a copy on another machine does not have.
    pub machine: String,
    /// 32 random bytes, for the key of a new epoch should one be needed.
    pub seed: [u8; 32],
    /// Wall clock, milliseconds since 1970-01-01 UTC.
    pub wall: u64,
    /// How long to wait for another process that writes.
    pub patience: Duration,
}
