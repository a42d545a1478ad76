//! The tabs of a profile and what each of them shows.

use super::deals::Deals;
use super::facts::{Editor, Facts};
use super::family::Children;
use super::people::People;
use super::priority::PriorityPanel;
use super::source::Source;
use super::standing::Standing;
use crate::accounts::list::MoreRows;
use crate::accounts::names::Names;
use crate::accounts::pages::use_pages;
use crate::accounts::screening::ScreeningPanel;
use crate::accounts::timeline::Timeline;
use crate::api::funnel::DealQuery;
use crate::api::use_api;
use crate::format;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::route::Route;
use crate::ui::{ErrorView, Gathered, Money, Skeleton, Tab, Tabs, Waiting};
use serde::{Deserialize, Serialize};
use shared::accounts::{Account, AccountSummary, Contact};
use shared::funnel::Deal;
use shared::id::AccountId;
use shared::identity::User;
use std::rc::Rc;
use std::str::FromStr;
use strum::{AsRefStr, EnumString};
use yew::prelude::*;
use yew_router::prelude::*;

/// People and deals that show on the overview before “all”.
const PEOPLE: usize = 6;
const DEALS: usize = 5;
const PANEL: &str = "account-panel";

/// One tab.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, AsRefStr, EnumString)]
#[strum(serialize_all = "snake_case")]
pub enum ProfileTab {
    #[default]
    Overview,
    People,
    Deals,
    Facts,
    Timeline,
}

#[derive(Serialize, Deserialize, Default)]
#[serde(default)]
struct Address {
    #[serde(skip_serializing_if = "Option::is_none")]
    tab: Option<String>,
}

/// The tab in the page's address, and how it is changed.
#[hook]
pub fn use_tab(id: AccountId) -> (ProfileTab, Callback<ProfileTab>) {
    let (location, navigator) = (use_location(), use_navigator());
    let tab = location
        .and_then(|location| location.query::<Address>().ok())
        .and_then(|address| address.tab);
    let tab = tab
        .and_then(|tab| ProfileTab::from_str(&tab).ok())
        .unwrap_or_default();
    let set = Callback::from(move |tab: ProfileTab| {
        let Some(navigator) = &navigator else { return };
        let tab = (tab != ProfileTab::Overview).then(|| tab.as_ref().to_owned());
        let _ =
            navigator.replace_with_query(&Route::Account { id: id.to_string() }, &Address { tab });
    });
    (tab, set)
}

/// What the profile knows, as far as it came.
#[derive(Clone, PartialEq)]
pub struct Shown {
    /// The figures.
    pub summary: Option<Rc<AccountSummary>>,
    /// The people.
    pub people: Option<Rc<Vec<Rc<Contact>>>>,
    /// The open deals.
    pub open_deals: Option<Rc<Vec<Rc<Deal>>>>,
    /// The accounts that belong to it.
    pub children: Rc<Vec<Account>>,
    /// The colleagues.
    pub users: Rc<Vec<User>>,
    /// Whether figures, people and deals came, each or the word that it does not.
    pub is_settled: bool,
}

impl Shown {
    /// Reads what came so far.
    #[must_use]
    pub fn from_source(source: &Source) -> Self {
        Self {
            summary: source.summary.loaded.data.clone(),
            people: source.people.loaded.data.clone(),
            open_deals: source.open_deals.loaded.data.clone(),
            children: source.children.loaded.data.clone().unwrap_or_default(),
            users: source.users.loaded.data.clone().unwrap_or_default(),
            is_settled: source.summary.loaded.is_settled()
                && source.people.loaded.is_settled()
                && source.open_deals.loaded.is_settled(),
        }
    }
}

/// What [`TabBar`] needs.
#[derive(Properties, PartialEq)]
pub struct TabBarProps {
    /// The one that shows.
    pub tab: ProfileTab,
    /// What the profile knows.
    pub shown: Shown,
    /// Gets the one chosen.
    pub on_tab: Callback<ProfileTab>,
}

