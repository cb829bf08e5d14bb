//! Key files `.nlk`: what a new store sends so that it can be enrolled before it has anything to
//! report. Text, one line a field, signed by the key it names.

use crate::base::{Message, text};
use crate::ledger::AuthorId;
use crate::plan::UnitId;
use crate::sync::bundle::container::verify;
use crate::sync::bundle::fingerprint::{Fingerprint, fingerprint};

/// The first line.
pub const FIRST: &str = "NHAPLIEU KEY 1";
/// What the signature covers before the lines.
const CONTEXT: &[u8] = b"nhaplieu-key-v1";
/// The longest key file, in bytes.
pub const LIMIT: usize = 4 << 10;

/// The content of a key file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyFile {
    /// The unit of the store.
    pub unit: UnitId,
    /// What people call it.
    pub name: String,
    /// Its public key.
    pub key: [u8; 32],
}

/// Why a key file is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyFileError {
    /// Something else.
    #[error("not a key file")]
    NotAKeyFile,
    /// A line is missing or not in its form.
    #[error("line {0} is not in its form")]
    Line(usize),
    /// The signature is not the key's.
    #[error("bad signature")]
    BadSignature,
}

impl KeyFileError {
    /// What people read: what happened and what to do next.
    pub fn message(self) -> Message {
        Message::new(match self {
            Self::NotAKeyFile => "sync.key.not_a_key_file",
            Self::Line(_) => "sync.key.bad_line",
            Self::BadSignature => "sync.key.bad_signature",
        })
    }
}

impl KeyFile {
    /// The author that the key belongs to.
    pub fn author(&self) -> AuthorId {
        AuthorId::of_key(&self.key)
    }

    /// The fingerprint of the key.
    pub fn fingerprint(&self) -> Fingerprint {
        fingerprint(&self.key)
    }

    /// The usual name of the file.
    pub fn file_name(&self) -> String {
        let unit = self.unit.as_str();
        let safe: String = unit
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
            .take(40)
            .collect();
        format!("NL_{safe}.nlk")
    }

    /// The lines that are signed.
    fn lines(&self) -> String {
        let name = text::clean(&self.name, 200);
        format!(
            "{FIRST}\nunit: {}\nname: {name}\nkey: {}\n",
            self.unit,
            hex(&self.key)
        )
    }

    /// The bytes to sign.
    pub fn words(&self) -> Vec<u8> {
        [CONTEXT, self.lines().as_bytes()].concat()
    }

    /// The text of the file, with its signature.
    pub fn write(&self, signature: &[u8; 64]) -> String {
        format!("{}signature: {}\n", self.lines(), hex(signature))
    }

    /// Reads a key file; line ends and blanks at line ends make no difference.
    ///
    /// # Errors
    /// [`KeyFileError`].
    pub fn read(bytes: &[u8]) -> Result<Self, KeyFileError> {
        let text = bytes
            .get(..LIMIT.min(bytes.len()))
            .and_then(|bytes| std::str::from_utf8(bytes).ok())
            .filter(|_| bytes.len() <= LIMIT)
            .ok_or(KeyFileError::NotAKeyFile)?;
        let mut lines = text
            .trim_start_matches('\u{feff}')
            .lines()
            .map(str::trim_end);
        if lines.next() != Some(FIRST) {
            return Err(KeyFileError::NotAKeyFile);
        }
        let mut field = |at: usize, name: &str| {
            lines
                .next()
                .and_then(|line| line.strip_prefix(name))
                .and_then(|rest| rest.strip_prefix(": "))
                .filter(|value| !value.is_empty() && !value.chars().any(text::is_hostile))
                .ok_or(KeyFileError::Line(at))
        };
        let file = Self {
            unit: UnitId::new(field(2, "unit")?),
            name: field(3, "name")?.to_owned(),
            key: unhex(field(4, "key")?).ok_or(KeyFileError::Line(4))?,
        };
        let signature = unhex(field(5, "signature")?).ok_or(KeyFileError::Line(5))?;
        verify(&file.key, &file.words(), &signature).map_err(|_| KeyFileError::BadSignature)?;
        Ok(file)
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::new(), |out, byte| format!("{out}{byte:02x}"))
}

fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits = text.as_bytes();
    let mut out = [0; N];
    if digits.len() != N * 2 {
        return None;
    }
    for (byte, pair) in out.iter_mut().zip(digits.as_chunks::<2>().0) {
        let digit = |c: u8| {
            char::from(c)
                .to_digit(16)
                .and_then(|d| u8::try_from(d).ok())
        };
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(out)
}
