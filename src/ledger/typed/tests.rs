use proptest::prelude::*;

use super::NumberProblem as Problem;
use super::*;
use FieldType::{Count, Decimal as Dec, Text};

fn value(text: &str) -> Content {
    Content::Value(Decimal::parse(text).unwrap())
}

/// Every row of `domain.md` 4.1, then what `settled.md` 20 and 25 add.
#[test]
fn the_table_of_typed_numbers() {
    let english = |offer: &str| {
        Err(Problem::EnglishStyle {
            offer: offer.to_owned(),
        })
    };
    let rows = [
        ("1234", Ok("1234"), Ok("1234")),
        ("1.234", Ok("1234"), Ok("1234")),
        (
            "1.23",
            Err(Problem::PointAsDecimal),
            Err(Problem::PointAsDecimal),
        ),
        (
            "12.5",
            Err(Problem::PointAsDecimal),
            Err(Problem::PointAsDecimal),
        ),
        ("1,5", Err(Problem::DecimalInCount), Ok("1.5")),
        ("1,234", Err(Problem::CommaThousands), Ok("1.234")),
        ("1.234,5", Err(Problem::DecimalInCount), Ok("1234.5")),
        ("1 234", Ok("1234"), Ok("1234")),
        ("1\u{a0}234", Ok("1234"), Ok("1234")),
        ("1\u{202f}234", Ok("1234"), Ok("1234")),
        ("1,234.5", english("1.234,5"), english("1.234,5")),
        // beyond the table
        ("0", Ok("0"), Ok("0")),
        ("007", Ok("7"), Ok("7")),
        ("  12  ", Ok("12"), Ok("12")),
        ("1.234.567", Ok("1234567"), Ok("1234567")),
        (
            "1 234 567,25",
            Err(Problem::DecimalInCount),
            Ok("1234567.25"),
        ),
        ("1,234,567", english("1.234.567"), english("1.234.567")),
        (
            "1,2345",
            Err(Problem::DecimalInCount),
            Err(Problem::TooManyDecimals(3)),
        ),
        (
            "0.234",
            Err(Problem::PointAsDecimal),
            Err(Problem::PointAsDecimal),
        ),
        ("1234.567", Err(Problem::BadGroups), Err(Problem::BadGroups)),
        ("1.23.456", Err(Problem::BadGroups), Err(Problem::BadGroups)),
        ("12 34", Err(Problem::BadGroups), Err(Problem::BadGroups)),
        ("1  234", Err(Problem::BadGroups), Err(Problem::BadGroups)),
        (
            "1.234 567",
            Err(Problem::BadGroups),
            Err(Problem::BadGroups),
        ),
        ("1\t234", Err(Problem::NotANumber), Err(Problem::NotANumber)),
        ("1\n234", Err(Problem::NotANumber), Err(Problem::NotANumber)),
        (
            "1\u{2009}234",
            Err(Problem::NotANumber),
            Err(Problem::NotANumber),
        ),
        ("-5", Err(Problem::Negative), Err(Problem::Negative)),
        ("\u{2212} 5", Err(Problem::Negative), Err(Problem::Negative)),
        ("１２", Err(Problem::NotANumber), Err(Problem::NotANumber)),
        ("١٢", Err(Problem::NotANumber), Err(Problem::NotANumber)),
        ("1e3", Err(Problem::NotANumber), Err(Problem::NotANumber)),
        ("12%", Err(Problem::NotANumber), Err(Problem::NotANumber)),
        (",5", Err(Problem::NotANumber), Err(Problem::NotANumber)),
        ("5,", Err(Problem::NotANumber), Err(Problem::NotANumber)),
        ("O5", Err(Problem::NotANumber), Err(Problem::NotANumber)),
        (
            "1234567890123456",
            Err(Problem::TooLong),
            Err(Problem::TooLong),
        ),
        (
            "123.456.789.012.345",
            Ok("123456789012345"),
            Ok("123456789012345"),
        ),
    ];
    for (typed, count, decimal) in rows {
        for (kind, expected) in [(Count, count), (Dec(3), decimal)] {
            let reading = read(typed, kind);
            match expected {
                Ok(number) => {
                    assert_eq!(reading.content, value(number), "{typed:?} {kind:?}");
                    assert_eq!(reading.problem, None, "{typed:?} {kind:?}");
                }
                Err(problem) => {
                    assert_eq!(reading.problem, Some(problem), "{typed:?} {kind:?}");
                    assert!(matches!(reading.content, Content::Invalid(_)), "{typed:?}");
                }
            }
        }
    }
}

