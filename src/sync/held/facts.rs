//! What is recorded of a bundle when it is kept: enough to say at any time how it stands, without
//! its bytes.

use crate::base::bytes::{BadBytes, Reader, put_text};
use crate::ledger::AuthorId;
use crate::sync::bundle::error::{BundleError, PlanPart};
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

    /// The facts as they are stored: the header, then why all of it is refused, where it is.
    pub fn bytes(&self) -> Vec<u8> {
        let header = self.header.bytes();
        let length = u32::try_from(header.len()).unwrap_or(u32::MAX);
        let mut out = length.to_le_bytes().to_vec();
        out.extend(header);
        if let Some((code, author, numbers, what)) = self.refusal.as_ref().and_then(parts) {
            out.push(code);
            out.extend(author.0);
            out.extend(numbers.0.to_le_bytes());
            out.extend(numbers.1.to_le_bytes());
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
        let refusal = if reader.is_empty() {
            None
        } else {
            Some(refusal(&mut reader, &header).map_err(BundleError::header)?)
        };
        Ok(Self { header, refusal })
    }
}

/// A refusal as it is stored: its code, an author, two numbers and words.
type Parts<'a> = (u8, AuthorId, (u64, u64), &'a str);

/// The parts of a refusal for which a bundle is kept.
fn parts(refusal: &BundleError) -> Option<Parts<'_>> {
    Some(match refusal {
        BundleError::Oversteps { author, seq, what } => (1, *author, (*seq, 0), what),
        BundleError::PlanLacks {
            author,
            seq,
            part,
            what,
        } => {
            let part = PlanPart::ALL.iter().position(|known| known == part)?;
            let part = u64::try_from(part).ok()?;
            (2, *author, (*seq, part), what)
        }
        BundleError::Unfit { author, seq, what } => (3, *author, (*seq, 0), what),
        BundleError::TooManyHeads {
            author,
            seq,
            heads,
            what,
        } => (4, *author, (*seq, *heads), what),
        // Whom it says to come from stands in the header.
        BundleError::WrongSender { signer, units, .. } => (5, *signer, (0, 0), units),
        _ => return None,
    })
}

fn refusal(reader: &mut Reader<'_>, header: &Header) -> Result<BundleError, BadBytes> {
    let code = reader.u8("code")?;
    let author = AuthorId(reader.array("author")?);
    let (seq, number) = (reader.u64("number")?, reader.u64("number")?);
    let what = reader.text("what")?.to_owned();
    reader.end()?;
    Ok(match code {
        1 => BundleError::Oversteps { author, seq, what },
        2 => {
            let part = usize::try_from(number).ok();
            let part = part.and_then(|part| PlanPart::ALL.get(part));
            BundleError::PlanLacks {
                author,
                seq,
                part: *part.ok_or(reader.bad("part"))?,
                what,
            }
        }
        3 => BundleError::Unfit { author, seq, what },
        4 => BundleError::TooManyHeads {
            author,
            seq,
            heads: number,
            what,
        },
        5 => BundleError::WrongSender {
            signer: author,
            from: header.from.to_string(),
            units: what,
        },
        _ => return Err(reader.bad("code")),
    })
}
