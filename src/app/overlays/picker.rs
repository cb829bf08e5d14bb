//! A list to choose from, narrowed by typing without marks: commands, units, periods, fields,
//! kinds of emptiness, reasons.

use crate::app::input::text_line::TextLine;
use crate::base::Label;
use crate::base::text::{self, Match};
use crate::plan;

/// One choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item<T> {
    /// What is returned.
    pub value: T,
    /// What is read, a text of the plan or one already put into words.
    pub label: Label,
    /// A second column.
    pub detail: String,
    /// Words that find it, too, and are not shown: an id, a code, an abbreviation.
    pub also: String,
}

/// A list with a filter and a cursor.
#[derive(Clone, Debug)]
pub struct Picker<T> {
    items: Vec<Item<T>>,
    /// What has been typed to narrow the list.
    pub filter: TextLine,
    shown: Vec<usize>,
    selected: usize,
    found: Found,
}

/// Whether what is shown is what the filter finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// It is.
    Exactly,
    /// Nothing is found; what is shown comes near.
    Near,
}

impl<T: Clone> Picker<T> {
    /// A list with all items shown.
    pub fn new(items: Vec<Item<T>>) -> Self {
        let shown = (0..items.len()).collect();
        Self {
            items,
            filter: TextLine::new(60),
            shown,
            selected: 0,
            found: Found::Exactly,
        }
    }

    /// Narrows the list to what the filter finds, best first.
    pub fn refilter(&mut self) {
        let query = &self.filter.text();
        self.selected = 0;
        self.found = Found::Exactly;
        if text::fold(query).is_empty() {
            self.shown = (0..self.items.len()).collect();
            return;
        }
        let mut found: Vec<(std::cmp::Reverse<(bool, Match)>, usize)> = self
            .items
            .iter()
            .enumerate()
            .filter_map(|(i, item)| Some((std::cmp::Reverse(finds(query, item)?), i)))
            .collect();
        found.sort();
        self.shown = found.into_iter().map(|(_, i)| i).collect();
        if self.shown.is_empty() {
            self.shown = self.near(query);
            self.found = Found::Near;
        }
    }

    /// The items that were probably meant by a mistyped query, the nearest first.
    fn near(&self, query: &str) -> Vec<usize> {
        let items = self.items.iter().enumerate();
        let mut near: Vec<(usize, usize)> = items
            .filter_map(|(i, item)| Some((plan::slips(query, &item.label.vi)?, i)))
            .collect();
        near.sort_unstable();
        near.into_iter().map(|(_, i)| i).collect()
    }

    /// Whether what is shown is what the filter finds.
    pub fn found(&self) -> Found {
        self.found
    }

    /// Moves the cursor by `by` lines, staying on the list.
    pub fn step(&mut self, by: isize) {
        let last = self.shown.len().saturating_sub(1);
        self.selected = self.selected.saturating_add_signed(by).min(last);
    }

    /// Puts the cursor on the first item that `wanted` accepts.
    pub fn select(&mut self, wanted: impl Fn(&T) -> bool) {
        let found = self
            .shown
            .iter()
            .position(|i| self.items.get(*i).is_some_and(|item| wanted(&item.value)));
        self.selected = found.unwrap_or(self.selected);
    }

    /// Puts the cursor on the shown item of that place, from 0; false when there is none.
    pub fn pick(&mut self, place: usize) -> bool {
        let there = place < self.shown.len();
        if there {
            self.selected = place;
        }
        there
    }

    /// The item under the cursor.
    pub fn chosen(&self) -> Option<&Item<T>> {
        self.items.get(*self.shown.get(self.selected)?)
    }

    /// The cursor's place among the shown items.
    pub fn selected(&self) -> usize {
        self.selected
    }

    /// The items that the filter finds.
    pub fn shown(&self) -> impl ExactSizeIterator<Item = &Item<T>> {
        self.shown
            .iter()
            .filter_map(|i| self.items.get(*i))
            .collect::<Vec<_>>()
            .into_iter()
    }
}

/// How well the query finds an item; an item that is exactly what was typed comes first.
fn finds<T>(query: &str, item: &Item<T>) -> Option<(bool, Match)> {
    let texts = [&item.label.vi, &item.label.en, &item.detail];
    let folded = text::fold(query);
    if text::fold(&item.also) == folded {
        return Some((true, Match::Exact));
    }
    texts
        .into_iter()
        .filter_map(|have| Some((text::fold(have) == folded, text::find(query, have)?)))
        .max()
        .or_else(|| also_finds(query, item))
}

/// Whether the query finds an item by what else it is called; that counts for less than its name,
/// and the first letters of a row of other names mean nothing.
fn also_finds<T>(query: &str, item: &Item<T>) -> Option<(bool, Match)> {
    let found = text::find(query, &item.also)?;
    (found != Match::Initials).then_some((false, Match::Words))
}
