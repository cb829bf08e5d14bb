//! Broken plans: each slip in the invented plan gives one problem, at its line, in a text's key.

use nhaplieu::base::Lang;
use nhaplieu::plan::{self, Problem, ProblemSeverity};
use nhaplieu::ui::texts::Texts;

use crate::SONG_HO;
use crate::slips::{DATES, FIGURES, FORM, NAMES, READING, Slip};
use crate::worst::WORST;

/// The invented plan with one slip, and the line on which the slip stands.
fn broken((good, bad, _): &Slip) -> (String, usize) {
    let at = SONG_HO
        .find(good)
        .unwrap_or_else(|| panic!("not in the plan: {good}"));
    let line = SONG_HO[..at].matches('\n').count() + 1;
    (SONG_HO.replacen(good, bad, 1), line)
}

fn keys(problems: &[Problem]) -> Vec<(usize, &str)> {
    let key = |p: &Problem| p.message.key.trim_start_matches("plan.problem.");
    problems.iter().map(|p| (p.line, key(p))).collect()
}

fn says(table: &[Slip]) {
    for slip in table {
        let (text, line) = broken(slip);
        let found = plan::check(text.as_bytes());
        let found = keys(&found);
        if slip.2.is_empty() {
            assert_eq!(found, [], "{slip:?}");
            continue;
        }
        // A slip may span lines or be said where the table begins; it is near all the same.
        let near = |&(at, key): &(usize, &str)| key == slip.2 && at.abs_diff(line) <= 8;
        assert!(found.iter().any(near), "{slip:?} in line {line}: {found:?}");
    }
}

#[test]
fn what_cannot_be_read() {
    says(READING);
}

#[test]
fn names_that_nothing_bears() {
    says(NAMES);
}

#[test]
fn units_owners_and_periods_that_contradict_the_calendar() {
    says(DATES);
}

#[test]
fn fields_and_checks_that_would_surprise_a_clerk() {
    says(FORM);
}

#[test]
fn measures_that_nobody_can_compute_or_reach() {
    says(FIGURES);
}

#[test]
fn problems_are_said_with_their_exact_line() {
    for slip in [&READING[11], &NAMES[7], &DATES[12], &FORM[6], &FIGURES[0]] {
        let (text, line) = broken(slip);
        assert_eq!(
            keys(&plan::check(text.as_bytes())),
            [(line, slip.2)],
            "{slip:?}"
        );
    }
}

#[test]
fn all_problems_are_said_at_once() {
    let text = SONG_HO
        .replace("version = 3", "version = 0")
        .replace("label = \"Nhận xét\"", "label = 7")
        .replace("target = \">= 80\"", "target = \"> 100\"");
    let problems = plan::check(text.as_bytes());
    let found: Vec<&str> = keys(&problems).into_iter().map(|(_, key)| key).collect();
    assert_eq!(found, ["out_of_range", "not_text", "impossible_target"]);
    assert_eq!(plan::parse(text.as_bytes()).unwrap_err(), problems);
}

#[test]
fn an_item_that_cannot_be_read_is_not_also_missed_elsewhere() {
    let text = SONG_HO.replacen("type = \"count\"", "type = \"whole\"", 1);
    assert_eq!(keys(&plan::check(text.as_bytes())).len(), 1);
}

#[test]
fn warnings_do_not_refuse_a_plan() {
    let text = SONG_HO.replace("unit = \"ha\"\n", "");
    let problems = plan::check(text.as_bytes());
    assert!(
        problems
            .iter()
            .all(|p| p.severity == ProblemSeverity::Warning)
    );
    assert!(!problems.is_empty() && plan::parse(text.as_bytes()).is_ok());
}

#[test]
fn every_problem_is_put_into_words_without_loose_ends() {
    let texts = [Texts::load(Lang::Vi), Texts::load(Lang::En)];
    let slips = [READING, NAMES, DATES, FORM, FIGURES].concat();
    let slips = slips.iter().map(|slip| broken(slip).0);
    let worst = WORST
        .iter()
        .map(|(good, bad, ..)| SONG_HO.replace(good, bad));
    for text in slips.chain(worst) {
        for problem in plan::check(text.as_bytes()) {
            for texts in &texts {
                let pattern = texts.get(problem.message.key);
                assert_ne!(pattern, problem.message.key, "no words");
                for (name, _) in pattern.split('{').skip(1).filter_map(|p| p.split_once('}')) {
                    let given = problem.message.args.iter().any(|(arg, _)| *arg == name);
                    assert!(given, "{}: no {name}", problem.message.key);
                }
            }
        }
    }
}

#[test]
fn no_bytes_make_it_panic() {
    let whole = SONG_HO.as_bytes();
    for end in (0..whole.len()).step_by(97) {
        plan::check(&whole[..end]);
        let mut turned = whole.to_vec();
        turned[end] ^= 0x15;
        plan::check(&turned);
    }
    plan::check("[".repeat(100_000).as_bytes());
    plan::check("a = [".repeat(100_000).as_bytes());
}
