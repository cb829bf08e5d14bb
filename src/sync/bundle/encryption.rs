//! Encryption around a bundle, in the age format (age-encryption.org/v1): outside everything else,
//! so that a bundle is the same bundle in or out of it. Recognised by content in every build; opened
//! only by one with the feature `age`.
//!
//! Limits hold before (a file that is read at all, a header of 64 KiB, a bounded scrypt) and after
//! (a bundle's own 64 MiB, counted while it is deciphered).

use crate::sync::bundle::error::BundleError;

/// The first line of an encrypted file.
pub const BINARY: &[u8] = b"age-encryption.org/v1\n";
/// The first line of one in age's own text armour.
pub const ARMOURED: &[u8] = b"-----BEGIN AGE ENCRYPTED FILE-----";

/// True for a file in the age format.
pub fn is_covered(bytes: &[u8]) -> bool {
    let text = bytes.trim_ascii_start();
    bytes.starts_with(BINARY) || text.starts_with(ARMOURED)
}

/// Whether a bundle must be uncovered before it is read.
///
/// # Errors
/// [`BundleError::Encrypted`] for a file in the age format.
pub(in crate::sync) fn refuse_covered(bytes: &[u8]) -> Result<(), BundleError> {
    if is_covered(bytes) {
        return Err(BundleError::Encrypted);
    }
    Ok(())
}

#[cfg(feature = "age")]
pub use with_age::{Lock, Secret, cover, takes_passphrase, uncover};

#[cfg(feature = "age")]
mod with_age {
    use std::io::{Read, Write};
    use std::str::FromStr;

    use age::armor::{ArmoredReader, ArmoredWriter, Format};
    use age::secrecy::SecretString;
    use age::{DecryptError, Decryptor, Encryptor, scrypt, x25519};

    use super::{BINARY, is_covered};
    use crate::sync::bundle::error::{BundleError, Limit};
    use crate::sync::bundle::file::BundleEncoding;
    use crate::sync::bundle::limits;

    /// For whom a bundle is covered.
    pub enum Lock {
        /// Whoever has the passphrase.
        Passphrase(String),
        /// Whoever has the identity of this recipient, `age1…`.
        Recipient(String),
    }

    /// What uncovers a bundle.
    pub enum Secret {
        /// A passphrase.
        Passphrase(String),
        /// The text of an identity file: `AGE-SECRET-KEY-1…` on lines of their own, `#` for remarks.
        Identities(String),
    }

    /// Covers a bundle.
    ///
    /// # Errors
    /// [`BundleError::BadRecipient`] for what is no recipient.
    pub fn cover(
        bundle: &[u8],
        lock: &Lock,
        dress: BundleEncoding,
    ) -> Result<Vec<u8>, BundleError> {
        let recipient: Box<dyn age::Recipient> = match lock {
            Lock::Passphrase(words) => {
                let mut recipient = scrypt::Recipient::new(SecretString::from(words.clone()));
                recipient.set_work_factor(limits::WORK_WRITTEN);
                Box::new(recipient)
            }
            Lock::Recipient(told) => Box::new(
                x25519::Recipient::from_str(told.trim()).map_err(|_| BundleError::BadRecipient)?,
            ),
        };
        let recipients = std::iter::once(recipient.as_ref() as &dyn age::Recipient);
        let encryptor =
            Encryptor::with_recipients(recipients).map_err(|_| BundleError::BadRecipient)?;
        let format = match dress {
            BundleEncoding::Binary => Format::Binary,
            BundleEncoding::Text => Format::AsciiArmor,
        };
        let mut out = Vec::with_capacity(bundle.len() + 1024);
        let written = || -> std::io::Result<()> {
            let armour = ArmoredWriter::wrap_output(&mut out, format)?;
            let mut covered = encryptor.wrap_output(armour)?;
            covered.write_all(bundle)?;
            covered.finish()?.finish()?;
            Ok(())
        };
        // Into memory, where nothing fails.
        written().map_err(|_| BundleError::BadRecipient)?;
        Ok(out)
    }

