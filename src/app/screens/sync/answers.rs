//! What the answers about other stores do to the page.

use std::path::{Path, PathBuf};

use super::{Seek, SyncPage};
use crate::app::message::{RequestId, Trouble, TroubleKind};
use crate::app::navigation::Go;
use crate::app::state::{State, Tone};
use crate::app::sync_message::SyncAnswer;
use crate::base::{Arg, Message};
use crate::service::export::{Destination, Exported};
use crate::sync::import::plan::{BundleOutcome, ImportPlan};

impl SyncPage {
    /// Takes an answer in.
    pub(super) fn answered(
        &mut self,
        state: &mut State,
        id: RequestId,
        result: Result<SyncAnswer, Trouble>,
    ) {
        if self.asked == Some(id) {
            self.asked = None;
            match result {
                Ok(SyncAnswer::Standing {
                    standing,
                    listing,
                    places,
                }) => self.take_in(standing, listing, places),
                Ok(_) => {}
                Err(trouble) => self.failed = Some(trouble.message),
            }
            return;
        }
        self.work = None;
        match result {
            Ok(answer) => self.done(state, answer),
            Err(trouble) => {
                let tone = match trouble.kind {
                    TroubleKind::Stopped => Tone::Info,
                    TroubleKind::Refused | TroubleKind::Failed => Tone::Warning,
                };
                state.say(tone, trouble.message);
                self.ask_again(state);
            }
        }
    }

    /// Says what long work has done, and reads the page anew.
    fn done(&mut self, state: &mut State, answer: SyncAnswer) {
        let (tone, message) = match answer {
            SyncAnswer::Preview(plan, stands) => {
                state.go(Go::ImportPreview(plan, stands));
                return;
            }
            SyncAnswer::Imported(plan) => {
                state.go(Go::LeavePreview);
                self.seek = seek(&plan);
                said_of(state, &plan)
            }
            SyncAnswer::Exported(done) => {
                if done.on == Destination::Elsewhere {
                    // The page then lists it: one sees what lies on the stick.
                    let first = done.paths.first();
                    state.folder = first.and_then(|path| path.parent()).map(Path::to_owned);
                }
                (Tone::Info, written(&done))
            }
            SyncAnswer::Done(message) => {
                state.go(Go::LeavePreview);
                (Tone::Info, message)
            }
            SyncAnswer::Standing { .. } => return,
        };
        state.say(tone, message);
        self.ask_again(state);
    }
}

fn written(done: &Exported) -> Message {
    let name = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default();
        name.to_string_lossy().into_owned()
    };
    let names: Vec<String> = done.paths.iter().map(name).collect();
    let key = match done.on {
        Destination::Elsewhere => "sync_page.exported",
        Destination::StoreFolder => "sync_page.exported_here",
    };
    Message::new(key)
        .with("name", names.join(", "))
        .with("entries", count(done.entries))
        .with("size", count(done.size.div_ceil(1024)))
}

fn count(n: u64) -> Arg {
    Arg::from(usize::try_from(n).unwrap_or(usize::MAX))
}

fn seek(plan: &ImportPlan) -> Option<Seek> {
    let kept = |outcome: &BundleOutcome| {
        matches!(
            outcome,
            BundleOutcome::Quarantined(_) | BundleOutcome::Waiting(_)
        )
    };
    if plan.counts.conflicts > 0 {
        Some(Seek::Conflict)
    } else if plan.bundles.iter().any(|bundle| kept(&bundle.outcome)) {
        Some(Seek::Held)
    } else {
        None
    }
}

/// What an import has done, in one sentence, and what a person must do next.
fn said_of(state: &State, plan: &ImportPlan) -> (Tone, Message) {
    let counts = &plan.counts;
    if counts.new == 0 {
        return nothing_taken(state, plan);
    }
    let done = Message::new("sync_page.imported")
        .with("new", count(counts.new))
        .with("figures", plan.changes.len());
    if counts.conflicts > 0 {
        let message = Message::new("sync_page.imported_in_conflict")
            .with("done", done)
            .with("conflicts", count(counts.conflicts));
        return (Tone::Warning, message);
    }
    let refused = plan.refusals().next().is_some() || !plan.unread.is_empty();
    if counts.waiting + counts.late + counts.suspicious > 0 || refused {
        let message = Message::new("sync_page.imported_but")
            .with("done", done)
            .with("waiting", count(counts.waiting))
            .with("late", count(counts.late))
            .with("suspicious", count(counts.suspicious));
        return (Tone::Warning, message);
    }
    (Tone::Info, done)
}

/// Why nothing of it was taken.
fn nothing_taken(state: &State, plan: &ImportPlan) -> (Tone, Message) {
    if let Some((_, error)) = plan.refusals().next() {
        return (Tone::Warning, error.message());
    }
    if let Some(file) = plan.unread.first() {
        return (Tone::Warning, file.why.clone());
    }
    let outcomes = || plan.bundles.iter().map(|bundle| &bundle.outcome);
    if outcomes().any(|outcome| matches!(outcome, BundleOutcome::Quarantined(_))) {
        return (Tone::Warning, Message::new("sync_page.now_quarantined"));
    }
    if plan.counts.waiting > 0 {
        return (Tone::Warning, Message::new("sync_page.now_waiting"));
    }
    let already = outcomes().find_map(|outcome| match outcome {
        BundleOutcome::Already { wall, .. } => Some(state.plan.short_day(*wall)),
        _ => None,
    });
    let taken = outcomes().any(|outcome| *outcome == BundleOutcome::Taken);
    let message = match already {
        _ if taken => Message::new("sync_page.receipt"),
        Some(day) => Message::new("sync_page.already").with("at", day),
        None => Message::new("sync_page.nothing_new"),
    };
    (Tone::Info, message)
}
