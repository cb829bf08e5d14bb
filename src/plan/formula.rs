//! The small language of plan files: sums (`a + b`), comparisons (`100 * a <= 105 * b`),
//! targets (`>= 60`).

use super::id::FieldId;
use super::model::{Op, Term};
use super::problem::Problems;
use super::reader::{SpannedText, visible};
use super::values::thousands;
use crate::base::{Decimal, Message};

/// The largest factor of a term.
const MAX_FACTOR: i64 = 1_000_000;

/// Two sums and how they compare.
pub(super) type Comparison = (Vec<Term>, Op, Vec<Term>);

/// Reads `a + 100 * b + 12`.
pub(super) fn sum(text: SpannedText<'_>, problems: &Problems) -> Option<Vec<Term>> {
    let mut terms = Vec::new();
    let mut at = text.1;
    for part in text.0.split('+') {
        terms.push(term((part, at), problems)?);
        at += part.len() + 1;
    }
    Some(terms)
}

/// Reads a sum of fields without factors and constants: `a + b`.
pub(super) fn plain_sum(text: SpannedText<'_>, problems: &Problems) -> Option<Vec<FieldId>> {
    let fields = sum(text, problems)?.into_iter().map(|term| match term {
        Term::Field(1, field) => Some(field),
        _ => None,
    });
    let fields: Option<Vec<FieldId>> = fields.collect();
    if fields.is_none() {
        problems.error(text.1, Message::new("plan.problem.only_fields"));
    }
    fields
}

/// Reads `a + b <= c`.
pub(super) fn comparison(text: SpannedText<'_>, problems: &Problems) -> Option<Comparison> {
    let (left, op, right) = split_at_sign(text, problems)?;
    let (left, right) = (sum(left, problems), sum(right, problems));
    Some((left?, op, right?))
}

/// Reads `>= 60`.
pub(super) fn target(text: SpannedText<'_>, problems: &Problems) -> Option<(Op, Decimal)> {
    let signs = text.0.matches(['<', '>', '≤', '≥']).count();
    let equal_signs = text
        .0
        .replace("<=", "<")
        .replace(">=", ">")
        .matches('=')
        .count();
    let wrong = match signs + equal_signs {
        0 => Some("plan.problem.target_without_sign"),
        1 => None,
        _ => Some("plan.problem.target_with_two"),
    };
    if let Some(key) = wrong {
        let number = text
            .0
            .split(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ',')));
        let number = number
            .map(|n| n.trim_matches(['.', ',']))
            .find(|n| !n.is_empty());
        let number = number.unwrap_or("60").replace(',', ".");
        let message = Message::new(key)
            .with("value", visible(text.0))
            .with("number", number);
        problems.error(text.1, message);
        return None;
    }
    let (left, op, right) = split_at_sign(text, problems)?;
    if let Some(message) = thousands(right.0.trim()) {
        problems.error(text.1, message);
        return None;
    }
    let number = Decimal::parse(right.0.trim());
    match number {
        Some(number) if left.0.trim().is_empty() => Some((op, number)),
        _ => {
            let message = Message::new("plan.problem.bad_target").with("value", visible(text.0));
            problems.error(text.1, message);
            None
        }
    }
}

fn split_at_sign<'t>(
    (text, at): SpannedText<'t>,
    problems: &Problems,
) -> Option<(SpannedText<'t>, Op, SpannedText<'t>)> {
    let signs = [
        ("<=", Op::AtMost),
        (">=", Op::AtLeast),
        ("≤", Op::AtMost),
        ("≥", Op::AtLeast),
        ("<", Op::Less),
        (">", Op::More),
        ("=", Op::Equal),
    ];
    let found = text.find(['<', '>', '=', '≤', '≥']).and_then(|start| {
        let (left, rest) = text.split_at(start);
        let (sign, op) = signs.iter().find(|(sign, _)| rest.starts_with(sign))?;
        let right = rest.get(sign.len()..)?;
        let once = !right.contains(['<', '>', '=', '≤', '≥']);
        once.then_some(((left, at), *op, (right, at + start + sign.len())))
    });
    if found.is_none() {
        let message = Message::new("plan.problem.bad_comparison").with("value", visible(text));
        problems.error(at, message);
    }
    found
}