/// The row of tabs.
#[component]
pub fn TabBar(props: &TabBarProps) -> Html {
    let lang = use_lang();
    let counted = |tab: Tab, count: Option<i64>| match count {
        Some(count) => tab.with_count(format::integer(lang, count)),
        None => tab,
    };
    let summary = props.shown.summary.as_deref();
    let tabs = vec![
        Tab::new("overview", t!("account.tab.overview")),
        counted(
            Tab::new("people", t!("account.tab.people")),
            summary.map(|summary| summary.contacts),
        ),
        counted(
            Tab::new("deals", t!("account.tab.deals")),
            summary.map(|summary| summary.open_deals),
        ),
        Tab::new("facts", t!("account.tab.facts")),
        Tab::new("timeline", t!("account.tab.timeline")),
    ];
    let on_change = props
        .on_tab
        .reform(|key: AttrValue| ProfileTab::from_str(&key).unwrap_or_default());
    html! { <Tabs {tabs} current={props.tab.as_ref().to_owned()} label={t!("account.tabs")} panel_id={PANEL} {on_change} /> }
}

/// What [`TabBody`] needs.
#[derive(Properties, PartialEq)]
pub struct TabBodyProps {
    /// The tab that shows.
    pub tab: ProfileTab,
    /// What the profile knows.
    pub shown: Shown,
    /// Names.
    pub names: Rc<Names>,
    /// Counts up when something happened.
    pub round: u32,
    /// Shows another tab.
    pub on_tab: Callback<ProfileTab>,
    /// Hears that something was changed here.
    pub on_change: Callback<()>,
    /// Begins a new deal, where one may.
    pub on_deal: Option<Callback<()>>,
    /// Begins a new account below this one, where one may.
    pub on_child: Option<Callback<()>>,
    /// Editing in place.
    pub editor: Editor,
}

/// What the tab shows.
#[component]
pub fn TabBody(props: &TabBodyProps) -> Html {
    use_lang();
    let id = props.editor.account.id;
    let timeline =
        html! { <Timeline account_id={id} names={props.names.clone()} round={props.round} /> };
    let content = match props.tab {
        ProfileTab::Overview => overview(props),
        ProfileTab::People => {
            html! { <div class="grid12"><div class="c12">{ people(props, None) }</div></div> }
        }
        ProfileTab::Deals => {
            html! { <div class="grid12"><div class="c12"><AllDeals account_id={id} names={props.names.clone()} round={props.round} on_deal={props.on_deal.clone()} /></div></div> }
        }
        ProfileTab::Facts => {
            html! { <div class="grid12"><div class="c12 stack loose"><PriorityPanel account={props.editor.account.clone()} /><ScreeningPanel account={props.editor.account.clone()} /><Standing editor={props.editor.clone()} /><Facts editor={props.editor.clone()} />{ children(props) }</div></div> }
        }
        ProfileTab::Timeline => timeline.clone(),
    };
    let is_alone = props.tab == ProfileTab::Timeline;
    let is_ready = props.tab != ProfileTab::Overview || props.shown.is_settled;
    let panel = html! { <section class="panel"><Skeleton lines={9} /></section> };
    // Each tab's panels together, and at first the timeline with them: what comes later would push away
    // what somebody reads already.
    html! {
        <div id={PANEL} role="tabpanel" aria-label={t!(format!("account.tab.{}", props.tab.as_ref())).into_owned()}>
            <Gathered waiting={html! { <div class="acc">{ panel.clone() }{ panel }</div> }}>
                <div class={classes!("acc", is_alone.then_some("alone"))}>
                    <Gathered key={props.tab.as_ref().to_owned()} {is_ready}>{ content }</Gathered>
                    if !is_alone { <div class="beside">{ timeline }</div> }
                </div>
            </Gathered>
        </div>
    }
}

fn overview(props: &TabBodyProps) -> Html {
    let all_deals = props.on_tab.reform(|()| ProfileTab::Deals);
    html! {
        <div class="grid12">
            <Trio summary={props.shown.summary.clone()} />
            <div class="c7">{ people(props, Some(PEOPLE)) }</div>
            <div class="c5">{ open_deals(props, all_deals) }</div>
            <div class="c12"><PriorityPanel account={props.editor.account.clone()} /></div>
            <div class="c12"><ScreeningPanel account={props.editor.account.clone()} /></div>
            <div class="c12"><Standing editor={props.editor.clone()} /></div>
            <div class="c12"><Facts editor={props.editor.clone()} /></div>
            if !props.shown.children.is_empty() { <div class="c12">{ children(props) }</div> }
        </div>
    }
}

