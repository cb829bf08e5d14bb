//! What the terminal shows, and the shortest way from that to the next picture: rows that only
//! moved are moved, single cells between changed ones are written again rather than jumped over.

use std::io::{self, Write};

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::{Rect, Size};

use super::ansi::AnsiWriter;
use crate::app::App;
use crate::ui::chrome::{ABOVE, BELOW};
use crate::ui::{TerminalCursor, Ui};

/// Unchanged cells up to so many are written again: jumping over them takes as many bytes.
const BRIDGE: u16 = 3;
/// Rows must be won by moving, or it is not worth its bytes.
const WORTH: usize = 3;

/// What the terminal shows, and the writer that changes it.
#[derive(Debug)]
pub struct TerminalScreen<W: Write> {
    writer: AnsiWriter<W>,
    shown: Buffer,
    next: Buffer,
    known: Known,
}

/// Whether the terminal is known to show what was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Known {
    Yes,
    /// It is cleared and drawn in full.
    No,
}

impl<W: Write> TerminalScreen<W> {
    /// A terminal of that size, whose contents are not known: the first picture is drawn in full.
    pub fn new(out: W, size: Size) -> Self {
        let area = Rect::new(0, 0, size.width, size.height);
        Self {
            writer: AnsiWriter::new(out, size),
            shown: Buffer::empty(area),
            next: Buffer::empty(area),
            known: Known::No,
        }
    }

    /// The terminal has another size now.
    pub fn resize(&mut self, size: Size) {
        let area = Rect::new(0, 0, size.width, size.height);
        self.writer.resize(size);
        self.shown = Buffer::empty(area);
        self.next = Buffer::empty(area);
        self.known = Known::No;
    }

    /// The next picture is drawn in full.
    pub fn redraw(&mut self) {
        self.known = Known::No;
    }

    /// Draws the app.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn draw(&mut self, ui: &Ui, app: &App) -> io::Result<()> {
        self.next.reset();
        let cursor = ui.paint(app, &mut self.next);
        self.show(cursor)
    }

    fn show(&mut self, cursor: Option<TerminalCursor>) -> io::Result<()> {
        if self.known == Known::No {
            self.writer.clear();
            self.shown.reset();
            self.known = Known::Yes;
        }
        self.move_rows();
        let changes = self.shown.diff(&self.next);
        self.writer.draw(&bridged(&changes, &self.next));
        self.writer.finish(cursor)?;
        std::mem::swap(&mut self.shown, &mut self.next);
        Ok(())
    }

    /// Moves the body's rows where most of the next picture is the present one, moved.
    fn move_rows(&mut self) {
        let height = usize::from(self.next.area.height);
        let (first, end) = (ABOVE, height.saturating_sub(BELOW));
        if self.shown.area != self.next.area || first >= end {
            return;
        }
        let differs = |row: usize| row_of(&self.shown, row) != row_of(&self.next, row);
        if (first..end).filter(|row| differs(*row)).count() <= WORTH {
            return;
        }
        let last = i32::try_from(end - first - 1).unwrap_or(0);
        // Looked at once: a large window is mostly blank, and is compared at every distance.
        let written: Vec<usize> = (first..end)
            .filter(|row| !is_blank(row_of(&self.next, *row)))
            .collect();
        let won = |by: i32| {
            let comes = |row: &&usize| {
                let from = row.checked_add_signed(by as isize);
                let from = from.filter(|from| (first..end).contains(from));
                from.is_some_and(|from| row_of(&self.shown, from) == row_of(&self.next, **row))
            };
            written.iter().filter(comes).count()
        };
        let best = (1..=last)
            .flat_map(|by| [by, -by])
            .max_by_key(|by| (won(*by), -by.abs()));
        let stays = won(0);
        if let Some(by) = best.filter(|by| won(*by) >= stays + WORTH) {
            let row = |row: usize| u16::try_from(row).unwrap_or(u16::MAX);
            self.writer.scroll(row(first), row(end - 1), by);
            moved(&mut self.shown, first, end, by);
        }
    }
}

fn row_of(buffer: &Buffer, row: usize) -> &[Cell] {
    let width = usize::from(buffer.area.width);
    buffer
        .content
        .get(row * width..(row + 1) * width)
        .unwrap_or_default()
}

fn is_blank(row: &[Cell]) -> bool {
    row.iter().all(|cell| cell.symbol() == " ")
}

/// The rows `first..end` of a picture, moved as the terminal moves them.
fn moved(buffer: &mut Buffer, first: usize, end: usize, by: i32) {
    let width = usize::from(buffer.area.width);
    let before = buffer.content.clone();
    for row in first..end {
        let from = row.checked_add_signed(by as isize);
        let from = from.filter(|from| (first..end).contains(from));
        for column in 0..width {
            let cell = from.and_then(|from| before.get(from * width + column));
            if let Some(slot) = buffer.content.get_mut(row * width + column) {
                *slot = cell.cloned().unwrap_or_default();
            }
        }
    }
}

