//! Media queries as state: a component draws anew when the answer changes.

use crate::browser;
use yew::prelude::*;

/// Whether a media query holds, now and as it changes.
#[hook]
pub fn use_media(query: &'static str) -> bool {
    let holds = use_state_eq(|| browser::matches(query));
    use_effect_with(query, {
        let holds = holds.setter();
        move |query| {
            let query = *query;
            holds.set(browser::matches(query));
            let list =
                browser::window().and_then(|window| window.match_media(query).ok().flatten());
            let listener = list.map(|list| {
                gloo::events::EventListener::new(&list, "change", move |_| {
                    holds.set(browser::matches(query))
                })
            });
            move || drop(listener)
        }
    });
    *holds
}

/// Whether the screen is a phone's, by the width the stylesheet uses.
#[hook]
pub fn use_phone() -> bool {
    use_media("(max-width: 640px)")
}
