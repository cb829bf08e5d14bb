//! What an import would change, has changed, or would change if a key were believed: one page.

use crate::app::input::command::{Command, Context};
use crate::app::input::list::step_of;
use crate::app::navigation::Go;
use crate::app::overlays::Answered;
use crate::app::overlays::prompt::Purpose;
use crate::app::screens::interface::{Handled, ScreenLike};
use crate::app::screens::sync::{ask_digits, ask_take_back};
use crate::app::state::{State, Tone};
use crate::app::sync_message::{PreviewStands, SyncRequest};
use crate::base::{Message, text};
use crate::ledger::typed;
use crate::sync::import::plan::{
    BundleOutcome, ConflictChange, FigureChange, ImportPlan, Suspicion,
};

/// What an import would change, has changed, or would change if a key were believed.
#[derive(Debug)]
pub struct ImportPreview {
    /// What it shows.
    pub plan: Box<ImportPlan>,
    /// What it stands for.
    pub stands: PreviewStands,
    /// The first row shown.
    pub top: usize,
}

/// One row of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PreviewRow {
    /// A heading, by its key.
    Heading(&'static str),
    /// The digits of the key that is supposed to be believed.
    Digits,
    /// A bundle by its place.
    Bundle(usize),
    /// What one of its gaps misses: bundle and gap by their places.
    Gap(usize, usize),
    /// A file that is left out, by its place.
    Unread(usize),
    /// A figure by its place.
    Change(usize),
    /// A sum by its place.
    Total(usize),
    /// What a person should look at: its place, and which line of it.
    Suspicion(usize, usize),
    /// Nothing.
    Space,
}

impl ImportPreview {
    /// A page at its top.
    pub fn new(plan: Box<ImportPlan>, stands: PreviewStands) -> Self {
        Self {
            plan,
            stands,
            top: 0,
        }
    }

    /// The figures, those in conflict first.
    pub fn changes(&self) -> Vec<&FigureChange> {
        let mut changes: Vec<&FigureChange> = self.plan.changes.iter().collect();
        changes.sort_by_key(|change| change.conflict == ConflictChange::None);
        changes
    }

    /// The rows of the page.
    pub fn rows(&self) -> Vec<PreviewRow> {
        let mut rows = Vec::new();
        if matches!(self.stands, PreviewStands::Supposed { .. }) {
            rows.extend([PreviewRow::Digits, PreviewRow::Space]);
        }
        for (at, bundle) in self.plan.bundles.iter().enumerate() {
            rows.push(PreviewRow::Bundle(at));
            if let BundleOutcome::Waiting(gaps) = &bundle.outcome {
                rows.extend((0..gaps.len()).map(|gap| PreviewRow::Gap(at, gap)));
            }
        }
        rows.extend((0..self.plan.unread.len()).map(PreviewRow::Unread));
        let mut part = |heading, inside: Vec<PreviewRow>| {
            if !inside.is_empty() {
                if !rows.is_empty() {
                    rows.push(PreviewRow::Space);
                }
                rows.push(PreviewRow::Heading(heading));
                rows.extend(inside);
            }
        };
        let count = |of: usize, row: fn(usize) -> PreviewRow| (0..of).map(row).collect();
        let odd = self.plan.suspicions.iter().enumerate();
        let odd = odd.flat_map(|(at, suspicion)| {
            match suspicion {
                Suspicion::Jump(_) => 0..1,
                // Whole sentences, at 80 columns.
                _ => 0..2,
            }
            .map(move |line| PreviewRow::Suspicion(at, line))
        });
        part("sync_page.suspicions", odd.collect());
        part(
            "sync_page.changes",
            count(self.plan.changes.len(), PreviewRow::Change),
        );
        part(
            "sync_page.totals",
            count(self.plan.totals.len(), PreviewRow::Total),
        );
        rows
    }

    /// Moves the page by so many rows.
    fn step(&mut self, by: isize) {
        let last = self.rows().len().saturating_sub(1);
        self.top = self.top.saturating_add_signed(by).min(last);
    }
}

impl ScreenLike for ImportPreview {
    fn contexts(&self) -> &'static [Context] {
        &[Context::Sync, Context::List]
    }

    fn command(&mut self, state: &mut State, command: Command) -> Handled {
        if let Some(by) = step_of(command) {
            self.step(by);
            return Handled::Yes;
        }
        match (command, &self.stands) {
            (Command::Accept, PreviewStands::Before) => state.go(Go::Work(SyncRequest::Import)),
            (Command::Accept, PreviewStands::Supposed { root, digits, .. }) => {
                ask_digits(state, Purpose::Digits(*root, *digits));
            }
            (Command::Accept, PreviewStands::Past { .. }) => state.go(Go::Back),
            (Command::SyncDrop, PreviewStands::Past { root, .. }) => ask_take_back(state, *root),
            (Command::SyncDrop, _) => {}
            _ => return Handled::No,
        }
        Handled::Yes
    }

    fn chosen(&mut self, state: &mut State, answer: Answered) {
        let Answered::Text(purpose, typed) = answer else {
            return;
        };
        let text = text::clean(&typed, typed::TEXT_LIMIT);
        match purpose {
            Purpose::Digits(root, digits) if digits.matches(&text) => {
                state.go(Go::Work(SyncRequest::Enrol(root)));
            }
            Purpose::Digits(..) => state.say(Tone::Warning, Message::new("sync_page.other_digits")),
            Purpose::TakeBack(_) if text.is_empty() => {
                state.say(Tone::Warning, Message::new("prompt.reason_needed"));
            }
            Purpose::TakeBack(root) => {
                state.go(Go::Work(SyncRequest::TakeBack { root, reason: text }));
            }
            _ => {}
        }
    }
}
