//! Relations, further rules, checks against the past, and the reasons a clerk may pick.

use crate::base::Message;
use crate::plan::formula;
use crate::plan::id::{FieldId, MeasureId, ReasonId, RuleId, UnitId};
use crate::plan::model::{Collector, Reason, Relation, Rule, RuleKind, Severity};
use crate::plan::reader::TableReader;

use super::units::PERIOD_KINDS;

pub(super) const RELATION: [&str; 5] = ["id", "hard", "soft", "note", "note_en"];
pub(super) const RULE: [&str; 23] = [
    "id",
    "check",
    "severity",
    "periods",
    "units",
    "note",
    "note_en",
    "field",
    "fields",
    "measure",
    "min",
    "max",
    "value",
    "from_denominator",
    "points",
    "at_least",
    "part",
    "whole",
    "scale",
    "rest",
    "expected",
    "sigmas",
    "times",
];
pub(super) const REASON: [&str; 3] = ["id", "label", "label_en"];

/// Which keys a check needs or may have, besides those that every rule has.
const CHECKS: [(&str, &[&str]); 9] = [
    ("field_range", &["field", "min", "max"]),
    ("rate_range", &["measure", "min", "max"]),
    ("share_range", &["part", "whole", "scale", "min", "max"]),
    ("rate_exactly", &["measure", "value", "from_denominator"]),
    ("rate_jump", &["measure", "points"]),
    ("note_from", &["field", "at_least"]),
    ("binomial", &["part", "rest", "expected", "sigmas"]),
    ("same_in_row", &["field", "times"]),
    ("none_in_row", &["fields", "times"]),
];
/// How many keys of [`RULE`] every rule may have.
const COMMON: usize = 7;

const SEVERITIES: [(&str, Severity); 2] = [("hard", Severity::Hard), ("soft", Severity::Soft)];

pub(super) fn relation(reader: &TableReader<'_, '_>) -> Option<Relation> {
    let id = reader.id("id");
    let (severity, key) = match (reader.has("hard"), reader.has("soft")) {
        (true, false) => (Severity::Hard, "hard"),
        (false, true) => (Severity::Soft, "soft"),
        (false, false) if reader.misspells("hard") || reader.misspells("soft") => return None,
        _ => {
            let message = Message::new("plan.problem.hard_or_soft");
            reader.problems().error(reader.location().start(), message);
            return None;
        }
    };
    let sides = reader
        .word(key)
        .and_then(|w| formula::comparison(w, reader.problems()));
    let (left, op, right) = sides?;
    Some(Relation {
        id: RuleId::new(id?),
        left,
        op,
        right,
        severity,
        note: reader.opt_label("note", "note_en"),
    })
}

pub(super) fn rule(reader: &TableReader<'_, '_>) -> Option<Rule> {
    let id = reader.id("id");
    let choices = CHECKS.map(|(name, _)| (name, name));
    let kind = reader.choice("check", &choices).and_then(|check| {
        refuse_foreign_keys(reader, check);
        rule_kind(reader, check)
    });
    let severity = if reader.has("severity") {
        reader.choice("severity", &SEVERITIES)
    } else {
        Some(Severity::Soft)
    };
    let periods = if reader.has("periods") {
        reader.choices("periods", &PERIOD_KINDS)
    } else {
        Some(Vec::new())
    };
    let units = reader.opt_words("units");
    Some(Rule {
        id: RuleId::new(id?),
        kind: kind?,
        severity: severity?,
        periods: periods?,
        units: units?
            .into_iter()
            .map(|(name, _)| Collector::Unit(UnitId::new(name)))
            .collect(),
        note: reader.opt_label("note", "note_en"),
    })
}

fn refuse_foreign_keys(reader: &TableReader<'_, '_>, check: &str) {
    let own = CHECKS.iter().find(|(name, _)| *name == check);
    let own = own.map_or(&[] as &[&str], |(_, keys)| keys);
    let foreign = |key: &&&str| reader.has(key) && !own.contains(*key);
    for key in RULE.iter().skip(COMMON).filter(foreign) {
        let message = Message::new("plan.problem.foreign_key")
            .with("key", *key)
            .with("check", check)
            .with("known", own.join(", "));
        reader.problems().error(reader.location().of(key), message);
    }
}

fn rule_kind(reader: &TableReader<'_, '_>, check: &str) -> Option<RuleKind> {
    let field = |key| reader.id(key).map(FieldId::new);
    let measure = || reader.id("measure").map(MeasureId::new);
    let limit = |key| reader.opt_number(key).ok();
    let sum = |key| {
        let word = reader.word(key)?;
        formula::plain_sum(word, reader.problems())
    };
    let small = |key| {
        reader
            .whole(key, 2..=100)
            .and_then(|n| u32::try_from(n).ok())
    };
    Some(match check {
        "field_range" => RuleKind::FieldRange {
            field: field("field")?,
            min: limit("min")?,
            max: limit("max")?,
        },
        "rate_range" => RuleKind::RateRange {
            measure: measure()?,
            min: limit("min")?,
            max: limit("max")?,
        },
        "share_range" => RuleKind::ShareRange {
            part: sum("part")?,
            whole: sum("whole")?,
            scale: u32::try_from(reader.whole("scale", 1..=1_000_000)?).ok()?,
            min: limit("min")?,
            max: limit("max")?,
        },
        "none_in_row" => RuleKind::NoneInRow {
            fields: sum("fields")?,
            times: small("times")?,
        },
        "rate_exactly" => RuleKind::RateExactly {
            measure: measure()?,
            value: reader.number("value")?,
            from_denominator: reader.number("from_denominator")?,
        },
        "rate_jump" => RuleKind::RateJump {
            measure: measure()?,
            points: reader.number("points")?,
        },
        "note_from" => RuleKind::NoteFrom {
            field: field("field")?,
            at_least: reader.number("at_least")?,
        },
        "binomial" => RuleKind::Binomial {
            part: field("part")?,
            rest: field("rest")?,
            expected: reader.number("expected")?,
            sigmas: small("sigmas")?,
        },
        _ => RuleKind::SameInRow {
            field: field("field")?,
            times: small("times")?,
        },
    })
}

pub(super) fn reason(reader: &TableReader<'_, '_>) -> Option<Reason> {
    let id = reader.id("id");
    let label = reader.label("label", "label_en");
    Some(Reason {
        id: ReasonId::new(id?),
        label: label?,
    })
}
