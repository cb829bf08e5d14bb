//! What is typed before the store has answered: it waits, in order, and is taken in when the
//! screen it was meant for is there. A figure typed ahead must not land in another cell.

use std::collections::VecDeque;

use super::key::Key;

/// So many bytes are kept, a key counted as one; nobody types further ahead.
const MOST: usize = 4_096;

/// One thing that a person typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Typed {
    /// A key.
    Key(Key),
    /// A bracketed paste.
    Paste(String),
}

/// What was typed ahead, oldest first. Nothing is left out of it: half a figure would be another
/// one. So whoever brings what is typed asks whether there is room, and waits where there is none.
#[derive(Debug, Default)]
pub struct TypeAhead {
    kept: VecDeque<Typed>,
    bytes: usize,
}

impl TypeAhead {
    /// Keeps something typed for later.
    pub fn keep(&mut self, typed: Typed) {
        self.bytes += weight(&typed);
        self.kept.push_back(typed);
    }

    /// True where more may be kept.
    pub fn has_room(&self) -> bool {
        self.bytes < MOST
    }

    /// The oldest thing kept.
    pub fn take_first(&mut self) -> Option<Typed> {
        let typed = self.kept.pop_front()?;
        self.bytes -= weight(&typed);
        Some(typed)
    }

    /// Forgets everything: the person went elsewhere.
    pub fn forget(&mut self) {
        *self = Self::default();
    }
}

fn weight(typed: &Typed) -> usize {
    match typed {
        Typed::Key(_) => 1,
        Typed::Paste(text) => text.len().max(1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::input::key::Code;

    #[test]
    fn nothing_is_left_out_and_a_long_paste_counts_as_long() {
        let mut ahead = TypeAhead::default();
        let key = Typed::Key(Key::plain(Code::Char('4')));
        (0..MOST).for_each(|_| ahead.keep(key.clone()));
        assert!(!ahead.has_room());
        ahead.keep(key.clone());
        for _ in 0..=MOST {
            assert_eq!(ahead.take_first(), Some(key.clone()));
        }
        assert!(ahead.has_room() && ahead.take_first().is_none());
        ahead.keep(Typed::Paste("1".repeat(MOST)));
        assert!(!ahead.has_room());
        ahead.forget();
        assert!(ahead.has_room());
    }
}
