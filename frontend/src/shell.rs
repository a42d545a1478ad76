//! The frame around the pages: skip link, rail, bottom navigation, and the search over everything. It
//! stands above the rooms; what the rooms draw inside is in [`crate::page`].

use crate::browser;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::identity::{use_can, use_me};
use crate::later::{Wish, take};
use crate::route::{Area, Route, use_current_route};
use crate::ui::keys::{is_with_control, use_document_keys};
use crate::ui::{Avatar, AvatarSize, Glyph, Icon, Logo};
use shared::identity::Permission;
use yew::prelude::*;
use yew_router::prelude::*;

pub use crate::page::{NotFoundPage, Page, SearchSlot, use_go, use_search_slot, use_title};

/// The id of the main part, where the skip link and a change of page lead.
const MAIN: &str = "main";

/// What [`Shell`] needs.
#[derive(Properties, PartialEq)]
pub struct ShellProps {
    /// The page.
    #[prop_or_default]
    pub children: Html,
}

/// The frame of everybody who is signed in.
#[component]
pub fn Shell(props: &ShellProps) -> Html {
    use_lang();
    let is_searching = use_state_eq(|| take(Wish::Search).is_some());
    let set = use_callback((), {
        let is_searching = is_searching.setter();
        move |is: bool, ()| is_searching.set(is)
    });
    use_search_key(&set);
    use_focus_on_change();
    let slot = SearchSlot::new(*is_searching, set);
    let skip = Callback::from(|event: MouseEvent| {
        event.prevent_default();
        browser::focus(MAIN);
    });
    html! {
        <ContextProvider<SearchSlot> context={slot.clone()}>
            <a class="skip" href="#main" onclick={skip}>{ t!("shell.skip") }</a>
            <div class="app">
                <Rail />
                <main class="main" id={MAIN} tabindex="-1">{ props.children.clone() }</main>
                <BottomNav />
            </div>
            if slot.is_open { { palette(slot.clone()) } }
        </ContextProvider<SearchSlot>>
    }
}

/// The search over everything.
#[cfg(feature = "whole")]
fn palette(slot: SearchSlot) -> Html {
    html! { <crate::accounts::SearchPalette on_close={move |()| slot.close()} /> }
}

/// The same in the small app, which does not hold it.
#[cfg(not(feature = "whole"))]
fn palette(_slot: SearchSlot) -> Html {
    html! { <crate::later::Later wish={Wish::Search} /> }
}

/// Control K, or Command K, opens the search wherever the focus is.
#[hook]
fn use_search_key(open: &Callback<bool>) {
    let open = open.clone();
    use_document_keys(move |key| {
        if is_with_control(key, "k") {
            key.prevent_default();
            open.emit(true);
        }
    });
}

/// Puts the focus on the main part when the page changes, but not when the app starts.
#[hook]
fn use_focus_on_change() {
    let route = use_current_route();
    let last = use_mut_ref(|| None::<std::mem::Discriminant<Route>>);
    use_effect_with(route, move |route| {
        let now = std::mem::discriminant(route);
        if last
            .borrow_mut()
            .replace(now)
            .is_some_and(|last| last != now)
        {
            browser::focus(MAIN);
        }
    });
}

struct Place {
    area: Area,
    route: Route,
    glyph: Glyph,
    label: AttrValue,
}

fn place(area: Area, route: Route, glyph: Glyph, label: impl Into<AttrValue>) -> Place {
    Place {
        area,
        route,
        glyph,
        label: label.into(),
    }
}

fn places(can_import: bool) -> Vec<Place> {
    let mut places = vec![
        place(Area::Board, Route::Board, Glyph::Board, t!("nav.board")),
        place(
            Area::Accounts,
            Route::Accounts,
            Glyph::Account,
            t!("nav.accounts"),
        ),
        place(
            Area::Contacts,
            Route::Contacts,
            Glyph::Users,
            t!("nav.contacts"),
        ),
        place(Area::Deals, Route::Deals, Glyph::List, t!("nav.deals")),
        place(
            Area::Products,
            Route::Products,
            Glyph::Product,
            t!("nav.products"),
        ),
    ];
    if can_import {
        places.push(place(
            Area::Import,
            Route::Import,
            Glyph::Upload,
            t!("nav.import"),
        ));
    }
    places
}

#[component]
fn Rail() -> Html {
    use_lang();
    let current = use_current_route().area();
    let can_import = use_can(Permission::ImportFiles);
    let me = use_me();
    html! {
        <nav class="rail" aria-label={t!("nav.label")}>
            <Link<Route> to={Route::Board} classes="logo"><Logo /><span class="sr">{ "Dipper" }</span></Link<Route>>
            for place in places(can_import) {
                <RailLink key={place.route.to_path()} is_current={current == Some(place.area)} to={place.route.clone()} glyph={place.glyph} label={place.label} />
            }
            <span class="spacer" />
            <RailLink to={Route::Team} glyph={Glyph::Sliders} label={t!("nav.settings")} is_current={current == Some(Area::Settings)} />
            if let Some(me) = me {
                <Link<Route> to={Route::Settings} classes="at">
                    <Avatar name={me.user.name.clone()} size={AvatarSize::S28} />
                    <span class="sr">{ t!("nav.me") }</span>
                    <span class="tip" aria-hidden="true">{ me.user.name.clone() }</span>
                </Link<Route>>
            }
        </nav>
    }
}

#[derive(Properties, PartialEq)]
struct RailLinkProps {
    to: Route,
    glyph: Glyph,
    label: AttrValue,
    is_current: bool,
}

#[component]
fn RailLink(props: &RailLinkProps) -> Html {
    let onclick = use_go(&props.to);
    html! {
        <a class="at" href={props.to.to_path()} aria-label={props.label.clone()} aria-current={props.is_current.then_some("page")} {onclick}>
            <Icon glyph={props.glyph} class="i-20" />
            <span class="tip" aria-hidden="true">{ props.label.clone() }</span>
        </a>
    }
}

#[component]
fn BottomNav() -> Html {
    use_lang();
    let current = use_current_route().area();
    let places = [
        place(Area::Board, Route::Board, Glyph::Board, t!("nav.board")),
        place(
            Area::Accounts,
            Route::Accounts,
            Glyph::Account,
            t!("nav.accounts"),
        ),
        place(
            Area::Contacts,
            Route::Contacts,
            Glyph::Users,
            t!("nav.contacts"),
        ),
        place(Area::Deals, Route::Deals, Glyph::List, t!("nav.deals")),
        place(Area::Settings, Route::Settings, Glyph::User, t!("nav.me")),
    ];
    html! {
        <nav class="bnav" aria-label={t!("nav.label")}>
            for place in places {
                <BottomLink key={place.route.to_path()} is_current={current == Some(place.area)} to={place.route.clone()} glyph={place.glyph} label={place.label} />
            }
        </nav>
    }
}

#[component]
fn BottomLink(props: &RailLinkProps) -> Html {
    let onclick = use_go(&props.to);
    html! {
        <a href={props.to.to_path()} aria-current={props.is_current.then_some("page")} {onclick}>
            <Icon glyph={props.glyph} />
            { props.label.clone() }
        </a>
    }
}
