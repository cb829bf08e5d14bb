//! Plan files: the shipped one carries every fact of the design, another one works as well, and
//! what is wrong with one is said with its line and what to write instead.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a helper of a test fails like a test"
)]

mod design;
mod other;
mod problems;
mod shipped;
mod slips;
mod worst;

use nhaplieu::plan::{self, PeriodKind, Plan};

/// An invented plan that shares nothing with the shipped one.
const SONG_HO: &str = include_str!("../fixtures/plans/song-ho-2026.toml");

/// The worked example of `docs/plan-file.md`.
const CHAN_NUOI: &str = include_str!("../fixtures/plans/chan-nuoi-ha-lam-2027.toml");

fn shipped() -> Plan {
    plan::parse(plan::embedded()).unwrap()
}

fn kind_name(kind: PeriodKind) -> &'static str {
    match kind {
        PeriodKind::Month => "month",
        PeriodKind::Quarter => "quarter",
        PeriodKind::Half => "half",
        PeriodKind::Year => "year",
    }
}

fn joined<T: ToString>(items: impl IntoIterator<Item = T>, by: &str) -> String {
    let items: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    items.join(by)
}
