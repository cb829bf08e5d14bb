//! How the content of a form is hashed (`settled.md` 7; frozen): which fields stand in which part,
//! and the bytes of each.

use std::collections::{BTreeMap, BTreeSet};

use super::cell::{CellId, FormKey};
use super::chain::Hash;
use super::content::Content;
use super::content_parts::{ContentHash, ContentPart, prefixed};
use super::form::rows;
use super::heads::Heads;
use crate::plan::{FieldId, FieldType, Plan, UnitId, owners_on};

/// The parts of a form with the fields of each, in bytewise order of their ids.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FormParts(BTreeMap<ContentPart, BTreeSet<FieldId>>);

impl FormParts {
    /// The parts of a form by the plan: always one for the fields of no measure, also where there
    /// are none, and one for each owner.
    pub fn of(plan: &Plan, key: &FormKey) -> Self {
        let mut parts = BTreeMap::from([(ContentPart::NoMeasure, BTreeSet::new())]);
        let (Some(unit), Some(period)) = (plan.unit(&key.unit), plan.period(&key.period)) else {
            return Self(parts);
        };
        let owners = owners_on(plan, unit, period);
        let asked = plan.form_fields(unit, period).into_iter();
        let of_none = asked
            .map(|field| field.id.clone())
            .filter(|field| !owners.values().any(|fields| fields.contains(field)));
        parts.insert(ContentPart::NoMeasure, of_none.collect());
        let owners = owners.into_iter();
        parts.extend(owners.map(|(owner, fields)| (ContentPart::Owner(owner), fields)));
        Self(parts)
    }

    /// The parts and their fields, in order of owner id.
    pub fn iter(&self) -> impl Iterator<Item = (&ContentPart, &BTreeSet<FieldId>)> {
        self.0.iter()
    }

    /// The parts whose fields a store of `unit` does not get (`settled.md` 36): the coordinator,
    /// the district and who is not in the plan get all; a unit gets all of its own form and of
    /// those of its predecessors and successors, and of other forms the part that feeds its
    /// measures.
    pub fn withheld_from(
        &self,
        unit: &UnitId,
        plan: &Plan,
        form: &FormKey,
    ) -> BTreeSet<ContentPart> {
        let above = *unit == plan.coordinator || *unit == plan.district;
        if above || plan.unit(unit).is_none() {
            return BTreeSet::new();
        }
        let kin = plan.lineage(unit);
        if kin.contains(&form.unit) {
            return BTreeSet::new();
        }
        let others = |part: &&ContentPart| match part {
            ContentPart::NoMeasure => true,
            ContentPart::Owner(owner) => !kin.contains(owner),
        };
        self.0.keys().filter(others).cloned().collect()
    }

    /// The content hash of a form as it stands.
    pub fn hash(
        &self,
        plan: &Plan,
        form: &FormKey,
        cells: &BTreeMap<CellId, Heads>,
    ) -> ContentHash {
        let hash = |(part, fields): (&ContentPart, &BTreeSet<FieldId>)| {
            (part.clone(), part_hash(plan, form, (part, fields), cells))
        };
        ContentHash::new(self.iter().map(hash).collect())
    }

    /// The fields of a part; `None` where the form has no such part.
    pub fn fields(&self, part: &ContentPart) -> Option<&BTreeSet<FieldId>> {
        self.0.get(part)
    }
}

/// The content hash of a form as it stands, by the plan's parts.
pub fn content_hash(plan: &Plan, form: &FormKey, cells: &BTreeMap<CellId, Heads>) -> ContentHash {
    FormParts::of(plan, form).hash(plan, form, cells)
}

/// The hash of one part: every field of it in bytewise id order, notes, reasons and confirmations
/// left out; a conflict contributes all its heads in sorted order.
///
/// The rows of a list follow their field's own bytes in order of row, each as the prefixed field
/// id, 0xFF (no state byte is) and the row's 16 bytes before its content. A row that is blank
/// contributes nothing, as if it had never been added.
fn part_hash(
    plan: &Plan,
    form: &FormKey,
    (part, fields): (&ContentPart, &BTreeSet<FieldId>),
    cells: &BTreeMap<CellId, Heads>,
) -> Hash {
    let mut hasher = blake3::Hasher::new();
    hasher.update(b"nhaplieu/content/v1");
    hasher.update(&plan.hash);
    prefixed(&mut hasher, form.unit.as_str().as_bytes());
    prefixed(&mut hasher, form.period.as_str().as_bytes());
    prefixed(&mut hasher, part.owner_id().as_bytes());
    for id in fields {
        prefixed(&mut hasher, id.as_str().as_bytes());
        let scale = match plan.field(id).map(|field| field.kind) {
            Some(FieldType::Decimal(scale)) => scale,
            _ => 0,
        };
        for part in cell_bytes(cells.get(&CellId::figure(id)), scale) {
            hasher.update(&part);
        }
        for (cell, heads) in rows(cells, id) {
            let Some(row) = cell.row.filter(|_| !is_blank(heads)) else {
                continue;
            };
            prefixed(&mut hasher, id.as_str().as_bytes());
            hasher.update(&[ROW]);
            hasher.update(&row.0);
            for part in cell_bytes(Some(heads), scale) {
                hasher.update(&part);
            }
        }
    }
    Hash(*hasher.finalize().as_bytes())
}

/// Stands before the bytes of a row, where a figure has its state byte; frozen.
const ROW: u8 = 0xFF;

fn is_blank(heads: &Heads) -> bool {
    !heads.in_conflict() && heads.content() == Content::Blank
}

fn cell_bytes(heads: Option<&Heads>, scale: u8) -> Vec<Vec<u8>> {
    let mut parts: Vec<Vec<u8>> = match heads {
        Some(heads) if heads.in_conflict() => heads
            .all()
            .iter()
            .filter_map(|head| head.body.content())
            .map(|content| one(content, scale))
            .collect(),
        Some(heads) => vec![one(&heads.content(), scale)],
        None => vec![one(&Content::Blank, scale)],
    };
    parts.sort_unstable();
    parts.dedup();
    parts
}

fn one(content: &Content, scale: u8) -> Vec<u8> {
    let mut out = Vec::new();
    content.put(&mut out, |value| {
        let whole = value.scaled_to(scale);
        whole.map_or_else(|| value.to_string(), |whole| whole.to_string())
    });
    out
}
