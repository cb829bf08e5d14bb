//! Reads typed text as the content of a cell, and formats a content for the cell.
//!
//! Nothing is guessed and nothing dropped: a text that could mean two numbers is kept
//! as typed and asked about. The table is that of `domain.md` 4.1; what the cell shows reads back
//! to the same content.

use super::content::Content;
use crate::base::{Decimal, Message, decimal, text};
use crate::plan::FieldType;

/// Longest text kept in a cell or note, in characters.
pub const TEXT_LIMIT: usize = 4_000;
/// Longest unreadable input kept in a numeric cell, in characters.
pub const INVALID_LIMIT: usize = 64;

/// The result of reading typed text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The content it becomes.
    pub content: Content,
    /// Why it could not be read, when `content` is [`Content::Invalid`].
    pub problem: Option<NumberProblem>,
    /// Set when the reading is worth repeating to the clerk ("1.234 = một nghìn hai trăm …").
    pub echo: bool,
}

/// Why a numeric text cannot be read; the wording lives in the texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NumberProblem {
    /// A point before one or two digits: "Dùng dấu phẩy cho phần thập phân".
    PointAsDecimal,
    /// A decimal comma in a field of whole numbers.
    DecimalInCount,
    /// `1,234`: a decimal, or a thousand typed the English way?
    CommaThousands,
    /// `1,234.5`: English style; `offer` is the same number in Vietnamese style.
    EnglishStyle {
        /// What to type instead.
        offer: String,
    },
    /// More decimals than the field takes.
    TooManyDecimals(u8),
    /// More digits than a figure may have.
    TooLong,
    /// A minus sign before digits.
    Negative,
    /// Groups that are not of three digits.
    BadGroups,
    /// Something else than a number.
    NotANumber,
}

impl NumberProblem {
    /// The message for the clerk who typed `typed`.
    pub fn message(&self, typed: &str) -> Message {
        let key = match self {
            Self::PointAsDecimal => "typed.point_as_decimal",
            Self::DecimalInCount => "typed.decimal_in_count",
            Self::CommaThousands => "typed.comma_thousands",
            Self::EnglishStyle { .. } => "typed.english_style",
            Self::TooManyDecimals(_) => "typed.too_many_decimals",
            Self::TooLong => "typed.too_long",
            Self::Negative => "typed.negative",
            Self::BadGroups => "typed.bad_groups",
            Self::NotANumber => "typed.not_a_number",
        };
        let message = Message::new(key).with("typed", typed);
        match self {
            Self::CommaThousands => message.with("offer", typed.replace(',', ".")),
            Self::EnglishStyle { offer } => message.with("offer", offer.as_str()),
            Self::TooManyDecimals(places) => message.with("places", usize::from(*places)),
            Self::TooLong => message.with("digits", decimal::MAX_DIGITS),
            _ => message,
        }
    }
}

/// Reads what was typed into a cell of `kind`.
///
/// In a text field everything is words: its states are set by their own key, never by typing.
pub fn read(typed: &str, kind: FieldType) -> Reading {
    let places = match kind {
        FieldType::Text => {
            let words = text::clean(typed, TEXT_LIMIT);
            return Reading::sure(if words.is_empty() {
                Content::Blank
            } else {
                Content::Text(words)
            });
        }
        FieldType::Count => None,
        FieldType::Decimal(places) => Some(places),
    };
    let kept = keep(typed);
    if let Some(state) = state_of(&kept) {
        return Reading::sure(state);
    }
    match number(&kept, places) {
        Ok((value, echo)) => Reading {
            content: Content::Value(value),
            problem: None,
            echo,
        },
        Err(problem) => Reading {
            content: Content::Invalid(kept),
            problem: Some(problem),
            echo: false,
        },
    }
}

/// Formats a content for a cell, in every language: figures grouped as they are typed, signs for
/// states, unreadable text as typed.
pub fn show(content: &Content) -> String {
    match content {
        Content::Value(value) => value.display(),
        Content::Blank => String::new(),
        Content::Text(text) | Content::Invalid(text) => text.clone(),
        Content::NoneOccurred => "-".to_owned(),
        Content::Unavailable => "…".to_owned(),
        Content::NotApplicable => "x".to_owned(),
    }
}

/// Formats a content for editing in place, in any language: [`read`] of it gives the
/// same content again (in a text field, for blank and words).
pub fn typed_form(content: &Content) -> String {
    show(content)
}

impl Reading {
    fn sure(content: Content) -> Self {
        Self {
            content,
            problem: None,
            echo: false,
        }
    }
}

/// Numeric input as it is kept when unreadable. Neither of its two changes may turn an unreadable
/// text into a readable one: line breaks and tabs (two pasted cells) become `|`, never a group's
/// space, and a cut is marked.
fn keep(typed: &str) -> String {
    let is_break = |c: char| {
        matches!(
            c,
            '\t' | '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}'
        )
    };
    let trimmed = typed.trim();
    let one_line = if trimmed.contains(is_break) {
        trimmed.replace(is_break, "|")
    } else {
        trimmed.to_owned()
    };
    let kept = text::clean(&one_line, usize::MAX);
    if kept.chars().count() <= INVALID_LIMIT {
        return kept;
    }
    let mut cut: String = kept.chars().take(INVALID_LIMIT - 1).collect();
    cut.push('…');
    cut
}

