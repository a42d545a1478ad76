//! The page a room draws: a top bar with its name and buttons, the search, the state of the connection,
//! and what it holds.

use crate::browser;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::live::{LiveState, use_live_state};
use crate::route::Route;
use crate::ui::{Empty, Glyph, Icon, use_announcer};
use yew::prelude::*;
use yew_router::prelude::*;

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

/// Opens the search from anywhere.
#[derive(Clone, PartialEq)]
pub struct SearchSlot {
    /// Whether it is open.
    pub is_open: bool,
    set: Callback<bool>,
}

impl SearchSlot {
    /// The search as open or closed, with what opens and closes it.
    #[must_use]
    pub const fn new(is_open: bool, set: Callback<bool>) -> Self {
        Self { is_open, set }
    }

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
