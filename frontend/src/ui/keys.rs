//! Keys that are pressed wherever the focus is.

use crate::browser;
use gloo::events::{EventListener, EventListenerOptions};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use yew::prelude::*;

/// Hears every key of the page, with what was given when it was last drawn.
#[hook]
pub fn use_document_keys(hear: impl Fn(&KeyboardEvent) + 'static) {
    let hear: Rc<dyn Fn(&KeyboardEvent)> = Rc::new(hear);
    let current = use_mut_ref(|| Rc::clone(&hear));
    current.replace(hear);
    use_effect_with((), move |()| {
        let listener = browser::document().map(|document| {
            let options = EventListenerOptions::enable_prevent_default();
            EventListener::new_with_options(&document, "keydown", options, move |event| {
                let hear = Rc::clone(&current.borrow());
                if let Some(event) = event.dyn_ref::<KeyboardEvent>() {
                    hear(event);
                }
            })
        });
        move || drop(listener)
    });
}

/// Whether it is this letter with Control or Command alone.
#[must_use]
pub fn is_with_control(event: &KeyboardEvent, letter: &str) -> bool {
    event.key().eq_ignore_ascii_case(letter)
        && (event.ctrl_key() || event.meta_key())
        && !event.shift_key()
        && !event.alt_key()
}
