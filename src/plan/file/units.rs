//! Kinds of units, units in their versions, mergers, and the periods they report in.

use crate::base::Label;
use crate::plan::id::{PeriodId, UnitId};
use crate::plan::model::{Period, PeriodKind, Unit, UnitChange, UnitKind, Validity};
use crate::plan::reader::TableReader;

/// The words for the kinds of period.
pub(super) const PERIOD_KINDS: [(&str, PeriodKind); 4] = [
    ("month", PeriodKind::Month),
    ("quarter", PeriodKind::Quarter),
    ("half", PeriodKind::Half),
    ("year", PeriodKind::Year),
];

pub(super) const KIND: [&str; 4] = ["id", "label", "label_en", "group"];
pub(super) const UNIT: [&str; 8] = [
    "id", "code", "name", "name_en", "kind", "from", "to", "note",
];
pub(super) const CHANGE: [&str; 6] = ["date", "change", "from", "to", "share", "basis"];
pub(super) const PERIOD: [&str; 6] = ["id", "kind", "from", "to", "cut_off", "due"];

const CHANGES: [(&str, &str); 4] = [
    ("merge", "merge"),
    ("rename", "rename"),
    ("split", "split"),
    ("reparent", "reparent"),
];

pub(super) fn kind(reader: &TableReader<'_, '_>) -> Option<UnitKind> {
    let id = reader.id("id");
    let label = reader.label("label", "label_en");
    let group = if reader.has("group") {
        Some(reader.id("group")?.to_owned())
    } else {
        None
    };
    Some(UnitKind {
        id: id?.to_owned(),
        label: label?,
        group,
    })
}

pub(super) fn unit(reader: &TableReader<'_, '_>) -> Option<Unit> {
    let id = reader.id("id");
    let code = reader.opt_word("code").map(|(code, _)| code.to_owned());
    let name = reader.text("name");
    let en = reader.opt_text("name_en");
    let kind = reader.id("kind");
    let valid = validity(reader);
    let note = reader.opt_text("note");
    Some(Unit {
        id: UnitId::new(id?),
        code,
        name: Label { vi: name?, en },
        kind: kind?.to_owned(),
        valid: valid?,
        note,
    })
}

/// `from` and, where it has ended, `to`.
pub(super) fn validity(reader: &TableReader<'_, '_>) -> Option<Validity> {
    let from = reader.date("from");
    let to = reader.opt_date("to").ok();
    Some(Validity {
        from: from?,
        to: to?,
    })
}

pub(super) fn change(reader: &TableReader<'_, '_>) -> Option<UnitChange> {
    let date = reader.date("date");
    let kind = reader.choice("change", &CHANGES);
    let from = reader.id("from");
    let to = reader.id("to");
    let share = reader.number("share");
    let basis = reader.text("basis");
    Some(UnitChange {
        date: date?,
        basis: basis?,
        kind: kind?.to_owned(),
        from: UnitId::new(from?),
        to: UnitId::new(to?),
        share: share?,
    })
}

pub(super) fn period(reader: &TableReader<'_, '_>) -> Option<Period> {
    let id = reader.id("id");
    let kind = reader.choice("kind", &PERIOD_KINDS);
    let from = reader.date("from");
    let to = reader.date("to");
    let cut_off = reader.date("cut_off");
    let due = reader.date("due");
    Some(Period {
        id: PeriodId::new(id?),
        kind: kind?,
        from: from?,
        to: to?,
        cut_off: cut_off?,
        due: due?,
    })
}
