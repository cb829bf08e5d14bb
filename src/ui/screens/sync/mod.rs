//! Screen 6: what to settle, whom to send to, what lies in the folder, what waits, what came in.

mod detail;

use ratatui::style::Style;

use detail::detail;

use crate::app::App;
use crate::app::input::command::Command;
use crate::app::screens::sync::{SyncPage, SyncRow};
use crate::base::Message;
use crate::service::folder::{BundleState, FileKind, FolderFile};
use crate::service::standing::Recipient;
use crate::store::exchange::Held;
use crate::sync::held::conflicts::Conflict;
use crate::sync::held::status::{HeldStatus, Imported};
use crate::ui::appearance::Ui;
use crate::ui::canvas::Canvas;
use crate::ui::chrome::{self, ABOVE, Hint};
use crate::ui::words::{cell_name, count, counts, short_root, unit_name};
use crate::ui::{width, words};

/// Columns of a unit's name.
pub(super) const NAME: usize = 28;
/// Where what stands behind the name begins.
pub(super) const BEHIND: usize = 3 + NAME + 1;
/// Columns of a moment.
pub(super) const MOMENT: usize = 18;

const HINTS: &[Hint<'_>] = &[
    (&[Command::Accept], "hint.accept"),
    (&[Command::SyncFolder], "hint.sync.folder"),
    (&[Command::SyncExport], "hint.sync.export"),
    (&[Command::SyncSection], "hint.sync.section"),
    (&[Command::SyncDrop], "hint.sync.drop"),
    (&[Command::Cancel], "hint.cancel"),
    (&[Command::HelpOpen], "hint.help.open"),
];

/// Draws the sync page.
pub(in crate::ui) fn draw(ui: &Ui, app: &App, page: &SyncPage, canvas: &mut Canvas<'_>) {
    let unit = app.state.home_unit().map(|unit| unit_name(app, unit));
    let title = format!("{} · {}", ui.t("sync_page.title"), unit.unwrap_or_default());
    let right = match words::unsent(ui, app) {
        none if none.is_empty() => ui.t("sync_page.all_sent").to_owned(),
        unsent => unsent,
    };
    chrome::title(ui, canvas, &title, &right);
    if let Some(why) = &page.failed {
        chrome::instead(ui, app, canvas, why);
    } else if page.standing.is_none() {
        let style = ui.theme.text();
        canvas.put(3, ABOVE, canvas.width(), ui.t("sync_page.looking"), style);
    }
    body(ui, app, page, canvas);
    let room = chrome::MESSAGES - chrome::notice(ui, app, canvas);
    let columns = canvas.width().saturating_sub(2);
    if let Some((text, style)) = page.chosen().and_then(|line| detail(ui, app, page, line)) {
        for (at, line) in width::wrap(&text, columns, room).iter().enumerate() {
            chrome::message(canvas, at, line, style);
        }
    }
    chrome::foot_with(ui, app, canvas, HINTS);
}

fn body(ui: &Ui, app: &App, page: &SyncPage, canvas: &mut Canvas<'_>) {
    let lines = page.lines();
    let chosen = page.chosen();
    let height = chrome::body_height(canvas.height());
    let at = lines.iter().position(|line| Some(*line) == chosen);
    let top = at.map_or(0, |at| (at + 2).saturating_sub(height));
    for (offset, line) in lines.iter().skip(top).take(height).enumerate() {
        let y = ABOVE + offset;
        let here = Some(*line) == chosen;
        if here {
            canvas.put(1, y, 1, "▸", ui.theme.title());
            canvas.select(3, y);
        }
        SyncDrawing {
            ui,
            app,
            page,
            here,
            y,
        }
        .draw(*line, canvas);
    }
}

/// What one row of the page is drawn from.
struct SyncDrawing<'a> {
    ui: &'a Ui,
    app: &'a App,
    page: &'a SyncPage,
    here: bool,
    y: usize,
}

