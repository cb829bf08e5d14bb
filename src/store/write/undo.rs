//! Taking back and doing again, as new entries. `settled.md` 8.
//!
//! What can be taken back is what a person typed: values, notes, confirmations. Steps of the
//! workflow, resolved conflicts and people are passed over: each has its own way back, with a
//! reason.
//!
//! After an undo the head of a cell is the undo's entry, not the entry whose value it restored.
//! So a head *stands for* an entry: an ordinary one for itself, a redo for the entry it does
//! again, an undo for what stood before the entry it takes back.

use std::collections::BTreeSet;

use crate::ledger::{
    ActionId, ActorId, AuthorId, Body, Content, EntryRef, Heads, Origin, Recorded, Subject,
};
use crate::store::api::{Change, Direction, Seen, StoreError, UndoPlan};
use crate::store::format::codec::ActionV1;
use crate::store::format::tables::{self, Bytes, ReadTables};
use crate::store::format::{log_rows, shape};

/// Works out the changes by which an undo or redo would be done now.
pub(crate) fn plan(
    reading: &ReadTables,
    actor: &ActorId,
    direction: Direction,
) -> Result<UndoPlan, StoreError> {
    let history = History {
        entries: reading.table(tables::ENTRIES)?,
        withheld: reading.optional(tables::WITHHELD)?,
        views: reading.table(tables::VIEWS)?,
        actions: reading.table(tables::ACTIONS)?,
        actor,
    };
    let action = match direction {
        Direction::Undo => history.latest_done()?,
        Direction::Redo => history.latest_undone()?,
    };
    history.changes(&action, direction)
}

/// An action and its entries, one per subject.
struct Done {
    id: ActionId,
    touched: Vec<Touched>,
}

/// What an action did to one subject.
struct Touched {
    /// Its first entry there: what it superseded stood before.
    first: Recorded,
    /// Its last entry there: what it left.
    last: Recorded,
}

struct History<'a> {
    entries: redb::ReadOnlyTable<Bytes, Bytes>,
    withheld: Option<redb::ReadOnlyTable<Bytes, Bytes>>,
    views: redb::ReadOnlyTable<Bytes, Bytes>,
    actions: redb::ReadOnlyTable<Bytes, Bytes>,
    actor: &'a ActorId,
}

