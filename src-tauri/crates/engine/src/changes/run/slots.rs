//! Places for requests: an item holds one only while its request is on its way, not while the disk is waited for.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tokio::sync::{Semaphore, SemaphorePermit};

/// As many requests side by side as the width says, handed out in the order they were asked for.
#[derive(Debug)]
pub(crate) struct Slots {
    free: Semaphore,
    /// All there are, taken or not.
    wide: AtomicUsize,
    /// Taken ones that are not to come back, since there are fewer now.
    owed: AtomicUsize,
    /// Nothing new is to be sent: the run stops.
    closed: AtomicBool,
}

/// One request's place, until it is dropped.
#[derive(Debug)]
pub(crate) struct Slot<'a> {
    slots: &'a Slots,
    permit: Option<SemaphorePermit<'a>>,
}

impl Slots {
    pub(crate) fn new(wide: usize) -> Self {
        Self {
            free: Semaphore::new(wide),
            wide: wide.into(),
            owed: 0.into(),
            closed: false.into(),
        }
    }

    /// Only one task does this.
    pub(crate) fn resize(&self, wide: usize) {
        let known = self.wide.swap(wide, Ordering::Relaxed);
        if wide > known {
            let mut more = wide - known;
            // What is owed need not be handed out anew.
            while more > 0 && self.forgive_one() {
                more -= 1;
            }
            self.free.add_permits(more);
        } else {
            let fewer = known - wide;
            let taken_back = self.free.forget_permits(fewer);
            self.owed.fetch_add(fewer - taken_back, Ordering::Relaxed);
        }
    }

    /// Requests on their way.
    pub(crate) fn under_way(&self) -> usize {
        (self.wide.load(Ordering::Relaxed) + self.owed.load(Ordering::Relaxed))
            .saturating_sub(self.free.available_permits())
    }

    /// From now on nothing new is sent by way of [`Slots::to_write`].
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::Relaxed);
    }

    pub(crate) fn open(&self) {
        self.closed.store(false, Ordering::Relaxed);
    }

    /// A place for a request, when there is one.
    pub(crate) async fn take(&self) -> Slot<'_> {
        let permit = self.free.acquire().await;
        Slot {
            slots: self,
            permit: Some(permit.expect("BUG: the semaphore is never closed")),
        }
    }

    /// A place for a request that changes something; `None` where the run stops meanwhile.
    pub(crate) async fn to_write(&self) -> Option<Slot<'_>> {
        let slot = self.take().await;
        (!self.closed.load(Ordering::Relaxed)).then_some(slot)
    }

    fn forgive_one(&self) -> bool {
        self.owed
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |owed| {
                owed.checked_sub(1)
            })
            .is_ok()
    }
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        if let Some(permit) = self.permit.take()
            && self.slots.forgive_one()
        {
            permit.forget();
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    #[test]
    fn fewer_places_hold_once_those_taken_are_given_back() {
        let slots = Slots::new(4);
        let mut taken: Vec<_> = (0..3)
            .map(|_| slots.take().now_or_never().expect("is free"))
            .collect();
        slots.resize(2);
        assert_eq!(
            slots.under_way(),
            3,
            "what is on its way is not called back"
        );
        assert!(slots.take().now_or_never().is_none(), "three of two");
        taken.pop();
        assert!(slots.take().now_or_never().is_none(), "two of two");
        taken.pop();
        assert_eq!(slots.under_way(), 1);
        taken.push(slots.take().now_or_never().expect("one of two"));
        assert!(slots.take().now_or_never().is_none(), "and no more");
        slots.resize(3);
        assert!(slots.take().now_or_never().is_some(), "one more");
    }

    #[test]
    fn growing_again_settles_what_is_owed_first() {
        let slots = Slots::new(3);
        let taken: Vec<_> = (0..3)
            .map(|_| slots.take().now_or_never().expect("is free"))
            .collect();
        slots.resize(1);
        slots.resize(3);
        assert!(slots.take().now_or_never().is_none(), "three of three");
        drop(taken);
        let again: Vec<_> = (0..3).filter_map(|_| slots.take().now_or_never()).collect();
        assert_eq!(again.len(), 3);
        assert!(
            slots.take().now_or_never().is_none(),
            "never more than it says"
        );
    }

    #[test]
    fn nothing_new_is_written_once_closed() {
        let slots = Slots::new(1);
        slots.close();
        let refused = slots.to_write().now_or_never().expect("is free");
        assert!(refused.is_none(), "the run stops");
        assert!(slots.take().now_or_never().is_some(), "reading goes on");
        slots.open();
        assert!(slots.to_write().now_or_never().flatten().is_some());
    }
}
