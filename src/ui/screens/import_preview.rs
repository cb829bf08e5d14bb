//! What an import would change: shown before anything is changed, and kept of it after.

use ratatui::style::Style;

use super::sync::{BEHIND, MOMENT, NAME};
use crate::app::App;
use crate::app::input::command::Command;
use crate::app::screens::import_preview::{ImportPreview, PreviewRow};
use crate::app::sync_message::PreviewStands;
use crate::base::{Message, text};
use crate::sync::import::plan::{BundleOutcome, ConflictChange, FigureChange, Suspicion};
use crate::ui::appearance::Ui;
use crate::ui::canvas::Canvas;
use crate::ui::chrome::{self, ABOVE, Hint};
use crate::ui::words::{cell_name, count, counts, short_root, unit_name};
use crate::ui::{width, words};

/// Draws what an import would change, or has changed.
pub(in crate::ui) fn draw(ui: &Ui, app: &App, page: &ImportPreview, canvas: &mut Canvas<'_>) {
    let title = match &page.stands {
        PreviewStands::Before => ui.t("sync_page.preview").to_owned(),
        PreviewStands::Supposed { from, .. } => {
            let said = Message::new("sync_page.supposed").with("unit", unit_name(app, from));
            ui.texts.say(&said)
        }
        PreviewStands::Past { wall, .. } => {
            let said =
                Message::new("sync_page.past_import").with("at", app.state.plan.short_time(*wall));
            ui.texts.say(&said)
        }
    };
    chrome::title(ui, canvas, &title, &in_short(ui, page));
    let (rows, changes) = (page.rows(), page.changes());
    if rows.is_empty() {
        canvas.put(
            3,
            ABOVE + 1,
            canvas.width(),
            ui.t("sync_page.no_change"),
            ui.theme.text(),
        );
    }
    let height = chrome::body_height(canvas.height());
    let top = page.top.min(rows.len().saturating_sub(height));
    for (offset, row) in rows.iter().skip(top).take(height).enumerate() {
        PreviewDrawing { ui, app, page }.row(*row, &changes, ABOVE + offset, canvas);
    }
    let below = rows.len().saturating_sub(top + height);
    messages(ui, app, page, below, canvas);
    chrome::foot_with(ui, app, canvas, hints(&page.stands));
}

/// The counts of the whole; what is only kept apart is said on its own line.
fn in_short(ui: &Ui, page: &ImportPreview) -> String {
    let mut all = page.plan.counts;
    if page.plan.refusals().next().is_none() {
        all.refused = 0;
    }
    counts(ui, &all)
}

fn hints(stands: &PreviewStands) -> &'static [Hint<'static>] {
    match stands {
        PreviewStands::Before => &[
            (&[Command::Accept], "hint.sync.import"),
            (&[Command::Cancel], "hint.no"),
            (&[Command::ListUp, Command::ListDown], "hint.move"),
            (&[Command::HelpOpen], "hint.help.open"),
        ],
        PreviewStands::Supposed { .. } => &[
            (&[Command::Accept], "hint.sync.compare"),
            (&[Command::Cancel], "hint.no"),
            (&[Command::ListUp, Command::ListDown], "hint.move"),
            (&[Command::HelpOpen], "hint.help.open"),
        ],
        PreviewStands::Past { .. } => &[
            (&[Command::Cancel], "hint.cancel"),
            (&[Command::SyncDrop], "hint.sync.take_back"),
            (&[Command::ListUp, Command::ListDown], "hint.move"),
            (&[Command::HelpOpen], "hint.help.open"),
        ],
    }
}

