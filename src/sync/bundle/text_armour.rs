//! Text armour: a bundle as text for mail and chat, base64 in lines of 76 columns between two marks.
//! It is recognised by the first mark anywhere in the first 64 KiB; line ends, blanks and blank lines
//! inside make no difference.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::sync::bundle::error::{BundleError, Limit};
use crate::sync::bundle::limits;

/// The first line.
pub const BEGIN: &str = "-----BEGIN NHAPLIEU BUNDLE-----";
/// The last line.
const END: &str = "-----END NHAPLIEU BUNDLE-----";

/// Columns of a line.
const COLUMNS: usize = 76;
/// How far a mail's own words may reach before the first mark.
const SEARCHED: usize = 64 << 10;
/// Characters that are decoded together: whole groups of four.
const BLOCK: usize = 4 << 10;

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

/// Reads the bytes of a bundle in text armour whose text begins at `from`.
///
/// # Errors
/// [`BundleError::Truncated`] without the last mark, [`BundleError::Malformed`] for anything
/// that is no base64, [`BundleError::TooLarge`].
pub fn read(bytes: &[u8], from: usize) -> Result<Vec<u8>, BundleError> {
    let text = bytes.get(from..).unwrap_or_default();
    let end = text
        .windows(END.len())
        .position(|window| window == END.as_bytes());
    let Some(end) = end else {
        let have = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        return Err(BundleError::Truncated {
            have,
            need: have.saturating_add(END.len() as u64),
        });
    };
    let malformed = |at: usize| BundleError::malformed(None, from + at, "base64");
    let mut decoder = Decoder::default();
    for (at, byte) in text.iter().enumerate().take(end) {
        if !is_blank(*byte) {
            decoder.push(*byte).ok_or(malformed(at))?;
        }
        if decoder.out.len() as u64 > limits::FILE {
            return Err(BundleError::TooLarge { what: Limit::File });
        }
    }
    decoder.finish().ok_or(malformed(end))
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
            assert_eq!(read(mailed.as_bytes(), from), Ok(bytes));
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
            assert_eq!(read(write(&bytes).as_bytes(), BEGIN.len()), Ok(bytes));
        }
        let padded = format!("{}AA==", "A".repeat(BLOCK - 4));
        let alone = format!("{BEGIN}\n{padded}\n{END}\n");
        assert!(read(alone.as_bytes(), BEGIN.len()).is_ok());
        let twice = format!("{BEGIN}\n{padded}\nAAAA\n{END}\n");
        assert!(read(twice.as_bytes(), BEGIN.len()).is_err());
    }
}
