//! Writes text on a frame, clipped to it: no coordinate ever panics.

use std::borrow::Cow;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::theme::Glyphs;
use super::{ascii, width};

/// The signs of findings and of what is unfinished, each one column wide.
const SIGNS: [char; 4] = ['✖', '!', '⚑', '?'];

/// The sign that a text begins with, and how many blanks stand before it.
fn sign_at(text: &str) -> Option<(usize, &str)> {
    let said = text.trim_start_matches(' ');
    let end = said
        .chars()
        .next()
        .filter(|c| SIGNS.contains(c))?
        .len_utf8();
    let alone = said.get(end..)?.chars().next().is_none_or(|c| c == ' ');
    let before = text.len() - said.len();
    said.get(..end).filter(|_| alone).map(|sign| (before, sign))
}

/// The cells of a frame, and which part of them may be drawn on.
#[derive(Debug)]
pub(super) struct Canvas<'a> {
    buffer: &'a mut Buffer,
    area: Rect,
    glyphs: Glyphs,
    selection: Option<(usize, usize)>,
}

impl<'a> Canvas<'a> {
    /// The part of `buffer` inside `area`.
    pub(super) fn new(buffer: &'a mut Buffer, area: Rect, glyphs: Glyphs) -> Self {
        let area = area.intersection(buffer.area);
        Self {
            buffer,
            area,
            glyphs,
            selection: None,
        }
    }

    /// What a person is at, where nothing is typed: the terminal's cursor stands there unseen, and
    /// screen readers and braille lines follow it. What is drawn later wins.
    pub(super) fn select(&mut self, x: usize, y: usize) {
        self.selection = Some((x, y));
    }

    /// Where a person is.
    pub(super) fn selection(&self) -> Option<(usize, usize)> {
        self.selection
    }

    /// How many columns may be drawn on.
    pub(super) fn width(&self) -> usize {
        usize::from(self.area.width)
    }

    /// How many rows may be drawn on.
    pub(super) fn height(&self) -> usize {
        usize::from(self.area.height)
    }

    /// The text in the terminal's characters: a sign that takes two in ASCII (`>=`) is turned
    /// before it is measured.
    fn drawn<'t>(&self, text: &'t str) -> Cow<'t, str> {
        match self.glyphs {
            Glyphs::Ascii if !text.is_ascii() => Cow::Owned(ascii::fold_text(text)),
            _ => Cow::Borrowed(text),
        }
    }

    /// Writes `text` at (`x`, `y`) into at most `columns`; returns the columns used. A style that
    /// puts colour behind the text is meant for its sign: the words after it are plain.
    pub(super) fn put(
        &mut self,
        x: usize,
        y: usize,
        columns: usize,
        text: &str,
        style: Style,
    ) -> usize {
        if style.bg.is_none() {
            return self.put_block(x, y, columns, text, style);
        }
        let sign = sign_at(text);
        let used = self.put_block(x, y, columns, text, Style::new());
        if let Some((before, sign)) = sign.filter(|(before, _)| *before < columns) {
            self.put_block(x + before, y, 1, sign, style);
        }
        used
    }

    /// [`Canvas::put`] with the style on every character of the text.
    pub(super) fn put_block(
        &mut self,
        x: usize,
        y: usize,
        columns: usize,
        text: &str,
        style: Style,
    ) -> usize {
        let columns = columns.min(self.width().saturating_sub(x));
        if y >= self.height() || columns == 0 {
            return 0;
        }
        let text = self.drawn(text);
        let text = width::fitted(&text, columns);
        let (Ok(x), Ok(y)) = (u16::try_from(x), u16::try_from(y)) else {
            return 0;
        };
        let (x, y) = (self.area.x + x, self.area.y + y);
        // Nothing of what stood here before shines through.
        let style = Style::reset().patch(style);
        let Some(wide) = width::simple(&text) else {
            self.buffer.set_stringn(x, y, &text, columns, style);
            return width::width(&text);
        };
        for (at, c) in (x..).zip(text.chars()) {
            if let Some(cell) = self.buffer.cell_mut((at, y)) {
                cell.set_char(c).set_style(style);
            }
        }
        wide
    }

    /// Writes `text` so that it ends at column `end`.
    pub(super) fn put_right(
        &mut self,
        end: usize,
        y: usize,
        columns: usize,
        text: &str,
        style: Style,
    ) {
        let text = self.drawn(text);
        let text = width::fitted(&text, columns);
        let used = width::width(&text);
        self.put(end.saturating_sub(used), y, used, &text, style);
    }

    /// Fills a row with one symbol.
    pub(super) fn rule(&mut self, y: usize, symbol: &str, style: Style) {
        self.put(0, y, self.width(), &symbol.repeat(self.width()), style);
    }

    /// Empties a block of rows and columns.
    pub(super) fn clear(&mut self, x: usize, y: usize, columns: usize, rows: usize) {
        let block = self.block(x, y, columns, rows);
        for position in block.positions() {
            if let Some(cell) = self.buffer.cell_mut(position) {
                cell.reset();
            }
        }
    }

    /// A block of rows and columns, as far as it may be drawn on.
    fn block(&self, x: usize, y: usize, columns: usize, rows: usize) -> Rect {
        let side = |cells: usize| u16::try_from(cells).unwrap_or(u16::MAX);
        let (left, top) = (side(x), side(y));
        let block = Rect::new(
            self.area.x.saturating_add(left),
            self.area.y.saturating_add(top),
            side(columns),
            side(rows),
        );
        block.intersection(self.area)
    }
}
