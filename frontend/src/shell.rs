//! The frame around the pages: skip link, rail, bottom navigation, top bar, search, and the state of the
//! connection. Each page draws its own [`Page`] inside.

use crate::accounts::SearchPalette;
use crate::browser;
use crate::i18n::use_lang;
use crate::identity::{use_can, use_me};
use crate::live::{LiveState, use_live_state};
use crate::route::{Area, Route, use_current_route};
use crate::ui::{Avatar, AvatarSize, Empty, Glyph, Icon, Logo, use_announcer};
use rust_i18n::t;
use shared::identity::Permission;
use yew::prelude::*;
use yew_router::prelude::*;

/// The id of the main part, where the skip link and a change of page lead.
const MAIN: &str = "main";

/// Opens the search from anywhere.
#[derive(Clone, PartialEq)]
pub struct SearchSlot {
    /// Whether it is open.
    pub is_open: bool,
    set: Callback<bool>,
}

impl SearchSlot {
    /// Opens the search.
    pub fn open(&self) {
        self.set.emit(true);
    }

    /// Closes the search.
    pub fn close(&self) {
        self.set.emit(false);
    }
}

/// The search of the app.
#[hook]
pub fn use_search_slot() -> SearchSlot {
    use_context::<SearchSlot>().unwrap_or_else(|| SearchSlot {
        is_open: false,
        set: Callback::noop(),
    })
}

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
    let is_searching = use_state_eq(|| false);
    let set = use_callback((), {
        let is_searching = is_searching.setter();
        move |is: bool, ()| is_searching.set(is)
    });
    use_search_key(&set);
    use_focus_on_change();
    let slot = SearchSlot {
        is_open: *is_searching,
        set,
    };
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
            if slot.is_open { <SearchPalette on_close={let slot = slot.clone(); move |()| slot.close()} /> }
        </ContextProvider<SearchSlot>>
    }
}

/// Control K, or Command K, opens the search wherever the focus is.
#[hook]
fn use_search_key(open: &Callback<bool>) {
    let open = open.clone();
    use_effect_with((), move |()| {
        let listener = browser::document().map(|document| {
            let options = gloo::events::EventListenerOptions::enable_prevent_default();
            gloo::events::EventListener::new_with_options(
                &document,
                "keydown",
                options,
                move |event| {
                    use wasm_bindgen::JsCast;
                    let Some(key) = event.dyn_ref::<KeyboardEvent>() else {
                        return;
                    };
                    let is_k =
                        key.key().eq_ignore_ascii_case("k") && !key.shift_key() && !key.alt_key();
                    if is_k && (key.ctrl_key() || key.meta_key()) {
                        event.prevent_default();
                        open.emit(true);
                    }
                },
            )
        });
        move || drop(listener)
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

/// Follows a link inside the app; with a modifier key the browser opens it elsewhere as ever.
#[hook]
pub fn use_go(to: &Route) -> Callback<MouseEvent> {
    let navigator = use_navigator();
    let to = to.clone();
    Callback::from(move |event: MouseEvent| {
        if event.ctrl_key() || event.meta_key() || event.shift_key() || event.button() != 0 {
            return;
        }
        if let Some(navigator) = &navigator {
            event.prevent_default();
            navigator.push(&to);
        }
    })
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

/// What [`Page`] needs.
#[derive(Properties, PartialEq)]
pub struct PageProps {
    /// The name of the page, in the browser's tab and as its heading.
    pub title: AttrValue,
    /// What stands in place of the heading, with the heading inside, such as a menu of funnels or a
    /// trail of names; the title itself when absent.
    #[prop_or_default]
    pub lead: Option<Html>,
    /// The page's own buttons, at the right, the primary one last.
    #[prop_or_default]
    pub actions: Html,
    /// Whether the page fills the frame and scrolls inside, as the board; else it scrolls as a whole.
    #[prop_or_default]
    pub is_filling: bool,
    /// What it holds.
    #[prop_or_default]
    pub children: Html,
}

/// A page: the top bar with its name and buttons, and what it holds.
#[component]
pub fn Page(props: &PageProps) -> Html {
    use_title(&props.title);
    html! {
        <>
            <header class="topbar">
                <div class="side">
                    if let Some(lead) = &props.lead {
                        { lead.clone() }
                    } else {
                        <h1 class="trunc">{ props.title.clone() }</h1>
                    }
                </div>
                <SearchButton />
                <div class="side end">
                    <SyncState />
                    { props.actions.clone() }
                </div>
            </header>
            <OfflineBanner />
            <div class={if props.is_filling { "filler" } else { "scroller" }}>{ props.children.clone() }</div>
        </>
    }
}

/// Names the browser's tab, and tells who listens that the page is another.
#[hook]
pub fn use_title(title: &AttrValue) {
    let announcer = use_announcer();
    let is_first = use_mut_ref(|| true);
    use_effect_with(title.clone(), move |title| {
        browser::set_title(&format!("{title} \u{b7} Dipper"));
        if !std::mem::take(&mut *is_first.borrow_mut()) {
            announcer.say(title.clone());
        }
    });
}

#[component]
fn SearchButton() -> Html {
    use_lang();
    let slot = use_search_slot();
    let keys = if browser::is_apple() {
        "⌘K"
    } else {
        "Ctrl K"
    };
    html! {
        <button type="button" class="search" aria-haspopup="dialog" aria-keyshortcuts="Control+K Meta+K" onclick={move |_| slot.open()}>
            <Icon glyph={Glyph::Search} />
            <span class="trunc">{ t!("shell.search") }</span>
            <kbd class="kbd" aria-hidden="true">{ keys }</kbd>
        </button>
    }
}

#[component]
fn SyncState() -> Html {
    use_lang();
    let (class, content) = match use_live_state() {
        LiveState::Closed => return Html::default(),
        LiveState::Connected => (
            "is-ok",
            html! { <><Icon glyph={Glyph::Sync} /><span>{ t!("shell.synced") }</span></> },
        ),
        LiveState::Reconnecting => (
            "is-off",
            html! { <><span class="ring" /><span>{ t!("shell.reconnecting") }</span></> },
        ),
        LiveState::Offline => (
            "is-off",
            html! { <><Icon glyph={Glyph::CloudOff} /><span>{ t!("shell.offline") }</span></> },
        ),
    };
    html! { <span class={classes!("sync", class)} role="status">{ content }</span> }
}

#[component]
fn OfflineBanner() -> Html {
    use_lang();
    if use_live_state() != LiveState::Offline {
        return Html::default();
    }
    html! {
        <div class="banner" role="status"><Icon glyph={Glyph::CloudOff} />{ t!("shell.offline_banner") }</div>
    }
}

/// An address that leads nowhere.
#[component]
pub fn NotFoundPage() -> Html {
    use_lang();
    let onclick = use_go(&Route::Board);
    html! {
        <Page title={t!("load.missing_title")}>
            <Empty icon={Glyph::Search} title={t!("load.missing_title")} text={t!("shell.not_found")}>
                <a class="btn primary" href={Route::Board.to_path()} {onclick}>{ t!("shell.to_board") }</a>
            </Empty>
        </Page>
    }
}
