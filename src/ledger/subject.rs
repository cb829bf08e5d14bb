//! What an entry is about, and the bytes that order it in the store and bind it in the chain.
//!
//! Key bytes: version, subject kind, then parts, each with its length before it (u16, big
//! endian), so no key is the prefix of another of the same kind and all cells of one form stand
//! together. `settled.md` 5.

use super::actor::ActorId;
use super::cell::{CellId, CellKey, FormKey, RowId};
use super::chain::AuthorId;
use crate::plan::{FieldId, PeriodId, RuleId, UnitId};

/// Version byte of a subject key.
const KEY_VERSION: u8 = 1;
/// Longest part of a key, in bytes; ids are far shorter.
const PART_LIMIT: usize = 256;

/// The subject of an entry: what it is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// A cell's content.
    Cell(CellKey),
    /// The note on a cell.
    Note(CellKey),
    /// The confirmation of one soft finding on a cell.
    Confirm(CellKey, RuleId),
    /// The workflow of a form: submit, return, lock, reopen.
    Form(FormKey),
    /// One owner's approval of a form.
    Approval(FormKey, UnitId),
    /// A person.
    Actor(ActorId),
    /// An author: its beginning, enrolment or end.
    Author(AuthorId),
    /// The plan in force.
    Plan,
}

/// The kinds of subject, as the byte in a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubjectKind {
    /// [`Subject::Cell`]
    Cell = 1,
    /// [`Subject::Note`]
    Note = 2,
    /// [`Subject::Confirm`]
    Confirm = 3,
    /// [`Subject::Form`]
    Form = 4,
    /// [`Subject::Approval`]
    Approval = 5,
    /// [`Subject::Actor`]
    Actor = 6,
    /// [`Subject::Author`]
    Author = 7,
    /// [`Subject::Plan`]
    Plan = 8,
}

/// The error for key bytes that are not a subject's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("malformed subject key")]
pub struct BadKey;

impl Subject {
    /// The form this subject belongs to, where it belongs to one.
    pub fn form(&self) -> Option<&FormKey> {
        match self {
            Self::Cell(cell) | Self::Note(cell) | Self::Confirm(cell, _) => Some(&cell.form),
            Self::Form(form) | Self::Approval(form, _) => Some(form),
            Self::Actor(_) | Self::Author(_) | Self::Plan => None,
        }
    }

    /// The cell this subject is about, where it is about one.
    pub fn cell(&self) -> Option<&CellKey> {
        match self {
            Self::Cell(cell) | Self::Note(cell) | Self::Confirm(cell, _) => Some(cell),
            _ => None,
        }
    }

    /// Encodes the subject as key bytes; equal subjects give equal bytes, different ones different
    /// bytes.
    pub fn key(&self) -> Vec<u8> {
        let mut key = Vec::with_capacity(48);
        match self {
            Self::Cell(cell) => push_cell(&mut key, SubjectKind::Cell, cell),
            Self::Note(cell) => push_cell(&mut key, SubjectKind::Note, cell),
            Self::Confirm(cell, rule) => {
                push_cell(&mut key, SubjectKind::Confirm, cell);
                push(&mut key, rule.as_str().as_bytes());
            }
            Self::Form(form) => push_form(&mut key, SubjectKind::Form, form),
            Self::Approval(form, owner) => {
                push_form(&mut key, SubjectKind::Approval, form);
                push(&mut key, owner.as_str().as_bytes());
            }
            Self::Actor(id) => {
                start(&mut key, SubjectKind::Actor);
                push(&mut key, id.as_str().as_bytes());
            }
            Self::Author(id) => {
                start(&mut key, SubjectKind::Author);
                push(&mut key, &id.0);
            }
            Self::Plan => start(&mut key, SubjectKind::Plan),
        }
        key
    }

    /// The bytes with which the keys of all `kind` subjects of a form begin.
    pub fn form_prefix(kind: SubjectKind, form: &FormKey) -> Vec<u8> {
        let mut key = Vec::with_capacity(32);
        push_form(&mut key, kind, form);
        key
    }

    /// The bytes with which the keys of all subjects of one kind begin.
    pub fn kind_prefix(kind: SubjectKind) -> Vec<u8> {
        vec![KEY_VERSION, kind as u8]
    }

