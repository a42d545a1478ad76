//! Lists and profiles that follow what others change.

use crate::live::use_live;
use std::cell::RefCell;
use std::rc::Rc;
use yew::prelude::*;

/// Asks again a moment after events of a kind, such as `account.`, once for a burst of them.
#[hook]
pub fn use_reload_on(prefix: &'static str, reload: Callback<()>) {
    let timer = use_mut_ref(|| None::<gloo::timers::callback::Timeout>);
    use_effect_with((), {
        let timer: Rc<RefCell<Option<gloo::timers::callback::Timeout>>> = timer.clone();
        move |()| move || drop(timer.take())
    });
    use_live(move |event| {
        if event.kind.as_ref().starts_with(prefix) {
            let reload = reload.clone();
            timer.replace(Some(gloo::timers::callback::Timeout::new(400, move || {
                reload.emit(())
            })));
        }
    });
}
