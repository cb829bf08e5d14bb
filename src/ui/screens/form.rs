//! The form walk: what is typed now, what was reported before, what it adds up to.

use ratatui::style::Style;

use crate::app::command::Command;
use crate::app::form::{FormState, Live, Place, SaveState};
use crate::app::overview;
use crate::app::rows::{Row, Section};
use crate::app::state::App;
use crate::base::{Decimal, Message, Ratio};
use crate::check::Finding;
use crate::figures::{self, Figure, Verdict};
use crate::ledger::typed;
use crate::ledger::{Content, Origin};
use crate::plan::{Field, FieldId, Measure, MeasureId, Period, Severity};
use crate::ui::canvas::Canvas;
use crate::ui::chrome::{self, ABOVE};
use crate::ui::view::Ui;
use crate::ui::{width, words};

/// Columns of the page for one width.
#[derive(Clone, Copy, Debug)]
struct Columns {
    label: usize,
    value_end: usize,
    before_end: Option<usize>,
    earlier_end: usize,
    change_end: Option<usize>,
}

const VALUE: usize = 12;
const PAST: usize = 10;
const CHANGE: usize = 7;
const MARGIN: usize = 3;
const SIGN: usize = 2;

impl Columns {
    /// The label takes what the figures leave; below 76 columns the period before goes first.
    fn of(width: usize) -> Self {
        let roomy = width >= 76;
        let past = if roomy { 2 * PAST + CHANGE } else { PAST };
        let label = width.saturating_sub(MARGIN + SIGN + VALUE + past + 1);
        let value_end = MARGIN + label + VALUE;
        let start = value_end + SIGN;
        if roomy {
            Self {
                label,
                value_end,
                before_end: Some(start + PAST),
                earlier_end: start + 2 * PAST,
                change_end: Some(start + 2 * PAST + CHANGE),
            }
        } else {
            Self {
                label,
                value_end,
                before_end: None,
                earlier_end: start + PAST,
                change_end: None,
            }
        }
    }
}

/// What one drawing of the form needs everywhere.
struct Drawing<'a> {
    ui: &'a Ui,
    app: &'a App,
    form: &'a FormState,
    place: Place<'a>,
    columns: Columns,
    compared: [Option<&'a Period>; 2],
    live: Option<&'a Live>,
}

/// Draws the form; returns where the caret stands while a cell is typed into.
pub fn draw(
    ui: &Ui,
    app: &App,
    form: &FormState,
    canvas: &mut Canvas<'_>,
) -> Option<(usize, usize)> {
    let place = Place::of(&app.plan, &form.key)?;
    let drawing = Drawing {
        ui,
        app,
        form,
        place,
        columns: Columns::of(canvas.width()),
        compared: overview::compared(&app.plan, place.period),
        live: form.live.as_ref(),
    };
    drawing.head(canvas);
    let caret = drawing.body(canvas);
    drawing.messages(canvas);
    chrome::foot(ui, app, canvas, hints(form));
    drawing.saved(canvas);
    caret
}

/// The same keys while a cell is typed into and while not, as far as they work in both: a line that
/// stands still costs nothing and is found where it was.
fn hints(form: &FormState) -> &'static [Command] {
    let open_question = form.edit.is_none()
        && form.page.cells.get(form.cursor).is_some_and(|id| {
            form.findings_at(id)
                .any(|f| f.severity == Severity::Soft && f.overridden.is_none())
        });
    if open_question {
        &[
            Command::CellEdit,
            Command::CellNext,
            Command::MarkEmpty,
            Command::ProblemNext,
            Command::FormFinish,
            Command::HelpOpen,
        ]
    } else {
        &[
            Command::CellNext,
            Command::MarkEmpty,
            Command::ProblemNext,
            Command::FormFinish,
            Command::HelpOpen,
            Command::PaletteOpen,
            Command::NoteCell,
            Command::HistoryCell,
            Command::GoTo,
        ]
    }
}

