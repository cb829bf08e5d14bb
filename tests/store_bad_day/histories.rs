//! Random histories by several people through several handles on one store, against a model in
//! memory that was written from the rules, not from the code: heads, conflicts, undo and redo.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use nhaplieu::ledger::{Body, CellKey, Content, EntryRef, Origin, Subject};
use nhaplieu::plan::RuleId;
use nhaplieu::store::StoreReader;
use nhaplieu::store::{Action, Change, Direction, RedbStore, Seen, Store, StoreError};
use proptest::prelude::*;
use tempfile::tempdir;

use crate::chance::rounds;
use crate::world::{action, cell, form, id, number, peopled, reopened};

const PEOPLE: [&str; 2] = ["lan", "phong"];
const HANDLES: usize = 2;

/// One thing somebody does.
#[derive(Clone, Debug)]
enum Deed {
    /// Enters figures (or blanks) into one or two subjects, having seen what stands there now.
    Writes(Vec<(usize, i64)>),
    /// The same, having last looked when `Looks` was done.
    WritesUnseen(usize, i64),
    /// Looks at the form; what is seen from then on is as of now.
    Looks,
    Takes(Way),
    /// Ends a conflict.
    Resolves(usize, i64),
    /// The handle is closed and opened again.
    Returns,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    Back,
    Again,
}

fn deeds() -> impl Strategy<Value = Vec<(usize, usize, Deed)>> {
    let subject = 0..SUBJECTS;
    let deed = prop_oneof![
        6 => prop::collection::vec((subject.clone(), 0_i64..5), 1..3).prop_map(Deed::Writes),
        3 => (subject.clone(), 0_i64..5).prop_map(|(s, v)| Deed::WritesUnseen(s, v)),
        1 => Just(Deed::Looks),
        4 => Just(Deed::Takes(Way::Back)),
        3 => Just(Deed::Takes(Way::Again)),
        2 => (subject, 0_i64..5).prop_map(|(s, v)| Deed::Resolves(s, v)),
        1 => Just(Deed::Returns),
    ];
    prop::collection::vec((0..PEOPLE.len(), 0..HANDLES, deed), 1..60)
}

/// Two cells, a note, a confirmation.
const SUBJECTS: usize = 4;

fn place() -> CellKey {
    cell("xa-a", "2023", "so_00")
}

fn subject(at: usize) -> Subject {
    match at {
        0 => Subject::Cell(place()),
        1 => Subject::Cell(cell("xa-a", "2023", "so_01")),
        2 => Subject::Note(place()),
        _ => Subject::Confirm(place(), RuleId::new("trend")),
    }
}

/// 0 empties.
fn body(at: usize, value: i64) -> Body {
    let words = if value == 0 {
        String::new()
    } else {
        format!("lời {value}")
    };
    match at {
        0 | 1 if value == 0 => Body::SetValue(Content::Blank),
        0 | 1 => Body::SetValue(number(&value.to_string())),
        2 => Body::Note(words),
        _ => Body::Confirm {
            judged: words.clone(),
            reason: words.clone(),
            words,
        },
    }
}

/// What the model keeps of one entry.
#[derive(Clone, Debug)]
struct Kept {
    subject: usize,
    value: i64,
    resolves: bool,
    person: usize,
    replaces: Vec<usize>,
    /// For an undo or redo, the entry whose words it says again; `None` inside for "as if
    /// nothing had been entered".
    again: Option<(Way, Option<usize>)>,
    reference: EntryRef,
}

/// What one person did in one go.
#[derive(Clone, Debug)]
struct Did {
    id: [u8; 16],
    entries: Vec<usize>,
    /// Of which deed this takes back or does again.
    of: Option<(Way, usize)>,
}

#[derive(Default)]
struct Model {
    kept: Vec<Kept>,
    did: BTreeMap<usize, Vec<Did>>,
    /// What was written through each handle since it was opened.
    through: BTreeMap<usize, BTreeSet<usize>>,
    /// What each handle had seen when its person last looked.
    looked: BTreeMap<usize, BTreeMap<usize, Vec<usize>>>,
}

