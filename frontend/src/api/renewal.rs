//! One renewal of the session at a time: whoever needs it while it runs waits for the same outcome.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::task::{Poll, Waker};

/// How a renewal ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Renewed {
    /// The session goes on.
    Yes,
    /// The session has ended for good.
    SignedOut,
    /// Nobody answered; the session may still be good.
    Offline,
}

#[derive(Default)]
struct Flight {
    outcome: Cell<Option<Renewed>>,
    waiting: RefCell<Vec<Waker>>,
}

impl Flight {
    fn land(&self, outcome: Renewed) {
        self.outcome.set(Some(outcome));
        for waker in self.waiting.take() {
            waker.wake();
        }
    }

    async fn landed(&self) -> Renewed {
        std::future::poll_fn(|context| match self.outcome.get() {
            Some(outcome) => Poll::Ready(outcome),
            None => {
                self.waiting.borrow_mut().push(context.waker().clone());
                Poll::Pending
            }
        })
        .await
    }
}

/// Lands the flight as offline if the one who flies it is dropped, so that nobody waits for ever.
struct Pilot<'a> {
    renewal: &'a Renewal,
    flight: Rc<Flight>,
}

impl Drop for Pilot<'_> {
    fn drop(&mut self) {
        self.renewal.current.take();
        if self.flight.outcome.get().is_none() {
            self.flight.land(Renewed::Offline);
        }
    }
}

/// The renewal that may be under way.
#[derive(Default)]
pub struct Renewal {
    current: RefCell<Option<Rc<Flight>>>,
}

impl Renewal {
    /// Waits for the renewal under way, or begins one.
    pub async fn join<F: Future<Output = Renewed>>(&self, begin: impl FnOnce() -> F) -> Renewed {
        let current = self.current.borrow().clone();
        if let Some(flight) = current {
            return flight.landed().await;
        }
        let flight = Rc::new(Flight::default());
        self.current.replace(Some(flight.clone()));
        let pilot = Pilot {
            renewal: self,
            flight,
        };
        let outcome = begin().await;
        pilot.flight.land(outcome);
        outcome
    }
}
