//! Ids that tie a label to its control.

use std::cell::Cell;
use yew::prelude::*;

thread_local! {
    static NEXT: Cell<u32> = const { Cell::new(1) };
}

/// An id that no other element of the page has; stays the same for the component's life.
#[hook]
pub fn use_id() -> AttrValue {
    let id = use_memo((), |()| {
        NEXT.with(|next| {
            let id = next.get();
            next.set(id.wrapping_add(1));
            AttrValue::from(format!("u{id}"))
        })
    });
    (*id).clone()
}
