//! The copy of a card that follows the pointer.

use super::card::element_id;
use crate::browser;
use shared::id::DealId;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};
use yew::prelude::*;

/// The id of the copy.
pub const CLONE_ID: &str = "drag-clone";
/// The id of the place it is put into.
const PLACE_ID: &str = "carried";

/// Where the copy hangs, moved by the hand that holds it. It is always there, of one size and laid out by
/// itself, so that a card that is lifted has nothing else laid out anew (DND-5).
pub fn floating() -> Html {
    html! { <div id={PLACE_ID} class="carried" aria-hidden="true" inert=true /> }
}

/// The copy on the page, and where it was put last. It goes with this.
pub(super) struct Carried {
    copy: Element,
    place: HtmlElement,
    at: Option<(i32, i32)>,
}

impl Carried {
    /// Copies the element of a card as it stands: quicker than to draw it once more.
    pub fn copy(deal: DealId) -> Option<Self> {
        let document = browser::document()?;
        let card = document.get_element_by_id(&element_id(deal))?;
        let place = document.get_element_by_id(PLACE_ID)?.dyn_into().ok()?;
        let copy = document.create_element("div").ok()?;
        let mut line = card.first_child();
        while let Some(next) = line {
            copy.append_child(&next.clone_node_with_deep(true).ok()?)
                .ok()?;
            line = next.next_sibling();
        }
        copy.set_id(CLONE_ID);
        copy.set_class_name("deal lifted");
        let carried = Self {
            copy,
            place,
            at: None,
        };
        carried.place.append_child(&carried.copy).ok()?;
        Some(carried)
    }

    /// Puts its corner there: by a property that is inherited by nothing, on an element that has little
    /// else, so that nothing more has to be worked out anew in each frame.
    pub fn put(&mut self, x: f64, y: f64) {
        let at = (browser::whole(x), browser::whole(y));
        if self.at.replace(at) != Some(at) {
            let (x, y) = at;
            browser::set_style(&self.place, "translate", &format!("{x}px {y}px"));
        }
    }
}

impl Drop for Carried {
    fn drop(&mut self) {
        self.copy.remove();
    }
}
