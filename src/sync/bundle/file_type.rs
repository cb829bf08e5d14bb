//! What a file is that does not begin as a bundle: encrypted, of another program, cut, altered on
//! its way, or a text with a bundle in it, which is taken out.

use crate::sync::bundle::altered_text::{self, BundleCheck};
use crate::sync::bundle::encryption::Encryption;
use crate::sync::bundle::error::{Alteration, BundleError};
use crate::sync::bundle::limits;
use crate::sync::bundle::other_format::FileFormat;
use crate::sync::bundle::plain_text;
use crate::sync::bundle::source::zeros_from;
use crate::sync::bundle::text_armour;

/// The first bytes of a bundle: no text, and changed by any transfer that treats it as text.
pub const MAGIC: [u8; 8] = *b"\x89NLB\r\n\x1a\n";
/// Bytes in which what is left of [`MAGIC`] stands after such a transfer.
const MAGIC_ALTERED: usize = 32;

/// Takes the bundle out of a file that does not begin as one.
///
/// # Errors
/// What the file is instead.
pub(super) fn bundle_in(bytes: Vec<u8>, check: BundleCheck<'_>) -> Result<Vec<u8>, BundleError> {
    if let Some(by) = Encryption::of(&bytes) {
        return Err(BundleError::Encrypted(by));
    }
    let format = FileFormat::of(&bytes);
    if let Some(format) = format.filter(|format| !format.is_text()) {
        return Err(BundleError::OtherFormat(format));
    }
    if let Some(error) = cut_or_altered(&bytes)? {
        return Err(error);
    }
    let found = altered_text::bundle_in(bytes, check);
    match (found, format) {
        (Err(BundleError::NotABundle), Some(format)) => Err(BundleError::OtherFormat(format)),
        (found, _) => found,
    }
}

/// True for the beginning of a file that is a bundle, or was one before it was altered.
pub fn may_be_bundle(head: &[u8]) -> bool {
    head.starts_with(&MAGIC)
        || text_armour::find(head).is_some()
        || is_altered_magic(head)
        || altered_text::may_hold_bundle(head.to_vec())
}

/// Why a file that begins nearly as a bundle is none; `None` for any other file.
fn cut_or_altered(bytes: &[u8]) -> Result<Option<BundleError>, BundleError> {
    let from = zeros_from(bytes)?;
    let written = bytes.get(..from.min(MAGIC.len())).unwrap_or_default();
    if from < bytes.len() && from <= MAGIC.len() && MAGIC.starts_with(written) {
        return Ok(Some(BundleError::zero_tail(from)));
    }
    if MAGIC.starts_with(bytes) || text_armour::BEGIN.as_bytes().starts_with(bytes) {
        return Ok(Some(BundleError::truncated(bytes.len(), limits::LEAST)));
    }
    let altered = BundleError::Altered(Alteration::Bytes);
    Ok(is_altered_magic(bytes).then_some(altered))
}

/// True for what a transfer as text leaves of [`MAGIC`]: the letters, and of the line ends some.
fn is_altered_magic(bytes: &[u8]) -> bool {
    let head = bytes.get(..MAGIC_ALTERED.min(bytes.len()));
    let head = plain_text::utf8(head.unwrap_or_default().to_vec());
    let before = head.iter().take_while(|byte| !byte.is_ascii_alphanumeric());
    let letters = head.get(before.count()..).unwrap_or_default();
    let after = letters.strip_prefix(b"NLB");
    after.is_some_and(|after| matches!(after, [b'\r' | b'\n' | 0x1a, ..]))
}
