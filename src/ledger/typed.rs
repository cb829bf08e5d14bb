//! What a clerk types becomes content: the table of `domain.md` 4.1, exactly.

use super::content::Content;
use crate::plan::FieldType;

/// Longest text kept in a cell or note, in characters.
pub const TEXT_LIMIT: usize = 4_000;
/// Longest unreadable input kept in a numeric cell, in characters.
pub const INVALID_LIMIT: usize = 64;

/// What typed text was read as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The content it becomes.
    pub content: Content,
    /// Why it could not be read, when `content` is [`Content::Invalid`].
    pub problem: Option<Problem>,
    /// Set when the reading is worth repeating to the clerk ("1.234 = một nghìn hai trăm …").
    pub echo: bool,
}

/// Why a numeric text cannot be read; the wording lives in the texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
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

/// Reads what was typed into a cell.
pub fn read(_typed: &str, _kind: FieldType) -> Reading {
    Reading {
        content: Content::Blank,
        problem: None,
        echo: false,
    }
}
