//! What the answers about other stores do to the screens.

use std::path::Path;

use super::{Meeting, Met, Preview, Seek};
use crate::app::msg::{Effect, Ticket, Trouble};
use crate::app::state::{App, Screen, Tone};
use crate::app::update::refresh;
use crate::base::{Arg, Message};
use crate::service::export::{Exported, Medium};
use crate::service::standing::Standing;
use crate::store::Committed;
use crate::sync::held::conflicts::Conflict;
use crate::sync::import::plan::{BundleOutcome, ImportPlan};

/// Takes an answer in.
pub(in crate::app) fn answered(app: &mut App, met: Met) -> Vec<Effect> {
    match met {
        Met::Progress(running) => {
            if app.running.is_some_and(|now| now.job == running.job) {
                app.running = Some(running);
            }
            Vec::new()
        }
        Met::Standing {
            standing,
            listing,
            places,
        } => {
            follow(app, &standing);
            if let Some(page) = page(app) {
                page.take_in(standing, listing, places);
            }
            Vec::new()
        }
        other => {
            app.running = None;
            ended(app, other)
        }
    }
}

/// The open conflict as the store has it now; closed where somebody has settled it.
fn follow(app: &mut App, standing: &Standing) {
    let mut gone = false;
    for screen in &mut app.screens {
        if let Screen::Dispute(page) = screen {
            let same = |dispute: &&Conflict| dispute.cell == page.dispute.cell;
            match standing.disputes.iter().find(same) {
                Some(dispute) => page.dispute = dispute.clone(),
                None => gone = true,
            }
        }
    }
    if gone {
        close_disputes(app);
    }
}

fn close_disputes(app: &mut App) {
    app.screens
        .retain(|screen| !matches!(screen, Screen::Dispute(_)));
}

/// Work that has ended, one way or another.
fn ended(app: &mut App, met: Met) -> Vec<Effect> {
    let (tone, message) = match met {
        Met::Preview(plan, stands) => {
            let page = Box::new(Preview::new(plan, stands));
            app.screens.push(Screen::Preview(page));
            return Vec::new();
        }
        Met::Imported(plan) => {
            leave_preview(app);
            if let Some(page) = page(app) {
                page.seek = seek(&plan);
            }
            said_of(app, &plan)
        }
        Met::Exported(done) => {
            if done.on == Medium::Elsewhere {
                // The page then lists it: one sees what lies on the stick.
                app.folder = done.path.parent().map(Path::to_owned);
            }
            (Tone::Info, written(&done))
        }
        Met::Done(message) => {
            leave_preview(app);
            (Tone::Info, message)
        }
        Met::Refused(message) => (Tone::Warning, message),
        Met::Stopped => (Tone::Info, Message::new("meet.stopped")),
        Met::Progress(_) | Met::Standing { .. } => return Vec::new(),
    };
    app.say(tone, message);
    refresh(app)
}

fn written(done: &Exported) -> Message {
    let name = done.path.file_name().unwrap_or_default();
    let key = match done.on {
        Medium::Elsewhere => "meet.exported",
        Medium::Store => "meet.exported_here",
    };
    Message::new(key)
        .with("name", name.to_string_lossy().into_owned())
        .with("entries", count(done.entries))
        .with("size", count(done.size.div_ceil(1024)))
}

fn count(n: u64) -> Arg {
    Arg::from(usize::try_from(n).unwrap_or(usize::MAX))
}

fn page(app: &mut App) -> Option<&mut Meeting> {
    app.screens.iter_mut().find_map(|screen| match screen {
        Screen::Meeting(page) => Some(page.as_mut()),
        _ => None,
    })
}

fn leave_preview(app: &mut App) {
    if matches!(app.screen(), Screen::Preview(_)) {
        app.screens.pop();
    }
}

fn seek(plan: &ImportPlan) -> Option<Seek> {
    let kept = |fate: &BundleOutcome| {
        matches!(
            fate,
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
fn said_of(app: &App, plan: &ImportPlan) -> (Tone, Message) {
    let counts = &plan.counts;
    if counts.new == 0 {
        return nothing_taken(app, plan);
    }
    let done = Message::new("meet.imported")
        .with("new", count(counts.new))
        .with("figures", plan.changes.len());
    if counts.conflicts > 0 {
        let message = Message::new("meet.imported_disputed")
            .with("done", done)
            .with("conflicts", count(counts.conflicts));
        return (Tone::Warning, message);
    }
    let refused = plan.refusals().next().is_some();
    if counts.waiting + counts.late + counts.suspicious > 0 || refused {
        let message = Message::new("meet.imported_but")
            .with("done", done)
            .with("waiting", count(counts.waiting))
            .with("late", count(counts.late))
            .with("suspicious", count(counts.suspicious));
        return (Tone::Warning, message);
    }
    (Tone::Info, done)
}

/// Why nothing of it was taken.
fn nothing_taken(app: &App, plan: &ImportPlan) -> (Tone, Message) {
    if let Some((_, error)) = plan.refusals().next() {
        return (Tone::Warning, error.message());
    }
    let fates = || plan.bundles.iter().map(|bundle| &bundle.outcome);
    if fates().any(|fate| matches!(fate, BundleOutcome::Quarantined(_))) {
        return (Tone::Warning, Message::new("meet.now_quarantined"));
    }
    if plan.counts.waiting > 0 {
        return (Tone::Warning, Message::new("meet.now_waiting"));
    }
    let already = fates().find_map(|fate| match fate {
        BundleOutcome::Already { wall, .. } => Some(app.plan.short_day(*wall)),
        _ => None,
    });
    let taken = fates().any(|fate| *fate == BundleOutcome::Taken);
    let message = match already {
        _ if taken => Message::new("meet.receipt"),
        Some(day) => Message::new("meet.already").with("at", day),
        None => Message::new("meet.nothing_new"),
    };
    (Tone::Info, message)
}

/// The write that settles a conflict was answered; `None` when the ticket is not of one.
pub(in crate::app) fn settled(
    app: &mut App,
    ticket: Ticket,
    result: &Result<Box<Committed>, Trouble>,
) -> Option<Vec<Effect>> {
    let page = app.screens.iter_mut().find_map(|screen| match screen {
        Screen::Dispute(page) if page.ticket == Some(ticket) => Some(page),
        _ => None,
    })?;
    page.ticket = None;
    match result {
        Ok(_) => {
            close_disputes(app);
            app.say(Tone::Info, Message::new("meet.settled"));
        }
        Err(trouble) => app.say(Tone::Warning, trouble.message.clone()),
    }
    Some(refresh(app))
}
