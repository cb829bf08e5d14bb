//! Invented but plausible figures, for demonstration only: the same for the same plan every time,
//! in order with the plan's relations, and never taken from any real place.

use std::collections::BTreeMap;

use crate::base::Decimal;
use crate::ledger::Content;
use crate::plan::{
    Field, FieldId, FieldType, Nature, Op, Period, PeriodKind, Plan, Relation, RuleKind, Term, Unit,
};

/// What a field holds in a year where nothing is known of its size.
const UNKNOWN_SIZE: i64 = 24;
/// How often the relations are gone through; each time fewer are left broken.
const ROUNDS: usize = 24;

/// Typical magnitudes by field.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sizes(BTreeMap<String, Decimal>);

impl Sizes {
    /// The magnitudes shipped with the program.
    pub(crate) fn shipped() -> Self {
        Self::parse(include_str!("../../../../plans/demo.toml"))
    }

    /// Reads `[typical]`; what cannot be read is only left out.
    fn parse(text: &str) -> Self {
        let table: toml::Table = text.parse().unwrap_or_default();
        let typical = table.get("typical").and_then(toml::Value::as_table);
        let read = |value: &toml::Value| match value {
            toml::Value::Integer(whole) => Some(Decimal::whole(*whole)),
            toml::Value::String(text) => Decimal::parse(text),
            _ => None,
        };
        let sizes = typical.into_iter().flatten();
        Self(
            sizes
                .filter_map(|(id, value)| Some((id.clone(), read(value)?)))
                .collect(),
        )
    }
}

/// One invented form.
#[derive(Clone, Debug, Default)]
pub(crate) struct Invented {
    /// What its cells hold.
    pub(crate) cells: BTreeMap<FieldId, Content>,
    /// The cells that the plan wants a note on.
    pub(crate) noted: Vec<FieldId>,
}

/// Invents one form. Decimals without a magnitude of their own (a published value beside computed
/// ones) and words stay empty.
pub(crate) fn form(plan: &Plan, unit: &Unit, period: &Period, sizes: &Sizes) -> Invented {
    let fields = plan.form_fields(unit, period);
    let mut cells: BTreeMap<FieldId, Decimal> = fields
        .iter()
        .filter_map(|field| Some((field.id.clone(), figure(unit, period, field, sizes)?)))
        .collect();
    for _ in 0..ROUNDS {
        let mended = plan
            .relations
            .iter()
            .filter(|relation| mend(relation, &mut cells))
            .count();
        if mended == 0 {
            break;
        }
    }
    let noted = plan.rules.iter().filter_map(|rule| match &rule.kind {
        RuleKind::NoteFrom { field, at_least } => {
            (cells.get(field)? >= at_least).then(|| field.clone())
        }
        _ => None,
    });
    Invented {
        noted: noted.collect(),
        cells: cells
            .into_iter()
            .map(|(id, value)| (id, Content::Value(value)))
            .collect(),
    }
}

fn figure(unit: &Unit, period: &Period, field: &Field, sizes: &Sizes) -> Option<Decimal> {
    use chrono::Datelike;
    let typical = match (field.kind, sizes.0.get(field.id.as_str())) {
        (FieldType::Text, _) | (FieldType::Decimal(_), None) => return None,
        (_, Some(typical)) => *typical,
        (FieldType::Count, None) => Decimal::whole(UNKNOWN_SIZE),
    };
    if let FieldType::Decimal(places) = field.kind {
        let drift = i64::from(period.from.year() % 5);
        let scaled = typical.scaled_to(places)?;
        return Decimal::new(scaled - drift * scaled / 100, places);
    }
    let typical = typical.as_whole()?;
    if typical < 30 {
        return Some(Decimal::whole(small(unit, period, field, typical)));
    }
    // How large the unit is: 70 to 130 per cent of the typical one.
    let size = 70 + pick(&["size", unit.id.as_str()], 61);
    let year = period.from.year();
    let growth = 1000 + i64::from(year - 2021) * 8;
    let wobble = 985
        + pick(
            &[
                "wobble",
                unit.id.as_str(),
                field.id.as_str(),
                &year.to_string(),
            ],
            31,
        );
    let whole = typical * size * growth / 1000 * wobble / 1000 / 100;
    // One per cent of a small figure is nothing: it would be the same every year.
    let jitter = if typical < 400 {
        pick(
            &[
                "jitter",
                unit.id.as_str(),
                field.id.as_str(),
                period.id.as_str(),
            ],
            9,
        ) - 4
    } else {
        0
    };
    Some(Decimal::whole(share_of_year(whole, period, field) + jitter))
}

/// Small counts differ from place to place and year to year, but stocks stay.
fn small(unit: &Unit, period: &Period, field: &Field, typical: i64) -> i64 {
    use chrono::Datelike;
    let id = field.id.as_str();
    if field.nature != Some(Nature::Flow) {
        let more = pick(&["stock", unit.id.as_str(), id], 5) == 0;
        return typical + i64::from(more && typical > 3);
    }
    let place = unit.id.as_str();
    let when = match period.kind {
        PeriodKind::Half | PeriodKind::Year => period.from.year().to_string(),
        PeriodKind::Quarter | PeriodKind::Month => period.id.to_string(),
    };
    let spread = typical.max(1);
    let low = typical - typical / 3;
    let whole = low + pick(&["flow", place, id, &when], spread) * 2 / 3;
    share_of_year(whole, period, field)
}

