//! One finding, the values it was judged by, and the confirmation that answers it.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::base::{Decimal, Label, Message};
use crate::ledger::{ActorId, Body, CellId, Content, Context, Form};
use crate::plan::{FieldId, PeriodId, Relation, Rule, RuleId, Severity};

/// A finding: something a person should look at before submitting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The check: an id of the plan's, or one of the program's own (`slipped`).
    pub rule: RuleId,
    /// Whether it blocks submitting.
    pub severity: Severity,
    /// The cell it is reported, and confirmed, at.
    pub cell: CellId,
    /// Other cells of the form it looked at.
    pub also: Vec<CellId>,
    /// What it means, in the clerk's words.
    pub message: Message,
    /// What the plan says about the check: what it may mean, where its limits come from; empty
    /// for the program's own.
    pub why: Label,
    /// The values judged, canonical; a confirmation holds for exactly these.
    pub judged: String,
    /// The confirmation in force, of a soft finding.
    pub overridden: Option<Override>,
}

/// The confirmation of a soft finding: why an unusual figure is right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override {
    /// Id of one of the plan's reasons, or empty.
    pub reason: String,
    /// Free words, or empty.
    pub words: String,
    /// The person who confirmed it.
    pub actor: ActorId,
}

/// Builds a finding: which check at which cell, then the values it looked at.
pub(super) struct FindingBuilder {
    rule: RuleId,
    severity: Severity,
    cell: CellId,
    also: Vec<CellId>,
    why: Label,
    judged: String,
}

/// The fields that a hard finding speaks about, at them or looking at them: nothing is concluded
/// from their figures (`settled.md` 34).
pub fn doubted<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> BTreeSet<FieldId> {
    let hard = findings
        .into_iter()
        .filter(|finding| finding.severity == Severity::Hard);
    let cells = hard.flat_map(|finding| std::iter::once(&finding.cell).chain(&finding.also));
    let figures = cells.filter(|cell| cell.is_figure());
    figures.map(|cell| cell.field.clone()).collect()
}

impl FindingBuilder {
    /// Begins a finding of one of the program's own checks at `cell`.
    pub(super) fn of_check(rule: &str, severity: Severity, cell: impl Into<CellId>) -> Self {
        Self {
            rule: RuleId::new(rule),
            severity,
            cell: cell.into(),
            also: Vec::new(),
            why: Label::default(),
            judged: String::new(),
        }
    }

    /// Begins a finding of one of the plan's rules at `field`.
    pub(super) fn of_rule(rule: &Rule, field: &FieldId) -> Self {
        Self {
            why: rule.note.clone(),
            ..Self::of_check(rule.id.as_str(), rule.severity, field)
        }
    }

    /// Begins a finding of one of the plan's relations at `field`.
    pub(super) fn of_relation(relation: &Relation, field: &FieldId) -> Self {
        Self {
            why: relation.note.clone(),
            ..Self::of_check(relation.id.as_str(), relation.severity, field)
        }
    }

    /// Adds a value of this form that was looked at.
    pub(super) fn value(mut self, cell: impl Into<CellId>, value: impl std::fmt::Display) -> Self {
        let cell = cell.into();
        self.append(format_args!("{cell}={value}"));
        if cell != self.cell && !self.also.contains(&cell) {
            self.also.push(cell);
        }
        self
    }

    /// Adds a value of another period that was looked at.
    pub(super) fn past_value(mut self, period: &PeriodId, field: &FieldId, value: Decimal) -> Self {
        self.append(format_args!("{period}:{field}={value}"));
        self
    }

    /// Makes the finding, with its override where the form holds a confirmation of exactly these
    /// values.
    pub(super) fn finish(self, ctx: &Context<'_>, message: Message) -> Finding {
        let overridden = (self.severity == Severity::Soft)
            .then(|| confirmation(ctx.form, &self.cell, &self.rule, &self.judged))
            .flatten();
        Finding {
            rule: self.rule,
            severity: self.severity,
            cell: self.cell,
            also: self.also,
            message,
            why: self.why,
            judged: self.judged,
            overridden,
        }
    }

    fn append(&mut self, part: std::fmt::Arguments<'_>) {
        if !self.judged.is_empty() {
            self.judged.push(';');
        }
        // Writing to a String cannot fail.
        let _ = self.judged.write_fmt(part);
    }
}

/// The confirmation of `rule` at `cell` for exactly the values `judged`.
///
/// Where two people answered apart from each other, all their answers must confirm: a doubt
/// raised elsewhere is not overruled silently.
fn confirmation(form: &Form, cell: &CellId, rule: &RuleId, judged: &str) -> Option<Override> {
    let heads = form.confirms.get(&(cell.clone(), rule.clone()))?;
    let holds = |body: &Body| {
        matches!(body, Body::Confirm { judged: of, reason, words }
            if of == judged && !(reason.trim().is_empty() && words.trim().is_empty()))
    };
    if !heads.all().iter().all(|head| holds(&head.body)) {
        return None;
    }
    let head = heads.shown()?;
    match &head.body {
        Body::Confirm { reason, words, .. } => Some(Override {
            reason: reason.clone(),
            words: words.clone(),
            actor: head.actor.clone(),
        }),
        _ => None,
    }
}

/// A content as it stands in `judged`, where a state or unreadable text was looked at.
pub(super) fn fingerprint(content: &Content) -> String {
    match content {
        Content::Value(value) => value.to_string(),
        Content::Text(text) | Content::Invalid(text) => format!("{text:?}"),
        other => other.state().to_owned(),
    }
}
