//! The lines below the form: what there is to say about the cell under the cursor, and about the
//! one just left.

use ratatui::style::Style;

use super::drawing::FormDrawing;
use crate::base::Message;
use crate::check::Finding;
use crate::ledger::typed;
use crate::ledger::{CellId, Content};
use crate::plan::Field;
use crate::ui::canvas::Canvas;
use crate::ui::chrome;
use crate::ui::{finding, numerals, width, words};

impl FormDrawing<'_> {
    /// Draws the lines below the form. The cell under the cursor comes first; what there is to say about
    /// the cell just left stays readable below it, under its name.
    pub(super) fn messages(&self, canvas: &mut Canvas<'_>) {
        let (ui, app) = (self.ui, self.app);
        let room = (chrome::MESSAGES - chrome::notice(ui, app, canvas)).saturating_sub(1);
        let Some(field) = self.form.field(self.view, &app.state.plan) else {
            return;
        };
        let mut lines = self.lines_about(field);
        lines.extend(self.lines_about_left(field).map(MessageLine::WithCell));
        let columns = canvas.width().saturating_sub(2);
        let nothing_wrong = lines.is_empty();
        if nothing_wrong && !field.note.is_empty() {
            // One line of it; the help page has all.
            let note = width::fit(field.note.get(app.state.lang), columns);
            lines.push(MessageLine::Text(note, ui.theme.text()));
        }
        // What is wrong needs the room more than what is measured.
        let whole = self.wrapped(lines, field, columns, room + usize::from(!nothing_wrong));
        let first = usize::from(whole.len() <= room);
        if first == 1 {
            chrome::message(canvas, 0, &self.about(field), ui.theme.text());
        }
        for (at, (text, style)) in whole.into_iter().enumerate() {
            chrome::message(canvas, first + at, &text, style);
        }
    }

    /// The open findings of the cell just left that are not said of the present one.
    fn lines_about_left(&self, here: &Field) -> impl Iterator<Item = &Finding> {
        let left = self.form.left.as_ref().filter(|left| **left != here.id);
        left.into_iter()
            .flat_map(|left| self.view.findings_about(left))
            .filter(|finding| finding.overridden.is_none() && finding.cell.field != here.id)
    }

    /// What the row of a cell does not say: the full label where it was shortened, the unit of measurement.
    fn about(&self, field: &Field) -> String {
        let (label, unit) = (
            field.label.get(self.app.state.lang),
            field.unit.get(self.app.state.lang),
        );
        let whole = label == field.short.get(self.app.state.lang);
        match (whole, unit.is_empty()) {
            (true, true) => String::new(),
            (true, false) => self.measured_in(unit),
            (false, true) => label.to_owned(),
            (false, false) => format!("{label} · {}", self.measured_in(unit)),
        }
    }

    /// The unit of measurement: "đơn vị tính: người".
    fn measured_in(&self, unit: &str) -> String {
        let said = Message::new("form.measured_in").with("unit", unit);
        self.ui.texts.say(&said)
    }

    /// The sentences about a cell: what is typed, a conflict, a late figure, findings, the note.
    fn lines_about<'s>(&'s self, field: &'s Field) -> Vec<MessageLine<'s>> {
        let theme = self.ui.theme;
        let mut lines = Vec::new();
        if let Some(live) = self.live {
            if let Some(problem) = &live.reading.problem {
                lines.push(MessageLine::Text(
                    format!("✖ {}", self.ui.say(self.app, &problem.message(&live.typed))),
                    theme.hard(),
                ));
            } else if let (true, Content::Value(value)) = (live.reading.echo, &live.reading.content)
            {
                let echo = numerals::echo(&live.typed, *value, self.app.state.lang);
                lines.push(MessageLine::Text(
                    self.ui.say(self.app, &echo),
                    theme.text(),
                ));
            }
        }
        if let Some(heads) = self
            .view
            .base
            .cells
            .get(&CellId::figure(&field.id))
            .filter(|h| h.in_conflict())
        {
            lines.push(MessageLine::Text(self.conflict(heads), theme.hard()));
        }
        let late = self.view.base.late();
        if let Some(late) = late.iter().find(|late| late.cell.field == field.id) {
            let show = |content: &Content| words::content(self.ui, content);
            let said = Message::new("sync_page.late_cell")
                .with("old", show(&late.old))
                .with("new", show(&late.new));
            lines.push(MessageLine::Text(
                self.ui.say(self.app, &said),
                theme.hard(),
            ));
        }
        let findings: Vec<&Finding> = match self.live {
            Some(live) => live.findings.iter().collect(),
            None => self.view.findings_about(&field.id).collect(),
        };
        // The reading's own words and the sides of the conflict were said above.
        let said = !lines.is_empty();
        for finding in findings {
            if said && matches!(finding.rule.as_str(), "invalid" | "conflict") {
                continue;
            }
            lines.push(MessageLine::BesideCell(finding));
        }
        let note = self.view.shown.note(&field.id);
        if !note.is_empty() {
            let said = Message::new("form.note").with("note", note);
            lines.push(MessageLine::Text(
                self.ui.say(self.app, &said),
                theme.text(),
            ));
        }
        lines
    }

    /// The figures of a conflict and who entered them.
    fn conflict(&self, heads: &crate::ledger::Heads) -> String {
        let sides: Vec<String> = heads
            .all()
            .iter()
            .filter_map(|head| {
                let content = head.body.content()?;
                Some(format!(
                    "{} ({})",
                    typed::show(content),
                    words::person_name(self.app, (&head.entry.author, &head.actor))
                ))
            })
            .collect();
        let said = Message::new("form.conflict").with("sides", sides.join(" / "));
        format!("⚑ {}", self.ui.say(self.app, &said))
    }

    /// Wraps sentences into so many lines: each takes what it needs while there is room; what
    /// finds none is counted behind the last one.
    fn wrapped(
        &self,
        lines: Vec<MessageLine<'_>>,
        here: &Field,
        columns: usize,
        room: usize,
    ) -> Vec<(String, Style)> {
        let mut out: Vec<(String, Style)> = Vec::new();
        let mut unsaid = 0;
        for line in lines {
            let free = room - out.len();
            if free == 0 {
                unsaid += 1;
                continue;
            }
            let (text, style) = match line {
                MessageLine::Text(text, style) => (text, style),
                MessageLine::BesideCell(finding) => {
                    finding::beside_cell(self.ui, self.app, finding, here)
                }
                MessageLine::WithCell(finding) => finding::with_cell(self.ui, self.app, finding),
            };
            let wrapped = width::wrap(&text, columns, free);
            out.extend(wrapped.into_iter().map(|line| (line, style)));
        }
        if let Some((last, _)) = out.last_mut().filter(|_| unsaid > 0) {
            let tail = format!(" (+{unsaid})");
            let kept = width::fit(last, columns.saturating_sub(width::width(&tail)));
            *last = format!("{kept}{tail}");
        }
        out
    }
}

/// A sentence below the form; a finding is worded only where there is room for it.
enum MessageLine<'a> {
    Text(String, Style),
    /// Beside its cell.
    BesideCell(&'a Finding),
    /// Away from it.
    WithCell(&'a Finding),
}
