//! The copy of a card that follows the pointer.

use super::card::CardLines;
use super::grip::CLONE_ID;
use crate::browser;
use crate::i18n::Lang;
use chrono::NaiveDate;
use shared::funnel::{Deal, Stage};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;
use yew::prelude::*;

/// The copy; the hand that holds it places it.
pub fn floating(lang: Lang, deal: &Rc<Deal>, stage: &Rc<Stage>, today: NaiveDate) -> Html {
    html! {
        <div id={CLONE_ID} class="carried" aria-hidden="true">
            <div class="deal lifted">
                <CardLines {lang} deal={deal.clone()} stage={stage.clone()} {today} />
            </div>
        </div>
    }
}

/// The copy on the page, and where it was put last.
pub(super) struct Carried {
    copy: HtmlElement,
    at: Option<(i32, i32)>,
}

impl Carried {
    /// The copy, once it is drawn.
    pub fn find() -> Option<Self> {
        let copy = browser::document()?.get_element_by_id(CLONE_ID)?;
        let copy = copy.dyn_into().ok()?;
        Some(Self { copy, at: None })
    }

    /// Puts its corner there: by a property that is inherited by nothing, on an element that has little
    /// else, so that nothing more has to be worked out anew in each frame.
    pub fn put(&mut self, x: f64, y: f64) {
        let at = (browser::whole(x), browser::whole(y));
        if self.at.replace(at) != Some(at) {
            let (x, y) = at;
            browser::set_style(&self.copy, "translate", &format!("{x}px {y}px"));
        }
    }
}
