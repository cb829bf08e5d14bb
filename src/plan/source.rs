//! Reads the bytes of a plan file as clean text, or refuses them with the location of the fault.
//!
//! A plan travels between districts by mail and stick, so it is as untrusted as anything else:
//! nothing of it may reach a terminal raw, and no size may exhaust the machine.

use std::borrow::Cow;

use super::problem::{Problem, ProblemSeverity, line_and_column};
use crate::base::text::{is_hostile, nfc};
use crate::base::{Decimal, Message};

/// The largest plan file, in bytes.
const MAX_BYTES: usize = 4 * 1024 * 1024;

/// A plan file's text and what is known of it.
pub(super) struct PlanText<'b> {
    /// The text without its byte order mark.
    pub(super) text: &'b str,
    /// True when the whole text is surely NFC, so that its parts need no second look.
    pub(super) nfc: bool,
}

/// The text of bytes that [`open`] is known to accept and to find in NFC; `None` where they are
/// not even text.
pub(super) fn trusted(bytes: &[u8]) -> Option<PlanText<'_>> {
    let text = std::str::from_utf8(bytes).ok()?;
    Some(PlanText { text, nfc: true })
}

/// Makes text of a file's bytes.
///
/// # Errors
/// Too large, not UTF-8, or with characters that nobody can see: each with its location.
pub(super) fn open(bytes: &[u8]) -> Result<PlanText<'_>, Vec<Problem>> {
    if bytes.len() > MAX_BYTES {
        let limit = i64::try_from(MAX_BYTES / 1024 / 1024).unwrap_or(i64::MAX);
        let message = Message::new("plan.problem.too_large").with("limit", Decimal::whole(limit));
        return Err(vec![refused("", 0, message)]);
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|e| {
        let valid = bytes.get(..e.valid_up_to()).unwrap_or_default();
        let before = std::str::from_utf8(valid).unwrap_or_default();
        vec![refused(
            before,
            before.len(),
            Message::new("plan.problem.not_utf8"),
        )]
    })?;
    let mut nfc = true;
    let mut hostile = Vec::new();
    for (at, c) in text.char_indices() {
        // Nearly all of a plan: neither hostile nor touched by NFC.
        if matches!(c, ' '..='~' | '\n' | '\u{C0}'..='\u{2FF}' | '\u{1E00}'..='\u{1EFF}') {
            continue;
        }
        nfc &= surely_nfc(c);
        let line_end = c == '\r' && text.as_bytes().get(at + 1) == Some(&b'\n');
        if is_hostile(c) && c != '\t' && !line_end {
            hostile.push(refused(text, at, hostile_character(c)));
            if hostile.len() == 100 {
                break;
            }
        }
    }
    if hostile.is_empty() {
        Ok(PlanText { text, nfc })
    } else {
        Err(hostile)
    }
}

/// The message about a character that may not stand in a plan.
pub(super) fn hostile_character(c: char) -> Message {
    Message::new("plan.problem.hostile").with("character", format!("U+{:04X}", u32::from(c)))
}

/// NFC of a text, without work where the whole file is known to be NFC.
pub(super) fn composed(text: &str, source_is_nfc: bool) -> Cow<'_, str> {
    if source_is_nfc || text.chars().all(surely_nfc) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(nfc(text))
    }
}

/// True for characters that NFC neither changes nor joins with a neighbour: enough for
/// Vietnamese, so that a plan is normalised only where it has to be.
fn surely_nfc(c: char) -> bool {
    matches!(c, '\0'..='\u{2FF}' | '\u{1E00}'..='\u{1EFF}' | '\u{2010}'..='\u{2027}'
        | '\u{2190}'..='\u{22FF}')
}

fn refused(text: &str, at: usize, message: Message) -> Problem {
    let (line, column) = line_and_column(text, at);
    Problem {
        line,
        column,
        severity: ProblemSeverity::Error,
        message,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(bytes: &[u8]) -> (usize, usize, &'static str) {
        let problems = open(bytes).err().unwrap();
        (
            problems[0].line,
            problems[0].column,
            problems[0].message.key,
        )
    }

    #[test]
    fn what_cannot_be_read_safely_is_refused_with_its_place() {
        assert_eq!(refusal(b"a = 1\nb = \xFF"), (2, 5, "plan.problem.not_utf8"));
        assert_eq!(
            refusal("# ghi chú \u{202e}".as_bytes()),
            (1, 11, "plan.problem.hostile")
        );
        assert_eq!(refusal(b"a\rb"), (1, 2, "plan.problem.hostile"));
        assert_eq!(
            refusal(&vec![b' '; MAX_BYTES + 1]).2,
            "plan.problem.too_large"
        );
    }

    #[test]
    fn what_editors_write_is_accepted() {
        let source = open("\u{feff}a = 1\r\n\tb = 'Xã'".as_bytes()).ok().unwrap();
        assert!(source.text.starts_with("a = 1") && source.nfc);
        let decomposed = open("a = 'Xa\u{303}'".as_bytes()).ok().unwrap();
        assert!(!decomposed.nfc);
        assert_eq!(composed("Xa\u{303}", decomposed.nfc), "Xã");
    }

    #[test]
    fn the_shipped_plan_deserves_its_trust() {
        let shipped = crate::plan::embedded();
        let (opened, trusted) = (open(shipped).ok().unwrap(), trusted(shipped).unwrap());
        assert_eq!(opened.text, trusted.text);
        assert!(opened.nfc && trusted.nfc);
    }

    #[test]
    fn characters_called_surely_nfc_are_left_alone_by_nfc() {
        for c in ('\0'..='\u{22FF}').filter(|c| surely_nfc(*c)) {
            assert_eq!(nfc(&c.to_string()), c.to_string(), "{c:?}");
            assert_eq!(nfc(&format!("a{c}")), format!("a{c}"), "{c:?}");
        }
    }
}
