//! Reads. Each is one consistent state, and each proves that what it gives is all there is: a
//! form against the digest of its rows, the forms against the digest of the forms, a log
//! against the numbers of its entries. A lost row must not pass for a blank.

use std::collections::{BTreeMap, BTreeSet};

use crate::ledger::{
    Actor, AuthorId, Body, Clock, EntryRef, Form, FormKey, Hash, Heads, Recorded, Subject,
    subject::SubjectKind, workflow,
};
use crate::plan::UnitId;
use crate::store::api::{Access, Contested, LogEntry, LogFilter, StoreError, StoreInfo};
use crate::store::format::codec::{GroupV1, TipV1};
use crate::store::format::tables::{self, ReadTables, Rows};

/// The kinds of subject a form's group counts.
const OF_FORMS: [SubjectKind; 5] = [
    SubjectKind::Cell,
    SubjectKind::Note,
    SubjectKind::Confirm,
    SubjectKind::Form,
    SubjectKind::Approval,
];
/// The kinds of subject the group without a form counts.
const OF_STORE: [SubjectKind; 3] = [SubjectKind::Actor, SubjectKind::Author, SubjectKind::Plan];

/// What the store is.
pub(crate) fn info(
    reading: &ReadTables,
    sole: bool,
    access: Access,
) -> Result<StoreInfo, StoreError> {
    let meta = reading.table(tables::META)?;
    let (about, tip) = (tables::about(&meta)?, tables::tip(&meta)?);
    Ok(StoreInfo {
        author: AuthorId(tip.author),
        plan_id: about.plan_id,
        plan_version: about.plan_version,
        plan_hash: Hash(about.plan_hash),
        schema: tables::schema(&meta)?,
        unit: UnitId::new(&about.unit),
        counter: tip.counter,
        seq: tip.seq,
        sole,
        access,
    })
}

/// The bytes of the plan in force.
pub(crate) fn plan_bytes(reading: &ReadTables) -> Result<Vec<u8>, StoreError> {
    let about = tables::about(&reading.table(tables::META)?)?;
    let bytes = tables::plan(&reading.table(tables::PLANS)?, &about.plan_hash)?;
    if *blake3::hash(&bytes).as_bytes() == about.plan_hash {
        Ok(bytes)
    } else {
        Err(StoreError::Damaged("plan hash".to_owned()))
    }
}

/// Everything kept of one form.
pub(crate) fn form(views: &impl Rows, key: &FormKey) -> Result<Form, StoreError> {
    let mut form = Form::default();
    for (subject, heads) in members(views, Some(key))? {
        form.set_heads(subject, heads);
    }
    Ok(form)
}

/// True where somebody has approved or locked, so that what they approved is worth a look.
pub(crate) fn is_closed_by_someone(form: &Form) -> bool {
    !form.approvals.is_empty() || workflow::lock(&form.workflow).is_some()
}

/// The views of one group, compared with its digest.
fn members(views: &impl Rows, form: Option<&FormKey>) -> Result<Vec<(Subject, Heads)>, StoreError> {
    let mut found = Vec::new();
    let mut sum = GroupV1::default();
    each_view(views, form, |key, value| {
        add_row(&mut sum, key, value);
        found.push((subject(key)?, tables::unsealed_view(key, value)?));
        Ok(())
    })?;
    let stored = tables::group(views, &tables::group_key(form))?.unwrap_or_default();
    if stored == sum {
        Ok(found)
    } else {
        let name = form.map_or_else(String::new, |form| format!("{} {}", form.unit, form.period));
        Err(StoreError::Damaged(format!("digest of form {name}")))
    }
}

/// What the digest row of a group says when its views are as they are.
fn sum_of_views(views: &impl Rows, form: Option<&FormKey>) -> Result<GroupV1, StoreError> {
    let mut sum = GroupV1::default();
    each_view(views, form, |key, value| {
        add_row(&mut sum, key, value);
        Ok(())
    })?;
    Ok(sum)
}

fn add_row(sum: &mut GroupV1, key: &[u8], value: &[u8]) {
    tables::xor_row(&mut sum.digest, key, value);
    sum.rows = sum.rows.saturating_add(1);
}

/// Shows the row of each view that a group counts.
fn each_view(
    views: &impl Rows,
    form: Option<&FormKey>,
    mut look: impl FnMut(&[u8], &[u8]) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let prefixes: Vec<Vec<u8>> = match form {
        Some(form) => OF_FORMS
            .iter()
            .map(|kind| Subject::form_prefix(*kind, form))
            .collect(),
        None => OF_STORE
            .iter()
            .map(|kind| Subject::kind_prefix(*kind))
            .collect(),
    };
    for prefix in prefixes {
        let end = tables::after(&prefix);
        for row in views.range(prefix.as_slice()..end.as_slice())? {
            let (key, value) = row?;
            look(key.value(), value.value())?;
        }
    }
    Ok(())
}

/// Reads a key as a subject.
pub(crate) fn subject(key: &[u8]) -> Result<Subject, StoreError> {
    Subject::from_key(key).map_err(|error| StoreError::Damaged(error.to_string()))
}

