//! Drawing: a picture of the app's state, words in two languages, widths, colours.

pub mod texts;
