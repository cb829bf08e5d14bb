//! Drawing: a picture of the app's state, words in two languages, widths, colours.

pub mod ascii;
pub mod texts;
pub mod theme;
pub mod width;
