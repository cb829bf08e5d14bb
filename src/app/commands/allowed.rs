//! What may stand in a cell: a figure of its kind, a reason why there is none, what was reported
//! before.

use super::super::command::Command;
use super::super::form::FormState;
use super::super::msg::Effect;
use super::super::picker::{Item, Picker};
use super::super::state::{Allowed, AllowedTitle, App, Overlay, Tone};
use super::write;
use crate::base::{Label, Message};
use crate::ledger::{Content, Origin, typed};
use crate::plan::{Field, FieldId, FieldType, PeriodId, RuleKind};
use crate::service::forms;

/// The list for F7 (why there is no figure) or F9 (everything that may stand here).
pub(super) fn list(app: &App, command: Command) -> Option<Overlay> {
    let form = app.form()?;
    let field = form.field(&app.plan)?;
    let mut items = Vec::new();
    let title = if command == Command::AllowedValues {
        items.push(typing(app, form, field));
        AllowedTitle::Everything
    } else {
        AllowedTitle::Emptiness
    };
    items.extend([
        state(app, Content::NoneOccurred, "empty.none"),
        state(app, Content::Unavailable, "empty.unavailable"),
        state(app, Content::NotApplicable, "empty.not_applicable"),
        state(app, Content::Blank, "empty.blank"),
    ]);
    if title == AllowedTitle::Everything {
        items.extend(reported(app, form, &field.id));
    }
    Some(Overlay::Allowed(title, Picker::new(items)))
}

fn state(app: &App, content: Content, key: &str) -> Item<Allowed> {
    Item {
        value: Allowed::Content(content, Origin::Typed),
        label: app.label(key),
        detail: String::new(),
    }
}

/// "Số nguyên (người)", and from where to where the plan's checks find it usual.
fn typing(app: &App, form: &FormState, field: &Field) -> Item<Allowed> {
    let kind = match field.kind {
        FieldType::Count => app.label("allowed.count"),
        FieldType::Decimal(_) => app.label("allowed.decimal"),
        FieldType::Text => app.label("allowed.text"),
    };
    let unit = field.unit.get(app.lang);
    let named = |kind: &str| {
        if unit.is_empty() {
            kind.to_owned()
        } else {
            format!("{kind} ({unit})")
        }
    };
    Item {
        value: Allowed::Typing,
        label: Label {
            vi: named(&kind.vi),
            en: named(&kind.en),
        },
        detail: usual(app, form, &field.id),
    }
}

/// "20–60": the range of the plan's check of this field in this kind of period.
fn usual(app: &App, form: &FormState, wanted: &FieldId) -> String {
    let kind = app.plan.period(&form.key.period).map(|period| period.kind);
    let range = app.plan.rules.iter().find_map(|rule| {
        let here = rule.periods.is_empty() || kind.is_some_and(|k| rule.periods.contains(&k));
        match &rule.kind {
            RuleKind::FieldRange { field, min, max } if here && field == wanted => {
                Some((*min, *max))
            }
            _ => None,
        }
    });
    let show = |value: crate::base::Decimal| match app.lang {
        crate::base::Lang::Vi => value.display_vi(),
        crate::base::Lang::En => value.display_en(),
    };
    let range = match range {
        Some((Some(min), Some(max))) => format!("{}–{}", show(min), show(max)),
        Some((Some(min), None)) => format!("≥ {}", show(min)),
        Some((None, Some(max))) => format!("≤ {}", show(max)),
        _ => return String::new(),
    };
    format!("{} {range}", app.label("allowed.usual").get(app.lang))
}

/// The figures of the two periods beside the form, to be copied.
fn reported<'a>(
    app: &'a App,
    form: &'a FormState,
    field: &'a FieldId,
) -> impl Iterator<Item = Item<Allowed>> + 'a {
    before(app, form, field).map(|(period, content)| {
        let text = typed::show(&content, app.lang);
        let copy = app.label("allowed.copy");
        Item {
            value: Allowed::Content(content, Origin::Copied),
            label: Label {
                vi: format!("{} {text}", copy.vi),
                en: format!("{} {text}", copy.en),
            },
            detail: period.as_str().to_owned(),
        }
    })
}

fn before<'a>(
    app: &'a App,
    form: &'a FormState,
    field: &'a FieldId,
) -> impl Iterator<Item = (PeriodId, Content)> + 'a {
    let period = app.plan.period(&form.key.period);
    let compared = period.map(|period| forms::periods_beside(&app.plan, period));
    compared
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(move |past| {
            let content = form.past.forms.get(&past.id)?.content(field);
            content.is_filled().then(|| (past.id.clone(), content))
        })
}

/// Ctrl+D: the figure of the period before, marked as copied.
pub(super) fn copy_previous(app: &mut App) -> Vec<Effect> {
    let source = app.form().and_then(|form| {
        let field = form.page.cells.get(form.cursor)?;
        before(app, form, field).next()
    });
    if let Some((period, content)) = source {
        let effects = write::put(app, &content, Origin::Copied);
        let said = Message::new("form.copied").with("period", period.as_str());
        app.say(Tone::Info, said);
        effects
    } else {
        app.say(Tone::Warning, Message::new("form.nothing_to_copy"));
        Vec::new()
    }
}
