//! A bundle in a text that mail, chat or a word processor has altered: quoted, indented, wrapped
//! anew, encoded once more, cut at an end. What can be undone is undone in every way that may be
//! meant, and root hash and signature judge: nothing else makes bytes a bundle.

use std::ops::Range;

use crate::sync::bundle::encryption::Encryption;
use crate::sync::bundle::error::{Alteration, BundleError};
use crate::sync::bundle::limits;
use crate::sync::bundle::plain_text;
use crate::sync::bundle::text_armour::{self, BUNDLE, COLUMNS, Encoded};

/// The name in both marks of the text armour.
const NAME: &[u8] = b"NHAPLIEU";
/// How many characters may have come between the words of a mark.
const GAP: usize = 16;
/// The armour's first mark in base64, as a mail encodes its text.
const ARMOUR: &[u8] = b"LS0tLS1CRUdJTiBOSEFQTElFVSBCVU5ETEU";
/// How many beginnings of a bundle are tried in one text.
const STARTS: usize = 16;
/// How often each of its characters may be looked at for that: bundles in one text do not overlap, so
/// that few readings are enough for any that was not made to keep a reader busy.
const READINGS: usize = 6;

/// Checks bytes that were taken out of a text: a whole and signed bundle, or why not.
pub(super) type BundleCheck<'a> = &'a dyn Fn(&[u8]) -> Result<(), BundleError>;

/// Takes the one bundle out of a text.
///
/// # Errors
/// [`BundleError::NotABundle`] for a text without one, [`BundleError::Several`],
/// [`BundleError::Altered`], [`BundleError::Truncated`], or what `check` says of the bundle in it.
pub(super) fn bundle_in(
    mut bytes: Vec<u8>,
    check: BundleCheck<'_>,
) -> Result<Vec<u8>, BundleError> {
    let strict = text_armour::find(&bytes).and_then(|at| text_armour::read(&bytes, at).ok());
    if let Some((bundle, end)) = strict {
        match check(&bundle) {
            Ok(()) => {
                bytes.drain(..end.min(bytes.len()));
                return alone(bundle, &plain_text::ascii(bytes));
            }
            Err(error) if !is_of_alteration(&error) => return Err(error),
            Err(_) => {}
        }
    }
    let text = plain_text::ascii(bytes);
    match recovered(&text, check)? {
        Some(bundle) => Ok(bundle),
        None => Err(match encoded_again(&text) {
            Some((inner, rest)) => return in_encoded(inner, rest, check),
            None => nothing_found(&text),
        }),
    }
}

/// True for the beginning of a text that may hold a bundle, whole or altered.
pub(super) fn may_hold_bundle(head: Vec<u8>) -> bool {
    let text = plain_text::ascii(head);
    start(&text, 0).is_some() || mark(&text, "END", 0).is_some() || encoded_at(&text).is_some()
}

/// Why a text without the beginning of a bundle is refused.
fn nothing_found(text: &[u8]) -> BundleError {
    if mark(text, "END", 0).is_some() {
        return BundleError::Altered(Alteration::Beginning);
    }
    match Encryption::in_text(text) {
        Some(by) => BundleError::Encrypted(by),
        None => BundleError::NotABundle,
    }
}

/// Takes the bundle out of a text that was found in base64 in another, with `rest` after it.
fn in_encoded(inner: Vec<u8>, rest: &[u8], check: BundleCheck<'_>) -> Result<Vec<u8>, BundleError> {
    let text = plain_text::ascii(inner);
    let bundle = recovered(&text, check)?;
    let bundle = bundle.ok_or(BundleError::Altered(Alteration::Text))?;
    alone(bundle, rest)
}

/// The text that stands in base64 in another, and what follows it.
fn encoded_again(text: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let block = text.get(encoded_at(text)?..)?;
    let ends = |byte: &u8| !is_of_alphabet(*byte) && !byte.is_ascii_whitespace() && *byte != b'=';
    let end = block.iter().position(ends).unwrap_or(block.len());
    let (block, rest) = block.split_at_checked(end)?;
    let (inner, _) = Reading::EveryCharacter.decoded(block, Encoded::Text);
    Some((inner, rest))
}

fn encoded_at(text: &[u8]) -> Option<usize> {
    at_line(text, ARMOUR, 0)
}

