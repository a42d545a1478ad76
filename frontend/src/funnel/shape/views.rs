//! Board, list and funnel: three ways to look at the same deals.

use super::behind::{View, Way, address};
use crate::funnel::board::views::Look;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::route::{Route, use_current_route};
use crate::ui::{Glyph, Icon};
use shared::id::{FunnelId, ViewId};
use yew::prelude::*;

/// What [`Views`] needs.
#[derive(Properties, PartialEq)]
pub struct ViewsProps {
    /// The funnel.
    pub funnel: FunnelId,
    /// What it is narrowed to, kept from view to view, and how the board is laid out.
    pub look: Look,
    /// The saved view that is open on the board.
    #[prop_or_default]
    pub opened: Option<ViewId>,
}

/// Board, list and funnel of the same filter.
#[component]
pub fn Views(props: &ViewsProps) -> Html {
    use_lang();
    let here = match use_current_route() {
        Route::Deals => View::List,
        Route::Shape { .. } | Route::Worth { .. } => View::Shape,
        _ => View::Board,
    };
    let views = [
        (View::Board, Glyph::Board, t!("nav.board")),
        (View::List, Glyph::List, t!("board.list")),
        (View::Shape, Glyph::Funnel, t!("shape.view")),
    ];
    html! {
        <div class="seg" role="group" aria-label={t!("board.show_as")}>
            for (view, glyph, label) in views {
                <Way to={address(view, props.funnel, &props.look, props.opened)} is_here={view == here}><Icon {glyph} />{ label }</Way>
            }
        </div>
    }
}
