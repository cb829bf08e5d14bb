//! One classification of everything that can go wrong.

/// What kind of failure an error is: what it means for whoever asked. Stands with each error; exit
/// codes and wording are the edge's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// What was named is not there, or was named wrongly.
    Usage,
    /// The input was refused; nothing was changed.
    Refused,
    /// Somebody else uses the store, or it cannot be shared where it lies.
    Busy,
    /// The disk, the store or a file failed.
    Failed,
    /// The person has no right to it.
    NotPermitted,
    /// Whoever watched the work ended it; nothing was changed.
    Interrupted,
}
