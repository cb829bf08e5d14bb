//! Keys, the commands they order, and text being typed.

pub mod command;
pub mod key;
pub mod keymap;
pub mod list;
pub mod pasted;
pub mod text_line;
pub mod type_ahead;
