//! Random bundles of authors who mean harm and sign rightly, taken in by a store that knows them, by
//! one that does not and then does, and by one that took one of them for the district. Whatever
//! becomes of each bundle, everything opens after it.

use nhaplieu::base::Decimal;
use nhaplieu::ledger::entry::{FLAG_CRITICAL, FLAG_ON_BEHALF, Frontier};
use nhaplieu::ledger::{
    ActionId, AuthorId, Body, CellId, Clock, Content, Entry, EntryRef, Hash, Origin, PlanRef, Role,
    RowId, Subject,
};
use nhaplieu::plan::{FieldId, RuleId, UnitId};
use nhaplieu::store::StoreReader;
use nhaplieu::store::exchange::Exchange;
use nhaplieu::sync::held::withdraw;
use nhaplieu::sync::import::plan::BundleOutcome;
use nhaplieu::sync::{BundleError, Scope, VerifiedBundle, authors};

use crate::forge::Forger;
use crate::hostile::{content, everything_opens, forger};
use crate::pen::{Pen, rounds};
use crate::site::{START, Site};
use crate::world::{cell, form, id};

/// One of those who mean harm, with what it has seen.
struct Hostile {
    forger: Forger,
    /// Entries it may cite: its own, those of others, and invented ones.
    cites: Vec<EntryRef>,
    /// Actions it may say it takes back.
    actions: Vec<ActionId>,
}

impl Hostile {
    fn of(site: &mut Site) -> Self {
        let forger = forger(site);
        Self {
            cites: Vec::new(),
            actions: vec![forger.like.action],
            forger,
        }
    }