/// Tries every beginning of a bundle in every reading; `None` where the text has no beginning.
fn recovered(text: &[u8], check: BundleCheck<'_>) -> Result<Option<Vec<u8>>, BundleError> {
    let (mut from, mut refusal) = (0, None);
    let mut work = text.len().saturating_mul(READINGS);
    for _ in 0..STARTS {
        let Some(after) = start(text, from) else {
            break;
        };
        let body = Body::after(text, after);
        let Some(left) = work.checked_sub(body.work()) else {
            break;
        };
        work = left;
        for reading in Reading::ALL {
            let (bundle, used) = body.decoded(reading);
            match check(&bundle) {
                Ok(()) => {
                    let rest = text.get(after + used..).unwrap_or_default();
                    return alone(bundle, rest).map(Some);
                }
                Err(error) if !is_of_alteration(&error) => return Err(error),
                Err(_) => {
                    refusal.get_or_insert(body.refusal(&bundle));
                }
            }
        }
        from = after + 1;
    }
    refusal.map_or(Ok(None), Err)
}

/// Gives a bundle back if the rest of its text holds no other: one that is not read would be lost
/// without a word. The same one again, whole or cut, is what a mail quotes.
fn alone(bundle: Vec<u8>, rest: &[u8]) -> Result<Vec<u8>, BundleError> {
    let mut from = 0;
    let mut work = rest.len().saturating_mul(READINGS);
    for _ in 0..STARTS {
        let Some(after) = start(rest, from) else {
            return Ok(bundle);
        };
        let body = Body::after(rest, after);
        let Some(left) = work.checked_sub(body.work()) else {
            break;
        };
        work = left;
        let same = |reading| bundle.starts_with(&body.decoded(reading).0);
        if !Reading::ALL.into_iter().any(same) {
            break;
        }
        from = after + 1;
    }
    Err(BundleError::Several)
}

/// True for what bytes are refused for that are not those of a bundle: another reading may give
/// them. What is found in whole bytes stands.
fn is_of_alteration(error: &BundleError) -> bool {
    matches!(
        error,
        BundleError::NotABundle
            | BundleError::Truncated { .. }
            | BundleError::ZeroTail { .. }
            | BundleError::Trailing { .. }
            | BundleError::RootMismatch
            | BundleError::Altered(_)
    )
}

/// The characters of a bundle in a text, up to its last mark or to the end of the text.
struct Body<'t> {
    text: &'t [u8],
    ended: bool,
}

impl<'t> Body<'t> {
    fn after(text: &'t [u8], at: usize) -> Self {
        let end = mark(text, "END", at).map(|end| end.start);
        Self {
            text: text.get(at..end.unwrap_or(text.len())).unwrap_or_default(),
            ended: end.is_some(),
        }
    }

    /// How many characters are looked at to read it in every way.
    fn work(&self) -> usize {
        self.text.len().saturating_mul(Reading::ALL.len())
    }

    /// The bytes of the bundle, up to the length it states, and how much of the text they took;
    /// none for what does not begin as one.
    fn decoded(&self, reading: Reading) -> (Vec<u8>, usize) {
        reading.decoded(self.text, Encoded::Bundle)
    }

    /// Why bytes that were decoded are refused: cut where the text goes on to its end without the
    /// last mark.
    fn refusal(&self, bundle: &[u8]) -> BundleError {
        let need = text_armour::stated_length(bundle).unwrap_or(limits::LEAST);
        let have = u64::try_from(bundle.len()).unwrap_or(u64::MAX);
        if !self.ended && have < need {
            return BundleError::Truncated { have, need };
        }
        BundleError::Altered(Alteration::Text)
    }
}

/// Which characters of a text are meant.
#[derive(Clone, Copy)]
enum Reading {
    /// Every one of the alphabet: whatever else stands between them was put there.
    EveryCharacter,
    /// The last word of each full line, and of one after these: a time and a name stand before it.
    FullLines,
}

impl Reading {
    const ALL: [Self; 2] = [Self::EveryCharacter, Self::FullLines];

    fn decoded(self, text: &[u8], encoded: Encoded) -> (Vec<u8>, usize) {
        match self {
            Self::EveryCharacter => {
                let characters = text.iter().enumerate();
                let letters = characters.filter_map(|(at, byte)| Some((at + 1, letter(*byte)?)));
                text_armour::decoded(letters, encoded)
            }
            Self::FullLines => text_armour::decoded(full_lines(text), encoded),
        }
    }
}

