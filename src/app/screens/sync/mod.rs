//! Screen 6, "Đồng bộ": what is unsent, what the others have confirmed, the files of a folder (a
//! stick), what waits here and for what.

mod answers;
mod commands;
mod interface;

pub(in crate::app::screens) use commands::{ask_digits, ask_take_back, ask_text};

use std::path::PathBuf;

use crate::app::input::list::ListCursor;
use crate::app::message::RequestId;
use crate::base::Message;
use crate::ledger::{CellKey, Hash};
use crate::plan::UnitId;
use crate::service::folder::{BundleState, FileKind, FolderFile, FolderListing, KnownFolders};
use crate::service::standing::Standing;
use crate::sync::held::conflicts::Conflict;
use crate::sync::held::status::{HeldStatus, Imported};

/// How many of the past imports the page lists.
const PAST: usize = 30;

/// The page about other stores.
#[derive(Debug, Default)]
pub struct SyncPage {
    /// How the store stands with the others; `None` until the store has answered.
    pub standing: Option<Box<Standing>>,
    /// The files of the folder.
    pub listing: FolderListing,
    /// Folders a person may mean: sticks that are plugged in, the store's own.
    pub places: KnownFolders,
    /// The line under the cursor, by what it stands for.
    pub cursor: ListCursor<SyncItem>,
    /// Whether what is listed is what was asked for last.
    pub state: Listing,
    /// The part of the page the cursor goes to when the next answer is there.
    pub seek: Option<Seek>,
    /// Why the standing could not be read.
    pub failed: Option<Message>,
    /// The question that fills the page, while it is unanswered.
    asked: Option<RequestId>,
    /// The long work that was begun here, while it is unanswered.
    work: Option<RequestId>,
}

/// What a line that can be chosen stands for, whatever stands above it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SyncItem {
    /// A unit to send to.
    To(UnitId),
    /// All files of the folder that are new.
    AllNew,
    /// A file of the folder.
    File(PathBuf),
    /// A cell in conflict.
    Conflict(CellKey),
    /// A bundle that is kept.
    Held(Hash),
    /// A past import.
    Import(Hash),
}

/// Whether the page shows what a person asked to see.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Listing {
    /// The answer is on its way: what is typed is meant for it.
    #[default]
    Asked,
    /// It is there.
    There,
}

/// What an import has brought that a person must look at now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seek {
    /// A cell in conflict.
    Conflict,
    /// A bundle that is kept.
    Held,
}

