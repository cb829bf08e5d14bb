//! The content of a cell: a value, words, or one of the states without a figure.

use crate::base::Decimal;
use crate::base::bytes::{BadBytes, Reader};

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

    fn state_byte(&self) -> u8 {
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

    /// Writes the state byte, then, with its length before it (u32, little-endian), the text: of
    /// a value what `figure` makes of it. Frozen.
    pub fn put(&self, out: &mut Vec<u8>, figure: impl Fn(&Decimal) -> String) {
        let text = match self {
            Self::Value(value) => figure(value),
            Self::Text(text) | Self::Invalid(text) => text.clone(),
            _ => String::new(),
        };
        let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
        out.push(self.state_byte());
        out.extend(length.to_le_bytes());
        out.extend(text.as_bytes());
    }

    /// Reads what [`Content::put`] wrote with canonical figures.
    ///
    /// # Errors
    /// [`BadBytes`] for anything else.
    pub fn take(reader: &mut Reader<'_>) -> Result<Self, BadBytes> {
        let state = reader.u8("state")?;
        let length = usize::try_from(reader.u32("text")?).unwrap_or(usize::MAX);
        let text = reader.take(length, "text")?;
        let text = std::str::from_utf8(text).map_err(|_| reader.bad("text"))?;
        Ok(match state {
            0 => Self::Blank,
            1 => Self::Value(Decimal::parse(text).ok_or(reader.bad("figure"))?),
            2 => Self::Text(text.to_owned()),
            3 => Self::NoneOccurred,
            4 => Self::Unavailable,
            5 => Self::NotApplicable,
            6 => Self::Invalid(text.to_owned()),
            _ => return Err(reader.bad("state")),
        })
    }

    /// True for every state that counts as filled in: any but blank and invalid.
    pub fn is_filled(&self) -> bool {
        !matches!(self, Self::Blank | Self::Invalid(_))
    }
}
