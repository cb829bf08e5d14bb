//! A bundle as text, for mail and chat: base64 in lines of 76 columns between two marks.
//! Recognised by content, wherever in the first 64 KiB the first mark stands; line ends, blanks
//! and blank lines inside make no difference.

use crate::sync::bundle::error::{BundleError, Limit};
use crate::sync::bundle::limits;

/// The first line.
pub const BEGIN: &str = "-----BEGIN NHAPLIEU BUNDLE-----";
/// The last line.
pub const END: &str = "-----END NHAPLIEU BUNDLE-----";

/// Columns of a line.
const COLUMNS: usize = 76;
/// How far a mail's own words may reach before the first mark.
const SEARCHED: usize = 64 << 10;
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Where the text after the first mark begins, when this is a bundle in armour.
pub fn find(bytes: &[u8]) -> Option<usize> {
    let head = bytes.get(..SEARCHED.min(bytes.len()))?;
    head.windows(BEGIN.len())
        .position(|window| window == BEGIN.as_bytes())
        .map(|at| at + BEGIN.len())
}

/// The bundle as text.
pub fn write(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() / 3 * 4 + bytes.len() / 50 + 80);
    out.push_str(BEGIN);
    out.push('\n');
    for line in bytes.chunks(COLUMNS / 4 * 3) {
        for three in line.chunks(3) {
            out.extend(quad(three));
        }
        out.push('\n');
    }
    out.push_str(END);
    out.push('\n');
    out
}

fn quad(three: &[u8]) -> [char; 4] {
    let byte = |at: usize| u32::from(three.get(at).copied().unwrap_or(0));
    let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
    let letter = |shift: u32| {
        let at = usize::try_from(bits >> shift & 63).unwrap_or(0);
        char::from(ALPHABET.get(at).copied().unwrap_or(b'='))
    };
    let or_pad = |filled: bool, letter: char| if filled { letter } else { '=' };
    [
        letter(18),
        letter(12),
        or_pad(three.len() > 1, letter(6)),
        or_pad(three.len() > 2, letter(0)),
    ]
}

/// The bytes of a bundle in armour whose text begins at `from`.
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
    let mut decode = Decode::default();
    for (at, byte) in text.iter().take(end).enumerate() {
        decode
            .push(*byte)
            .ok_or(BundleError::malformed(None, from + at, "base64"))?;
        if decode.out.len() as u64 > limits::FILE {
            return Err(BundleError::TooLarge { what: Limit::File });
        }
    }
    decode
        .finish()
        .ok_or(BundleError::malformed(None, from + end, "base64"))
}

#[derive(Default)]
struct Decode {
    out: Vec<u8>,
    bits: u32,
    letters: u8,
    pads: u8,
}

impl Decode {
    fn push(&mut self, byte: u8) -> Option<()> {
        if matches!(byte, b' ' | b'\t' | b'\r' | b'\n') {
            return Some(());
        }
        if byte == b'=' {
            self.pads = self.pads.checked_add(1).filter(|pads| *pads <= 2)?;
            return Some(());
        }
        if self.pads > 0 {
            return None;
        }
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        self.bits = self.bits << 6 | u32::from(value);
        self.letters += 1;
        if self.letters == 4 {
            let [_, bytes @ ..] = self.bits.to_be_bytes();
            self.out.extend(bytes);
            (self.bits, self.letters) = (0, 0);
        }
        Some(())
    }

    /// The last one or two bytes; their unused bits must be 0, so that no two texts give one
    /// bundle by accident.
    fn finish(mut self) -> Option<Vec<u8>> {
        match (self.letters, self.pads) {
            (0, 0) => {}
            (2, 2) if self.bits.trailing_zeros() >= 4 => {
                self.out.push(u8::try_from(self.bits >> 4).ok()?);
            }
            (3, 1) if self.bits.trailing_zeros() >= 2 => {
                let [_, _, bytes @ ..] = (self.bits >> 2).to_be_bytes();
                self.out.extend(bytes);
            }
            _ => return None,
        }
        Some(self.out)
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
}
