//! Colours and emphasis: one accent for the cursor, one for findings; never the only sign.

use ratatui::style::{Color, Modifier, Style};

/// How many ways of emphasis the terminal is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Palette {
    /// Sixteen colours.
    Colour,
    /// Bold, reverse and underline only.
    Mono,
}

/// Which characters the terminal has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Glyphs {
    /// Vietnamese and symbols.
    Unicode,
    /// ASCII twins.
    Ascii,
}

/// The styles of everything drawn.
#[derive(Clone, Copy, Debug)]
pub struct Theme {
    palette: Palette,
}

impl Theme {
    /// A theme of that palette.
    pub fn new(palette: Palette) -> Self {
        Self { palette }
    }

    /// Running text, and everything else that a person has to read: the terminal's own colours are
    /// the only ones that are legible on every terminal.
    pub fn text(self) -> Style {
        Style::new()
    }

    /// The first line and headings.
    pub fn title(self) -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }

    /// Lines between the parts of a page; nothing that is read stands in it.
    pub fn rule(self) -> Style {
        match self.palette {
            Palette::Colour => Style::new().fg(Color::DarkGray),
            Palette::Mono => Style::new(),
        }
    }

    /// The cell under the cursor.
    pub fn cursor(self) -> Style {
        Style::new().add_modifier(Modifier::REVERSED)
    }

    /// The sign of a hard finding, and what is overdue.
    pub fn hard(self) -> Style {
        self.block(Color::White, Color::Red)
    }

    /// The sign of a soft finding. Not yellow: the Linux console's is a brown on which neither
    /// black nor white is legible everywhere else.
    pub fn soft(self) -> Style {
        self.block(Color::Black, Color::Cyan)
    }

    /// Colour behind a sign. Never bold: many terminals turn bold black into a grey.
    fn block(self, fg: Color, bg: Color) -> Style {
        match self.palette {
            Palette::Colour => Style::new().fg(fg).bg(bg),
            Palette::Mono => Style::new().add_modifier(Modifier::BOLD),
        }
    }
}
