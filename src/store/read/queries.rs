//! Reads. Each is one consistent state, and each proves that what it gives is all there is: a
//! form against the digest of its rows, the forms against the digest of the forms, a log
//! against the numbers of its entries. A lost row must not pass for a blank.

use crate::ledger::{
    Actor, AuthorId, Body, Form, FormKey, Hash, Heads, People, Subject, Trust,
    subject::SubjectKind, workflow,
};
use crate::plan::UnitId;
use crate::store::api::{Access, EpochState, StoreError, StoreInfo};
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

/// Reads the facts about the store.
pub(crate) fn info(
    reading: &ReadTables,
    sole: bool,
    (access, epoch): (Access, EpochState),
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
        last_written: last_written(reading, &tip)?,
        sole,
        access,
        epoch,
    })
}

/// Reads what the wall clock showed at the last own entry. Whether that entry is damaged is asked
/// elsewhere: what a store was made for can be told all the same.
fn last_written(reading: &ReadTables, tip: &TipV1) -> Result<Option<u64>, StoreError> {
    let key = tables::entry_key(&AuthorId(tip.author), tip.seq, &Hash(tip.hash));
    let entries = reading.table(tables::ENTRIES)?;
    let last = entries.get(key.as_slice())?;
    let last = last.and_then(|row| tables::unsealed_entry(&key, row.value()).ok());
    Ok(last.map(|recorded| recorded.entry.wall()))
}

/// Reads the bytes of the plan in force and proves them by its hash.
pub(crate) fn plan_bytes(reading: &ReadTables) -> Result<Vec<u8>, StoreError> {
    let about = tables::about(&reading.table(tables::META)?)?;
    let bytes = tables::plan(&reading.table(tables::PLANS)?, &about.plan_hash)?;
    if *blake3::hash(&bytes).as_bytes() == about.plan_hash {
        Ok(bytes)
    } else {
        Err(StoreError::Damaged("plan hash".to_owned()))
    }
}

/// Reads one form and proves its rows by their digest.
pub(crate) fn form(views: &impl Rows, key: &FormKey) -> Result<Form, StoreError> {
    let mut form = Form::default();
    for (subject, heads) in members(views, Some(key))? {
        form.set_heads(subject, heads);
    }
    Ok(form)
}

/// Tells whether somebody has approved or locked the form.
pub(crate) fn is_closed_by_someone(form: &Form) -> bool {
    !form.approvals.is_empty() || workflow::lock(&form.workflow).is_some()
}

/// Reads the views of one group and compares them with its digest.
pub(crate) fn members(
    views: &impl Rows,
    form: Option<&FormKey>,
) -> Result<Vec<(Subject, Heads)>, StoreError> {
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

/// Decodes a key as a subject.
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

/// Lists the people the store knows, in the order of their ids.
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

/// How many entries at the head of a log are searched for the people of a store: a new store names
/// the first of them in its third entry.
const FIRST_ENTRIES: u64 = 16;

/// Names the people of all logs: those of other stores as the head of each log introduces them, for the
/// units that its author is enrolled for, the own ones as they stand now.
pub(crate) fn people(reading: &ReadTables, trust: &Trust) -> Result<People, StoreError> {
    let mut people = People::default();
    people.set_own(AuthorId(reading.tip()?.author));
    let entries = reading.table(tables::ENTRIES)?;
    for author in authors(&entries)? {
        let (from, _) = tables::seq_range(&author, 1);
        let (_, to) = tables::seq_range(&author, FIRST_ENTRIES);
        for row in entries.range(from.as_slice()..=to.as_slice())? {
            let (key, value) = row?;
            people.note(&tables::unsealed_entry(key.value(), value.value())?);
        }
        if !trust.is_own(&author) && !trust.is_root(&author) {
            let enrolled = trust.rights(&author).map(|rights| rights.units.clone());
            people.hold_to(&author, &enrolled.unwrap_or_default());
        }
    }
    for (subject, heads) in members(&reading.table(tables::VIEWS)?, None)? {
        if let (Subject::Actor(id), Some(head)) = (subject, heads.shown())
            && let Body::Actor { name, units, .. } = &head.body
        {
            people.add(head.entry.author, &id, name, units);
        }
    }
    Ok(people)
}

/// Lists the authors with entries here, found by leaping from one to the next.
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
