//! Screen 6, "Đồng bộ": what is unsent, what the others have confirmed, the files of a folder (a
//! stick), what waits here and for what. All of it as data; files are read by the store's thread.

mod answers;
mod dispute;
mod msg;
mod preview;

use std::path::PathBuf;

pub(super) use answers::{answered, settled};
pub use dispute::DisputePage;
pub use msg::{Meet, Met, Running};
pub use preview::{Preview, Row, Stands};

use crate::ledger::Hash;
use crate::plan::UnitId;
use crate::service::folder::{BundleState, FileKind, FolderFile, FolderListing, Places};
use crate::service::standing::{Seat, Standing};
use crate::sync::held::conflicts::Conflict;
use crate::sync::held::status::{HeldStatus, Imported};

/// How many of the past imports the page lists.
const PAST: usize = 30;

/// The page.
#[derive(Debug, Default)]
pub struct Meeting {
    /// How the store stands with the others; `None` until the store has answered.
    pub standing: Option<Box<Standing>>,
    /// The files of the folder.
    pub folder: FolderListing,
    /// Folders a person may mean: sticks that are plugged in, the store's own.
    pub places: Places,
    /// The line under the cursor, among those that can be chosen.
    pub selected: usize,
    /// Whether what is listed is what was asked for last.
    pub listing: Listing,
    /// The part of the page the cursor goes to when the next answer is there.
    pub seek: Option<Seek>,
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

/// What a chosen folder is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FolderUse {
    /// Its bundles are listed.
    Inbox,
    /// A bundle is written there, for that unit or for anyone.
    Export(Option<UnitId>),
}

/// One line of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// A heading, by its key.
    Heading(&'static str),
    /// Words that cannot be chosen, by their key.
    Quiet(&'static str),
    /// A unit to send to, by its place; the one behind the last is anyone.
    To(usize),
    /// All files of the folder that are new.
    AllNew,
    /// A file of the folder.
    File(usize),
    /// A cell in conflict.
    Dispute(usize),
    /// A bundle that is kept.
    Held(usize),
    /// A past import.
    Import(usize),
    /// Nothing.
    Gap,
}

impl Line {
    /// True when the cursor stops there.
    pub fn is_choice(self) -> bool {
        !matches!(self, Self::Heading(_) | Self::Quiet(_) | Self::Gap)
    }
}

impl Meeting {
    /// The page's lines.
    pub fn lines(&self) -> Vec<Line> {
        let Some(standing) = &self.standing else {
            return Vec::new();
        };
        let mut lines = Vec::new();
        let mut section = |heading: &'static str, inside: Vec<Line>| {
            if !inside.is_empty() {
                if !matches!(lines.last(), None | Some(Line::Gap)) {
                    lines.push(Line::Gap);
                }
                lines.push(Line::Heading(heading));
                lines.extend(inside);
            }
        };
        section(
            "meet.disputes",
            (0..standing.disputes.len()).map(Line::Dispute).collect(),
        );
        let anyone = usize::from(self.sends_to_many());
        section(
            "meet.send",
            (0..standing.others.len() + anyone).map(Line::To).collect(),
        );
        section("meet.receive", self.inbox_lines());
        section(
            "meet.kept",
            (0..standing.kept.held.len()).map(Line::Held).collect(),
        );
        section(
            "meet.past",
            (0..standing.kept.imported.len().min(PAST))
                .map(Line::Import)
                .collect(),
        );
        lines
    }

    fn inbox_lines(&self) -> Vec<Line> {
        let mut lines = Vec::new();
        if self.new_files().len() > 1 {
            lines.push(Line::AllNew);
        }
        lines.extend((0..self.folder.files.len()).map(Line::File));
        if lines.is_empty() {
            // Two rows: the words are long.
            lines.extend([Line::Quiet("meet.no_files"), Line::Gap]);
        }
        lines
    }

    /// The lines the cursor stops at.
    pub fn choices(&self) -> Vec<Line> {
        let lines = self.lines().into_iter();
        lines.filter(|line| line.is_choice()).collect()
    }

    /// The line under the cursor.
    pub fn chosen(&self) -> Option<Line> {
        self.choices().get(self.selected).copied()
    }

    /// Moves the cursor by so many choices.
    pub fn step(&mut self, by: isize) {
        let last = self.choices().len().saturating_sub(1);
        self.selected = self.selected.saturating_add_signed(by).min(last);
    }

    /// Moves the cursor to the next part of the page, from the last to the first.
    pub fn next_section(&mut self) {
        let lines = self.lines();
        let (mut firsts, mut choice, mut heading) = (Vec::new(), 0, false);
        for line in lines {
            heading |= matches!(line, Line::Heading(_));
            if line.is_choice() {
                if std::mem::take(&mut heading) {
                    firsts.push(choice);
                }
                choice += 1;
            }
        }
        let next = firsts.iter().find(|first| **first > self.selected);
        self.selected = next.or(firsts.first()).copied().unwrap_or(0);
    }

    /// The coordinator writes to many, everybody else to the coordinator.
    fn sends_to_many(&self) -> bool {
        let standing = self.standing.as_ref();
        standing.is_some_and(|standing| standing.seat == Seat::District)
    }

    /// For whom a line of the sending part stands: a unit, or anyone.
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
        let files = self.folder.files.iter();
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
    pub fn dispute(&self, place: usize) -> Option<&Conflict> {
        self.standing.as_ref()?.disputes.get(place)
    }

    /// Takes an answer in; the cursor stays on its line where that is still there.
    pub fn take_in(&mut self, standing: Box<Standing>, folder: FolderListing, places: Places) {
        (self.folder, self.places) = (folder, places);
        self.standing = Some(standing);
        self.listing = Listing::There;
        let sought = self.seek.take().and_then(|seek| {
            let mut choices = self.choices().into_iter();
            choices.position(|line| match seek {
                Seek::Conflict => matches!(line, Line::Dispute(_)),
                Seek::Held => matches!(line, Line::Held(_)),
            })
        });
        self.selected = sought.unwrap_or(self.selected);
        self.step(0);
    }
}

/// What a question is about, answered with Enter or Esc.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Let a kept bundle go.
    Release(Hash),
}
