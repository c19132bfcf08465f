//! How many items go side by side: one more for each round of good answers, half as many after a bad one.

/// Never more than this many requests at once.
const WIDEST: f64 = 24.0;

#[derive(Debug, Clone)]
pub(crate) struct Width(f64);

impl Default for Width {
    fn default() -> Self {
        Self(6.0)
    }
}

impl Width {
    pub(crate) fn now(&self) -> usize {
        self.0 as usize
    }

    pub(crate) fn good(&mut self) {
        self.0 = (self.0 + 1.0 / self.0).min(WIDEST);
    }

    /// Asked for fewer requests, or in trouble.
    pub(crate) fn bad(&mut self) {
        self.0 = (self.0 / 2.0).max(1.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_grows_slowly_and_shrinks_at_once() {
        let mut width = Width::default();
        for _ in 0..6 {
            width.good();
        }
        assert!(
            (6..=7).contains(&width.now()),
            "one more after a round of good answers"
        );
        width.bad();
        assert_eq!(width.now(), 3, "half after a bad one");
        for _ in 0..20 {
            width.bad();
        }
        assert_eq!(width.now(), 1, "never none");
        for _ in 0..10_000 {
            width.good();
        }
        assert_eq!(width.now(), 24, "never without bounds");
    }
}