/// Draws what Enter will do, why something is refused, and how much more there is.
fn messages(ui: &Ui, app: &App, page: &ImportPreview, below: usize, canvas: &mut Canvas<'_>) {
    let room = chrome::MESSAGES - chrome::notice(ui, app, canvas);
    let columns = canvas.width().saturating_sub(2);
    let mut lines = Vec::new();
    if let Some((_, error)) = page.plan.refusals().next() {
        let said = format!("✖ {}", ui.say(app, &error.message()));
        lines.push((said, ui.theme.hard()));
    } else if let Some(file) = page.plan.unread.first() {
        let said = format!("✖ {}", ui.say(app, &file.why));
        lines.push((said, ui.theme.hard()));
    }
    let plain = ui.theme.text();
    match &page.stands {
        PreviewStands::Before => {
            let unknown =
                |outcome: &BundleOutcome| matches!(outcome, BundleOutcome::Quarantined(_));
            let all_new = page
                .plan
                .bundles
                .iter()
                .all(|bundle| unknown(&bundle.outcome));
            let key = if all_new {
                "sync_page.nothing_yet_unknown"
            } else {
                "sync_page.nothing_yet"
            };
            let said = ui.say(app, &Message::new(key));
            lines.push((said, plain));
        }
        PreviewStands::Supposed { .. } => {
            lines.push((ui.t("sync_page.compare").to_owned(), ui.theme.text()));
        }
        PreviewStands::Past { root, .. } => {
            let said = Message::new("sync_page.past_means").with("root", short_root(root));
            lines.push((ui.say(app, &said), plain));
        }
    }
    if below > 0 {
        let more = Message::new("help.more").with("count", below);
        if let Some((last, _)) = lines.last_mut() {
            *last = format!("{} · {last}", ui.texts.say(&more));
        }
    }
    let mut at = 0;
    for (text, style) in lines {
        for line in width::wrap(&text, columns, room.saturating_sub(at)) {
            chrome::message(canvas, at, &line, style);
            at += 1;
        }
    }
}

/// What every row of the page is drawn from.
struct PreviewDrawing<'a> {
    ui: &'a Ui,
    app: &'a App,
    page: &'a ImportPreview,
}

