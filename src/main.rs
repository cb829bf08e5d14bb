//! The thin binary: everything lives in the library's `cli` room.
use std::process::ExitCode;
use std::sync::Arc;

use nhaplieu::app::keymap::Keymap;
use nhaplieu::app::state::App;
use nhaplieu::base::Lang;
use nhaplieu::cli::{screens, setup};
use nhaplieu::ledger::ActorId;
use nhaplieu::term;
use nhaplieu::ui::texts::Texts;
use nhaplieu::ui::theme::{Palette, Theme};
use nhaplieu::ui::{Glyphs, Ui};

fn main() -> ExitCode {
    let plan_bytes = nhaplieu::plan::embedded().to_vec();
    let Ok(plan) = nhaplieu::plan::parse(&plan_bytes) else {
        return ExitCode::from(3);
    };
    let plan = Arc::new(plan);
    let texts = Arc::new(Texts::load(Lang::Vi));
    let keymap = Keymap::shipped("default").unwrap_or_default();
    let today = std::env::var("NHAPLIEU_TODAY")
        .ok()
        .and_then(|t| t.parse().ok())
        .unwrap_or_else(|| chrono::Local::now().date_naive());
    let app = App::new(
        plan.clone(),
        keymap,
        texts.clone(),
        (Lang::Vi, today),
        term::size(),
    );
    let ui = Ui {
        texts,
        theme: Theme::new(Palette::Colour),
        glyphs: Glyphs::Unicode,
    };
    let site = screens::Site {
        dir: setup::store_dir(std::env::var_os("NHAPLIEU_STORE").map(Into::into)),
        actor: ActorId::fold(&std::env::var("USER").unwrap_or_else(|_| "clerk".into())),
        plan: plan.clone(),
        plan_bytes,
    };
    let edge = term::worker::Edge {
        clock: setup::wall,
        random: setup::action_bytes,
    };
    let opener = screens::opener(site);
    match term::run::start(term::run::Setup {
        app,
        ui,
        plan,
        opener,
        edge,
    }) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::from(2),
    }
}
