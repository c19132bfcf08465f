//! Numbers that depend on nothing but the seed, the person and what is asked.

/// One of the independent choices made about a person. The number is part of what a seed means: never reuse one.
#[derive(Clone, Copy)]
pub enum Choice {
    Order = 1,
    Span,
    Names,
    CountryKept,
    Country,
    Office,
    Field,
    Unit,
    Team,
    Title,
    Dirt,
    DirtVariant,
    Tenure,
    Age,
    Gender,
    Employment,
    Arrangement,
    Hours,
    Phone,
    PhoneNumber,
    Separation,
    Reason,
    Engagement,
    ManagerLeft,
    Level,
    PageOrder,
    Evidence,
    EvidenceDays,
    EvidenceForm,
    Administrator,
}

/// A well-mixed number for this seed, subject and choice (the finaliser of SplitMix64, applied twice).
pub fn roll(seed: u64, subject: u64, choice: Choice) -> u64 {
    let start = seed
        .wrapping_add(subject.wrapping_mul(0x9E37_79B9_7F4A_7C15))
        .wrapping_add((choice as u64).wrapping_mul(0xD1B5_4A32_D192_ED03));
    finalise(finalise(start).wrapping_add(0x9E37_79B9_7F4A_7C15))
}

fn finalise(mut state: u64) -> u64 {
    state = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    state = (state ^ (state >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    state ^ (state >> 31)
}

/// A reversible shuffle of `0..size`: position `n` goes to `(step * n + offset) mod size`.
#[derive(Clone, Copy, Debug)]
pub struct Shuffle {
    size: u64,
    step: u64,
    back: u64,
    offset: u64,
}

impl Shuffle {
    pub fn new(size: u64, random: u64) -> Shuffle {
        let size = size.max(1);
        // Near the golden section of the size, neighbours land far apart.
        let mut step = ((size as f64 * 0.618_033_988_75) as u64 + random % (size / 16 + 1)).max(1)
            % size.max(2);
        step = step.max(1);
        while greatest_common_divisor(step, size) != 1 {
            step += 1;
        }
        Shuffle {
            size,
            step,
            back: inverse(step, size),
            offset: (random >> 20) % size,
        }
    }

    pub fn forward(&self, n: u64) -> u64 {
        (self.step * n + self.offset) % self.size
    }

    pub fn backward(&self, n: u64) -> u64 {
        (n + self.size - self.offset) % self.size * self.back % self.size
    }
}

fn greatest_common_divisor(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// The number that undoes multiplying by `step` modulo `size`; the two have no common divisor.
fn inverse(step: u64, size: u64) -> u64 {
    let (mut old, mut rest) = (step as i128, size as i128);
    let (mut factor, mut next) = (1_i128, 0_i128);
    while rest != 0 {
        let quotient = old / rest;
        (old, rest) = (rest, old - quotient * rest);
        (factor, next) = (next, factor - quotient * next);
    }
    u64::try_from(factor.rem_euclid(size as i128)).expect("BUG: a remainder of a u64 fits one")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_shuffle_can_be_taken_back(size in 1_u64..2_000_000, random: u64, n: u64) {
            let shuffle = Shuffle::new(size, random);
            let n = n % size;
            prop_assert!(shuffle.forward(n) < size, "a shuffle stays within its size");
            prop_assert_eq!(shuffle.backward(shuffle.forward(n)), n, "backward undoes forward");
        }
    }
}
