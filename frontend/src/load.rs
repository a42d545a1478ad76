//! Server data of a page: what is known, what went wrong, whether a request runs.
//!
//! A refresh that fails keeps the data of before; an answer that comes after its question is no longer
//! asked is thrown away.

use crate::api::{ApiError, ApiResult};
use crate::browser;
use std::cell::Cell;
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

enum Step<T> {
    Asked,
    Answered(ApiResult<T>),
    Replaced(Rc<T>),
}

impl<T> Reducible for Loaded<T> {
    type Action = StepBox<T>;

    fn reduce(self: Rc<Self>, action: Self::Action) -> Rc<Self> {
        let mut next = (*self).clone();
        match action.0 {
            Step::Asked => next.is_busy = true,
            Step::Answered(Ok(data)) => {
                next = Self {
                    data: Some(Rc::new(data)),
                    error: None,
                    is_busy: false,
                }
            }
            Step::Answered(Err(error)) => {
                next.error = Some(error);
                next.is_busy = false;
            }
            Step::Replaced(data) => {
                next = Self {
                    data: Some(data),
                    error: None,
                    is_busy: next.is_busy,
                }
            }
        }
        Rc::new(next)
    }
}

/// One step of [`Loaded`]; made by [`use_load`] only.
pub struct StepBox<T>(Step<T>);

/// What [`use_load`] gives.
pub struct LoadHandle<T: 'static> {
    /// The state now.
    pub loaded: Loaded<T>,
    /// Asks again, keeping the data meanwhile.
    pub reload: Callback<()>,
    dispatch: UseReducerDispatcher<Loaded<T>>,
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
        self.dispatch
            .dispatch(StepBox(Step::Replaced(Rc::new(data))));
    }
}

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
    let loaded = use_reducer(Loaded::<T>::default);
    let generation = use_mut_ref(|| 0u32);
    let round = use_state_eq(|| 0u32);
    let dispatch = loaded.dispatcher();
    use_effect_with((deps, *round), {
        let dispatch = dispatch.clone();
        move |(deps, _)| {
            let is_gone = Rc::new(Cell::new(false));
            let mine = {
                let mut generation = generation.borrow_mut();
                *generation = generation.wrapping_add(1);
                *generation
            };
            dispatch.dispatch(StepBox(Step::Asked));
            let answer = load(deps.clone());
            browser::spawn({
                let is_gone = is_gone.clone();
                async move {
                    let answer = answer.await;
                    if !is_gone.get() && *generation.borrow() == mine {
                        dispatch.dispatch(StepBox(Step::Answered(answer)));
                    }
                }
            });
            move || is_gone.set(true)
        }
    });
    let bump = use_mut_ref(|| 0u32);
    let reload = use_callback((), {
        let round = round.setter();
        move |(), ()| {
            let mut bump = bump.borrow_mut();
            *bump = bump.wrapping_add(1);
            round.set(*bump);
        }
    });
    LoadHandle {
        loaded: (*loaded).clone(),
        reload,
        dispatch,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(loaded: Loaded<u32>, step: Step<u32>) -> Loaded<u32> {
        (*Rc::new(loaded).reduce(StepBox(step))).clone()
    }

    #[test]
    fn a_failed_refresh_keeps_the_data_and_says_why() {
        let loaded = after(Loaded::default(), Step::Answered(Ok(7)));
        let loaded = after(
            after(loaded, Step::Asked),
            Step::Answered(Err(ApiError::Offline)),
        );
        assert_eq!(loaded.data.as_deref(), Some(&7));
        assert_eq!(loaded.error, Some(ApiError::Offline));
        assert!(!loaded.is_busy);
    }

    #[test]
    fn a_good_answer_clears_the_error() {
        let loaded = after(Loaded::default(), Step::Answered(Err(ApiError::Unreadable)));
        let loaded = after(loaded, Step::Answered(Ok(1)));
        assert_eq!(loaded.error, None);
    }
}
