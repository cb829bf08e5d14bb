//! A measure's line: the live result, the target, the verdict.

use ratatui::style::Style;

use super::Drawing;
use super::columns::{MARGIN, SIGN, VALUE};
use crate::base::Message;
use crate::figures::{self, Figure, Verdict};
use crate::plan::{Measure, MeasureId};
use crate::ui::canvas::Canvas;
use crate::ui::view::{Glyphs, Ui};
use crate::ui::width;

impl Drawing<'_> {
    pub(super) fn result(&self, canvas: &mut Canvas<'_>, y: usize, id: &MeasureId) {
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
        let target = self.target(measure, rate);
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

    fn target(&self, measure: &Measure, rate: bool) -> String {
        if !rate {
            return self.ui.t("form.counts_only").to_owned();
        }
        let sign = match self.ui.glyphs {
            Glyphs::Unicode => measure.op.sign(),
            Glyphs::Ascii => measure.op.ascii(),
        };
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
