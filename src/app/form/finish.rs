//! Finishing a form: what is blank, what is wrong, what was confirmed; then handing it in.

use super::FormState;
use crate::check::Finding;
use crate::ledger::{Body, Content, FormStatus, Subject, content_hash};
use crate::plan::{FieldId, Plan, Severity};
use crate::store::{Change, Seen};

/// What F10 shows before a form is handed in.
#[derive(Clone, Debug)]
pub struct Summary {
    /// Numeric cells that are blank.
    pub blanks: Vec<FieldId>,
    /// Hard findings: they block.
    pub hard: Vec<Finding>,
    /// Soft findings without a reason: they do not block, and are counted.
    pub open: Vec<Finding>,
    /// Soft findings with a reason.
    pub confirmed: Vec<Finding>,
    /// Cells by state other than a plain value.
    pub none_occurred: usize,
    /// Cells marked as not collected.
    pub unavailable: usize,
    /// Cells marked as not applicable.
    pub not_applicable: usize,
    /// Where the form stands.
    pub status: FormStatus,
}

impl Summary {
    /// True when the form may be handed in.
    pub fn may_submit(&self) -> bool {
        self.hard.is_empty()
    }
}

impl FormState {
    /// What there is to say before the form is handed in.
    pub fn summary(&self, plan: &Plan) -> Summary {
        let numeric = |id: &&FieldId| plan.field(id).is_some_and(|f| f.kind.is_numeric());
        let cells = || self.page.cells.iter().filter(numeric);
        let count = |wanted: &Content| cells().filter(|id| self.content(id) == *wanted).count();
        let pick = |wanted: fn(&Finding) -> bool| -> Vec<Finding> {
            self.findings
                .iter()
                .filter(|f| wanted(f))
                .cloned()
                .collect()
        };
        Summary {
            blanks: cells()
                .filter(|id| self.content(id) == Content::Blank)
                .cloned()
                .collect(),
            hard: pick(|f| f.severity == Severity::Hard),
            open: pick(|f| f.severity == Severity::Soft && f.overridden.is_none()),
            confirmed: pick(|f| f.severity == Severity::Soft && f.overridden.is_some()),
            none_occurred: count(&Content::NoneOccurred),
            unavailable: count(&Content::Unavailable),
            not_applicable: count(&Content::NotApplicable),
            status: self.status,
        }
    }

    /// The change that hands the form in as it stands.
    pub fn submission(&self, plan: &Plan, summary: &Summary) -> Change {
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let fields: Vec<&FieldId> = self.page.cells.iter().collect();
        Change {
            subject: Subject::Form(self.key.clone()),
            body: Body::Submit {
                content: content_hash::content_hash(plan, &self.key, &fields, &self.form.cells),
                blanks: number(summary.blanks.len()),
                unconfirmed: number(summary.open.len()),
                overridden: number(summary.confirmed.len()),
            },
            reason: String::new(),
            seen: Seen::Current,
        }
    }
}
