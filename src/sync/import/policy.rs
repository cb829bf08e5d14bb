//! Whether a bundle may be taken at all: by its receiver and by the rights of its authors.

use std::collections::BTreeSet;

use crate::ledger::Trust;
use crate::ledger::trust::Act;
use crate::plan::UnitId;
use crate::sync::bundle::error::{BundleError, PlanPart};
use crate::sync::bundle::header::Header;
use crate::sync::bundle::range::Range;
use crate::sync::bundle::reader::VerifiedBundle;
use crate::sync::export::concern::sees_everything;
use crate::sync::import::context::ImportContext;

/// Checks that a bundle is meant for this store.
///
/// # Errors
/// [`BundleError::WrongPlan`], [`BundleError::WrongDistrict`], [`BundleError::NotForUs`] or
/// [`BundleError::WholeCopy`].
pub(in crate::sync) fn addressed(
    header: &Header,
    context: &ImportContext<'_>,
) -> Result<(), BundleError> {
    if header.plan_id != context.plan.id {
        return Err(BundleError::WrongPlan {
            theirs: header.plan_id.clone(),
            ours: context.plan.id.clone(),
        });
    }
    if header.district != context.plan.district {
        return Err(BundleError::WrongDistrict {
            theirs: header.district.to_string(),
            ours: context.plan.district.to_string(),
        });
    }
    match header.receiver() {
        Some(to) if to != context.unit => Err(BundleError::NotForUs { to: to.to_string() }),
        None if !sees_everything(context.plan, context.unit) => Err(BundleError::WholeCopy),
        _ => Ok(()),
    }
}

/// Checks that whoever leaves entries out of a log may do so: the district, or anybody where the author's
/// own signatures prove all the rest.
///
/// # Errors
/// [`BundleError::Withholds`].
pub(in crate::sync) fn withholds(header: &Header, trust: &Trust) -> Result<(), BundleError> {
    let signer = header.signed_by();
    let rests = header.ranges.iter().any(Range::rests_on_signer);
    if rests && !trust.is_root(&signer) {
        return Err(BundleError::Withholds(signer));
    }
    Ok(())
}

/// Checks that a bundle comes from a unit that its signer, whom the store knows, writes for.
///
/// # Errors
/// [`BundleError::WrongSender`].
pub(in crate::sync) fn sent_by_its_signer(
    header: &Header,
    trust: &Trust,
    context: &ImportContext<'_>,
) -> Result<(), BundleError> {
    let signer = header.signed_by();
    let mut units: BTreeSet<&UnitId> = BTreeSet::new();
    units.extend(trust.rights(&signer).into_iter().flat_map(|r| &r.units));
    if trust.is_root(&signer) {
        units.insert(&context.plan.coordinator);
    } else if trust.governs(&signer) {
        // An epoch of this store, or one that goes on from it.
        units.insert(context.unit);
    }
    if units.contains(&header.from) {
        return Ok(());
    }
    let units: Vec<&str> = units.into_iter().map(UnitId::as_str).collect();
    Err(BundleError::WrongSender {
        signer,
        from: header.from.to_string(),
        units: units.join(", "),
    })
}

/// The first entry by which a known author exceeds its rights, or is about a unit that the plan
/// does not have.
pub(in crate::sync) fn overstep(
    bundle: &VerifiedBundle,
    trust: &Trust,
    context: &ImportContext<'_>,
) -> Option<BundleError> {
    let beyond = bundle
        .summary()
        .claims
        .iter()
        .find(|(claim, _)| trust.knows(&claim.author) && !trust.allows(claim))?;
    let (claim, seq) = beyond;
    let (author, seq) = (claim.author, *seq);
    let unit = match &claim.act {
        Act::Enter(unit) | Act::EnterOnBehalf(unit) => Some(unit),
        Act::Approve(owner) | Act::ApproveOnBehalf(owner) => Some(owner),
        _ => None,
    };
    Some(match unit {
        Some(unit) if context.plan.unit(unit).is_none() => BundleError::PlanLacks {
            author,
            seq,
            part: PlanPart::Unit,
            what: unit.to_string(),
        },
        _ => BundleError::Oversteps {
            author,
            seq,
            what: words(&claim.act),
        },
    })
}

fn words(act: &Act) -> String {
    match act {
        Act::Enter(unit) | Act::Approve(unit) => unit.to_string(),
        Act::EnterOnBehalf(unit) | Act::ApproveOnBehalf(unit) => format!("{unit} on behalf"),
        Act::Return => "return".to_owned(),
        Act::Close => "lock".to_owned(),
        Act::Administer => "enrol".to_owned(),
        Act::OwnStore | Act::Impersonate => "epoch".to_owned(),
        Act::WithoutReason => "reason".to_owned(),
    }
}
