//! Brings a card into view and puts the focus on it, also when its row was not drawn before.

use super::card::{card_of_element, element_id};
use super::lane::{body_of, sizes_of};
use super::lane_id::LaneId;
use super::state::BoardState;
use super::window;
use crate::browser;
use gloo::timers::callback::Timeout;
use shared::id::DealId;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use yew::prelude::*;

/// The board as last drawn.
pub type Latest = Rc<RefCell<UseReducerHandle<BoardState>>>;

/// Frames after which a card that does not appear is given up.
const TRIES: u32 = 8;
const FRAME: u32 = 16;

/// Puts the focus on a card, once it is drawn.
pub fn focus_card(latest: &Latest, deal: DealId) {
    let latest = latest.clone();
    // After the drawing that follows the present change.
    Timeout::new(0, move || attempt(&latest, deal, TRIES)).forget();
}

fn attempt(latest: &Latest, deal: DealId, tries: u32) {
    let place = {
        let state = latest.borrow();
        let held = state
            .drag()
            .filter(|drag| drag.deal.id == deal && !drag.input.is_pointer())
            .and_then(|drag| drag.over);
        held.or_else(|| state.place_of(deal))
    };
    let Some(place) = place else { return };
    show_row(place.lane, place.index);
    // A card that is not drawn yet, or lies behind a dialog that is just closing, is tried again.
    if !take_focus(deal) && tries > 0 {
        let latest = latest.clone();
        Timeout::new(FRAME, move || attempt(&latest, deal, tries - 1)).forget();
    }
}

/// Puts the focus on a card's element; answers whether it went there.
pub(super) fn take_focus(deal: DealId) -> bool {
    let card =
        browser::document().and_then(|document| document.get_element_by_id(&element_id(deal)));
    let card = card.filter(|card| !card.class_list().contains("parked"));
    let Some(card) = card.and_then(|card| card.dyn_into::<web_sys::HtmlElement>().ok()) else {
        return false;
    };
    let options = web_sys::FocusOptions::new();
    options.set_prevent_scroll(true);
    let _ = card.focus_with_options(&options);
    browser::focused().is_some_and(|focused| focused == card)
}

/// Whether the focus is on a notification, which goes once it was answered.
#[must_use]
pub fn is_on_toast() -> bool {
    browser::focused().is_some_and(|element| matches!(element.closest(".toasts"), Ok(Some(_))))
}

/// The card that has the focus.
#[must_use]
pub fn focused_card() -> Option<DealId> {
    card_of_element(&browser::focused()?.id())
}

/// Keeps the focus on its card when the card is drawn anew in another column, as after a move that was
/// taken back or somebody else's. The view stays where it is.
#[hook]
pub fn use_kept_focus(latest: &Latest) {
    // While a card hangs on a pointer, its place changes often and the focus is given back at the end.
    let is_carried = {
        let state = latest.borrow();
        state.drag().is_some_and(|drag| drag.input.is_pointer())
    };
    // The page is still drawn as it was before the change.
    let held = if is_carried { None } else { focused_card() };
    let latest = latest.clone();
    use_effect(move || {
        let Some(deal) = held else { return };
        if browser::focused().is_none_or(|element| element.tag_name() == "BODY") {
            // After the page has shown the change, which to give the focus would hold up (DND-5).
            Timeout::new(0, move || keep(&latest, deal, TRIES)).forget();
        }
    });
}

fn keep(latest: &Latest, deal: DealId, tries: u32) {
    let is_free = browser::focused().is_none_or(|element| element.tag_name() == "BODY");
    if is_free && latest.borrow().place_of(deal).is_some() && !take_focus(deal) && tries > 0 {
        let latest = latest.clone();
        Timeout::new(FRAME, move || keep(&latest, deal, tries - 1)).forget();
    }
}

/// Brings a card into view once it is drawn; the focus stays where it is.
pub fn show_card(latest: &Latest, deal: DealId) {
    let latest = latest.clone();
    Timeout::new(FRAME, move || {
        let place = latest.borrow().place_of(deal);
        if let Some(place) = place {
            show_row(place.lane, place.index);
        }
    })
    .forget();
}

/// The element of a column.
#[must_use]
pub fn lane_element(lane: impl Into<LaneId>) -> Option<web_sys::Element> {
    let selector = format!("[data-lane=\"{}\"]", lane.into());
    browser::document()?
        .query_selector(&selector)
        .ok()
        .flatten()
}

/// Scrolls a column, and the board, so that a row is in view.
pub fn show_row(lane: LaneId, row: usize) {
    let Some(lane) = lane_element(lane) else {
        return;
    };
    show_lane(&lane, false);
    let Some(body) = body_of(&lane) else { return };
    let (top, height) = (
        f64::from(body.scroll_top()),
        f64::from(body.client_height()),
    );
    if let Some(to) = window::scroll_to(row, top, height, sizes_of(browser::is_phone())) {
        let options = web_sys::ScrollToOptions::new();
        options.set_top(to);
        body.scroll_to_with_scroll_to_options(&options);
    }
}

/// Scrolls the board sideways so that a column is in view.
pub fn show_lane(lane: &web_sys::Element, is_smooth: bool) {
    let options = web_sys::ScrollIntoViewOptions::new();
    options.set_inline(web_sys::ScrollLogicalPosition::Nearest);
    options.set_block(web_sys::ScrollLogicalPosition::Nearest);
    if is_smooth && !browser::matches("(prefers-reduced-motion: reduce)") {
        options.set_behavior(web_sys::ScrollBehavior::Smooth);
    }
    lane.scroll_into_view_with_scroll_into_view_options(&options);
}

/// Scrolls to a column.
pub fn go_to_lane<L: Into<LaneId>>(lane: L) {
    if let Some(lane) = lane_element(lane) {
        show_lane(&lane, true);
    }
}

/// The column a phone shows, by how far the board is scrolled.
#[must_use]
pub fn page_of(board: &web_sys::Element) -> usize {
    let lanes = board
        .query_selector_all("[data-lane]")
        .map_or(0, |lanes| lanes.length());
    let middle = board.get_bounding_client_rect().left() + f64::from(board.client_width()) / 2.0;
    let children = board.children();
    (0..lanes)
        .filter_map(|index| children.item(index))
        .position(|lane| {
            let bounds = lane.get_bounding_client_rect();
            bounds.left() <= middle && bounds.right() > middle
        })
        .unwrap_or(0)
}

/// The first and the last column that is in view, counted from the left; all are equally wide.
#[must_use]
pub fn lanes_in_view(board: &web_sys::Element) -> (usize, usize) {
    let lane = board.query_selector("[data-lane]").ok().flatten();
    let width = lane.map_or(0, |lane| lane.client_width()).max(1);
    let index = |pixels: i32| usize::try_from(pixels / width).unwrap_or_default();
    let left = board.scroll_left();
    (index(left), index(left + board.client_width() - 1))
}
