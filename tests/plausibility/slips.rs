//! The slips of people who type figures from paper: of the finger, of the eye, of the sheet.

use crate::chance::Chance;
use crate::district::{Figures, Forms};

/// A kind of slip.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Slip {
    DroppedDigit,
    DoubledDigit,
    ExtraDigit,
    NeighbouringKey,
    LastDigit,
    Transposed,
    Thousands,
    Nothing,
    Percent,
    RowAbove,
    OtherSex,
    SexesExchanged,
    TotalForWomen,
    ShiftedRows,
    LastYearsForm,
    OtherCommunesForm,
    OnlyFirstHalf,
    OnlySecondHalf,
}

/// All kinds with what the table calls them.
pub(crate) const SLIPS: [(Slip, &str); 18] = [
    (Slip::DroppedDigit, "dropped digit"),
    (Slip::DoubledDigit, "doubled digit"),
    (Slip::ExtraDigit, "extra digit"),
    (Slip::NeighbouringKey, "neighbouring key"),
    (Slip::LastDigit, "last digit"),
    (Slip::Transposed, "transposed digits"),
    (Slip::Thousands, "thousands for units"),
    (Slip::Nothing, "nothing for a figure"),
    (Slip::Percent, "per cent for a count"),
    (Slip::RowAbove, "the row above again"),
    (Slip::OtherSex, "the other sex's figure"),
    (Slip::SexesExchanged, "sexes exchanged"),
    (Slip::TotalForWomen, "total for women"),
    (Slip::ShiftedRows, "shifted by a row"),
    (Slip::LastYearsForm, "last year's form"),
    (Slip::OtherCommunesForm, "another commune's form"),
    (Slip::OnlyFirstHalf, "only the first half"),
    (Slip::OnlySecondHalf, "only the second half"),
];

/// Pairs of men and women, boys and girls.
const SEXES: [(&str, &str); 4] = [
    ("dan_so_nam", "dan_so_nu"),
    ("be_trai", "be_gai"),
    ("tiep_can_nam", "tiep_can_nu"),
    ("blgd_bi_nam", "blgd_bi_nu"),
];
/// A total and the women in it.
const WOMEN: [(&str, &str); 2] = [
    ("ld_co_viec_lam", "ld_nu_co_viec_lam"),
    ("ld_lam_cong", "ld_nu_lam_cong"),
];
/// What adds up from 01/01.
const FLOWS: [&str; 5] = ["be_", "tiep_", "blgd_", "bltcsg_", "sinh_"];
/// The numeric pad, row by row.
const PAD: [&str; 4] = ["789", "456", "123", "0"];

/// What a slip needs to see: the commune's other forms and another commune's.
pub(crate) struct Sheets<'a> {
    /// The commune's forms.
    pub(crate) own: &'a Forms,
    /// Another commune's forms.
    pub(crate) other: &'a Forms,
    /// The period that is typed.
    pub(crate) period: &'a str,
    /// The fields in the order of the form.
    pub(crate) order: &'a [&'static str],
}

/// The form with one slip of a kind; `None` where it does not come to anything here.
pub(crate) fn slip(
    kind: Slip,
    form: &Figures,
    sheets: &Sheets<'_>,
    chance: &mut Chance,
) -> Option<Figures> {
    let mut wrong = form.clone();
    match kind {
        Slip::LastYearsForm => whole(&mut wrong, sheets.own.get(&year_before(sheets.period)?)?),
        Slip::OtherCommunesForm => whole(&mut wrong, sheets.other.get(sheets.period)?),
        Slip::OnlyFirstHalf => flows(&mut wrong, sheets, |_, half| half),
        Slip::OnlySecondHalf => flows(&mut wrong, sheets, |year, half| year - half),
        Slip::ShiftedRows => shifted(&mut wrong, sheets, chance),
        Slip::OtherSex => {
            let (men, women) = pair(&SEXES, form, chance)?;
            let (from, to) = if chance.happens(0.5) {
                (men, women)
            } else {
                (women, men)
            };
            wrong.insert(to, form[from]);
        }
        Slip::SexesExchanged => {
            let (men, women) = pair(&SEXES, form, chance)?;
            wrong.insert(men, form[women]);
            wrong.insert(women, form[men]);
        }
        Slip::TotalForWomen => {
            let (all, women) = pair(&WOMEN, form, chance)?;
            wrong.insert(women, form[all]);
        }
        Slip::RowAbove => {
            let at = 1 + chance.below(sheets.order.len() - 1);
            wrong.insert(sheets.order[at], form[sheets.order[at - 1]]);
        }
        Slip::Percent => {
            let (part, all) = [
                ("ld_nu_lam_cong", "ld_nu_co_viec_lam"),
                ("ld_nu_nong_nghiep", "ld_nu_co_viec_lam"),
                ("tiep_can_nu", "dan_so_nu"),
                ("tiep_can_nam", "dan_so_nam"),
            ][chance.below(4)];
            let (key, all) = (known(form, part)?, form.get(all)?);
            wrong.insert(key, 100 * form[key] / (*all).max(1));
        }
        of_a_figure => {
            let least = if of_a_figure == Slip::Nothing { 2 } else { 10 };
            let large: Vec<&'static str> = sheets
                .order
                .iter()
                .copied()
                .filter(|field| form[field] >= least)
                .collect();
            let field = *chance.one(&large)?;
            wrong.insert(field, digits(of_a_figure, form[field], chance)?);
        }
    }
    (wrong != *form).then_some(wrong)
}

