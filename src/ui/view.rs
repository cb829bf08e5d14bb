//! A picture of the app: `view(&App)` onto a frame. Nothing changes while drawing.

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Position;

use super::appearance::Ui;
use super::canvas::Canvas;
use super::theme::Glyphs;
use super::{ascii, overlays, screens};
use crate::app::App;
use crate::app::screens::Screen;
use crate::base::Message;

/// The smallest terminal that is drawn on (`interface.md` 3).
const SMALLEST: (u16, u16) = (60, 16);

/// Where the terminal's cursor stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TerminalCursor {
    /// At the caret of what is being typed; it is shown.
    Caret(Position),
    /// At what is selected; it is hidden, and screen readers and braille lines follow it.
    Selection(Position),
}

impl Ui {
    /// Draws the app on a frame.
    pub fn view(&self, app: &App, frame: &mut Frame<'_>) {
        if let Some(TerminalCursor::Caret(caret)) = self.paint(app, frame.buffer_mut()) {
            frame.set_cursor_position(caret);
        }
    }

    /// Draws the app; returns where the terminal's cursor belongs, if anywhere.
    pub fn paint(&self, app: &App, buffer: &mut Buffer) -> Option<TerminalCursor> {
        let area = buffer.area;
        let mut caret = None;
        let mut canvas = Canvas::new(buffer, area, self.glyphs);
        if area.width < SMALLEST.0 || area.height < SMALLEST.1 {
            self.too_small(&mut canvas);
        } else {
            let on_screen = self.screen(app, &mut canvas);
            let on_top = overlays::draw(self, app, &mut canvas);
            caret = if app.state.overlay.is_some() {
                on_top
            } else {
                on_screen
            };
        }
        let selection = canvas.selection();
        if self.glyphs == Glyphs::Ascii {
            ascii::fold_frame(buffer);
        }
        let place = |(x, y)| {
            Some(Position {
                x: area.x.saturating_add(u16::try_from(x).ok()?),
                y: area.y.saturating_add(u16::try_from(y).ok()?),
            })
        };
        match caret {
            Some(caret) => place(caret).map(TerminalCursor::Caret),
            None => place(selection?).map(TerminalCursor::Selection),
        }
    }

    fn too_small(&self, canvas: &mut Canvas<'_>) {
        let message = Message::new("screen.too_small")
            .with("width", usize::from(SMALLEST.0))
            .with("height", usize::from(SMALLEST.1));
        let (columns, rows) = (canvas.width(), canvas.height());
        let lines = super::width::wrap(&self.texts.say(&message), columns, rows);
        for (y, line) in lines.iter().enumerate() {
            canvas.put(0, y, columns, line, self.theme.text());
        }
    }

    /// Draws the screen; returns where the caret stands, if text is being typed.
    fn screen(&self, app: &App, canvas: &mut Canvas<'_>) -> Option<(usize, usize)> {
        match app.screen() {
            Screen::FirstRun(page) => {
                return Some(screens::first_run::draw(self, app, page, canvas));
            }
            Screen::Form(form) => return screens::form::draw(self, app, form, canvas),
            Screen::Opening(_) => screens::opening::draw(self, app, canvas),
            Screen::Home(home) => screens::home::draw(self, app, home, canvas),
            Screen::Findings(list) => screens::findings::draw(self, app, list, canvas),
            Screen::History(list) => screens::history::draw(self, app, list, canvas),
            Screen::Help(help) => screens::help::draw(self, app, help, canvas),
            Screen::Sync(page) => screens::sync::draw(self, app, page, canvas),
            Screen::ImportPreview(page) => screens::import_preview::draw(self, app, page, canvas),
            Screen::Conflict(page) => screens::conflict::draw(self, app, page, canvas),
        }
        None
    }
}
