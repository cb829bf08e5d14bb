//! The parts that several shapes share: contents, people, references, frontiers, origins.

use std::collections::BTreeMap;

use crate::base::{Decimal, text};
use crate::ledger::entry::Frontier;
use crate::ledger::{
    ActionId, ActorId, AuthorId, Content, ContentHash, ContentPart, EntryRef, Hash, Origin, Role,
};
use crate::plan::UnitId;
use crate::store::format::codec::{
    CodecError, ContentV1, FrontierV1, OriginV1, PartsV1, RefV1, RoleV1, ValueV1,
};

pub(crate) fn value(content: &Content) -> ValueV1 {
    let content = match content {
        Content::Blank => ContentV1::Blank,
        Content::Value(value) => ContentV1::Value {
            mantissa: value.mantissa(),
            scale: value.scale(),
        },
        Content::Text(text) => ContentV1::Text(text.clone()),
        Content::NoneOccurred => ContentV1::NoneOccurred,
        Content::Unavailable => ContentV1::Unavailable,
        Content::NotApplicable => ContentV1::NotApplicable,
        Content::Invalid(text) => ContentV1::Invalid(text.clone()),
    };
    ValueV1 { content }
}

pub(crate) fn content_from(shape: ContentV1) -> Result<Content, CodecError> {
    Ok(match shape {
        ContentV1::Blank => Content::Blank,
        ContentV1::Value { mantissa, scale } => Content::Value(
            Decimal::new(mantissa, scale)
                .filter(|value| value.mantissa() == mantissa && value.scale() == scale)
                .ok_or(CodecError::Meaning("figure"))?,
        ),
        ContentV1::Text(text) => Content::Text(clean(text)?),
        ContentV1::NoneOccurred => Content::NoneOccurred,
        ContentV1::Unavailable => Content::Unavailable,
        ContentV1::NotApplicable => Content::NotApplicable,
        ContentV1::Invalid(text) => Content::Invalid(clean(text)?),
    })
}

/// Text from a file, refused when any of it could not be shown as it is.
pub(crate) fn clean(read: String) -> Result<String, CodecError> {
    match text::first_hostile(&read) {
        Some(position) => Err(CodecError::Hostile(position)),
        None => Ok(read),
    }
}

pub(crate) fn actor_id(read: &str) -> Result<ActorId, CodecError> {
    ActorId::parse(read).ok_or(CodecError::Meaning("actor"))
}

pub(crate) fn unit_texts(units: &[UnitId]) -> Vec<String> {
    units.iter().map(|unit| unit.as_str().to_owned()).collect()
}

pub(crate) fn units_from(units: Vec<String>) -> Result<Vec<UnitId>, CodecError> {
    units
        .into_iter()
        .map(|unit| clean(unit).map(|unit| UnitId::new(&unit)))
        .collect()
}

pub(crate) fn content_parts(content: &ContentHash) -> PartsV1 {
    let parts = content.parts().iter();
    parts
        .map(|(part, hash)| (part.owner_id().to_owned(), hash.0))
        .collect()
}

/// The parts of a content hash, refused unless each stands once and in order: other bytes would
/// say the same, and two entries that say the same must have the same bytes.
pub(crate) fn content_parts_from(shape: PartsV1) -> Result<ContentHash, CodecError> {
    let bad = || CodecError::Meaning("parts of the content");
    let mut parts = BTreeMap::new();
    for (owner, hash) in shape {
        let part = ContentPart::of_owner_id(&clean(owner)?);
        if parts
            .last_key_value()
            .is_some_and(|(last, _)| *last >= part)
        {
            return Err(bad());
        }
        parts.insert(part, Hash(hash));
    }
    ContentHash::stated(parts).ok_or_else(bad)
}

pub(crate) fn frontier_shape(frontier: &Frontier) -> FrontierV1 {
    let line = |(author, seq, hash): &(AuthorId, u64, Hash)| (author.0, *seq, hash.0);
    frontier.iter().map(line).collect()
}

pub(crate) fn frontier_from(shape: FrontierV1) -> Frontier {
    let line = |(author, seq, hash)| (AuthorId(author), seq, Hash(hash));
    shape.into_iter().map(line).collect()
}

pub(crate) fn ref_shape(entry: &EntryRef) -> RefV1 {
    RefV1 {
        author: entry.author.0,
        seq: entry.seq,
        h8: entry.h8,
    }
}

pub(crate) fn ref_from(shape: &RefV1) -> EntryRef {
    EntryRef {
        author: AuthorId(shape.author),
        seq: shape.seq,
        h8: shape.h8,
    }
}

pub(crate) fn role_shape(role: Role) -> RoleV1 {
    match role {
        Role::Clerk => RoleV1::Clerk,
        Role::Owner => RoleV1::Owner,
        Role::Coordinator => RoleV1::Coordinator,
        Role::Viewer => RoleV1::Viewer,
    }
}

pub(crate) fn role_from(shape: RoleV1) -> Role {
    match shape {
        RoleV1::Clerk => Role::Clerk,
        RoleV1::Owner => Role::Owner,
        RoleV1::Coordinator => Role::Coordinator,
        RoleV1::Viewer => Role::Viewer,
    }
}

/// The stored form of an origin.
pub(crate) fn origin_shape(origin: Origin) -> OriginV1 {
    match origin {
        Origin::Typed => OriginV1::Typed,
        Origin::Set => OriginV1::Set,
        Origin::Copied => OriginV1::Copied,
        Origin::Paste => OriginV1::Paste,
        Origin::Table => OriginV1::Table,
        Origin::Import => OriginV1::Import,
        Origin::UndoOf(action) => OriginV1::UndoOf(action.0),
        Origin::RedoOf(action) => OriginV1::RedoOf(action.0),
        Origin::Demo => OriginV1::Demo,
    }
}

/// Reads an origin.
pub(crate) fn origin_from(shape: OriginV1) -> Origin {
    match shape {
        OriginV1::Typed => Origin::Typed,
        OriginV1::Set => Origin::Set,
        OriginV1::Copied => Origin::Copied,
        OriginV1::Paste => Origin::Paste,
        OriginV1::Table => Origin::Table,
        OriginV1::Import => Origin::Import,
        OriginV1::UndoOf(action) => Origin::UndoOf(ActionId(action)),
        OriginV1::RedoOf(action) => Origin::RedoOf(ActionId(action)),
        OriginV1::Demo => Origin::Demo,
    }
}