fn year_before(period: &str) -> Option<String> {
    let (year, rest) = (period.get(..4)?, period.get(4..)?);
    Some(format!("{}{rest}", year.parse::<i32>().ok()? - 1))
}

fn whole(wrong: &mut Figures, other: &Figures) {
    for (field, value) in wrong.iter_mut() {
        *value = other.get(field).copied().unwrap_or(*value);
    }
}

fn flows(wrong: &mut Figures, sheets: &Sheets<'_>, of: impl Fn(i64, i64) -> i64) {
    let half = format!("{}-6T", sheets.period);
    let Some(half) = sheets.own.get(&half) else {
        return;
    };
    for (field, value) in wrong.iter_mut() {
        if FLOWS.iter().any(|start| field.starts_with(start)) {
            *value = of(*value, half.get(field).copied().unwrap_or(0));
        }
    }
}

/// A stretch of three to eight rows typed one row too low or too high.
fn shifted(wrong: &mut Figures, sheets: &Sheets<'_>, chance: &mut Chance) {
    let length = 3 + chance.below(6);
    let down = chance.happens(0.5);
    let first = 1 + chance.below(sheets.order.len() - length - 1);
    let form = wrong.clone();
    for at in first..first + length {
        let from = if down { at - 1 } else { at + 1 };
        wrong.insert(sheets.order[at], form[sheets.order[from]]);
    }
}

fn known(form: &Figures, field: &str) -> Option<&'static str> {
    form.get_key_value(field).map(|(name, _)| *name)
}

fn pair(
    pairs: &[(&'static str, &'static str)],
    form: &Figures,
    chance: &mut Chance,
) -> Option<(&'static str, &'static str)> {
    let there: Vec<_> = pairs.iter().filter(|(a, _)| form.contains_key(a)).collect();
    chance.one(&there).map(|pair| **pair)
}

/// What becomes of the digits of a figure.
fn digits(kind: Slip, value: i64, chance: &mut Chance) -> Option<i64> {
    let mut digits: Vec<u8> = value.to_string().into_bytes();
    let at = chance.below(digits.len());
    match kind {
        Slip::DroppedDigit => {
            digits.remove(at);
        }
        Slip::DoubledDigit => digits.insert(at, digits[at]),
        Slip::ExtraDigit => digits.insert(at, b'0' + chance.below(10) as u8),
        Slip::NeighbouringKey => digits[at] = neighbour(digits[at], chance)?,
        Slip::LastDigit => *digits.last_mut()? = b'0' + chance.below(10) as u8,
        Slip::Transposed => {
            let at = chance.below(digits.len() - 1);
            digits.swap(at, at + 1);
        }
        Slip::Thousands => return (value >= 1_000).then_some(value / 1_000),
        _ => return Some(0),
    }
    String::from_utf8(digits).ok()?.parse().ok()
}

fn neighbour(digit: u8, chance: &mut Chance) -> Option<u8> {
    let place = |of: u8| {
        let row = PAD.iter().position(|row| row.bytes().any(|d| d == of))?;
        Some((row, PAD[row].bytes().position(|d| d == of)?))
    };
    let (row, column) = place(digit)?;
    let near: Vec<u8> = (b'0'..=b'9')
        .filter(|other| {
            place(*other).is_some_and(|(r, c)| r.abs_diff(row) + c.abs_diff(column) == 1)
        })
        .collect();
    chance.one(&near).copied()
}
