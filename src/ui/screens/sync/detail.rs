//! The sentence below the sync page: what the row under the cursor means, and what to do with it.

use ratatui::style::Style;

use crate::app::App;
use crate::app::screens::sync::{SyncPage, SyncRow};
use crate::base::Message;
use crate::service::folder::FileKind;
use crate::sync::bundle::fingerprint::fingerprint;
use crate::sync::held::status::HeldStatus;
use crate::sync::import::plan::BundleOutcome;
use crate::ui::appearance::Ui;
use crate::ui::words::{self, count, short_root};

/// What the row under the cursor means, and what to do with it.
pub(super) fn detail(
    ui: &Ui,
    app: &App,
    page: &SyncPage,
    line: SyncRow,
) -> Option<(String, Style)> {
    let plain = ui.theme.text();
    let say = |message: Message| (ui.say(app, &message), plain);
    Some(match line {
        SyncRow::To(place) => {
            let (unsent, since) = app.state.status.unsent;
            page.recipient(place)?;
            match (unsent, since) {
                (0, _) => say(Message::new("sync_page.to_receipt")),
                (unsent, since) => say(Message::new("sync_page.to_unsent")
                    .with("count", count(unsent))
                    .with(
                        "since",
                        since
                            .map(|since| app.state.plan.short_day(since))
                            .unwrap_or_default(),
                    )),
            }
        }
        SyncRow::File(place) => {
            let file = page.listing.files.get(place)?;
            match &file.kind {
                FileKind::Bad(why) => (
                    format!("✖ {}: {}", file.name, ui.say(app, why)),
                    ui.theme.hard(),
                ),
                FileKind::Key { digits, .. } => say(Message::new("sync_page.key_means")
                    .with("name", file.name.as_str())
                    .with("digits", digits.to_string())),
                FileKind::Bundle { .. } => say(Message::new("sync_page.file_means")
                    .with("name", file.name.as_str())
                    .with("size", count(file.size.div_ceil(1024)))),
            }
        }
        SyncRow::Conflict(_) => say(Message::new("sync_page.conflict_means")),
        SyncRow::Held(place) => held_detail(ui, app, page.held(place)?),
        SyncRow::Import(place) => {
            let import = page.imported(place)?;
            say(Message::new("sync_page.import_means")
                .with("by", import.by.as_str())
                .with("root", short_root(&import.root)))
        }
        SyncRow::AllNew => say(Message::new("sync_page.all_new_means")),
        _ => return None,
    })
}

/// Why a bundle is kept apart, and what it waits for.
fn held_detail(ui: &Ui, app: &App, held: &HeldStatus) -> (String, Style) {
    let style = ui.theme.text();
    match &held.outcome {
        Some(BundleOutcome::Waiting(gaps)) => {
            let gaps: Vec<String> = gaps.iter().map(|gap| words::gap(ui, gap)).collect();
            let said = Message::new("sync_page.held_waits").with("gaps", gaps.join("; "));
            (ui.say(app, &said), style)
        }
        Some(BundleOutcome::Quarantined(unknown)) => {
            let Some(header) = &held.header else {
                return (String::new(), style);
            };
            let key = if unknown.contains(&header.signed_by()) {
                "sync_page.held_unknown"
            } else {
                "sync_page.held_relayed"
            };
            let said = Message::new(key).with("digits", fingerprint(&header.signer).to_string());
            (ui.say(app, &said), style)
        }
        Some(BundleOutcome::Refused(error)) => (ui.say(app, &error.message()), ui.theme.hard()),
        Some(BundleOutcome::Taken | BundleOutcome::Already { .. }) | None => {
            (ui.t("sync_page.held_ready").to_owned(), style)
        }
    }
}
