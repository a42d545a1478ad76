//! What the board is narrowed to, chosen by chips; the weighted sum of what is open; other views.

use super::arrange::ArrangeProps;
use super::further;
use super::narrow::{NarrowingProps, choice, menu};
use super::views::{Look, Views, ViewsMenuProps};
use crate::api::use_api;
use crate::format;
use crate::funnel::shape::Views as Pages;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::identity::use_me;
use crate::load::use_load;
use crate::ui::{Chip, Glyph, Icon};
use chrono::NaiveDate;
use gloo::timers::callback::Timeout;
use shared::funnel::{BoardFilter, Grouping, Layout};
use shared::id::{FunnelId, StageId, ViewId};
use shared::identity::{User, UserState};
use shared::money::Money;
use std::rc::Rc;
use yew::prelude::*;

/// What [`Toolbar`] needs.
#[derive(Properties, PartialEq)]
pub struct ToolbarProps {
    /// The funnel.
    pub funnel: FunnelId,
    /// The saved views, on the page that opens them.
    #[prop_or_default]
    pub views: Option<Views>,
    /// The saved view that is open on the board.
    #[prop_or_default]
    pub opened: Option<ViewId>,
    /// Its open stages.
    pub open: Rc<Vec<StageId>>,
    /// What the board is narrowed to.
    pub filter: BoardFilter,
    /// Changes it.
    pub on_filter: Callback<BoardFilter>,
    /// How the cards of the board are laid out.
    pub layout: Layout,
    /// What changes that, where there are any.
    #[prop_or_default]
    pub on_layout: Option<Callback<Layout>>,
    /// The date.
    pub today: NaiveDate,
    /// The weighted sum of the open stages, in the organisation's currency.
    pub weighted: Money,
    /// Grows with every change of a deal.
    pub epoch: u64,
}

/// The row of filters.
#[component]
pub fn Toolbar(props: &ToolbarProps) -> Html {
    let lang = use_lang();
    let (api, me) = (use_api(), use_me());
    // The menu of owners does without who cannot be had.
    let people = use_load((), move |()| {
        let api = api.clone();
        async move { Ok(api.all_users().await.unwrap_or_default()) }
    });
    let offers = further::use_offers();
    let overdue = use_overdue(props);
    let filter = &props.filter;
    let change = |make: fn(&mut BoardFilter, NaiveDate)| {
        let (filter, today, on_filter) = (filter.clone(), props.today, props.on_filter.clone());
        Callback::from(move |_: MouseEvent| {
            let mut filter = filter.clone();
            make(&mut filter, today);
            on_filter.emit(filter);
        })
    };
    let mine = {
        let (filter, on_filter, me) = (
            filter.clone(),
            props.on_filter.clone(),
            me.as_ref().map(|me| me.user.id),
        );
        Callback::from(move |_: MouseEvent| {
            let owner_id = if filter.owner_id == me { None } else { me };
            on_filter.emit(BoardFilter {
                owner_id,
                ..filter.clone()
            });
        })
    };
    let is_mine = filter.owner_id.is_some() && filter.owner_id == me.as_ref().map(|me| me.user.id);
    let people: &[User] = people.data().map_or(&[], Vec::as_slice);
    // Where the row is too narrow for all, those that narrow nothing wait behind a chip.
    let asked = use_memo((), |()| further::narrowed_before());
    let is_unfolded = use_state_eq(|| asked.is_some());
    let unfold = {
        let is_unfolded = is_unfolded.clone();
        move |_: MouseEvent| is_unfolded.set(!*is_unfolded)
    };
    let class = classes!("toolbar", "board-bar", is_unfolded.then_some("is-unfolded"));
    html! {
        <div {class} role="group" aria-label={t!("board.filters")}>
            if let Some(views) = &props.views {
                { further::views_menu(ViewsMenuProps {
                    views: views.clone(),
                    teams: offers.teams.clone(),
                }) }
                if let Some(on_layout) = &props.on_layout {
                    { further::arrange(ArrangeProps {
                        layout: props.layout,
                        on_layout: on_layout.clone(),
                    }) }
                }
                <span class="vr" />
            }
            <Chip icon={Glyph::User} pressed={is_mine} on_click={mine}>{ t!("board.mine") }</Chip>
            if !is_mine { { owners(props, people) } }
            <button type="button" class="chip add unfold" aria-expanded={is_unfolded.to_string()} onclick={unfold}>
                <Icon glyph={Glyph::Filter} />
                { t!("board.filters") }
            </button>
            { further::narrowing(NarrowingProps {
                filter: filter.clone(),
                on_filter: props.on_filter.clone(),
                offers,
                asked: (*asked).clone(),
            }) }
            <Chip
                pressed={filter.overdue_on.is_some()}
                count={overdue}
                on_click={change(|filter, today| filter.overdue_on = if filter.overdue_on.is_some() { None } else { Some(today) })}
            >
                { t!("board.overdue") }
            </Chip>
            <TextFilter filter={filter.clone()} on_filter={props.on_filter.clone()} />
            if !filter.is_empty() {
                <Chip icon={Glyph::Close} on_click={change(|filter, _| *filter = BoardFilter::default())}>{ t!("board.clear_filters") }</Chip>
            }
            <span class="push" />
            <span class="goal" title={t!("board.open_weighted")}><span>{ t!("board.open_weighted") }</span><b class="num">{ format::sum(lang, &props.weighted).to_string() }</b></span>
            <span class="vr" />
            <Pages funnel={props.funnel} look={Look { filter: filter.clone(), layout: props.layout }} opened={props.opened} />
        </div>
    }
}