impl Model {
    fn heads(&self, subject: usize) -> Vec<usize> {
        let on = || {
            self.kept
                .iter()
                .enumerate()
                .filter(move |(_, kept)| kept.subject == subject)
        };
        let replaced: BTreeSet<usize> =
            on().flat_map(|(_, k)| k.replaces.iter().copied()).collect();
        on().map(|(at, _)| at)
            .filter(|at| !replaced.contains(at))
            .collect()
    }

    fn disputed(&self, subject: usize) -> bool {
        let said: BTreeSet<i64> = self
            .heads(subject)
            .iter()
            .map(|at| self.kept[*at].value)
            .collect();
        said.len() > 1
    }

    fn is_cell(subject: usize) -> bool {
        subject < 2
    }

    /// The entry that one stands for in the eyes of a person, who sees through their own undos
    /// and redos, and takes another's for a new entry.
    fn meant(&self, person: usize, at: usize) -> Option<usize> {
        match self.kept[at].again {
            Some((Way::Back, before)) if self.kept[at].person == person => {
                before.and_then(|before| self.meant(person, before))
            }
            Some((Way::Again, last)) if self.kept[at].person == person => last,
            _ => Some(at),
        }
    }

    /// The person's deed that an undo or a redo would concern.
    fn target(&self, person: usize, way: Way) -> Option<usize> {
        let did = self.did.get(&person)?;
        let undone = |at: usize| {
            let last = did
                .iter()
                .rev()
                .find_map(|d| d.of.filter(|(_, of)| *of == at));
            matches!(last, Some((Way::Back, _)))
        };
        match way {
            Way::Back => (0..did.len()).rev().find(|at| {
                let ordinary = did[*at].of.is_none();
                let typed = did[*at]
                    .entries
                    .iter()
                    .all(|e| !self.last_on(&did[*at], *e).resolves);
                ordinary && typed && !undone(*at)
            }),
            // Only while nothing else was done since: a stack of undos, minus those redone.
            Way::Again => {
                let mut again = Vec::new();
                for at in (0..did.len()).rev() {
                    match did[at].of {
                        None => return None,
                        Some((Way::Again, of)) => again.push(of),
                        Some((Way::Back, of)) => match again.iter().position(|x| *x == of) {
                            Some(x) => {
                                again.remove(x);
                            }
                            None => return Some(of),
                        },
                    }
                }
                None
            }
        }
    }

    fn last_on(&self, did: &Did, entry: usize) -> &Kept {
        let on = self.kept[entry].subject;
        let last = did
            .entries
            .iter()
            .rev()
            .find(|e| self.kept[**e].subject == on);
        &self.kept[*last.unwrap()]
    }

    /// What taking that deed back, or doing it again, would write; `None` where somebody came
    /// in between.
    fn plan(
        &self,
        person: usize,
        target: usize,
        way: Way,
    ) -> Option<Vec<(usize, i64, Option<usize>)>> {
        let did = &self.did[&person][target];
        let mut seen = BTreeSet::new();
        let mut out = Vec::new();
        for first in &did.entries {
            let on = self.kept[*first].subject;
            if !seen.insert(on) {
                continue;
            }
            let last = *did
                .entries
                .iter()
                .rev()
                .find(|e| self.kept[**e].subject == on)
                .unwrap();
            // Of several, the one that was shown: the latest.
            let before = self.kept[*first].replaces.iter().max().copied();
            let (from, to) = match way {
                Way::Back => (Some(last), before),
                Way::Again => (before, Some(last)),
            };
            let from = from.and_then(|at| self.meant(person, at));
            let stands = match self.heads(on).as_slice() {
                [] => None,
                [one] => self.meant(person, *one),
                _ => return None,
            };
            if stands != from {
                return None;
            }
            out.push((on, to.map_or(0, |at| self.kept[at].value), to));
        }
        Some(out)
    }
}

