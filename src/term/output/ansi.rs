//! Writes cells as escape sequences: one write per frame, nothing sent twice, nothing ever asked.
//!
//! Over SSH a flush is a packet, so a frame is gathered whole and written once. The position of
//! the cursor and the style are remembered, and only changes are sent. `frame.rs` chooses the cells.

use std::io::{self, Write};

use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};
use ratatui::style::{Color, Modifier};

use crate::ui::TerminalCursor;

/// The colours and modifiers in which a character is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Attributes {
    fg: Color,
    bg: Color,
    modifier: Modifier,
}

const PLAIN: Attributes = Attributes {
    fg: Color::Reset,
    bg: Color::Reset,
    modifier: Modifier::empty(),
};

/// Whether the terminal shows its caret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Caret {
    Unknown,
    Hidden,
    Shown,
}

/// Turns cells into as few bytes of escape sequences as will do.
#[derive(Debug)]
pub(super) struct AnsiWriter<W: Write> {
    out: W,
    frame: Vec<u8>,
    size: Size,
    at: Option<Position>,
    style: Attributes,
    caret: Caret,
}

impl<W: Write> AnsiWriter<W> {
    /// A writer for a terminal of that size.
    pub(super) fn new(out: W, size: Size) -> Self {
        let frame = Vec::with_capacity(8 * 1024);
        Self {
            out,
            frame,
            size,
            at: None,
            style: PLAIN,
            caret: Caret::Unknown,
        }
    }

    /// The terminal has another size now.
    pub(super) fn resize(&mut self, size: Size) {
        self.size = size;
        self.at = None;
    }

    fn move_to(&mut self, to: Position) {
        if self.at == Some(to) {
            return;
        }
        match self.at {
            Some(at) if at.y == to.y && at.x < to.x => {
                let by = to.x - at.x;
                if by == 1 {
                    self.frame.extend(b"\x1b[C");
                } else {
                    self.push(&format!("\x1b[{by}C"));
                }
            }
            Some(at) if to.x == 0 && to.y == at.y + 1 => self.frame.extend(b"\r\n"),
            _ => self.push(&format!("\x1b[{};{}H", to.y + 1, to.x + 1)),
        }
        self.at = Some(to);
    }

    fn push(&mut self, text: &str) {
        self.frame.extend(text.as_bytes());
    }

    fn set_style(&mut self, style: Attributes) {
        if self.style == style {
            return;
        }
        let mut codes: Vec<u8> = Vec::new();
        if !(self.style.modifier - style.modifier).is_empty() {
            codes.push(0);
            self.style = PLAIN;
        }
        for (modifier, code) in [
            (Modifier::BOLD, 1),
            (Modifier::DIM, 2),
            (Modifier::ITALIC, 3),
            (Modifier::UNDERLINED, 4),
            (Modifier::REVERSED, 7),
        ] {
            if style.modifier.contains(modifier) && !self.style.modifier.contains(modifier) {
                codes.push(code);
            }
        }
        if style.fg != self.style.fg {
            codes.push(colour(style.fg, 30, 90));
        }
        if style.bg != self.style.bg {
            codes.push(colour(style.bg, 40, 100));
        }
        let codes: Vec<String> = codes.iter().map(u8::to_string).collect();
        // A lone 0 is the default of SGR.
        let joined = codes.join(";");
        self.push(&format!(
            "\x1b[{}m",
            if joined == "0" { "" } else { &joined }
        ));
        self.style = style;
    }
}

/// The SGR code of one of the sixteen colours; any other is the terminal's own.
fn colour(color: Color, dark: u8, bright: u8) -> u8 {
    match color {
        Color::Black => dark,
        Color::Red => dark + 1,
        Color::Green => dark + 2,
        Color::Yellow => dark + 3,
        Color::Blue => dark + 4,
        Color::Magenta => dark + 5,
        Color::Cyan => dark + 6,
        Color::Gray => dark + 7,
        Color::DarkGray => bright,
        Color::LightRed => bright + 1,
        Color::LightGreen => bright + 2,
        Color::LightYellow => bright + 3,
        Color::LightBlue => bright + 4,
        Color::LightMagenta => bright + 5,
        Color::LightCyan => bright + 6,
        Color::White => bright + 7,
        _ => dark + 9,
    }
}

/// What makes a blank visible.
const VISIBLE_ON_BLANKS: Modifier = Modifier::REVERSED.union(Modifier::UNDERLINED);
/// From how many blanks on erasing is shorter than writing them.
const ERASE_FROM: u16 = 5;