impl Drawing<'_> {
    fn head(&self, canvas: &mut Canvas<'_>) {
        let ui = self.ui;
        let status = chrome::status_word(ui, self.form.status);
        let mut left = format!(
            "{} · {} · {status}",
            self.place.unit.name.get(self.app.lang),
            chrome::period_name(ui, self.place.period),
        );
        if let Some(other) = self.form.others.first() {
            left.push_str(" · ");
            let also = Message::new("form.also_open").with("who", other.actor.as_str());
            left.push_str(&ui.texts.say(&also));
        }
        let (filled, expected) = self.form.filled;
        let deadline = chrome::deadline(ui, self.app, self.place.period);
        chrome::title(
            ui,
            canvas,
            &left,
            &format!("{filled}/{expected}   {deadline}"),
        );
        self.column_heads(canvas);
    }

    /// The heads stand in the rule, so they stay while the page scrolls.
    fn column_heads(&self, canvas: &mut Canvas<'_>) {
        let quiet = self.ui.theme.quiet();
        let mut head = |end: usize, text: &str| {
            canvas.put_right(end, 1, PAST + 1, &format!(" {text} "), quiet);
        };
        head(self.columns.value_end + 1, self.ui.t("form.this_period"));
        let [before, earlier] = self.compared;
        if let (Some(end), Some(period)) = (self.columns.before_end, before) {
            head(end + 1, &chrome::period_short(self.ui, period));
        }
        if let Some(period) = earlier {
            head(
                self.columns.earlier_end + 1,
                &chrome::period_short(self.ui, period),
            );
            if let Some(end) = self.columns.change_end {
                head(end, "±%");
            }
        }
    }

    fn body(&self, canvas: &mut Canvas<'_>) -> Option<(usize, usize)> {
        if self.form.page.cells.is_empty() {
            let text = self.ui.t("form.nothing_owed");
            canvas.put(
                MARGIN,
                ABOVE + 1,
                canvas.width(),
                text,
                self.ui.theme.text(),
            );
            return None;
        }
        let height = chrome::body_height(canvas.height());
        let mut caret = None;
        let rows = self.form.page.rows.iter().skip(self.form.top).take(height);
        for (offset, row) in rows.enumerate() {
            let y = ABOVE + offset;
            match row {
                Row::Heading(section) => self.heading(canvas, y, *section),
                Row::Cell(place) => {
                    if let Some(at) = self.cell(canvas, y, *place) {
                        caret = Some((at, y));
                    }
                }
                Row::Result(measure) => self.result(canvas, y, measure),
                Row::Gap => {}
            }
        }
        caret
    }

    fn heading(&self, canvas: &mut Canvas<'_>, y: usize, section: Section) {
        let number = match section {
            Section::Objective(number) => number,
            Section::Words(_) => {
                let text = self.ui.t("form.words");
                canvas.put(1, y, canvas.width() - 2, text, self.ui.theme.title());
                return;
            }
        };
        let Some(objective) = self.app.plan.objectives.iter().find(|o| o.number == number) else {
            return;
        };
        let name = objective.name.get(self.app.lang);
        let text = if number == 0 {
            name.to_owned()
        } else {
            let head = Message::new("form.objective").with("number", number.to_string());
            format!("{} · {name}", self.ui.texts.say(&head))
        };
        canvas.put(1, y, canvas.width() - 2, &text, self.ui.theme.title());
    }

    /// Draws one cell's line; returns the caret's column when it is being typed into.
    fn cell(&self, canvas: &mut Canvas<'_>, y: usize, place: usize) -> Option<usize> {
        let id = self.form.page.cells.get(place)?;
        let field = self.app.plan.field(id)?;
        let theme = self.ui.theme;
        let here = place == self.form.cursor;
        let wide = self.columns.label >= width::width(field.label.get(self.app.lang));
        let label = if wide { &field.label } else { &field.short };
        let text = width::fit_middle(label.get(self.app.lang), self.columns.label);
        if here {
            canvas.put(1, y, 1, "▸", theme.title());
        }
        canvas.put(MARGIN, y, self.columns.label, &text, theme.text());
        let caret = self.value(canvas, y, field, here);
        self.sign(canvas, y, field, here);
        if field.kind.is_numeric() {
            self.past(canvas, y, field, here);
        }
        caret
    }

    fn value(&self, canvas: &mut Canvas<'_>, y: usize, field: &Field, here: bool) -> Option<usize> {
        let (theme, end) = (self.ui.theme, self.columns.value_end);
        if here && let Some(line) = &self.form.edit {
            let room = VALUE - 2;
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
        let content = self.form.content(&field.id);
        let text = match &content {
            Content::Blank => "·".to_owned(),
            other => typed::show(other, self.app.lang),
        };
        let style = match &content {
            Content::Invalid(_) => theme.hard(),
            Content::Blank => theme.quiet(),
            _ => theme.text(),
        };
        let room = VALUE - 1;
        if here {
            canvas.put(
                end - room,
                y,
                room,
                &width::right(&text, room),
                theme.cursor(),
            );
        } else {
            canvas.put_right(end, y, room, &text, style);
        }
        None
    }

    /// The one sign behind a value: the worst thing to know about it.
    fn sign(&self, canvas: &mut Canvas<'_>, y: usize, field: &Field, here: bool) {
        let theme = self.ui.theme;
        let (sign, style) = self.sign_of(field, here);
        if !sign.is_empty() {
            canvas.put(self.columns.value_end, y, 1, sign, style);
        }
        let _ = theme;
    }

    fn sign_of(&self, field: &Field, here: bool) -> (&'static str, Style) {
        let theme = self.ui.theme;
        let findings: Vec<&Finding> = match self.live {
            Some(live) if here => live.findings.iter().collect(),
            _ => self.form.findings_at(&field.id).collect(),
        };
        let heads = self.form.base.cells.get(&field.id);
        if heads.is_some_and(crate::ledger::Heads::in_conflict) {
            return ("⚑", theme.hard());
        }
        if findings.iter().any(|f| f.severity == Severity::Hard) {
            return ("✖", theme.hard());
        }
        if findings.iter().any(|f| f.overridden.is_none()) {
            return ("!", theme.soft());
        }
        if self.form.saved.get(&field.id) == Some(&SaveState::Waiting) {
            return ("…", theme.quiet());
        }
        if !self.form.form.note(&field.id).is_empty() {
            return ("*", theme.quiet());
        }
        let copied = heads
            .and_then(crate::ledger::Heads::shown)
            .is_some_and(|head| head.origin == Origin::Copied);
        if copied {
            return ("=", theme.quiet());
        }
        if findings.is_empty() {
            ("", theme.text())
        } else {
            ("✓", theme.quiet())
        }
    }

    fn past(&self, canvas: &mut Canvas<'_>, y: usize, field: &Field, here: bool) {
        let quiet = self.ui.theme.quiet();
        let [before, earlier] = self.compared;
        if let Some(end) = self.columns.before_end {
            let text = self.past_text(before, field);
            canvas.put_right(end, y, PAST, &text, quiet);
        }
        let text = self.past_text(earlier, field);
        canvas.put_right(self.columns.earlier_end, y, PAST, &text, quiet);
        let Some(end) = self.columns.change_end else {
            return;
        };
        let now = match self.live {
            Some(live) if here => live.reading.content.figure(),
            _ => self.form.content(&field.id).figure(),
        };
        let then = earlier.and_then(|p| self.past_content(p, &field.id)?.figure());
        if let (Some(now), Some(then)) = (now, then) {
            canvas.put_right(end, y, CHANGE, &self.change(now, then), quiet);
        }
    }

    fn past_content(&self, period: &Period, field: &FieldId) -> Option<Content> {
        self.form
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
            Some(content) => typed::show(&content, self.app.lang),
        }
    }

    /// "+0,5", "-12,0", or "x10,5" from tenfold on.
    fn change(&self, now: Decimal, then: Decimal) -> String {
        let Some(difference) = now.checked_add(then.checked_mul(-1).unwrap_or(Decimal::ZERO))
        else {
            return String::new();
        };
        let show = |ratio: Ratio| match self.app.lang {
            crate::base::Lang::Vi => ratio.display_vi(1),
            crate::base::Lang::En => ratio.display_en(1),
        };
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

    fn result(&self, canvas: &mut Canvas<'_>, y: usize, id: &MeasureId) {
        let Some(measure) = self.app.plan.measure(id) else {
            return;
        };
        let Some(figure) = self.form.figure(id) else {
            return;
        };
        let theme = self.ui.theme;
        let rate = measure.rate_in.contains(&self.place.period.kind);
        let value = figures::display(figure, measure, self.app.lang);
        let (sign, style) = verdict_sign(self.ui, figure);
        let target = self.target(measure, rate, figure.verdict);
        let target = format!("{target}{}", if sign.is_empty() { "" } else { "  " });
        let end = self.columns.value_end;
        let label = format!("── {} {}", measure.id, measure.short.get(self.app.lang));
        let value_room = width::width(&value).max(VALUE - 1);
        let label_room = (end - MARGIN).saturating_sub(value_room + 1);
        canvas.put(MARGIN, y, label_room, &label, theme.quiet());
        canvas.put_right(end, y, value_room, &value, theme.title());
        let used = canvas.put(end + SIGN, y, canvas.width(), &target, theme.quiet());
        canvas.put(end + SIGN + used, y, canvas.width(), &sign, style);
    }

    fn target(&self, measure: &Measure, rate: bool, verdict: Verdict) -> String {
        if !rate {
            return self.ui.t("form.counts_only").to_owned();
        }
        let _ = verdict;
        let sign = measure.op.sign();
        let target = match self.app.lang {
            crate::base::Lang::Vi => measure.target.display_vi(),
            crate::base::Lang::En => measure.target.display_en(),
        };
        let suffix = measure.suffix.get(self.app.lang);
        let short = if suffix.chars().count() > 4 {
            ""
        } else {
            suffix
        };
        self.ui.texts.say(
            &Message::new("form.target")
                .with("sign", sign)
                .with("target", format!("{target}{short}")),
        )
    }

    /// In the rule above the messages: how many cells typed here are on disk. It counts up only
    /// when the store has answered, so it never says more than is true.
    fn saved(&self, canvas: &mut Canvas<'_>) {
        let saved = self
            .form
            .saved
            .values()
            .filter(|state| **state == SaveState::OnDisk)
            .count();
        if saved == 0 {
            return;
        }
        let y = canvas.height().saturating_sub(chrome::BELOW);
        let said = Message::new("form.saved").with("count", saved);
        let text = format!(" {} ", self.ui.texts.say(&said));
        canvas.put_right(
            canvas.width().saturating_sub(2),
            y,
            24,
            &text,
            self.ui.theme.good(),
        );
    }

    fn messages(&self, canvas: &mut Canvas<'_>) {
        let Some(field) = self.form.field(&self.app.plan) else {
            chrome::notice(self.ui, self.app, canvas, 0);
            return;
        };
        chrome::message(
            self.ui,
            canvas,
            0,
            &self.about(field),
            self.ui.theme.quiet(),
        );
        let mut lines = self.lines_about(field);
        if chrome::notice(self.ui, self.app, canvas, 2) {
            lines.truncate(1);
        }
        for (at, (text, style)) in lines.into_iter().take(2).enumerate() {
            chrome::message(self.ui, canvas, 1 + at, &text, style);
        }
    }

    /// What the row does not say: the full label where it was shortened, the unit of measurement.
    fn about(&self, field: &Field) -> String {
        let (label, unit) = (
            field.label.get(self.app.lang),
            field.unit.get(self.app.lang),
        );
        let whole = width::width(label) <= self.columns.label;
        match (whole, unit.is_empty()) {
            (true, _) => unit.to_owned(),
            (false, true) => label.to_owned(),
            (false, false) => format!("{label} · {unit}"),
        }
    }

    /// Findings first, then the note, then how the field is counted.
    fn lines_about(&self, field: &Field) -> Vec<(String, Style)> {
        let theme = self.ui.theme;
        let mut lines = Vec::new();
        if let Some(live) = self.live {
            if let Some(problem) = &live.reading.problem {
                lines.push((
                    format!("✖ {}", self.ui.texts.say(&problem.message(&live.typed))),
                    theme.hard(),
                ));
            } else if let (true, Content::Value(value)) = (live.reading.echo, &live.reading.content)
            {
                let echo = words::echo(&live.typed, *value, self.app.lang);
                lines.push((self.ui.texts.say(&echo), theme.quiet()));
            }
        }
        if let Some(heads) = self
            .form
            .base
            .cells
            .get(&field.id)
            .filter(|h| h.in_conflict())
        {
            lines.push((self.conflict(heads), theme.hard()));
        }
        let findings: Vec<&Finding> = match self.live {
            Some(live) => live.findings.iter().collect(),
            None => self.form.findings_at(&field.id).collect(),
        };
        let invalid_said = !lines.is_empty();
        for finding in findings {
            if invalid_said && finding.rule.as_str() == "invalid" {
                continue;
            }
            lines.push(finding_line(self.ui, self.app, finding));
        }
        let note = self.form.form.note(&field.id);
        if !note.is_empty() {
            let said = Message::new("form.note").with("note", note);
            lines.push((self.ui.texts.say(&said), theme.text()));
        }
        if lines.is_empty() && !field.note.is_empty() {
            let columns = usize::from(self.app.size.width).saturating_sub(2);
            for line in width::wrap(field.note.get(self.app.lang), columns, 2) {
                lines.push((line, theme.quiet()));
            }
        }
        lines
    }

    fn conflict(&self, heads: &crate::ledger::Heads) -> String {
        let sides: Vec<String> = heads
            .all()
            .iter()
            .filter_map(|head| {
                let content = head.body.content()?;
                Some(format!(
                    "{} ({})",
                    typed::show(content, self.app.lang),
                    head.actor
                ))
            })
            .collect();
        let said = Message::new("form.conflict").with("sides", sides.join(" / "));
        format!("⚑ {}", self.ui.texts.say(&said))
    }
}

