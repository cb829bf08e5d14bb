//! The history of a store, a form or a field, latest first.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use crate::ledger::{AuthorId, Body, Clock, EntryRef, FormKey, Recorded, Subject};
use crate::store::api::{Contested, LogEntry, LogFilter, StoreError};
use crate::store::exchange::Snapshot;
use crate::store::exchange::known_log::WithheldRun;
use crate::store::format::codec::TipV1;
use crate::store::format::log_rows;
use crate::store::format::tables::{self, Rows};
use crate::store::read::queries;
use crate::store::read::snapshot::SnapshotTables;

/// Lists the entries that a filter asks for, latest first.
pub(crate) fn log(
    snapshot: &SnapshotTables<impl Rows>,
    tip: &TipV1,
    filter: &LogFilter,
) -> Result<Vec<LogEntry>, StoreError> {
    let limit = filter.limit.unwrap_or(usize::MAX);
    let found = match single_form(filter) {
        Some(form) => history(snapshot, &form, filter)?,
        None => merged(snapshot, tip, filter, limit)?,
    };
    let settled = settled(&found);
    let mut cited = CitedBodies::among(snapshot, &found);
    found
        .iter()
        .take(limit)
        .map(|recorded| {
            let before = cited.before(recorded)?;
            let contested = if settled.contains(&recorded.reference()) {
                Contested::Once
            } else {
                Contested::Never
            };
            Ok(LogEntry {
                recorded: recorded.clone(),
                before,
                contested,
            })
        })
        .collect()
}

/// The entries that a person settled against each other. A resolution is later than what it
/// settles, so the latest lines of a log hold those of all they list.
fn settled(found: &[Recorded]) -> BTreeSet<EntryRef> {
    let resolves = |r: &&Recorded| matches!(r.entry.body, Body::Resolve(_));
    found
        .iter()
        .filter(resolves)
        .flat_map(|resolve| resolve.entry.replaces.iter().copied())
        .collect()
}

/// The form whose history alone is asked for.
fn single_form(filter: &LogFilter) -> Option<FormKey> {
    Some(FormKey {
        unit: filter.unit.clone()?,
        period: filter.period.clone()?,
    })
}

/// All entries on one form, or on one field of it: from its heads back through what each
/// superseded, which reaches every entry that counts, because one that nothing superseded is
/// itself a head; and those that do not count, which no head leads to.
fn history(
    snapshot: &SnapshotTables<impl Rows>,
    form: &FormKey,
    filter: &LogFilter,
) -> Result<Vec<Recorded>, StoreError> {
    let mut open = Vec::new();
    for (subject, heads) in queries::members(&snapshot.views, Some(form))? {
        if matches(&subject, filter) {
            open.extend(heads.references());
        }
    }
    let uncounted = snapshot.uncounted_of(&snapshot.trust()?, form)?;
    let mut found = snapshot.back_from(open)?;
    for recorded in uncounted {
        if matches(&recorded.entry.subject, filter) {
            found.insert(recorded.reference(), recorded);
        }
    }
    let mut all: Vec<Recorded> = found.into_values().collect();
    all.sort_by_key(|recorded| std::cmp::Reverse(order(recorded)));
    Ok(all)
}

fn order(recorded: &Recorded) -> (Clock, AuthorId, u64) {
    (recorded.entry.clock, recorded.author, recorded.seq)
}

/// Walks the logs of all authors backwards at once; each is already in the order of its clock,
/// so a short log of a long store reads little.
fn merged(
    snapshot: &SnapshotTables<impl Rows>,
    tip: &TipV1,
    filter: &LogFilter,
    limit: usize,
) -> Result<Vec<Recorded>, StoreError> {
    let entries = &snapshot.entries;
    let lost = || StoreError::Damaged("entries are missing".to_owned());
    let mut walks = Vec::new();
    let mut end = None;
    for author in queries::authors(entries)? {
        let (from, _) = tables::seq_range(&author, 0);
        let (_, to) = tables::seq_range(&author, u64::MAX);
        let mut walk = LogCursor {
            rows: entries.range(from.as_slice()..=to.as_slice())?,
            withheld: Snapshot::withheld(snapshot, &author)?,
            next: None,
        };
        walk.step()?;
        if author.0 == tip.author {
            end = walk.next.as_ref().map(|recorded| recorded.seq);
        }
        walks.push(walk);
    }
    if end != Some(tip.seq) {
        return Err(lost());
    }
    let mut found = Vec::new();
    let mut walked = 0_u64;
    while found.len() < limit {
        let latest = walks
            .iter_mut()
            .filter(|walk| walk.next.is_some())
            .max_by_key(|walk| walk.next.as_ref().map(order));
        let Some(walk) = latest else {
            // Nobody else's log says where it ends; together they are as many as were counted.
            return if walked == tip.entries {
                Ok(found)
            } else {
                Err(lost())
            };
        };
        walked = walked.saturating_add(1);
        if let Some(recorded) = walk.step()?
            && matches(&recorded.entry.subject, filter)
        {
            found.push(recorded);
        }
    }
    Ok(found)
}

