//! What is typed before the store has answered: it waits, in order, and is taken in when the
//! screen it was meant for is there. A figure typed ahead must not land in another cell.

use std::collections::VecDeque;

use super::key::Key;

/// So much is kept; nobody types further ahead.
const MOST: usize = 4_096;

/// One thing that a person typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Typed {
    /// A key.
    Key(Key),
    /// A bracketed paste.
    Paste(String),
}

/// What was typed ahead, oldest first.
#[derive(Debug, Default)]
pub struct TypeAhead(VecDeque<Typed>);

impl TypeAhead {
    /// Keeps something typed for later.
    pub fn keep(&mut self, typed: Typed) {
        if self.0.len() < MOST {
            self.0.push_back(typed);
        }
    }

    /// The oldest thing kept.
    pub fn take_first(&mut self) -> Option<Typed> {
        self.0.pop_front()
    }

    /// Forgets everything: the person went elsewhere.
    pub fn forget(&mut self) {
        self.0.clear();
    }
}
