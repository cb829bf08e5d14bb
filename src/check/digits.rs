//! Slips of the hand: a digit too many, one too few, two changed places. Pure arithmetic.

use crate::base::Decimal;

/// What a slipped digit did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DigitSlip {
    /// One digit too many; the figure that was probably meant.
    Extra(Option<Decimal>),
    /// One digit too few; which one nobody can tell.
    Missing,
}

/// Tells a slipped digit from a change: `now` is about ten times, or a tenth of, `then`.
///
/// "About" is the plan's own measure of an unremarkable change: a slip is suspected when the
/// figure moved by one decimal place would lie within `percent` of the former one (the project's
/// choice; with 30 % that is 7 to 13 times, or a 13th to a 7th). So it always replaces the plain
/// trend finding and never adds to what is asked.
pub(super) fn slip(now: Decimal, then: Decimal, percent: u32) -> Option<DigitSlip> {
    let ten_times = |value: Decimal| value.checked_mul(10);
    if near(now, ten_times(then)?, percent)? {
        return Some(DigitSlip::Extra(without_a_digit(now, then)));
    }
    near(ten_times(now)?, then, percent)?.then_some(DigitSlip::Missing)
}

/// The figure meant, when two neighbouring digits of `now` changed places: putting them back
/// gives exactly the former figure, or turns a change beyond `percent` into one within a third
/// of it. Only for three digits and more: of two digits every second pair looks like that.
pub(super) fn transposed(now: Decimal, then: Decimal, percent: u32) -> Option<Decimal> {
    if now == then {
        return None;
    }
    let digits: Vec<char> = now.mantissa().checked_abs()?.to_string().chars().collect();
    if digits.len() < 3 {
        return None;
    }
    let remarkable = !near(now, then, percent)?;
    let swapped = (1..digits.len()).filter_map(|at| {
        let mut other = digits.clone();
        other.swap(at - 1, at);
        rebuilt(&other, now.scale())
    });
    swapped.filter(|other| *other != now).find(|other| {
        *other == then || (remarkable && near(*other, then, percent / 3) == Some(true))
    })
}

/// True when exchanged digits make a difference that two right figures seldom have by chance: not
/// the last two, of four or more.
pub(super) fn far_apart(now: Decimal, then: Decimal) -> bool {
    let change = then.checked_mul(-1).and_then(|then| now.checked_add(then));
    change.is_some_and(|change| abs(change).mantissa() >= 90 && now.mantissa() >= 1_000)
}

/// True when `value` lies within `percent` of `reference`.
pub(super) fn near(value: Decimal, reference: Decimal, percent: u32) -> Option<bool> {
    let gap = value.checked_add(reference.checked_mul(-1)?)?;
    let hundredfold = gap.checked_mul(100)?;
    let limit = reference.checked_mul(i64::from(percent))?;
    Some(abs(hundredfold) <= abs(limit))
}

fn abs(value: Decimal) -> Decimal {
    if value < Decimal::ZERO {
        value.checked_mul(-1).unwrap_or(value)
    } else {
        value
    }
}

/// `now` with one digit less: the trailing zero, else one of a doubled pair, else the digit whose
/// loss brings it nearest to `then`; where either has decimals, the comma
/// one place to the left.
fn without_a_digit(now: Decimal, then: Decimal) -> Option<Decimal> {
    if now.scale() > 0 || then.scale() > 0 {
        return Decimal::new(now.mantissa(), now.scale() + 1);
    }
    let value = now.mantissa();
    if value % 10 == 0 {
        return Some(Decimal::whole(value / 10));
    }
    let digits: Vec<char> = value.to_string().chars().collect();
    let without = |at: usize| {
        let mut rest = digits.clone();
        rest.remove(at);
        rebuilt(&rest, 0)
    };
    let doubled = (1..digits.len()).filter(|at| digits.get(at - 1) == digits.get(*at));
    let distance = |other: &Decimal| {
        then.checked_mul(-1)
            .and_then(|t| other.checked_add(t))
            .map(abs)
    };
    let nearest = |candidates: &mut dyn Iterator<Item = Decimal>| candidates.min_by_key(distance);
    nearest(&mut doubled.filter_map(without))
        .or_else(|| nearest(&mut (0..digits.len()).filter_map(without)))
}

fn rebuilt(digits: &[char], scale: u8) -> Option<Decimal> {
    let mantissa: i64 = digits.iter().collect::<String>().parse().ok()?;
    Decimal::new(mantissa, scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dec(text: &str) -> Decimal {
        Decimal::parse(text).unwrap()
    }

    #[test]
    fn one_digit_too_many_or_too_few() {
        let extra = |likely: &str| Some(DigitSlip::Extra(Some(dec(likely))));
        for (now, then, expected) in [
            ("10370", "991", extra("1037")),
            ("10337", "991", extra("1037")),
            ("11037", "991", extra("1037")),
            ("10237", "991", extra("1023")),
            ("99", "991", Some(DigitSlip::Missing)),
            ("104", "991", Some(DigitSlip::Missing)),
            ("155", "15.5", extra("15.5")),
            ("155.5", "15.5", extra("15.55")),
            ("1037", "991", None),
            ("5000", "991", None),
            ("0", "991", None),
            ("69", "10", None),
            ("70", "10", extra("7")),
            ("130", "10", extra("13")),
            ("131", "10", None),
        ] {
            assert_eq!(
                slip(dec(now), dec(then), 30),
                expected,
                "{now} after {then}"
            );
        }
    }

    #[test]
    fn two_digits_changed_places() {
        for (now, then, meant) in [
            ("1307", "991", Some("1037")),
            ("4213", "4123", Some("4123")),
            ("9201", "1998", None),
            ("1037", "991", None),
            ("54", "45", None),
            ("4123", "4123", None),
            ("1100", "1010", Some("1010")),
            ("21.5", "12.5", Some("12.5")),
        ] {
            assert_eq!(
                transposed(dec(now), dec(then), 30),
                meant.map(dec),
                "{now} after {then}"
            );
        }
    }
}
