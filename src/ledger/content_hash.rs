//! The content hash of a form, which submissions, approvals and locks cite (`settled.md` 7;
//! frozen).

use std::collections::BTreeMap;

use super::cell::{CellId, FormKey};
use super::chain::Hash;
use super::content::Content;
use super::form::rows;
use super::heads::Heads;
use crate::plan::{FieldId, FieldType, Plan};

/// The hash of a form's content: every field of the form in bytewise id order, notes, reasons
/// and confirmations left out; a conflict contributes all its heads in sorted order.
///
/// The rows of a list follow their field's own bytes in order of row, each as the prefixed field
/// id, 0xFF (no state byte is) and the row's 16 bytes before its content. A row that is blank
/// contributes nothing, as if it had never been added.
pub fn content_hash(
    plan: &Plan,
    form: &FormKey,
    fields: &[&FieldId],
    cells: &BTreeMap<CellId, Heads>,
) -> Hash {
    let mut hasher = blake3::Hasher::new();
    hasher.update(b"nhaplieu/content/v1");
    hasher.update(&plan.hash);
    prefixed(&mut hasher, form.unit.as_str().as_bytes());
    prefixed(&mut hasher, form.period.as_str().as_bytes());
    let mut ids: Vec<&FieldId> = fields.to_vec();
    ids.sort_unstable_by(|a, b| a.as_str().as_bytes().cmp(b.as_str().as_bytes()));
    for id in ids {
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

fn prefixed(hasher: &mut blake3::Hasher, part: &[u8]) {
    let length = u32::try_from(part.len()).unwrap_or(u32::MAX);
    hasher.update(&length.to_le_bytes());
    hasher.update(part);
}
