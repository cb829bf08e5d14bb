//! Recognising files that another program has encrypted, so that a refusal can name them for what
//! they are. Nothing is decrypted here.

use std::fmt;

/// The first line of a file in the age format, see age-encryption.org/v1.
const AGE: &[u8] = b"age-encryption.org/v1\n";
/// The first line of one in age's text form.
const AGE_TEXT: &[u8] = b"-----BEGIN AGE ENCRYPTED FILE-----";
/// The first line of an `OpenPGP` message in its text form (RFC 9580 6.2).
const OPENPGP_TEXT: &[u8] = b"-----BEGIN PGP MESSAGE-----";

/// The format of an encrypted file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encryption {
    /// The format of the program `age`.
    Age,
    /// `OpenPGP`, as `GnuPG` writes it.
    OpenPgp,
}

impl Encryption {
    /// The format of a file by how it begins; `None` where it is neither.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let text = bytes.trim_ascii_start();
        if bytes.starts_with(AGE) || text.starts_with(AGE_TEXT) {
            Some(Self::Age)
        } else if text.starts_with(OPENPGP_TEXT) || begins_with_session_key(bytes) {
            Some(Self::OpenPgp)
        } else {
            None
        }
    }

    /// The format of an encrypted text that stands in another, as in a mail; `None` where there is none.
    pub(super) fn in_text(text: &[u8]) -> Option<Self> {
        let holds = |mark: &[u8]| text.windows(mark.len()).any(|part| part == mark);
        if holds(AGE_TEXT) {
            Some(Self::Age)
        } else {
            holds(OPENPGP_TEXT).then_some(Self::OpenPgp)
        }
    }
}

impl fmt::Display for Encryption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Age => "age",
            Self::OpenPgp => "OpenPGP",
        })
    }
}

/// Whether the bytes begin with an encrypted session key packet, as `OpenPGP` messages do: the tag
/// (1 for a public key, 3 for a passphrase), the packet's length in one of two layouts, and a
/// version that exists (RFC 9580 4.2, 5.1 and 5.3).
fn begins_with_session_key(bytes: &[u8]) -> bool {
    let Some((first, rest)) = bytes.split_first() else {
        return false;
    };
    let (tag, length_bytes) = match (first >> 6, first & 3) {
        (0b11, _) => match rest.first() {
            Some(..192) => (first & 0x3f, 1),
            Some(192..224) => (first & 0x3f, 2),
            _ => return false,
        },
        (0b10, 0) => (first >> 2 & 0xf, 1),
        (0b10, 1) => (first >> 2 & 0xf, 2),
        _ => return false,
    };
    let version = rest.get(length_bytes);
    match tag {
        1 => matches!(version, Some(3 | 6)),
        3 => matches!(version, Some(4..=6)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encrypted_files_are_known_by_how_they_begin() {
        let age: [&[u8]; 3] = [
            b"age-encryption.org/v1\n-> X25519 abc\n",
            b"-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n",
            b"\r\n-----BEGIN AGE ENCRYPTED FILE-----\r\nYWdl\r\n",
        ];
        for file in age {
            assert_eq!(Encryption::of(file), Some(Encryption::Age));
        }
        // What GnuPG begins with: for an RSA key, for a curve, with a passphrase, as text.
        let openpgp: [&[u8]; 5] = [
            &[0x85, 0x01, 0x0c, 0x03, 0xaa],
            &[0x84, 0x5e, 0x03, 0xaa],
            &[0x8c, 0x0d, 0x04, 0x09],
            &[0xc3, 0x2e, 0x05, 0x09],
            b"-----BEGIN PGP MESSAGE-----\n\nhF4D",
        ];
        for file in openpgp {
            assert_eq!(Encryption::of(file), Some(Encryption::OpenPgp));
        }
    }

    #[test]
    fn other_files_are_not_taken_for_encrypted_ones() {
        let others: [&[u8]; 6] = [
            b"",
            b"age-encryption.org/v2\n",
            b"\x89NLB\r\n\x1a\n\x01\x00",
            b"PK\x03\x04",
            &[0x85, 0x01, 0x0c, 0x09],
            &[0xff; 8],
        ];
        for file in others {
            assert_eq!(Encryption::of(file), None, "{file:?}");
        }
    }
}
