//! The rows of a stage, one of which a card is moved to without dragging: at the top, or below another
//! card (DND-2).

use super::move_menu::MoveMenuProps;
use super::moves::Place;
use crate::funnel::words;
use crate::i18n::t;
use crate::ui::{Glyph, Icon};
use shared::id::StageId;
use yew::prelude::*;

/// Rows offered; further down a card is dropped at the end and seen from there.
const MOST: usize = 200;

/// The rows a card can have in a stage, each as a button.
pub fn places(props: &MoveMenuProps, stage: StageId) -> Html {
    let (state, own) = (&props.state, props.deal.id);
    let now = state
        .place_of(own)
        .filter(|place| place.lane == stage.into());
    let cards = state.cards(stage);
    let others = cards.iter().filter(|card| card.id != own).take(MOST);
    let above = std::iter::once(None).chain(others.map(Some));
    let row = |(index, above): (usize, Option<&std::rc::Rc<shared::funnel::Deal>>)| {
        let is_here = now.is_some_and(|place| place.index == index);
        let words = match above {
            Some(card) => t!("board.place_below", deal = words::deal_name(card)),
            None => t!("board.place_top"),
        };
        let (on_pick, on_close) = (props.on_pick.clone(), props.on_close.clone());
        let onclick = Callback::from(move |_: MouseEvent| {
            if is_here {
                on_close.emit(());
            } else {
                let lane = stage.into();
                on_pick.emit(Place { lane, index });
            }
        });
        html! {
            <button key={index} type="button" class="mv-to" aria-current={is_here.then_some("step")} {onclick}>
                <span class="num muted">{ index + 1 }</span>
                <span class="fill"><span class="nm trunc">{ words }</span></span>
                if is_here { <span class="r"><Icon glyph={Glyph::Check} /></span> }
            </button>
        }
    };
    html! { { for above.enumerate().map(row) } }
}
