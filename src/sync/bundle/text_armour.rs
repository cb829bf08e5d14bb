//! Text armour: a bundle as text for mail and chat, base64 in lines of 76 columns between two marks.
//! It is recognised by the first mark anywhere in the first 64 KiB; line ends, blanks and blank lines
//! inside make no difference. What else mail and chat may do to it is for `altered_text`.

use base64::Engine;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD, STANDARD};

use crate::sync::bundle::error::{Alteration, BundleError, Limit};
use crate::sync::bundle::limits;

/// The first line.
pub const BEGIN: &str = "-----BEGIN NHAPLIEU BUNDLE-----";
/// The last line.
const END: &str = "-----END NHAPLIEU BUNDLE-----";

/// Columns of a line.
pub(super) const COLUMNS: usize = 76;
/// The characters a bundle begins with: those of its first bytes.
pub(super) const BUNDLE: &[u8] = b"iU5MQg0KGgo";
/// How far a mail's own words may reach before the first mark.
const SEARCHED: usize = 64 << 10;
/// Characters that are decoded together: whole groups of four.
const BLOCK: usize = 4 << 10;
/// Characters of a bundle that are decoded first: they hold the length it states.
const FIRST: usize = 40;

/// Where the text after the first mark begins; `None` for what is no text armour.
pub fn find(bytes: &[u8]) -> Option<usize> {
    let head = bytes.get(..SEARCHED.min(bytes.len()))?;
    head.windows(BEGIN.len())
        .position(|window| window == BEGIN.as_bytes())
        .map(|at| at + BEGIN.len())
}

/// Writes a bundle as text.
pub fn write(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() / 3 * 4 + bytes.len() / 50 + 80);
    out.push_str(BEGIN);
    out.push('\n');
    for line in bytes.chunks(COLUMNS / 4 * 3) {
        STANDARD.encode_string(line, &mut out);
        out.push('\n');
    }
    out.push_str(END);
    out.push('\n');
    out
}

/// Reads the bytes of a bundle in text armour whose text begins at `from`; gives them and where the
/// last mark ends.
///
/// # Errors
/// [`BundleError::Truncated`] without the last mark, [`BundleError::Altered`] for anything
/// that is no base64, [`BundleError::TooLarge`].
pub fn read(bytes: &[u8], from: usize) -> Result<(Vec<u8>, usize), BundleError> {
    let text = bytes.get(from..).unwrap_or_default();
    let end = text
        .windows(END.len())
        .position(|window| window == END.as_bytes());
    let Some(end) = end else {
        let need = bytes.len().saturating_add(END.len());
        let need = u64::try_from(need).unwrap_or(u64::MAX);
        return Err(BundleError::truncated(bytes.len(), need));
    };
    let altered = || BundleError::Altered(Alteration::Text);
    let mut decoder = Decoder::default();
    for byte in text.iter().take(end) {
        if !is_blank(*byte) {
            decoder.push(*byte).ok_or_else(altered)?;
        }
        if decoder.out.len() as u64 > limits::FILE {
            return Err(BundleError::TooLarge { what: Limit::File });
        }
    }
    let bundle = decoder.finish().ok_or_else(altered)?;
    Ok((bundle, from + end + END.len()))
}

/// What was encoded in base64.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoded {
    /// A bundle, which says how long it is.
    Bundle,
    /// A text.
    Text,
}

/// No padding, and no care for what stands in the bits that are left over at the end.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    NO_PAD.with_decode_allow_trailing_bits(true),
);

/// Decodes characters of the alphabet, each with the place behind it, up to where the bundle says
/// that it ends or there are no more; gives the bytes and the place behind the last character used.
/// Nothing for what does not begin as a bundle and should.
pub(super) fn decoded(
    characters: impl Iterator<Item = (usize, u8)>,
    encoded: Encoded,
) -> (Vec<u8>, usize) {
    let (mut block, mut out, mut behind) = (Vec::with_capacity(BLOCK), Vec::new(), 0);
    // The first block tells the length; then so many characters are left.
    let (mut size, mut left) = (FIRST, usize::MAX);
    for (at, character) in characters {
        (behind, left) = (at, left - 1);
        block.push(character);
        if block.len() < size && left > 0 {
            continue;
        }
        if out.is_empty() && encoded == Encoded::Bundle {
            if !block.starts_with(BUNDLE) {
                return (out, 0);
            }
            flush(&mut block, &mut out);
            let total = stated_length(&out).filter(|total| *total <= limits::FILE);
            let total = total.and_then(|total| usize::try_from(total).ok());
            left = total.map_or(left, |total| (total.div_ceil(3) * 4).saturating_sub(FIRST));
            size = BLOCK;
        } else {
            flush(&mut block, &mut out);
        }
        if left == 0 || out.len() as u64 > limits::FILE {
            break;
        }
    }
    if out.is_empty() && encoded == Encoded::Bundle && !begins_alike(&block) {
        return (out, 0);
    }
    flush(&mut block, &mut out);
    if let Some(total) = stated_length(&out).filter(|_| encoded == Encoded::Bundle) {
        out.truncate(usize::try_from(total).unwrap_or(usize::MAX));
    }
    (out, behind)
}

