//! Exact numbers: fixed-point decimals and fractions, compared before any rounding.

use std::cmp::Ordering;
use std::fmt;

/// The largest number of digits a figure may have; keeps every product inside `i128`.
pub const MAX_DIGITS: usize = 15;
/// The largest number of decimals a figure may have.
const MAX_SCALE: u8 = 6;

/// An exact decimal, `mantissa / 10^scale`, always held without trailing zeros.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Decimal {
    mantissa: i64,
    scale: u8,
}

impl Decimal {
    /// Zero.
    pub const ZERO: Self = Self {
        mantissa: 0,
        scale: 0,
    };

    /// Makes `mantissa / 10^scale`; `None` past six places or [`MAX_DIGITS`].
    pub fn new(mantissa: i64, scale: u8) -> Option<Self> {
        if mantissa.unsigned_abs() >= 10u64.pow(15) || scale > MAX_SCALE {
            return None;
        }
        let (mut mantissa, mut scale) = (mantissa, scale);
        while scale > 0 && mantissa % 10 == 0 {
            mantissa /= 10;
            scale -= 1;
        }
        Some(Self { mantissa, scale })
    }

    /// A whole number; saturates at [`MAX_DIGITS`] digits.
    pub fn whole(value: i64) -> Self {
        let limit = 10i64.pow(15) - 1;
        Self {
            mantissa: value.clamp(-limit, limit),
            scale: 0,
        }
    }

    /// Reads the canonical form: an optional `-`, digits, optionally `.` and digits.
    pub fn parse(text: &str) -> Option<Self> {
        let (negative, body) = text
            .strip_prefix('-')
            .map_or((false, text), |rest| (true, rest));
        let (whole, part) = body.split_once('.').unwrap_or((body, ""));
        let digits_only = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty()
            || !digits_only(whole)
            || !digits_only(part)
            || (part.is_empty() && body.contains('.'))
            || part.len() > usize::from(MAX_SCALE)
        {
            return None;
        }
        let joined = format!("{whole}{part}");
        let trimmed = joined.trim_start_matches('0');
        if trimmed.len() > MAX_DIGITS {
            return None;
        }
        let mantissa: i64 = if trimmed.is_empty() {
            0
        } else {
            trimmed.parse().ok()?
        };
        let scale = u8::try_from(part.len()).ok()?;
        Self::new(if negative { -mantissa } else { mantissa }, scale)
    }

    /// The numerator of `mantissa / 10^scale` in lowest decimal form.
    pub fn mantissa(self) -> i64 {
        self.mantissa
    }

    /// How many decimals the lowest form has.
    pub fn scale(self) -> u8 {
        self.scale
    }

    /// The integer `self * 10^scale`; `None` when that is not whole.
    pub fn scaled_to(self, scale: u8) -> Option<i64> {
        let up = scale.checked_sub(self.scale)?;
        self.mantissa.checked_mul(10i64.checked_pow(u32::from(up))?)
    }

    /// The whole number, when there are no decimals.
    pub fn as_whole(self) -> Option<i64> {
        (self.scale == 0).then_some(self.mantissa)
    }

    /// True for 0.
    pub fn is_zero(self) -> bool {
        self.mantissa == 0
    }

    /// The sum; `None` past the digits a figure may have.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        let scale = self.scale.max(other.scale);
        let sum = self
            .scaled_to(scale)?
            .checked_add(other.scaled_to(scale)?)?;
        Self::new(sum, scale)
    }

    /// `self * factor`; `None` past the digits a figure may have.
    pub fn checked_mul(self, factor: i64) -> Option<Self> {
        Self::new(self.mantissa.checked_mul(factor)?, self.scale)
    }

    /// As people read and type it, in every language: groups of three with `.`, decimals after
    /// `,` (`1.234,5`).
    pub fn display(self) -> String {
        grouped(
            self.mantissa.unsigned_abs().into(),
            self.scale,
            self.mantissa < 0,
            '.',
            ',',
        )
    }

    fn fraction(self) -> (i128, i128) {
        (i128::from(self.mantissa), pow10(self.scale))
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let ((a, b), (c, d)) = (self.fraction(), other.fraction());
        (a * d).cmp(&(c * b))
    }
}

/// Canonical form: `.` decimal, no grouping, no trailing zeros.
impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&plain(
            self.mantissa.unsigned_abs().into(),
            self.scale,
            self.mantissa < 0,
        ))
    }
}

