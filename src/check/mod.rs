//! Is it plausible? From a form and its past to findings: what is wrong, what is unusual, and
//! what was probably meant.
//!
//! Every check is a small pure function from a `Sheet` to at most one finding, listed in
//! a table here; a family of checks is a file. A finding never blocks typing: hard ones block
//! submitting, soft ones ask for a reason, which is kept with the values it was given for.

mod binomial;
mod digits;
mod finding;
mod note;
mod past;
mod range;
mod rate;
mod relation;
mod sheet;
mod state;
mod trend;
mod words;

pub use crate::ledger::context::{Context, Past, needed_periods};
pub use finding::{Finding, Override};

use crate::ledger::Content;
use crate::plan::{Field, FieldId, Rule, RuleKind};
use sheet::Sheet;

/// What looks at one cell, and its past, alone.
const CELL_CHECKS: [fn(&Sheet<'_>, &Field) -> Option<Finding>; 5] = [
    state::unreadable,
    state::conflict,
    trend::against_year_earlier,
    past::identical,
    past::year_covers_half,
];

/// All findings of a form, in the order of its fields, at each field the hard ones first.
pub fn findings(ctx: &Context<'_>) -> Vec<Finding> {
    let sheet = Sheet::new(*ctx);
    let fields = ctx.plan.form_fields(ctx.unit, ctx.period);
    let cells = fields.iter().flat_map(|field| at_cell(&sheet, field));
    let relations = ctx.plan.relations.iter();
    let relations = relations.filter_map(|relation| relation::judge(&sheet, relation));
    let rules = ctx.plan.rules.iter().filter_map(|rule| judge(&sheet, rule));
    in_order(ctx, cells.chain(relations).chain(rules).collect())
}

/// The findings that look at `field`, as they would be if its cell held `candidate`: those
/// reported at it and those reported at another cell it is compared with.
///
/// Asked at every keystroke: only the checks that touch the field are made, and a typed candidate
/// stands above a conflict, as entering it would end it.
pub fn findings_at(ctx: &Context<'_>, field: &FieldId, candidate: &Content) -> Vec<Finding> {
    let Some(asked) = ctx.asked(field) else {
        return Vec::new();
    };
    let sheet = Sheet::with_candidate(*ctx, field, candidate);
    let cell = at_cell(&sheet, asked);
    let relations = ctx.plan.relations.iter();
    let relations = relations
        .filter(|relation| relation::touches(relation, field))
        .filter_map(|relation| relation::judge(&sheet, relation));
    let rules = ctx.plan.rules.iter();
    let rules = rules
        .filter(|rule| touches(ctx, rule, field))
        .filter_map(|rule| judge(&sheet, rule));
    in_order(ctx, cell.chain(relations).chain(rules).collect())
}

fn at_cell<'s>(sheet: &'s Sheet<'_>, field: &'s Field) -> impl Iterator<Item = Finding> + use<'s> {
    CELL_CHECKS
        .iter()
        .filter_map(move |check| check(sheet, field))
}

/// One check of the plan, by its kind.
fn judge(sheet: &Sheet<'_>, rule: &Rule) -> Option<Finding> {
    if !rule.periods.is_empty() && !rule.periods.contains(&sheet.ctx.period.kind) {
        return None;
    }
    match &rule.kind {
        RuleKind::FieldRange { field, min, max } => range::field(sheet, rule, field, *min, *max),
        RuleKind::RateRange { measure, min, max } => rate::range(sheet, rule, measure, *min, *max),
        RuleKind::RateExactly {
            measure,
            value,
            from_denominator,
        } => rate::exactly(sheet, rule, measure, *value, *from_denominator),
        RuleKind::RateJump { measure, points } => rate::jump(sheet, rule, measure, *points),
        RuleKind::NoteFrom { field, at_least } => note::due(sheet, rule, field, *at_least),
        RuleKind::Binomial {
            part,
            rest,
            expected,
            sigmas,
        } => binomial::judge(sheet, rule, (part, rest), *expected, *sigmas),
        RuleKind::SameInRow { field, times } => past::same_in_row(sheet, rule, field, *times),
    }
}

fn touches(ctx: &Context<'_>, rule: &Rule, field: &FieldId) -> bool {
    match &rule.kind {
        RuleKind::FieldRange { field: own, .. }
        | RuleKind::NoteFrom { field: own, .. }
        | RuleKind::SameInRow { field: own, .. } => own == field,
        RuleKind::Binomial { part, rest, .. } => part == field || rest == field,
        RuleKind::RateRange { measure, .. }
        | RuleKind::RateExactly { measure, .. }
        | RuleKind::RateJump { measure, .. } => ctx
            .plan
            .measure(measure)
            .is_some_and(|measure| rate::components(measure).any(|own| own == field)),
    }
}

fn in_order(ctx: &Context<'_>, mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort_by_key(|finding| (ctx.plan.field_position(&finding.field), finding.severity));
    findings
}