impl History<'_> {
    /// Gives each action of the actor, latest first, to `look` until it returns something.
    fn back<T>(
        &self,
        mut look: impl FnMut(&ActionV1) -> Result<Option<T>, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let prefix = tables::action_prefix(self.actor);
        let end = tables::after(&prefix);
        let range = redb::ReadableTable::range(&self.actions, prefix.as_slice()..end.as_slice())?;
        for row in range.rev() {
            let (key, value) = row?;
            let action = tables::unsealed_action(key.value(), value.value())?;
            if let Some(found) = look(&action)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    fn latest_done(&self) -> Result<Done, StoreError> {
        let mut decided = BTreeSet::new();
        let mut undone = BTreeSet::new();
        self.back(|action| {
            match shape::origin_from(action.origin) {
                Origin::UndoOf(of) if decided.insert(of) => {
                    undone.insert(of);
                }
                Origin::RedoOf(of) => {
                    decided.insert(of);
                }
                Origin::UndoOf(_) => {}
                _ if undone.contains(&ActionId(action.id)) => {}
                _ => return self.undoable(action),
            }
            Ok(None)
        })?
        .ok_or(StoreError::NothingToUndo)
    }

    /// The action an undo took back last, unless something else was done since.
    fn latest_undone(&self) -> Result<Done, StoreError> {
        let mut redone = BTreeSet::new();
        let found = self.back(|action| match shape::origin_from(action.origin) {
            Origin::UndoOf(of) if !redone.remove(&of) => Ok(Some(Some(of))),
            Origin::UndoOf(_) => Ok(None),
            Origin::RedoOf(of) => {
                redone.insert(of);
                Ok(None)
            }
            _ => Ok(Some(None)),
        })?;
        match found.flatten() {
            Some(of) => self.action(of)?.ok_or(StoreError::NothingToUndo),
            None => Err(StoreError::NothingToUndo),
        }
    }

    /// The actor's action of that id.
    fn action(&self, id: ActionId) -> Result<Option<Done>, StoreError> {
        self.back(|action| {
            if action.id == id.0 {
                self.done(action).map(Some)
            } else {
                Ok(None)
            }
        })
    }

    fn undoable(&self, action: &ActionV1) -> Result<Option<Done>, StoreError> {
        let done = self.done(action)?;
        let typed = |touched: &Touched| {
            matches!(
                touched.last.entry.body,
                Body::SetValue(_) | Body::Note(_) | Body::Confirm { .. }
            )
        };
        Ok(done.touched.iter().all(typed).then_some(done))
    }

    fn done(&self, action: &ActionV1) -> Result<Done, StoreError> {
        let author = AuthorId(action.author);
        let mut touched: Vec<Touched> = Vec::new();
        let end = action.first.saturating_add(u64::from(action.count));
        for seq in action.first..end {
            // After a copy of the store, a number may have two entries; ours names the action.
            let entry = log_rows::numbered(&self.entries, self.withheld.as_ref(), &author, seq)?
                .into_iter()
                .find(|recorded| recorded.entry.action.0 == action.id)
                .ok_or_else(|| StoreError::Damaged(format!("no entry {seq}")))?;
            let known = touched
                .iter_mut()
                .find(|touched| touched.first.entry.subject == entry.entry.subject);
            match known {
                Some(touched) => touched.last = entry,
                None => touched.push(Touched {
                    first: entry.clone(),
                    last: entry,
                }),
            }
        }
        Ok(Done {
            id: ActionId(action.id),
            touched,
        })
    }

    fn changes(&self, action: &Done, direction: Direction) -> Result<UndoPlan, StoreError> {
        let mut changes = Vec::with_capacity(action.touched.len());
        for touched in &action.touched {
            changes.push(self.change(touched, direction)?);
        }
        Ok(UndoPlan {
            of: action.id,
            origin: match direction {
                Direction::Undo => Origin::UndoOf(action.id),
                Direction::Redo => Origin::RedoOf(action.id),
            },
            cell: changes
                .iter()
                .find_map(|change| change.subject.cell().cloned()),
            changes,
        })
    }

    fn change(&self, touched: &Touched, direction: Direction) -> Result<Change, StoreError> {
        let subject = &touched.last.entry.subject;
        let heads = tables::view(&self.views, &subject.key())?;
        let before = self.superseded(&touched.first)?;
        let after = Some(touched.last.clone());
        let (from, to) = match direction {
            Direction::Undo => (after, before),
            Direction::Redo => (before, after),
        };
        self.stands(&heads, from.as_ref())?;
        let body = to.map_or_else(
            || blank(&touched.last.entry.body),
            |to| typed(&to.entry.body),
        );
        Ok(Change {
            subject: subject.clone(),
            body,
            reason: String::new(),
            seen: Seen::Only(heads.references()),
        })
    }

    /// Holds when the subject's one head stands for `expected`.
    fn stands(&self, heads: &Heads, expected: Option<&Recorded>) -> Result<(), StoreError> {
        let expected = match expected {
            Some(entry) => self.meant(entry.clone())?,
            None => None,
        };
        let changed = |by: &ActorId| StoreError::Changed { by: by.to_string() };
        let head = match heads.all() {
            [] if expected.is_none() => return Ok(()),
            [head] => head,
            [] => return Err(changed(self.actor)),
            [.., latest] => return Err(changed(&latest.actor)),
        };
        let recorded = log_rows::cited(&self.entries, self.withheld.as_ref(), &head.entry)?
            .ok_or_else(|| StoreError::Damaged(format!("no entry {}", head.entry.seq)))?;
        if self.meant(recorded)? == expected {
            Ok(())
        } else {
            Err(changed(&head.actor))
        }
    }

    /// The entry that one stands for; `None` for "as if nothing had been entered".
    fn meant(&self, entry: Recorded) -> Result<Option<EntryRef>, StoreError> {
        let mut entry = entry;
        loop {
            let subject = entry.entry.subject.clone();
            let target = match entry.entry.origin {
                Origin::UndoOf(of) => self.touched(of, &subject)?.map(|touched| touched.first),
                Origin::RedoOf(of) => {
                    let done = self.touched(of, &subject)?;
                    return Ok(Some(done.map_or(entry.reference(), |t| t.last.reference())));
                }
                _ => None,
            };
            match target {
                // TakenPiece back by someone else, or ordinary: it stands for itself.
                None => return Ok(Some(entry.reference())),
                // Every step goes back in the log, so the walk ends.
                Some(first) => match self.superseded(&first)? {
                    Some(before) => entry = before,
                    None => return Ok(None),
                },
            }
        }
    }

    fn touched(&self, of: ActionId, subject: &Subject) -> Result<Option<Touched>, StoreError> {
        let action = self.action(of)?;
        Ok(action.and_then(|done| {
            done.touched
                .into_iter()
                .find(|touched| touched.first.entry.subject == *subject)
        }))
    }

    /// The entry that one superseded; of several, the one that was shown, as `Heads` orders them.
    fn superseded(&self, entry: &Recorded) -> Result<Option<Recorded>, StoreError> {
        let mut shown: Option<Recorded> = None;
        for reference in &entry.entry.replaces {
            // One that has not arrived yet was not shown here, nor one of an unknown kind.
            let found = log_rows::cited(&self.entries, self.withheld.as_ref(), reference)?;
            let Some(found) = found.filter(|found| found.entry.body.is_known()) else {
                continue;
            };
            let order = |recorded: &Recorded| (recorded.entry.clock, recorded.reference());
            if shown
                .as_ref()
                .is_none_or(|best| order(best) < order(&found))
            {
                shown = Some(found);
            }
        }
        Ok(shown)
    }
}

/// What a subject says again when an entry is restored: the words, not the step that said them.
fn typed(body: &Body) -> Body {
    match body {
        Body::Resolve(content) => Body::SetValue(content.clone()),
        other => other.clone(),
    }
}

/// What a subject says when nothing had been entered before.
fn blank(body: &Body) -> Body {
    match body {
        Body::Note(_) => Body::Note(String::new()),
        Body::Confirm { .. } => Body::Confirm {
            judged: String::new(),
            reason: String::new(),
            words: String::new(),
        },
        _ => Body::SetValue(Content::Blank),
    }
}
