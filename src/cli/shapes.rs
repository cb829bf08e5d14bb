//! What JSON answers are made of: a contract (`interface.md` 2). Keys may be added, never renamed;
//! figures are canonical strings.

use std::collections::HashMap;

use serde::Serialize;

use crate::base::Lang;
use crate::check::Finding;
use crate::figures::{self, Figure};
use crate::ledger::approved::{Approval, Approver, LateFigure, Proof};
use crate::ledger::{CellId, Content, ContentPart, EntryRef, FormKey, Hash};
use crate::plan::{Field, Measure, PeriodKind, Severity};
use crate::service::forms::LoadedForm;
use crate::store::{LogFilter, Store, StoreError};
use crate::ui::texts::Texts;

/// One finding.
#[derive(Debug, Serialize)]
pub(crate) struct FindingShape {
    pub(crate) rule: String,
    pub(crate) severity: &'static str,
    pub(crate) field: String,
    /// The row of a repeating list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) row: Option<String>,
    pub(crate) message: String,
    pub(crate) judged: String,
    pub(crate) overridden_by: Option<OverrideShape>,
}

/// Who said why an unusual figure is right.
#[derive(Debug, Serialize)]
pub(crate) struct OverrideShape {
    actor: String,
    reason: String,
    words: String,
}

impl FindingShape {
    pub(crate) fn of(finding: &Finding, texts: &Texts) -> Self {
        Self {
            rule: finding.rule.to_string(),
            severity: severity(finding.severity),
            field: finding.cell.field.to_string(),
            row: row(&finding.cell),
            message: texts.say(&finding.message),
            judged: finding.judged.clone(),
            overridden_by: finding.overridden.as_ref().map(|by| OverrideShape {
                actor: by.actor.to_string(),
                reason: by.reason.clone(),
                words: by.words.clone(),
            }),
        }
    }
}

/// The row of a cell in JSON; there only for a repeating list.
pub(crate) fn row(cell: &CellId) -> Option<String> {
    cell.row.map(|row| row.to_string())
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Hard => "hard",
        Severity::Soft => "soft",
    }
}

/// One cell of a form.
#[derive(Debug, Serialize)]
pub(crate) struct CellShape {
    field: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    row: Option<String>,
    label: String,
    state: &'static str,
    value: Option<String>,
    text: Option<String>,
    note: String,
    findings: Vec<FindingShape>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    conflict: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    approved: Option<ContentShape>,
}

/// What a cell holds.
#[derive(Debug, Serialize)]
pub(crate) struct ContentShape {
    state: &'static str,
    value: Option<String>,
    text: Option<String>,
}

impl ContentShape {
    pub(crate) fn of(content: &Content) -> Self {
        let (value, text) = figure_and_text(content);
        Self {
            state: content.state(),
            value,
            text,
        }
    }
}

/// A figure that came after its form was approved.
#[derive(Debug, Serialize)]
pub(crate) struct LateShape {
    field: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    row: Option<String>,
    old: Option<String>,
    new: Option<String>,
    old_state: &'static str,
    new_state: &'static str,
    author: Option<String>,
    actor: Option<String>,
    at: Option<String>,
}

impl LateShape {
    pub(crate) fn of(late: &LateFigure) -> Self {
        let said = |content| {
            let (value, text) = figure_and_text(content);
            value.or(text)
        };
        let head = late.head.as_ref();
        Self {
            field: late.cell.field.to_string(),
            row: row(&late.cell),
            old: said(&late.old),
            new: said(&late.new),
            old_state: late.old.state(),
            new_state: late.new.state(),
            author: head.map(|head| head.entry.author.to_string()),
            actor: head.map(|head| head.actor.to_string()),
            at: head.map(|head| moment(head.wall)),
        }
    }
}

/// The content hash of one part of a form.
#[derive(Debug, Serialize)]
pub(crate) struct PartShape {
    /// Whose measures its fields feed; null for the fields of no measure.
    owner: Option<String>,
    content_hash: String,
}

impl PartShape {
    pub(crate) fn of(part: &ContentPart, hash: &Hash) -> Self {
        Self {
            owner: match part {
                ContentPart::NoMeasure => None,
                ContentPart::Owner(owner) => Some(owner.to_string()),
            },
            content_hash: hash.to_string(),
        }
    }
}

/// An approval or lock that holds.
#[derive(Debug, Serialize)]
pub(crate) struct StampShape {
    by: &'static str,
    owner: Option<String>,
    actor: String,
    at: String,
    content_hash: String,
    /// Whether the figures at hand give that hash.
    proven: bool,
    /// `given`, `withheld` (this store does not get all that was approved) or `awaited`.
    proof: &'static str,
}

