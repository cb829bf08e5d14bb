//! What an entry of a file must be beyond its layout: said of a subject it can be said of, its texts
//! and ids where they are looked at.

use crate::ledger::{Body, Entry, Subject};

/// Whether a body can be said of its subject.
pub(super) fn fits(entry: &Entry) -> bool {
    match (&entry.subject, &entry.body) {
        (_, Body::Unknown { .. })
        | (Subject::Cell(_), Body::SetValue(_) | Body::Resolve(_))
        | (Subject::Note(_), Body::Note(_))
        | (Subject::Confirm(..), Body::Confirm { .. })
        | (Subject::Approval(..), Body::Approve { .. })
        | (Subject::Actor(_), Body::Actor { .. })
        | (Subject::Plan, Body::PlanInstall { .. }) => true,
        (Subject::Form(_), body) => matches!(
            body,
            Body::Submit { .. } | Body::Return | Body::Lock { .. } | Body::Reopen
        ),
        (Subject::Author(_), body) => matches!(
            body,
            Body::EpochStart { .. }
                | Body::Enrol { .. }
                | Body::Revoke { .. }
                | Body::RejectRange { .. }
        ),
        _ => false,
    }
}

/// Its texts: the reason first.
pub(super) fn texts(entry: &Entry) -> impl Iterator<Item = &str> {
    std::iter::once(entry.note.as_str()).chain(entry.body.texts())
}

/// Its ids.
pub(super) fn ids(entry: &Entry) -> Vec<&str> {
    let mut all = Vec::new();
    if let Some(form) = entry.subject.form() {
        all.extend([form.unit.as_str(), form.period.as_str()]);
    }
    if let Some(cell) = entry.subject.cell() {
        all.push(cell.field.as_str());
    }
    match &entry.subject {
        Subject::Confirm(_, rule) => all.push(rule.as_str()),
        Subject::Approval(_, owner) => all.push(owner.as_str()),
        _ => {}
    }
    match &entry.body {
        Body::Enrol { units, .. } | Body::Actor { units, .. } => {
            all.extend(units.iter().map(crate::plan::UnitId::as_str));
        }
        Body::PlanInstall { id, .. } => all.push(id),
        _ => {}
    }
    all
}