/// Whether a few characters are the first of a bundle.
fn begins_alike(block: &[u8]) -> bool {
    block.starts_with(BUNDLE) || BUNDLE.starts_with(block)
}

/// Decodes a block; a single character at its end is no byte.
fn flush(block: &mut Vec<u8>, out: &mut Vec<u8>) {
    if block.len() % 4 == 1 {
        block.pop();
    }
    // Only characters of the alphabet come here.
    let _ = LENIENT.decode_vec(&block, out);
    block.clear();
}

/// The length that the first bytes of a bundle state of it.
pub(super) fn stated_length(bundle: &[u8]) -> Option<u64> {
    let (_, length) = bundle.split_at_checked(20)?;
    Some(u64::from_le_bytes(*length.first_chunk()?))
}

/// What mail programs put between the characters.
fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

/// Decodes base64 block by block, so that the text is not held a second time. The library is strict:
/// no character beside the alphabet, no padding but the one needed, no bits that decode to nothing,
/// so that no two texts give one bundle by accident.
#[derive(Default)]
struct Decoder {
    block: Vec<u8>,
    out: Vec<u8>,
}

impl Decoder {
    /// Takes one character; `None` where the block it follows is no base64 or was the last.
    fn push(&mut self, byte: u8) -> Option<()> {
        if self.block.len() == BLOCK {
            self.decode()?;
            if self.block.ends_with(b"=") {
                return None;
            }
            self.block.clear();
        }
        self.block.push(byte);
        Some(())
    }

    /// All bytes; `None` where what is left is no base64.
    fn finish(mut self) -> Option<Vec<u8>> {
        self.decode()?;
        Some(self.out)
    }

    fn decode(&mut self) -> Option<()> {
        STANDARD.decode_vec(&self.block, &mut self.out).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_comes_back_whatever_a_mail_program_does_to_the_lines() {
        for length in 0..200_usize {
            let bytes: Vec<u8> = (0..=255_u8).cycle().step_by(37).take(length).collect();
            let text = write(&bytes);
            assert!(text.lines().all(|line| line.len() <= COLUMNS));
            let mailed = format!("Kính gửi\r\n\r\n{}", text.replace('\n', " \r\n\r\n"));
            let from = find(mailed.as_bytes()).unwrap();
            assert_eq!(read(mailed.as_bytes(), from).unwrap().0, bytes);
        }
    }

    #[test]
    fn what_is_not_base64_is_refused() {
        for wrong in ["AAA*", "A", "AA=A", "AB==", "AAA==", "=", "AAAA="] {
            let text = format!("{BEGIN}\n{wrong}\n{END}\n");
            assert!(read(text.as_bytes(), BEGIN.len()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn more_than_one_block_comes_back_and_padding_between_blocks_is_refused() {
        for length in [BLOCK / 4 * 3 - 1, BLOCK / 4 * 3, BLOCK * 2 + 1] {
            let bytes: Vec<u8> = (0..=255_u8).cycle().step_by(37).take(length).collect();
            assert_eq!(
                read(write(&bytes).as_bytes(), BEGIN.len()).unwrap().0,
                bytes
            );
        }
        let padded = format!("{}AA==", "A".repeat(BLOCK - 4));
        let alone = format!("{BEGIN}\n{padded}\n{END}\n");
        assert!(read(alone.as_bytes(), BEGIN.len()).is_ok());
        let twice = format!("{BEGIN}\n{padded}\nAAAA\n{END}\n");
        assert!(read(twice.as_bytes(), BEGIN.len()).is_err());
    }
}
