//! Messages to people as data: a key of the texts and its arguments, put into words at the edge.

use super::decimal::{Decimal, Ratio};

/// The language of what people read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    /// Vietnamese.
    #[default]
    Vi,
    /// English.
    En,
}

/// A text for people from a plan file, Vietnamese always, English where the plan has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Label {
    /// Vietnamese, NFC, without control characters.
    pub vi: String,
    /// English; empty where the plan has none.
    pub en: String,
}

impl Label {
    /// A label with the same words in both languages.
    pub fn same(text: &str) -> Self {
        Self {
            vi: text.to_owned(),
            en: String::new(),
        }
    }

    /// The text in `lang`, Vietnamese where there is no other.
    pub fn get(&self, lang: Lang) -> &str {
        if lang == Lang::En && !self.en.is_empty() {
            &self.en
        } else {
            &self.vi
        }
    }

    /// True when there is no text at all.
    pub fn is_empty(&self) -> bool {
        self.vi.is_empty()
    }
}

/// One argument of a message; written in the reader's language and number style.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arg {
    /// Words that are the same in every language (an id, a path, what was typed).
    Text(String),
    /// Words of the plan.
    Label(Label),
    /// A figure.
    Number(Decimal),
    /// A fraction, shown with so many decimals.
    Ratio(Ratio, u8),
    /// A date, shown dd/mm/yyyy.
    Date(chrono::NaiveDate),
    /// A part of the sentence that has words of its own ("năm 2022").
    Message(Message),
}

/// A sentence: its key in the texts, and what goes into the `{name}` places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Key in the texts, such as `check.relation`.
    pub key: &'static str,
    /// Arguments by name.
    pub args: Vec<(&'static str, Arg)>,
}

impl Message {
    /// A message without arguments.
    pub fn new(key: &'static str) -> Self {
        Self {
            key,
            args: Vec::new(),
        }
    }

    /// The same with one more argument.
    #[must_use]
    pub fn with(mut self, name: &'static str, arg: impl Into<Arg>) -> Self {
        self.args.push((name, arg.into()));
        self
    }
}

impl From<String> for Arg {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Arg {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<&Label> for Arg {
    fn from(label: &Label) -> Self {
        Self::Label(label.clone())
    }
}

impl From<Message> for Arg {
    fn from(part: Message) -> Self {
        Self::Message(part)
    }
}

impl From<Label> for Arg {
    fn from(label: Label) -> Self {
        Self::Label(label)
    }
}

impl From<Decimal> for Arg {
    fn from(value: Decimal) -> Self {
        Self::Number(value)
    }
}

impl From<usize> for Arg {
    fn from(value: usize) -> Self {
        Self::Number(Decimal::whole(i64::try_from(value).unwrap_or(i64::MAX)))
    }
}

impl From<chrono::NaiveDate> for Arg {
    fn from(date: chrono::NaiveDate) -> Self {
        Self::Date(date)
    }
}
