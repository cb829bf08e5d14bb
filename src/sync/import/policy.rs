//! Whether a bundle may be taken at all: by its receiver and by the rights of its authors.

use crate::ledger::Trust;
use crate::ledger::trust::Act;
use crate::sync::bundle::error::BundleError;
use crate::sync::bundle::header::Header;
use crate::sync::bundle::reader::VerifiedBundle;
use crate::sync::import::context::ImportContext;

/// Checks that a bundle is meant for this store.
///
/// # Errors
/// [`BundleError::WrongPlan`], [`BundleError::WrongDistrict`] or [`BundleError::NotForUs`].
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
        _ => Ok(()),
    }
}

/// Checks that whoever leaves entries out of a log may do so.
///
/// # Errors
/// [`BundleError::Withholds`].
pub(in crate::sync) fn withholds(header: &Header) -> Result<(), BundleError> {
    let leaves_out = header.ranges.iter().any(|range| !range.withheld.is_empty());
    if leaves_out {
        return Err(BundleError::Withholds(header.signed_by()));
    }
    Ok(())
}

/// The first entry by which a known author exceeds its rights.
pub(in crate::sync) fn overstep(bundle: &VerifiedBundle, trust: &Trust) -> Option<BundleError> {
    let beyond = bundle
        .summary()
        .claims
        .iter()
        .find(|(claim, _)| trust.knows(&claim.author) && !trust.allows(claim))?;
    let (claim, seq) = beyond;
    Some(BundleError::Oversteps {
        author: claim.author,
        seq: *seq,
        what: words(&claim.act),
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
