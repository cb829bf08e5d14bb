//! What an entry of a file must be beyond its layout: said of a subject it can be said of, its texts
//! and ids where they are looked at.

use crate::ledger::{Body, Entry, Subject};
use crate::plan::UnitId;

/// Whether a body can be said of its subject.
pub(in crate::sync) fn fits(entry: &Entry) -> bool {
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
pub(in crate::sync) fn texts(entry: &Entry) -> impl Iterator<Item = &str> {
    std::iter::once(entry.note.as_str()).chain(entry.body.texts())
}

/// Its ids.
pub(in crate::sync) fn ids(entry: &Entry) -> impl Iterator<Item = &str> {
    let form = entry.subject.form();
    let form = form.map(|form| [form.unit.as_str(), form.period.as_str()]);
    let field = entry.subject.cell().map(|cell| cell.id.field.as_str());
    let further = match &entry.subject {
        Subject::Confirm(_, rule) => Some(rule.as_str()),
        Subject::Approval(_, owner) => Some(owner.as_str()),
        _ => None,
    };
    let (units, plan) = match &entry.body {
        Body::Enrol { units, .. } | Body::Actor { units, .. } => (units.as_slice(), None),
        Body::PlanInstall { id, .. } => (&[][..], Some(id.as_str())),
        _ => (&[][..], None),
    };
    form.into_iter()
        .flatten()
        .chain(field)
        .chain(further)
        .chain(units.iter().map(UnitId::as_str))
        .chain(plan)
}
