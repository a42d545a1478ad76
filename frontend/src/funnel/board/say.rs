//! What a screen reader hears of a move: the deal, from where, to where, which place.

use super::arrange::order_name;
use super::further;
use super::moves::{Drag, PendingMove, Place};
use super::state::BoardState;
use crate::format;
use crate::funnel::words;
use crate::i18n::Lang;
use crate::i18n::t;
use shared::id::{DealId, StageId};

/// What a stage is called.
pub(super) fn stage_name(state: &BoardState, stage: StageId) -> &str {
    state
        .stage(stage)
        .map(|stage| stage.fields.name.as_str())
        .unwrap_or_default()
}

/// What a screen reader hears when a card is chosen for an action on many, or no more.
#[must_use]
pub fn chosen(lang: Lang, state: &BoardState, deal: DealId, is_chosen: bool) -> String {
    let name = state
        .card(deal)
        .map(|deal| words::deal_name(&deal))
        .unwrap_or_default();
    if is_chosen {
        t!("board.said_chosen", locale = lang.tag(), deal = name).into_owned()
    } else {
        t!("board.said_not_chosen", locale = lang.tag(), deal = name).into_owned()
    }
}

/// A card was lifted by the keyboard.
#[must_use]
pub fn lifted(lang: Lang, state: &BoardState, drag: &Drag) -> String {
    let of = state.cards(drag.from.lane).len();
    let (deal, stage) = (
        words::deal_name(&drag.deal),
        further::lane_name(lang, state, drag.from.lane),
    );
    let said = t!(
        "board.said_lifted",
        locale = lang.tag(),
        deal = deal,
        stage = stage,
        position = drag.from.index + 1,
        of = of
    )
    .into_owned();
    if state.is_by_hand() || !state.has_stages() {
        return said;
    }
    let by = order_name(state.sort.by);
    let hint = t!("board.sorted_hint", locale = lang.tag(), by = by);
    format!("{said} {hint}")
}

/// It is over another place.
#[must_use]
pub fn over(lang: Lang, state: &BoardState, drag: &Drag, place: Place) -> String {
    let is_home = place.lane == drag.from.lane;
    let of = state.cards(place.lane).len() + usize::from(!is_home);
    let stage = further::lane_name(lang, state, place.lane);
    let said = t!(
        "board.said_over",
        locale = lang.tag(),
        stage = stage,
        position = place.index + 1,
        of = of
    )
    .into_owned();
    // Told once for each column entered, not with every row in it.
    if drag.over.is_some_and(|over| over.lane == place.lane) {
        return said;
    }
    match state.lacks(&drag.deal, place.lane, format::now()) {
        0 => said,
        lacks => {
            let hint = t!("gate.still_missing", locale = lang.tag(), count = lacks);
            format!("{said} {hint}")
        }
    }
}

/// It was let go, by whatever hand.
#[must_use]
pub fn dropped(lang: Lang, state: &BoardState, pending: &PendingMove) -> String {
    let position = state
        .place_of(pending.deal())
        .map_or(1, |place| place.index + 1);
    let deal = words::deal_name(&pending.card);
    let (from, to) = (
        stage_name(state, pending.origin.stage),
        stage_name(state, pending.to()),
    );
    if !state.has_stages() {
        let locale = lang.tag();
        return t!(
            "board.said_moved",
            locale = locale,
            deal = deal,
            from = from,
            to = to
        )
        .into_owned();
    }
    t!(
        "board.said_dropped",
        locale = lang.tag(),
        deal = deal,
        from = from,
        to = to,
        position = position
    )
    .into_owned()
}

/// It was given up.
#[must_use]
pub fn cancelled(lang: Lang, state: &BoardState, drag: &Drag) -> String {
    let (deal, stage) = (
        words::deal_name(&drag.deal),
        further::lane_name(lang, state, drag.from.lane),
    );
    t!(
        "board.said_cancelled",
        locale = lang.tag(),
        deal = deal,
        stage = stage,
        position = drag.from.index + 1
    )
    .into_owned()
}
