//! Seeded chance, and how much of it a run may take.

#![allow(dead_code, reason = "each test target uses its own part")]

/// A small generator (xorshift64*): the same seed gives the same run.
#[derive(Clone, Debug)]
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        let mut chance = Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        for _ in 0..8 {
            chance.next();
        }
        chance
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() >> 16).unwrap() % end.max(1)
    }

    /// True once in `n`.
    pub(crate) fn once_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }
}

/// `full` rounds when `NHAPLIEU_TORTURE=full`, else `small`.
pub(crate) fn rounds(small: usize, full: usize) -> usize {
    if std::env::var("NHAPLIEU_TORTURE").is_ok_and(|value| value == "full") {
        full
    } else {
        small
    }
}
