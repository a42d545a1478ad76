//! What is learnt from won and lost deals (SIX-13).
//!
//! Reading order: [`page`] (the library with what its closings say and what waits for a lesson), [`entry`] (one
//! case), [`form`], [`card`] (a deal's case, on its page), [`similar`] (cases like a deal that is open).

mod card;
mod due;
mod entry;
mod filter;
mod form;
mod lessons;
mod library;
mod page;
mod similar;

pub use card::CaseCard;
pub use page::CasesPage;
pub use similar::SimilarCard;

use crate::i18n::t;
use crate::ui::{Glyph, Icon};
use shared::funnel::CaseOutcome;
use yew::prelude::*;

/// How a deal ended, as a mark with its word.
fn outcome_badge(outcome: CaseOutcome) -> Html {
    match outcome {
        CaseOutcome::Won => {
            html! { <span class="badge positive"><Icon glyph={Glyph::Check} />{ t!("cases.won") }</span> }
        }
        CaseOutcome::Lost => {
            html! { <span class="badge"><Icon glyph={Glyph::Flag} />{ t!("cases.lost") }</span> }
        }
    }
}
