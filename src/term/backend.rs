//! Frames to bytes: one write per frame, nothing sent twice, nothing ever asked.
//!
//! Over SSH a flush is a packet, so a frame is gathered whole and written once. The cursor's
//! place, the style and what stands on the screen are remembered, and only changes are sent: a
//! short gap between two changes is written again where that is shorter than leaping over it, a
//! long stretch of blanks is erased by one order.

use std::io::{self, Write};

use ratatui::backend::{Backend, ClearType, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};
use ratatui::style::{Color, Modifier};

/// The style of what is written next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Pen {
    fg: Color,
    bg: Color,
    modifier: Modifier,
}

const PLAIN: Pen = Pen {
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

/// From so many blanks in a row on, erasing them is shorter than writing them.
const ERASE_FROM: u16 = 9;
/// Longest gap that may be written again; leaping over more is never longer.
const LONGEST_GAP: u16 = 3;

impl Pen {
    /// True when a blank looks the same with either pen: nothing of it is drawn.
    fn is_bare(self) -> bool {
        self.bg == Color::Reset
            && !self
                .modifier
                .intersects(Modifier::REVERSED | Modifier::UNDERLINED)
    }
}

/// What stands in a cell of the screen, as far as it could be written again in one byte.
type Shadow = Option<(u8, Pen)>;

/// A ratatui backend that writes to anything.
#[derive(Debug)]
pub struct WireBackend<W: Write> {
    out: W,
    frame: Vec<u8>,
    size: Size,
    shadow: Vec<Shadow>,
    at: Option<Position>,
    pen: Pen,
    caret: Caret,
    target: Option<Position>,
}

impl<W: Write> WireBackend<W> {
    /// A backend for a terminal of that size, which is blank.
    pub fn new(out: W, size: Size) -> Self {
        let frame = Vec::with_capacity(8 * 1024);
        Self {
            out,
            frame,
            size,
            shadow: vec![Some((b' ', PLAIN)); area(size)],
            at: None,
            pen: PLAIN,
            caret: Caret::Unknown,
            target: None,
        }
    }

    /// The terminal has another size now.
    pub fn resize(&mut self, size: Size) {
        self.size = size;
        self.at = None;
        self.shadow = vec![None; area(size)];
    }

    fn place(&self, at: Position) -> usize {
        usize::from(at.y) * usize::from(self.size.width) + usize::from(at.x)
    }

    fn remember(&mut self, at: Position, what: Shadow) {
        let place = self.place(at);
        if let Some(cell) = self.shadow.get_mut(place) {
            *cell = what;
        }
    }

    /// Forgets everything that stands on the screen, or knows it to be blank.
    fn forget(&mut self, what: Shadow) {
        self.shadow.fill(what);
    }

    /// Writes again what stands between the cursor and `to`, where that is known and shorter
    /// than leaping over it; false when it is not.
    fn write_over(&mut self, to: Position) -> bool {
        let Some(at) = self.at.filter(|at| at.y == to.y && at.x < to.x) else {
            return false;
        };
        if to.x - at.x > LONGEST_GAP {
            return false;
        }
        let (from, until) = (self.place(at), self.place(to));
        let same = |cell: &Shadow| match cell {
            Some((b' ', pen)) if pen.is_bare() && self.pen.is_bare() => Some(b' '),
            Some((byte, pen)) if *pen == self.pen => Some(*byte),
            _ => None,
        };
        let gap = self.shadow.get(from..until).unwrap_or_default();
        let Some(bytes) = gap.iter().map(same).collect::<Option<Vec<u8>>>() else {
            return false;
        };
        self.frame.extend(bytes);
        self.at = Some(to);
        true
    }

    /// Erases so many cells at the cursor, which stays.
    fn erase(&mut self, at: Position, cells: u16) {
        self.go(at);
        if !self.pen.is_bare() {
            self.dip(PLAIN);
        }
        self.push(&format!("\x1b[{cells}X"));
        for x in at.x..at.x.saturating_add(cells) {
            self.remember(Position { x, y: at.y }, Some((b' ', PLAIN)));
        }
    }

    fn write(&mut self, at: Position, cell: &Cell) {
        let pen = pen_of(cell);
        let symbol = cell.symbol();
        if !self.write_over(at) {
            self.go(at);
        }
        let invisible = symbol == " " && pen.is_bare() && self.pen.is_bare();
        if !invisible {
            self.dip(pen);
        }
        self.push(symbol);
        let wide = unicode_width::UnicodeWidthStr::width(symbol).max(1);
        let next = at.x.saturating_add(u16::try_from(wide).unwrap_or(1));
        // At the right edge terminals disagree about where the cursor is.
        self.at = (next < self.size.width).then_some(Position { x: next, y: at.y });
        for x in at.x..next {
            self.remember(Position { x, y: at.y }, None);
        }
        if let [byte] = symbol.as_bytes() {
            self.remember(at, Some((*byte, pen)));
        }
    }

    fn go(&mut self, to: Position) {
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

    fn dip(&mut self, pen: Pen) {
        if self.pen == pen {
            return;
        }
        let mut codes: Vec<u8> = Vec::new();
        if !(self.pen.modifier - pen.modifier).is_empty() {
            codes.push(0);
            self.pen = PLAIN;
        }
        for (modifier, code) in [
            (Modifier::BOLD, 1),
            (Modifier::DIM, 2),
            (Modifier::ITALIC, 3),
            (Modifier::UNDERLINED, 4),
            (Modifier::REVERSED, 7),
        ] {
            if pen.modifier.contains(modifier) && !self.pen.modifier.contains(modifier) {
                codes.push(code);
            }
        }
        if pen.fg != self.pen.fg {
            codes.push(colour(pen.fg, 30, 90));
        }
        if pen.bg != self.pen.bg {
            codes.push(colour(pen.bg, 40, 100));
        }
        let codes: Vec<String> = codes.iter().map(u8::to_string).collect();
        // A lone 0 is the default of SGR.
        let joined = codes.join(";");
        self.push(&format!(
            "\x1b[{}m",
            if joined == "0" { "" } else { &joined }
        ));
        self.pen = pen;
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

fn area(size: Size) -> usize {
    usize::from(size.width) * usize::from(size.height)
}

fn pen_of(cell: &Cell) -> Pen {
    Pen {
        fg: cell.fg,
        bg: cell.bg,
        modifier: cell.modifier,
    }
}

/// A space of which nothing is drawn.
fn is_blank(cell: &Cell) -> bool {
    cell.symbol() == " " && pen_of(cell).is_bare()
}

impl<W: Write> Backend for WireBackend<W> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let mut content = content.peekable();
        while let Some((x, y, cell)) = content.next() {
            let at = Position { x, y };
            if !is_blank(cell) {
                self.write(at, cell);
                continue;
            }
            let mut blanks = vec![cell];
            let mut next = x.saturating_add(1);
            while let Some((_, _, more)) =
                content.next_if(|(x, row, cell)| *x == next && *row == y && is_blank(cell))
            {
                blanks.push(more);
                next = next.saturating_add(1);
            }
            if next - x >= ERASE_FROM {
                self.erase(at, next - x);
                continue;
            }
            for (x, cell) in (x..).zip(blanks) {
                self.write(Position { x, y }, cell);
            }
        }
        Ok(())
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        if self.caret != Caret::Hidden {
            self.push("\x1b[?25l");
            self.caret = Caret::Hidden;
        }
        self.target = None;
        Ok(())
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        if self.caret != Caret::Shown {
            self.push("\x1b[?25h");
            self.caret = Caret::Shown;
        }
        Ok(())
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        Ok(self.at.unwrap_or_default())
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        self.target = Some(position.into());
        Ok(())
    }

    fn clear(&mut self) -> io::Result<()> {
        self.dip(PLAIN);
        self.push("\x1b[2J");
        self.forget(Some((b' ', PLAIN)));
        Ok(())
    }

    fn clear_region(&mut self, region: ClearType) -> io::Result<()> {
        self.dip(PLAIN);
        self.forget(match region {
            ClearType::All => Some((b' ', PLAIN)),
            _ => None,
        });
        self.push(match region {
            ClearType::All => "\x1b[2J",
            ClearType::AfterCursor => "\x1b[J",
            ClearType::BeforeCursor => "\x1b[1J",
            ClearType::CurrentLine => "\x1b[2K",
            ClearType::UntilNewLine => "\x1b[K",
        });
        Ok(())
    }

    fn size(&self) -> io::Result<Size> {
        Ok(self.size)
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        Ok(WindowSize {
            columns_rows: self.size,
            pixels: Size::default(),
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        self.dip(PLAIN);
        if let Some(target) = self.target.take() {
            self.go(target);
        }
        if !self.frame.is_empty() {
            self.out.write_all(&self.frame)?;
            self.out.flush()?;
            self.frame.clear();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::Terminal;
    use ratatui::style::Style;
    use std::cell::RefCell;
    use std::rc::Rc;

    /// Counts writes and keeps their bytes.
    #[derive(Clone, Debug, Default)]
    struct Wire(Rc<RefCell<Vec<Vec<u8>>>>);

    impl Write for Wire {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.borrow_mut().push(bytes.to_vec());
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn draw(terminal: &mut Terminal<WireBackend<Wire>>, text: &str, style: Style) {
        terminal
            .draw(|frame| {
                frame.buffer_mut().set_string(2, 1, text, style);
                frame.set_cursor_position((5, 1));
            })
            .unwrap();
    }

    #[test]
    fn a_frame_is_one_write_and_an_unchanged_frame_is_none() {
        let wire = Wire::default();
        let backend = WireBackend::new(wire.clone(), Size::new(20, 4));
        let mut terminal = Terminal::new(backend).unwrap();
        draw(&mut terminal, "số 12", Style::new());
        assert_eq!(wire.0.borrow().len(), 1);
        draw(&mut terminal, "số 12", Style::new());
        assert_eq!(wire.0.borrow().len(), 1, "nothing changed, nothing is sent");
        draw(&mut terminal, "số 13", Style::new());
        let last = String::from_utf8(wire.0.borrow()[1].clone()).unwrap();
        assert_eq!(last, "13\u{1b}[2;6H");
    }

    #[test]
    fn a_short_gap_is_written_again_and_a_long_blank_is_erased() {
        let wire = Wire::default();
        let backend = WireBackend::new(wire.clone(), Size::new(40, 4));
        let mut terminal = Terminal::new(backend).unwrap();
        terminal.clear().unwrap();
        draw(&mut terminal, "hai ba bon nam sau bay", Style::new());
        draw(&mut terminal, "hoi bo con nom sou boy", Style::new());
        let sent = String::from_utf8(wire.0.borrow().last().unwrap().clone()).unwrap();
        assert_eq!(sent, "\u{1b}[2;4Hoi bo c\u{1b}[4Com sou bo\u{1b}[2;6H");
        draw(
            &mut terminal,
            "hoi                   ",
            Style::new().fg(Color::Red),
        );
        let sent = String::from_utf8(wire.0.borrow().last().unwrap().clone()).unwrap();
        assert!(sent.contains("\u{1b}[19X"), "{sent:?}");
    }

    #[test]
    fn style_is_sent_when_it_changes_and_ends_reset() {
        let wire = Wire::default();
        let backend = WireBackend::new(wire.clone(), Size::new(20, 4));
        let mut terminal = Terminal::new(backend).unwrap();
        draw(
            &mut terminal,
            "lỗi",
            Style::new().fg(Color::Red).add_modifier(Modifier::BOLD),
        );
        let sent = String::from_utf8(wire.0.borrow()[0].clone()).unwrap();
        assert!(
            sent.contains("\u{1b}[1;31mlỗi") && sent.ends_with("\u{1b}[m"),
            "{sent:?}"
        );
    }
}
