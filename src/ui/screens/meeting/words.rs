//! What the pages of screen 6 call things.

use crate::app::state::App;
use crate::base::{Arg, Message};
use crate::ledger::{CellKey, Content, Hash, typed};
use crate::plan::UnitId;
use crate::sync::import::plan::{Counts, Gap};
use crate::ui::appearance::Ui;
use crate::ui::chrome;

/// "thiếu của Xã Cao Xá: đã có đến lần 4, cần đến lần 9".
pub(super) fn gap_line(ui: &Ui, gap: &Gap) -> String {
    let whom = if gap.name.is_empty() {
        gap.author.to_string().chars().take(8).collect()
    } else {
        gap.name.clone()
    };
    let said = Message::new("sync.gap.line")
        .with("whom", whom)
        .with("have", count(gap.have))
        .with("needs", count(gap.needs));
    ui.texts.say(&said)
}

/// "54 mới, 1 bất đồng"; classes without any are left out.
pub(super) fn counts(ui: &Ui, counts: &Counts) -> String {
    let all = counts.all().into_iter().filter(|(_, n)| *n > 0);
    let said: Vec<String> = all.map(|(key, n)| format!("{n} {}", ui.t(key))).collect();
    if said.is_empty() {
        return ui.t("meet.no_change").to_owned();
    }
    said.join(", ")
}

pub(super) fn count(n: u64) -> Arg {
    Arg::from(usize::try_from(n).unwrap_or(usize::MAX))
}

pub(super) fn unit_name(app: &App, unit: &UnitId) -> String {
    match app.plan.unit(unit) {
        Some(unit) => unit.name.get(app.lang).to_owned(),
        None => unit.to_string(),
    }
}

/// "Xã Ngọc Thiện · năm 2023 · Trẻ sinh ra sống: bé trai".
pub(super) fn cell_name(ui: &Ui, app: &App, cell: &CellKey) -> String {
    let period = app.plan.period(&cell.form.period);
    let period = match period {
        Some(period) => chrome::period_short(ui, period),
        None => cell.form.period.to_string(),
    };
    let field = app.plan.field(&cell.id.field);
    let field = field.map_or(cell.id.field.as_str(), |field| field.short.get(app.lang));
    format!("{} · {period} · {field}", unit_name(app, &cell.form.unit))
}

pub(super) fn shown(ui: &Ui, app: &App, content: &Content) -> String {
    match typed::show(content, app.lang) {
        empty if empty.is_empty() => ui.t("history.blank").to_owned(),
        shown => shown,
    }
}

pub(super) fn short_root(root: &Hash) -> String {
    root.to_string().chars().take(12).collect()
}