/// How many next steps are overdue under the same filter; counted by the server.
#[hook]
fn use_overdue(props: &ToolbarProps) -> Option<u32> {
    let api = use_api();
    let asked = BoardFilter {
        overdue_on: Some(props.today),
        ..props.filter.clone()
    };
    let counted = use_load(
        (props.funnel, asked, props.epoch),
        move |(funnel, asked, _)| {
            let api = api.clone();
            async move { api.board_totals(funnel, &asked, Grouping::Stage).await }
        },
    );
    let totals = counted.data()?;
    let open = totals
        .columns
        .iter()
        .filter(|column| props.open.contains(&column.stage_id));
    open.map(|column| column.totals.count)
        .sum::<i64>()
        .try_into()
        .ok()
}

fn owners(props: &ToolbarProps, users: &[User]) -> Html {
    let filter = &props.filter;
    let with = |owner_id| BoardFilter {
        owner_id,
        ..filter.clone()
    };
    let mut entries = vec![choice(
        &props.on_filter,
        t!("board.everybody").into_owned(),
        filter.owner_id.is_none(),
        with(None),
    )];
    // Who has left owns nothing new, and is offered only while the board is narrowed to them.
    let offered = users
        .iter()
        .filter(|user| user.state != UserState::Disabled || filter.owner_id == Some(user.id));
    entries.extend(offered.map(|user| {
        let is_on = filter.owner_id == Some(user.id);
        choice(&props.on_filter, name_of(user), is_on, with(Some(user.id)))
    }));
    let value = filter.owner_id.map(|id| {
        let user = users.iter().find(|user| user.id == id);
        user.map_or_else(
            || unknown(users.is_empty(), t!("board.unknown_owner")),
            name_of,
        )
    });
    menu("owner", t!("board.owner"), value, entries)
}

/// A name, with a word when the person has left.
fn name_of(user: &User) -> String {
    if user.state == UserState::Disabled {
        t!("board.has_left", name = user.name).into_owned()
    } else {
        user.name.clone()
    }
}

/// What stands for a name that is not known; nothing while the names are on their way.
fn unknown(is_waiting: bool, words: std::borrow::Cow<'static, str>) -> String {
    if is_waiting {
        "…".to_owned()
    } else {
        words.into_owned()
    }
}

#[derive(Properties, PartialEq)]
struct TextFilterProps {
    filter: BoardFilter,
    on_filter: Callback<BoardFilter>,
}

/// Words in the title or the account's name, a moment after the last key.
#[component]
fn TextFilter(props: &TextFilterProps) -> Html {
    use_lang();
    let timer = use_mut_ref(|| None::<Timeout>);
    let oninput = {
        let (filter, on_filter) = (props.filter.clone(), props.on_filter.clone());
        Callback::from(move |event: InputEvent| {
            let text = event
                .target_unchecked_into::<web_sys::HtmlInputElement>()
                .value()
                .trim()
                .to_owned();
            let (filter, on_filter) = (filter.clone(), on_filter.clone());
            timer.replace(Some(Timeout::new(250, move || {
                on_filter.emit(BoardFilter {
                    text: (!text.is_empty()).then_some(text),
                    ..filter
                });
            })));
        })
    };
    html! {
        <label class="chip text">
            <Icon glyph={Glyph::Search} />
            <span class="sr">{ t!("board.find") }</span>
            <input type="search" value={props.filter.text.clone().unwrap_or_default()} placeholder={t!("board.find")} maxlength="100" {oninput} />
        </label>
    }
}