/// The changes, with the few unchanged cells between two of them in one row.
fn bridged<'a>(changes: &[(u16, u16, &'a Cell)], next: &'a Buffer) -> Vec<(u16, u16, &'a Cell)> {
    let mut out: Vec<(u16, u16, &Cell)> = Vec::with_capacity(changes.len());
    for change in changes {
        if let Some((x, y, cell)) = out.last().copied()
            && y == change.1
            && change.0 > x + 1
            && change.0 - x - 1 <= BRIDGE
            && cell.symbol().is_ascii()
        {
            let between: Vec<(u16, u16, &Cell)> = (x + 1..change.0)
                .filter_map(|x| Some((x, y, next.cell((x, y))?)))
                .collect();
            let alike = |c: &Cell| c.symbol().is_ascii() && c.style() == cell.style();
            if between.iter().all(|(_, _, c)| alike(c)) {
                out.extend(between);
            }
        }
        out.push(*change);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::layout::Position;
    use ratatui::style::{Color, Modifier, Style};
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

    impl Wire {
        fn last(&self) -> String {
            let frames = self.0.borrow();
            String::from_utf8(frames.last().cloned().unwrap_or_default()).unwrap()
        }
    }

    fn draw(screen: &mut TerminalScreen<Wire>, lines: &[&str], style: Style) {
        screen.next.reset();
        for (y, line) in lines.iter().enumerate() {
            let y = u16::try_from(y).unwrap();
            screen.next.set_string(2, y, line, style);
        }
        let caret = TerminalCursor::Caret(Position { x: 5, y: 1 });
        screen.show(Some(caret)).unwrap();
    }

    fn screen(width: u16, height: u16) -> (TerminalScreen<Wire>, Wire) {
        let wire = Wire::default();
        (
            TerminalScreen::new(wire.clone(), Size::new(width, height)),
            wire,
        )
    }

    #[test]
    fn a_frame_is_one_write_and_an_unchanged_frame_is_none() {
        let (mut screen, wire) = screen(20, 4);
        draw(&mut screen, &["", "số 12"], Style::new());
        assert_eq!(wire.0.borrow().len(), 1);
        draw(&mut screen, &["", "số 12"], Style::new());
        assert_eq!(wire.0.borrow().len(), 1, "nothing changed, nothing is sent");
        draw(&mut screen, &["", "số 13"], Style::new());
        assert_eq!(wire.last(), "\u{1b}[C3\u{1b}[2;6H");
    }

    #[test]
    fn style_is_sent_when_it_changes_and_ends_reset() {
        let (mut screen, wire) = screen(20, 4);
        let style = Style::new().fg(Color::Red).add_modifier(Modifier::BOLD);
        draw(&mut screen, &["", "lỗi"], style);
        let sent = wire.last();
        assert!(sent.contains("\u{1b}[1;31mlỗi\u{1b}[m"), "{sent:?}");
    }

    #[test]
    fn many_blanks_are_erased_and_few_unchanged_cells_written_again() {
        let (mut screen, wire) = screen(20, 4);
        draw(&mut screen, &["", "0123456789", "a-b"], Style::new());
        draw(&mut screen, &["", "", "x-y"], Style::new());
        let sent = wire.last();
        assert!(
            sent.contains("\u{1b}[10X") && sent.contains("x-y"),
            "{sent:?}"
        );
        draw(
            &mut screen,
            &["", "012345678901234567", "x-y"],
            Style::new(),
        );
        draw(&mut screen, &["", "", "x-y"], Style::new());
        assert!(wire.last().contains("\u{1b}[K"), "{:?}", wire.last());
    }

    #[test]
    fn rows_that_only_moved_are_moved() {
        let (mut screen, wire) = screen(40, 20);
        let line = |n: usize| format!("dòng số {n} của biểu này");
        let page = |from: usize| {
            let mut rows = vec!["đầu".to_owned(), "---".to_owned()];
            rows.extend((from..from + 13).map(line));
            rows.push("cuối".to_owned());
            rows
        };
        let as_str = |rows: &[String]| -> Vec<String> { rows.to_vec() };
        let mut whole = 0;
        for (at, from) in [0, 6, 9, 2].into_iter().enumerate() {
            let rows = as_str(&page(from));
            let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
            draw(&mut screen, &rows, Style::new());
            let sent = wire.last();
            if at == 0 {
                whole = sent.len();
                continue;
            }
            assert!(sent.contains("\u{1b}[3;15r"), "{sent:?}");
            assert!(sent.len() < whole * 3 / 4, "{} of {whole}", sent.len());
            assert_eq!(
                screen.shown.cell((10, 2)).unwrap().symbol(),
                from.to_string()
            );
        }
    }
}
