//! Bytes: the one file that names bincode. Frozen shapes of everything stored, and the envelope
//! around every stored value. A shape never changes; a new one gets a new name and schema byte.
//!
//! Envelope: `[kind][schema][payload][checksum]`, the checksum over key, header and payload,
//! because a flipped bit often decodes to something else that looks right, and because a value
//! under the wrong key is as wrong as a changed one.

use bincode::config::{Configuration, Limit, LittleEndian, Varint};
use bincode::{BorrowDecode, Decode, Encode};

/// The schema byte of the shapes in this file.
const SCHEMA: u8 = 1;
/// Bytes of BLAKE3 kept as checksum.
const CHECKSUM: usize = 8;
/// No stored shape is larger: without a limit, nine hostile bytes can ask for all memory.
const LIMIT: usize = 1 << 20;

const CONFIG: Configuration<LittleEndian, Varint, Limit<LIMIT>> =
    bincode::config::standard().with_limit::<LIMIT>();

/// What a stored value is; the first byte of its envelope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Record {
    /// An entry: the hash before it, then its bytes as first encoded.
    Entry = 1,
    /// The heads of a subject.
    View = 2,
    /// The digest over the views of a form.
    Group = 3,
    /// Where the store stands: [`TipV1`].
    Tip = 4,
    /// A plan file.
    Plan = 5,
    /// One user action.
    Action = 6,
    /// The schema of the whole store.
    Schema = 7,
    /// What the store was made for: [`AboutV1`].
    About = 8,
    /// When the file was last checked through: [`CheckV1`].
    Check = 9,
    /// A small row of `peers`.
    Exchange = 10,
    /// A signature over a log.
    Checkpoint = 11,
    /// An entry cited before it came.
    Early = 12,
    /// What is kept of an import.
    Report = 13,
    /// A bundle that is kept.
    Held = 14,
    /// The bytes of a bundle that is kept.
    HeldBytes = 15,
    /// A run of entries withheld from this store.
    Withheld = 16,
}

/// Bytes that are not what was written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CodecError {
    #[error("checksum differs")]
    Checksum,
    #[error("kind {0} where {1:?} was expected")]
    Kind(u8, Record),
    #[error("schema {0} of a value is unknown")]
    Schema(u8),
    #[error("too short")]
    Short,
    #[error("does not decode: {0}")]
    Shape(String),
    #[error("bytes left over")]
    LeftOver,
    #[error("text has a character that may not be shown, at {0}")]
    Hostile(usize),
    #[error("{0} is not valid")]
    Meaning(&'static str),
}

/// Wraps a payload for storage under `key`.
pub(crate) fn seal(record: Record, key: &[u8], payload: &[u8]) -> Vec<u8> {
    seal_parts(record, key, &[payload])
}

/// As [`seal`], of a payload whose parts lie apart.
pub(crate) fn seal_parts(record: Record, key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut out = Vec::with_capacity(length + 2 + CHECKSUM);
    seal_into(&mut out, record, key, parts);
    out
}

/// As [`seal_parts`], behind what `out` holds.
pub(crate) fn seal_into(out: &mut Vec<u8>, record: Record, key: &[u8], parts: &[&[u8]]) {
    let begins = out.len();
    out.extend([record as u8, SCHEMA]);
    for part in parts {
        out.extend(*part);
    }
    let sum = checksum(key, out.get(begins..).unwrap_or_default());
    out.extend(sum);
}

/// Unwraps what [`seal`] made for the same `key`.
pub(crate) fn unseal<'a>(
    record: Record,
    key: &[u8],
    value: &'a [u8],
) -> Result<&'a [u8], CodecError> {
    let (body, sum) = value
        .split_last_chunk::<CHECKSUM>()
        .ok_or(CodecError::Short)?;
    if checksum(key, body) != *sum {
        return Err(CodecError::Checksum);
    }
    let [kind, schema, payload @ ..] = body else {
        return Err(CodecError::Short);
    };
    if *kind != record as u8 {
        return Err(CodecError::Kind(*kind, record));
    }
    if *schema != SCHEMA {
        return Err(CodecError::Schema(*schema));
    }
    Ok(payload)
}

fn checksum(key: &[u8], body: &[u8]) -> [u8; CHECKSUM] {
    let mut sum = [0; CHECKSUM];
    sum.copy_from_slice(&row_digest(key, body)[..CHECKSUM]);
    sum
}