/// A character of the alphabet, also of that for addresses (RFC 4648 5).
fn letter(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' => Some(byte),
        b'-' => Some(b'+'),
        b'_' => Some(b'/'),
        _ => None,
    }
}

/// The characters of the full lines and of the one after them, each with the place behind it.
fn full_lines<'t>(text: &'t [u8]) -> impl Iterator<Item = (usize, u8)> + 't {
    let full = |word: &[u8]| word.len() == COLUMNS;
    let last = last_words(text).filter(|(_, word)| full(word)).last();
    let last = last.map(|(at, _)| at);
    let mut ended = false;
    let meant = move |(at, word): &(usize, &[u8])| {
        full(word) || (Some(*at) > last && !std::mem::replace(&mut ended, true))
    };
    let letters = |(at, word): (usize, &'t [u8])| {
        let word = word.iter().enumerate();
        word.filter_map(move |(i, byte)| Some((at + i + 1, letter(*byte)?)))
    };
    last_words(text).filter(meant).flat_map(letters)
}

/// The last word of each line where it has characters of the alphabet only, and where it begins.
fn last_words(text: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let mut at = 0;
    let lines = text.split_inclusive(|byte| matches!(byte, b'\r' | b'\n'));
    lines.filter_map(move |line| {
        let begins = at;
        at += line.len();
        let ends = |byte: &u8| !byte.is_ascii_whitespace() && *byte != b'=';
        let end = line.iter().rposition(ends)? + 1;
        let line = line.get(..end)?;
        let space = line.iter().rposition(u8::is_ascii_whitespace);
        let first = space.map_or(0, |space| space + 1);
        let word = line.get(first..)?;
        let whole = word.iter().all(|byte| letter(*byte).is_some());
        whole.then_some((begins + first, word))
    })
}

/// Where a bundle's characters begin at or after `from`: behind the first mark, or where the first
/// of them stand without one.
fn start(text: &[u8], from: usize) -> Option<usize> {
    let mark = mark(text, "BEGIN", from).map(|mark| mark.end);
    let bare = at_line(text, BUNDLE, from);
    let at = match (mark, bare) {
        (Some(mark), Some(bare)) => mark.min(bare),
        (mark, bare) => mark.or(bare)?,
    };
    let rest = text.get(at..)?;
    let skipped = rest.iter().take_while(|byte| !byte.is_ascii_alphanumeric());
    Some(at + skipped.count())
}

/// Finds characters that begin a word.
fn at_line(text: &[u8], wanted: &[u8], mut from: usize) -> Option<usize> {
    loop {
        let at = from + position(text.get(from..)?, wanted)?;
        let before = at.checked_sub(1).and_then(|before| text.get(before));
        if !before.is_some_and(|byte| is_of_alphabet(*byte)) {
            return Some(at);
        }
        from = at + 1;
    }
}

fn is_of_alphabet(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')
}

/// Finds the mark of the text armour with this word, whatever stands between its words and however
/// long its dashes are.
fn mark(text: &[u8], word: &str, mut from: usize) -> Option<Range<usize>> {
    let between = |byte: &&u8| !byte.is_ascii_alphanumeric();
    let dash = |byte: &&u8| **byte == b'-';
    loop {
        let name = from + position(text.get(from..)?, NAME)?;
        let (before, after) = text.split_at_checked(name)?;
        let gap = before.iter().rev().take(GAP).take_while(between).count();
        let before = before.get(..name - gap)?;
        let after = after.get(NAME.len()..)?;
        let gap = after.iter().take(GAP).take_while(between).count();
        let after = after.get(gap..)?;
        if before.ends_with(word.as_bytes()) && after.starts_with(b"BUNDLE") {
            let begins = before.len() - word.len();
            let dashes = text.get(..begins)?.iter().rev().take_while(dash).count();
            let after = after.get(b"BUNDLE".len()..)?;
            let end = text.len() - after.len() + after.iter().take_while(dash).count();
            return Some(begins - dashes..end);
        }
        from = name + NAME.len();
    }
}

fn position(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|part| part == wanted)
}
