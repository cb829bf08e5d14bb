//! What the past lets expect: for all fields, for some, and for a form as a whole.

use crate::base::Message;
use crate::plan::formula;
use crate::plan::model::{
    FieldTrend, FormChecks, SameFigures, ShiftedRows, TrendBase, TrendParams, UsualChange,
};
use crate::plan::reader::{TableReader, visible};

pub(super) const TREND: [&str; 7] = [
    "percent",
    "base",
    "small_jump",
    "slipped_digit",
    "transposed_digits",
    "identical_from",
    "year_covers_half",
];
pub(super) const FIELD_TREND: [&str; 7] = [
    "fields",
    "percent",
    "spread",
    "sigmas",
    "years",
    "latest",
    "half_spread",
];
const SAME: [&str; 3] = ["from", "least", "percent"];
const SHIFTED: [&str; 3] = ["rows", "gain", "each"];

/// The largest percentage of a change.
const MAX_PERCENT: i64 = 100_000;

pub(super) fn trend(reader: &TableReader<'_, '_>) -> Option<TrendParams> {
    let percent = reader.opt_whole("percent", 1..=MAX_PERCENT).ok();
    let base = reader.number("base");
    let small_jump = reader.opt_number("small_jump").ok();
    let identical_from = reader.opt_number("identical_from").ok();
    Some(TrendParams {
        percent: percent?.and_then(|p| u32::try_from(p).ok()),
        base: base?,
        small_jump: small_jump?,
        slipped_digit: reader.flag("slipped_digit"),
        transposed_digits: reader.flag("transposed_digits"),
        identical_from: identical_from?,
        year_covers_half: reader.flag("year_covers_half"),
    })
}

pub(super) fn field_trend(reader: &TableReader<'_, '_>) -> Option<FieldTrend> {
    let words = reader.words("fields")?;
    let fields: Option<Vec<_>> = words.iter().map(|(word, _)| formula::field(word)).collect();
    if fields.is_none() {
        let wrong = words
            .iter()
            .find(|(word, _)| formula::field(word).is_none());
        let shown = wrong.map(|(word, _)| visible(word)).unwrap_or_default();
        let message = Message::new("plan.problem.bad_field_id").with("value", shown);
        reader
            .problems()
            .error(reader.location().of("fields"), message);
    }
    let usual = match (reader.has("percent"), reader.has("spread")) {
        (true, false) => small(reader, "percent", MAX_PERCENT).map(UsualChange::Percent),
        (false, true) => reader
            .number("spread")
            .zip(small(reader, "sigmas", 100))
            .map(|(spread, sigmas)| UsualChange::Events { spread, sigmas }),
        _ => one_of(reader, "plan.problem.percent_or_spread"),
    };
    let against = match (reader.has("years"), reader.flag("latest")) {
        (true, false) => small(reader, "years", 20).map(TrendBase::YearsBefore),
        (false, true) => Some(TrendBase::Latest),
        _ => one_of(reader, "plan.problem.years_or_latest"),
    };
    Some(FieldTrend {
        fields: fields?,
        usual: usual?,
        against: against?,
        half_spread: reader.opt_number("half_spread").ok()?,
    })
}

fn one_of<T>(reader: &TableReader<'_, '_>, key: &'static str) -> Option<T> {
    if !reader.has_misspelt() {
        reader
            .problems()
            .error(reader.location().start(), Message::new(key));
    }
    None
}

fn small(reader: &TableReader<'_, '_>, key: &str, most: i64) -> Option<u32> {
    u32::try_from(reader.whole(key, 1..=most)?).ok()
}

/// The checks of a whole form that the section has.
pub(super) fn form_checks(checks: &TableReader<'_, '_>) -> Option<FormChecks> {
    let same = |key: &str| -> Option<Option<SameFigures>> {
        if !checks.has(key) {
            return Some(None);
        }
        let reader = checks.inner(key, &SAME)?;
        let from = reader.number("from");
        let least = small(&reader, "least", 1_000);
        let percent = small(&reader, "percent", 100);
        Some(Some(SameFigures {
            from: from?,
            least: least?,
            percent: percent?,
        }))
    };
    let year_before = same("same_as_year_before");
    let own_half = same("same_as_own_half");
    let row_above = checks.opt_number("same_as_row_above").ok();
    let shifted = if checks.has("shifted_rows") {
        checks.inner("shifted_rows", &SHIFTED).and_then(|reader| {
            let rows = small(&reader, "rows", 100);
            let gain = small(&reader, "gain", 1_000);
            let each = small(&reader, "each", 1_000);
            Some(Some(ShiftedRows {
                rows: rows?,
                gain: gain?,
                each: each?,
            }))
        })
    } else {
        Some(None)
    };
    Some(FormChecks {
        same_as_year_before: year_before?,
        same_as_own_half: own_half?,
        same_as_row_above: row_above?,
        shifted_rows: shifted?,
    })
}
