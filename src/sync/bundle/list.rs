//! Lists in a header: how many items, then each.

use crate::base::bytes::{BadBytes, Reader};

/// Writes how many items of a list follow.
pub(super) fn put_count(out: &mut Vec<u8>, count: usize) {
    out.extend(u32::try_from(count).unwrap_or(u32::MAX).to_le_bytes());
}

/// Reads how many items follow, and each of them. Memory grows with what is read and not with what is
/// promised.
pub(super) fn list<T>(
    reader: &mut Reader<'_>,
    what: &'static str,
    item: impl Fn(&mut Reader<'_>) -> Result<T, BadBytes>,
) -> Result<Vec<T>, BadBytes> {
    let mut items = Vec::new();
    for _ in 0..reader.u32(what)? {
        items.push(item(reader)?);
    }
    Ok(items)
}
