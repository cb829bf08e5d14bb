//! What is typed before the store has answered: it waits, in order, and is taken in when the
//! screen it was meant for is there. A figure typed ahead must not land in another cell.

use std::collections::VecDeque;

use super::command::Command;
use super::form::FormState;
use super::key::Key;
use super::meeting::Listing;
use super::state::{App, Health, Screen};

/// So much is kept; nobody types further ahead.
const MOST: usize = 4_096;

/// One thing typed ahead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ahead {
    /// A key.
    Key(Key),
    /// A bracketed paste.
    Paste(String),
}

/// What was typed ahead.
#[derive(Debug, Default)]
pub struct TypedAhead(VecDeque<Ahead>);

impl TypedAhead {
    /// Forgets it: the person went elsewhere.
    pub(super) fn forget(&mut self) {
        self.0.clear();
    }
}

/// Commands that need no answer of the store, and lead away from what is being waited for.
const AT_ONCE: [Command; 4] = [
    Command::Cancel,
    Command::Quit,
    Command::Redraw,
    Command::Reopen,
];

impl App {
    /// True while what is shown is about to be changed by the store's answer: a page that is not
    /// there yet, or a write on its way to the disk.
    pub fn awaits_store(&self) -> bool {
        self.awaits_screen() || self.form().is_some_and(FormState::awaits_disk)
    }

    /// True while the screen on top cannot know yet where a key would go.
    pub(super) fn awaits_screen(&self) -> bool {
        let there = match self.screen() {
            Screen::Opening => false,
            Screen::Home(home) => home.loaded,
            Screen::Form(form) => form.loaded,
            Screen::Findings(list) => list.loaded,
            Screen::History(list) => list.loaded,
            Screen::Meeting(page) => page.listing == Listing::There,
            Screen::FirstRun(_) | Screen::Help(_) | Screen::Preview(_) | Screen::Dispute(_) => true,
        };
        !there && self.overlay.is_none() && self.health == Health::Good
    }

    /// Keeps what is typed for later, where it must wait; gives it back where it need not.
    pub(super) fn keep_ahead(&mut self, typed: Ahead) -> Option<Ahead> {
        if !self.awaits_screen() {
            return Some(typed);
        }
        if let Ahead::Key(key) = typed {
            let command = self.keymap.lookup(&self.contexts(), key);
            if command.is_some_and(|command| AT_ONCE.contains(&command)) {
                self.ahead.forget();
                return Some(typed);
            }
        }
        if self.ahead.0.len() < MOST {
            self.ahead.0.push_back(typed);
        }
        None
    }

    /// The next thing typed ahead, once it knows where to go.
    pub(super) fn next_ahead(&mut self) -> Option<Ahead> {
        if self.awaits_screen() {
            return None;
        }
        self.ahead.0.pop_front()
    }
}