    fn one<'a, T: ?Sized>(pen: &mut Pen, of: &[&'a T]) -> &'a T {
        of[pen.below(of.len())]
    }

    fn subject(pen: &mut Pen) -> Subject {
        let unit = if pen.below(12) > 0 {
            "xa-a"
        } else {
            Self::one(pen, &["xa-b", "huyen", "phong", "xa-la"])
        };
        let period = if pen.below(20) > 0 {
            "2023"
        } else {
            Self::one(pen, &["2022", "1999"])
        };
        let field = if pen.below(20) > 0 {
            Self::one(pen, &["so_00", "so_01", "so_02", "ti_le", "loi"])
        } else {
            Self::one(pen, &["phong_so", "so_99"])
        };
        let mut key = cell(unit, period, field);
        if pen.below(30) == 0 {
            key.id = CellId {
                field: FieldId::new(field),
                row: Some(RowId([7; 16])),
            };
        }
        let form = form(unit, period);
        match pen.below(16) {
            0..=8 => Subject::Cell(key),
            9 => Subject::Note(key),
            10 => {
                let rule = Self::one(pen, &["slipped", "la"]);
                Subject::Confirm(key, RuleId::new(rule))
            }
            11..=12 => Subject::Form(form),
            13 => Subject::Approval(
                form,
                UnitId::new(Self::one(pen, &["phong", "ban", "xa-la"])),
            ),
            14 => Subject::Actor(id(Self::one(pen, &["dau-moi", "ai-do"]))),
            _ => Subject::Plan,
        }
    }

    fn text(pen: &mut Pen) -> String {
        match pen.below(6) {
            0 => "ộ".repeat(4_000),
            1 => String::new(),
            _ => "lời".to_owned(),
        }
    }

    fn content(pen: &mut Pen, subject: &Subject) -> Content {
        let field = subject.cell().map_or("", |cell| cell.id.field.as_str());
        match (field, pen.below(20)) {
            ("loi", _) => Content::Text(Self::text(pen)),
            (_, 0) => Content::Value(Decimal::whole(999_999_999)),
            (_, 1) => Content::Value(Decimal::new(15, 1).unwrap()),
            (_, 2) => Content::Value(Decimal::whole(-3)),
            (_, 3) => Content::Invalid("1,2,3".to_owned()),
            (_, 4) => Content::Invalid(Self::text(pen)),
            (_, 5) => Content::NoneOccurred,
            (_, 6) => Content::Blank,
            _ => Content::Value(Decimal::whole(pen.below(9) as i64)),
        }
    }

    fn frontier(&self, pen: &mut Pen) -> Frontier {
        let seqs = [0, 1, 2, 3, self.forger.last(), u64::MAX];
        let many = pen.below(4) * 30;
        let line = |pen: &mut Pen| {
            let author = match pen.below(3) {
                0 => AuthorId([0xee; 16]),
                _ => self.forger.author(),
            };
            (
                author,
                seqs[pen.below(seqs.len())],
                Hash([pen.below(3) as u8; 32]),
            )
        };
        (0..many).map(|_| line(pen)).collect()
    }

    fn body(&self, pen: &mut Pen, subject: &Subject) -> Body {
        let (content, frontier) = (content(pen.below(2) as u8), self.frontier(pen));
        if pen.below(10) == 0 {
            return Body::Unknown {
                kind: 16 + pen.below(240) as u8,
                bytes: vec![1; pen.below(3) * 5_000],
            };
        }
        match subject {
            Subject::Cell(_) if pen.below(8) == 0 => Body::Resolve(Self::content(pen, subject)),
            Subject::Cell(_) => Body::SetValue(Self::content(pen, subject)),
            Subject::Note(_) => Body::Note(Self::text(pen)),
            Subject::Confirm(..) => Body::Confirm {
                judged: Self::text(pen),
                reason: Self::text(pen),
                words: Self::text(pen),
            },
            Subject::Form(_) => match pen.below(5) {
                0..=1 => Body::Submit {
                    content,
                    blanks: u32::MAX,
                    unconfirmed: 0,
                    overridden: 0,
                },
                2 => Body::Return,
                3 => Body::Lock { content, frontier },
                _ => Body::Reopen,
            },
            Subject::Approval(..) => Body::Approve {
                part: Hash([pen.below(2) as u8; 32]),
                frontier,
            },
            Subject::Actor(_) => Body::Actor {
                name: Self::text(pen),
                role: Role::Coordinator,
                units: vec![UnitId::new("xa-a")],
                disabled: pen.below(2) == 0,
            },
            Subject::Author(_) => match pen.below(3) {
                0 => Body::Enrol {
                    units: vec![UnitId::new("xa-a"), UnitId::new("xa-la")],
                    roles: vec![Role::Coordinator, Role::Clerk, Role::Clerk],
                    name: Self::text(pen),
                },
                1 => Body::Revoke {
                    last_good: [0, 2, 4, u64::MAX][pen.below(4)],
                },
                _ => Body::RejectRange {
                    from: pen.below(8) as u64,
                    to: [0, 5, u64::MAX][pen.below(3)],
                },
            },
            Subject::Plan => Body::PlanInstall {
                id: "thu".to_owned(),
                version: 9,
                hash: Hash([9; 32]),
            },
        }
    }

    fn citations(&self, pen: &mut Pen) -> Vec<EntryRef> {
        let mut cited = Vec::new();
        for _ in 0..[0, 0, 1, 3, 200, 1_000][pen.below(6)] {
            cited.push(match self.cites.len() {
                0 => self.invented(pen),
                known if pen.below(4) > 0 => self.cites[pen.below(known)],
                _ => self.invented(pen),
            });
        }
        if pen.below(60) > 0 {
            cited.sort_unstable();
            cited.dedup();
        }
        cited
    }

    fn invented(&self, pen: &mut Pen) -> EntryRef {
        EntryRef {
            author: match pen.below(3) {
                0 => AuthorId([pen.below(3) as u8; 16]),
                _ => self.forger.author(),
            },
            seq: [1, 2, 3, 9_999, u64::MAX][pen.below(5)],
            h8: pen.next().to_le_bytes(),
        }
    }

    fn entry(&self, pen: &mut Pen, about: &[AuthorId]) -> Entry {
        let mut subject = Self::subject(pen);
        if pen.below(if about.is_empty() { 60 } else { 4 }) == 0 {
            let author = about.get(pen.below(about.len())).copied();
            subject = Subject::Author(author.unwrap_or(self.forger.author()));
        }
        let wall = START + pen.below(100_000) as u64;
        let clock = |millis, counter| Clock { millis, counter };
        let mut entry = Entry {
            body: self.body(pen, &subject),
            subject,
            replaces: self.citations(pen),
            clock: match pen.below(8) {
                0 => clock(u64::MAX, u16::MAX),
                1 => clock(0, 0),
                2 => clock(START + 47 * 3_600_000, u16::MAX),
                _ => clock(wall, 0),
            },
            note: if pen.below(3) > 0 {
                "vì sao".to_owned()
            } else {
                Self::text(pen)
            },
            ..self.forger.like.clone()
        };
        match pen.below(24) {
            0 => entry.flags = FLAG_ON_BEHALF,
            1 => {
                entry.flags = if pen.below(3) == 0 {
                    FLAG_CRITICAL
                } else {
                    0xfc
                }
            }
            2 => {
                entry.plan = PlanRef {
                    version: 4,
                    h8: [4; 8],
                }
            }
            3 => entry.plan.version = u32::MAX,
            4 => entry.actor = id(Self::one(pen, &["dau-moi", "_", "0-0"])),
            5..=7 => {
                let of = self.actions[pen.below(self.actions.len())];
                entry.action = of;
                entry.origin = [Origin::UndoOf(of), Origin::RedoOf(of)][pen.below(2)];
            }
            _ => {}
        }
        entry
    }

    /// Adds some entries, often many on one cell, and now and then begins again further back.
    fn scribbles(&mut self, pen: &mut Pen, about: &[AuthorId]) {
        if pen.below(6) == 0 && self.forger.last() > 6 {
            let keep = self.forger.last() - pen.below(3) as u64;
            self.forger = self.forger.back_to(keep);
        }
        let heads = [0, 0, 0, 2, 63, 64, 66][pen.below(7)];
        let field = format!("so_0{}", pen.below(3));
        for at in 0..heads {
            let at = at + pen.below(2);
            self.cites.push(self.forger.adds(|entry| {
                entry.subject = Subject::Cell(cell("xa-a", "2023", &field));
                entry.body = Body::SetValue(Content::Value(Decimal::whole(at as i64)));
            }));
        }
        for _ in 0..pen.below(4) + usize::from(heads == 0) {
            let entry = self.entry(pen, about);
            self.cites.push(self.forger.says(entry).reference());
        }
        let keep = self.cites.len().saturating_sub(1_500);
        self.cites.drain(..keep);
    }

    /// The bundle, its header perhaps a lie.
    fn bundle(&self, pen: &mut Pen) -> Vec<u8> {
        let mut lying = self.forger.clone();
        lying.header.created = [START, 0, u64::MAX][pen.below(3)];
        match pen.below(12) {
            0 => lying.header.from = UnitId::new(Self::one(pen, &["xa-b", "phong", "xa-la"])),
            1 => {
                for line in &mut lying.header.have.lines {
                    (line.last, line.hash) = (u64::MAX - 1, Hash::ZERO);
                }
            }
            2 => lying.header.scope = Scope::Since,
            _ => {}
        }
        lying.bundle()
    }
}

