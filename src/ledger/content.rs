//! What a cell holds: six states, never a magic number.

use crate::base::Decimal;

/// The content of a cell. Blank is not zero, and `NoneOccurred` equals 0 only in sums.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Content {
    /// Nothing entered yet.
    #[default]
    Blank,
    /// A figure.
    Value(Decimal),
    /// The words of a text field; never empty.
    Text(String),
    /// Nothing occurred in the period ("không phát sinh", `-`): counts as 0.
    NoneOccurred,
    /// It occurred but could not be collected (`…`).
    Unavailable,
    /// Does not apply to this unit (`x`).
    NotApplicable,
    /// What was typed and could not be read; kept, marked, left out of every sum.
    Invalid(String),
}

impl Content {
    /// The figure for sums and relations: a value, or 0 where nothing occurred.
    pub fn figure(&self) -> Option<Decimal> {
        match self {
            Self::Value(value) => Some(*value),
            Self::NoneOccurred => Some(Decimal::ZERO),
            _ => None,
        }
    }

    /// The state's name in JSON (`interface.md` 2).
    pub fn state(&self) -> &'static str {
        match self {
            Self::Blank => "blank",
            Self::Value(_) | Self::Text(_) => "value",
            Self::NoneOccurred => "none",
            Self::Unavailable => "unavailable",
            Self::NotApplicable => "not_applicable",
            Self::Invalid(_) => "invalid",
        }
    }

    /// The byte of the state inside a content hash; frozen.
    pub fn state_byte(&self) -> u8 {
        match self {
            Self::Blank => 0,
            Self::Value(_) => 1,
            Self::Text(_) => 2,
            Self::NoneOccurred => 3,
            Self::Unavailable => 4,
            Self::NotApplicable => 5,
            Self::Invalid(_) => 6,
        }
    }

    /// True for every state that counts as filled in: any but blank and invalid.
    pub fn is_filled(&self) -> bool {
        !matches!(self, Self::Blank | Self::Invalid(_))
    }
}
