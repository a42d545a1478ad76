//! Panels that are shown together once each has its first answer.

use super::bits::Skeleton;
use super::loaded::Waiting;
use crate::gather::{Gathering, Table, use_seat};
use gloo::timers::callback::Timeout;
use std::rc::Rc;
use yew::prelude::*;

/// Milliseconds after which what is there is shown, whatever is still on its way.
const PATIENCE: u32 = 1_000;

/// Ends the gathering if nobody sits down in the same breath: an answer may draw what asks again.
fn looking(table: &Rc<Table>, is_over: UseStateSetter<bool>) -> Callback<()> {
    let table = Rc::downgrade(table);
    Callback::from(move |()| {
        let (table, is_over) = (table.clone(), is_over.clone());
        let look = Timeout::new(0, move || {
            if table.upgrade().is_none_or(|table| table.is_empty()) {
                is_over.set(true);
            }
        });
        look.forget();
    })
}

/// What [`Gathered`] needs.
#[derive(Properties, PartialEq)]
pub struct GatheredProps {
    /// The panels.
    pub children: Html,
    /// False as long as what they are given is not all there; nothing is shown before.
    #[prop_or(true)]
    pub is_ready: bool,
    /// What shows instead meanwhile.
    #[prop_or_else(|| html! { <section class="panel"><Skeleton lines={9} /></section> })]
    pub waiting: Html,
}

/// Keeps its panels out of sight until the first load of each has settled, or a second has gone by: what
/// comes one after the other would push away what somebody is about to press. What is loaded later does
/// not hide them again.
#[component]
pub fn Gathered(props: &GatheredProps) -> Html {
    let table = use_memo((), |()| Table::default());
    let is_over = use_state_eq(|| false);
    use_effect_with((), {
        let (table, is_over) = (table.clone(), is_over.setter());
        move |()| {
            let look = looking(&table, is_over.clone());
            table.when_empty(look.clone());
            look.emit(());
            let late = Timeout::new(PATIENCE, move || is_over.set(true));
            move || drop(late)
        }
    });
    let gathering = Gathering {
        table,
        is_over: *is_over,
    };
    let is_open = *is_over && props.is_ready;
    // One inside another is waited for like a panel.
    let seat = use_seat();
    use_effect_with(is_open, move |is_open| {
        if *is_open {
            seat.leave();
        }
    });
    html! {
        <ContextProvider<Gathering> context={gathering}>
            if !is_open { <Waiting>{ props.waiting.clone() }</Waiting> }
            <div class="gathered" hidden={!is_open}>{ props.children.clone() }</div>
        </ContextProvider<Gathering>>
    }
}
