//! Key files `.nlk`: what a new store sends so that it can be enrolled before it has anything to
//! report. Text, one line a field, signed by the key it names.

use std::iter::Peekable;

use crate::base::{Message, text};
use crate::ledger::AuthorId;
use crate::plan::UnitId;
use crate::sync::bundle::container::verify;
use crate::sync::bundle::fingerprint::{Fingerprint, fingerprint};
use crate::sync::bundle::plain_text::{self, Pass};

/// The first line.
const FIRST: &str = "NHAPLIEU KEY 1";
/// What the signature covers before the lines.
const CONTEXT: &[u8] = b"nhaplieu-key-v1";
/// The longest name, in characters.
const NAME: usize = 200;
/// The longest file that is read for a key, in bytes: a key file with a mail around it.
pub const LIMIT: usize = 64 << 10;
/// What is tried to be undone, one after the other.
const PASSES: [&[Pass]; 4] = [
    &[],
    &[plain_text::undo_quoted_printable],
    &[plain_text::undo_html],
    &[plain_text::undo_quoted_printable, plain_text::undo_html],
];

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
        let name = text::clean(&self.name, NAME);
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

    /// Reads a key file. Whatever encoding, line ends, blanks and quoting it has got on its way, and
    /// whatever stands before and after it, makes no difference; the signature judges.
    ///
    /// # Errors
    /// [`KeyFileError`].
    pub fn read(bytes: &[u8]) -> Result<Self, KeyFileError> {
        if bytes.len() > LIMIT {
            return Err(KeyFileError::NotAKeyFile);
        }
        let text = plain_text::utf8(bytes.to_vec());
        let mut refusal = KeyFileError::NotAKeyFile;
        for passes in PASSES {
            let mut text = text.clone();
            for pass in passes {
                pass(&mut text);
            }
            match Self::in_text(&String::from_utf8_lossy(&text)) {
                Ok(file) => return Ok(file),
                Err(error) if refusal == KeyFileError::NotAKeyFile => refusal = error,
                Err(_) => {}
            }
        }
        Err(refusal)
    }

    /// True for the beginning of a file that holds a key file, whole or not.
    pub fn is_one(head: &[u8]) -> bool {
        let head = head.get(..LIMIT.min(head.len())).unwrap_or_default();
        Self::read(head) != Err(KeyFileError::NotAKeyFile)
    }

    fn in_text(text: &str) -> Result<Self, KeyFileError> {
        let mut lines = Lines::of(text)?;
        let file = Self {
            unit: UnitId::new(&lines.text("unit", None).ok_or(KeyFileError::Line(2))?),
            name: lines
                .text("name", Some("key:"))
                .map(|name| text::clean(&name, NAME))
                .ok_or(KeyFileError::Line(3))?,
            key: lines.hex("key").ok_or(KeyFileError::Line(4))?,
        };
        let signature = lines.hex("signature").ok_or(KeyFileError::Line(5))?;
        verify(&file.key, &file.words(), &signature).map_err(|_| KeyFileError::BadSignature)?;
        Ok(file)
    }
}

/// The lines of a key file in a text, without what mail puts before and after each.
struct Lines<'t>(Peekable<Box<dyn Iterator<Item = &'t str> + 't>>);

impl<'t> Lines<'t> {
    /// The lines after the first.
    fn of(text: &'t str) -> Result<Self, KeyFileError> {
        let lines = text.split(['\n', '\r']).map(unquoted);
        let mut lines = lines.filter(|line| !line.is_empty());
        let is_first = |line: &str| {
            let words: Vec<&str> = line.split_whitespace().collect();
            words.join(" ").ends_with(FIRST)
        };
        lines
            .find(|line| is_first(line))
            .ok_or(KeyFileError::NotAKeyFile)?;
        let lines: Box<dyn Iterator<Item = &str>> = Box::new(lines);
        Ok(Self(lines.peekable()))
    }

    /// The value of the next line, which may stand in a line of its own.
    fn value(&mut self, name: &str) -> Option<&'t str> {
        let value = self.0.next()?.strip_prefix(name)?.strip_prefix(':')?;
        match value.trim() {
            "" => self.0.next(),
            value => Some(value),
        }
    }

    /// A text. One that may be wrapped goes on up to the line that begins with `until`.
    fn text(&mut self, name: &str, until: Option<&str>) -> Option<String> {
        let mut value = self.value(name)?.to_owned();
        if let Some(until) = until {
            while let Some(more) = self.0.next_if(|line| !line.starts_with(until)) {
                value.push(' ');
                value.push_str(more);
            }
        }
        (!value.chars().any(text::is_hostile)).then_some(value)
    }

    /// Hex digits, which may be wrapped.
    fn hex<const N: usize>(&mut self, name: &str) -> Option<[u8; N]> {
        let value = self.value(name)?;
        let digits = |line: &str| -> String {
            let kept = |c: &char| !c.is_whitespace() && !text::is_hostile(*c);
            line.chars().filter(kept).collect()
        };
        let mut all = digits(value);
        while all.len() < N * 2 {
            all.push_str(&digits(self.0.next()?));
        }
        unhex(&all)
    }
}

/// A line without blanks and invisible characters around it and without the signs of quoting.
fn unquoted(line: &str) -> &str {
    let blank = |c: char| c.is_whitespace() || text::is_hostile(c);
    let line = line.trim_start_matches(|c| blank(c) || matches!(c, '>' | '|'));
    line.trim_end_matches(blank)
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
