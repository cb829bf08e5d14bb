//! One text being typed: graphemes, a caret, never a hostile character.

use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::base::text::is_hostile;

/// A text being typed, always NFC, with the caret between two graphemes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextLine {
    graphemes: Vec<String>,
    caret: usize,
    limit: usize,
}

/// Whether there was room for a character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fit {
    Taken,
    Full,
}

/// Past so many bytes no more marks join a letter; no language writes as many.
const GRAPHEME: usize = 64;

/// What of a line fits into a window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextWindow {
    /// The text; `…` at an end where there is more.
    pub text: String,
    /// The caret's column in it.
    pub caret: usize,
}

impl TextLine {
    /// An empty line that takes so many graphemes.
    pub fn new(limit: usize) -> Self {
        Self {
            graphemes: Vec::new(),
            caret: 0,
            limit,
        }
    }

    /// A line with a text, the caret at its end.
    pub fn with_text(text: &str, limit: usize) -> Self {
        let mut line = Self::new(limit);
        line.insert_str(text);
        line
    }

    /// The text.
    pub fn text(&self) -> String {
        self.graphemes.concat()
    }

    /// How many more graphemes it takes.
    pub fn room(&self) -> usize {
        self.limit.saturating_sub(self.graphemes.len())
    }

    /// True without text.
    pub fn is_empty(&self) -> bool {
        self.graphemes.is_empty()
    }

    /// Puts a character in at the caret; a combining mark joins the letter before it.
    pub fn insert(&mut self, character: char) {
        self.put(character);
    }

    /// The same; says whether there was room.
    fn put(&mut self, character: char) -> Fit {
        let character = if matches!(character, '\n' | '\r' | '\t') {
            ' '
        } else {
            character
        };
        if is_hostile(character) {
            return Fit::Taken;
        }
        // Joined with its neighbour before normalising: input methods and pastes send marks alone.
        let before = self
            .caret
            .checked_sub(1)
            .and_then(|i| self.graphemes.get(i))
            .cloned();
        if let Some(before) = before.filter(|before| before.len() < GRAPHEME) {
            let joined: String = format!("{before}{character}").nfc().collect();
            if joined.graphemes(true).count() == 1 {
                if let Some(slot) = self.graphemes.get_mut(self.caret - 1) {
                    *slot = joined;
                }
                return Fit::Taken;
            }
        }
        if self.graphemes.len() >= self.limit {
            return Fit::Full;
        }
        let one: String = std::iter::once(character).nfc().collect();
        self.graphemes
            .insert(self.caret.min(self.graphemes.len()), one);
        self.caret += 1;
        Fit::Taken
    }

    /// Puts a text in at the caret, without its hostile characters, as far as there is room. A
    /// mark behind the first character that finds none is not put on the last that did.
    pub fn insert_str(&mut self, text: &str) {
        for character in text.nfc() {
            if self.put(character) == Fit::Full {
                break;
            }
        }
    }

    /// Takes the grapheme before the caret out.
    pub fn backspace(&mut self) {
        if self.caret > 0 {
            self.caret -= 1;
            self.delete();
        }
    }

    /// Takes the grapheme behind the caret out.
    pub fn delete(&mut self) {
        if self.caret < self.graphemes.len() {
            self.graphemes.remove(self.caret);
        }
    }

    /// One grapheme left.
    pub fn left(&mut self) {
        self.caret = self.caret.saturating_sub(1);
    }

    /// One grapheme right.
    pub fn right(&mut self) {
        self.caret = (self.caret + 1).min(self.graphemes.len());
    }

    /// To the start.
    pub fn home(&mut self) {
        self.caret = 0;
    }

    /// To the end.
    pub fn end(&mut self) {
        self.caret = self.graphemes.len();
    }

    /// To the start of the word before.
    pub fn word_left(&mut self) {
        let space = |g: Option<&String>| g.is_some_and(|g| g == " ");
        while self.caret > 0 && space(self.graphemes.get(self.caret - 1)) {
            self.caret -= 1;
        }
        while self.caret > 0 && !space(self.graphemes.get(self.caret - 1)) {
            self.caret -= 1;
        }
    }

    /// Behind the next word.
    pub fn word_right(&mut self) {
        let count = self.graphemes.len();
        let space = |g: Option<&String>| g.is_some_and(|g| g == " ");
        while self.caret < count && space(self.graphemes.get(self.caret)) {
            self.caret += 1;
        }
        while self.caret < count && !space(self.graphemes.get(self.caret)) {
            self.caret += 1;
        }
    }

    /// Takes the word before the caret out.
    pub fn delete_word(&mut self) {
        let end = self.caret;
        self.word_left();
        self.graphemes
            .drain(self.caret..end.min(self.graphemes.len()));
    }

    /// Empties the line.
    pub fn clear(&mut self) {
        self.graphemes.clear();
        self.caret = 0;
    }