impl StampShape {
    pub(crate) fn of(stamp: &Approval) -> Self {
        let (by, owner) = match &stamp.by {
            Approver::Owner(owner) => ("owner", Some(owner.to_string())),
            Approver::Coordinator => ("coordinator", None),
        };
        Self {
            by,
            owner,
            actor: stamp.actor.to_string(),
            at: moment(stamp.wall),
            content_hash: stamp.content.to_string(),
            proven: stamp.proof == Proof::Given,
            proof: stamp.proof.name(),
        }
    }
}

impl CellShape {
    /// A cell of the form with the findings reported at it.
    ///
    /// # Errors
    /// When the entries of a conflict cannot be read.
    pub(crate) fn of(
        found: &LoadedForm<'_>,
        (field, cell): (&Field, &CellId),
        findings: &[Finding],
        late: &[LateFigure],
        (texts, store): (&Texts, &dyn Store),
    ) -> Result<Self, StoreError> {
        let content = found.form.content(cell);
        let late = late.iter().find(|late| late.cell == *cell);
        let (value, text) = figure_and_text(&content);
        let at = findings.iter().filter(|finding| finding.cell == *cell);
        let conflict = if found.form.in_conflict(cell) {
            conflict_ids(store, found, cell)?
        } else {
            Vec::new()
        };
        Ok(Self {
            field: field.id.to_string(),
            row: row(cell),
            label: field.label.get(texts.lang()).to_owned(),
            state: content.state(),
            value,
            text,
            note: found.form.note(cell).to_owned(),
            findings: at.map(|finding| FindingShape::of(finding, texts)).collect(),
            conflict,
            approved: late.map(|late| ContentShape::of(&late.old)),
        })
    }
}

/// The canonical figure, or the words, of a content.
pub(crate) fn figure_and_text(content: &Content) -> (Option<String>, Option<String>) {
    match content {
        Content::Value(value) => (Some(value.to_string()), None),
        Content::Text(text) | Content::Invalid(text) => (None, Some(text.clone())),
        _ => (None, None),
    }
}

/// The full ids of the entries that stand against each other.
fn conflict_ids(
    store: &dyn Store,
    found: &LoadedForm<'_>,
    cell: &CellId,
) -> Result<Vec<String>, StoreError> {
    let entries = store.log(&LogFilter {
        unit: Some(found.key.unit.clone()),
        period: Some(found.key.period.clone()),
        field: Some(cell.field.clone()),
        limit: None,
    })?;
    let full: HashMap<EntryRef, Hash> = entries
        .iter()
        .map(|line| (line.recorded.reference(), line.recorded.hash))
        .collect();
    let heads = found.form.cells.get(cell);
    let references = heads
        .map(crate::ledger::Heads::references)
        .unwrap_or_default();
    Ok(references
        .iter()
        .map(|reference| match full.get(reference) {
            Some(hash) => hash.to_string(),
            None => reference.to_string(),
        })
        .collect())
}

/// One computed measure.
#[derive(Debug, Serialize)]
pub(crate) struct MeasureShape {
    id: String,
    numerator: Option<String>,
    denominator: Option<String>,
    value: Option<String>,
    display: String,
    target: String,
    op: &'static str,
    verdict: &'static str,
    source: &'static str,
}

impl MeasureShape {
    pub(crate) fn of(figure: &Figure, measure: &Measure, lang: Lang) -> Self {
        Self {
            id: measure.id.to_string(),
            numerator: figure.numerator.map(|n| n.to_string()),
            denominator: figure.denominator.map(|n| n.to_string()),
            value: figure.rate.as_ref().map(crate::base::Ratio::canonical),
            display: figures::display(figure, measure, lang),
            target: measure.target.to_string(),
            op: measure.op.ascii(),
            verdict: figure.verdict.name(),
            source: match figure.source {
                figures::FigureSource::Computed => "computed",
                figures::FigureSource::Direct => "direct",
            },
        }
    }
}

/// The name of a kind of period.
pub(crate) fn period_kind(kind: PeriodKind) -> &'static str {
    match kind {
        PeriodKind::Month => "month",
        PeriodKind::Quarter => "quarter",
        PeriodKind::Half => "half",
        PeriodKind::Year => "year",
    }
}

/// A finding in its form, for lists over several.
#[derive(Debug, Serialize)]
pub(crate) struct PlacedFinding {
    pub(crate) unit: String,
    pub(crate) period: String,
    #[serde(flatten)]
    pub(crate) finding: FindingShape,
}

impl PlacedFinding {
    pub(crate) fn of(key: &FormKey, finding: &Finding, texts: &Texts) -> Self {
        Self {
            unit: key.unit.to_string(),
            period: key.period.to_string(),
            finding: FindingShape::of(finding, texts),
        }
    }
}

/// A moment as ISO 8601 in UTC.
pub(crate) fn moment(millis: u64) -> String {
    i64::try_from(millis)
        .ok()
        .and_then(chrono::DateTime::from_timestamp_millis)
        .map(|at| at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true))
        .unwrap_or_default()
}
