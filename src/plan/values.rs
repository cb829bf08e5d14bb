//! The values of a plan file: words, ids, choices, dates, numbers, each read in its one form.

use std::borrow::Cow;
use std::ops::RangeInclusive;

use chrono::NaiveDate;
use toml::Spanned;
use toml::de::DeValue;

use super::reader::{SpannedText, TableReader, visible};
use super::source::{composed, hostile_character};
use crate::base::text::is_hostile;
use crate::base::{Decimal, Label, Message};

/// The longest text of a plan, in characters.
const MAX_TEXT: usize = 2_000;
/// The longest id.
const MAX_ID: usize = 64;

impl<'d> TableReader<'d, '_> {
    /// A text as it stands, for ids and formulas; a problem where it is no text or is empty.
    pub(super) fn word(&self, key: &str) -> Option<SpannedText<'d>> {
        self.required(key)
            .and_then(|value| self.as_word(key, value))
    }

    /// Like [`Self::word`], where the key may be left out.
    pub(super) fn opt_word(&self, key: &str) -> Option<SpannedText<'d>> {
        self.given(key).and_then(|value| self.as_word(key, value))
    }

    /// A value as a text; a problem where it is none.
    pub(super) fn as_word(
        &self,
        key: &str,
        value: &'d Spanned<DeValue<'d>>,
    ) -> Option<SpannedText<'d>> {
        let at = value.span().start;
        let DeValue::String(text) = value.get_ref() else {
            self.wrong(at, "plan.problem.not_text", key);
            return None;
        };
        if let Some(c) = hostile_in(text) {
            self.context.problems.error(at, hostile_character(c));
            return None;
        }
        if text.trim().is_empty() {
            self.wrong(at, "plan.problem.empty", key);
            return None;
        }
        if text.len() > MAX_TEXT && text.chars().nth(MAX_TEXT).is_some() {
            self.wrong(at, "plan.problem.too_long", key);
            return None;
        }
        Some((text, at))
    }

    /// Words for people, NFC.
    pub(super) fn text(&self, key: &str) -> Option<String> {
        self.word(key).map(|word| self.kept(word))
    }

    /// Words for people, empty where the key is left out.
    pub(super) fn opt_text(&self, key: &str) -> String {
        self.opt_word(key)
            .map(|word| self.kept(word))
            .unwrap_or_default()
    }

    fn kept(&self, (text, _): SpannedText<'_>) -> String {
        composed(text, self.context.nfc).into_owned()
    }

    /// Words in Vietnamese, and in English where given.
    pub(super) fn label(&self, vi: &str, en: &str) -> Option<Label> {
        let en = self.opt_text(en);
        self.text(vi).map(|vi| Label { vi, en })
    }

    /// Like [`Self::label`], where both may be left out.
    pub(super) fn opt_label(&self, vi: &str, en: &str) -> Label {
        Label {
            vi: self.opt_text(vi),
            en: self.opt_text(en),
        }
    }

    /// An id: letters without marks, digits, `.`, `-`, `_`.
    pub(super) fn id(&self, key: &str) -> Option<&'d str> {
        let (text, at) = self.word(key)?;
        let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_');
        if text.len() > MAX_ID || !text.bytes().all(allowed) || text.starts_with(['-', '.']) {
            let message = Message::new("plan.problem.bad_id").with("value", visible(text));
            self.context.problems.error(at, message);
            return None;
        }
        Some(text)
    }

    /// One of a list of words.
    pub(super) fn choice<T: Copy>(&self, key: &str, choices: &[(&str, T)]) -> Option<T> {
        self.word(key).and_then(|word| self.chosen(word, choices))
    }

    /// One of a list of words, where the key may be left out.
    pub(super) fn opt_choice<T: Copy>(&self, key: &str, choices: &[(&str, T)]) -> Option<T> {
        self.opt_word(key)
            .and_then(|word| self.chosen(word, choices))
    }

    /// Several of a list of words.
    pub(super) fn choices<T: Copy>(&self, key: &str, choices: &[(&str, T)]) -> Option<Vec<T>> {
        let words = self.words(key)?;
        let chosen: Vec<T> = words
            .iter()
            .filter_map(|w| self.chosen(*w, choices))
            .collect();
        (chosen.len() == words.len()).then_some(chosen)
    }

    fn chosen<T: Copy>(&self, (word, at): SpannedText<'_>, choices: &[(&str, T)]) -> Option<T> {
        let found = choices.iter().find(|(name, _)| *name == word);
        if found.is_none() {
            let allowed: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
            let message = Message::new("plan.problem.bad_choice")
                .with("value", visible(word))
                .with("allowed", allowed.join(", "));
            self.context.problems.error(at, message);
        }
        found.map(|(_, value)| *value)
    }

    /// A calendar date.
    pub(super) fn date(&self, key: &str) -> Option<NaiveDate> {
        self.required(key)
            .and_then(|value| self.as_date(key, value))
    }

    /// A calendar date; `Ok(None)` where the key is left out, `Err` after a problem.
    pub(super) fn opt_date(&self, key: &str) -> Result<Option<NaiveDate>, ()> {
        match self.given(key) {
            None => Ok(None),
            Some(value) => self.as_date(key, value).map(Some).ok_or(()),
        }
    }

    fn as_date(&self, key: &str, value: &Spanned<DeValue<'_>>) -> Option<NaiveDate> {
        let date = value
            .get_ref()
            .as_datetime()
            .filter(|d| d.time.is_none() && d.offset.is_none())
            .and_then(|d| d.date)
            .and_then(|d| NaiveDate::from_ymd_opt(d.year.into(), d.month.into(), d.day.into()));
        if date.is_none() {
            self.wrong(value.span().start, "plan.problem.bad_date", key);
        }
        date
    }

    /// An exact number.
    pub(super) fn number(&self, key: &str) -> Option<Decimal> {
        self.required(key)
            .and_then(|value| self.as_number(key, value))
    }

    /// An exact number; `Ok(None)` where the key is left out, `Err` after a problem.
    pub(super) fn opt_number(&self, key: &str) -> Result<Option<Decimal>, ()> {
        match self.given(key) {
            None => Ok(None),
            Some(value) => self.as_number(key, value).map(Some).ok_or(()),
        }
    }

    fn as_number(&self, key: &str, value: &Spanned<DeValue<'_>>) -> Option<Decimal> {
        let number = match value.get_ref() {
            DeValue::Integer(whole) if whole.radix() == 10 => parse_number(whole.as_str()),
            DeValue::Float(decimal) => {
                if let Some(message) = thousands(decimal.as_str()) {
                    self.context.problems.error(value.span().start, message);
                    return None;
                }
                parse_number(decimal.as_str())
            }
            _ => None,
        };
        if number.is_none() {
            self.wrong(value.span().start, "plan.problem.bad_number", key);
        }
        number
    }

    /// A whole number inside a range.
    pub(super) fn whole(&self, key: &str, range: RangeInclusive<i64>) -> Option<i64> {
        let value = self.required(key)?;
        let number = self.as_number(key, value)?.as_whole();
        let inside = number.filter(|n| range.contains(n));
        if inside.is_none() {
            let message = Message::new("plan.problem.out_of_range")
                .with("key", key)
                .with("min", Decimal::whole(*range.start()))
                .with("max", Decimal::whole(*range.end()));
            self.context.problems.error(value.span().start, message);
        }
        inside
    }

    /// Like [`Self::whole`]; `Ok(None)` where the key is left out, `Err` after a problem.
    pub(super) fn opt_whole(
        &self,
        key: &str,
        range: RangeInclusive<i64>,
    ) -> Result<Option<i64>, ()> {
        if self.has(key) {
            self.whole(key, range).map(Some).ok_or(())
        } else {
            Ok(None)
        }
    }

    /// `true` or `false`; false where the key is left out.
    pub(super) fn flag(&self, key: &str) -> bool {
        let Some(value) = self.given(key) else {
            return false;
        };
        let flag = value.get_ref().as_bool();
        if flag.is_none() {
            self.wrong(value.span().start, "plan.problem.not_a_flag", key);
        }
        flag.unwrap_or(false)
    }
}

