//! The commands of the page about other stores, and what it asks of a person.

use std::path::PathBuf;

use super::{Listing, SyncPage, SyncRow};
use crate::app::input::command::Command;
use crate::app::input::list::step_of;
use crate::app::input::text_line::TextLine;
use crate::app::message::{Effect, Request};
use crate::app::navigation::Go;
use crate::app::overlays::Overlay;
use crate::app::overlays::picker::{Item, Picker};
use crate::app::overlays::prompt::{Prompt, Purpose};
use crate::app::screens::interface::Handled;
use crate::app::state::{State, Tone};
use crate::app::sync_message::{Asked, FolderUse, PreviewStands, SyncRequest};
use crate::base::{Label, Message};
use crate::ledger::{Hash, typed};
use crate::service::folder::FileKind;
use crate::store::exchange::Held;
use crate::sync::bundle::fingerprint::Fingerprint;
use crate::sync::import::plan::ImportPlan;

/// Longest path that is typed, in characters.
const PATH_LIMIT: usize = 400;
/// Longest line of digits, in characters.
const DIGITS_LIMIT: usize = 60;

impl SyncPage {
    /// Carries a command out.
    pub(super) fn carry_out(&mut self, state: &mut State, command: Command) -> Handled {
        if let Some(by) = step_of(command) {
            let items = self.items();
            self.cursor.step(by, items);
            return Handled::Yes;
        }
        match command {
            Command::Accept => {
                if let Some(row) = self.chosen() {
                    self.open(state, row);
                }
            }
            Command::SyncSection => self.next_section(),
            Command::SyncFolder => self.ask_folder(state, FolderUse::Inbox),
            Command::SyncImport => self.preview(state, self.new_files()),
            Command::SyncExport => {
                let at = match self.chosen() {
                    Some(SyncRow::To(at)) => at,
                    _ => 0,
                };
                self.send_to(state, at);
            }
            Command::SyncDrop => self.let_go(state),
            Command::Redraw => {
                self.look_again(state);
                state.effect(Effect::Redraw);
            }
            Command::SyncOpen => self.look_again(state),
            _ => return Handled::No,
        }
        Handled::Yes
    }

    /// Asks how the store stands now; what is typed before the answer is meant for what it lists.
    fn look_again(&mut self, state: &mut State) {
        self.state = Listing::Asked;
        self.ask_again(state);
    }

    /// Asks how the store stands now; the cursor may move on what is listed meanwhile.
    pub(super) fn ask_again(&mut self, state: &mut State) {
        let folder = state.folder.clone();
        self.asked = Some(state.ask(Request::Sync(SyncRequest::Standing(folder))));
    }

    pub(in crate::app) fn begin(&mut self, state: &mut State, work: SyncRequest) {
        self.work = state.begin(work);
    }

    fn send_to(&mut self, state: &mut State, place: usize) {
        if let Some(to) = self.recipient(place) {
            self.ask_folder(state, FolderUse::Export(to));
        }
    }

    fn open(&mut self, state: &mut State, row: SyncRow) {
        match row {
            SyncRow::To(at) => self.send_to(state, at),
            SyncRow::AllNew => self.preview(state, self.new_files()),
            SyncRow::File(at) => {
                if let Some(file) = self.listing.files.get(at).cloned() {
                    self.open_file(state, file.path, file.kind);
                }
            }
            SyncRow::Conflict(at) => {
                if let Some(conflict) = self.conflict(at) {
                    state.go(Go::Conflict(Box::new(conflict.clone())));
                }
            }
            SyncRow::Held(at) => self.open_held(state, at),
            SyncRow::Import(at) => {
                if let Some(import) = self.imported(at) {
                    let details = import.details.clone().unwrap_or_default();
                    let plan = ImportPlan {
                        counts: details.counts,
                        changes: details.changes,
                        ..ImportPlan::default()
                    };
                    let (root, wall) = (import.root, import.wall);
                    let stands = PreviewStands::Past { root, wall };
                    state.go(Go::ImportPreview(Box::new(plan), stands));
                }
            }
            SyncRow::Heading(_) | SyncRow::Quiet(_) | SyncRow::OwnDigits | SyncRow::Gap => {}
        }
    }

    fn open_file(&mut self, state: &mut State, path: PathBuf, kind: FileKind) {
        match kind {
            FileKind::Bundle { .. } => self.preview(state, vec![path]),
            FileKind::Key { digits, author, .. } => {
                ask_digits(state, Purpose::FileDigits(path, author, digits));
            }
            FileKind::Bad(why) => state.say(Tone::Warning, why),
        }
    }

