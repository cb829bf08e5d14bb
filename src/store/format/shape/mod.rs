//! Between the ledger's types and the frozen shapes. Everything read from a file passes here,
//! so this is where hostile text and impossible values are refused.

mod parts;

use parts::{
    actor_id, clean, content_from, content_parts, content_parts_from, frontier_from,
    frontier_shape, ref_from, ref_shape, role_from, role_shape, unit_texts, units_from, value,
};
pub(crate) use parts::{origin_from, origin_shape};

use crate::ledger::{ActionId, AuthorId, Body, Clock, Entry, Hash, Head, Heads, PlanRef, Subject};
use crate::store::format::codec::{
    ActorV1, ApproveV1, CodecError, ConfirmV1, EmptyV1, EnrolV1, EntryV1, EpochStartV1, HeadV1,
    LockV1, NoteV1, PlanInstallV1, RejectRangeV1, RevokeV1, SubmitV1, ValueV1, ViewV1, decode,
    decode_list, encode,
};

/// Encodes an entry as it is hashed and stored.
pub(crate) fn entry_bytes(entry: &Entry) -> Vec<u8> {
    let (kind, body) = body_bytes(&entry.body);
    let subject = entry.subject.key();
    encode(&EntryV1 {
        kind,
        flags: entry.flags,
        millis: entry.clock.millis,
        counter: entry.clock.counter,
        lag: entry.lag,
        actor: entry.actor.as_str(),
        plan_version: entry.plan.version,
        plan_h8: entry.plan.h8,
        subject: &subject,
        body: &body,
        replaces: entry.replaces.iter().map(ref_shape).collect(),
        note: &entry.note,
        action: entry.action.0,
        origin: origin_shape(entry.origin),
    })
}

/// Decodes an entry and refuses hostile or impossible content.
pub(crate) fn entry_from(bytes: &[u8]) -> Result<Entry, CodecError> {
    let shape: EntryV1<'_> = decode(bytes)?;
    if shape.lag > shape.millis {
        return Err(CodecError::Meaning("clock"));
    }
    Ok(Entry {
        flags: shape.flags,
        clock: Clock {
            millis: shape.millis,
            counter: shape.counter,
        },
        lag: shape.lag,
        actor: actor_id(shape.actor)?,
        plan: PlanRef {
            version: shape.plan_version,
            h8: shape.plan_h8,
        },
        subject: Subject::from_key(shape.subject).map_err(|_| CodecError::Meaning("subject"))?,
        body: body_from(shape.kind, shape.body)?,
        replaces: shape.replaces.iter().map(ref_from).collect(),
        note: clean(shape.note.to_owned())?,
        action: ActionId(shape.action),
        origin: origin_from(shape.origin),
    })
}

/// Encodes the heads of a subject.
pub(crate) fn view_bytes(heads: &Heads) -> Vec<u8> {
    let shape = |head: &Head| {
        let (kind, body) = body_bytes(&head.body);
        HeadV1 {
            entry: ref_shape(&head.entry),
            kind,
            body,
            millis: head.clock.millis,
            counter: head.clock.counter,
            wall: head.wall,
            actor: head.actor.as_str().to_owned(),
            origin: origin_shape(head.origin),
            flags: head.flags,
            note: head.note.clone(),
        }
    };
    encode(&ViewV1 {
        heads: heads.all().iter().map(shape).collect(),
    })
}

/// Decodes the heads of a subject.
pub(crate) fn view_from(bytes: &[u8]) -> Result<Heads, CodecError> {
    let head = |head: HeadV1| {
        Ok(Head {
            entry: ref_from(&head.entry),
            body: body_from(head.kind, &head.body)?,
            clock: Clock {
                millis: head.millis,
                counter: head.counter,
            },
            wall: head.wall,
            actor: actor_id(&head.actor)?,
            origin: origin_from(head.origin),
            flags: head.flags,
            note: clean(head.note)?,
        })
    };
    let heads = decode_list::<HeadV1>(bytes)?.into_iter().map(head);
    let heads: Result<Vec<Head>, CodecError> = heads.collect();
    Ok(Heads::new(heads?))
}

fn body_bytes(body: &Body) -> (u8, Vec<u8>) {
    match body {
        Body::SetValue(content) => (1, encode(&value(content))),
        Body::Note(text) => (2, encode(&NoteV1 { text: text.clone() })),
        Body::Resolve(content) => (3, encode(&value(content))),
        Body::Confirm {
            judged,
            reason,
            words,
        } => {
            let (judged, reason, words) = (judged.clone(), reason.clone(), words.clone());
            (
                4,
                encode(&ConfirmV1 {
                    judged,
                    reason,
                    words,
                }),
            )
        }
        Body::Submit {
            content,
            blanks,
            unconfirmed,
            overridden,
        } => {
            let (parts, blanks) = (content_parts(content), *blanks);
            let (unconfirmed, overridden) = (*unconfirmed, *overridden);
            (
                5,
                encode(&SubmitV1 {
                    parts,
                    blanks,
                    unconfirmed,
                    overridden,
                }),
            )
        }
        Body::Return => (6, encode(&EmptyV1 {})),
        Body::Approve { part, frontier } => {
            let (part, frontier) = (part.0, frontier_shape(frontier));
            (7, encode(&ApproveV1 { part, frontier }))
        }
        Body::Lock { content, frontier } => {
            let (parts, frontier) = (content_parts(content), frontier_shape(frontier));
            (8, encode(&LockV1 { parts, frontier }))
        }
        Body::Reopen => (9, encode(&EmptyV1 {})),
        other => control_bytes(other),
    }
}

