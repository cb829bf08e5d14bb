//! One cell's line: label, value, sign, what was reported before.

use ratatui::style::Style;

use super::columns::{CHANGE, PAST, VALUE};
use super::drawing::FormDrawing;
use crate::app::forms::SaveState;
use crate::base::{Decimal, Ratio};
use crate::check::Finding;
use crate::ledger::typed;
use crate::ledger::{CellId, Content, Origin};
use crate::plan::{Field, FieldId, Period, Severity};
use crate::ui::canvas::Canvas;
use crate::ui::width;

impl FormDrawing<'_> {
    /// Draws one cell's line; returns the caret's column when it is being typed into.
    pub(super) fn cell(&self, canvas: &mut Canvas<'_>, y: usize, place: usize) -> Option<usize> {
        let id = self.view.layout.cells.get(place)?;
        let field = self.app.state.plan.field(id)?;
        let theme = self.ui.theme;
        let here = place == self.form.cursor;
        if here {
            canvas.put(1, y, 1, "▸", theme.title());
        }
        // One name per field, the same as in findings and lists; the line below has the whole one.
        let label = field.short.get(self.app.state.lang);
        let text = width::fit_middle(label, self.columns.label);
        let start = self.columns.label_start;
        canvas.put_right(start - 1, y, start, &(place + 1).to_string(), theme.text());
        canvas.put(start, y, self.columns.label, &text, theme.text());
        let caret = self.value(canvas, y, field, here);
        if field.kind.is_numeric() {
            self.sign(canvas, y, field, here);
            self.past(canvas, y, field, here);
        }
        caret
    }

    /// Draws the value, or what is typed; returns the caret's column.
    fn value(&self, canvas: &mut Canvas<'_>, y: usize, field: &Field, here: bool) -> Option<usize> {
        let (theme, end) = (self.ui.theme, self.columns.value_end);
        if here && let Some(line) = &self.form.edit {
            let room = VALUE - 3;
            let shown = line.window(room);
            let start = end - room - 1;
            canvas.put(start - 1, y, 1, "[", theme.title());
            canvas.put(
                start,
                y,
                room,
                &width::left(&shown.text, room),
                theme.cursor(),
            );
            canvas.put(end - 1, y, 1, "]", theme.title());
            return Some(start + shown.caret.min(room - 1));
        }
        if here {
            canvas.select(end - (VALUE - 1), y);
        }
        let content = self.view.content(&field.id);
        let text = match &content {
            Content::Blank => "·".to_owned(),
            other => typed::show(other),
        };
        let room = VALUE - 1;
        if !field.kind.is_numeric() {
            // Words have no past beside them: they take the rest of the line.
            let start = end - room;
            let room = canvas.width().saturating_sub(start + 1);
            let style = if here { theme.cursor() } else { theme.text() };
            canvas.put(start, y, room, &text, style);
            return None;
        }
        if here {
            canvas.put(
                end - room,
                y,
                room,
                &width::right(&text, room),
                theme.cursor(),
            );
        } else {
            canvas.put_right(end, y, room, &text, theme.text());
        }
        None
    }

    /// Draws the one sign behind a value: the worst thing to know about it.
    fn sign(&self, canvas: &mut Canvas<'_>, y: usize, field: &Field, here: bool) {
        let (sign, style) = self.sign_of(field, here);
        if !sign.is_empty() {
            canvas.put(self.columns.value_end, y, 1, sign, style);
        }
    }

    fn sign_of(&self, field: &Field, here: bool) -> (&'static str, Style) {
        let theme = self.ui.theme;
        // Whether it is on the disk comes before what there is to say of it: a cell that shows
        // anything else has been answered for.
        match self.save_state(&field.id) {
            Some(SaveState::Waiting) => return ("…", theme.text()),
            Some(SaveState::Unsaved) => return ("?", theme.hard()),
            Some(SaveState::OnDisk) | None => {}
        }
        let findings: Vec<&Finding> = match self.live {
            Some(live) if here => live.findings.iter().collect(),
            _ => self.view.findings_at(&field.id).collect(),
        };
        let heads = self.view.base.cells.get(&CellId::figure(&field.id));
        if heads.is_some_and(crate::ledger::Heads::in_conflict) {
            return ("⚑", theme.hard());
        }
        if findings.iter().any(|f| f.severity == Severity::Hard) {
            return ("✖", theme.hard());
        }
        if findings.iter().any(|f| f.overridden.is_none()) {
            return ("!", theme.soft());
        }
        if !self.view.shown.note(&field.id).is_empty() {
            return ("*", theme.text());
        }
        let copied = heads
            .and_then(crate::ledger::Heads::shown)
            .is_some_and(|head| head.origin == Origin::Copied);
        if copied {
            return ("=", theme.text());
        }
        if findings.is_empty() {
            ("", theme.text())
        } else {
            ("✓", theme.text())
        }
    }

    /// Draws the figures of earlier periods, and the change since the year before.
    fn past(&self, canvas: &mut Canvas<'_>, y: usize, field: &Field, here: bool) {
        let plain = self.ui.theme.text();
        let [before, earlier] = self.compared;
        if let Some(end) = self.columns.before_end {
            let text = self.past_text(before, field);
            canvas.put_right(end, y, PAST, &text, plain);
        }
        let text = self.past_text(earlier, field);
        canvas.put_right(self.columns.earlier_end, y, PAST, &text, plain);
        let Some(end) = self.columns.change_end else {
            return;
        };
        let now = match self.live {
            Some(live) if here => live.reading.content.figure(),
            _ => self.view.content(&field.id).figure(),
        };
        let then = earlier.and_then(|p| self.past_content(p, &field.id)?.figure());
        if let (Some(now), Some(then)) = (now, then) {
            canvas.put_right(end, y, CHANGE, &Self::change(now, then), plain);
        }
    }

    fn past_content(&self, period: &Period, field: &FieldId) -> Option<Content> {
        self.view
            .past
            .forms
            .get(&period.id)
            .map(|form| form.content(field))
    }

    fn past_text(&self, period: Option<&Period>, field: &Field) -> String {
        let Some(period) = period else {
            return String::new();
        };
        if !field.periods.contains(&period.kind) {
            return String::new();
        }
        match self.past_content(period, &field.id) {
            None | Some(Content::Blank) => "·".to_owned(),
            Some(content) => typed::show(&content),
        }
    }

    /// The change in per cent: "+0,5", "-12,0"; from tenfold on "x10,5".
    fn change(now: Decimal, then: Decimal) -> String {
        let Some(difference) = now.checked_add(then.checked_mul(-1).unwrap_or(Decimal::ZERO))
        else {
            return String::new();
        };
        let show = |ratio: Ratio| ratio.display(1);
        match (Ratio::new(now, then, 1), Ratio::new(difference, then, 100)) {
            (Some(times), _) if times.cmp_decimal(Decimal::whole(10)).is_ge() => {
                format!("x{}", show(times))
            }
            (_, Some(percent)) => {
                let sign = if difference > Decimal::ZERO { "+" } else { "" };
                format!("{sign}{}", show(percent))
            }
            _ => String::new(),
        }
    }
}
