//! The fingerprint of a key: digits that two people compare over the phone.

use std::fmt;

/// The fingerprint of a public key: 8 groups of 4 digits, about 106 bits of its BLAKE3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fingerprint([u16; 8]);

/// Computes the fingerprint of a public key: each group is 4 bytes of its BLAKE3, big endian, modulo 10,000.
pub fn fingerprint(key: &[u8; 32]) -> Fingerprint {
    let hash = blake3::hash(key);
    let mut groups = [0; 8];
    for (group, bytes) in groups.iter_mut().zip(hash.as_bytes().as_chunks::<4>().0) {
        *group = u16::try_from(u32::from_be_bytes(*bytes) % 10_000).unwrap_or(0);
    }
    Fingerprint(groups)
}

impl Fingerprint {
    /// Whether typed digits are these, however they are spaced.
    pub fn matches(&self, typed: &str) -> bool {
        let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
        let other = typed
            .chars()
            .any(|c| !c.is_ascii_digit() && !c.is_whitespace() && !matches!(c, '-' | '.'));
        !other && digits == self.to_string().replace(' ', "")
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, group) in self.0.iter().enumerate() {
            let space = if at == 0 { "" } else { " " };
            write!(f, "{space}{group:04}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_compared_however_they_are_spaced() {
        let print = fingerprint(&[7; 32]);
        let text = print.to_string();
        assert_eq!(text.len(), 39);
        assert!(print.matches(&text));
        assert!(print.matches(&text.replace(' ', "-")));
        assert!(!print.matches(&text[..38]));
        assert!(!print.matches(&format!("{text} x")));
        assert_ne!(fingerprint(&[8; 32]), print);
    }
}