struct Office {
    handles: Vec<RedbStore>,
    model: Model,
    n: u64,
}

impl Office {
    fn open(dir: &Path) -> Self {
        drop(peopled(dir));
        Self {
            handles: (0..HANDLES).map(|_| reopened(dir)).collect(),
            model: Model::default(),
            n: 0,
        }
    }

    fn next(&mut self, person: usize, changes: Vec<Change>) -> Action {
        self.n += 1;
        action(PEOPLE[person], self.n, changes)
    }

    fn does(&mut self, dir: &Path, person: usize, handle: usize, deed: &Deed) {
        match deed {
            Deed::Writes(what) => {
                let seen = what.iter().map(|_| None).collect();
                self.writes(person, handle, what, seen);
            }
            Deed::WritesUnseen(at, value) => {
                let looked = self.model.looked.get(&handle);
                let seen = looked.and_then(|l| l.get(at)).cloned().unwrap_or_default();
                self.writes(person, handle, &[(*at, *value)], vec![Some(seen)]);
            }
            Deed::Looks => {
                let now = (0..SUBJECTS).map(|at| (at, self.model.heads(at))).collect();
                self.model.looked.insert(handle, now);
            }
            Deed::Takes(way) => self.takes(person, handle, *way),
            Deed::Resolves(at, value) => self.resolves(person, handle, *at, *value),
            Deed::Returns => {
                self.handles[handle] = reopened(dir);
                self.model.through.remove(&handle);
            }
        }
    }

    fn writes(
        &mut self,
        person: usize,
        handle: usize,
        what: &[(usize, i64)],
        seen: Vec<Option<Vec<usize>>>,
    ) {
        let mut changes = Vec::new();
        for ((at, value), seen) in what.iter().zip(&seen) {
            changes.push(Change {
                subject: subject(*at),
                body: body(*at, *value),
                reason: String::new(),
                seen: match seen {
                    None => Seen::Current,
                    Some(seen) => Seen::Heads(
                        seen.iter()
                            .map(|at| self.model.kept[*at].reference)
                            .collect(),
                    ),
                },
            });
        }
        // Later changes of one action stand on the earlier ones, so only the first can dispute.
        let refused = what
            .iter()
            .any(|(at, _)| Model::is_cell(*at) && self.model.disputed(*at));
        let action = self.next(person, changes);
        match self.handles[handle].commit(&action) {
            Err(StoreError::InConflict(_)) => assert!(refused, "refused without a conflict"),
            Ok(done) => {
                assert!(!refused, "wrote over a conflict");
                let ids = done.entries.iter().zip(what).zip(seen);
                let mut entries = Vec::new();
                for ((recorded, (at, value)), seen) in ids {
                    let heads = self.model.heads(*at);
                    let replaces = match seen {
                        None => heads,
                        Some(mut seen) => {
                            let own = self.model.through.entry(handle).or_default();
                            seen.extend(heads.into_iter().filter(|head| {
                                own.contains(head) && self.model.kept[*head].person == person
                            }));
                            seen
                        }
                    };
                    entries.push(self.keep(
                        person,
                        handle,
                        (*at, *value, false),
                        replaces,
                        None,
                        recorded.reference(),
                    ));
                }
                self.done(person, action.id.0, entries, None);
            }
            Err(other) => panic!("{other:?}"),
        }
    }

    fn keep(
        &mut self,
        person: usize,
        handle: usize,
        (subject, value, resolves): (usize, i64, bool),
        replaces: Vec<usize>,
        again: Option<(Way, Option<usize>)>,
        reference: EntryRef,
    ) -> usize {
        let at = self.model.kept.len();
        self.model.kept.push(Kept {
            subject,
            value,
            resolves,
            person,
            replaces,
            again,
            reference,
        });
        self.model.through.entry(handle).or_default().insert(at);
        at
    }

    fn done(&mut self, person: usize, id: [u8; 16], entries: Vec<usize>, of: Option<(Way, usize)>) {
        let did = self.model.did.entry(person).or_default();
        did.push(Did { id, entries, of });
    }