/// The forms that have entries, compared with the digest over all groups. The row of one group
/// may be damaged: where all others are proved once it is replaced by what its views give, only
/// that form is damaged, and reading it says so.
pub(crate) fn groups(views: &impl Rows, tip: &TipV1) -> Result<Vec<FormKey>, StoreError> {
    let prefix = tables::group_key(None);
    let end = tables::after(&prefix);
    let (mut count, mut digest) = (0_u64, [0; 32]);
    let mut forms = Vec::new();
    let mut damaged = Vec::new();
    for row in views.range(prefix.as_slice()..end.as_slice())? {
        let (key, value) = row?;
        tables::xor_row(&mut digest, key.value(), value.value());
        count = count.saturating_add(1);
        let form = tables::group_form(key.value())?;
        if tables::unsealed_group(key.value(), value.value()).is_err() {
            damaged.push((form.clone(), value.value().to_vec()));
        }
        forms.extend(form);
    }
    for (form, value) in damaged {
        let key = tables::group_key(form.as_ref());
        let row = tables::sealed_group(&key, &sum_of_views(views, form.as_ref())?);
        tables::xor_row(&mut digest, &key, &value);
        tables::xor_row(&mut digest, &key, &row);
    }
    if count != tip.groups || digest != tip.digest {
        return Err(StoreError::Damaged("digest of forms".to_owned()));
    }
    forms.sort();
    Ok(forms)
}

/// The people the store knows, in the order of their ids.
pub(crate) fn actors(reading: &ReadTables) -> Result<Vec<Actor>, StoreError> {
    let views = reading.table(tables::VIEWS)?;
    let person = |(subject, heads): (Subject, Heads)| match (subject, heads.shown()?.body.clone()) {
        (
            Subject::Actor(id),
            Body::Actor {
                name,
                role,
                units,
                disabled: false,
            },
        ) => Some(Actor {
            id,
            name,
            role,
            units,
        }),
        _ => None,
    };
    Ok(members(&views, None)?
        .into_iter()
        .filter_map(person)
        .collect())
}

/// The history, latest first.
pub(crate) fn log(reading: &ReadTables, filter: &LogFilter) -> Result<Vec<LogEntry>, StoreError> {
    let entries = reading.table(tables::ENTRIES)?;
    let limit = filter.limit.unwrap_or(usize::MAX);
    let found = match single_cell_form(filter) {
        Some(form) => history(reading, &form, filter)?,
        None => merged(&entries, &reading.tip()?, filter, limit)?,
    };
    let settled = settled(&found);
    found
        .into_iter()
        .take(limit)
        .map(|recorded| {
            let before = previous_bodies(&entries, &recorded)?;
            let contested = if settled.contains(&recorded.reference()) {
                Contested::Once
            } else {
                Contested::Never
            };
            Ok(LogEntry {
                recorded,
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

fn single_cell_form(filter: &LogFilter) -> Option<FormKey> {
    filter.field.as_ref()?;
    Some(FormKey {
        unit: filter.unit.clone()?,
        period: filter.period.clone()?,
    })
}

/// All entries on one field of one form: from its heads back through what each superseded,
/// which reaches every entry, because one that nothing superseded is itself a head.
fn history(
    reading: &ReadTables,
    form: &FormKey,
    filter: &LogFilter,
) -> Result<Vec<Recorded>, StoreError> {
    let entries = reading.table(tables::ENTRIES)?;
    let views = reading.table(tables::VIEWS)?;
    let mut found = BTreeMap::new();
    let mut open = Vec::new();
    for (subject, heads) in members(&views, Some(form))? {
        if matches(&subject, filter) {
            open.extend(heads.references());
        }
    }
    while let Some(reference) = open.pop() {
        if found.contains_key(&reference) {
            continue;
        }
        let Some(recorded) = tables::cited(&entries, &reference)? else {
            continue;
        };
        open.extend(recorded.entry.replaces.iter().copied());
        found.insert(reference, recorded);
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
    entries: &impl Rows,
    tip: &TipV1,
    filter: &LogFilter,
    limit: usize,
) -> Result<Vec<Recorded>, StoreError> {
    let lost = || StoreError::Damaged("entries are missing".to_owned());
    let mut walks = Vec::new();
    let mut end = None;
    for author in authors(entries)? {
        let (from, _) = tables::seq_range(&author, 0);
        let (_, to) = tables::seq_range(&author, u64::MAX);
        let mut walk = LogCursor {
            rows: entries.range(from.as_slice()..=to.as_slice())?,
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
    next: Option<Recorded>,
}

impl LogCursor<'_> {
    /// Gives the next entry back in time and reads the one before it; numbers without an entry
    /// between the two are damage.
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
            if given.seq.saturating_sub(expected) > 1 {
                return Err(StoreError::Damaged(format!("no entry {}", expected + 1)));
            }
        }
        Ok(given)
    }
}

/// The authors with entries here, found by leaping from one to the next.
pub(crate) fn authors(entries: &impl Rows) -> Result<Vec<AuthorId>, StoreError> {
    let mut found = Vec::new();
    let mut from: Vec<u8> = Vec::new();
    loop {
        let author = match entries.range(from.as_slice()..)?.next() {
            None => return Ok(found),
            Some(row) => row?
                .0
                .value()
                .first_chunk::<16>()
                .copied()
                .map(AuthorId)
                .ok_or_else(|| StoreError::Damaged("entry key".to_owned()))?,
        };
        if found.last().is_some_and(|last| *last >= author) {
            // On a damaged path a leap forward can land where it began.
            return Err(StoreError::Damaged("order of authors".to_owned()));
        }
        found.push(author);
        (_, from) = tables::seq_range(&author, u64::MAX);
        from.push(0);
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

/// What an entry's subject said before it.
pub(crate) fn previous_bodies(
    entries: &impl Rows,
    recorded: &Recorded,
) -> Result<Vec<Body>, StoreError> {
    let mut before = Vec::new();
    for reference in &recorded.entry.replaces {
        // One that has not arrived yet says nothing here.
        before.extend(tables::cited(entries, reference)?.map(|found| found.entry.body));
    }
    Ok(before)
}
