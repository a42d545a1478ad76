//! A list's filter in the page's address: read from it, and written back in place.

use crate::route::Route;
use serde::Serialize;
use serde::de::DeserializeOwned;
use yew::prelude::*;
use yew_router::prelude::*;

/// The filter the address holds, and how it is changed. An address that cannot be read is an open filter.
#[hook]
pub fn use_filter<T>(route: Route) -> (T, Callback<T>)
where
    T: Serialize + DeserializeOwned + Default + PartialEq + Clone + 'static,
{
    let location = use_location();
    let navigator = use_navigator();
    let filter = location
        .and_then(|location| location.query::<T>().ok())
        .unwrap_or_default();
    let set = Callback::from(move |filter: T| {
        if let Some(navigator) = &navigator {
            let _ = navigator.replace_with_query(&route, &filter);
        }
    });
    (filter, set)
}

/// A text that is passed on a moment after the last key.
#[hook]
pub fn use_debounced(text: &str, on_change: Callback<String>) -> (AttrValue, Callback<String>) {
    let typed = use_state_eq(|| None::<String>);
    let given = text.to_owned();
    use_effect_with((*typed).clone(), {
        let typed = typed.setter();
        move |now| {
            let timer = now.clone().filter(|now| *now != given).map(|now| {
                gloo::timers::callback::Timeout::new(250, move || {
                    on_change.emit(now);
                    typed.set(None);
                })
            });
            move || drop(timer)
        }
    });
    let shown = (*typed).clone().unwrap_or_else(|| text.to_owned());
    let on_input = {
        let typed = typed.setter();
        Callback::from(move |text: String| typed.set(Some(text)))
    };
    (shown.into(), on_input)
}
