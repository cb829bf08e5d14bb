//! What the pages about other stores ask of a person, in a box or a list, and what the answer
//! does.

use std::path::PathBuf;

use super::super::line::Line;
use super::super::meeting::{Asked, FolderUse, Meet};
use super::super::msg::{Effect, Request, Ticket};
use super::super::picker::{Item, Picker};
use super::super::prompt::{Prompt, Purpose};
use super::super::state::{App, Overlay, Screen, Tone};
use super::meeting::{ask, begin, look_again, meeting};
use crate::base::{Label, Message};
use crate::ledger::{Body, Content, FormKey, Hash, Origin, Role, Subject, typed};
use crate::store::{Change, Seen};
use crate::sync::bundle::fingerprint::Fingerprint;
use crate::sync::held::conflicts::Conflict;

/// Longest path that is typed, in characters.
const PATH_LIMIT: usize = 400;

/// Asks why one figure of the conflict on screen is the right one.
pub(super) fn ask_settling(app: &mut App, content: Content) {
    let Screen::Dispute(page) = app.screen() else {
        return;
    };
    let over = page.dispute.heads.references();
    let shown = typed::show(&content, app.lang);
    let title = Message::new("prompt.resolve").with("value", shown);
    ask_text(
        app,
        title,
        Purpose::Settle(content, over),
        typed::TEXT_LIMIT,
    );
}

pub(super) fn ask_text(app: &mut App, title: Message, purpose: Purpose, limit: usize) {
    app.overlay = Some(Overlay::Prompt(Prompt {
        purpose,
        title,
        line: Line::new(limit),
    }));
}

pub(super) fn ask_digits(app: &mut App, purpose: Purpose) {
    ask_text(app, Message::new("prompt.digits"), purpose, 60);
}

/// Which folder: the one in use, the sticks, the store's own, or one that is typed.
pub(super) fn ask_folder(app: &mut App, purpose: FolderUse) -> Vec<Effect> {
    let Some(page) = meeting(app) else {
        return Vec::new();
    };
    let (places, current) = (&page.places, page.folder.folder.clone());
    let mut folders = places.sticks.clone();
    // What is sent does not belong where what came in is looked for.
    if purpose == FolderUse::Inbox {
        folders.push(places.inbox.clone());
    }
    folders.push(places.outbox.clone());
    let usable = purpose == FolderUse::Inbox || current != places.inbox;
    if usable && !folders.contains(&current) {
        folders.insert(0, current.clone());
    }
    let mut items: Vec<Item<Option<PathBuf>>> = folders
        .into_iter()
        .map(|place| Item {
            label: Label::same(&place.display().to_string()),
            value: Some(place),
            detail: String::new(),
        })
        .collect();
    items.push(Item {
        value: None,
        label: app.label("meet.other_folder"),
        detail: String::new(),
    });
    let mut picker = Picker::new(items);
    if app.folder.is_some() {
        picker.select(|place| place.as_ref() == Some(&current));
    }
    app.overlay = Some(Overlay::Places(purpose, picker));
    Vec::new()
}

/// A folder was chosen from the list.
pub(super) fn placed(app: &mut App, purpose: FolderUse, place: Option<PathBuf>) -> Vec<Effect> {
    if let Some(folder) = place {
        return use_folder(app, purpose, folder);
    }
    let title = Message::new("prompt.folder");
    ask_text(app, title, Purpose::Folder(purpose), PATH_LIMIT);
    Vec::new()
}

fn use_folder(app: &mut App, purpose: FolderUse, folder: PathBuf) -> Vec<Effect> {
    match purpose {
        FolderUse::Inbox => {
            app.folder = Some(folder);
            look_again(app)
        }
        FolderUse::Export(to) => begin(app, |job| Meet::Export { job, to, folder }),
    }
}

pub(super) fn ask_take_back(app: &mut App, root: Hash) {
    let title = Message::new("prompt.take_back");
    ask_text(app, title, Purpose::TakeBack(root), typed::TEXT_LIMIT);
}

/// A question was answered with yes.
pub(super) fn agreed(asked: &Asked) -> Vec<Effect> {
    match asked {
        Asked::Release(root) => vec![ask(Meet::Release(*root))],
    }
}