/// One line of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SyncRow {
    /// A heading, by its key.
    Heading(&'static str),
    /// Words that cannot be chosen, by their key.
    Quiet(&'static str),
    /// The digits of this machine's own key.
    OwnDigits,
    /// A unit to send to, by its place.
    To(usize),
    /// All files of the folder that are new.
    AllNew,
    /// A file of the folder.
    File(usize),
    /// A cell in conflict.
    Conflict(usize),
    /// A bundle that is kept.
    Held(usize),
    /// A past import.
    Import(usize),
    /// Nothing.
    Gap,
}

impl SyncRow {
    /// True when the cursor stops there.
    fn is_choice(self) -> bool {
        !matches!(
            self,
            Self::Heading(_) | Self::Quiet(_) | Self::OwnDigits | Self::Gap
        )
    }
}

impl SyncPage {
    /// The page's lines.
    pub fn lines(&self) -> Vec<SyncRow> {
        let Some(standing) = &self.standing else {
            return Vec::new();
        };
        let mut lines = Vec::new();
        let mut section = |heading: &'static str, inside: Vec<SyncRow>| {
            if !inside.is_empty() {
                if !matches!(lines.last(), None | Some(SyncRow::Gap)) {
                    lines.push(SyncRow::Gap);
                }
                lines.push(SyncRow::Heading(heading));
                lines.extend(inside);
            }
        };
        section(
            "sync_page.conflicts",
            (0..standing.conflicts.len())
                .map(SyncRow::Conflict)
                .collect(),
        );
        let recipients = Self::recipient_lines(standing);
        let digits = [SyncRow::OwnDigits];
        section(
            "sync_page.send",
            recipients.into_iter().chain(digits).collect(),
        );
        section("sync_page.receive", self.inbox_lines());
        section(
            "sync_page.kept",
            (0..standing.kept.held.len()).map(SyncRow::Held).collect(),
        );
        section(
            "sync_page.past",
            (0..standing.kept.imported.len().min(PAST))
                .map(SyncRow::Import)
                .collect(),
        );
        lines
    }

    fn recipient_lines(standing: &Standing) -> Vec<SyncRow> {
        if standing.others.is_empty() {
            return vec![SyncRow::Quiet("sync_page.nobody_enrolled")];
        }
        (0..standing.others.len()).map(SyncRow::To).collect()
    }

    fn inbox_lines(&self) -> Vec<SyncRow> {
        let mut lines = Vec::new();
        if self.new_files().len() > 1 {
            lines.push(SyncRow::AllNew);
        }
        lines.extend((0..self.listing.files.len()).map(SyncRow::File));
        if lines.is_empty() {
            // Two rows: the words are long.
            lines.extend([SyncRow::Quiet("sync_page.no_files"), SyncRow::Gap]);
        }
        lines
    }

    /// The lines the cursor stops at.
    pub fn choices(&self) -> Vec<SyncRow> {
        let rows = self.lines().into_iter();
        rows.filter(|row| row.is_choice()).collect()
    }

    /// What each line that can be chosen stands for.
    fn items(&self) -> impl Iterator<Item = SyncItem> + use<> {
        let rows = self.choices().into_iter();
        let items: Vec<SyncItem> = rows.filter_map(|row| self.item(row)).collect();
        items.into_iter()
    }

    fn item(&self, row: SyncRow) -> Option<SyncItem> {
        Some(match row {
            SyncRow::To(at) => SyncItem::To(self.recipient(at)?),
            SyncRow::AllNew => SyncItem::AllNew,
            SyncRow::File(at) => SyncItem::File(self.listing.files.get(at)?.path.clone()),
            SyncRow::Conflict(at) => SyncItem::Conflict(self.conflict(at)?.cell.clone()),
            SyncRow::Held(at) => SyncItem::Held(self.held(at)?.bundle.root),
            SyncRow::Import(at) => SyncItem::Import(self.imported(at)?.root),
            SyncRow::Heading(_) | SyncRow::Quiet(_) | SyncRow::OwnDigits | SyncRow::Gap => {
                return None;
            }
        })
    }

    /// The line under the cursor.
    pub fn chosen(&self) -> Option<SyncRow> {
        self.choices().get(self.cursor.position()).copied()
    }

    /// Moves the cursor to the next part of the page, from the last to the first.
    fn next_section(&mut self) {
        let (mut firsts, mut choice, mut heading) = (Vec::new(), 0, false);
        for row in self.lines() {
            heading |= matches!(row, SyncRow::Heading(_));
            if row.is_choice() {
                if std::mem::take(&mut heading) {
                    firsts.push(choice);
                }
                choice += 1;
            }
        }
        let next = firsts.iter().find(|first| **first > self.cursor.position());
        let next = next.or(firsts.first()).copied().unwrap_or(0);
        self.select(next);
    }

    fn select(&mut self, position: usize) {
        if let Some(item) = self.items().nth(position) {
            self.cursor.select(position, item);
        }
    }

    /// For whom a line of the sending part stands.
    pub fn recipient(&self, place: usize) -> Option<UnitId> {
        let others = &self.standing.as_ref()?.others;
        others.get(place).map(|other| other.unit.clone())
    }

    /// The files that have not been taken in before.
    pub fn new_files(&self) -> Vec<PathBuf> {
        let new = |file: &&FolderFile| {
            matches!(
                &file.kind,
                FileKind::Bundle {
                    state: BundleState::New,
                    ..
                }
            )
        };
        let files = self.listing.files.iter();
        files.filter(new).map(|file| file.path.clone()).collect()
    }

    /// A kept bundle by its place.
    pub fn held(&self, place: usize) -> Option<&HeldStatus> {
        self.standing.as_ref()?.kept.held.get(place)
    }

    /// A past import by its place.
    pub fn imported(&self, place: usize) -> Option<&Imported> {
        self.standing.as_ref()?.kept.imported.get(place)
    }

    /// A cell in conflict by its place.
    pub fn conflict(&self, place: usize) -> Option<&Conflict> {
        self.standing.as_ref()?.conflicts.get(place)
    }

    /// Takes an answer in; the cursor stays on what it was on where that is still there.
    fn take_in(&mut self, standing: Box<Standing>, listing: FolderListing, places: KnownFolders) {
        (self.listing, self.places) = (listing, places);
        self.standing = Some(standing);
        self.state = Listing::There;
        self.failed = None;
        let items = self.items();
        self.cursor.settle(items);
        let sought = self.seek.take().and_then(|seek| {
            self.choices().into_iter().position(|row| match seek {
                Seek::Conflict => matches!(row, SyncRow::Conflict(_)),
                Seek::Held => matches!(row, SyncRow::Held(_)),
            })
        });
        if let Some(sought) = sought {
            self.select(sought);
        }
    }
}
