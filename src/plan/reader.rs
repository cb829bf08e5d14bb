//! Reads one table of a plan file: every key has a type, a missing or unknown one is a problem
//! with its location. Works on borrowed TOML with spans: nothing is copied before it is kept.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::near::nearest;
use super::problem::Problems;
use crate::base::Message;

/// The sections that a plan has many of, each under a heading in two brackets.
pub(super) const SECTIONS: [&str; 3] = ["indicator", "field", "measure"];

/// What every reader of one file shares.
#[derive(Clone, Copy)]
pub(super) struct ReadContext<'p> {
    /// Where problems go.
    pub(super) problems: &'p Problems,
    /// True when no text of the file needs normalising.
    pub(super) nfc: bool,
}

/// Where a table stands in the file, for problems found after reading.
#[derive(Clone, Copy, Debug)]
pub(super) struct Location<'d> {
    table: &'d DeTable<'d>,
    at: usize,
}

impl<'d> Location<'d> {
    /// The text under a key, whatever it is.
    pub(super) fn text(&self, key: &str) -> Option<&'d str> {
        self.table.get(key).and_then(|v| v.get_ref().as_str())
    }

    /// Where the table begins.
    pub(super) fn start(&self) -> usize {
        self.at
    }

    /// Where a key's value begins; the table's beginning where the key is not given.
    pub(super) fn of(&self, key: &str) -> usize {
        self.table.get(key).map_or(self.at, |v| v.span().start)
    }

    /// Where the `index`-th element of a key's array begins.
    pub(super) fn element(&self, key: &str, index: usize) -> usize {
        let array = self.table.get(key).and_then(|v| v.get_ref().as_array());
        array
            .and_then(|items| items.get(index))
            .map_or_else(|| self.of(key), |item| item.span().start)
    }
}

/// One table of the file, read key by key.
pub(super) struct TableReader<'d, 'p> {
    location: Location<'d>,
    /// What it shares with the other readers of the file.
    pub(super) context: ReadContext<'p>,
    /// Keys that stand here under a name that comes near: said once, and not missed as well.
    misspelt: Vec<String>,
}

/// A text and the byte it starts at.
pub(super) type SpannedText<'d> = (&'d str, usize);

impl<'d, 'p> TableReader<'d, 'p> {
    /// The whole document.
    pub(super) fn root(table: &'d DeTable<'d>, known: &[&str], context: ReadContext<'p>) -> Self {
        Self::of(Location { table, at: 0 }, known, context)
    }

    fn of(location: Location<'d>, known: &[&str], context: ReadContext<'p>) -> Self {
        let mut reader = Self {
            location,
            context,
            misspelt: Vec::new(),
        };
        reader.refuse_unknown(known);
        reader
    }

    /// A table inside the document; `None` and a problem where it is something else.
    fn table(
        value: &'d Spanned<DeValue<'d>>,
        known: &[&str],
        context: ReadContext<'p>,
    ) -> Option<Self> {
        let at = value.span().start;
        let Some(table) = value.get_ref().as_table() else {
            context
                .problems
                .error(at, Message::new("plan.problem.not_a_table"));
            return None;
        };
        Some(Self::of(Location { table, at }, known, context))
    }

    fn refuse_unknown(&mut self, known: &[&str]) {
        for (key, _) in self.location.table {
            let name: &str = key.get_ref();
            if known.contains(&name) || self.context.problems.is_full() {
                continue;
            }
            let name_shown = visible(name);
            let message = match nearest(name, known.iter().copied()) {
                Some(near) => {
                    self.misspelt.push(near.to_owned());
                    Message::new("plan.problem.unknown_key_near")
                        .with("key", name_shown)
                        .with("near", near)
                }
                None => Message::new("plan.problem.unknown_key")
                    .with("key", name_shown)
                    .with("known", known.join(", ")),
            };
            self.context.problems.error(key.span().start, message);
        }
    }

