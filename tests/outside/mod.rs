//! A reader of bundles written from `docs/bundle-format.md` alone, as somebody in another office
//! would write one: none of the program's code is used. What it needed to know and did not find on
//! the page was added to the page.
#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test binary uses its own part of it"
)]

pub mod bytes;
pub mod content;
pub mod entry;
pub mod file;
pub mod header;
pub mod key_file;
pub mod plan;

/// Why a bundle is refused, in one line.
pub type Fault = String;
/// 16 bytes of BLAKE3 of a public key.
pub type Author = [u8; 16];
/// BLAKE3-256.
pub type Hash = [u8; 32];

pub fn author_of(key: &[u8; 32]) -> Author {
    let mut author = [0; 16];
    author.copy_from_slice(&blake3::hash(key).as_bytes()[..16]);
    author
}

pub fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().map(|byte| format!("{byte:02x}"));
    digits.collect::<Vec<_>>().concat()
}

/// The digits that two people compare over the phone.
pub fn digits(key: &[u8; 32]) -> String {
    let hash = blake3::hash(key);
    let groups = hash.as_bytes().chunks(4).map(|four| {
        let number = u32::from_be_bytes([four[0], four[1], four[2], four[3]]);
        format!("{:04}", number % 10_000)
    });
    groups.collect::<Vec<_>>().join(" ")
}

/// Verifies a signature over some words in a row.
pub fn verify(key: &[u8; 32], words: &[&[u8]], signature: &[u8; 64]) -> Result<(), Fault> {
    let key = ed25519_dalek::VerifyingKey::from_bytes(key).map_err(|_| "no key")?;
    let signature = ed25519_dalek::Signature::from_bytes(signature);
    key.verify_strict(&words.concat(), &signature)
        .map_err(|_| "wrong signature".to_owned())
}