impl PreviewDrawing<'_> {
    /// Draws one row.
    fn row(&self, row: PreviewRow, changes: &[&FigureChange], y: usize, canvas: &mut Canvas<'_>) {
        let (ui, plan) = (self.ui, &self.page.plan);
        match row {
            PreviewRow::Heading(key) => {
                canvas.put(1, y, canvas.width(), ui.t(key), ui.theme.title());
            }
            PreviewRow::Digits => {
                // Whoever types them has heard them, and not copied them from here.
                let typing = self.app.state.overlay.is_some();
                if let (PreviewStands::Supposed { digits, .. }, false) = (&self.page.stands, typing)
                {
                    let said = Message::new("sync_page.digits").with("digits", digits.to_string());
                    let said = ui.texts.say(&said);
                    canvas.put(3, y, canvas.width() - 4, &said, ui.theme.title());
                }
            }
            PreviewRow::Bundle(at) => self.bundle(at, y, canvas),
            PreviewRow::Gap(at, gap) => {
                let outcome = plan.bundles.get(at).map(|bundle| &bundle.outcome);
                if let Some(BundleOutcome::Waiting(gaps)) = outcome
                    && let Some(gap) = gaps.get(gap)
                {
                    let said = words::gap(ui, gap);
                    canvas.put(5, y, canvas.width(), &said, ui.theme.soft());
                }
            }
            PreviewRow::Unread(at) => {
                let file = plan.unread.get(at).and_then(|file| file.path.file_name());
                if let Some(name) = file {
                    let name = text::visible(&name.to_string_lossy());
                    let said = Message::new("sync_page.unread").with("file", name);
                    let said = width::fit(&ui.texts.say(&said), canvas.width().saturating_sub(4));
                    canvas.put(3, y, canvas.width(), &said, ui.theme.hard());
                }
            }
            PreviewRow::Change(at) => {
                if let Some(change) = changes.get(at) {
                    self.change(change, y, canvas);
                }
            }
            PreviewRow::Total(at) => self.total(at, y, canvas),
            PreviewRow::Suspicion(at, line) => {
                if let Some(suspicion) = plan.suspicions.get(at) {
                    self.suspicion(suspicion, line, y, canvas);
                }
            }
            PreviewRow::Space => {}
        }
    }

    fn bundle(&self, at: usize, y: usize, canvas: &mut Canvas<'_>) {
        let ui = self.ui;
        let Some(bundle) = self.page.plan.bundles.get(at) else {
            return;
        };
        let name = width::fit(&unit_name(self.app, &bundle.from), NAME);
        canvas.put(3, y, NAME, &name, ui.theme.text());
        let written = self.app.state.plan.short_time(bundle.created);
        canvas.put(BEHIND, y, MOMENT, &written, ui.theme.text());
        let style = match &bundle.outcome {
            BundleOutcome::Taken | BundleOutcome::Already { .. } => ui.theme.text(),
            BundleOutcome::Waiting(_) | BundleOutcome::Quarantined(_) => ui.theme.soft(),
            BundleOutcome::Refused(_) => ui.theme.hard(),
        };
        let said = match &bundle.outcome {
            BundleOutcome::Refused(_) => ui.t("sync.outcome.refused").to_owned(),
            BundleOutcome::Already { wall, .. } => {
                let said = Message::new("sync_page.seen.taken")
                    .with("at", self.app.state.plan.short_day(*wall));
                ui.texts.say(&said)
            }
            BundleOutcome::Quarantined(_) => ui.t("sync_page.would_keep").to_owned(),
            outcome => ui.say(self.app, &outcome.message()),
        };
        let said = match &bundle.outcome {
            BundleOutcome::Taken => format!("{said}: {}", counts(ui, &bundle.counts)),
            _ => said,
        };
        let at = BEHIND + MOMENT;
        canvas.put(at, y, canvas.width().saturating_sub(at + 1), &said, style);
    }

    fn change(&self, change: &FigureChange, y: usize, canvas: &mut Canvas<'_>) {
        let arrow = self.arrow(change);
        let (arrow, style) = match change.conflict {
            ConflictChange::None => (arrow, self.ui.theme.text()),
            ConflictChange::Begins | ConflictChange::Continues => {
                (format!("⚑ {arrow}"), self.ui.theme.hard())
            }
        };
        let place = cell_name(self.ui, self.app, &change.cell);
        self.place_and_figures((&place, &arrow), style, y, canvas);
    }

    fn arrow(&self, change: &FigureChange) -> String {
        let shown = |content| words::content(self.ui, content);
        format!("{} → {}", shown(&change.old), shown(&change.new))
    }

    /// Draws a place on the left, as much of it as the figures on the right leave room for.
    fn place_and_figures(
        &self,
        (place, figures): (&str, &str),
        style: Style,
        y: usize,
        canvas: &mut Canvas<'_>,
    ) {
        let figures = width::fit(figures, canvas.width() / 2);
        let room = canvas.width().saturating_sub(width::width(&figures) + 6);
        let place = width::fit_middle(place, room);
        canvas.put(3, y, room, &place, self.ui.theme.text());
        let end = canvas.width().saturating_sub(1);
        canvas.put_right(end, y, end, &figures, style);
    }

    fn total(&self, at: usize, y: usize, canvas: &mut Canvas<'_>) {
        let (ui, app) = (self.ui, self.app);
        let Some(total) = self.page.plan.totals.get(at) else {
            return;
        };
        let arrow = format!("{} → {}", total.before.display(), total.after.display());
        let period = app.state.plan.period(&total.period);
        let period = period.map(|period| words::period_short(ui, period));
        let field = app.state.plan.field(&total.field);
        let field = field.map_or(total.field.as_str(), |field| {
            field.short.get(app.state.lang)
        });
        let place = format!("{} · {field}", period.unwrap_or_default());
        self.place_and_figures((&place, &arrow), ui.theme.text(), y, canvas);
    }

    /// A figure that jumps stands as any figure does; anything else is a sentence.
    fn suspicion(&self, suspicion: &Suspicion, line: usize, y: usize, canvas: &mut Canvas<'_>) {
        let (ui, app) = (self.ui, self.app);
        let whose = |author: &crate::ledger::AuthorId| {
            let of = self.page.plan.bundles.iter().find(|b| b.signer == *author);
            of.map_or_else(
                || author.to_string().chars().take(8).collect(),
                |bundle| unit_name(app, &bundle.from),
            )
        };
        let message = match suspicion {
            Suspicion::Clock { author, count: n } => Message::new("sync.suspicion.clock")
                .with("whom", whose(author))
                .with("count", count(*n)),
            Suspicion::Copy { author, seq } => Message::new("sync.suspicion.copy")
                .with("whom", whose(author))
                .with("seq", count(*seq)),
            Suspicion::Behind { seq, by, .. } => Message::new("sync.suspicion.behind")
                .with("whom", whose(by))
                .with("seq", count(*seq)),
            Suspicion::Jump(cell) => {
                let place = format!("! {}", cell_name(ui, app, cell));
                let change = self.page.plan.changes.iter().find(|c| c.cell == *cell);
                let arrow = change.map(|change| self.arrow(change)).unwrap_or_default();
                let figures = Message::new("sync_page.jumps").with("figures", arrow);
                let figures = ui.texts.say(&figures);
                self.place_and_figures((&place, &figures), ui.theme.soft(), y, canvas);
                return;
            }
        };
        let columns = canvas.width().saturating_sub(6);
        let said = width::wrap(&ui.say(app, &message), columns, 2);
        if let Some(words) = said.get(line) {
            let mark = if line == 0 { "! " } else { "  " };
            let words = format!("{mark}{words}");
            canvas.put(3, y, canvas.width() - 4, &words, ui.theme.soft());
        }
    }
}