fn attributes_of(cell: &Cell) -> Attributes {
    Attributes {
        fg: cell.fg,
        bg: cell.bg,
        modifier: cell.modifier,
    }
}

/// True for a cell that looks like an erased one.
fn is_erased(cell: &Cell) -> bool {
    cell.symbol() == " " && cell.bg == Color::Reset && !cell.modifier.intersects(VISIBLE_ON_BLANKS)
}

impl<W: Write> AnsiWriter<W> {
    /// Writes changed cells, in the order of reading.
    pub(super) fn draw(&mut self, cells: &[(u16, u16, &Cell)]) {
        let mut rest = cells;
        while let Some(((x, y, cell), tail)) = rest.split_first() {
            let blanks = blanks_at(rest);
            if blanks >= ERASE_FROM {
                self.erase(*x, *y, blanks);
                rest = rest.get(usize::from(blanks)..).unwrap_or_default();
                continue;
            }
            self.cell(*x, *y, cell);
            rest = tail;
        }
    }

    fn cell(&mut self, x: u16, y: u16, cell: &Cell) {
        self.move_to(Position { x, y });
        let style = attributes_of(cell);
        // A blank shows neither the colour nor the weight of letters.
        let same = is_erased(cell)
            && self.style.bg == Color::Reset
            && !self.style.modifier.intersects(VISIBLE_ON_BLANKS);
        if !same {
            self.set_style(style);
        }
        let symbol = cell.symbol();
        self.push(symbol);
        let wide = unicode_width::UnicodeWidthStr::width(symbol).max(1);
        let next = x.saturating_add(u16::try_from(wide).unwrap_or(1));
        // At the right edge terminals disagree about where the cursor is.
        self.at = (next < self.size.width).then_some(Position { x: next, y });
    }

    /// Erases `count` columns; the cursor stays where it is.
    fn erase(&mut self, x: u16, y: u16, count: u16) {
        self.move_to(Position { x, y });
        if self.style.bg != Color::Reset || self.style.modifier.intersects(VISIBLE_ON_BLANKS) {
            self.set_style(PLAIN);
        }
        if x.saturating_add(count) >= self.size.width {
            self.push("\x1b[K");
        } else {
            self.push(&format!("\x1b[{count}X"));
        }
    }

    /// Moves the rows `first..=last` up by `by` rows (down when negative); the freed rows are blank.
    pub(super) fn scroll(&mut self, first: u16, last: u16, by: i32) {
        self.set_style(PLAIN);
        let (rows, way) = (by.unsigned_abs(), if by > 0 { 'M' } else { 'L' });
        self.push(&format!("\x1b[{};{}r", first + 1, last + 1));
        self.push(&format!("\x1b[{};1H\x1b[{rows}{way}\x1b[r", first + 1));
        self.at = None;
    }

    /// Blanks the whole screen, of which nothing is known: neither its colours nor its cursor.
    pub(super) fn clear(&mut self) {
        self.push("\x1b[m\x1b[2J");
        self.style = PLAIN;
        self.at = None;
        self.caret = Caret::Unknown;
    }

    /// Puts the terminal's cursor where it belongs, shown only where text is typed, and sends the frame in one write; a frame in which
    /// nothing changed is none.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub(super) fn finish(&mut self, cursor: Option<TerminalCursor>) -> io::Result<()> {
        let (wanted, place) = match cursor {
            Some(TerminalCursor::Caret(place)) => (Caret::Shown, Some(place)),
            Some(TerminalCursor::Selection(place)) => (Caret::Hidden, Some(place)),
            None => (Caret::Hidden, None),
        };
        self.set_style(PLAIN);
        if self.caret != wanted {
            self.push(if wanted == Caret::Shown {
                "\x1b[?25h"
            } else {
                "\x1b[?25l"
            });
            self.caret = wanted;
        }
        if let Some(place) = place {
            self.move_to(place);
        }
        if !self.frame.is_empty() {
            self.out.write_all(&self.frame)?;
            self.out.flush()?;
            self.frame.clear();
        }
        Ok(())
    }
}

/// How many of the first cells are blanks side by side.
fn blanks_at(cells: &[(u16, u16, &Cell)]) -> u16 {
    let Some((x, y, _)) = cells.first() else {
        return 0;
    };
    let mut count = 0;
    for (cx, cy, cell) in cells {
        let beside = *cy == *y && *cx == x.saturating_add(count);
        if !beside || !is_erased(cell) {
            break;
        }
        count += 1;
    }
    count
}
