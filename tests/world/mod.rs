//! A small invented plan and the people in it, for the tests of the store.
#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "each test binary uses its own part; a set-up that fails fails the test"
)]

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use chrono::NaiveDate;
use nhaplieu::base::{Decimal, Label};
use nhaplieu::ledger::{
    ActionId, Actor, ActorId, Body, CellKey, Content, FormKey, Origin, Role, Subject,
};
use nhaplieu::plan::{
    Collector, Field, FieldId, FieldType, FormChecks, Formula, Index, Measure, MeasureId, Op,
    Owner, Period, PeriodId, PeriodKind, Plan, RollUp, TrendParams, Unit, UnitChange, UnitId,
    UnitKind, Validity,
};
use nhaplieu::store::{Action, Change, Environment, Init, RedbStore, Seen, Store, create, open};

/// What stands for the bytes of the plan's file.
pub(crate) const PLAN_BYTES: &[u8] = b"# an invented plan\n";

pub(crate) fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

fn unit(id: &str, kind: &str) -> Unit {
    Unit {
        id: UnitId::new(id),
        code: None,
        name: Label::same(id),
        kind: kind.to_owned(),
        valid: Validity {
            from: day(2020, 1, 1),
            to: (id == "xa-cu").then(|| day(2022, 6, 30)),
        },
        note: String::new(),
    }
}

fn field(id: &str, kind: FieldType, by: Collector, periods: &[PeriodKind]) -> Field {
    Field {
        id: FieldId::new(id),
        objective: 1,
        label: Label::same(id),
        short: Label::same(id),
        kind,
        unit: Label::default(),
        collected_by: vec![by],
        periods: periods.to_vec(),
        nature: None,
        note: Label::default(),
        required: false,
    }
}

fn period(id: &str, kind: PeriodKind, from: NaiveDate, to: NaiveDate) -> Period {
    Period {
        id: PeriodId::new(id),
        kind,
        from,
        to,
        cut_off: to,
        due: to,
    }
}

fn measure(id: &str, owner: &str, above: &str, below: &str) -> Measure {
    Measure {
        id: MeasureId::new(id),
        indicator: "1".to_owned(),
        short: Label::same(id),
        formula: Formula::Sums {
            numerator: vec![FieldId::new(above)],
            denominator: vec![FieldId::new(below)],
        },
        scale: 100,
        suffix: Label::default(),
        places: 1,
        op: Op::AtLeast,
        target: Decimal::ZERO,
        owners: vec![Owner {
            unit: UnitId::new(owner),
            valid: Validity {
                from: day(2020, 1, 1),
                to: None,
            },
        }],
        roll_up: RollUp::RatioOfSums,
        direct: None,
        rate_in: vec![PeriodKind::Year],
        small_below: None,
        met_when_all: Vec::new(),
        met_when_each: false,
        note: Label::default(),
    }
}

/// Three communes (one ended in 2022), an office, a district that holds no cells.
pub(crate) fn plan() -> Arc<Plan> {
    let communes = || Collector::Group("commune".to_owned());
    let all = [PeriodKind::Year, PeriodKind::Half];
    let mut fields = vec![
        field(
            "phong_so",
            FieldType::Count,
            Collector::Unit(UnitId::new("phong")),
            &all,
        ),
        field("ti_le", FieldType::Decimal(2), communes(), &all),
        field("loi", FieldType::Text, communes(), &all),
        field("chi_nam", FieldType::Count, communes(), &[PeriodKind::Year]),
    ];
    for at in 0..40 {
        fields.push(field(
            &format!("so_{at:02}"),
            FieldType::Count,
            communes(),
            &all,
        ));
    }
    let kind = |id: &str, group: Option<&str>| UnitKind {
        id: id.to_owned(),
        label: Label::same(id),
        group: group.map(str::to_owned),
    };
    let plan = Plan {
        id: "thu".to_owned(),
        version: 3,
        title: Label::same("thu"),
        hash: *blake3::hash(PLAN_BYTES).as_bytes(),
        district: UnitId::new("huyen"),
        coordinator: UnitId::new("phong"),
        utc_offset: chrono::FixedOffset::east_opt(7 * 3600).unwrap(),
        unit_kinds: vec![
            kind("xa", Some("commune")),
            kind("phong", None),
            kind("huyen", None),
        ],
        units: vec![
            unit("xa-a", "xa"),
            unit("xa-b", "xa"),
            unit("xa-cu", "xa"),
            unit("phong", "phong"),
            unit("ban", "phong"),
            unit("huyen", "huyen"),
        ],
        changes: Vec::new(),
        objectives: Vec::new(),
        indicators: Vec::new(),
        fields,
        measures: vec![
            measure("m1", "phong", "so_00", "so_01"),
            measure("m2", "ban", "so_01", "so_02"),
        ],
        periods: vec![
            period("2022", PeriodKind::Year, day(2022, 1, 1), day(2022, 12, 31)),
            period(
                "2023-6T",
                PeriodKind::Half,
                day(2023, 1, 1),
                day(2023, 6, 30),
            ),
            period("2023", PeriodKind::Year, day(2023, 1, 1), day(2023, 12, 31)),
        ],
        relations: Vec::new(),
        rules: Vec::new(),
        trend: TrendParams {
            percent: None,
            base: Decimal::ZERO,
            small_jump: None,
            slipped_digit: false,
            transposed_digits: false,
            identical_from: None,
            year_covers_half: false,
        },
        trends: Vec::new(),
        form_checks: FormChecks::default(),
        reasons: Vec::new(),
        index: Index::default(),
    };
    Arc::new(plan.reindex())
}

