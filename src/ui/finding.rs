//! Findings in words, with the sign and the style of their severity.

use ratatui::style::Style;

use super::appearance::Ui;
use crate::app::App;
use crate::base::Message;
use crate::check::Finding;
use crate::plan::{Field, Severity};

/// A finding shown beside its cell: without the name of the cell that the sentence begins with.
pub(super) fn beside_cell(ui: &Ui, app: &App, finding: &Finding, here: &Field) -> (String, Style) {
    let (text, style) = line(ui, app, finding);
    let start = format!("{} (", here.short.get(app.state.lang));
    let Some((sign, said)) = text.split_once(' ') else {
        return (text, style);
    };
    match said.strip_prefix(&start).and_then(|s| s.split_once(')')) {
        Some((value, rest)) if !rest.is_empty() => (format!("{sign} {value}{rest}"), style),
        _ => (text, style),
    }
}

/// A finding shown away from its cell: with the cell's name, where the sentence does not begin
/// with it.
pub(super) fn with_cell(ui: &Ui, app: &App, finding: &Finding) -> (String, Style) {
    let (text, style) = line(ui, app, finding);
    let name = app.state.plan.field(&finding.cell.field);
    let name = name
        .map(|f| f.short.get(app.state.lang))
        .unwrap_or_default();
    match text.split_once(' ') {
        Some((sign, said)) if !said.starts_with(name) => (format!("{sign} {name}: {said}"), style),
        _ => (text, style),
    }
}

/// A finding with the sign of its severity: "✖ …", "! …", or "✓ … (đã xác nhận: lý do)".
pub(super) fn line(ui: &Ui, app: &App, finding: &Finding) -> (String, Style) {
    let said = ui.say(app, &finding.message);
    match (&finding.overridden, finding.severity) {
        (Some(by), _) => {
            let reason = self::reason(app, &by.reason, &by.words);
            let tail = Message::new("finding.confirmed").with("reason", reason);
            (format!("✓ {said} {}", ui.say(app, &tail)), ui.theme.text())
        }
        (None, Severity::Hard) => (format!("✖ {said}"), ui.theme.hard()),
        (None, Severity::Soft) => (format!("! {said}"), ui.theme.soft()),
    }
}

/// The reason of a confirmation: the plan's words for a listed one, then free words.
pub(super) fn reason(app: &App, reason: &str, words: &str) -> String {
    let listed = app
        .state
        .plan
        .reasons
        .iter()
        .find(|r| r.id.as_str() == reason);
    let listed = listed
        .map(|r| r.label.get(app.state.lang))
        .unwrap_or_default();
    [listed, words]
        .into_iter()
        .filter(|s| !s.is_empty())
        .collect::<Vec<_>>()
        .join("; ")
}