fn control_bytes(body: &Body) -> (u8, Vec<u8>) {
    match body {
        Body::Enrol { units, roles, name } => {
            let roles = roles.iter().map(|role| role_shape(*role)).collect();
            let (units, name) = (unit_texts(units), name.clone());
            (10, encode(&EnrolV1 { units, roles, name }))
        }
        Body::Revoke { last_good } => {
            let last_good = *last_good;
            (11, encode(&RevokeV1 { last_good }))
        }
        Body::PlanInstall { id, version, hash } => {
            let (id, version, hash) = (id.clone(), *version, hash.0);
            (12, encode(&PlanInstallV1 { id, version, hash }))
        }
        Body::EpochStart {
            public_key,
            continues,
        } => {
            let (public_key, continues) = (*public_key, continues.map(|author| author.0));
            (
                13,
                encode(&EpochStartV1 {
                    public_key,
                    continues,
                }),
            )
        }
        Body::Actor {
            name,
            role,
            units,
            disabled,
        } => {
            let shape = ActorV1 {
                name: name.clone(),
                role: role_shape(*role),
                units: unit_texts(units),
                disabled: *disabled,
            };
            (14, encode(&shape))
        }
        Body::RejectRange { from, to } => {
            let (from, to) = (*from, *to);
            (15, encode(&RejectRangeV1 { from, to }))
        }
        Body::Unknown { kind, bytes } => (*kind, bytes.clone()),
        // The remaining kinds are written by `body_bytes`; 0 is the kind that never reads back.
        _ => (0, Vec::new()),
    }
}

fn body_from(kind: u8, bytes: &[u8]) -> Result<Body, CodecError> {
    Ok(match kind {
        1 => Body::SetValue(content_from(decode::<ValueV1>(bytes)?.content)?),
        2 => Body::Note(clean(decode::<NoteV1>(bytes)?.text)?),
        3 => Body::Resolve(content_from(decode::<ValueV1>(bytes)?.content)?),
        4 => {
            let shape: ConfirmV1 = decode(bytes)?;
            Body::Confirm {
                judged: clean(shape.judged)?,
                reason: clean(shape.reason)?,
                words: clean(shape.words)?,
            }
        }
        5 => {
            let shape: SubmitV1 = decode(bytes)?;
            Body::Submit {
                content: content_parts_from(shape.parts)?,
                blanks: shape.blanks,
                unconfirmed: shape.unconfirmed,
                overridden: shape.overridden,
            }
        }
        6 => decode::<EmptyV1>(bytes).map(|_| Body::Return)?,
        7 => {
            let shape: ApproveV1 = decode(bytes)?;
            Body::Approve {
                part: Hash(shape.part),
                frontier: frontier_from(shape.frontier),
            }
        }
        8 => {
            let shape: LockV1 = decode(bytes)?;
            Body::Lock {
                content: content_parts_from(shape.parts)?,
                frontier: frontier_from(shape.frontier),
            }
        }
        9 => decode::<EmptyV1>(bytes).map(|_| Body::Reopen)?,
        10..=15 => control_from(kind, bytes)?,
        0 => return Err(CodecError::Meaning("kind")),
        kind => Body::Unknown {
            kind,
            bytes: bytes.to_vec(),
        },
    })
}

fn control_from(kind: u8, bytes: &[u8]) -> Result<Body, CodecError> {
    Ok(match kind {
        10 => {
            let shape: EnrolV1 = decode(bytes)?;
            Body::Enrol {
                units: units_from(shape.units)?,
                roles: shape.roles.into_iter().map(role_from).collect(),
                name: clean(shape.name)?,
            }
        }
        11 => Body::Revoke {
            last_good: decode::<RevokeV1>(bytes)?.last_good,
        },
        12 => {
            let shape: PlanInstallV1 = decode(bytes)?;
            Body::PlanInstall {
                id: clean(shape.id)?,
                version: shape.version,
                hash: Hash(shape.hash),
            }
        }
        13 => {
            let shape: EpochStartV1 = decode(bytes)?;
            Body::EpochStart {
                public_key: shape.public_key,
                continues: shape.continues.map(AuthorId),
            }
        }
        14 => {
            let shape: ActorV1 = decode(bytes)?;
            Body::Actor {
                name: clean(shape.name)?,
                role: role_from(shape.role),
                units: units_from(shape.units)?,
                disabled: shape.disabled,
            }
        }
        _ => {
            let shape: RejectRangeV1 = decode(bytes)?;
            Body::RejectRange {
                from: shape.from,
                to: shape.to,
            }
        }
    })
}

#[cfg(test)]
mod tests;
