//! The tables, their keys, and typed reads of their rows. Keys and values are plain bytes of
//! ours: nothing of redb's own types is in the file format.

use redb::{ReadTransaction, ReadableTable, TableDefinition};

use crate::ledger::{
    ActorId, AuthorId, Clock, FormKey, Hash, Heads, Recorded, Subject, chain, subject::SubjectKind,
};
use crate::store::api::StoreError;
use crate::store::format::codec::{
    self, AboutV1, ActionV1, CheckV1, GroupV1, Record, TipV1, decode, encode, seal, unseal,
};
use crate::store::format::shape;

/// The type of keys and values in every table.
pub(crate) type Bytes = &'static [u8];

/// The definition of a table.
pub(crate) type Definition = TableDefinition<'static, Bytes, Bytes>;

/// The entries, which are the truth: author, number (big endian), hash → hash before it and bytes.
pub(crate) const ENTRIES: Definition = TableDefinition::new("entries");
/// Derived: subject key → heads; group key → [`GroupV1`].
pub(crate) const VIEWS: Definition = TableDefinition::new("views");
/// Derived: actor, clock → [`ActionV1`]; what undo walks back through.
pub(crate) const ACTIONS: Definition = TableDefinition::new("actions");
/// Runs of entries withheld from this store: author, last number, hash of the last, first number → hash
/// before the first.
pub(crate) const WITHHELD: Definition = TableDefinition::new("withheld");
/// Single rows: schema, about, tip, check.
pub(crate) const META: Definition = TableDefinition::new("meta");
/// BLAKE3 of a plan file → its bytes.
pub(crate) const PLANS: Definition = TableDefinition::new("plans");

/// Rows of [`META`].
pub(crate) mod meta {
    pub(crate) const SCHEMA: &[u8] = b"schema";
    pub(crate) const ABOUT: &[u8] = b"about";
    pub(crate) const TIP: &[u8] = b"tip";
    pub(crate) const CHECK: &[u8] = b"check";
}

/// The kind byte of a group's key; no subject has it.
const GROUP_KIND: u8 = 0;

/// A table being read, inside either kind of transaction.
pub(crate) trait Rows: ReadableTable<Bytes, Bytes> {}
impl<T: ReadableTable<Bytes, Bytes>> Rows for T {}

/// Builds the key of an entry.
pub(crate) fn entry_key(author: &AuthorId, seq: u64, hash: &Hash) -> Vec<u8> {
    let mut key = Vec::with_capacity(56);
    key.extend(author.0);
    key.extend(seq.to_be_bytes());
    key.extend(hash.0);
    key
}

/// Reads number and hash from the key of an entry.
pub(crate) fn tip_of(key: &[u8]) -> Result<(u64, Hash), StoreError> {
    let bad = || StoreError::Damaged("entry key".to_owned());
    let rest = key.get(16..).ok_or_else(bad)?;
    let (seq, hash) = rest.split_first_chunk::<8>().ok_or_else(bad)?;
    let hash = hash.try_into().map_err(|_| bad())?;
    Ok((u64::from_be_bytes(*seq), Hash(hash)))
}

/// Builds the first and last key an entry of that number can have.
pub(crate) fn seq_range(author: &AuthorId, seq: u64) -> (Vec<u8>, Vec<u8>) {
    (
        entry_key(author, seq, &Hash::ZERO),
        entry_key(author, seq, &Hash([0xff; 32])),
    )
}

/// Builds the key of the digest row that counts a subject's view: its form's, or the one of people,
/// authors and plan.
pub(crate) fn group_key(form: Option<&FormKey>) -> Vec<u8> {
    let mut key = match form {
        Some(form) => Subject::form_prefix(SubjectKind::Form, form),
        None => Subject::kind_prefix(SubjectKind::Form),
    };
    if let Some(kind) = key.get_mut(1) {
        *kind = GROUP_KIND;
    }
    key
}

/// Reads the form from the key of a digest row; `None` for the one without a form.
pub(crate) fn group_form(key: &[u8]) -> Result<Option<FormKey>, StoreError> {
    if key == group_key(None).as_slice() {
        return Ok(None);
    }
    let mut key = key.to_vec();
    if let Some(kind) = key.get_mut(1) {
        *kind = SubjectKind::Form as u8;
    }
    match Subject::from_key(&key) {
        Ok(Subject::Form(form)) => Ok(Some(form)),
        _ => Err(StoreError::Damaged("group key".to_owned())),
    }
}

