//! The problems of a plan file: what is wrong, where, and what to write instead.

use std::cell::RefCell;

use crate::base::Message;

/// A file with more problems than this is reported up to here.
const MAX_PROBLEMS: usize = 1_000;

/// Whether a plan with the problem can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProblemSeverity {
    /// The plan can be used; somebody should look.
    Warning,
    /// The plan is refused.
    Error,
}

/// One problem of a plan file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Line of the file, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// Whether the plan can be used all the same.
    pub severity: ProblemSeverity,
    /// What is wrong and what to write instead.
    pub message: Message,
}

/// A problem by byte offset, until the lines are counted.
struct UnplacedProblem {
    at: usize,
    severity: ProblemSeverity,
    message: Message,
}

/// Collects problems while a file is read; readers share it, so it is filled behind a `&`.
#[derive(Default)]
pub(super) struct Problems {
    found: RefCell<Vec<UnplacedProblem>>,
}

impl Problems {
    /// Notes something for which the plan is refused, at a byte of the text.
    pub(super) fn error(&self, at: usize, message: Message) {
        self.push(at, ProblemSeverity::Error, message);
    }

    /// Notes something that somebody should look at, at a byte of the text.
    pub(super) fn warning(&self, at: usize, message: Message) {
        self.push(at, ProblemSeverity::Warning, message);
    }

    fn push(&self, at: usize, severity: ProblemSeverity, message: Message) {
        let mut found = self.found.borrow_mut();
        if found.len() < MAX_PROBLEMS {
            found.push(UnplacedProblem {
                at,
                severity,
                message,
            });
        }
    }

    /// True when no further problem will be kept, so that looking for suggestions is idle.
    pub(super) fn is_full(&self) -> bool {
        self.found.borrow().len() >= MAX_PROBLEMS
    }

    /// True while the plan can be used.
    pub(super) fn usable(&self) -> bool {
        let found = self.found.borrow();
        found.iter().all(|f| f.severity == ProblemSeverity::Warning)
    }

    /// The problems in the order of the file, with line and column.
    pub(super) fn located(self, text: &str) -> Vec<Problem> {
        let mut found = self.found.into_inner();
        found.sort_by_key(|f| f.at);
        let mut location = LineCounter::default();
        let mut located: Vec<Problem> = Vec::with_capacity(found.len());
        for UnplacedProblem {
            at,
            severity,
            message,
        } in found
        {
            let (line, column) = location.advance(text, at);
            let problem = Problem {
                line,
                column,
                severity,
                message,
            };
            if located.last() != Some(&problem) {
                located.push(problem);
            }
        }
        located
    }
}

/// Line and column of a byte offset.
pub(super) fn line_and_column(text: &str, at: usize) -> (usize, usize) {
    LineCounter::default().advance(text, at)
}

/// Walks a text once, however many offsets are asked for in rising order.
#[derive(Default)]
struct LineCounter {
    line_start: usize,
    lines_before: usize,
}

impl LineCounter {
    fn advance(&mut self, text: &str, at: usize) -> (usize, usize) {
        let mut at = at.min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        let passed = text.get(self.line_start..at).unwrap_or_default();
        self.lines_before += passed.matches('\n').count();
        self.line_start += passed.rfind('\n').map_or(0, |newline| newline + 1);
        let column = text
            .get(self.line_start..at)
            .map_or(0, |line| line.chars().count());
        (self.lines_before + 1, column + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_become_lines_and_columns_in_characters() {
        let text = "a\nTổ dân\nb";
        let mut cursor = LineCounter::default();
        let wanted = [(0, (1, 1)), (2, (2, 1)), (7, (2, 4)), (11, (2, 7))];
        for (at, location) in wanted {
            assert_eq!(cursor.advance(text, at), location, "{at}");
        }
        assert_eq!(line_and_column(text, 999), (3, 2));
    }

    #[test]
    fn problems_come_in_the_order_of_the_file_once_each() {
        let problems = Problems::default();
        problems.warning(4, Message::new("b"));
        assert!(problems.usable());
        problems.error(0, Message::new("a"));
        problems.error(0, Message::new("a"));
        assert!(!problems.usable());
        let keys: Vec<_> = problems.located("x\ny\nz").iter().map(|p| p.line).collect();
        assert_eq!(keys, [1, 3]);
    }
}
