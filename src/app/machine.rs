//! The whole program between its keys and its picture: what all screens share, and the screens
//! that are open.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::NaiveDate;

use super::input::command::Context;
use super::input::keymap::Keymap;
use super::input::type_ahead::TypeAhead;
use super::message::{Draft, DraftPurpose, Effect, Request, Size};
use super::overlays::Overlay;
use super::overlays::prompt::Purpose;
use super::screens::Screen;
use super::screens::opening::Opening;
use super::state::{State, Words};
use crate::base::Lang;
use crate::ledger::{FormKey, typed};
use crate::plan::Plan;

/// The whole program between its keys and its picture.
#[derive(Debug)]
pub struct App {
    /// What all screens share.
    pub state: State,
    /// What is open, the lowest first.
    pub screens: ScreenStack,
    /// What was typed before its screen was there.
    pub(super) ahead: TypeAhead,
    /// What was last kept against a lost terminal.
    pub(super) kept: Option<Draft>,
}

/// The open screens, the lowest first: never none.
#[derive(Debug)]
pub struct ScreenStack {
    lowest: Screen,
    above: Vec<Screen>,
}

impl ScreenStack {
    /// Only this screen.
    pub fn new(lowest: Screen) -> Self {
        Self {
            lowest,
            above: Vec::new(),
        }
    }

    /// The screen on top.
    pub fn top(&self) -> &Screen {
        self.above.last().unwrap_or(&self.lowest)
    }

    /// The screen on top, to be changed.
    pub fn top_mut(&mut self) -> &mut Screen {
        self.above.last_mut().unwrap_or(&mut self.lowest)
    }

    /// All screens, the lowest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Screen> {
        std::iter::once(&self.lowest).chain(&self.above)
    }

    /// All screens, the lowest first, to be changed.
    pub fn iter_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut Screen> {
        std::iter::once(&mut self.lowest).chain(&mut self.above)
    }

    /// Opens a screen on top.
    pub fn push(&mut self, screen: impl Into<Screen>) {
        self.above.push(screen.into());
    }

    /// Closes the screen on top; the lowest stays. Returns whether one was closed.
    pub fn pop(&mut self) -> bool {
        self.above.pop().is_some()
    }

    /// Closes all screens but the lowest.
    pub fn only_lowest(&mut self) {
        self.above.clear();
    }

    /// Closes the screens above the first that `wanted` accepts, from the top; false when there is
    /// none, and then nothing is closed.
    pub fn pop_to(&mut self, wanted: impl Fn(&Screen) -> bool) -> bool {
        match self.above.iter().rposition(wanted) {
            Some(at) => {
                self.above.truncate(at + 1);
                true
            }
            None => false,
        }
    }

    /// Closes the screens above the lowest that `unwanted` accepts.
    pub fn close(&mut self, unwanted: impl Fn(&Screen) -> bool) {
        self.above.retain(|screen| !unwanted(screen));
    }
}

impl App {
    /// An app whose store is being opened, and the request to open it.
    pub fn new(
        plan: Arc<Plan>,
        keymap: Keymap,
        words: Arc<dyn Words>,
        (lang, today): (Lang, NaiveDate),
        size: Size,
    ) -> (Self, Vec<Effect>) {
        let mut state = State::new(plan, keymap, words, (lang, today), size);
        state.opening = Some(state.ask(Request::Open));
        let effects = state.take_effects();
        let app = Self {
            state,
            screens: ScreenStack::new(Opening.into()),
            ahead: TypeAhead::default(),
            kept: None,
        };
        (app, effects)
    }

    /// The screen on top.
    pub fn screen(&self) -> &Screen {
        self.screens.top()
    }

    /// Where keys are looked up, the most particular first.
    pub fn contexts(&self) -> Vec<Context> {
        let own = match &self.state.overlay {
            Some(overlay) => overlay.contexts(),
            None => self.screen().inner().contexts(),
        };
        own.iter().copied().chain([Context::Global]).collect()
    }

    /// True while what is shown is about to be changed by the store's answer: a page that is not
    /// there yet, or a write on its way to the disk.
    pub fn awaits_store(&self) -> bool {
        self.awaits_screen() || self.state.outbox.awaits_answer()
    }

    /// True while more may be typed ahead; where not, the keys stay outside until it may.
    pub fn has_room_ahead(&self) -> bool {
        self.ahead.has_room()
    }

    /// True while the screen on top cannot know yet where a key would go.
    pub(super) fn awaits_screen(&self) -> bool {
        self.state.overlay.is_none() && self.screen().inner().awaits(&self.state)
    }

    /// What a lost terminal would lose; `None` on the home page and where there is no form.
    pub(super) fn draft(&self) -> Option<Draft> {
        if matches!(self.screen(), Screen::Home(_)) {
            return None;
        }
        let screens = self.screens.iter().rev();
        let mut drafts = screens.filter_map(|screen| screen.inner().draft(&self.state));
        let below = drafts.next();
        match &self.state.overlay {
            Some(Overlay::Prompt(prompt)) => {
                draft_of(&prompt.purpose, &prompt.line.text(), below.as_ref()).or(below)
            }
            _ => below,
        }
    }

    /// The forms that screens show.
    pub(super) fn shown_forms(&self) -> BTreeSet<FormKey> {
        let screens = self.screens.iter();
        screens
            .filter_map(|screen| screen.inner().form().cloned())
            .collect()
    }
}

/// What is lost with a text box.
fn draft_of(purpose: &Purpose, text: &str, below: Option<&Draft>) -> Option<Draft> {
    let (cell, purpose) = match purpose {
        Purpose::Words(cell) => (cell.clone(), DraftPurpose::Content),
        Purpose::Note(cell) => (cell.clone(), DraftPurpose::Note),
        Purpose::Reason(asked) => (
            asked.cell.clone(),
            DraftPurpose::Reason {
                rule: asked.rule.clone(),
                judged: asked.judged.clone(),
            },
        ),
        Purpose::Resolve(asked) => (
            asked.cell.clone(),
            DraftPurpose::Resolve {
                typed: asked.typed.clone(),
            },
        ),
        Purpose::Settle(cell, content, _) => (
            cell.clone(),
            DraftPurpose::Resolve {
                typed: typed::typed_form(content),
            },
        ),
        Purpose::Return(_) => (below?.cell.clone(), DraftPurpose::Return),
        Purpose::OtherFigure
        | Purpose::Folder(_)
        | Purpose::Digits(..)
        | Purpose::FileDigits(..)
        | Purpose::TakeBack(_) => return None,
    };
    Some(Draft {
        cell,
        purpose,
        text: text.to_owned(),
    })
}