/// A half year holds not quite half of what happens in a year.
fn share_of_year(whole: i64, period: &Period, field: &Field) -> i64 {
    if field.nature == Some(Nature::Flow) && period.kind == PeriodKind::Half {
        whole * 47 / 100
    } else {
        whole
    }
}

/// A number below `bound` that depends on the words alone.
pub(crate) fn pick(words: &[&str], bound: i64) -> i64 {
    let mut hasher = blake3::Hasher::new();
    for word in words {
        hasher.update(word.as_bytes());
        hasher.update(&[0]);
    }
    let [a, b, c, d, ..] = *hasher.finalize().as_bytes();
    i64::from(u32::from_le_bytes([a, b, c, d])) % bound.max(1)
}

/// Moves figures so that a relation holds; true when it had to.
fn mend(relation: &Relation, cells: &mut BTreeMap<FieldId, Decimal>) -> bool {
    let side = |terms: &[Term], cells: &BTreeMap<FieldId, Decimal>| -> Option<i64> {
        terms.iter().try_fold(0, |sum, term| {
            Some(
                sum + match term {
                    Term::Field(factor, id) => factor * cells.get(id)?.as_whole()?,
                    Term::Constant(value) => value.as_whole()?,
                },
            )
        })
    };
    let (Some(left), Some(right)) = (side(&relation.left, cells), side(&relation.right, cells))
    else {
        return false;
    };
    if relation.op.holds(left.cmp(&right)) {
        return false;
    }
    match relation.op {
        Op::AtMost => lower(&relation.left, left - right, cells),
        Op::Less => lower(&relation.left, left - right + 1, cells),
        Op::Equal if left > right => lower(&relation.left, left - right, cells),
        Op::Equal | Op::AtLeast => raise(&relation.left, right - left, cells),
        Op::More => raise(&relation.left, right - left + 1, cells),
    }
}

/// Takes so much away from a side, from its largest terms first.
fn lower(terms: &[Term], mut by: i64, cells: &mut BTreeMap<FieldId, Decimal>) -> bool {
    let mut ids: Vec<(i64, &FieldId)> = terms
        .iter()
        .filter_map(|term| match term {
            Term::Field(factor, id) if *factor > 0 => Some((*factor, id)),
            _ => None,
        })
        .collect();
    ids.sort_by_key(|(_, id)| std::cmp::Reverse(cells.get(*id).copied()));
    for (factor, id) in ids {
        let have = cells.get(id).and_then(|v| v.as_whole()).unwrap_or(0);
        let take = have.min((by + factor - 1) / factor);
        cells.insert(id.clone(), Decimal::whole(have - take));
        by -= take * factor;
        if by <= 0 {
            return true;
        }
    }
    true
}

fn raise(terms: &[Term], by: i64, cells: &mut BTreeMap<FieldId, Decimal>) -> bool {
    let first = terms.iter().find_map(|term| match term {
        Term::Field(factor, id) if *factor > 0 => Some((*factor, id)),
        _ => None,
    });
    let Some((factor, id)) = first else {
        return false;
    };
    let have = cells.get(id).and_then(|v| v.as_whole()).unwrap_or(0);
    cells.insert(
        id.clone(),
        Decimal::whole(have + (by + factor - 1) / factor),
    );
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check;
    use crate::ledger::{
        ActorId, AuthorId, Body, Clock, EntryRef, Form, Head, Heads, Origin, PastForms,
    };
    use crate::plan::{self, Severity};

    fn as_form(invented: Invented) -> Form {
        let heads = |body| {
            Heads::new(vec![Head {
                entry: EntryRef {
                    author: AuthorId([0; 16]),
                    seq: 1,
                    h8: [0; 8],
                },
                body,
                clock: Clock::default(),
                wall: 0,
                actor: ActorId::fold("minh-hoa"),
                origin: Origin::Demo,
                flags: 0,
                note: String::new(),
            }])
        };
        let cells = invented.cells.into_iter();
        let notes = invented.noted.into_iter();
        Form {
            cells: cells
                .map(|(id, content)| (id.into(), heads(Body::SetValue(content))))
                .collect(),
            notes: notes
                .map(|id| (id.into(), heads(Body::Note("minh hoạ".to_owned()))))
                .collect(),
            ..Form::default()
        }
    }

    #[test]
    fn every_invented_form_could_be_submitted() {
        let plan = plan::parse(plan::embedded()).unwrap();
        let sizes = Sizes::shipped();
        let (mut forms, mut soft) = (0, 0);
        for unit in &plan.units {
            let mut past = PastForms::default();
            for period in plan.periods_of(unit) {
                let form = as_form(super::form(&plan, unit, period, &sizes));
                let context = check::Context {
                    plan: &plan,
                    unit,
                    period,
                    form: &form,
                    past: &past,
                };
                for finding in check::findings(&context) {
                    assert_ne!(
                        finding.severity,
                        Severity::Hard,
                        "{} {} {:?}",
                        unit.id,
                        period.id,
                        finding.message
                    );
                    soft += 1;
                }
                forms += 1;
                past.forms.insert(period.id.clone(), form.into());
            }
        }
        assert!(forms > 600, "{forms}");
        assert!(soft < forms, "{soft} questions over {forms} forms");
    }

    #[test]
    fn every_magnitude_belongs_to_a_field_of_the_shipped_plan() {
        let plan = plan::parse(plan::embedded()).unwrap();
        for id in Sizes::shipped().0.keys() {
            assert!(plan.field(&FieldId::new(id)).is_some(), "{id}");
        }
    }
}