    fn open_held(&mut self, state: &mut State, at: usize) {
        let Some(held) = self.held(at) else { return };
        let root = held.bundle.root;
        match held.bundle.held {
            Held::Quarantine => self.begin(state, SyncRequest::Suppose(root)),
            Held::Waiting => state.say(Tone::Info, Message::new("sync_page.waits_by_itself")),
            Held::Refused => state.say(Tone::Info, Message::new("sync_page.evidence")),
        }
    }

    fn preview(&mut self, state: &mut State, files: Vec<PathBuf>) {
        if files.is_empty() {
            state.say(Tone::Warning, Message::new("sync_page.nothing_new"));
            return;
        }
        self.begin(state, SyncRequest::Preview(files));
    }

    /// Lets go: a kept bundle after a question, an import with a reason.
    fn let_go(&self, state: &mut State) {
        match self.chosen() {
            Some(SyncRow::Held(at)) => {
                if let Some(held) = self.held(at) {
                    state.overlay = Some(Overlay::Question {
                        title: Message::new("sync_page.release"),
                        said: Message::new("sync_page.release_means"),
                        asked: Asked::Release(held.bundle.root),
                    });
                }
            }
            Some(SyncRow::Import(at)) => {
                if let Some(root) = self.imported(at).map(|import| import.root) {
                    ask_take_back(state, root);
                }
            }
            _ => state.say(Tone::Warning, Message::new("sync_page.nothing_to_drop")),
        }
    }

    /// Asks which folder: the one in use, the sticks, the store's own, or one that is typed.
    fn ask_folder(&self, state: &mut State, purpose: FolderUse) {
        let (places, current) = (&self.places, self.listing.folder.clone());
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
        let listed = folders.into_iter().map(|folder| Item {
            label: Label::same(&folder.display().to_string()),
            value: Some(folder),
            detail: String::new(),
            also: String::new(),
        });
        let mut items: Vec<Item<Option<PathBuf>>> = listed.collect();
        items.push(Item {
            value: None,
            label: state.label("sync_page.other_folder"),
            detail: String::new(),
            also: String::new(),
        });
        let mut picker = Picker::new(items);
        if state.folder.is_some() {
            picker.select(|folder| folder.as_ref() == Some(&current));
        }
        state.overlay = Some(Overlay::Folders(purpose, picker));
    }

    /// A folder was chosen from the list.
    pub(super) fn folder_chosen(
        &mut self,
        state: &mut State,
        purpose: FolderUse,
        folder: Option<PathBuf>,
    ) {
        if let Some(folder) = folder {
            self.use_folder(state, purpose, folder);
        } else {
            let title = Message::new("prompt.folder");
            ask_text(state, title, Purpose::Folder(purpose), PATH_LIMIT);
        }
    }

    pub(super) fn use_folder(&mut self, state: &mut State, purpose: FolderUse, folder: PathBuf) {
        match purpose {
            FolderUse::Inbox => {
                state.folder = Some(folder);
                self.look_again(state);
            }
            FolderUse::Export(to) => self.begin(state, SyncRequest::Export { to, folder }),
        }
    }

    /// Begins work for which digits had to be compared, if they are the same.
    pub(super) fn compared(
        &mut self,
        state: &mut State,
        digits: &Fingerprint,
        typed: &str,
        work: SyncRequest,
    ) {
        if digits.matches(typed) {
            self.begin(state, work);
        } else {
            state.say(Tone::Warning, Message::new("sync_page.other_digits"));
        }
    }
}

/// Opens an empty text box.
pub(in crate::app::screens) fn ask_text(
    state: &mut State,
    title: Message,
    purpose: Purpose,
    limit: usize,
) {
    let prompt = Prompt::new(purpose, title, TextLine::new(limit));
    state.overlay = Some(Overlay::Prompt(prompt));
}

/// Asks for the digits that the other side reads out.
pub(in crate::app::screens) fn ask_digits(state: &mut State, purpose: Purpose) {
    ask_text(state, Message::new("prompt.digits"), purpose, DIGITS_LIMIT);
}

/// Asks why an import is taken back.
pub(in crate::app::screens) fn ask_take_back(state: &mut State, root: Hash) {
    let title = Message::new("prompt.take_back");
    ask_text(state, title, Purpose::TakeBack(root), typed::TEXT_LIMIT);
}
