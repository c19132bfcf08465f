//! How many requests go side by side: one more for each round of good answers, half as many after a bad one.

/// Never more than this many requests at once.
const WIDEST: f64 = 24.0;

#[derive(Debug, Clone)]
pub(crate) struct Width {
    width: f64,
    /// Answers still to come to what was under way at the last halving: their trouble is the same one.
    deaf: usize,
}

impl Default for Width {
    fn default() -> Self {
        Self {
            width: 6.0,
            deaf: 0,
        }
    }
}

impl Width {
    pub(crate) fn now(&self) -> usize {
        self.width as usize
    }

    pub(crate) fn good(&mut self) {
        self.deaf = self.deaf.saturating_sub(1);
        self.width = (self.width + 1.0 / self.width).min(WIDEST);
    }

    /// Asked for fewer requests, or in trouble, with this many others under way.
    pub(crate) fn bad(&mut self, under_way: usize) {
        if self.deaf > 0 {
            self.deaf -= 1;
            return;
        }
        self.deaf = under_way;
        self.width = (self.width / 2.0).max(1.0);
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
        width.bad(0);
        assert_eq!(width.now(), 3, "half after a bad one");
        for _ in 0..20 {
            width.bad(0);
        }
        assert_eq!(width.now(), 1, "never none");
        for _ in 0..10_000 {
            width.good();
        }
        assert_eq!(width.now(), 24, "never without bounds");
    }

    #[test]
    fn one_burst_of_trouble_halves_it_once() {
        let mut width = Width::default();
        for _ in 0..10_000 {
            width.good();
        }
        width.bad(23);
        for _ in 0..23 {
            width.bad(20);
        }
        assert_eq!(
            width.now(),
            12,
            "answers to what was under way already say nothing new"
        );
        width.bad(11);
        assert_eq!(width.now(), 6, "the next ones do");
    }
}