#[test]
fn the_signs_of_the_states() {
    let rows: [(&[&str], Content); 4] = [
        (&["", "   ", "\t"], Content::Blank),
        (
            &["-", "kps", "KPS", "Kps", "–", "—", "\u{2212}", " - "],
            Content::NoneOccurred,
        ),
        (&["…", "...", ".."], Content::Unavailable),
        (&["x", "X", "*"], Content::NotApplicable),
    ];
    for (signs, state) in rows {
        for sign in signs {
            for kind in [Count, Dec(2)] {
                assert_eq!(read(sign, kind).content, state, "{sign:?}");
            }
        }
    }
    for not_a_sign in [".", "--", "....", "xx", "kp", "**", "- -", "……"] {
        assert_eq!(
            read(not_a_sign, Count).problem,
            Some(Problem::NotANumber),
            "{not_a_sign}"
        );
    }
}

#[test]
fn in_a_text_field_everything_is_words() {
    for words in ["-", "x", "1.23", "kps", "…"] {
        assert_eq!(read(words, Text).content, Content::Text(words.to_owned()));
    }
    assert_eq!(read("  \n ", Text).content, Content::Blank);
    assert_eq!(
        read("Kế hoạch\u{1b}", Text).content,
        Content::Text("Kế hoạch".to_owned())
    );
}

#[test]
fn what_could_be_misread_is_echoed() {
    for (typed, kind, echo) in [
        ("1.234", Count, true),
        ("1.234", Dec(3), true),
        ("1,234", Dec(3), true),
        ("1234", Count, false),
        ("1 234", Count, false),
        ("1,5", Dec(2), false),
        ("1.234,5", Dec(2), true),
    ] {
        assert_eq!(read(typed, kind).echo, echo, "{typed}");
    }
}

#[test]
fn unreadable_text_is_kept_as_typed_and_stays_unreadable() {
    for (typed, kept) in [("12 a", "12 a"), ("1\t234", "1|234"), ("\u{1b}[3~", "[3~")] {
        assert_eq!(
            read(typed, Count).content,
            Content::Invalid(kept.to_owned())
        );
    }
    // A cut text must not turn into the number before the cut.
    let Content::Invalid(kept) = read(&format!("12{}x", " ".repeat(100)), Count).content else {
        panic!("read as something else");
    };
    assert!(kept.ends_with('…') && kept.chars().count() <= INVALID_LIMIT);
    let zeros = read(&"0".repeat(100), Count).content;
    assert!(matches!(zeros, Content::Invalid(_)));
}

fn any_content() -> impl Strategy<Value = (Content, FieldType)> {
    let figure = (0i64..10i64.pow(15), 0u8..=6).prop_filter_map("too long", |(mantissa, scale)| {
        Decimal::new(mantissa, scale)
    });
    prop_oneof![
        figure.prop_map(|value| (Content::Value(value), Dec(6))),
        (0i64..10i64.pow(15)).prop_map(|n| (Content::Value(Decimal::whole(n)), Count)),
        Just((Content::Blank, Count)),
        Just((Content::NoneOccurred, Dec(1))),
        Just((Content::Unavailable, Count)),
        Just((Content::NotApplicable, Count)),
    ]
}

proptest! {
    #[test]
    fn what_a_cell_shows_reads_back((content, kind) in any_content()) {
        let reading = read(&typed_form(&content), kind);
        prop_assert_eq!(reading.content, content);
        prop_assert_eq!(reading.problem, None);
    }

    #[test]
    fn anything_typed_is_kept_and_reads_back_to_itself(
        typed in "[0-9., xX*+a…\t\n\u{a0}\u{202f}\u{200b}%-]{0,90}|\\PC{0,90}",
        places in proptest::option::of(0u8..=6),
    ) {
        let kind = places.map_or(Count, Dec);
        let first = read(&typed, kind);
        prop_assert_eq!(
            first.problem.is_some(),
            matches!(first.content, Content::Invalid(_))
        );
        prop_assert_eq!(&read(&typed_form(&first.content), kind).content, &first.content);
    }
}
