//! What is recorded of a bundle when it is kept: enough to say at any time how it stands, without
//! its bytes.

use crate::base::bytes::{BadBytes, Reader, put_text};
use crate::ledger::AuthorId;
use crate::sync::bundle::error::BundleError;
use crate::sync::bundle::header::Header;
use crate::sync::bundle::reader::VerifiedBundle;

/// What is recorded of a bundle when it is kept. The bundle was verified then, and its bytes have
/// not left the store since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldFacts {
    /// What it says of itself.
    pub header: Header,
    /// Why all of it was refused, where it is kept as evidence.
    pub refusal: Option<BundleError>,
}

impl HeldFacts {
    /// The facts of a bundle, and why it is refused where it is.
    pub fn of(bundle: &VerifiedBundle, refusal: Option<BundleError>) -> Self {
        Self {
            header: bundle.header().clone(),
            refusal,
        }
    }

    /// The facts as they are stored: the header, then whose change oversteps its rights, if any does.
    pub fn bytes(&self) -> Vec<u8> {
        let header = self.header.bytes();
        let length = u32::try_from(header.len()).unwrap_or(u32::MAX);
        let mut out = length.to_le_bytes().to_vec();
        out.extend(header);
        if let Some(BundleError::Oversteps { author, seq, what }) = &self.refusal {
            out.extend(author.0);
            out.extend(seq.to_le_bytes());
            put_text(&mut out, what);
        }
        out
    }

    /// The facts that were stored.
    ///
    /// # Errors
    /// Why this program does not read them.
    pub fn read(bytes: &[u8]) -> Result<Self, BundleError> {
        let mut reader = Reader::new(bytes);
        let mut header = || {
            let length = usize::try_from(reader.u32("length")?).unwrap_or(usize::MAX);
            reader.take(length, "header")
        };
        let header = Header::read(header().map_err(BundleError::header)?)?;
        let mut refusal = || {
            if reader.is_empty() {
                return Ok::<_, BadBytes>(None);
            }
            let refusal = BundleError::Oversteps {
                author: AuthorId(reader.array("author")?),
                seq: reader.u64("number")?,
                what: reader.text("what")?.to_owned(),
            };
            reader.end()?;
            Ok(Some(refusal))
        };
        let refusal = refusal().map_err(BundleError::header)?;
        Ok(Self { header, refusal })
    }
}
