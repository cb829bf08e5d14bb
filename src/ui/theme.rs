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

    fn coloured(self, color: Color, modifier: Modifier) -> Style {
        match self.palette {
            Palette::Colour => Style::new().fg(color).add_modifier(modifier),
            Palette::Mono => Style::new().add_modifier(modifier),
        }
    }

    /// Running text.
    pub fn text(self) -> Style {
        Style::new()
    }

    /// The first line and headings.
    pub fn title(self) -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }

    /// What steps back: rules, hints, past values.
    pub fn quiet(self) -> Style {
        self.coloured(Color::DarkGray, Modifier::empty())
    }

    /// The cell under the cursor.
    pub fn cursor(self) -> Style {
        Style::new().add_modifier(Modifier::REVERSED)
    }

    /// A hard finding.
    pub fn hard(self) -> Style {
        self.coloured(Color::Red, Modifier::BOLD)
    }

    /// A soft finding.
    pub fn soft(self) -> Style {
        self.coloured(Color::Yellow, Modifier::BOLD)
    }

    /// What is well.
    pub fn good(self) -> Style {
        self.coloured(Color::Green, Modifier::empty())
    }
}