fn term((text, at): SpannedText<'_>, problems: &Problems) -> Option<Term> {
    let trimmed = text.trim();
    if let Some(message) = thousands(trimmed) {
        problems.error(at, message);
        return None;
    }
    let read = match trimmed.split_once('*') {
        Some((factor, name)) => factor
            .trim()
            .parse()
            .ok()
            .filter(|factor| (1..=MAX_FACTOR).contains(factor))
            .zip(field(name.trim()))
            .map(|(factor, field)| Term::Field(factor, field)),
        None => match Decimal::parse(trimmed).filter(|number| *number >= Decimal::ZERO) {
            Some(number) => Some(Term::Constant(number)),
            None => field(trimmed).map(|field| Term::Field(1, field)),
        },
    };
    if read.is_none() {
        let message = Message::new("plan.problem.bad_term").with("value", visible(trimmed));
        problems.error(at, message);
    }
    read
}

/// A field's id as formulas can carry it: a small letter, then small letters, digits, `_`.
pub(super) fn field(name: &str) -> Option<FieldId> {
    let tail = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    let good = name.starts_with(|c: char| c.is_ascii_lowercase()) && name.bytes().all(tail);
    good.then(|| FieldId::new(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<T>(
        text: &str,
        reader: fn(SpannedText<'_>, &Problems) -> Option<T>,
    ) -> Result<T, &'static str> {
        let problems = Problems::default();
        let value = reader((text, 0), &problems);
        let first = problems.located(text).into_iter().next();
        value.ok_or_else(|| first.map_or("", |p| p.message.key))
    }

    fn field_term(factor: i64, id: &str) -> Term {
        Term::Field(factor, FieldId::new(id))
    }

    #[test]
    fn comparisons_carry_factors_sums_and_constants() {
        let wanted = (
            vec![field_term(100, "a")],
            Op::AtMost,
            vec![field_term(105, "b"), field_term(1, "c_1")],
        );
        assert_eq!(read("100 * a <= 105*b+c_1", comparison), Ok(wanted));
        let constant = vec![Term::Constant(Decimal::whole(168))];
        let wanted = (vec![field_term(1, "gio")], Op::Less, constant);
        assert_eq!(read("gio < 168", comparison), Ok(wanted));
    }

    #[test]
    fn what_is_no_formula_says_so() {
        for (text, key) in [
            ("a b", "plan.problem.bad_comparison"),
            ("a <= b <= c", "plan.problem.bad_comparison"),
            ("a - b <= c", "plan.problem.bad_term"),
            ("0 * a <= c", "plan.problem.bad_term"),
            ("a + <= c", "plan.problem.bad_term"),
            ("a <= C", "plan.problem.bad_term"),
        ] {
            assert_eq!(read(text, comparison), Err(key), "{text}");
        }
        assert_eq!(read("a + 2*b", plain_sum), Err("plan.problem.only_fields"));
    }

    #[test]
    fn targets_are_a_sign_and_a_number() {
        assert_eq!(
            read("<= 1.7", target),
            Ok((Op::AtMost, Decimal::parse("1.7").unwrap()))
        );
        assert_eq!(read("≥ 60", target), Ok((Op::AtLeast, Decimal::whole(60))));
        assert_eq!(read(">= 1,7", target), Err("plan.problem.bad_target"));
        assert_eq!(read("60", target), Err("plan.problem.target_without_sign"));
        assert_eq!(
            read("80 <= 90 <= 95", target),
            Err("plan.problem.target_with_two")
        );
        assert_eq!(
            read(">= 60, <= 80", target),
            Err("plan.problem.target_with_two")
        );
        assert_eq!(read(">= 1.000", target), Err("plan.problem.thousands"));
    }
}