impl SyncDrawing<'_> {
    fn draw(&self, line: SyncRow, canvas: &mut Canvas<'_>) {
        let (ui, y) = (self.ui, self.y);
        match line {
            SyncRow::Heading("sync_page.receive") => {
                let used = canvas.put(1, y, 60, ui.t("sync_page.receive"), ui.theme.title());
                let mut folder = self.page.listing.folder.display().to_string();
                if self.page.listing.more > 0 {
                    let more =
                        Message::new("sync_page.more_files").with("count", self.page.listing.more);
                    folder = format!("{folder} · {}", ui.texts.say(&more));
                }
                let room = canvas.width().saturating_sub(used + 5);
                let folder = width::fit_middle(&folder, room);
                canvas.put(used + 3, y, room, &folder, ui.theme.text());
            }
            SyncRow::Heading(key) => {
                canvas.put(1, y, canvas.width(), ui.t(key), ui.theme.title());
            }
            SyncRow::Quiet(key) => {
                let trouble = self.page.listing.trouble.clone();
                let trouble = trouble.filter(|_| key == "sync_page.no_files");
                let said = ui.say(self.app, &trouble.unwrap_or(Message::new(key)));
                let room = canvas.width().saturating_sub(4);
                for (at, line) in width::wrap(&said, room, 2).iter().enumerate() {
                    canvas.put(3, y + at, room, line, ui.theme.text());
                }
            }
            SyncRow::OwnDigits => {
                let digits = self.page.standing.as_ref().map(|s| s.digits.to_string());
                let said =
                    Message::new("sync_page.own_digits").with("digits", digits.unwrap_or_default());
                canvas.put(3, y, canvas.width(), &ui.texts.say(&said), ui.theme.text());
            }
            SyncRow::To(place) => self.to(place, canvas),
            SyncRow::AllNew => {
                let count = self.page.new_files().len();
                let said = ui
                    .texts
                    .say(&Message::new("sync_page.all_new").with("count", count));
                canvas.put(3, y, canvas.width(), &said, self.style());
            }
            SyncRow::File(place) => {
                if let Some(file) = self.page.listing.files.get(place) {
                    self.file(file, canvas);
                }
            }
            SyncRow::Conflict(place) => {
                if let Some(conflict) = self.page.conflict(place) {
                    self.conflict(conflict, canvas);
                }
            }
            SyncRow::Held(place) => {
                if let Some(held) = self.page.held(place) {
                    self.held(held, canvas);
                }
            }
            SyncRow::Import(place) => {
                if let Some(import) = self.page.imported(place) {
                    self.import(import, canvas);
                }
            }
            SyncRow::Gap => {}
        }
    }

    fn style(&self) -> Style {
        if self.here {
            self.ui.theme.cursor()
        } else {
            self.ui.theme.text()
        }
    }

    /// Draws a name, a moment, and what there is to say.
    fn columns(&self, canvas: &mut Canvas<'_>, name: &str, moment: &str, said: (&str, Style)) {
        let name = width::fit(name, NAME);
        canvas.put(3, self.y, NAME, &name, self.style());
        canvas.put(BEHIND, self.y, MOMENT, moment, self.ui.theme.text());
        let at = BEHIND + MOMENT;
        let room = canvas.width().saturating_sub(at + 1);
        canvas.put(at, self.y, room, said.0, said.1);
    }

    fn to(&self, place: usize, canvas: &mut Canvas<'_>) {
        let (ui, y) = (self.ui, self.y);
        let others = self.page.standing.as_ref().map(|s| s.others.as_slice());
        let Some(other) = others.and_then(|others| others.get(place)) else {
            return;
        };
        let name = width::fit(&unit_name(self.app, &other.unit), NAME);
        canvas.put(3, y, NAME, &name, self.style());
        let room = canvas.width().saturating_sub(BEHIND + 1);
        canvas.put(
            BEHIND,
            y,
            room,
            &confirmed(ui, self.app, other),
            ui.theme.text(),
        );
    }

    fn file(&self, file: &FolderFile, canvas: &mut Canvas<'_>) {
        let ui = self.ui;
        match &file.kind {
            FileKind::Bundle {
                from,
                written,
                entries,
                state,
            } => {
                let name = unit_name(self.app, from);
                let entries = match *entries {
                    0 => Message::new("sync_page.only_receipt"),
                    some => Message::new("sync_page.entries").with("count", count(u64::from(some))),
                };
                let (state, style) = self.seen(*state);
                let said = format!("{} · {}", ui.texts.say(&entries), state);
                self.columns(
                    canvas,
                    &name,
                    &self.app.state.plan.short_time(*written),
                    (&said, style),
                );
            }
            FileKind::Key { unit, .. } => {
                let name = unit_name(self.app, unit);
                let said = (ui.t("sync_page.key_file"), ui.theme.text());
                self.columns(canvas, &name, "", said);
            }
            FileKind::Bad(_) => {
                let said = (ui.t("sync_page.bad_file"), ui.theme.hard());
                self.columns(canvas, &file.name, "", said);
            }
        }
    }

    fn seen(&self, seen: BundleState) -> (String, Style) {
        let (ui, plain) = (self.ui, self.ui.theme.text());
        match seen {
            BundleState::New => (ui.t("sync_page.seen.new").to_owned(), ui.theme.text()),
            BundleState::Imported(wall) => {
                let said = Message::new("sync_page.seen.taken")
                    .with("at", self.app.state.plan.short_day(wall));
                (ui.texts.say(&said), plain)
            }
            BundleState::Kept => (ui.t("sync_page.seen.kept").to_owned(), plain),
            BundleState::Own => (ui.t("sync_page.seen.own").to_owned(), plain),
        }
    }

    fn conflict(&self, conflict: &Conflict, canvas: &mut Canvas<'_>) {
        let sides: Vec<String> = conflict
            .heads
            .all()
            .iter()
            .filter_map(|head| head.body.content())
            .map(|content| words::content(self.ui, content))
            .collect();
        let sides = format!("⚑ {}", sides.join(" / "));
        let room = canvas.width().saturating_sub(width::width(&sides) + 6);
        let place = cell_name(self.ui, self.app, &conflict.cell);
        let place = width::fit_middle(&place, room);
        canvas.put(3, self.y, room, &place, self.style());
        let end = canvas.width().saturating_sub(1);
        canvas.put_right(end, self.y, end, &sides, self.ui.theme.hard());
    }

    fn held(&self, held: &HeldStatus, canvas: &mut Canvas<'_>) {
        let ui = self.ui;
        let from = held.header.as_ref().map(|header| &header.from);
        let name = from.map(|from| unit_name(self.app, from));
        let key = match held.bundle.held {
            Held::Waiting => "sync_page.held.waiting",
            Held::Quarantine => "sync_page.held.quarantine",
            Held::Refused => "sync_page.held.refused",
        };
        let name = name.unwrap_or_else(|| short_root(&held.bundle.root));
        let moment = self.app.state.plan.short_time(held.bundle.wall);
        self.columns(canvas, &name, &moment, (ui.t(key), ui.theme.soft()));
    }

    fn import(&self, import: &Imported, canvas: &mut Canvas<'_>) {
        let name = match &import.from {
            Some(unit) => unit_name(self.app, unit),
            None => short_root(&import.root),
        };
        let said = counts(self.ui, &import.counts());
        let said = (said.as_str(), self.ui.theme.text());
        self.columns(
            canvas,
            &name,
            &self.app.state.plan.short_time(import.wall),
            said,
        );
    }
}

/// What another store has confirmed: "đã nhận đến lần sửa 412/430 (gói 23/11/2023)".
fn confirmed(ui: &Ui, app: &App, other: &Recipient) -> String {
    let Some(confirmed) = &other.confirmed else {
        return ui.t("sync_page.nothing_heard").to_owned();
    };
    let key = if confirmed.has >= confirmed.of {
        "sync_page.confirmed_all"
    } else {
        "sync_page.confirmed"
    };
    let said = Message::new(key)
        .with("has", count(confirmed.has))
        .with("of", count(confirmed.of))
        .with("at", app.state.plan.short_day(confirmed.created));
    ui.texts.say(&said)
}