/// What may not stand in a text of a plan. The file itself was looked through before, so only
/// what TOML makes of it is left: line breaks and tabs, and whatever an escape stands for.
#[expect(clippy::ptr_arg, reason = "borrowed or owned is what tells them apart")]
fn hostile_in(text: &Cow<'_, str>) -> Option<char> {
    match text {
        Cow::Borrowed(text) => text.bytes().find(u8::is_ascii_control).map(char::from),
        Cow::Owned(text) => text.chars().find(|c| is_hostile(*c)),
    }
}

/// The question about a number such as `12.000`: in Viet Nam the point separates thousands, in this
/// file decimals. Nobody can tell which was meant, so neither is taken.
pub(super) fn thousands(text: &str) -> Option<Message> {
    let (whole, decimals) = text.split_once('.')?;
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let group = (1..=3).contains(&whole.len()) && digits(whole) && !whole.starts_with('0');
    if !group || decimals.len() != 3 || !digits(decimals) {
        return None;
    }
    let decimal = decimals.trim_end_matches('0');
    let message = Message::new("plan.problem.thousands")
        .with("value", text)
        .with("thousands", format!("{whole}{decimals}"));
    // Of three decimals one more zero says that they are decimals.
    Some(message.with(
        "decimal",
        match decimal.len() {
            0 => whole.to_owned(),
            3 => format!("{text}0"),
            _ => format!("{whole}.{decimal}"),
        },
    ))
}

fn parse_number(text: &str) -> Option<Decimal> {
    Decimal::parse(text.strip_prefix('+').unwrap_or(text))
}