    /// True when a passphrase, not an identity, uncovers the file.
    ///
    /// # Errors
    /// As [`uncover`].
    pub fn takes_passphrase(bytes: &[u8]) -> Result<bool, BundleError> {
        let plain = unarmoured(bytes)?;
        Ok(opened(&plain)?.is_scrypt())
    }

    /// The bundle inside a covered file; what is not covered is given back as it is.
    ///
    /// # Errors
    /// [`BundleError::WrongSecret`] when it is not for this secret; [`BundleError::Uncovered`] when
    /// the file is cut or changed; [`BundleError::TooLarge`].
    pub fn uncover(bytes: &[u8], secret: &Secret) -> Result<Vec<u8>, BundleError> {
        if !is_covered(bytes) {
            return Ok(bytes.to_vec());
        }
        let plain = unarmoured(bytes)?;
        let decryptor = opened(&plain)?;
        let identities: Vec<Box<dyn age::Identity>> = match secret {
            Secret::Passphrase(words) => {
                let mut identity = scrypt::Identity::new(SecretString::from(words.clone()));
                identity.set_max_work_factor(limits::WORK_READ);
                vec![Box::new(identity)]
            }
            Secret::Identities(text) => identities(text)?,
        };
        let known = identities.iter().map(AsRef::as_ref);
        let reader = decryptor.decrypt(known).map_err(|error| named(&error))?;
        let mut bundle = Vec::new();
        reader
            .take(limits::FILE + 1)
            .read_to_end(&mut bundle)
            .map_err(|_| BundleError::Uncovered)?;
        if bundle.len() as u64 > limits::FILE {
            return Err(BundleError::TooLarge { what: Limit::File });
        }
        Ok(bundle)
    }

    fn identities(text: &str) -> Result<Vec<Box<dyn age::Identity>>, BundleError> {
        let mut found: Vec<Box<dyn age::Identity>> = Vec::new();
        let lines = text.lines().map(str::trim);
        for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let identity =
                x25519::Identity::from_str(line).map_err(|_| BundleError::WrongSecret)?;
            found.push(Box::new(identity));
            if found.len() > limits::IDENTITIES {
                return Err(BundleError::WrongSecret);
            }
        }
        Ok(found)
    }

    /// The file without age's text armour, and no more of it than a bundle can need.
    fn unarmoured(bytes: &[u8]) -> Result<Vec<u8>, BundleError> {
        if bytes.starts_with(BINARY) {
            return Ok(bytes.to_vec());
        }
        let mut plain = Vec::new();
        ArmoredReader::new(bytes.trim_ascii_start())
            .take(limits::FILE_ARMOURED + 1)
            .read_to_end(&mut plain)
            .map_err(|_| BundleError::Uncovered)?;
        Ok(plain)
    }

    /// Reads the header, which must end within the limit of a bundle's own: each of its lines may
    /// cost a key agreement.
    fn opened(plain: &[u8]) -> Result<Decryptor<&[u8]>, BundleError> {
        let most = limits::HEADER as usize;
        let head = plain.get(..most.min(plain.len())).unwrap_or_default();
        let ends = head.windows(5).any(|window| window == b"\n--- ");
        if !ends {
            return Err(if plain.len() > most {
                BundleError::TooLarge {
                    what: Limit::Header,
                }
            } else {
                BundleError::Uncovered
            });
        }
        Decryptor::new_buffered(plain).map_err(|error| named(&error))
    }

    fn named(error: &DecryptError) -> BundleError {
        match error {
            DecryptError::ExcessiveWork { .. } => BundleError::TooLarge { what: Limit::Work },
            DecryptError::NoMatchingKeys
            | DecryptError::DecryptionFailed
            | DecryptError::KeyDecryptionFailed => BundleError::WrongSecret,
            _ => BundleError::Uncovered,
        }
    }
}
