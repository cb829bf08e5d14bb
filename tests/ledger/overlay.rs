//! Changes without entries, laid over a form and lifted again.

use nhaplieu::ledger::{Body, Content, Form, Origin, Provisional, Subject};
use nhaplieu::plan::{RuleId, UnitId};

use crate::support::recorded;
use crate::{cell, form, value};

/// One subject of every kind that a form has, and what can be said of it.
fn subjects() -> Vec<(Subject, Body)> {
    let confirmed = Body::Confirm {
        judged: "be_trai=1".to_owned(),
        reason: "da_kiem_tra".to_owned(),
        words: String::new(),
    };
    let rule = RuleId::new("slipped");
    vec![
        (
            Subject::Cell(cell("be_trai")),
            Body::SetValue(Content::NoneOccurred),
        ),
        (
            Subject::Note(cell("be_trai")),
            Body::Note("theo sổ".to_owned()),
        ),
        (Subject::Confirm(cell("be_trai"), rule), confirmed),
        (Subject::Form(form()), Body::Return),
        (Subject::Approval(form(), UnitId::new("P-YT")), Body::Return),
    ]
}

fn laid<'a>(subject: &'a Subject, body: &'a Body) -> Provisional<'a> {
    Provisional {
        subject,
        body,
        origin: Origin::Typed,
        reason: "",
    }
}

/// Two entries of different people on each subject: a conflict wherever they differ.
fn written() -> Form {
    let mut written = Form::default();
    for (subject, body) in subjects() {
        for (author, seq) in [(1, 1), (2, 1)] {
            let body = match (&body, author) {
                (Body::SetValue(_), 2) => Body::SetValue(value(7)),
                _ => body.clone(),
            };
            written.record(&recorded(author, seq, subject.clone(), body, vec![], 1));
        }
    }
    written
}

#[test]
fn what_is_laid_over_a_form_is_all_its_subject_says() {
    for mut form in [Form::default(), written()] {
        for (subject, body) in subjects().iter().chain(&subjects()) {
            form.lay(laid(subject, body));
            let heads = form.heads(subject).unwrap();
            assert_eq!((heads.all().len(), &heads.all()[0].body), (1, body));
        }
        assert!(!form.in_conflict(&cell("be_trai").id));
    }
}

#[test]
fn the_last_of_several_changes_shows() {
    let subject = Subject::Cell(cell("be_trai"));
    let bodies = [1, 2, 3].map(|number| Body::SetValue(value(number)));
    let form = written().with(bodies.iter().map(|body| laid(&subject, body)));
    assert_eq!(form.content(&cell("be_trai").id), value(3));
    assert_eq!(form.heads(&subject).unwrap().all().len(), 1);
    assert_eq!(form.notes, written().notes);
}

#[test]
fn an_entry_is_taken_in_once() {
    let once = written();
    let mut twice = once.clone();
    let subject = Subject::Cell(cell("be_trai"));
    let body = Body::SetValue(Content::NoneOccurred);
    twice.record(&recorded(1, 1, subject.clone(), body, vec![], 1));
    assert_eq!(twice, once);
    assert_eq!(once.heads(&subject).unwrap().all().len(), 2);
}

#[test]
fn what_belongs_to_no_form_changes_none() {
    let mut form = written();
    form.lay(laid(&Subject::Plan, &Body::Return));
    assert_eq!(form.heads(&Subject::Plan), None);
    assert_eq!(form, written());
}
