//! Server data of a page: what is known, what went wrong, whether a request runs.
//!
//! A refresh that fails keeps the data of before; an answer that comes after its question is no longer
//! asked is thrown away.
//!
//! The state is kept without its type and given back with it: compiled once, not once for every type
//! that is ever loaded.

use crate::api::{ApiError, ApiResult};
use crate::browser;
use crate::gather::use_seat;
use std::any::Any;
use std::cell::Cell;
use std::pin::Pin;
use std::rc::Rc;
use yew::prelude::*;

/// Data on the way, here, or refused.
#[derive(Debug)]
pub struct Loaded<T> {
    /// The last good data.
    pub data: Option<Rc<T>>,
    /// Why the last request failed.
    pub error: Option<ApiError>,
    /// Whether a request runs.
    pub is_busy: bool,
}

impl<T> Clone for Loaded<T> {
    fn clone(&self) -> Self {
        Self {
            data: self.data.clone(),
            error: self.error.clone(),
            is_busy: self.is_busy,
        }
    }
}

impl<T> PartialEq for Loaded<T> {
    fn eq(&self, other: &Self) -> bool {
        let same_data = match (&self.data, &other.data) {
            (Some(a), Some(b)) => Rc::ptr_eq(a, b),
            (None, None) => true,
            _ => false,
        };
        same_data && self.error == other.error && self.is_busy == other.is_busy
    }
}

impl<T> Default for Loaded<T> {
    fn default() -> Self {
        Self {
            data: None,
            error: None,
            is_busy: true,
        }
    }
}

impl<T> Loaded<T> {
    /// Whether it came, or will not come by itself.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.data.is_some() || !self.is_busy
    }
}

impl<T: 'static> Loaded<T> {
    fn of(raw: &Raw) -> Self {
        Self {
            data: raw.data.clone().and_then(|data| data.downcast().ok()),
            error: raw.error.clone(),
            is_busy: raw.is_busy,
        }
    }
}

/// [`Loaded`] without its type.
#[derive(Clone)]
struct Raw {
    data: Option<Rc<dyn Any>>,
    error: Option<ApiError>,
    is_busy: bool,
}

impl Default for Raw {
    fn default() -> Self {
        Self {
            data: None,
            error: None,
            is_busy: true,
        }
    }
}

enum Step {
    Asked,
    Answered(ApiResult<Rc<dyn Any>>),
    Replaced(Rc<dyn Any>),
}

impl Reducible for Raw {
    type Action = Step;

    fn reduce(self: Rc<Self>, step: Step) -> Rc<Self> {
        let mut next = (*self).clone();
        match step {
            Step::Asked => next.is_busy = true,
            Step::Answered(Ok(data)) => {
                next = Self {
                    data: Some(data),
                    error: None,
                    is_busy: false,
                };
            }
            Step::Answered(Err(error)) => {
                next.error = Some(error);
                next.is_busy = false;
            }
            Step::Replaced(data) => {
                next.data = Some(data);
                next.error = None;
            }
        }
        Rc::new(next)
    }
}

/// What [`use_load`] gives.
pub struct LoadHandle<T: 'static> {
    /// The state now.
    pub loaded: Loaded<T>,
    /// Asks again, keeping the data meanwhile.
    pub reload: Callback<()>,
    dispatch: UseReducerDispatcher<Raw>,
}

impl<T> Clone for LoadHandle<T> {
    fn clone(&self) -> Self {
        Self {
            loaded: self.loaded.clone(),
            reload: self.reload.clone(),
            dispatch: self.dispatch.clone(),
        }
    }
}

impl<T> PartialEq for LoadHandle<T> {
    fn eq(&self, other: &Self) -> bool {
        self.loaded == other.loaded && self.reload == other.reload
    }
}

impl<T> LoadHandle<T> {
    /// The last good data.
    #[must_use]
    pub fn data(&self) -> Option<&T> {
        self.loaded.data.as_deref()
    }

    /// Puts data in place that came by another way, as the answer of a change.
    pub fn replace(&self, data: T) {
        self.dispatch.dispatch(Step::Replaced(Rc::new(data)));
    }
}

