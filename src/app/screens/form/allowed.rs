//! What may stand in a cell: a figure of its kind, a reason why there is none, what was reported
//! before.

use super::FormScreen;
use super::writing::After;
use crate::app::forms::FormView;
use crate::app::input::command::Command;
use crate::app::overlays::picker::{Item, Picker};
use crate::app::overlays::{Allowed, AllowedTitle, Overlay};
use crate::app::state::{State, Tone};
use crate::base::{Label, Message};
use crate::ledger::{Content, Origin, typed};
use crate::plan::{Field, FieldId, FieldType, Period, RuleKind};
use crate::service::forms::periods_beside;

/// The list for F7 (why there is no figure) or F9 (everything that may stand here).
pub(super) fn list(screen: &FormScreen, state: &State, command: Command) -> Option<Overlay> {
    let view = screen.view(state)?;
    let field = screen.field(view, &state.plan)?;
    let mut items = Vec::new();
    let title = if command == Command::AllowedValues {
        items.push(typing(state, view, field));
        AllowedTitle::Everything
    } else {
        AllowedTitle::Emptiness
    };
    items.extend([
        state_item(state, Content::NoneOccurred, "empty.none"),
        state_item(state, Content::Unavailable, "empty.unavailable"),
        state_item(state, Content::NotApplicable, "empty.not_applicable"),
        state_item(state, Content::Blank, "empty.blank"),
    ]);
    if title == AllowedTitle::Everything {
        items.extend(reported(state, view, &field.id));
    } else {
        items.extend(rest_of_part(screen, state, view));
    }
    Some(Overlay::Allowed(title, Picker::new(items)))
}

/// "Cả phần này không phát sinh", for the cells of the part under the cursor that are still blank.
fn rest_of_part(screen: &FormScreen, state: &State, form: &FormView) -> Option<Item<Allowed>> {
    let part = form.layout.part_of(screen.cursor);
    let cells = form.layout.cells.get(part)?;
    let blank = |id: &&FieldId| {
        let number = state.plan.field(id).is_some_and(|f| f.kind.is_numeric());
        number && form.content(id) == Content::Blank
    };
    let blanks: Vec<FieldId> = cells.iter().filter(blank).cloned().collect();
    if blanks.is_empty() {
        return None;
    }
    let said = Message::new("empty.rest").with("count", blanks.len());
    Some(Item {
        value: Allowed::NoneInAll(blanks),
        label: Label::same(&state.words.sentence(&said)),
        detail: String::new(),
        also: String::new(),
    })
}

fn state_item(state: &State, content: Content, key: &str) -> Item<Allowed> {
    Item {
        value: Allowed::Content(content, Origin::Typed),
        label: state.label(key),
        detail: String::new(),
        also: String::new(),
    }
}

/// "Số nguyên (người)", and from where to where the plan's checks find it usual.
fn typing(state: &State, form: &FormView, field: &Field) -> Item<Allowed> {
    let kind = match field.kind {
        FieldType::Count => state.label("allowed.count"),
        FieldType::Decimal(_) => state.label("allowed.decimal"),
        FieldType::Text => state.label("allowed.text"),
    };
    let unit = field.unit.get(state.lang);
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
        detail: usual(state, form, &field.id),
        also: String::new(),
    }
}

/// "20–60": the range of the plan's check of this field in this kind of period.
fn usual(state: &State, form: &FormView, wanted: &FieldId) -> String {
    let kind = state
        .plan
        .period(&form.key.period)
        .map(|period| period.kind);
    let range = state.plan.rules.iter().find_map(|rule| {
        let here = rule.periods.is_empty() || kind.is_some_and(|k| rule.periods.contains(&k));
        match &rule.kind {
            RuleKind::FieldRange { field, min, max } if here && field == wanted => {
                Some((*min, *max))
            }
            _ => None,
        }
    });
    let show = crate::base::Decimal::display;
    let range = match range {
        Some((Some(min), Some(max))) => format!("{}–{}", show(min), show(max)),
        Some((Some(min), None)) => format!("≥ {}", show(min)),
        Some((None, Some(max))) => format!("≤ {}", show(max)),
        _ => return String::new(),
    };
    format!("{} {range}", state.label("allowed.usual").get(state.lang))
}

/// The figures of the two periods beside the form, to be copied.
fn reported<'a>(
    state: &'a State,
    form: &'a FormView,
    field: &'a FieldId,
) -> impl Iterator<Item = Item<Allowed>> + 'a {
    before(state, form, field).map(|(period, content)| {
        let text = typed::show(&content);
        let copy = state.label("allowed.copy");
        Item {
            value: Allowed::Content(content, Origin::Copied),
            label: Label {
                vi: format!("{} {text}", copy.vi),
                en: format!("{} {text}", copy.en),
            },
            detail: state.period_label(period).get(state.lang).to_owned(),
            also: String::new(),
        }
    })
}

fn before<'a>(
    state: &'a State,
    form: &'a FormView,
    field: &'a FieldId,
) -> impl Iterator<Item = (&'a Period, Content)> + 'a {
    let period = state.plan.period(&form.key.period);
    let compared = period.map(|period| periods_beside(&state.plan, period));
    compared
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(move |past| {
            let content = form.past.forms.get(&past.id)?.content(field);
            content.is_filled().then_some((past, content))
        })
}

impl FormScreen {
    /// Copies the figure of the period before, marked as copied.
    pub(super) fn copy_previous(&mut self, state: &mut State) {
        let source = self.view(state).and_then(|view| {
            let field = self.field_id(view)?;
            let (period, content) = before(state, view, field).next()?;
            Some((period.name_inside(), content))
        });
        let Some((period, content)) = source else {
            state.say(Tone::Warning, Message::new("form.nothing_to_copy"));
            return;
        };
        self.put(state, content, Origin::Copied, After::Next);
        if state.overlay.is_none() {
            let said = Message::new("form.copied").with("period", period);
            state.say(Tone::Info, said);
        }
    }
}