/// Tells whether a key of [`VIEWS`] is that of a digest row.
pub(crate) fn is_group(key: &[u8]) -> bool {
    key.get(1) == Some(&GROUP_KIND)
}

/// Gives the first key after all that begin with `prefix`.
pub(crate) fn after(prefix: &[u8]) -> Vec<u8> {
    let mut end = prefix.to_vec();
    while let Some(last) = end.pop() {
        if let Some(next) = last.checked_add(1) {
            end.push(next);
            return end;
        }
    }
    // Only a prefix of nothing but 0xff gets here; no key of ours is one.
    vec![0xff; 64]
}

/// Builds the key of an action: all of one actor together, in the order of the store's clock.
pub(crate) fn action_key(actor: &ActorId, clock: Clock) -> Vec<u8> {
    let mut key = action_prefix(actor);
    key.extend(clock.millis.to_be_bytes());
    key.extend(clock.counter.to_be_bytes());
    key
}

/// Builds the bytes with which all keys of an actor's actions begin; 0 is in no actor's id.
pub(crate) fn action_prefix(actor: &ActorId) -> Vec<u8> {
    let mut key = actor.as_str().as_bytes().to_vec();
    key.push(0);
    key
}

/// Reads one row and unwraps it.
fn payload<T>(
    table: &impl Rows,
    record: Record,
    key: &[u8],
    read: impl FnOnce(&[u8]) -> Result<T, StoreError>,
) -> Result<Option<T>, StoreError> {
    match table.get(key)? {
        None => Ok(None),
        Some(value) => read(unseal(record, key, value.value())?).map(Some),
    }
}

/// Reads where the store stands.
pub(crate) fn tip(meta: &impl Rows) -> Result<TipV1, StoreError> {
    payload(meta, Record::Tip, meta::TIP, |bytes| Ok(decode(bytes)?))?
        .ok_or_else(|| StoreError::Damaged("tip is missing".to_owned()))
}

/// Reads what the store was made for.
pub(crate) fn about(meta: &impl Rows) -> Result<AboutV1, StoreError> {
    payload(meta, Record::About, meta::ABOUT, |bytes| Ok(decode(bytes)?))?
        .ok_or_else(|| StoreError::Damaged("about is missing".to_owned()))
}

/// Reads when the file was last checked through.
pub(crate) fn check(meta: &impl Rows) -> Result<Option<CheckV1>, StoreError> {
    payload(meta, Record::Check, meta::CHECK, |bytes| Ok(decode(bytes)?))
}

/// Reads the schema of the store.
pub(crate) fn schema(meta: &impl Rows) -> Result<u32, StoreError> {
    payload(meta, Record::Schema, meta::SCHEMA, |bytes| {
        let bytes = bytes
            .try_into()
            .map_err(|_| StoreError::Damaged("schema".to_owned()))?;
        Ok(u32::from_le_bytes(bytes))
    })?
    .ok_or_else(|| StoreError::Damaged("schema is missing".to_owned()))
}

/// Encodes the row of a schema number.
pub(crate) fn sealed_schema(schema: u32) -> Vec<u8> {
    seal(Record::Schema, meta::SCHEMA, &schema.to_le_bytes())
}

/// Reads the heads of a subject; empty without entries.
pub(crate) fn view(views: &impl Rows, key: &[u8]) -> Result<Heads, StoreError> {
    Ok(payload(views, Record::View, key, heads)?.unwrap_or_default())
}

/// Encodes the row of a view.
pub(crate) fn sealed_view(key: &[u8], heads: &Heads) -> Vec<u8> {
    seal(Record::View, key, &shape::view_bytes(heads))
}

/// Decodes the row of a view.
pub(crate) fn unsealed_view(key: &[u8], value: &[u8]) -> Result<Heads, StoreError> {
    heads(unseal(Record::View, key, value)?)
}

fn heads(bytes: &[u8]) -> Result<Heads, StoreError> {
    Ok(shape::view_from(bytes)?)
}

/// Reads the digest row of a group; `None` when it has no views.
pub(crate) fn group(views: &impl Rows, key: &[u8]) -> Result<Option<GroupV1>, StoreError> {
    payload(views, Record::Group, key, |bytes| Ok(decode(bytes)?))
}