type Answer = Pin<Box<dyn Future<Output = ApiResult<Rc<dyn Any>>>>>;
type Ask = Box<dyn FnOnce() -> Answer>;

/// Asks for data at first, whenever `deps` change, and when told to.
///
/// ```ignore
/// let api = use_api();
/// let account = use_load(props.id, move |id| { let api = api.clone(); async move { api.account(id).await } });
/// ```
#[hook]
pub fn use_load<T, D, L, F>(deps: D, load: L) -> LoadHandle<T>
where
    T: 'static,
    D: PartialEq + Clone + 'static,
    L: Fn(D) -> F + 'static,
    F: Future<Output = ApiResult<T>> + 'static,
{
    let seen = use_mut_ref(|| (deps.clone(), 0u32));
    let revision = {
        let mut seen = seen.borrow_mut();
        if seen.0 != deps {
            *seen = (deps.clone(), seen.1.wrapping_add(1));
        }
        seen.1
    };
    let ask: Ask = Box::new(move || {
        let answer = load(deps);
        Box::pin(async move { answer.await.map(|data| Rc::new(data) as Rc<dyn Any>) })
    });
    let (raw, reload) = use_raw(revision, ask);
    LoadHandle {
        loaded: Loaded::of(&raw),
        reload,
        dispatch: raw.dispatcher(),
    }
}

#[hook]
fn use_raw(revision: u32, ask: Ask) -> (UseReducerHandle<Raw>, Callback<()>) {
    let raw = use_reducer(Raw::default);
    let round = use_reducer_eq(Round::default);
    let seat = use_seat();
    use_effect_with((revision, *round), {
        let dispatch = raw.dispatcher();
        move |_| {
            // Set when the component goes or asks for something else.
            let is_over = Rc::new(Cell::new(false));
            dispatch.dispatch(Step::Asked);
            let answer = ask();
            browser::spawn({
                let is_over = is_over.clone();
                async move {
                    let answer = answer.await;
                    if !is_over.get() {
                        dispatch.dispatch(Step::Answered(answer));
                        seat.leave();
                    }
                }
            });
            move || is_over.set(true)
        }
    });
    let reload = use_callback((), {
        let round = round.dispatcher();
        move |(), ()| round.dispatch(())
    });
    (raw, reload)
}

/// Something that is looked into when it is needed, and whose changes draw nothing.
#[derive(Clone)]
pub struct Same<T>(pub T);

impl<T> PartialEq for Same<T> {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// Whether the component is still in the page, for answers that come after it has gone.
#[hook]
pub fn use_here() -> Rc<Cell<bool>> {
    let here = use_memo((), |()| Cell::new(true));
    use_effect_with((), {
        let here = here.clone();
        move |()| move || here.set(false)
    });
    here
}

/// Counts how often somebody asked again.
#[derive(Default, Clone, Copy, PartialEq)]
struct Round(u32);

impl Reducible for Round {
    type Action = ();

    fn reduce(self: Rc<Self>, (): ()) -> Rc<Self> {
        Self(self.0.wrapping_add(1)).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(raw: Raw, step: Step) -> Raw {
        (*Rc::new(raw).reduce(step)).clone()
    }

    fn answered(data: u32) -> Step {
        Step::Answered(Ok(Rc::new(data)))
    }

    #[test]
    fn a_failed_refresh_keeps_the_data_and_says_why() {
        let raw = after(Raw::default(), answered(7));
        let raw = after(
            after(raw, Step::Asked),
            Step::Answered(Err(ApiError::Offline)),
        );
        let loaded = Loaded::<u32>::of(&raw);
        assert_eq!(loaded.data.as_deref(), Some(&7));
        assert_eq!(loaded.error, Some(ApiError::Offline));
        assert!(!loaded.is_busy);
    }

    #[test]
    fn a_good_answer_clears_the_error() {
        let raw = after(Raw::default(), Step::Answered(Err(ApiError::Unreadable)));
        let raw = after(raw, answered(1));
        assert_eq!(Loaded::<u32>::of(&raw).error, None);
    }
}
