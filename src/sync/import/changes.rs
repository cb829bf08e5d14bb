//! What a merge means for people: figures and sums that change, forms whose workflow moves, and what
//! looks suspicious.

use std::collections::BTreeSet;

use crate::base::Decimal;
use crate::ledger::{CellKey, Content, Heads, Subject};
use crate::plan::{FieldId, PeriodId};
use crate::store::StoreError;
use crate::sync::import::late::LateEntries;
use crate::sync::import::merge::Merge;
use crate::sync::import::plan::{
    ConflictChange, FigureChange, ImportPlan, Suspicion, Timing, Total,
};

/// Adds to the plan every figure that will show otherwise, the sums they stand in, and the forms whose
/// workflow moves.
pub(in crate::sync) fn changes(
    merge: &Merge<'_, '_>,
    late: &LateEntries,
    plan: &mut ImportPlan,
) -> Result<(), StoreError> {
    for view in merge.views.values() {
        if let (Subject::Form(form) | Subject::Approval(form, _), true) =
            (&view.subject, view.old != view.new)
            && !plan.forms.contains(form)
        {
            plan.forms.push(form.clone());
        }
        let Subject::Cell(cell) = &view.subject else {
            continue;
        };
        let (old, new) = (view.old.content(), view.new.content());
        let conflict = match (view.old.in_conflict(), view.new.in_conflict()) {
            (_, false) => ConflictChange::None,
            (false, true) => ConflictChange::Begins,
            (true, true) => ConflictChange::Continues,
        };
        if old != new || conflict == ConflictChange::Begins {
            plan.changes.push(FigureChange {
                cell: cell.clone(),
                old,
                new,
                conflict,
                timing: if late.cells.contains(cell) {
                    Timing::Late
                } else {
                    Timing::InTime
                },
            });
        }
    }
    let sums: BTreeSet<(PeriodId, FieldId)> = plan
        .changes
        .iter()
        .filter(|change| change.cell.id.is_figure())
        .map(|change| {
            (
                change.cell.form.period.clone(),
                change.cell.id.field.clone(),
            )
        })
        .collect();
    for (period, field) in sums {
        plan.totals.extend(total(merge, period, field)?);
    }
    Ok(())
}

/// A field's sum over all units before and after, where it moves. A cell in conflict is not counted
/// (`settled.md` 34); a sum past the digits of a figure is not shown.
fn total(
    merge: &Merge<'_, '_>,
    period: PeriodId,
    field: FieldId,
) -> Result<Option<Total>, StoreError> {
    let (mut before, mut after) = (Some(Decimal::ZERO), Some(Decimal::ZERO));
    let add = |sum: &mut Option<Decimal>, heads: &Heads| {
        if let Some(figure) = heads.figure() {
            *sum = sum.and_then(|sum| sum.checked_add(figure));
        }
    };
    for unit in &merge.context.plan.units {
        let cell = CellKey::new(&unit.id, &period, &field);
        let (old, new) = merge.before_and_after(&Subject::Cell(cell))?;
        add(&mut before, &old);
        add(&mut after, &new);
    }
    let moved = before.zip(after).filter(|(before, after)| before != after);
    Ok(moved.map(|(before, after)| Total {
        period,
        field,
        before,
        after,
    }))
}

/// Adds to the plan what a person should look at.
pub(in crate::sync) fn suspicions(merge: &Merge<'_, '_>, plan: &mut ImportPlan) {
    let clocks = merge.ahead.iter().map(|(author, count)| Suspicion::Clock {
        author: *author,
        count: *count,
    });
    let copies = merge.copies.iter().map(|(author, seq)| Suspicion::Copy {
        author: *author,
        seq: *seq,
    });
    let behind = merge.behind.iter();
    let behind = behind.map(|(author, (seq, by))| Suspicion::Behind {
        author: *author,
        seq: *seq,
        by: *by,
    });
    let jumps = plan
        .changes
        .iter()
        .filter(|change| jumps(&change.old, &change.new))
        .map(|change| Suspicion::Jump(change.cell.clone()));
    plan.suspicions = clocks.chain(copies).chain(behind).chain(jumps).collect();
}

/// Whether a figure becomes ten times what it was or more, or a tenth or less.
fn jumps(old: &Content, new: &Content) -> bool {
    let (Content::Value(old), Content::Value(new)) = (old, new) else {
        return false;
    };
    let tenfold = |small: &Decimal, large: &Decimal| {
        !small.is_zero() && small.checked_mul(10).is_some_and(|ten| ten <= *large)
    };
    tenfold(old, new) || tenfold(new, old)
}
