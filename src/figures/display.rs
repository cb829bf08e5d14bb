//! Formats a figure for people: rounded half up at the very end, or the sign of what it is instead.

use super::figure::{Figure, Verdict};
use crate::base::{Arg, Decimal, Lang, Message, Ratio};
use crate::plan::Measure;

/// The figure as people read it: `45,3%`, `1,84 lần`, `·` incomplete, `-` nothing to divide by,
/// and the counts alone where this kind of period shows no rate. Of a small sample the counts stand
/// beside a percentage (`66,7% (2/3)`) and in place of a rate per thousands, which would speak of
/// many where there are few.
pub fn display(figure: &Figure, measure: &Measure, lang: Lang) -> String {
    match (&figure.rate, figure.verdict) {
        (Some(_), Verdict::SmallSample) if measure.scale > 100 => counts(figure),
        (Some(rate), verdict) => {
            let (number, suffix) = (rate.display(measure.places), measure.suffix.get(lang));
            if verdict == Verdict::SmallSample && suffix == "%" {
                format!("{number}{suffix} ({})", counts(figure))
            } else {
                format!("{number}{suffix}")
            }
        }
        (None, Verdict::Undefined) => "-".to_owned(),
        (None, Verdict::None) => counts(figure),
        (None, _) => "·".to_owned(),
    }
}

fn counts(figure: &Figure) -> String {
    let number = Decimal::display;
    match (figure.numerator, figure.denominator) {
        (Some(above), Some(below)) => format!("{}/{}", number(above), number(below)),
        (Some(above), None) => number(above),
        (None, _) => "·".to_owned(),
    }
}

/// The exact distance from the target: positive above it, negative below it, whichever of the two
/// is wanted.
pub fn distance(figure: &Figure, measure: &Measure) -> Option<Ratio> {
    figure.rate?.minus(&Ratio::from_decimal(measure.target))
}

/// The distance in words: "thấp hơn mục tiêu 4,7%".
pub fn gap(figure: &Figure, measure: &Measure) -> Option<Message> {
    let distance = distance(figure, measure)?;
    let key = match distance.cmp_decimal(Decimal::ZERO) {
        std::cmp::Ordering::Less => "figure.below_target",
        std::cmp::Ordering::Equal => return Some(Message::new("figure.on_target")),
        std::cmp::Ordering::Greater => "figure.above_target",
    };
    Some(
        Message::new(key)
            .with("gap", Arg::Ratio(distance.abs(), measure.places))
            .with("suffix", measure.suffix.clone()),
    )
}
