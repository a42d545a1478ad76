//! The addresses of the deals behind a figure, and of the same filter in another view.

use super::days::Days;
use crate::accounts::Order;
use crate::funnel::board::views::{Address, Look};
use crate::funnel::deal::filter::DealFilter;
use crate::route::Route;
use chrono::NaiveDate;
use shared::funnel::{BoardFilter, StageKind};
use shared::id::{FunnelId, StageId, ViewId};
use yew::prelude::*;
use yew_router::prelude::*;

/// One way to look at a funnel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// The board.
    Board,
    /// The list of deals.
    List,
    /// The funnel.
    Shape,
}

/// The route of a view, and what its address is narrowed by. How the board is laid out and the saved view
/// that is open there go along, so that it is still so for who comes back.
#[must_use]
pub fn address(
    view: View,
    funnel: FunnelId,
    look: &Look,
    opened: Option<ViewId>,
) -> (Route, Vec<(&'static str, String)>) {
    let funnel_id = funnel.to_string();
    let board = || Address {
        view: opened,
        own: Some(look.clone()),
    };
    match view {
        View::Board => (Route::BoardOf { funnel_id }, board().pairs()),
        View::Shape => (Route::Shape { funnel_id }, board().pairs()),
        View::List => {
            let list = DealFilter {
                view: opened,
                ..DealFilter::of_board(funnel, &look.filter)
            };
            (Route::Deals, list.laid_out(look.layout).pairs())
        }
    }
}

/// The deals whose furthest stage is one of these, of one kind or of all.
#[must_use]
pub fn deals(
    funnel: FunnelId,
    (filter, days): (&BoardFilter, Days),
    reached: &[StageId],
    status: Option<StageKind>,
) -> (Route, Vec<(&'static str, String)>) {
    let reached: Vec<String> = reached.iter().map(ToString::to_string).collect();
    let behind = DealFilter {
        reached: Some(reached.join(",")),
        status,
        from: days.from,
        to: days.to,
        ..DealFilter::of_board(funnel, filter)
    };
    (Route::Deals, behind.pairs())
}

/// The deals that are over the limit of their stage on a day.
#[must_use]
pub fn over_limit(
    funnel: FunnelId,
    (filter, days): (&BoardFilter, Days),
    today: NaiveDate,
) -> (Route, Vec<(&'static str, String)>) {
    let behind = DealFilter {
        over_limit_on: Some(today),
        from: days.from,
        to: days.to,
        sort: Some(Order::up("stage_entered_at")),
        ..DealFilter::of_board(funnel, filter)
    };
    (Route::Deals, behind.pairs())
}

/// What [`Way`] needs.
#[derive(Properties, PartialEq)]
pub struct WayProps {
    /// Where it leads.
    pub to: (Route, Vec<(&'static str, String)>),
    /// Its classes.
    #[prop_or_default]
    pub class: Classes,
    /// What it says to who cannot see it.
    #[prop_or_default]
    pub label: Option<AttrValue>,
    /// Whether it is where one is.
    #[prop_or_default]
    pub is_here: bool,
    /// What it shows.
    #[prop_or_default]
    pub children: Html,
}

/// A link to an address with its query; with a modifier key the browser opens it elsewhere as ever.
#[component]
pub fn Way(props: &WayProps) -> Html {
    let navigator = use_navigator();
    let (route, pairs) = props.to.clone();
    let query = crate::api::query(
        pairs
            .iter()
            .map(|(name, value)| (*name, Some(value.clone()))),
    );
    let href = format!("{}{query}", route.to_path());
    let onclick = Callback::from(move |event: MouseEvent| {
        if event.ctrl_key() || event.meta_key() || event.shift_key() || event.button() != 0 {
            return;
        }
        if let Some(navigator) = &navigator {
            event.prevent_default();
            let _ = navigator.push_with_query(&route, &pairs);
        }
    });
    html! {
        <a {href} class={props.class.clone()} aria-label={props.label.clone()} aria-current={props.is_here.then_some("page")} {onclick}>{ props.children.clone() }</a>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::accounts::Tier;
    use shared::funnel::{CardOrder, Grouping, Layout};
    use shared::id::UserId;
    use uuid::Uuid;

    #[test]
    fn a_board_is_laid_out_as_before_for_who_comes_back_from_the_list_or_the_funnel() {
        let funnel = FunnelId(Uuid::from_u128(1));
        let look = Look {
            filter: BoardFilter {
                tier: Some(Tier::B),
                ..BoardFilter::default()
            },
            layout: Layout {
                group_by: Grouping::Owner,
                sort: CardOrder::Age,
            },
        };
        let owned = |pairs: Vec<(&'static str, String)>| {
            let pairs = pairs.into_iter();
            let pairs = pairs.map(|(name, value)| (name.to_owned(), value));
            pairs.collect::<Vec<(String, String)>>()
        };
        let opened = Some(ViewId(Uuid::from_u128(2)));
        let (_, shape) = address(View::Shape, funnel, &look, opened);
        let shape = Address::read(&owned(shape));
        assert_eq!((shape.view, shape.own.as_ref()), (opened, Some(&look)));
        let (_, list) = address(View::List, funnel, &look, opened);
        let list = owned(list).into_iter();
        let list = list.map(|(name, value)| (name, value.into())).collect();
        let list: DealFilter = serde_json::from_value(serde_json::Value::Object(list)).unwrap();
        assert_eq!((list.to_board(), list.layout()), (look.filter, look.layout));
        assert_eq!(list.view, opened);
        let cleared = address(View::Board, funnel, &Look::default(), opened).1;
        let cleared = Address::read(&owned(cleared));
        assert_eq!(cleared.own, Some(Look::default()), "a change of the view");
    }

    #[test]
    fn the_deals_behind_a_loss_are_those_lost_from_that_stage_under_the_same_filter() {
        let funnel = FunnelId(Uuid::from_u128(1));
        let stage = StageId(Uuid::from_u128(2));
        let filter = BoardFilter {
            owner_id: Some(UserId(Uuid::from_u128(3))),
            tier: Some(Tier::A),
            ..BoardFilter::default()
        };
        let days = Days {
            from: "2026-01-01".parse().ok(),
            to: None,
        };
        let (route, pairs) = deals(funnel, (&filter, days), &[stage], Some(StageKind::Lost));
        assert_eq!(route, Route::Deals);
        let value = |name: &str| {
            pairs
                .iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| value.clone())
        };
        assert_eq!(value("funnel"), Some(funnel.to_string()));
        assert_eq!(value("reached"), Some(stage.to_string()));
        assert_eq!(value("status").as_deref(), Some("lost"));
        assert_eq!(value("from").as_deref(), Some("2026-01-01"));
        assert_eq!(value("to"), None);
        assert_eq!(value("tier").as_deref(), Some("A"));
        assert_eq!(value("owner"), Some(UserId(Uuid::from_u128(3)).to_string()));
    }
}