/// The digest of one row: of its key and its value, unambiguously joined.
pub(crate) fn row_digest(key: &[u8], value: &[u8]) -> [u8; 32] {
    let length = u32::try_from(key.len()).unwrap_or(u32::MAX);
    let mut hasher = blake3::Hasher::new();
    hasher.update(&length.to_le_bytes());
    hasher.update(key);
    hasher.update(value);
    *hasher.finalize().as_bytes()
}

/// Encodes a frozen shape.
pub(crate) fn encode<T: Encode>(shape: &T) -> Vec<u8> {
    // Writing plain shapes into memory has no way to fail; an empty result would not unseal.
    bincode::encode_to_vec(shape, CONFIG).unwrap_or_default()
}

/// Decodes a frozen shape from exactly these bytes.
pub(crate) fn decode<'a, T: BorrowDecode<'a, ()>>(bytes: &'a [u8]) -> Result<T, CodecError> {
    let (shape, consumed) = bincode::borrow_decode_from_slice(bytes, CONFIG)
        .map_err(|error| CodecError::Shape(error.to_string()))?;
    if consumed == bytes.len() {
        Ok(shape)
    } else {
        Err(CodecError::LeftOver)
    }
}

/// Decodes a list of a frozen shape from exactly these bytes. The limit holds for each item and
/// not for all together: how many heads a subject has is decided by what counts, and a row that
/// was written must be readable.
pub(crate) fn decode_list<'a, T: BorrowDecode<'a, ()>>(
    bytes: &'a [u8],
) -> Result<Vec<T>, CodecError> {
    let bad = |error: bincode::error::DecodeError| CodecError::Shape(error.to_string());
    let (count, mut at): (u64, usize) =
        bincode::borrow_decode_from_slice(bytes, CONFIG).map_err(bad)?;
    let mut items = Vec::new();
    for _ in 0..count {
        let rest = bytes.get(at..).ok_or(CodecError::Short)?;
        let (item, consumed) = bincode::borrow_decode_from_slice(rest, CONFIG).map_err(bad)?;
        items.push(item);
        at += consumed;
    }
    if at == bytes.len() {
        Ok(items)
    } else {
        Err(CodecError::LeftOver)
    }
}

/// An entry as it is hashed; kind first, and the body apart, so that a kind of the future can be
/// kept without being understood. Its texts stay where they were read: an import reads each entry
/// more than once.
#[derive(Clone, Debug, PartialEq, Eq, Encode, BorrowDecode)]
pub(crate) struct EntryV1<'a> {
    pub kind: u8,
    pub flags: u8,
    pub millis: u64,
    pub counter: u16,
    pub lag: u64,
    pub actor: &'a str,
    pub plan_version: u32,
    pub plan_h8: [u8; 8],
    pub subject: &'a [u8],
    pub body: &'a [u8],
    pub replaces: Vec<RefV1>,
    pub note: &'a str,
    pub action: [u8; 16],
    pub origin: OriginV1,
}

/// How one entry cites another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct RefV1 {
    pub author: [u8; 16],
    pub seq: u64,
    pub h8: [u8; 8],
}

/// How a change came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) enum OriginV1 {
    Typed,
    Set,
    Copied,
    Paste,
    Table,
    Import,
    UndoOf([u8; 16]),
    RedoOf([u8; 16]),
    Demo,
}

/// A cell's content.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) enum ContentV1 {
    Blank,
    Value { mantissa: i64, scale: u8 },
    Text(String),
    NoneOccurred,
    Unavailable,
    NotApplicable,
    Invalid(String),
}

/// A role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) enum RoleV1 {
    Clerk,
    Owner,
    Coordinator,
    Viewer,
}

/// Body of kinds 1 (set value) and 3 (resolve).
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct ValueV1 {
    pub content: ContentV1,
}

/// Body of kind 2.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct NoteV1 {
    pub text: String,
}

/// Body of kind 4.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct ConfirmV1 {
    pub judged: String,
    pub reason: String,
    pub words: String,
}

/// The hash of each part of a form's content under its owner's id, in strict order of the ids; the
/// fields of no measure have the empty id and always come first.
pub(crate) type PartsV1 = Vec<(String, [u8; 32])>;

/// Up to where each log was seen: author, number, hash.
pub(crate) type FrontierV1 = Vec<([u8; 16], u64, [u8; 32])>;

/// Body of kind 5.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct SubmitV1 {
    pub parts: PartsV1,
    pub blanks: u32,
    pub unconfirmed: u32,
    pub overridden: u32,
}

/// Body of kinds 6 (return) and 9 (reopen).
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct EmptyV1 {}

