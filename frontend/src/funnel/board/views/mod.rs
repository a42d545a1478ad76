//! Saved views of the board: the one in the address, and the menu that opens, saves, names and deletes
//! them.
//!
//! A view's address is `/board/{funnel}?view={id}`. What differs from the saved view stands beside the id,
//! so that a link shows what its sender saw.

mod address;
mod commands;
mod dialog;
mod look;
mod menu;
mod shelf;

pub use address::Address;
pub use look::Look;
pub use menu::{ViewsMenu, ViewsMenuProps, views_label};
pub use shelf::{Seen, Shelf};

use crate::api::{ApiError, use_api};
use crate::live::use_live;
use crate::load::{LoadHandle, Same, use_load};
use crate::route::{Route, parse_query};
use chrono::NaiveDate;
use shared::event::SubjectKind;
use shared::funnel::{BoardFilter, Layout, SavedView};
use shared::id::FunnelId;
use std::cell::RefCell;
use std::rc::Rc;
use yew::prelude::*;
use yew_router::prelude::*;

/// The views of a funnel and the one that is open.
#[derive(Clone, PartialEq)]
pub struct Views {
    /// The funnel.
    pub funnel: FunnelId,
    /// What the page's address says.
    pub address: Address,
    /// What is to be shown.
    pub seen: Seen,
    /// Goes to an address, in place of the present one.
    pub set: Callback<Address>,
    /// Goes to an address, so that the present one is a step back.
    pub open: Callback<Address>,
    today: NaiveDate,
    list: LoadHandle<Shelf>,
    /// The same as last drawn, for answers that come later; nothing once the board was left.
    latest: Same<Rc<RefCell<Option<Views>>>>,
}

impl Views {
    /// The view that is open.
    #[must_use]
    pub fn opened(&self) -> Option<&SavedView> {
        self.shelf()?.find(self.address.view?)
    }

    /// Whether what shows differs from the open view.
    #[must_use]
    pub fn is_changed(&self) -> bool {
        self.opened()
            .is_some_and(|view| Look::of(view, self.today) != self.look())
    }

    /// What the board shows.
    #[must_use]
    pub fn look(&self) -> Look {
        match &self.seen {
            Seen::Board(look) => look.clone(),
            Seen::Waiting | Seen::Missing => Look::default(),
        }
    }

    /// Why the views could not be had, when one of them is to be shown.
    #[must_use]
    pub fn error(&self) -> Option<&ApiError> {
        let is_asking = self.list.loaded.is_busy;
        let error = self.list.loaded.error.as_ref();
        error.filter(|_| !is_asking && self.seen == Seen::Waiting)
    }

    /// Asks for the views again.
    #[must_use]
    pub fn reload(&self) -> Callback<()> {
        self.list.reload.clone()
    }

    /// Narrows the board to something else.
    #[must_use]
    pub fn on_filter(&self) -> Callback<BoardFilter> {
        let views = self.clone();
        Callback::from(move |filter: BoardFilter| {
            let layout = views.look().layout;
            views.show(Look { filter, layout });
        })
    }

    /// Lays the board out otherwise.
    #[must_use]
    pub fn on_layout(&self) -> Callback<Layout> {
        let views = self.clone();
        Callback::from(move |layout: Layout| {
            let filter = views.look().filter;
            views.show(Look { filter, layout });
        })
    }

    fn show(&self, look: Look) {
        let address = Address::of(self.opened(), look, self.today);
        self.set.emit(address);
    }

    fn shelf(&self) -> Option<&Shelf> {
        self.list.data()
    }

    /// The views as they are now, however long ago these were drawn; none where the board was left.
    fn now(&self) -> Option<Self> {
        self.latest.0.borrow().clone()
    }

    /// Puts a view in the list as it is now, and opens it, unless something else was opened meanwhile.
    fn put(&self, view: SavedView) {
        let Some(now) = self.now() else { return };
        let address = Address::to(view.id);
        now.keep(view);
        if now.address == self.address {
            now.set.emit(address);
        }
    }

    /// Puts a view in the list as it is now.
    fn keep(&self, view: SavedView) {
        let Some(now) = self.now() else { return };
        let shelf = now.shelf().cloned().unwrap_or_default();
        now.list.replace(shelf.with(view));
    }

    /// Takes a view out of the list; what it showed stays.
    fn drop_view(&self, view: &SavedView) {
        let Some(now) = self.now() else { return };
        let shelf = now.shelf().cloned().unwrap_or_default();
        now.list.replace(shelf.without(view.id));
        if now.address.view == Some(view.id) {
            now.set.emit(Address::of(None, now.look(), now.today));
        }
    }

    /// Asks for the views again, where they still show.
    fn look_again(&self) {
        if let Some(now) = self.now() {
            now.list.reload.emit(());
        }
    }
}

/// The views of a funnel, with the one in the address.
#[hook]
pub fn use_views(funnel: FunnelId, today: NaiveDate) -> Views {
    let api = use_api();
    let list = use_load(funnel, move |funnel| {
        let api = api.clone();
        async move { api.views(funnel).await.map(Shelf::new) }
    });
    let reload = list.reload.clone();
    use_live(move |event| {
        if event.subject_kind == SubjectKind::View {
            reload.emit(());
        }
    });
    let (location, navigator) = (use_location(), use_navigator());
    let query = location
        .map(|location| location.query_str().to_owned())
        .unwrap_or_default();
    let address = Address::read(&parse_query(&query));
    let go = |is_step: bool| {
        let navigator = navigator.clone();
        Callback::from(move |address: Address| {
            let Some(navigator) = &navigator else { return };
            let route = Route::BoardOf {
                funnel_id: funnel.to_string(),
            };
            let _ = if is_step {
                navigator.push_with_query(&route, address.pairs())
            } else {
                navigator.replace_with_query(&route, address.pairs())
            };
        })
    };
    let latest = use_mut_ref(|| None::<Views>);
    let views = Views {
        funnel,
        seen: shelf::seen(list.data(), &address, today),
        address,
        set: go(false),
        open: go(true),
        today,
        list,
        latest: Same(latest.clone()),
    };
    latest.replace(Some(views.clone()));
    use_effect_with((), move |()| move || drop(latest.take()));
    views
}
