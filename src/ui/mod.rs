//! Drawing: a picture of the app's state, words in two languages, widths, colours.

mod appearance;
pub mod ascii;
pub mod canvas;
pub mod chrome;
pub mod overlays;
pub mod screens;
pub mod texts;
pub mod theme;
pub mod view;
pub mod width;
pub mod words;

pub use appearance::Ui;
pub use theme::Glyphs;
