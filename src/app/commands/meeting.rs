//! Screen 6 and its pages: what each command does there.

use std::path::PathBuf;

use super::super::command::Command;
use super::super::meeting::{
    Asked, DisputePage, FolderUse, Line, Listing, Meet, Meeting, Preview, Running, Stands,
};
use super::super::msg::{Effect, Request, Ticket};
use super::super::prompt::Purpose;
use super::super::state::{App, Overlay, Screen, Tone};
use super::asking::{ask_digits, ask_folder, ask_settling, ask_take_back, ask_text};
use super::lists::step_of;
use crate::base::Message;
use crate::service::folder::FileKind;
use crate::store::exchange::Held;

/// Opens the page.
pub(super) fn open(app: &mut App) -> Vec<Effect> {
    if matches!(app.screen(), Screen::Meeting(_)) {
        return look_again(app);
    }
    app.screens.push(Screen::Meeting(Box::default()));
    look_again(app)
}

/// Asks how the store stands now; what is typed before the answer is meant for what it lists.
pub(super) fn look_again(app: &mut App) -> Vec<Effect> {
    if let Some(page) = meeting(app) {
        page.listing = Listing::Asked;
    }
    vec![question(app)]
}

/// The question behind the page.
pub(in crate::app) fn question(app: &App) -> Effect {
    ask(Meet::Standing(app.folder.clone()))
}

pub(super) fn ask(meet: Meet) -> Effect {
    Effect::Ask(Request::Meet(meet))
}

/// Begins long work; until it is answered only Esc and leaving mean anything.
pub(super) fn begin(app: &mut App, meet: impl FnOnce(Ticket) -> Meet) -> Vec<Effect> {
    let job = app.ticket();
    app.running = Some(Running {
        job,
        step: None,
        done: 0,
        of: 0,
    });
    vec![ask(meet(job))]
}

/// Carries a command out on the page or one of its own.
pub(super) fn run(app: &mut App, command: Command) -> Option<Vec<Effect>> {
    if let Some(by) = step_of(command) {
        match app.screens.last_mut() {
            Some(Screen::Meeting(page)) => page.step(by),
            Some(Screen::Preview(page)) => page.step(by),
            Some(Screen::Dispute(page)) => page.step(by),
            _ => {}
        }
        return Some(Vec::new());
    }
    match (command, app.screen()) {
        (Command::Accept, Screen::Meeting(page)) => {
            let line = page.chosen();
            Some(line.map(|line| chosen(app, line)).unwrap_or_default())
        }
        (Command::Accept, Screen::Preview(_)) => Some(go_ahead(app)),
        (Command::Accept, Screen::Dispute(_)) => Some(choose_side(app)),
        (Command::SyncSection, Screen::Meeting(_)) => {
            if let Some(page) = meeting(app) {
                page.next_section();
            }
            Some(Vec::new())
        }
        (Command::SyncFolder, Screen::Meeting(_)) => Some(ask_folder(app, FolderUse::Inbox)),
        (Command::SyncImport, Screen::Meeting(page)) => {
            let files = page.new_files();
            Some(preview(app, files))
        }
        (Command::SyncExport, Screen::Meeting(page)) => {
            let place = match page.chosen() {
                Some(Line::To(place)) => place,
                _ => 0,
            };
            let to = page.recipient(place);
            Some(ask_folder(app, FolderUse::Export(to)))
        }
        (Command::SyncDrop, _) => Some(drop_or_take_back(app)),
        (Command::Redraw, Screen::Meeting(_)) => {
            let mut effects = look_again(app);
            effects.push(Effect::Redraw);
            Some(effects)
        }
        _ => None,
    }
}

/// A digit chooses a side at once.
pub(super) fn character(app: &mut App, character: char) -> Vec<Effect> {
    let Some(Screen::Dispute(page)) = app.screens.last_mut() else {
        return Vec::new();
    };
    let digit = character.to_digit(10).and_then(|d| usize::try_from(d).ok());
    let place = digit.and_then(|digit| digit.checked_sub(1));
    match place.filter(|place| *place < page.choices()) {
        Some(place) => {
            page.selected = place;
            choose_side(app)
        }
        None => Vec::new(),
    }
}

pub(super) fn meeting(app: &mut App) -> Option<&mut Meeting> {
    match app.screens.last_mut() {
        Some(Screen::Meeting(page)) => Some(page),
        _ => None,
    }
}

