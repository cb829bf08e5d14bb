//! Measures: how a figure is computed, what it is held against, who answers for it.

use toml::de::DeValue;

use super::units::{PERIOD_KINDS, validity};
use crate::base::{Decimal, Message};
use crate::plan::formula;
use crate::plan::id::{FieldId, MeasureId, UnitId};
use crate::plan::model::{Formula, Measure, Op, Owner, PeriodKind, RollUp};
use crate::plan::reader::TableReader;

pub(super) const KEYS: [&str; 23] = [
    "id",
    "indicator",
    "short",
    "short_en",
    "numerator",
    "denominator",
    "agencies",
    "units_every",
    "sub_periods",
    "scale",
    "suffix",
    "suffix_en",
    "places",
    "target",
    "owners",
    "roll_up",
    "direct",
    "rate_in",
    "small_below",
    "met_when_all",
    "met_when_each",
    "note",
    "note_en",
];

const ROLL_UPS: [(&str, RollUp); 3] = [
    ("ratio_of_sums", RollUp::RatioOfSums),
    ("count", RollUp::Count),
    ("single", RollUp::Single),
];

pub(super) fn measure(reader: &TableReader<'_, '_>) -> Option<Measure> {
    let id = reader.id("id");
    let indicator = reader.id("indicator");
    let short = reader.label("short", "short_en");
    let formula = formula_of(reader);
    let scale = reader.whole("scale", 1..=1_000_000);
    let places = reader.whole("places", 0..=6);
    let target = target(reader);
    let owners = owners(reader);
    let roll_up = reader.choice("roll_up", &ROLL_UPS);
    let direct = direct(reader).ok();
    let rate_in = reader.choices("rate_in", &PERIOD_KINDS);
    let small_below = reader.opt_number("small_below").ok();
    let met_when_all = reader.opt_words("met_when_all");
    let (op, target) = target?;
    Some(Measure {
        id: MeasureId::new(id?),
        indicator: indicator?.to_owned(),
        short: short?,
        formula: formula?,
        scale: u32::try_from(scale?).ok()?,
        suffix: reader.opt_label("suffix", "suffix_en"),
        places: u8::try_from(places?).ok()?,
        op,
        target,
        owners: owners?,
        roll_up: roll_up?,
        direct: direct?,
        rate_in: rate_in?,
        small_below: small_below?,
        met_when_all: met_when_all?
            .into_iter()
            .map(|(m, _)| MeasureId::new(m))
            .collect(),
        met_when_each: reader.flag("met_when_each"),
        note: reader.opt_label("note", "note_en"),
    })
}

/// The target; a number without quotation marks is one without its sign, too.
fn target(reader: &TableReader<'_, '_>) -> Option<(Op, Decimal)> {
    if let Some(value) = reader.given("target")
        && let DeValue::Integer(_) | DeValue::Float(_) = value.get_ref()
    {
        let number = reader.number("target")?;
        let message = Message::new("plan.problem.target_without_sign")
            .with("value", number.to_string())
            .with("number", number.to_string());
        reader.problems().error(value.span().start, message);
        return None;
    }
    let word = reader.word("target")?;
    formula::target(word, reader.problems())
}

/// Exactly one of the four ways to compute.
fn formula_of(reader: &TableReader<'_, '_>) -> Option<Formula> {
    let ways = ["numerator", "agencies", "units_every", "sub_periods"];
    let given: Vec<&str> = ways.into_iter().filter(|way| reader.has(way)).collect();
    match given.as_slice() {
        ["numerator"] => {
            let sum = |key| {
                let word = reader.word(key)?;
                formula::plain_sum(word, reader.problems())
            };
            let (numerator, denominator) = (sum("numerator"), sum("denominator"));
            Some(Formula::Sums {
                numerator: numerator?,
                denominator: denominator?,
            })
        }
        ["agencies"] => agencies(reader).map(Formula::Agencies),
        ["units_every"] => {
            let (kind, field, at_least) = counted(reader, "units_every")?;
            Some(Formula::UnitsEvery {
                kind,
                field,
                at_least,
            })
        }
        ["sub_periods"] => {
            let (kind, field, at_least) = counted(reader, "sub_periods")?;
            Some(Formula::SubPeriods {
                kind,
                field,
                at_least,
            })
        }
        [] if ways.into_iter().any(|way| reader.misspells(way)) => None,
        _ => {
            let message = Message::new("plan.problem.one_formula");
            reader.problems().error(reader.location().start(), message);
            None
        }
    }
}

fn agencies(reader: &TableReader<'_, '_>) -> Option<Vec<(FieldId, FieldId)>> {
    let lists = reader.lists_of_words("agencies")?;
    let pairs: Option<Vec<_>> = lists
        .iter()
        .map(|list| match list.as_slice() {
            [(all, _), (women, _)] => formula::field(all).zip(formula::field(women)),
            _ => None,
        })
        .collect();
    if pairs.is_none() {
        let at = reader.location().of("agencies");
        reader
            .problems()
            .error(at, Message::new("plan.problem.bad_agencies"));
    }
    pairs
}

fn counted(reader: &TableReader<'_, '_>, key: &str) -> Option<(PeriodKind, FieldId, Decimal)> {
    let inner = reader.inner(key, &["period", "field", "at_least"])?;
    let kind = inner.choice("period", &PERIOD_KINDS);
    let field = inner.id("field");
    let at_least = inner.number("at_least");
    Some((kind?, FieldId::new(field?), at_least?))
}

fn owners(reader: &TableReader<'_, '_>) -> Option<Vec<Owner>> {
    let readers = reader.items("owners", &["unit", "from", "to"])?;
    let count = readers.len();
    let owners: Vec<Owner> = readers
        .iter()
        .filter_map(|owner| {
            let unit = owner.id("unit");
            let valid = validity(owner);
            Some(Owner {
                unit: UnitId::new(unit?),
                valid: valid?,
            })
        })
        .collect();
    (count > 0 && owners.len() == count).then_some(owners)
}

fn direct(reader: &TableReader<'_, '_>) -> Result<Option<FieldId>, ()> {
    if !reader.has("direct") {
        return Ok(None);
    }
    let field = reader.id("direct").map(FieldId::new);
    field.map(Some).ok_or(())
}
