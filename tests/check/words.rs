//! Findings in words.

use std::collections::BTreeSet;
use std::path::Path;

use nhaplieu::base::{Decimal, Label, Lang};
use nhaplieu::plan::{FieldId, Op, Relation, RuleId, Severity, Term};
use nhaplieu::ui::texts::Texts;

use crate::all;
use crate::support::{Desk, shipped};

/// One relation in place of all the plan's: how it reads when it is broken.
#[test]
fn a_broken_relation_in_words() {
    let field = |id: &str| Term::Field(1, FieldId::new(id));
    let times = |factor, id: &str| Term::Field(factor, FieldId::new(id));
    let number = |n| Term::Constant(Decimal::whole(n));
    let (boys, girls) = (vec![field("be_trai")], vec![field("be_gai")]);
    let both = vec![field("be_trai"), field("be_gai")];
    for (left, op, right, words) in [
        (
            boys.clone(),
            Op::Less,
            girls.clone(),
            "Trẻ sinh ra sống: bé trai (60) phải nhỏ hơn trẻ sinh ra sống: bé gái (50).",
        ),
        (
            boys.clone(),
            Op::AtMost,
            girls.clone(),
            "Trẻ sinh ra sống: bé trai (60) lớn hơn trẻ sinh ra sống: bé gái (50).",
        ),
        (
            boys.clone(),
            Op::Equal,
            girls.clone(),
            "Trẻ sinh ra sống: bé trai (60) khác trẻ sinh ra sống: bé gái (50).",
        ),
        (
            girls.clone(),
            Op::AtLeast,
            boys.clone(),
            "Trẻ sinh ra sống: bé gái (50) nhỏ hơn trẻ sinh ra sống: bé trai (60).",
        ),
        (
            girls.clone(),
            Op::More,
            boys.clone(),
            "Trẻ sinh ra sống: bé gái (50) phải lớn hơn trẻ sinh ra sống: bé trai (60).",
        ),
        (
            both,
            Op::AtMost,
            vec![number(100)],
            "Trẻ sinh ra sống: bé trai + trẻ sinh ra sống: bé gái (110) lớn hơn mức tối đa 100.",
        ),
        (
            girls.clone(),
            Op::More,
            vec![number(50)],
            "Trẻ sinh ra sống: bé gái (50) phải lớn hơn 50.",
        ),
        (
            vec![times(100, "be_trai")],
            Op::AtMost,
            vec![times(115, "be_gai")],
            "Trẻ sinh ra sống: bé trai (60) vượt 115% của trẻ sinh ra sống: bé gái (50).",
        ),
        (
            vec![times(10, "be_trai")],
            Op::AtMost,
            vec![times(7, "be_gai")],
            "Trẻ sinh ra sống: bé trai (60) vượt 70% của trẻ sinh ra sống: bé gái (50).",
        ),
        (
            vec![times(3, "be_gai")],
            Op::AtMost,
            vec![times(2, "be_trai")],
            "3 × trẻ sinh ra sống: bé gái (150) lớn hơn 2 × trẻ sinh ra sống: bé trai (120).",
        ),
    ] {
        let mut plan = shipped();
        plan.rules.clear();
        plan.relations = vec![Relation {
            id: RuleId::new("X"),
            left,
            op,
            right,
            severity: Severity::Hard,
            note: Label::same("vì sao"),
        }];
        let desk = Desk::of(plan, "ngoc-thien", "2023").types("be_trai=60 be_gai=50");
        let found = all(&desk);
        assert_eq!(desk.say(&found[0].message), words);
        assert_eq!(found[0].why.vi, "vì sao");
    }
}

/// Every key these rooms use has words in both languages, with the same places to fill.
#[test]
fn every_message_has_words_in_both_languages() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut sources = vec![root.join("ledger/typed.rs"), root.join("ui/words.rs")];
    for room in ["check", "figures"] {
        let files = std::fs::read_dir(root.join(room)).unwrap();
        sources.extend(files.map(|file| file.unwrap().path()));
    }
    let (vi, en) = (Texts::load(Lang::Vi), Texts::load(Lang::En));
    let places = |text: &str| {
        let names = text
            .split('{')
            .skip(1)
            .filter_map(|rest| rest.split('}').next());
        names.map(str::to_owned).collect::<BTreeSet<String>>()
    };
    let mut seen = 0;
    for source in sources {
        let code = std::fs::read_to_string(source).unwrap();
        let keys = code.split('"').filter(|part| {
            let ours = ["check.", "typed.", "figure."]
                .iter()
                .any(|room| part.starts_with(room));
            ours && !part.contains(char::is_whitespace)
        });
        for key in keys {
            assert_ne!(vi.get(key), key, "no Vietnamese words");
            assert_ne!(en.get(key), key, "no English words");
            assert_eq!(places(vi.get(key)), places(en.get(key)), "{key}");
            seen += 1;
        }
    }
    assert!(seen > 50, "only {seen} keys found");
}
