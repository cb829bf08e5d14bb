//! Frames to bytes: one write per frame, nothing sent twice, nothing ever asked.
//!
//! Over SSH a flush is a packet, so a frame is gathered whole and written once. The cursor's
//! place and the style are remembered, and only changes are sent.

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

/// A ratatui backend that writes to anything.
#[derive(Debug)]
pub struct WireBackend<W: Write> {
    out: W,
    frame: Vec<u8>,
    size: Size,
    at: Option<Position>,
    pen: Pen,
    caret: Caret,
    target: Option<Position>,
}

impl<W: Write> WireBackend<W> {
    /// A backend for a terminal of that size.
    pub fn new(out: W, size: Size) -> Self {
        let frame = Vec::with_capacity(8 * 1024);
        Self {
            out,
            frame,
            size,
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

impl<W: Write> Backend for WireBackend<W> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        for (x, y, cell) in content {
            self.go(Position { x, y });
            self.dip(Pen {
                fg: cell.fg,
                bg: cell.bg,
                modifier: cell.modifier,
            });
            let symbol = cell.symbol();
            self.push(symbol);
            let wide = unicode_width::UnicodeWidthStr::width(symbol).max(1);
            let next = x.saturating_add(u16::try_from(wide).unwrap_or(1));
            // At the right edge terminals disagree about where the cursor is.
            self.at = (next < self.size.width).then_some(Position { x: next, y });
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
        Ok(())
    }

    fn clear_region(&mut self, region: ClearType) -> io::Result<()> {
        self.dip(PLAIN);
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
        assert_eq!(last, "\u{1b}[C3\u{1b}[2;6H");
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
