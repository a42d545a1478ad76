//! Two ways to read a funnel: what came in and went on, and what it should bring.

use crate::funnel::board::views::{Address, Look};
use crate::funnel::shape::behind::Way;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::route::{Route, use_current_route};
use shared::id::{FunnelId, ViewId};
use yew::prelude::*;

/// What [`Readings`] needs.
#[derive(Properties, PartialEq)]
pub struct ReadingsProps {
    /// The funnel.
    pub funnel: FunnelId,
    /// What it is narrowed to, kept from one to the other.
    pub look: Look,
    /// The saved view that is open on the board.
    #[prop_or_default]
    pub opened: Option<ViewId>,
}

/// The way from one to the other.
#[component]
pub fn Readings(props: &ReadingsProps) -> Html {
    use_lang();
    let here = use_current_route();
    let funnel_id = props.funnel.to_string();
    let address = Address {
        view: props.opened,
        own: Some(props.look.clone()),
    };
    let ways = [
        (
            Route::Shape {
                funnel_id: funnel_id.clone(),
            },
            t!("worth.way"),
        ),
        (Route::Worth { funnel_id }, t!("worth.title")),
    ];
    html! {
        <div class="seg" role="group" aria-label={t!("worth.readings")}>
            for (route, label) in ways {
                <Way is_here={route == here} to={(route, address.pairs())}>{ label }</Way>
            }
        </div>
    }
}
