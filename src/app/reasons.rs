//! Asks why a soft finding is all right: one of the plan's reasons, or one's own words.

use super::overlays::picker::{Item, Picker};
use super::overlays::prompt::AskedFinding;
use super::overlays::{Overlay, ReasonChoice};
use super::state::{State, Tone};
use crate::base::Message;
use crate::check::Finding;
use crate::ledger::{CellKey, FormKey};
use crate::plan::Severity;

/// Opens the list of reasons for a finding; says why not where it cannot be confirmed.
pub(super) fn ask_reason(state: &mut State, form: &FormKey, finding: &Finding) {
    if finding.severity == Severity::Hard {
        state.say(Tone::Warning, Message::new("form.hard_not_confirmed"));
        return;
    }
    if !state.may_change(form) {
        return;
    }
    let listed = state.plan.reasons.iter().map(|reason| Item {
        value: ReasonChoice::Listed(reason.id.clone()),
        label: reason.label.clone(),
        detail: String::new(),
        also: String::new(),
    });
    let mut items: Vec<Item<ReasonChoice>> = listed.collect();
    items.push(Item {
        value: ReasonChoice::Words,
        label: state.label("reason.words"),
        detail: String::new(),
        also: String::new(),
    });
    state.overlay = Some(Overlay::Reasons {
        asked: AskedFinding {
            cell: CellKey {
                form: form.clone(),
                id: finding.cell.clone(),
            },
            rule: finding.rule.clone(),
            judged: finding.judged.clone(),
        },
        said: finding.message.clone(),
        picker: Picker::new(items),
    });
}
