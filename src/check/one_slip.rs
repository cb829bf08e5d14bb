//! One slip, one finding: where several soft checks see the same slip, the most telling one speaks
//! and the others are counted in it.

use std::collections::BTreeSet;

use super::finding::Finding;
use super::shifted::SHIFTED_ROWS;
use super::trend::{SLIPPED, SMALL_JUMP, TRANSPOSED, TREND};
use super::whole_form::{BELOW_OWN_HALF, SAME_AS_OWN_HALF, SAME_AS_ROW_ABOVE, SAME_AS_YEAR_BEFORE};
use crate::base::Message;
use crate::ledger::CellId;
use crate::plan::Severity;

/// The checks that speak of a form as a whole, the most telling first.
const WHOLE: [&str; 4] = [
    SAME_AS_YEAR_BEFORE,
    SAME_AS_OWN_HALF,
    BELOW_OWN_HALF,
    SHIFTED_ROWS,
];
/// The checks that say of one figure that it is a slip or has changed, the most telling first.
const OF_ONE: [&str; 5] = [SAME_AS_ROW_ABOVE, SLIPPED, TREND, SMALL_JUMP, TRANSPOSED];
/// The program's other checks of one figure against its past.
const PAST: [&str; 3] = ["year_covers_half", "uneven_halves", "identical"];

/// How telling a check is: smaller is more.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Telling {
    /// It names what the whole form is.
    Whole(usize),
    /// It names what happened to one figure.
    One(usize),
    /// A rule or relation of the plan.
    Plan,
    /// It only sees that a figure is strange beside its past.
    Past,
}

fn telling(finding: &Finding) -> Telling {
    let rule = finding.rule.as_str();
    let place = |of: &[&str]| of.iter().position(|own| *own == rule);
    match (place(&WHOLE), place(&OF_ONE)) {
        (Some(place), _) => Telling::Whole(place),
        (_, Some(place)) => Telling::One(place),
        _ if PAST.contains(&rule) => Telling::Past,
        _ => Telling::Plan,
    }
}

/// Leaves of soft findings that nobody has answered only the most telling of each slip. Hard
/// findings, and those that are answered, stand for themselves.
pub(super) fn only_the_most_telling(findings: Vec<Finding>) -> Vec<Finding> {
    let open =
        |finding: &Finding| finding.severity == Severity::Soft && finding.overridden.is_none();
    let (mut left, kept): (Vec<_>, Vec<_>) = findings.into_iter().partition(|f| open(f));
    let hard = |finding: &&Finding| finding.severity == Severity::Hard;
    left.retain(|finding| !kept.iter().filter(hard).any(|hard| explains(hard, finding)));
    left.sort_by_key(telling);
    let mut spoken: Vec<(Finding, usize)> = Vec::new();
    for finding in left {
        let teller = spoken
            .iter_mut()
            .find(|(teller, _)| tells(teller, &finding));
        match teller {
            Some((_, others)) => *others += 1,
            None => spoken.push((finding, 0)),
        }
    }
    let spoken = spoken
        .into_iter()
        .map(|(finding, others)| counted(finding, others));
    kept.into_iter().chain(spoken).collect()
}

/// True when a hard finding makes a rule's question idle: it stands at a figure that the rule looks
/// at, or speaks of all of them.
fn explains(hard: &Finding, finding: &Finding) -> bool {
    telling(finding) == Telling::Plan
        && (cells(finding).any(|cell| *cell == hard.cell)
            || cells(finding).all(|cell| cells(hard).any(|own| own == cell)))
}

/// True when `teller` has said what `finding` sees.
fn tells(teller: &Finding, finding: &Finding) -> bool {
    let touched: BTreeSet<&CellId> = cells(finding).collect();
    match telling(teller) {
        // What is no more than a figure's own strangeness follows from the form being another one.
        Telling::Whole(_) => touched
            .iter()
            .any(|cell| cells(teller).any(|own| own == *cell)),
        // A figure that is in doubt itself makes everything strange that it is compared with.
        Telling::One(_) => touched.contains(&teller.cell),
        Telling::Plan | Telling::Past => teller.cell == finding.cell,
    }
}

fn cells(finding: &Finding) -> impl Iterator<Item = &CellId> {
    std::iter::once(&finding.cell).chain(&finding.also)
}

fn counted(finding: Finding, others: usize) -> Finding {
    if others == 0 {
        return finding;
    }
    let message = Message::new("check.and_others")
        .with("finding", finding.message)
        .with("others", others);
    Finding { message, ..finding }
}