fn state_of(kept: &str) -> Option<Content> {
    match kept {
        "" => Some(Content::Blank),
        "…" | "..." | ".." => Some(Content::Unavailable),
        "x" | "X" | "*" => Some(Content::NotApplicable),
        _ if kept.eq_ignore_ascii_case("kps") => Some(Content::NoneOccurred),
        _ => {
            let mut chars = kept.chars();
            let alone = chars.next().is_some_and(is_dash) && chars.next().is_none();
            alone.then_some(Content::NoneOccurred)
        }
    }
}

/// Hyphens, dashes and the minus sign: what editors and spreadsheets make of `-`.
fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

/// Reads a number; `places` is `None` for whole numbers. True beside it when worth an echo.
fn number(kept: &str, places: Option<u8>) -> Result<(Decimal, bool), NumberProblem> {
    if let Some(rest) = kept.strip_prefix(is_dash) {
        let negative = rest.trim_start().starts_with(|c: char| c.is_ascii_digit());
        return Err(if negative {
            NumberProblem::Negative
        } else {
            NumberProblem::NotANumber
        });
    }
    let known = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | ' ');
    let begins = kept.starts_with(|c: char| c.is_ascii_digit());
    if !begins || !kept.chars().all(known) {
        return Err(NumberProblem::NotANumber);
    }
    if let Some(problem) = english(kept, places) {
        return Err(problem);
    }
    let (whole, part) = match kept.split_once(',') {
        None => (kept, None),
        Some((whole, part)) => (whole, Some(part)),
    };
    let digits = whole_digits(whole)?;
    let part = match part {
        None => "",
        Some(part) => decimals(kept, part, places)?,
    };
    let value = figure(&digits, part)?;
    Ok((value, whole.contains('.') || part.len() == 3))
}

/// Finds what is written the English way, or could be: `1,234.5`, `1,234,567`, and `1,234` in a
/// field of whole numbers.
fn english(kept: &str, places: Option<u8>) -> Option<NumberProblem> {
    let (whole, part) = match kept.split_once('.') {
        None => (kept, None),
        Some((whole, part)) => (whole, Some(part)),
    };
    let groups = whole.split(',').count();
    if groups < 2 || !grouped(whole, ',') {
        return None;
    }
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let whole = whole.replace(',', ".");
    match (part, places) {
        (None, None) if groups == 2 => Some(NumberProblem::CommaThousands),
        (None, Some(_)) if groups == 2 => None,
        (None, _) => Some(NumberProblem::EnglishStyle { offer: whole }),
        (Some(part), _) if plain(part) => Some(NumberProblem::EnglishStyle {
            offer: format!("{whole},{part}"),
        }),
        (Some(_), _) => None,
    }
}

/// The digits of the whole part, `1.234`, `1 234` or `1234`.
fn whole_digits(whole: &str) -> Result<String, NumberProblem> {
    let separator = if whole.contains(' ') { ' ' } else { '.' };
    let has_separator = whole.contains(separator);
    if !has_separator || grouped(whole, separator) {
        return Ok(whole.chars().filter(char::is_ascii_digit).collect());
    }
    // One point that no group of three follows is a decimal point: `12.5`, `0.234`.
    let as_decimal = |(before, after): (&str, &str)| {
        let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
        digits(before) && digits(after) && (after.len() != 3 || before == "0")
    };
    if whole.split_once('.').is_some_and(as_decimal) {
        Err(NumberProblem::PointAsDecimal)
    } else {
        Err(NumberProblem::BadGroups)
    }
}

fn decimals<'a>(kept: &str, part: &'a str, places: Option<u8>) -> Result<&'a str, NumberProblem> {
    if part.is_empty() || !part.bytes().all(|b| b.is_ascii_digit()) {
        let twice = part.contains(',') || part.contains('.');
        return Err(if twice || kept.contains(' ') {
            NumberProblem::BadGroups
        } else {
            NumberProblem::NotANumber
        });
    }
    match places {
        None => Err(NumberProblem::DecimalInCount),
        Some(places) if part.len() > usize::from(places) => {
            Err(NumberProblem::TooManyDecimals(places))
        }
        Some(_) => Ok(part),
    }
}

fn figure(digits: &str, part: &str) -> Result<Decimal, NumberProblem> {
    let canonical = if part.is_empty() {
        digits.to_owned()
    } else {
        format!("{digits}.{part}")
    };
    Decimal::parse(&canonical).ok_or(NumberProblem::TooLong)
}

/// True for `1`, `12.345`, `123.456.789`: a first group of one to three digits that does not
/// begin with 0, then groups of exactly three.
fn grouped(text: &str, separator: char) -> bool {
    let mut groups = text.split(separator);
    let digits = |group: &str| group.bytes().all(|b| b.is_ascii_digit());
    let first = groups
        .next()
        .is_some_and(|g| (1..=3).contains(&g.len()) && digits(g) && !g.starts_with('0'));
    first && groups.all(|g| g.len() == 3 && digits(g))
}

#[cfg(test)]
mod tests;
