//! How a request and its answer find each other.

/// The number of a request. Requests are numbered in the order in which they are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(pub u64);