/// Asks why a form is returned.
pub(super) fn ask_return(app: &mut App) -> Vec<Effect> {
    let role = app.session.as_ref().map(|session| session.actor.role);
    let Some(key) = app.form().map(|form| form.key.clone()) else {
        return Vec::new();
    };
    if matches!(role, Some(Role::Owner | Role::Coordinator)) {
        let title = Message::new("prompt.return");
        ask_text(app, title, Purpose::Return(key), typed::TEXT_LIMIT);
    } else {
        app.say(Tone::Warning, Message::new("form.only_reviewers_return"));
    }
    Vec::new()
}

/// The text of a closed text box that belongs to these pages.
pub(super) fn prompted(app: &mut App, purpose: &Purpose, text: String) -> Vec<Effect> {
    let needs_reason = matches!(
        purpose,
        Purpose::Settle(..) | Purpose::TakeBack(_) | Purpose::Return(_)
    );
    if needs_reason && text.is_empty() {
        app.say(Tone::Warning, Message::new("prompt.reason_needed"));
        return Vec::new();
    }
    match purpose {
        Purpose::Settle(content, over) => {
            let change = |dispute: &Conflict| dispute.settled(content.clone(), &text, over.clone());
            settle(app, change)
        }
        Purpose::OtherFigure => other_figure(app, &text),
        Purpose::Folder(purpose) if !text.is_empty() => {
            use_folder(app, purpose.clone(), PathBuf::from(text))
        }
        Purpose::Digits(root, digits) => {
            let root = *root;
            compared(app, digits, &text, |job| Meet::Enrol { job, root })
        }
        Purpose::FileDigits(file, author, digits) => {
            let (file, author) = (file.clone(), *author);
            compared(app, digits, &text, |job| Meet::EnrolFile {
                job,
                file,
                author,
            })
        }
        Purpose::TakeBack(root) => {
            let root = *root;
            begin(app, |job| Meet::TakeBack {
                job,
                root,
                reason: text,
            })
        }
        Purpose::Return(key) => give_back(app, key, text),
        _ => Vec::new(),
    }
}

fn compared(
    app: &mut App,
    digits: &Fingerprint,
    typed: &str,
    meet: impl FnOnce(Ticket) -> Meet,
) -> Vec<Effect> {
    if digits.matches(typed) {
        return begin(app, meet);
    }
    app.say(Tone::Warning, Message::new("meet.other_digits"));
    Vec::new()
}

fn other_figure(app: &mut App, text: &str) -> Vec<Effect> {
    if text.is_empty() {
        app.say(Tone::Warning, Message::new("meet.figure_needed"));
        return Vec::new();
    }
    let Screen::Dispute(page) = app.screen() else {
        return Vec::new();
    };
    let Some(kind) = app.plan.field(&page.dispute.cell.id.field).map(|f| f.kind) else {
        return Vec::new();
    };
    let reading = typed::read(text, kind);
    match reading.problem {
        Some(problem) => app.say(Tone::Warning, problem.message(text)),
        None => ask_settling(app, reading.content),
    }
    Vec::new()
}

fn settle(app: &mut App, change: impl FnOnce(&Conflict) -> Change) -> Vec<Effect> {
    let ticket = app.ticket();
    let Some(Screen::Dispute(page)) = app.screens.last_mut() else {
        return Vec::new();
    };
    page.ticket = Some(ticket);
    vec![Effect::Ask(Request::Commit {
        ticket,
        origin: Origin::Typed,
        changes: vec![change(&page.dispute)],
    })]
}

fn give_back(app: &mut App, key: &FormKey, reason: String) -> Vec<Effect> {
    let (plan, ticket) = (app.plan.clone(), app.ticket());
    let Some(form) = app.form_mut().filter(|form| form.key == *key) else {
        return Vec::new();
    };
    let change = Change {
        subject: Subject::Form(key.clone()),
        body: Body::Return,
        reason,
        seen: Seen::Heads(form.base.workflow.references()),
    };
    form.write(&plan, ticket, Origin::Typed, vec![change]);
    Vec::new()
}