fn people(props: &TabBodyProps, at_most: Option<usize>) -> Html {
    match &props.shown.people {
        Some(people) => html! {
            <People account_id={props.editor.account.id} people={people.clone()} {at_most} can_edit={props.editor.can_edit} on_change={props.on_change.clone()} on_all={at_most.map(|_| props.on_tab.reform(|()| ProfileTab::People))} />
        },
        None => {
            html! { <section class="panel"><Waiting><Skeleton lines={5} /></Waiting></section> }
        }
    }
}

fn open_deals(props: &TabBodyProps, on_all: Callback<()>) -> Html {
    match &props.shown.open_deals {
        Some(deals) => html! {
            <Deals deals={deals.clone()} names={props.names.clone()} summary={props.shown.summary.clone()} is_open_only=true at_most={Some(DEALS)} on_add={props.on_deal.clone()} on_all={Some(on_all)} />
        },
        None => {
            html! { <section class="panel"><Waiting><Skeleton lines={5} /></Waiting></section> }
        }
    }
}

fn children(props: &TabBodyProps) -> Html {
    html! { <Children accounts={props.shown.children.clone()} on_add={props.on_child.clone()} /> }
}

#[derive(Properties, PartialEq)]
struct TrioProps {
    summary: Option<Rc<AccountSummary>>,
}

/// On a phone: the figures that the head has no room for.
#[component]
fn Trio(props: &TrioProps) -> Html {
    let lang = use_lang();
    let Some(summary) = &props.summary else {
        return Html::default();
    };
    let figures = [
        ("open", t!("account.open"), &summary.open_amounts),
        (
            "weighted",
            t!("account.weighted_short"),
            &summary.weighted_amounts,
        ),
        ("won", t!("account.won"), &summary.won_amounts),
    ];
    html! {
        <section class="panel c12 phone-only">
            <dl class="facts2">
                for (key, label, amounts) in figures {
                    <div key={key}>
                        <dt>{ label }</dt>
                        <dd>if let Some(amount) = amounts.first() { <Money figure={format::amount(lang, amount)} title={format::money(lang, amount)} /> } else { { "0" } }</dd>
                    </div>
                }
            </dl>
        </section>
    }
}

#[derive(Properties, PartialEq)]
struct AllDealsProps {
    account_id: AccountId,
    names: Rc<Names>,
    round: u32,
    on_deal: Option<Callback<()>>,
}

/// All deals of the account, open and closed.
#[component]
fn AllDeals(props: &AllDealsProps) -> Html {
    let api = use_api();
    let question = DealQuery {
        account_id: Some(props.account_id),
        sort: Some("-updated_at".to_owned()),
        ..DealQuery::default()
    };
    let list = use_pages(question, move |question, cursor| {
        let api = api.clone();
        async move { api.deals(&question, cursor).await }
    });
    use_effect_with(props.round, {
        let refresh = list.refresh();
        move |round| {
            if *round > 0 {
                refresh.emit(());
            }
        }
    });
    let pages = &list.pages;
    let Some(rows) = &pages.rows else {
        return match &pages.error {
            Some(error) if !pages.is_busy => {
                html! { <ErrorView error={error.clone()} on_retry={Some(list.reload)} /> }
            }
            _ => {
                html! { <section class="panel"><Waiting><Skeleton lines={6} /></Waiting></section> }
            }
        };
    };
    html! {
        <Deals deals={Rc::new(rows.clone())} names={props.names.clone()} summary={None::<Rc<AccountSummary>>} on_add={props.on_deal.clone()}>
            if pages.next.is_some() { <MoreRows shown={rows.len()} total={pages.total} has_more=true is_busy={pages.is_busy} on_more={list.more.clone()} /> }
        </Deals>
    }
}