/// An exact fraction of two decimals, times a whole scale (100 for per cent).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ratio {
    numerator: i128,
    denominator: i128,
}

impl Ratio {
    /// `numerator / denominator * scale`; `None` for a denominator of 0.
    pub fn new(numerator: Decimal, denominator: Decimal, scale: u32) -> Option<Self> {
        if denominator.is_zero() {
            return None;
        }
        let ((a, b), (c, d)) = (numerator.fraction(), denominator.fraction());
        let (top, bottom) = (a * d * i128::from(scale), b * c);
        let sign = if bottom < 0 { -1 } else { 1 };
        let divisor = gcd(top.unsigned_abs(), bottom.unsigned_abs());
        let divisor = i128::try_from(divisor).unwrap_or(1).max(1);
        Some(Self {
            numerator: sign * top / divisor,
            denominator: sign * bottom / divisor,
        })
    }

    /// A decimal as a fraction.
    pub fn from_decimal(value: Decimal) -> Self {
        let (numerator, denominator) = value.fraction();
        Self {
            numerator,
            denominator,
        }
    }

    /// Compares with a decimal, exactly.
    pub fn cmp_decimal(&self, other: Decimal) -> Ordering {
        let (c, d) = other.fraction();
        // Both products stay far below i128: 36 digits at the most on the left.
        (self.numerator.saturating_mul(d)).cmp(&c.saturating_mul(self.denominator))
    }

    /// The exact difference; `None` past the digits a fraction may have.
    pub fn minus(&self, other: &Self) -> Option<Self> {
        let top = self
            .numerator
            .checked_mul(other.denominator)?
            .checked_sub(other.numerator.checked_mul(self.denominator)?)?;
        let bottom = self.denominator.checked_mul(other.denominator)?;
        let divisor = i128::try_from(gcd(top.unsigned_abs(), bottom.unsigned_abs())).ok()?;
        Some(Self {
            numerator: top / divisor.max(1),
            denominator: bottom / divisor.max(1),
        })
    }

    /// The same without its sign.
    #[must_use]
    pub fn abs(&self) -> Self {
        Self {
            numerator: self.numerator.abs(),
            denominator: self.denominator,
        }
    }

    /// Rounded half up (away from zero) to `places` decimals, as an integer of that scale.
    fn rounded(&self, places: u8) -> i128 {
        let top = self
            .numerator
            .abs()
            .saturating_mul(pow10(places))
            .saturating_mul(2);
        let half_up = (top + self.denominator) / (self.denominator * 2);
        if self.numerator < 0 {
            -half_up
        } else {
            half_up
        }
    }

    /// As people read and type it, with exactly `places` decimals (`45,3`).
    pub fn display(&self, places: u8) -> String {
        let value = self.rounded(places);
        grouped(value.unsigned_abs(), places, value < 0, '.', ',')
    }

    /// The canonical form rounded half up to 6 places, without trailing zeros.
    pub fn canonical(&self) -> String {
        let mut value = self.rounded(MAX_SCALE);
        let mut scale = MAX_SCALE;
        while scale > 0 && value % 10 == 0 {
            value /= 10;
            scale -= 1;
        }
        plain(value.unsigned_abs(), scale, value < 0)
    }
}

fn pow10(scale: u8) -> i128 {
    10i128.pow(u32::from(scale))
}

fn gcd(a: u128, b: u128) -> u128 {
    if b == 0 { a } else { gcd(b, a % b) }
}

fn split_digits(magnitude: u128, scale: u8) -> (String, String) {
    let scale = usize::from(scale);
    let digits = format!("{magnitude:0>width$}", width = scale + 1);
    let (whole, part) = digits.split_at(digits.len() - scale);
    (whole.to_owned(), part.to_owned())
}

fn plain(magnitude: u128, scale: u8, negative: bool) -> String {
    let (whole, part) = split_digits(magnitude, scale);
    let sign = if negative { "-" } else { "" };
    if part.is_empty() {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{part}")
    }
}

fn grouped(magnitude: u128, scale: u8, negative: bool, group: char, point: char) -> String {
    let (whole, part) = split_digits(magnitude, scale);
    let mut out = String::with_capacity(whole.len() * 2 + part.len());
    if negative {
        out.push('-');
    }
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index) % 3 == 0 {
            out.push(group);
        }
        out.push(digit);
    }
    if !part.is_empty() {
        out.push(point);
        out.push_str(&part);
    }
    out
}

#[cfg(test)]
mod tests;
