//! A year of a district as one bundle: every cell the plan asks for, typed and corrected by the
//! units it belongs to, relayed by one of them to the coordinator.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use chrono::Datelike;
use ed25519_dalek::{Signer, SigningKey};
use nhaplieu::base::Decimal;
use nhaplieu::ledger::chain::{self, checkpoint_words};
use nhaplieu::ledger::{
    ActionId, Actor, ActorId, AuthorId, Body, CellKey, Clock, Content, Entry, EntryRef, Hash,
    Origin, PlanRef, Role, Subject,
};
use nhaplieu::plan::{FieldType, Plan, UnitId, embedded, parse};
use nhaplieu::store::exchange::entry_bytes;
use nhaplieu::store::{Action, Environment, Init, RedbStore, Store, create, open};
use nhaplieu::sync::authors;
use nhaplieu::sync::bundle::have::Have;
use nhaplieu::sync::bundle::writer::BundleWriter;
use nhaplieu::sync::{BundleError, Header, Range, Scope};

use crate::Failure;

/// When the first entry is made: 2024-01-02, in milliseconds since 1970-01-01 UTC.
const START: u64 = 1_704_164_400_000;

pub(crate) fn plan() -> Result<Arc<Plan>, Failure> {
    let parsed = parse(embedded()).map_err(|_| "the plan does not read")?;
    Ok(Arc::new(parsed))
}

fn edge() -> Environment {
    Environment {
        pid: std::process::id(),
        who: "thử".to_owned(),
        machine: "may-do".to_owned(),
        seed: [9; 32],
        wall: START,
        patience: std::time::Duration::from_secs(10),
    }
}

pub(crate) fn opened(dir: &Path) -> Result<RedbStore, Failure> {
    let mut store = open(dir, &edge())?;
    store.use_plan(plan()?)?;
    Ok(store)
}

pub(crate) fn actor() -> Result<ActorId, Failure> {
    Ok(ActorId::parse("dau-moi").ok_or("actor")?)
}

/// A row of the log as the store keeps it: its key, the hash before it and its bytes.
pub(crate) struct LogRow {
    pub(crate) author: AuthorId,
    pub(crate) seq: u64,
    pub(crate) hash: Hash,
    pub(crate) previous: Hash,
    pub(crate) bytes: Vec<u8>,
}

/// One unit's store, as far as it writes.
struct Writer {
    unit: UnitId,
    key: SigningKey,
    author: AuthorId,
    clock: u64,
    seq: u64,
    hash: Hash,
    /// The first number in the bundle is 1, so this is all there is.
    rows: Vec<LogRow>,
    cells: Vec<(CellKey, FieldType)>,
    heads: BTreeMap<usize, EntryRef>,
}

impl Writer {
    fn new(plan: &Plan, unit: &nhaplieu::plan::Unit, at: u8, years: &[i32]) -> Self {
        let key = SigningKey::from_bytes(blake3::hash(&[at, 1]).as_bytes());
        let mut cells = Vec::new();
        for period in plan.periods.iter().filter(|p| years.contains(&p.to.year())) {
            if plan.in_force(unit, period) {
                let cell = |field: &&nhaplieu::plan::Field| {
                    (CellKey::new(&unit.id, &period.id, &field.id), field.kind)
                };
                cells.extend(plan.form_fields(unit, period).iter().map(cell));
            }
        }
        Self {
            unit: unit.id.clone(),
            author: AuthorId::of_key(&key.verifying_key().to_bytes()),
            key,
            clock: START + u64::from(at) * 977,
            seq: 0,
            hash: Hash::ZERO,
            rows: Vec::new(),
            cells,
            heads: BTreeMap::new(),
        }
    }

    fn writes(&mut self, plan: &Plan, subject: Subject, body: Body, replaces: Vec<EntryRef>) {
        self.seq += 1;
        let lot = blake3::hash(&[self.author.0.as_slice(), &self.seq.to_le_bytes()].concat());
        let mut action = [0; 16];
        action.copy_from_slice(&lot.as_bytes()[..16]);
        // A figure takes a few seconds to type; one in ten is corrected for a reason.
        self.clock += 1_000 + u64::from(lot.as_bytes()[20]) * 20;
        let reasoned = lot.as_bytes()[21] < 26 && !replaces.is_empty();
        let entry = Entry {
            flags: u8::from(self.seq == 1),
            clock: Clock {
                millis: self.clock,
                counter: 0,
            },
            lag: 0,
            actor: ActorId::parse(&format!("can-bo-{:02}", lot.as_bytes()[22] % 3))
                .unwrap_or_else(|| unreachable!("a plain word")),
            plan: PlanRef {
                version: plan.version,
                h8: Hash(plan.hash).short(),
            },
            subject,
            body,
            replaces,
            note: if reasoned {
                "sửa theo sổ gốc của xã".to_owned()
            } else {
                String::new()
            },
            action: ActionId(action),
            origin: Origin::Typed,
        };
        let bytes = entry_bytes(&entry);
        let hash = chain::link(&self.author, self.seq, &self.hash, &bytes);
        self.rows.push(LogRow {
            author: self.author,
            seq: self.seq,
            hash,
            previous: self.hash,
            bytes,
        });
        self.hash = hash;
    }