/// "✖ …", "! …", or "✓ … (đã xác nhận: lý do)".
pub fn finding_line(ui: &Ui, app: &App, finding: &Finding) -> (String, Style) {
    let said = ui.texts.say(&finding.message);
    match (&finding.overridden, finding.severity) {
        (Some(by), _) => {
            let reason = reason_words(app, &by.reason, &by.words);
            let tail = Message::new("finding.confirmed").with("reason", reason);
            (
                format!("✓ {said} {}", ui.texts.say(&tail)),
                ui.theme.quiet(),
            )
        }
        (None, Severity::Hard) => (format!("✖ {said}"), ui.theme.hard()),
        (None, Severity::Soft) => (format!("! {said}"), ui.theme.soft()),
    }
}

/// A confirmation's reason: the plan's words for a listed one, then free words.
pub fn reason_words(app: &App, reason: &str, words: &str) -> String {
    let listed = app.plan.reasons.iter().find(|r| r.id.as_str() == reason);
    let listed = listed.map(|r| r.label.get(app.lang)).unwrap_or_default();
    [listed, words]
        .into_iter()
        .filter(|s| !s.is_empty())
        .collect::<Vec<_>>()
        .join("; ")
}

fn verdict_sign(ui: &Ui, figure: &Figure) -> (String, Style) {
    let (sign, key, style) = match figure.verdict {
        Verdict::Met => ("✓", "verdict.met", ui.theme.good()),
        Verdict::NotMet => ("✗", "verdict.not_met", ui.theme.soft()),
        Verdict::SmallSample => ("", "verdict.small", ui.theme.quiet()),
        Verdict::Undefined | Verdict::Incomplete | Verdict::None => {
            return (String::new(), ui.theme.quiet());
        }
    };
    (format!("{sign} {}", ui.t(key)).trim().to_owned(), style)
}