    /// Reads key bytes back.
    ///
    /// # Errors
    /// [`BadKey`] for anything [`Subject::key`] does not write.
    pub fn from_key(bytes: &[u8]) -> Result<Self, BadKey> {
        let [version, kind, rest @ ..] = bytes else {
            return Err(BadKey);
        };
        if *version != KEY_VERSION {
            return Err(BadKey);
        }
        let mut parts = KeyParts(rest);
        let subject = match *kind {
            1 => Self::Cell(parts.cell()?),
            2 => Self::Note(parts.cell()?),
            3 => Self::Confirm(parts.cell()?, RuleId::new(parts.text()?)),
            4 => Self::Form(parts.form()?),
            5 => Self::Approval(parts.form()?, UnitId::new(parts.text()?)),
            6 => Self::Actor(ActorId::parse(parts.text()?).ok_or(BadKey)?),
            7 => Self::Author(AuthorId(parts.take()?.try_into().map_err(|_| BadKey)?)),
            8 => Self::Plan,
            _ => return Err(BadKey),
        };
        if parts.0.is_empty() {
            Ok(subject)
        } else {
            Err(BadKey)
        }
    }
}

fn start(key: &mut Vec<u8>, kind: SubjectKind) {
    key.extend([KEY_VERSION, kind as u8]);
}

fn push(key: &mut Vec<u8>, part: &[u8]) {
    let part = part.get(..PART_LIMIT).unwrap_or(part);
    let length = u16::try_from(part.len()).unwrap_or(u16::MAX);
    key.extend(length.to_be_bytes());
    key.extend(part);
}

fn push_form(key: &mut Vec<u8>, kind: SubjectKind, form: &FormKey) {
    start(key, kind);
    push(key, form.unit.as_str().as_bytes());
    push(key, form.period.as_str().as_bytes());
}

fn push_cell(key: &mut Vec<u8>, kind: SubjectKind, cell: &CellKey) {
    push_form(key, kind, &cell.form);
    push(key, cell.id.field.as_str().as_bytes());
    let row = cell.id.row.as_ref();
    push(key, row.map_or(&[][..], |row| &row.0[..]));
}

struct KeyParts<'a>(&'a [u8]);

impl<'a> KeyParts<'a> {
    fn take(&mut self) -> Result<&'a [u8], BadKey> {
        let [high, low, rest @ ..] = self.0 else {
            return Err(BadKey);
        };
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        if length > PART_LIMIT {
            return Err(BadKey);
        }
        let (part, rest) = rest.split_at_checked(length).ok_or(BadKey)?;
        self.0 = rest;
        Ok(part)
    }

    fn text(&mut self) -> Result<&'a str, BadKey> {
        std::str::from_utf8(self.take()?).map_err(|_| BadKey)
    }

    fn form(&mut self) -> Result<FormKey, BadKey> {
        Ok(FormKey {
            unit: UnitId::new(self.text()?),
            period: PeriodId::new(self.text()?),
        })
    }

    fn cell(&mut self) -> Result<CellKey, BadKey> {
        let form = self.form()?;
        let field = FieldId::new(self.text()?);
        let row = match self.take()? {
            [] => None,
            bytes => Some(RowId(bytes.try_into().map_err(|_| BadKey)?)),
        };
        Ok(form.cell(CellId { field, row }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_subject_reads_back() {
        let form = FormKey {
            unit: UnitId::new("ngoc-thien"),
            period: PeriodId::new("2023-6T"),
        };
        let mut cell = CellKey::new(&form.unit, &form.period, &FieldId::new("be_trai"));
        let plain = cell.clone();
        cell.id.row = Some(RowId([7; 16]));
        for subject in [
            Subject::Cell(plain.clone()),
            Subject::Note(cell.clone()),
            Subject::Confirm(plain, RuleId::new("slipped")),
            Subject::Form(form.clone()),
            Subject::Approval(form, UnitId::new("P-YT")),
            Subject::Actor(ActorId::fold("Nguyễn Thị Lan")),
            Subject::Author(AuthorId([9; 16])),
            Subject::Plan,
        ] {
            let key = subject.key();
            assert_eq!(Subject::from_key(&key), Ok(subject.clone()));
            for cut in 0..key.len() {
                assert_ne!(
                    Subject::from_key(&key[..cut]),
                    Ok(subject.clone()),
                    "cut at {cut}"
                );
            }
        }
    }
}
