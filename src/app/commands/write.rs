//! Turning what a person did into changes: typed cells, states, notes, confirmations, handing in.

use super::super::line::Line;
use super::super::msg::Effect;
use super::super::picker::{Item, Picker};
use super::super::prompt::{Prompt, Purpose};
use super::super::state::{App, Overlay, ReasonChoice, Tone};
use crate::base::Message;
use crate::check::Finding;
use crate::ledger::{Body, CellKey, Content, FormKey, FormStatus, Origin, Subject, typed};
use crate::plan::{FieldId, RuleId, Severity};
use crate::service::edit::{self, Typed};
use crate::store::{Change, Seen};

/// True when the person may write into the form on top; otherwise says why not.
pub(super) fn may_change(app: &mut App) -> bool {
    let Some(form) = app.form() else {
        return false;
    };
    let reader = app.right(&form.key).is_none();
    let locked = form.status == FormStatus::Locked;
    if !reader && !locked {
        return true;
    }
    let message = if reader {
        let unit = app.plan.unit(&form.key.unit);
        let unit = unit.map(|unit| unit.name.clone()).unwrap_or_default();
        Message::new("form.only_reading").with("unit", &unit)
    } else {
        Message::new("trouble.locked")
    };
    app.say(Tone::Warning, message);
    false
}

/// Commits the cell being typed into, if any. In a conflict it first asks for the reason.
pub(super) fn commit_typed(app: &mut App) -> Option<Vec<Effect>> {
    let form = app.form_mut()?;
    let Some((field, text)) = form.take_typed() else {
        return Some(Vec::new());
    };
    form.discarded = None;
    form.left = Some(field.clone());
    Some(put_text(app, &field, &text, Origin::Typed))
}

/// Puts a content into the cell under the cursor and moves on.
pub(super) fn put(app: &mut App, content: &Content, origin: Origin) -> Vec<Effect> {
    let Some(form) = app.form_mut() else {
        return Vec::new();
    };
    form.edit = None;
    form.look_at_cell();
    let Some(field) = form.page.cells.get(form.cursor).cloned() else {
        return Vec::new();
    };
    form.left = Some(field.clone());
    let text = typed::typed_form(content);
    let effects = put_content(app, &field, content.clone(), &text, origin);
    if app.overlay.is_none()
        && let Some(form) = app.form_mut()
    {
        form.step(1);
    }
    effects
}

/// Writes typed text into a field of the form on top.
pub(super) fn put_text(app: &mut App, field: &FieldId, text: &str, origin: Origin) -> Vec<Effect> {
    let Some(kind) = app.plan.field(field).map(|f| f.kind) else {
        return Vec::new();
    };
    let content = typed::read(text, kind).content;
    put_content(app, field, content, text, origin)
}

fn put_content(
    app: &mut App,
    field: &FieldId,
    content: Content,
    text: &str,
    origin: Origin,
) -> Vec<Effect> {
    let plan = app.plan.clone();
    let Some(form) = app.form_mut() else {
        return Vec::new();
    };
    let cell = form.key.cell(field.clone());
    if form
        .base
        .cells
        .get(&cell.id)
        .is_some_and(crate::ledger::Heads::in_conflict)
    {
        let title = Message::new("prompt.resolve").with("value", text);
        let purpose = Purpose::Resolve {
            cell,
            typed: text.to_owned(),
        };
        let line = Line::new(typed::TEXT_LIMIT);
        app.overlay = Some(Overlay::Prompt(Prompt {
            purpose,
            title,
            line,
        }));
        return Vec::new();
    }
    if form.content(field) == content {
        return Vec::new();
    }
    let mut change = edit::set_cell(&form.base, &cell, content, Typed::OnScreen);
    if let Some(seen) = form.seen_when_begun(field) {
        change.seen = Seen::Heads(seen);
    }
    let ticket = app.ticket();
    if let Some(form) = app.form_mut() {
        form.write(&plan, ticket, origin, vec![change]);
    }
    Vec::new()
}