/// Enter on a line of the page.
fn chosen(app: &mut App, line: Line) -> Vec<Effect> {
    let Some(page) = meeting(app) else {
        return Vec::new();
    };
    match line {
        Line::To(place) => {
            let to = page.recipient(place);
            ask_folder(app, FolderUse::Export(to))
        }
        Line::AllNew => {
            let files = page.new_files();
            preview(app, files)
        }
        Line::File(place) => {
            let file = page.folder.files.get(place).cloned();
            file.map(|file| open_file(app, file.path, file.kind))
                .unwrap_or_default()
        }
        Line::Dispute(place) => {
            if let Some(dispute) = page.dispute(place).cloned() {
                let page = Box::new(DisputePage::new(dispute));
                app.screens.push(Screen::Dispute(page));
            }
            Vec::new()
        }
        Line::Held(place) => open_held(app, place),
        Line::Import(place) => {
            if let Some(import) = page.imported(place) {
                let details = import.details.clone().unwrap_or_default();
                let page = Preview::past(import.root, import.wall, &details);
                app.screens.push(Screen::Preview(Box::new(page)));
            }
            Vec::new()
        }
        Line::Heading(_) | Line::Quiet(_) | Line::Gap => Vec::new(),
    }
}

fn open_file(app: &mut App, path: PathBuf, kind: FileKind) -> Vec<Effect> {
    match kind {
        FileKind::Bundle { .. } => preview(app, vec![path]),
        FileKind::Key { digits, author, .. } => {
            ask_digits(app, Purpose::FileDigits(path, author, digits));
            Vec::new()
        }
        FileKind::Bad(why) => {
            app.say(Tone::Warning, why);
            Vec::new()
        }
    }
}

fn open_held(app: &mut App, place: usize) -> Vec<Effect> {
    let held = meeting(app).and_then(|page| page.held(place).cloned());
    let Some(held) = held else {
        return Vec::new();
    };
    let root = held.bundle.root;
    match held.bundle.held {
        Held::Quarantine => begin(app, |job| Meet::Suppose { job, root }),
        Held::Waiting => {
            app.say(Tone::Info, Message::new("meet.waits_by_itself"));
            Vec::new()
        }
        Held::Refused => {
            app.say(Tone::Info, Message::new("meet.evidence"));
            Vec::new()
        }
    }
}

fn preview(app: &mut App, files: Vec<PathBuf>) -> Vec<Effect> {
    if files.is_empty() {
        app.say(Tone::Warning, Message::new("meet.nothing_new"));
        return Vec::new();
    }
    begin(app, |job| Meet::Preview { job, files })
}

/// Enter on the preview.
fn go_ahead(app: &mut App) -> Vec<Effect> {
    let Screen::Preview(page) = app.screen() else {
        return Vec::new();
    };
    match page.stands.clone() {
        Stands::Before => begin(app, |job| Meet::Import { job }),
        Stands::Supposed { root, digits, .. } => {
            ask_digits(app, Purpose::Digits(root, digits));
            Vec::new()
        }
        Stands::Past { .. } => {
            app.screens.pop();
            Vec::new()
        }
    }
}

/// Enter on a side: the reason is asked for; on the line for another figure, the figure first.
fn choose_side(app: &mut App) -> Vec<Effect> {
    let Screen::Dispute(page) = app.screen() else {
        return Vec::new();
    };
    if page.ticket.is_some() {
        return Vec::new();
    }
    match page.side() {
        Some(content) => ask_settling(app, content),
        None => ask_text(
            app,
            Message::new("prompt.other_figure"),
            Purpose::OtherFigure,
            60,
        ),
    }
    Vec::new()
}

/// The key that lets go: a kept bundle after a question, an import with a reason.
fn drop_or_take_back(app: &mut App) -> Vec<Effect> {
    if let Screen::Preview(page) = app.screen() {
        if let Stands::Past { root, .. } = page.stands {
            ask_take_back(app, root);
        }
        return Vec::new();
    }
    let Some(page) = meeting(app) else {
        return Vec::new();
    };
    match page.chosen() {
        Some(Line::Held(place)) => {
            if let Some(held) = page.held(place) {
                let asked = Asked::Release(held.bundle.root);
                app.overlay = Some(Overlay::Ask {
                    title: Message::new("meet.release"),
                    said: Message::new("meet.release_means"),
                    asked,
                });
            }
        }
        Some(Line::Import(place)) => {
            if let Some(root) = page.imported(place).map(|import| import.root) {
                ask_take_back(app, root);
            }
        }
        _ => app.say(Tone::Warning, Message::new("meet.nothing_to_drop")),
    }
    Vec::new()
}
