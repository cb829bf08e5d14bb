//! What follows from the unit of a store or key and is easily overlooked: the role of its people,
//! and that the unit has ended.

use chrono::NaiveDate;

use crate::base::Message;
use crate::ledger::Role;
use crate::plan::{Plan, UnitId};

/// The words for a role.
pub(crate) fn role(role: Role) -> Message {
    Message::new(match role {
        Role::Clerk => "cli.role.clerk",
        Role::Owner => "cli.role.owner",
        Role::Coordinator => "cli.role.coordinator",
        Role::Viewer => "cli.role.viewer",
    })
}

/// That the unit is not in force today, and what came after it; `None` for one that is.
pub(crate) fn not_in_force(plan: &Plan, id: &UnitId, today: NaiveDate) -> Option<Message> {
    let unit = plan.unit(id)?;
    if today < unit.valid.from {
        let message = Message::new("cli.unit.to_come").with("from", unit.valid.from);
        return Some(message.with("unit", &unit.name));
    }
    let ended = unit.valid.to.filter(|to| *to < today)?;
    let changes = plan.changes.iter().filter(|change| change.from == *id);
    let after: Vec<String> = changes
        .filter_map(|change| plan.unit(&change.to))
        .map(|unit| format!("{} ({})", unit.name.vi, unit.id))
        .collect();
    let message = if after.is_empty() {
        Message::new("cli.unit.ended")
    } else {
        Message::new("cli.unit.merged").with("after", after.join(", "))
    };
    Some(message.with("unit", &unit.name).with("to", ended))
}