/// One author's log, read from its end.
struct LogCursor<'a> {
    rows: redb::Range<'a, tables::Bytes, tables::Bytes>,
    withheld: Vec<WithheldRun>,
    next: Option<Recorded>,
}

impl LogCursor<'_> {
    /// Gives the next entry back in time and reads the one before it; numbers without an entry
    /// between the two that were not withheld are damage.
    fn step(&mut self) -> Result<Option<Recorded>, StoreError> {
        let before = match self.rows.next_back() {
            None => None,
            Some(row) => {
                let (key, value) = row?;
                Some(tables::unsealed_entry(key.value(), value.value())?)
            }
        };
        let given = std::mem::replace(&mut self.next, before);
        if let Some(given) = &given {
            let expected = self.next.as_ref().map_or(0, |entry| entry.seq);
            let before = given.seq.saturating_sub(1);
            let withheld = |run: &WithheldRun| (run.first..=run.last).contains(&before);
            if before > expected && !self.withheld.iter().any(withheld) {
                return Err(StoreError::Damaged(format!("no entry {}", expected + 1)));
            }
        }
        Ok(given)
    }
}

fn matches(subject: &Subject, filter: &LogFilter) -> bool {
    let form = subject.form();
    let unit = form.map(|form| &form.unit);
    let period = form.map(|form| &form.period);
    let field = subject.cell().map(|cell| &cell.id.field);
    (filter.unit.is_none() || filter.unit.as_ref() == unit)
        && (filter.period.is_none() || filter.period.as_ref() == period)
        && (filter.field.is_none() || filter.field.as_ref() == field)
}

/// What entries cite, each read once however often it is cited.
struct CitedBodies<'a, T> {
    snapshot: &'a SnapshotTables<T>,
    listed: BTreeMap<EntryRef, &'a Recorded>,
    /// Those that are not listed; `None` for one that has not come.
    others: BTreeMap<EntryRef, Option<Recorded>>,
}

impl<'a, T: Rows> CitedBodies<'a, T> {
    fn among(snapshot: &'a SnapshotTables<T>, found: &'a [Recorded]) -> Self {
        let listed = found
            .iter()
            .map(|recorded| (recorded.reference(), recorded));
        Self {
            snapshot,
            listed: listed.collect(),
            others: BTreeMap::new(),
        }
    }

    /// What an entry's subject said before it; nothing before one of an unknown kind, which
    /// supersedes nothing.
    fn before(&mut self, recorded: &Recorded) -> Result<Vec<Body>, StoreError> {
        let mut before = Vec::new();
        if !recorded.entry.body.is_known() {
            return Ok(before);
        }
        for reference in &recorded.entry.replaces {
            let found = match self.listed.get(reference) {
                Some(found) => Some(*found),
                None => match self.others.entry(*reference) {
                    Entry::Occupied(other) => other.into_mut().as_ref(),
                    Entry::Vacant(place) => {
                        let found = log_rows::cited(
                            &self.snapshot.entries,
                            self.snapshot.withheld.as_ref(),
                            reference,
                        )?;
                        place.insert(found).as_ref()
                    }
                },
            };
            // One that has not arrived yet says nothing here, nor does one of an unknown kind.
            let said = found.filter(|found| {
                found.entry.subject == recorded.entry.subject && found.entry.body.is_known()
            });
            before.extend(said.map(|found| found.entry.body.clone()));
        }
        Ok(before)
    }
}
