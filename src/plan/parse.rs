//! Reads a plan file into the catalogue, or lists everything that is wrong with it.

use toml::de::DeTable;

use super::file::PlanDraft;
use super::model::Plan;
use super::problem::{Problem, ProblemSeverity, Problems};
use super::reader::ReadContext;
use super::syntax::{self, Stop};
use super::{lint, source};

/// The plan shipped with the program, as a file.
pub fn embedded() -> &'static [u8] {
    include_bytes!("../../plans/tan-yen-2021-2025.toml")
}

/// Reads a plan file and cross-checks it.
///
/// # Errors
/// Every problem of the file, warnings included, when at least one of them is an error.
pub fn parse(bytes: &[u8]) -> Result<Plan, Vec<Problem>> {
    // A test holds that the shipped plan has no problem; to look for one at every start would
    // cost a third of the time to read it.
    let trust = if bytes == embedded() {
        Screening::ByTests
    } else {
        Screening::Needed
    };
    match read(bytes, trust) {
        (Some(plan), _) => Ok(plan),
        (None, problems) => Err(problems),
    }
}

/// All problems of a plan file, in its order; empty for a plan without any.
pub fn check(bytes: &[u8]) -> Vec<Problem> {
    read(bytes, Screening::Needed).1
}

/// Whether the bytes still have to be searched for what may not stand in a plan; tests have done
/// that for the embedded plan.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Screening {
    ByTests,
    Needed,
}

fn read(bytes: &[u8], screening: Screening) -> (Option<Plan>, Vec<Problem>) {
    let known = if screening == Screening::ByTests {
        source::trusted(bytes)
    } else {
        None
    };
    let source = match known.map_or_else(|| source::open(bytes), Ok) {
        Ok(source) => source,
        Err(problems) => return (None, problems),
    };
    let problems = Problems::default();
    let (document, errors) = DeTable::parse_recoverable(source.text);
    if !errors.is_empty() {
        let stops: Vec<Stop<'_>> = errors
            .iter()
            .map(|error| Stop {
                at: error.span().map_or(0, |span| span.start),
                said: error.message(),
            })
            .collect();
        syntax::note(source.text, &stops, &problems);
        // What follows a slip of the pen is read wrongly: its problems would only mislead.
        return (None, problems.located(source.text));
    }
    let context = ReadContext {
        problems: &problems,
        nfc: source.nfc,
    };
    let mut draft = PlanDraft::read(document.get_ref(), context);
    draft.settle_collectors();
    if screening == Screening::Needed {
        lint::check(&draft, source.text, &problems);
    }
    let plan = if problems.usable() {
        draft.into_plan(blake3::hash(bytes).into())
    } else {
        None
    };
    let problems = problems.located(source.text);
    debug_assert!(
        plan.is_some()
            || problems
                .iter()
                .any(|p| p.severity == ProblemSeverity::Error),
        "a refused plan says why"
    );
    (plan, problems)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_plan_parses() {
        assert_eq!(check(embedded()), []);
        let plan = parse(embedded()).unwrap();
        assert_eq!(plan.fields.len(), 106);
    }
}
