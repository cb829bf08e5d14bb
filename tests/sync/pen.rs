//! A seeded hand that scribbles.

/// Rounds in an ordinary run, with `NHAPLIEU_TORTURE=full`, or as many as that variable says.
pub(crate) fn rounds(few: usize, many: usize) -> usize {
    match std::env::var("NHAPLIEU_TORTURE").as_deref() {
        Ok("full") => many,
        Ok(told) => told.parse().unwrap_or(few),
        _ => few,
    }
}

/// splitmix64.
pub(crate) struct Pen(u64);

impl Pen {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    /// One change: a bit, a byte, a piece out, a piece twice, zeros, a number at its limits.
    pub(crate) fn mutate(&mut self, bytes: &mut Vec<u8>) {
        if bytes.is_empty() {
            bytes.push(0);
        }
        let at = self.below(bytes.len());
        let length = self.below(24).min(bytes.len() - at);
        match self.below(7) {
            0 => bytes[at] ^= 1 << self.below(8),
            1 => bytes[at] = self.next() as u8,
            2 => drop(bytes.drain(at..at + length)),
            3 => {
                let piece = bytes[at..at + length].to_vec();
                bytes.splice(at..at, piece);
            }
            4 => bytes[at..at + length].fill(0),
            5 => bytes[at..at + length].fill(0xff),
            _ => {
                let other = self.below(bytes.len());
                bytes.swap(at, other);
            }
        }
    }
}