#[test]
fn after_any_bundle_that_is_rightly_signed_everything_opens() {
    let (mut taken, mut refused) = (0, 0);
    for seed in 0..rounds(4, 200) as u64 {
        let (some, none) = round(&mut Pen::new(seed), seed);
        (taken, refused) = (taken + some, refused + none);
    }
    // The generator would prove little if it made only what is refused, or nothing that is.
    assert!(taken > 5 && refused > 5, "{taken} taken, {refused} refused");
}

/// Some bundles of two authors at three stores; how many were taken and refused.
fn round(pen: &mut Pen, seed: u64) -> (usize, usize) {
    let mut knows = Site::office();
    let mut learns = Site::office();
    let mut believes = Site::commune("xa-a", 9);
    let mut clerk = Site::commune("xa-a", 1);
    let mut district = Site::new("phong", "gia-mao", Role::Coordinator, 3);
    for site in [&mut clerk, &mut district] {
        let unit = "xa-a";
        if site.unit.as_str() == unit {
            site.types("so_00", "5");
        } else {
            site.types_for(unit, "so_00", "6");
        }
    }
    believes.pins(&district);
    believes.types("so_00", "4");
    let all = vec![Role::Clerk, Role::Owner, Role::Coordinator];
    let enrol = |author, unit: &str, roles: &[Role]| {
        authors::enrol(author, vec![UnitId::new(unit)], roles.to_vec(), unit)
    };
    let own = believes.store.info().unwrap().author;
    let mut hostile = [Hostile::of(&mut clerk), Hostile::of(&mut district)];
    let authors: Vec<AuthorId> = hostile.iter().map(|one| one.forger.author()).collect();
    let about = [authors[0], authors[1], own, AuthorId([5; 16])];
    knows.does(vec![
        enrol(authors[0], "xa-a", &all),
        enrol(authors[1], "phong", &all),
    ]);
    let (mut taken, mut refused) = (0, 0);
    for step in 0..6 {
        let at = usize::from(pen.below(3) == 0);
        let before = hostile[at].forger.clone();
        let about: &[AuthorId] = if at == 1 && pen.below(2) == 0 {
            &about
        } else {
            &[]
        };
        hostile[at].scribbles(pen, about);
        let bytes = hostile[at].bundle(pen);
        let mut kept = false;
        let read = match VerifiedBundle::read(bytes.clone()) {
            Ok(read) => Some(read),
            Err(BundleError::Malformed { .. } | BundleError::UnknownCritical { .. }) => None,
            Err(other) => panic!("seed {seed} step {step}: {other}"),
        };
        if let Some(bundle) = read {
            let root = bundle.root();
            for site in [&mut knows, &mut learns, &mut believes] {
                let done = site.imports(std::slice::from_ref(&bundle));
                let one = done.bundles.iter().find(|one| one.root == root);
                match &one.unwrap().outcome {
                    BundleOutcome::Taken => (taken, kept) = (taken + 1, true),
                    BundleOutcome::Refused(_) => refused += 1,
                    _ => {}
                }
                everything_opens(site);
                if pen.below(8) == 0 {
                    let _ = withdraw::import(&mut site.store, &root, "nhầm");
                    everything_opens(site);
                }
            }
        }
        if !kept {
            // What was refused goes on only now and then: it would have all that follows refused.
            hostile[at].forger = before;
        }
    }
    learns.does(vec![
        enrol(authors[0], "xa-a", &all),
        enrol(authors[1], "phong", &all),
    ]);
    let released = learns.imports(&[]);
    refused += released.refusals().count();
    everything_opens(&mut learns);
    // The office ends the one who did most harm.
    knows.does(vec![authors::revoke(authors[0], 4, "phá")]);
    everything_opens(&mut knows);
    for root in learns.held().iter().map(|held| held.bundle.root) {
        learns.store.release(&root).unwrap();
    }
    everything_opens(&mut learns);
    (taken, refused)
}
