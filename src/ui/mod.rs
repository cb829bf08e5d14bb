//! Drawing: a picture of the app's state, words in two languages, widths, colours.

mod appearance;
pub mod ascii;
mod canvas;
pub mod chrome;
mod finding;
mod numerals;
mod overlays;
mod screens;
pub mod texts;
pub mod theme;
mod view;
mod widgets;
pub mod width;
pub mod words;

pub use appearance::Ui;
pub use theme::Glyphs;
pub use view::TerminalCursor;