/// Body of kind 7.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct ApproveV1 {
    /// The hash of the part of the owner that the subject names.
    pub part: [u8; 32],
    pub frontier: FrontierV1,
}

/// Body of kind 8.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct LockV1 {
    pub parts: PartsV1,
    pub frontier: FrontierV1,
}

/// Body of kind 10.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct EnrolV1 {
    pub units: Vec<String>,
    pub roles: Vec<RoleV1>,
    pub name: String,
}

/// Body of kind 11.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct RevokeV1 {
    pub last_good: u64,
}

/// Body of kind 12.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct PlanInstallV1 {
    pub id: String,
    pub version: u32,
    pub hash: [u8; 32],
}

/// Body of kind 13.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct EpochStartV1 {
    pub public_key: [u8; 32],
    pub continues: Option<[u8; 16]>,
}

/// Body of kind 14.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct ActorV1 {
    pub name: String,
    pub role: RoleV1,
    pub units: Vec<String>,
    pub disabled: bool,
}

/// Body of kind 15.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct RejectRangeV1 {
    pub from: u64,
    pub to: u64,
}

/// One head of a view.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct HeadV1 {
    pub entry: RefV1,
    pub kind: u8,
    pub body: Vec<u8>,
    pub millis: u64,
    pub counter: u16,
    pub wall: u64,
    pub actor: String,
    pub origin: OriginV1,
    pub flags: u8,
    pub note: String,
}

/// The view of a subject; read by [`decode_list`].
#[derive(Clone, Debug, PartialEq, Eq, Encode)]
pub(crate) struct ViewV1 {
    pub heads: Vec<HeadV1>,
}

/// How many views a group has and the XOR of their row digests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub(crate) struct GroupV1 {
    pub rows: u32,
    pub digest: [u8; 32],
}

/// Where the store stands; one row, rewritten by each commit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub(crate) struct TipV1 {
    /// Bumped by each action.
    pub counter: u64,
    /// Who writes now.
    pub author: [u8; 16],
    /// The highest own number.
    pub seq: u64,
    /// The hash of that entry.
    pub hash: [u8; 32],
    /// The store's clock.
    pub millis: u64,
    pub tick: u16,
    /// Entries in the store, of all authors.
    pub entries: u64,
    /// Groups in the store and the XOR of their row digests.
    pub groups: u64,
    pub digest: [u8; 32],
    /// Own entries on figures and workflow that no other store has acknowledged.
    pub unsent: u64,
    /// When the oldest of them was made, by its wall clock.
    pub unsent_since: Option<u64>,
}

/// What the store was made for and which plan is in force.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct AboutV1 {
    pub unit: String,
    pub plan_id: String,
    pub plan_version: u32,
    pub plan_hash: [u8; 32],
}

/// When redb's own check last ran through the whole file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct CheckV1 {
    pub millis: u64,
}

/// One user action: which own entries it wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct ActionV1 {
    pub id: [u8; 16],
    pub origin: OriginV1,
    pub author: [u8; 16],
    pub first: u64,
    pub count: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_value_opens_only_whole_under_its_own_key_and_kind() {
        let sealed = seal(Record::View, b"key", b"payload");
        assert_eq!(unseal(Record::View, b"key", &sealed), Ok(&b"payload"[..]));
        assert_eq!(
            unseal(Record::View, b"kex", &sealed),
            Err(CodecError::Checksum)
        );
        assert_eq!(
            unseal(Record::Tip, b"key", &sealed),
            Err(CodecError::Kind(2, Record::Tip))
        );
        for bit in 0..sealed.len() * 8 {
            let mut flipped = sealed.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(unseal(Record::View, b"key", &flipped).is_err(), "bit {bit}");
        }
        for cut in 0..sealed.len() {
            assert!(unseal(Record::View, b"key", &sealed[..cut]).is_err());
        }
    }

    #[test]
    fn nine_hostile_bytes_do_not_ask_for_all_memory() {
        let huge = [0xfd, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f];
        assert!(decode_list::<HeadV1>(&huge).is_err());
        assert!(decode::<NoteV1>(&huge).is_err());
    }

    #[test]
    fn left_over_bytes_are_refused() {
        let mut bytes = encode(&RevokeV1 { last_good: 7 });
        assert_eq!(decode(&bytes), Ok(RevokeV1 { last_good: 7 }));
        bytes.push(0);
        assert_eq!(decode::<RevokeV1>(&bytes), Err(CodecError::LeftOver));
    }
}
