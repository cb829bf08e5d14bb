//! The row of a measure: the live result, the target, the verdict.

use ratatui::style::Style;

use super::columns::SIGN;
use super::drawing::FormDrawing;
use crate::base::{Decimal, Message};
use crate::figures::{self, Figure, Verdict};
use crate::plan::{FieldId, Measure, MeasureId};
use crate::ui::appearance::Ui;
use crate::ui::canvas::Canvas;
use crate::ui::theme::Glyphs;
use crate::ui::width;

/// How a target is worded.
#[derive(Clone, Copy)]
enum Wording {
    /// "mục tiêu ≥ 50%".
    Full,
    /// "≥ 50%".
    SignOnly,
}

impl FormDrawing<'_> {
    /// Draws the row of a measure.
    pub(super) fn result(&self, canvas: &mut Canvas<'_>, y: usize, id: &MeasureId) {
        let Some(measure) = self.app.state.plan.measure(id) else {
            return;
        };
        let Some(figure) = self.form.figure(self.view, id) else {
            return;
        };
        let theme = self.ui.theme;
        let rate = measure.rate_in.contains(&self.place.period.kind);
        let value = figures::display(figure, measure, self.app.state.lang);
        let (sign, style) = verdict_sign(self.ui, figure);
        let (start, end) = (self.columns.label_start, self.columns.value_end);
        let label = format!(
            "── {} {}",
            measure.indicator,
            measure.short.get(self.app.state.lang)
        );
        // Room for "100,0%", so that the label does not move with the value.
        let value_room = width::width(&value).max(7);
        let label_room = (end - start).saturating_sub(value_room + 1);
        let label = width::fit_middle(&label, label_room);
        canvas.put(start, y, label_room, &label, theme.text());
        canvas.put_right(end, y, value_room, &value, theme.title());
        let (at, room) = (end + SIGN, canvas.width().saturating_sub(end + SIGN + 1));
        let distance = Self::distance(figure, measure);
        let mut verdicts = vec![String::new()];
        if !sign.is_empty() {
            let alone = sign.split(' ').next().unwrap_or_default();
            verdicts = vec![format!("  {sign}"), format!("  {alone}")];
            if !distance.is_empty() {
                verdicts.insert(0, format!("  {sign}  {distance}"));
            }
        }
        let full = self.target(measure, rate, Wording::Full);
        let short = self.target(measure, rate, Wording::SignOnly);
        // The first wording that fits: the distance counts for more than the word "mục tiêu".
        let fits = |pair: &(&String, &String)| width::width(pair.0) + width::width(pair.1) <= room;
        let (target, verdict) = verdicts
            .iter()
            .flat_map(|verdict| [(&full, verdict), (&short, verdict)])
            .find(fits)
            .unwrap_or((&short, verdicts.last().unwrap_or(&full)));
        let used = canvas.put(at, y, room, target, theme.text());
        canvas.put(at + used, y, room.saturating_sub(used), verdict, style);
    }

    /// Draws the row of a sum that nobody types, to be compared with paper.
    pub(super) fn total(&self, canvas: &mut Canvas<'_>, y: usize, fields: &[FieldId]) {
        let theme = self.ui.theme;
        let sum = fields.iter().try_fold(Decimal::ZERO, |sum, id| {
            sum.checked_add(self.view.content(id).figure()?)
        });
        let value = sum.map_or_else(|| "·".to_owned(), Decimal::display);
        let said = Message::new("form.total").with("of", self.common_name(fields));
        let label = format!("── {}", self.ui.texts.say(&said));
        let (start, end) = (self.columns.label_start, self.columns.value_end);
        let room = (end - start).saturating_sub(width::width(&value).max(7) + 1);
        let label = width::fit_middle(&label, room);
        canvas.put(start, y, room, &label, theme.text());
        canvas.put_right(end, y, end, &value, theme.title());
    }

    /// What the names of fields have in common: "BLGĐ: bị bạo lực" of "BLGĐ: bị bạo lực, nam" and
    /// "BLGĐ: bị bạo lực, nữ".
    fn common_name(&self, fields: &[FieldId]) -> String {
        let names = fields.iter().filter_map(|id| self.app.state.plan.field(id));
        let mut names = names.map(|field| field.short.get(self.app.state.lang));
        let first = names.next().unwrap_or_default();
        let common = names.fold(first, |common, name| {
            let pairs = common.char_indices().zip(name.chars());
            let differs = pairs.filter(|((_, a), b)| a != b).map(|((at, _), _)| at);
            let end = differs.min().unwrap_or(common.len().min(name.len()));
            common.get(..end).unwrap_or(common)
        });
        let end = common.rfind([',', ' ']).unwrap_or(common.len());
        let common = common.get(..end).unwrap_or(common);
        common.trim_end_matches([',', ':', ' ']).to_owned()
    }

    /// How far the result is from the target, in its own unit: "-2,0" below, "+1,5" above.
    fn distance(figure: &Figure, measure: &Measure) -> String {
        let judged = matches!(figure.verdict, Verdict::Met | Verdict::NotMet);
        let Some(distance) = figures::distance(figure, measure).filter(|_| judged) else {
            return String::new();
        };
        let sign = if distance.cmp_decimal(Decimal::ZERO).is_gt() {
            "+"
        } else {
            ""
        };
        let number = distance.display(measure.places);
        format!("{sign}{number}")
    }

    /// The target: "mục tiêu ≥ 50%", "≥ 50%".
    fn target(&self, measure: &Measure, rate: bool, wording: Wording) -> String {
        if !rate {
            return self.ui.t("form.counts_only").to_owned();
        }
        let sign = match self.ui.glyphs {
            Glyphs::Unicode => measure.op.sign(),
            Glyphs::Ascii => measure.op.ascii(),
        };
        let target = measure.target.display();
        let suffix = measure.suffix.get(self.app.state.lang);
        let short = if suffix.chars().count() > 4 {
            ""
        } else {
            suffix
        };
        let key = match wording {
            Wording::Full => "form.target",
            Wording::SignOnly => "form.target_short",
        };
        let message = Message::new(key)
            .with("sign", sign)
            .with("target", format!("{target}{short}"));
        self.ui.texts.say(&message)
    }
}

/// The sign and the word of a verdict, with their style.
fn verdict_sign(ui: &Ui, figure: &Figure) -> (String, Style) {
    let (sign, key, style) = match figure.verdict {
        Verdict::Met => ("✓", "verdict.met", ui.theme.text()),
        Verdict::NotMet => ("✗", "verdict.not_met", ui.theme.text()),
        Verdict::SmallSample => ("", "verdict.small", ui.theme.text()),
        Verdict::Withheld => ("✖", "verdict.withheld", ui.theme.hard()),
        Verdict::Undefined | Verdict::Incomplete | Verdict::None => {
            return (String::new(), ui.theme.text());
        }
    };
    (format!("{sign} {}", ui.t(key)).trim().to_owned(), style)
}
