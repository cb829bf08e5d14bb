//! Finishing a form: what there is to say before it is submitted.

use super::view::FormView;
use crate::plan::Plan;
use crate::service::workflow::SubmissionSummary;
use crate::store::Change;

impl FormView {
    /// What there is to say before the form is submitted.
    pub fn summary(&self, plan: &Plan) -> SubmissionSummary {
        let form = (self.shown.as_ref(), self.status);
        SubmissionSummary::of(plan, form, &self.layout.cells, &self.findings)
    }

    /// The change that submits the form as it stands.
    pub fn submission(&self, plan: &Plan, summary: &SubmissionSummary) -> Change {
        summary.submission(plan, &self.key, &self.shown)
    }
}
