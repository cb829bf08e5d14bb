//! An entry.

use std::collections::BTreeSet;

use super::bytes::{Bytes, check_id, check_text};
use super::{Author, Fault, Hash, author_of};

/// How one entry cites another: author, number, first bytes of the hash.
pub type Cited = (Author, u64, [u8; 8]);
/// The last entry of each log that somebody had seen.
pub type Frontier = Vec<(Author, u64, Hash)>;
/// Hashes of the parts of a content, by owner.
pub type Parts = Vec<(String, Hash)>;

#[derive(Clone, Debug)]
pub struct Entry {
    pub flags: u8,
    pub clock: (u64, u16),
    /// The time that people are shown.
    pub shown: u64,
    pub actor: String,
    pub plan: (u32, [u8; 8]),
    pub subject: Subject,
    pub body: Body,
    pub replaces: Vec<Cited>,
    pub note: String,
    pub action: [u8; 16],
    pub origin: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell {
    pub unit: String,
    pub period: String,
    pub field: String,
    pub row: Option<[u8; 16]>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    Cell(Cell),
    Note(Cell),
    Confirm(Cell, String),
    Form(String, String),
    Approval(String, String, String),
    Actor(String),
    Author(Author),
    Plan,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Content {
    Blank,
    Value(i64, u8),
    Text(String),
    NoneOccurred,
    Unavailable,
    NotApplicable,
    Invalid(String),
}

#[derive(Clone, Debug)]
pub enum Body {
    Value(Content),
    Note(String),
    Resolve(Content),
    Confirm([String; 3]),
    Submit(Parts, [u32; 3]),
    Return,
    Approve(Hash, Frontier),
    Lock(Parts, Frontier),
    Reopen,
    Enrol(Vec<String>, Vec<u32>, String),
    Revoke(u64),
    Plan(String, u32, Hash),
    Epoch([u8; 32], Option<Author>),
    Actor(String, u32, Vec<String>, bool),
    Reject(u64, u64),
    Unknown(u8),
}

impl Entry {
    pub fn read(bytes: &[u8]) -> Result<Self, Fault> {
        let mut r = Bytes(bytes);
        let (kind, flags) = (r.u8()?, r.u8()?);
        let clock = (r.varint()?, r.fitting()?);
        let lag = r.varint()?;
        if lag > clock.0 {
            return Err("lag".to_owned());
        }
        let actor = r.string()?;
        let plan = (r.fitting()?, r.array()?);
        let subject = Subject::read(r.bytes()?)?;
        let body = Body::read(kind, r.bytes()?)?;
        let replaces = r.items(|r| Ok((r.array()?, r.varint()?, r.array()?)))?;
        let note = r.string()?;
        let action = r.array()?;
        let origin: u32 = r.fitting()?;
        match origin {
            0..=5 | 8 => {}
            6 | 7 => {
                r.array::<16>()?;
            }
            _ => return Err("origin".to_owned()),
        }
        r.end()?;
        let entry = Self {
            flags,
            clock,
            shown: clock.0 - lag,
            actor,
            plan,
            subject,
            body,
            replaces,
            note,
            action,
            origin,
        };
        entry.check()?;
        Ok(entry)
    }

    pub fn is_on_behalf(&self) -> bool {
        self.flags & 2 != 0
    }

    fn check(&self) -> Result<(), Fault> {
        check_actor(&self.actor)?;
        if matches!(self.body, Body::Unknown(_)) && self.flags & 1 != 0 {
            return Err("an unknown kind that is critical".to_owned());
        }
        let different: BTreeSet<&Cited> = self.replaces.iter().collect();
        let begin = self.replaces.iter().any(|(_, number, _)| *number == 0);
        if begin || different.len() != self.replaces.len() || different.len() > 1_024 {
            return Err("what it replaces".to_owned());
        }
        check_text(&self.note)?;
        self.body.check()?;
        if self.body.fits(&self.subject) {
            Ok(())
        } else {
            Err(format!("{:?} of {:?}", self.body, self.subject))
        }
    }

    /// The first entry of a log says whose it is, and no other does.
    pub fn check_place(&self, author: &Author, number: u64) -> Result<(), Fault> {
        let begins = match &self.body {
            Body::Epoch(key, _) => {
                if author_of(key) != *author || self.subject != Subject::Author(*author) {
                    return Err("an epoch of somebody else".to_owned());
                }
                true
            }
            _ => false,
        };
        if begins == (number == 1) {
            Ok(())
        } else {
            Err("the beginning of a log".to_owned())
        }
    }
}

impl Subject {
    fn read(bytes: &[u8]) -> Result<Self, Fault> {
        let mut r = Bytes(bytes);
        if r.u8()? != 1 {
            return Err("version of a subject".to_owned());
        }
        let kind = r.u8()?;
        let mut parts: Vec<&[u8]> = Vec::new();
        while !r.0.is_empty() {
            let length = u16::from_be_bytes(r.array()?);
            parts.push(r.take(length.into())?);
        }
        let text = |part: &[u8]| String::from_utf8(part.to_vec()).map_err(|_| "UTF-8".to_owned());
        let id = |part: &[u8]| {
            let id = text(part)?;
            check_id(&id).map(|()| id)
        };
        let cell = |unit: &[u8], period: &[u8], field: &[u8], row: &[u8]| {
            Ok::<_, Fault>(Cell {
                unit: id(unit)?,
                period: id(period)?,
                field: id(field)?,
                row: match row {
                    [] => None,
                    row => Some(row.try_into().map_err(|_| "row")?),
                },
            })
        };
        Ok(match (kind, parts.as_slice()) {
            (1, [unit, period, field, row]) => Self::Cell(cell(unit, period, field, row)?),
            (2, [unit, period, field, row]) => Self::Note(cell(unit, period, field, row)?),
            (3, [unit, period, field, row, rule]) => {
                Self::Confirm(cell(unit, period, field, row)?, id(rule)?)
            }
            (4, [unit, period]) => Self::Form(id(unit)?, id(period)?),
            (5, [unit, period, owner]) => Self::Approval(id(unit)?, id(period)?, id(owner)?),
            (6, [actor]) => {
                let actor = text(actor)?;
                check_actor(&actor)?;
                Self::Actor(actor)
            }
            (7, [author]) => Self::Author((*author).try_into().map_err(|_| "author")?),
            (8, []) => Self::Plan,
            _ => return Err(format!("subject {kind}")),
        })
    }
}

impl Content {
    fn read(r: &mut Bytes<'_>) -> Result<Self, Fault> {
        Ok(match r.fitting::<u32>()? {
            0 => Self::Blank,
            1 => {
                let (mantissa, scale) = (r.zigzag()?, r.u8()?);
                let lowest = scale == 0 || mantissa % 10 != 0;
                if scale > 6 || mantissa.unsigned_abs() >= 10_u64.pow(15) || !lowest {
                    return Err("figure".to_owned());
                }
                Self::Value(mantissa, scale)
            }
            2 => Self::Text(r.string()?),
            3 => Self::NoneOccurred,
            4 => Self::Unavailable,
            5 => Self::NotApplicable,
            6 => Self::Invalid(r.string()?),
            _ => return Err("content".to_owned()),
        })
    }
}

impl Body {
    fn read(kind: u8, bytes: &[u8]) -> Result<Self, Fault> {
        let mut r = Bytes(bytes);
        let body = match kind {
            1 => Self::Value(Content::read(&mut r)?),
            2 => Self::Note(r.string()?),
            3 => Self::Resolve(Content::read(&mut r)?),
            4 => Self::Confirm([r.string()?, r.string()?, r.string()?]),
            5 => Self::Submit(parts(&mut r)?, [r.fitting()?, r.fitting()?, r.fitting()?]),
            6 => Self::Return,
            7 => Self::Approve(r.array()?, frontier(&mut r)?),
            8 => Self::Lock(parts(&mut r)?, frontier(&mut r)?),
            9 => Self::Reopen,
            10 => Self::Enrol(r.items(Bytes::string)?, r.items(role)?, r.string()?),
            11 => Self::Revoke(r.varint()?),
            12 => Self::Plan(r.string()?, r.fitting()?, r.array()?),
            13 => {
                let key = r.array()?;
                let continued = match r.u8()? {
                    0 => None,
                    1 => Some(r.array()?),
                    _ => return Err("option".to_owned()),
                };
                Self::Epoch(key, continued)
            }
            14 => {
                let (name, role) = (r.string()?, role(&mut r)?);
                let units = r.items(Bytes::string)?;
                match r.u8()? {
                    flag @ 0..=1 => Self::Actor(name, role, units, flag == 1),
                    _ => return Err("flag".to_owned()),
                }
            }
            15 => Self::Reject(r.varint()?, r.varint()?),
            0 => return Err("kind 0".to_owned()),
            _ => return Ok(Self::Unknown(kind)),
        };
        r.end()?;
        Ok(body)
    }

    fn check(&self) -> Result<(), Fault> {
        let texts: Vec<&String> = match self {
            Self::Value(Content::Text(text) | Content::Invalid(text))
            | Self::Resolve(Content::Text(text) | Content::Invalid(text))
            | Self::Note(text) => vec![text],
            Self::Confirm(texts) => texts.iter().collect(),
            Self::Enrol(_, _, name) | Self::Actor(name, ..) => vec![name],
            _ => Vec::new(),
        };
        texts.into_iter().try_for_each(|text| check_text(text))?;
        let ids: Vec<&String> = match self {
            Self::Enrol(units, ..) | Self::Actor(_, _, units, _) => units.iter().collect(),
            Self::Plan(id, ..) => vec![id],
            _ => Vec::new(),
        };
        ids.into_iter().try_for_each(|id| check_id(id))
    }

    /// Whether it can be said of a subject.
    fn fits(&self, subject: &Subject) -> bool {
        match self {
            Self::Unknown(_) => true,
            Self::Value(_) | Self::Resolve(_) => matches!(subject, Subject::Cell(_)),
            Self::Note(_) => matches!(subject, Subject::Note(_)),
            Self::Confirm(_) => matches!(subject, Subject::Confirm(..)),
            Self::Submit(..) | Self::Return | Self::Lock(..) | Self::Reopen => {
                matches!(subject, Subject::Form(..))
            }
            Self::Approve(..) => matches!(subject, Subject::Approval(..)),
            Self::Plan(..) => matches!(subject, Subject::Plan),
            Self::Actor(..) => matches!(subject, Subject::Actor(_)),
            Self::Enrol(..) | Self::Revoke(_) | Self::Epoch(..) | Self::Reject(..) => {
                matches!(subject, Subject::Author(_))
            }
        }
    }
}

fn check_actor(id: &str) -> Result<(), Fault> {
    let fits = |c: char| matches!(c, 'a'..='z' | '0'..='9' | '_' | '-');
    if (1..=32).contains(&id.len()) && id.chars().all(fits) {
        Ok(())
    } else {
        Err(format!("actor {id:?}"))
    }
}

fn role(r: &mut Bytes<'_>) -> Result<u32, Fault> {
    match r.fitting()? {
        role @ 0..=3 => Ok(role),
        _ => Err("role".to_owned()),
    }
}

fn parts(r: &mut Bytes<'_>) -> Result<Parts, Fault> {
    let parts = r.items(|r| Ok((r.string()?, r.array()?)))?;
    let first = parts.first().is_some_and(|(owner, _)| owner.is_empty());
    if first && parts.is_sorted_by(|(a, _), (b, _)| a.as_bytes() < b.as_bytes()) {
        Ok(parts)
    } else {
        Err("parts".to_owned())
    }
}

fn frontier(r: &mut Bytes<'_>) -> Result<Frontier, Fault> {
    r.items(|r| Ok((r.array()?, r.varint()?, r.array()?)))
}
