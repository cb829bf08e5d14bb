//! A measure's target against the plan's own words for it: the same number, the same direction.

use super::lookup::{Lint, about, as_written};
use crate::base::Decimal;
use crate::plan::model::{Measure, Op};
use crate::plan::reader::Location;

/// Says where a target is not what the words of its indicator say.
pub(super) fn check(lint: &Lint<'_, '_>, measure: &Measure, location: &Location<'_>) {
    let mut indicators = lint.draft.indicators.values();
    if let Some(indicator) = indicators.find(|i| i.id == measure.indicator)
        && !agree(&indicator.target_words, measure)
    {
        let target = format!("{} {}", measure.op.ascii(), as_written(measure.target));
        let message = about("plan.problem.target_words", measure.id.as_str())
            .with("target", target)
            .with("words", indicator.target_words.as_str());
        lint.problems.warning(location.of("target"), message);
    }
}

/// Which comparison words ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    /// Exactly this one.
    Exactly(Op),
    /// The more the better.
    Up,
    /// The less the better.
    Down,
    /// The words do not say.
    Unsaid,
}

/// Words that say the comparison, the longer before the shorter that they contain.
const BEFORE: [(&str, Wanted); 25] = [
    ("không vượt quá", Wanted::Exactly(Op::AtMost)),
    ("không quá", Wanted::Exactly(Op::AtMost)),
    ("không hơn", Wanted::Exactly(Op::AtMost)),
    ("không cao hơn", Wanted::Exactly(Op::AtMost)),
    ("không nhiều hơn", Wanted::Exactly(Op::AtMost)),
    ("nhiều nhất", Wanted::Exactly(Op::AtMost)),
    ("tối đa", Wanted::Exactly(Op::AtMost)),
    ("không dưới", Wanted::Exactly(Op::AtLeast)),
    ("không thấp hơn", Wanted::Exactly(Op::AtLeast)),
    ("không ít hơn", Wanted::Exactly(Op::AtLeast)),
    ("ít nhất", Wanted::Exactly(Op::AtLeast)),
    ("tối thiểu", Wanted::Exactly(Op::AtLeast)),
    ("thấp hơn", Wanted::Exactly(Op::Less)),
    ("nhỏ hơn", Wanted::Exactly(Op::Less)),
    ("ít hơn", Wanted::Exactly(Op::Less)),
    ("dưới", Wanted::Exactly(Op::Less)),
    ("lớn hơn", Wanted::Exactly(Op::More)),
    ("cao hơn", Wanted::Exactly(Op::More)),
    ("trên", Wanted::Exactly(Op::More)),
    ("vượt", Wanted::Exactly(Op::More)),
    ("hơn", Wanted::Exactly(Op::More)),
    ("xuống", Wanted::Down),
    ("còn", Wanted::Down),
    ("tăng", Wanted::Up),
    ("đạt", Wanted::Up),
];

/// How many words before a number say how it is meant.
const WORDS_BEFORE: usize = 4;

/// True when the words hold no number, or one that is the target with a comparison that does not
/// contradict it.
fn agree(words: &str, measure: &Measure) -> bool {
    let numbers = numbers(&words.to_lowercase(), measure);
    let fits = |wanted: Wanted| match wanted {
        Wanted::Unsaid => true,
        Wanted::Up => matches!(measure.op, Op::AtLeast | Op::More | Op::Equal),
        Wanted::Down => matches!(measure.op, Op::AtMost | Op::Less | Op::Equal),
        // "ít nhất 100%" and "= 100" are one where more than the whole cannot be.
        Wanted::Exactly(Op::AtLeast) => matches!(measure.op, Op::AtLeast | Op::Equal),
        Wanted::Exactly(op) => measure.op == op,
    };
    numbers.is_empty()
        || numbers
            .iter()
            .any(|(number, wanted)| *number == measure.target && fits(*wanted))
}

/// The numbers in words, each with the comparison that the words around it say; of a fraction
/// (`12/12`) also what it is at the measure's scale.
fn numbers(words: &str, measure: &Measure) -> Vec<(Decimal, Wanted)> {
    let mut found: Vec<(Decimal, Wanted)> = Vec::new();
    let mut rest = words;
    let mut before = String::new();
    let mut numerator = None;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        before.push_str(rest.get(..start).unwrap_or_default());
        let tail = rest.get(start..).unwrap_or_default();
        let end = tail.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ',')));
        let (digits, after) = tail.split_at(end.unwrap_or(tail.len()));
        rest = after;
        let Some(number) = vietnamese(digits.trim_end_matches(['.', ','])) else {
            continue;
        };
        let wanted = wanted(&before, after);
        found.push((number, wanted));
        if let (Some(above), "/") = (numerator, before.as_str()) {
            found.extend(at_scale(above, number, measure).map(|whole| (whole, wanted)));
        }
        numerator = Some(number);
        before.clear();
    }
    found
}

/// A number as Vietnamese texts write it: points between thousands, a decimal comma.
fn vietnamese(digits: &str) -> Option<Decimal> {
    Decimal::parse(&digits.replace('.', "").replace(',', "."))
}

fn at_scale(above: Decimal, below: Decimal, measure: &Measure) -> Option<Decimal> {
    let scaled = above.checked_mul(i64::from(measure.scale))?.as_whole()?;
    let below = below.as_whole().filter(|below| *below != 0)?;
    (scaled % below == 0).then(|| Decimal::whole(scaled / below))
}

fn wanted(before: &str, after: &str) -> Wanted {
    let behind = after.trim_start_matches(|c: char| !c.is_alphabetic());
    if behind.starts_with("trở lên") {
        return Wanted::Exactly(Op::AtLeast);
    }
    if behind.starts_with("trở xuống") {
        return Wanted::Exactly(Op::AtMost);
    }
    let words: Vec<&str> = before.split_whitespace().collect();
    let near = words.get(words.len().saturating_sub(WORDS_BEFORE)..);
    let near = format!(" {} ", near.unwrap_or_default().join(" "));
    let said = BEFORE
        .iter()
        .find(|(words, _)| near.contains(&format!(" {words} ")));
    said.map_or(Wanted::Unsaid, |(_, wanted)| *wanted)
}