/// The same plan once xa-b has become a part of xa-a: what was xa-b's concerns xa-a from then on.
pub(crate) fn plan_after_merger() -> Arc<Plan> {
    let mut plan = (*plan()).clone();
    plan.changes.push(UnitChange {
        date: day(2024, 1, 1),
        basis: String::new(),
        kind: "merge".to_owned(),
        from: UnitId::new("xa-b"),
        to: UnitId::new("xa-a"),
        share: Decimal::whole(1),
    });
    Arc::new(plan)
}

pub(crate) fn id(text: &str) -> ActorId {
    ActorId::parse(text).unwrap()
}

pub(crate) fn edge() -> Environment {
    Environment {
        pid: std::process::id(),
        who: "thử".to_owned(),
        machine: "may-thu".to_owned(),
        seed: [9; 32],
        wall: 1_700_000_000_000,
        patience: Duration::from_secs(10),
    }
}

/// Makes a folder its owner's alone, with what lies in it, as a store's folder must be.
pub(crate) fn private(dir: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path, mode| {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
        };
        mode(dir, 0o700);
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            mode(&path, if path.is_dir() { 0o700 } else { 0o600 });
        }
    }
    #[cfg(not(unix))]
    let _ = dir;
}

/// A store for the office that consolidates, made by `phong`.
pub(crate) fn init() -> Init {
    Init {
        unit: UnitId::new("phong"),
        actor: Actor {
            id: id("phong"),
            name: "Phòng (thử)".to_owned(),
            role: Role::Coordinator,
            units: vec![UnitId::new("phong")],
        },
        plan: plan(),
        plan_bytes: PLAN_BYTES.to_vec(),
        seed: [7; 32],
        action: ActionId([1; 16]),
    }
}

/// Makes a store and lets in lan (xa-a), hoa (xa-b), y-te (a department) and xem (viewer).
pub(crate) fn peopled(dir: &Path) -> RedbStore {
    let mut store = create(dir, &init(), &edge()).unwrap();
    for (at, (who, role, units)) in people().into_iter().enumerate() {
        let change = Change {
            subject: Subject::Actor(id(who)),
            body: Body::Actor {
                name: format!("{who} (thử)"),
                role,
                units: units.iter().map(|unit| UnitId::new(unit)).collect(),
                disabled: false,
            },
            reason: String::new(),
            seen: Seen::Current,
        };
        let action = action("phong", 1_000 + at as u64, vec![change]);
        store.commit(&action).unwrap();
    }
    store
}

fn people() -> Vec<(&'static str, Role, Vec<&'static str>)> {
    vec![
        ("lan", Role::Clerk, vec!["xa-a"]),
        ("hoa", Role::Clerk, vec!["xa-b", "xa-cu"]),
        ("y-te", Role::Owner, vec!["phong"]),
        ("xem", Role::Viewer, vec!["xa-a"]),
    ]
}

pub(crate) fn reopened(dir: &Path) -> RedbStore {
    let mut store = open(dir, &edge()).unwrap();
    store.use_plan(plan()).unwrap();
    store
}

pub(crate) fn form(unit: &str, period: &str) -> FormKey {
    FormKey {
        unit: UnitId::new(unit),
        period: PeriodId::new(period),
    }
}

pub(crate) fn cell(unit: &str, period: &str, field: &str) -> CellKey {
    CellKey::new(
        &UnitId::new(unit),
        &PeriodId::new(period),
        &FieldId::new(field),
    )
}

pub(crate) fn number(text: &str) -> Content {
    Content::Value(Decimal::parse(text).unwrap())
}

/// The action number `n` of `who`, one second after the one before.
pub(crate) fn action(who: &str, n: u64, changes: Vec<Change>) -> Action {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&n.to_le_bytes());
    bytes[8..8 + who.len().min(8)].copy_from_slice(&who.as_bytes()[..who.len().min(8)]);
    Action {
        id: ActionId(bytes),
        actor: id(who),
        origin: Origin::Typed,
        wall: 1_700_000_000_000 + n * 1_000,
        changes,
    }
}

pub(crate) fn set(cell: &CellKey, content: Content) -> Change {
    Change {
        subject: Subject::Cell(cell.clone()),
        body: Body::SetValue(content),
        reason: String::new(),
        seen: Seen::Current,
    }
}

/// Lan types a figure into a field of xa-a, 2023.
pub(crate) fn types(n: u64, field: &str, figure: &str) -> Action {
    action(
        "lan",
        n,
        vec![set(&cell("xa-a", "2023", field), number(figure))],
    )
}