    fn begins(&mut self, plan: &Plan) {
        let body = Body::EpochStart {
            public_key: self.key.verifying_key().to_bytes(),
            continues: None,
        };
        self.writes(plan, Subject::Author(self.author), body, Vec::new());
    }

    fn types(&mut self, plan: &Plan, n: usize) {
        let at = n % self.cells.len();
        let Some((cell, kind)) = self.cells.get(at).cloned() else {
            return;
        };
        let figure = i64::try_from(n * 37 % 1_900).unwrap_or(0);
        let content = match kind {
            FieldType::Count => Content::Value(Decimal::whole(figure)),
            FieldType::Decimal(scale) => {
                Decimal::parse(&format!("{figure}.5")).map_or(Content::NoneOccurred, |value| {
                    if scale > 0 {
                        Content::Value(value)
                    } else {
                        Content::Value(Decimal::whole(figure))
                    }
                })
            }
            FieldType::Text => Content::Text(format!("theo báo cáo số {figure}")),
        };
        let replaces = self.heads.get(&at).copied().into_iter().collect();
        self.writes(plan, Subject::Cell(cell), Body::SetValue(content), replaces);
        let reference = EntryRef {
            author: self.author,
            seq: self.seq,
            h8: self.hash.short(),
        };
        self.heads.insert(at, reference);
    }

    fn range(&self) -> Range {
        let words = checkpoint_words(&self.author, self.seq, &self.hash);
        Range {
            key: self.key.verifying_key().to_bytes(),
            first: 1,
            last: self.seq,
            previous: Hash::ZERO,
            hash: self.hash,
            signature: self.key.sign(&words).to_bytes(),
            withheld: Vec::new(),
        }
    }
}

/// What was made.
pub(crate) struct Year {
    pub(crate) rows: Vec<LogRow>,
    pub(crate) authors: usize,
    pub(crate) cells: usize,
    /// Bytes of the bundle's file.
    pub(crate) size: u64,
    /// Bytes of it inflated.
    pub(crate) raw: u64,
}

/// Makes the coordinator's store in `dir`, which knows all writers, and the bundle's file.
pub(crate) fn make(
    dir: &Path,
    file: &Path,
    entries: usize,
    years: &[i32],
) -> Result<Year, Failure> {
    let plan = plan()?;
    let mut writers: Vec<Writer> = (1_u8..)
        .zip(&plan.units)
        .map(|(at, unit)| Writer::new(&plan, unit, at, years))
        .filter(|writer| !writer.cells.is_empty())
        .collect();
    writers.sort_by_key(|writer| writer.author);
    let cells: usize = writers.iter().map(|writer| writer.cells.len()).sum();
    for writer in &mut writers {
        writer.begins(&plan);
        // Each unit's part is as large as the part of the cells it has.
        let share = entries * writer.cells.len() / cells;
        for n in 1..share {
            writer.types(&plan, n);
        }
    }
    coordinator(dir, &plan, &writers)?;
    let mut chunks = BundleWriter::default();
    for row in writers.iter().flat_map(|writer| &writer.rows) {
        chunks.push(&row.bytes);
    }
    let signer = writers.first().ok_or("no writer")?;
    let made: usize = writers.iter().map(|writer| writer.rows.len()).sum();
    let header = Header {
        signer: signer.key.verifying_key().to_bytes(),
        critical: 0,
        optional: 0,
        plan_id: plan.id.clone(),
        plan_version: plan.version,
        plan_hash: Hash(plan.hash),
        district: plan.district.clone(),
        from: signer.unit.clone(),
        to: plan.coordinator.clone(),
        created: START + 31_536_000_000,
        scope: Scope::All,
        entries: u32::try_from(made)?,
        raw: chunks.raw(),
        ranges: writers.iter().map(Writer::range).collect(),
        have: Have::all(Vec::new()),
        vouches: Vec::new(),
    };
    let raw = chunks.raw();
    let sign = |words: &[u8]| Ok(signer.key.sign(words).to_bytes());
    let bytes = chunks.seal::<BundleError>(&header.bytes(), sign)?;
    fs::write(file, &bytes)?;
    Ok(Year {
        authors: writers.len(),
        cells,
        size: u64::try_from(bytes.len())?,
        raw,
        rows: writers.into_iter().flat_map(|writer| writer.rows).collect(),
    })
}

fn coordinator(dir: &Path, plan: &Arc<Plan>, writers: &[Writer]) -> Result<(), Failure> {
    let init = Init {
        unit: plan.coordinator.clone(),
        actor: Actor {
            id: actor()?,
            name: "Đầu mối (thử)".to_owned(),
            role: Role::Coordinator,
            units: vec![plan.coordinator.clone()],
        },
        plan: Arc::clone(plan),
        plan_bytes: embedded().to_vec(),
        seed: [7; 32],
        action: ActionId([1; 16]),
    };
    let mut store = create(dir, &init, &edge())?;
    store.use_plan(Arc::clone(plan))?;
    let enrol = |writer: &Writer| {
        let units = vec![writer.unit.clone()];
        authors::enrol(
            writer.author,
            units,
            vec![Role::Clerk],
            writer.unit.as_str(),
        )
    };
    let action = Action {
        id: ActionId([2; 16]),
        actor: actor()?,
        origin: Origin::Set,
        wall: START,
        changes: writers.iter().map(enrol).collect(),
    };
    store.commit(&action)?;
    Ok(())
}