    /// Where this table stands.
    pub(super) fn location(&self) -> Location<'d> {
        self.location
    }

    /// Where problems of this file go.
    pub(super) fn problems(&self) -> &'p Problems {
        self.context.problems
    }

    /// True when the key is given.
    pub(super) fn has(&self, key: &str) -> bool {
        self.location.table.contains_key(key)
    }

    /// True when the key stands here under a name that comes near, which has been said.
    pub(super) fn misspells(&self, key: &str) -> bool {
        self.misspelt.iter().any(|near| near == key)
    }

    /// True when any key stands here under a name that comes near.
    pub(super) fn has_misspelt(&self) -> bool {
        !self.misspelt.is_empty()
    }

    /// A key's value, where given.
    pub(super) fn given(&self, key: &str) -> Option<&'d Spanned<DeValue<'d>>> {
        self.location.table.get(key)
    }

    /// A key's value; a problem where it is not given.
    pub(super) fn required(&self, key: &str) -> Option<&'d Spanned<DeValue<'d>>> {
        let value = self.given(key);
        if value.is_none() && !self.misspells(key) {
            let message = Message::new("plan.problem.missing").with("key", key);
            self.context.problems.error(self.location.at, message);
        }
        value
    }

    /// Notes a problem about a key's value.
    pub(super) fn wrong(&self, at: usize, problem: &'static str, key: &str) {
        let message = Message::new(problem).with("key", key);
        self.context.problems.error(at, message);
    }

    /// A list of texts, not empty.
    pub(super) fn words(&self, key: &str) -> Option<Vec<SpannedText<'d>>> {
        self.required(key)
            .and_then(|value| self.as_words(key, value))
    }

    /// A list of texts; empty where the key is left out.
    pub(super) fn opt_words(&self, key: &str) -> Option<Vec<SpannedText<'d>>> {
        self.given(key)
            .map_or_else(|| Some(Vec::new()), |value| self.as_words(key, value))
    }

    fn as_words(&self, key: &str, value: &'d Spanned<DeValue<'d>>) -> Option<Vec<SpannedText<'d>>> {
        let items = self.as_list(key, value)?;
        let words: Vec<SpannedText<'d>> =
            items.iter().filter_map(|i| self.as_word(key, i)).collect();
        (words.len() == items.len()).then_some(words)
    }

    /// A list of lists of texts, not empty.
    pub(super) fn lists_of_words(&self, key: &str) -> Option<Vec<Vec<SpannedText<'d>>>> {
        let items = self
            .required(key)
            .and_then(|value| self.as_list(key, value))?;
        let lists: Vec<_> = items.iter().filter_map(|i| self.as_words(key, i)).collect();
        (lists.len() == items.len()).then_some(lists)
    }

    fn as_list(
        &self,
        key: &str,
        value: &'d Spanned<DeValue<'d>>,
    ) -> Option<&'d [Spanned<DeValue<'d>>]> {
        let at = value.span().start;
        match value.get_ref().as_array() {
            None if SECTIONS.contains(&key) => {
                self.wrong(at, "plan.problem.one_bracket", key);
            }
            None => self.wrong(at, "plan.problem.not_a_list", key),
            Some(items) if items.is_empty() => self.wrong(at, "plan.problem.empty_list", key),
            Some(items) => return Some(items),
        }
        None
    }

    /// A table under a key.
    pub(super) fn inner(&self, key: &str, known: &[&str]) -> Option<TableReader<'d, 'p>> {
        let value = self.required(key)?;
        let headed = value.get_ref().as_array().and_then(|items| items.first());
        if headed.is_some_and(|item| item.get_ref().is_table()) {
            self.wrong(value.span().start, "plan.problem.two_brackets", key);
            return None;
        }
        Self::table(value, known, self.context)
    }

    /// The tables of a list under a key; `None`, and a problem, where there is no list.
    pub(super) fn items(&self, key: &str, known: &[&str]) -> Option<Vec<TableReader<'d, 'p>>> {
        self.required(key)
            .and_then(|value| self.as_items(key, value, known))
    }

    /// Like [`Self::items`], where the key may be left out; then there are none.
    pub(super) fn opt_items(&self, key: &str, known: &[&str]) -> Option<Vec<TableReader<'d, 'p>>> {
        match self.given(key) {
            None if self.misspells(key) => None,
            None => Some(Vec::new()),
            Some(value) => self.as_items(key, value, known),
        }
    }

    fn as_items(
        &self,
        key: &str,
        value: &'d Spanned<DeValue<'d>>,
        known: &[&str],
    ) -> Option<Vec<TableReader<'d, 'p>>> {
        let items = self.as_list(key, value)?.iter();
        let tables = items.filter_map(|item| Self::table(item, known, self.context));
        Some(tables.collect())
    }
}

/// What stands in the file, made safe and short for a message.
pub(super) fn visible(text: &str) -> String {
    let short: String = text.chars().take(60).collect();
    crate::base::text::visible(&short)
}
