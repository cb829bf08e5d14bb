//! Finishing a form: what is blank, what is wrong, what was confirmed; then handing it in.

use super::FormState;
use crate::plan::{FieldId, Plan};
use crate::service::workflow::Summary;
use crate::store::Change;

impl FormState {
    /// What there is to say before the form is handed in.
    pub fn summary(&self, plan: &Plan) -> Summary {
        let form = (&self.form, self.status);
        Summary::of(plan, form, &self.page.cells, &self.findings)
    }

    /// The change that hands the form in as it stands.
    pub fn submission(&self, plan: &Plan, summary: &Summary) -> Change {
        let fields: Vec<&FieldId> = self.page.cells.iter().collect();
        summary.submission(plan, &self.key, &self.form, &fields)
    }
}