/// Decodes the digest row of a group.
pub(crate) fn unsealed_group(key: &[u8], value: &[u8]) -> Result<GroupV1, StoreError> {
    Ok(decode(unseal(Record::Group, key, value)?)?)
}

/// Encodes the digest row of a group.
pub(crate) fn sealed_group(key: &[u8], group: &GroupV1) -> Vec<u8> {
    seal(Record::Group, key, &encode(group))
}

/// Reads the plan file with that hash.
pub(crate) fn plan(plans: &impl Rows, hash: &[u8; 32]) -> Result<Vec<u8>, StoreError> {
    payload(plans, Record::Plan, hash, |bytes| Ok(bytes.to_vec()))?
        .ok_or_else(|| StoreError::Damaged("plan is missing".to_owned()))
}

/// Decodes the row of an action.
pub(crate) fn unsealed_action(key: &[u8], value: &[u8]) -> Result<ActionV1, StoreError> {
    Ok(decode(unseal(Record::Action, key, value)?)?)
}

/// Encodes the row of an action.
pub(crate) fn sealed_action(key: &[u8], action: &ActionV1) -> Vec<u8> {
    seal(Record::Action, key, &encode(action))
}

/// Encodes the row of an entry.
pub(crate) fn sealed_entry(key: &[u8], previous: &Hash, bytes: &[u8]) -> Vec<u8> {
    codec::seal_parts(Record::Entry, key, &[&previous.0, bytes])
}

/// Encodes the row of an entry behind what `out` holds.
pub(crate) fn seal_entry(out: &mut Vec<u8>, key: &[u8], previous: &Hash, bytes: &[u8]) {
    codec::seal_into(out, Record::Entry, key, &[&previous.0, bytes]);
}

/// Decodes the row of an entry; its hash is computed again from what was read.
pub(crate) fn unsealed_entry(key: &[u8], value: &[u8]) -> Result<Recorded, StoreError> {
    let bad = |what: &str| StoreError::Damaged(what.to_owned());
    let (author, rest) = key
        .split_first_chunk::<16>()
        .ok_or_else(|| bad("entry key"))?;
    let (seq, hash) = rest
        .split_first_chunk::<8>()
        .ok_or_else(|| bad("entry key"))?;
    let (previous, bytes) = unseal(Record::Entry, key, value)?
        .split_first_chunk::<32>()
        .ok_or_else(|| bad("entry"))?;
    let (author, seq, previous) = (AuthorId(*author), u64::from_be_bytes(*seq), Hash(*previous));
    let link = chain::link(&author, seq, &previous, bytes);
    if link.0.as_slice() != hash {
        return Err(bad("entry hash"));
    }
    Ok(Recorded {
        author,
        seq,
        previous,
        hash: link,
        entry: shape::entry_from(bytes)?,
    })
}

/// One read transaction, whose tables are opened as they are needed.
pub(crate) struct ReadTables {
    transaction: ReadTransaction,
}

impl ReadTables {
    /// Wraps a read transaction.
    pub(crate) fn new(transaction: ReadTransaction) -> Self {
        Self { transaction }
    }

    /// Opens a table.
    pub(crate) fn table(
        &self,
        definition: Definition,
    ) -> Result<redb::ReadOnlyTable<Bytes, Bytes>, StoreError> {
        Ok(self.transaction.open_table(definition)?)
    }

    /// Opens a table that a store has only once it needs it.
    pub(crate) fn optional(
        &self,
        definition: Definition,
    ) -> Result<Option<redb::ReadOnlyTable<Bytes, Bytes>>, StoreError> {
        match self.transaction.open_table(definition) {
            Ok(table) => Ok(Some(table)),
            Err(redb::TableError::TableDoesNotExist(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Where the store stands.
    pub(crate) fn tip(&self) -> Result<TipV1, StoreError> {
        tip(&self.table(META)?)
    }
}

/// Adds a row to, or takes one from, a digest over many rows; its own inverse.
pub(crate) fn xor_row(digest: &mut [u8; 32], key: &[u8], value: &[u8]) {
    let row = codec::row_digest(key, value);
    for (into, from) in digest.iter_mut().zip(row) {
        *into ^= from;
    }
}