/// Asks why a soft finding is all right: a list of the plan's reasons, or one's own words.
pub(super) fn ask_reason(app: &mut App, key: &FormKey, finding: &Finding) -> Vec<Effect> {
    if finding.severity == Severity::Hard {
        app.say(Tone::Warning, Message::new("form.hard_not_confirmed"));
        return Vec::new();
    }
    let cell = key.cell(finding.cell.field.clone());
    let mut items: Vec<Item<ReasonChoice>> = app
        .plan
        .reasons
        .iter()
        .map(|reason| Item {
            value: ReasonChoice::Listed(reason.id.clone()),
            label: reason.label.clone(),
            detail: String::new(),
        })
        .collect();
    items.push(Item {
        value: ReasonChoice::Words,
        label: app.label("reason.words"),
        detail: String::new(),
    });
    app.overlay = Some(Overlay::Reasons {
        cell,
        rule: finding.rule.clone(),
        judged: finding.judged.clone(),
        said: finding.message.clone(),
        picker: Picker::new(items),
    });
    Vec::new()
}

/// Confirms a soft finding for exactly the values judged.
pub(super) fn confirm(
    app: &mut App,
    cell: CellKey,
    rule: RuleId,
    judged: String,
    (reason, words): (String, String),
) -> Vec<Effect> {
    let seen = app
        .form()
        .and_then(|form| form.base.confirms.get(&(cell.id.clone(), rule.clone())))
        .map(crate::ledger::Heads::references)
        .unwrap_or_default();
    let change = Change {
        subject: Subject::Confirm(cell, rule),
        body: Body::Confirm {
            judged,
            reason,
            words,
        },
        reason: String::new(),
        seen: Seen::Heads(seen),
    };
    write(app, vec![change])
}

/// Writes the text of a closed text box.
pub(super) fn prompted(app: &mut App, prompt: &Prompt) -> Vec<Effect> {
    let text = crate::base::text::clean(&prompt.line.text(), typed::TEXT_LIMIT);
    match &prompt.purpose {
        Purpose::Note(cell) => {
            let before = app
                .form()
                .map(|form| form.form.note(&cell.id.field).to_owned());
            if before.as_deref() == Some(text.as_str()) {
                return Vec::new();
            }
            let seen = app
                .form()
                .and_then(|form| form.base.notes.get(&cell.id))
                .map(crate::ledger::Heads::references)
                .unwrap_or_default();
            let change = Change {
                subject: Subject::Note(cell.clone()),
                body: Body::Note(text),
                reason: String::new(),
                seen: Seen::Heads(seen),
            };
            write(app, vec![change])
        }
        Purpose::Words(cell) => {
            let effects = put_text(app, &cell.id.field.clone(), &text, Origin::Typed);
            if app.overlay.is_none()
                && let Some(form) = app.form_mut()
            {
                form.step(1);
            }
            effects
        }
        Purpose::Reason { cell, rule, judged } => {
            if text.is_empty() {
                app.say(Tone::Warning, Message::new("prompt.reason_needed"));
                return Vec::new();
            }
            let reason = (String::new(), text);
            confirm(app, cell.clone(), rule.clone(), judged.clone(), reason)
        }
        Purpose::Resolve { cell, typed } => {
            if text.is_empty() {
                app.say(Tone::Warning, Message::new("prompt.reason_needed"));
                return Vec::new();
            }
            resolve(app, cell, typed, text)
        }
        other => super::asking::prompted(app, other, text),
    }
}

fn resolve(app: &mut App, cell: &CellKey, typed: &str, reason: String) -> Vec<Effect> {
    let Some(kind) = app.plan.field(&cell.id.field).map(|f| f.kind) else {
        return Vec::new();
    };
    let content = typed::read(typed, kind).content;
    let Some(form) = app.form() else {
        return Vec::new();
    };
    let seen = form
        .base
        .cells
        .get(&cell.id)
        .map(crate::ledger::Heads::references);
    let change = Change {
        subject: Subject::Cell(cell.clone()),
        body: Body::Resolve(content),
        reason,
        seen: Seen::Heads(seen.unwrap_or_default()),
    };
    let effects = write(app, vec![change]);
    if let Some(form) = app.form_mut() {
        form.step(1);
    }
    effects
}

/// Hands the form in as the summary showed it.
pub(super) fn submit(app: &mut App, summary: &crate::service::workflow::Summary) -> Vec<Effect> {
    if !may_change(app) {
        return Vec::new();
    }
    let Some(form) = app.form() else {
        return Vec::new();
    };
    if form.is_waiting() {
        app.say(Tone::Warning, Message::new("form.still_saving"));
        return Vec::new();
    }
    let change = form.submission(&app.plan, summary);
    write(app, vec![change])
}

fn write(app: &mut App, changes: Vec<Change>) -> Vec<Effect> {
    let plan = app.plan.clone();
    let ticket = app.ticket();
    if let Some(form) = app.form_mut() {
        form.write(&plan, ticket, Origin::Typed, changes);
    }
    Vec::new()
}
