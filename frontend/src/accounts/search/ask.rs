//! A question that can be taken back: dropping its handle gives the request up.

use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

type Inner = Option<Pin<Box<dyn Future<Output = ()>>>>;

#[derive(Default)]
struct Shared {
    future: Inner,
    waker: Option<Waker>,
}

/// Ends its question when dropped.
pub struct Question(Rc<RefCell<Shared>>);

impl Drop for Question {
    fn drop(&mut self) {
        let (future, waker) = match self.0.try_borrow_mut() {
            Ok(mut shared) => (shared.future.take(), shared.waker.take()),
            // The question is answering this very moment: it ends by itself.
            Err(_) => return,
        };
        drop(future);
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

struct Running(Rc<RefCell<Shared>>);

impl Future for Running {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        // Taken out while it runs, so that an answer may drop the handle.
        let Some(mut future) = self.0.borrow_mut().future.take() else {
            return Poll::Ready(());
        };
        if future.as_mut().poll(context).is_ready() {
            return Poll::Ready(());
        }
        let mut shared = self.0.borrow_mut();
        shared.future = Some(future);
        shared.waker = Some(context.waker().clone());
        Poll::Pending
    }
}

/// Wraps a future so that its handle ends it; the second part is to be run.
pub fn question(
    future: impl Future<Output = ()> + 'static,
) -> (Question, impl Future<Output = ()>) {
    let shared = Rc::new(RefCell::new(Shared {
        future: Some(Box::pin(future)),
        waker: None,
    }));
    (Question(Rc::clone(&shared)), Running(shared))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    struct Tell(Rc<Cell<bool>>);

    impl Drop for Tell {
        fn drop(&mut self) {
            self.0.set(true);
        }
    }

    #[tokio::test]
    async fn a_question_taken_back_is_dropped_at_once() {
        let is_dropped = Rc::new(Cell::new(false));
        let tell = Tell(Rc::clone(&is_dropped));
        let (handle, running) = question(async move {
            std::future::pending::<()>().await;
            drop(tell);
        });
        let mut running = Box::pin(running);
        assert!(futures_poll(running.as_mut()).is_pending());
        drop(handle);
        assert!(is_dropped.get());
        assert!(futures_poll(running.as_mut()).is_ready());
    }

    #[tokio::test]
    async fn a_question_that_is_kept_runs_to_its_end() {
        let is_done = Rc::new(Cell::new(false));
        let done = Rc::clone(&is_done);
        let (handle, running) = question(async move {
            tokio::task::yield_now().await;
            done.set(true);
        });
        running.await;
        assert!(is_done.get());
        drop(handle);
    }

    fn futures_poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
        future.poll(&mut Context::from_waker(Waker::noop()))
    }
}