    fn takes(&mut self, person: usize, handle: usize, way: Way) {
        let direction = match way {
            Way::Back => Direction::Undo,
            Way::Again => Direction::Redo,
        };
        let told = self.handles[handle].undo_plan(&id(PEOPLE[person]), direction);
        let Some(target) = self.model.target(person, way) else {
            assert!(matches!(told, Err(StoreError::NothingToUndo)), "{told:?}");
            return;
        };
        let Some(expected) = self.model.plan(person, target, way) else {
            assert!(matches!(told, Err(StoreError::Changed { .. })), "{told:?}");
            return;
        };
        let told = told.unwrap();
        assert_eq!(told.of.0, self.model.did[&person][target].id);
        let mut action = self.next(person, told.changes);
        action.origin = match way {
            Way::Back => Origin::UndoOf(told.of),
            Way::Again => Origin::RedoOf(told.of),
        };
        let said: Vec<_> = action
            .changes
            .iter()
            .map(|c| (c.subject.clone(), c.body.clone()))
            .collect();
        let wanted: Vec<_> = expected
            .iter()
            .map(|(at, value, _)| (subject(*at), body(*at, *value)))
            .collect();
        assert_eq!(said, wanted);
        let done = self.handles[handle].commit(&action).unwrap();
        let mut entries = Vec::new();
        for (recorded, (at, value, to)) in done.entries.iter().zip(expected) {
            let heads = self.model.heads(at);
            entries.push(self.keep(
                person,
                handle,
                (at, value, false),
                heads,
                Some((way, to)),
                recorded.reference(),
            ));
        }
        self.done(person, action.id.0, entries, Some((way, target)));
    }

    fn resolves(&mut self, person: usize, handle: usize, at: usize, value: i64) {
        let at = at % 2;
        let Body::SetValue(content) = body(at, value) else {
            return;
        };
        let change = Change {
            subject: subject(at),
            body: Body::Resolve(content),
            reason: "theo sổ".to_owned(),
            seen: Seen::Current,
        };
        let action = self.next(person, vec![change]);
        let done = self.handles[handle].commit(&action).unwrap();
        let heads = self.model.heads(at);
        let reference = done.entries[0].reference();
        let entry = self.keep(person, handle, (at, value, true), heads, None, reference);
        self.done(person, action.id.0, vec![entry], None);
    }

    /// Each handle says what the model says.
    fn agree(&self) {
        for store in &self.handles {
            let form = store.form(&form("xa-a", "2023")).unwrap();
            for at in 0..SUBJECTS {
                let heads = form.heads(&subject(at));
                let found: BTreeSet<EntryRef> = heads
                    .map(nhaplieu::ledger::Heads::references)
                    .unwrap_or_default()
                    .into_iter()
                    .collect();
                let expected: BTreeSet<EntryRef> = self
                    .model
                    .heads(at)
                    .iter()
                    .map(|at| self.model.kept[*at].reference)
                    .collect();
                assert_eq!(found, expected, "heads of {:?}", subject(at));
                let disputed = heads.is_some_and(nhaplieu::ledger::Heads::in_conflict);
                assert_eq!(disputed, self.model.disputed(at), "{:?}", subject(at));
            }
        }
    }
}

fn live(deeds: &[(usize, usize, Deed)]) {
    let dir = tempdir().unwrap();
    let mut office = Office::open(dir.path());
    for (at, (person, handle, deed)) in deeds.iter().enumerate() {
        office.does(dir.path(), *person, *handle, deed);
        if at % 8 == 0 {
            office.agree();
        }
    }
    office.agree();
    let store = office.handles.pop().unwrap();
    let report = store.verify().unwrap();
    assert_eq!(report.differences, Vec::<String>::new());
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: u32::try_from(rounds(40, 4_000)).unwrap_or(40),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_history_ends_as_its_rules_say(deeds in deeds()) {
        live(&deeds);
    }
}