    /// The part around the caret that fits into `columns`.
    pub fn window(&self, columns: usize) -> TextWindow {
        let widths: Vec<usize> = self.graphemes.iter().map(|g| width(g)).collect();
        let total: usize = widths.iter().sum();
        let to_caret: usize = widths.iter().take(self.caret).sum();
        if total <= columns {
            return TextWindow {
                text: self.text(),
                caret: to_caret,
            };
        }
        let mut first = 0;
        let mut skipped = 0;
        // One column is kept for `…` and one for the caret itself.
        while to_caret - skipped + 2 > columns && first < self.caret {
            skipped += widths.get(first).copied().unwrap_or(0);
            first += 1;
        }
        let mut text = if first > 0 {
            "…".to_owned()
        } else {
            String::new()
        };
        let lead = usize::from(first > 0);
        let mut used = lead;
        for (grapheme, wide) in self.graphemes.iter().zip(&widths).skip(first) {
            if used + wide > columns {
                break;
            }
            used += wide;
            text.push_str(grapheme);
        }
        TextWindow {
            text,
            caret: (to_caret - skipped + lead).min(columns),
        }
    }

    /// The text in lines of at most `columns`, broken at spaces where possible, and the caret's
    /// (column, line).
    pub fn wrapped(&self, columns: usize) -> (Vec<String>, (usize, usize)) {
        let columns = columns.max(2);
        let mut starts = vec![0];
        let (mut used, mut last_space) = (0, None);
        for (at, grapheme) in self.graphemes.iter().enumerate() {
            used += width(grapheme);
            if used > columns {
                let start = last_space.filter(|s| Some(s) > starts.last()).unwrap_or(at);
                starts.push(start);
                used = self
                    .graphemes
                    .get(start..=at)
                    .unwrap_or_default()
                    .iter()
                    .map(|g| width(g))
                    .sum();
            }
            if grapheme == " " {
                last_space = Some(at + 1);
            }
        }
        let line_of = starts
            .iter()
            .rposition(|start| *start <= self.caret)
            .unwrap_or(0);
        let start = starts.get(line_of).copied().unwrap_or(0);
        let before = self.graphemes.get(start..self.caret).unwrap_or_default();
        let column = before.iter().map(|g| width(g)).sum();
        let ends = starts
            .iter()
            .skip(1)
            .copied()
            .chain(std::iter::once(self.graphemes.len()));
        let lines = starts
            .iter()
            .zip(ends)
            .map(|(start, end)| self.graphemes.get(*start..end).unwrap_or_default().concat())
            .collect();
        (lines, (column, line_of))
    }
}

fn width(grapheme: &str) -> usize {
    UnicodeWidthStr::width(grapheme).min(2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::input::key::{Code, Key, Mods};

    /// Plays keys into a line as the form does.
    fn play(line: &mut TextLine, keys: &str) {
        for c in keys.chars() {
            let key = if c == '\u{8}' {
                // crossterm reports the byte 0x08 as Ctrl+H.
                Key::new(Code::Char('h'), Mods::CTRL)
            } else {
                Key::plain(Code::Char(c))
            };
            match key.character() {
                Some(c) => line.insert(c),
                None => line.backspace(),
            }
        }
    }

    #[test]
    fn recorded_unikey_streams_give_the_right_words() {
        // What UniKey sends for Telex "tieengs Vieetj": backspaces and composed letters, fused.
        for back in ['\u{8}', '\u{7f}'] {
            let stream = "tie\u{8}êng\u{8}\u{8}\u{8}ếng Vie\u{8}êt\u{8}\u{8}ệt"
                .replace('\u{8}', &back.to_string());
            let mut line = TextLine::new(100);
            play(&mut line, &stream);
            assert_eq!(line.text(), "tiếng Việt");
        }
    }

    #[test]
    fn backspace_takes_a_whole_letter_even_when_its_marks_came_apart() {
        let mut line = TextLine::new(100);
        line.insert_str("Vie\u{302}\u{323}t");
        assert_eq!(line.text(), "Việt");
        line.left();
        line.backspace();
        assert_eq!(line.text(), "Vit");
        for mark in ['e', '\u{323}', '\u{302}'] {
            line.insert(mark);
        }
        assert_eq!(line.text(), "Việt");
    }

    #[test]
    fn what_finds_no_room_leaves_nothing_behind() {
        let mut line = TextLine::new(2);
        line.insert_str("abc\u{301}\u{323}");
        assert_eq!(line.text(), "ab", "the mark was not on the b");
        line.insert_str(&"\u{301}".repeat(100_000));
        assert!(line.text().len() < 2 * GRAPHEME, "{}", line.text().len());
    }

    #[test]
    fn hostile_characters_never_enter() {
        let mut line = TextLine::new(5);
        line.insert_str("a\u{1b}[\u{202e}b\u{0}c\u{200b}defgh");
        assert_eq!(line.text(), "a[bcd");
    }

    #[test]
    fn the_window_follows_the_caret() {
        let mut line = TextLine::with_text("một hai ba bốn năm", 100);
        assert_eq!(
            line.window(8),
            TextWindow {
                text: "…ốn năm".into(),
                caret: 7
            }
        );
        line.home();
        assert_eq!(
            line.window(8),
            TextWindow {
                text: "một hai ".into(),
                caret: 0
            }
        );
        for columns in 0..30 {
            for at in 0..18 {
                line.home();
                (0..at).for_each(|_| line.right());
                let window = line.window(columns);
                assert!(UnicodeWidthStr::width(window.text.as_str()) <= columns.max(1));
                assert!(window.caret <= columns.max(1));
            }
        }
    }

    #[test]
    fn long_text_wraps_at_spaces_and_the_caret_knows_where() {
        let line = TextLine::with_text("một hai ba bốn", 100);
        let (lines, caret) = line.wrapped(8);
        assert_eq!(lines, ["một hai ", "ba bốn"]);
        assert_eq!(caret, (6, 1));
    }
}
