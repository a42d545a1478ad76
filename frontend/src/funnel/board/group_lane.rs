//! A column of a board that is grouped by something other than stages: whose deals they are, the figures,
//! and the cards with the stage each is in. "Move to…" changes their stage; carried to another column they
//! change their owner or the month they close in.

use super::focus::go_to_lane;
use super::head::figures;
use super::lane::{LaneBody, LaneDrag};
use super::lane_id::LaneId;
use super::pager::GroupPager;
use super::say::stage_name;
use super::slots::{Slots, use_carried};
use super::state::BoardState;
use crate::format;
use crate::i18n::t;
use crate::i18n::{Lang, counted, use_lang};
use crate::ui::{Avatar, Glyph, Icon, Tier};
use chrono::NaiveDate;
use shared::funnel::{ColumnTotals, Deal, Funnel, GroupKey, Grouping, OtherGroups, Stage};
use shared::id::DealId;
use shared::money::Currency;
use std::collections::BTreeSet;
use std::rc::Rc;
use yew::prelude::*;

/// What a group is called.
#[must_use]
pub fn group_name(lang: Lang, key: GroupKey, name: Option<&str>, today: NaiveDate) -> String {
    match key {
        GroupKey::Owner(None) => t!("board.no_owner").into_owned(),
        GroupKey::Account(None) => t!("deal.no_account").into_owned(),
        GroupKey::CloseMonth(None) => t!("board.no_close").into_owned(),
        GroupKey::Tier(None) => t!("board.no_tier").into_owned(),
        GroupKey::CloseMonth(Some(month)) => format::month(lang, month.first(), today),
        GroupKey::Tier(Some(tier)) => t!("board.tier", tier = tier.as_ref()).into_owned(),
        GroupKey::Owner(Some(_)) => {
            name.map_or_else(|| t!("board.unknown_owner").into_owned(), str::to_owned)
        }
        GroupKey::Account(Some(_)) => name.unwrap_or_default().to_owned(),
    }
}

/// What a column is called.
#[must_use]
pub fn lane_name(lang: Lang, state: &BoardState, lane: LaneId) -> String {
    match lane {
        LaneId::Stage(stage) => stage_name(state, stage).to_owned(),
        LaneId::Group(key) => {
            let mut lanes = state.lanes();
            let name = lanes.find(|(known, _)| *known == lane);
            let name = name.and_then(|(_, name)| name);
            group_name(lang, key, name, format::today())
        }
    }
}

/// What the keys on a card do.
#[must_use]
pub fn keys_hint(state: &BoardState, can_carry: bool) -> String {
    let hint = match state.has_stages() {
        true => t!("board.keys"),
        false if can_carry => t!("board.keys_carried"),
        false => t!("board.keys_grouped"),
    };
    hint.into_owned()
}

/// What becomes of a card that is carried to another group.
pub fn board_hint(state: &BoardState, can_carry: bool) -> Html {
    let hint = match state.group_by {
        Grouping::Stage => return Html::default(),
        Grouping::Owner if can_carry => t!("board.carried_owner"),
        Grouping::CloseMonth if can_carry => t!("board.carried_month"),
        _ => t!("board.grouped_hint"),
    };
    html! { <p class="board-hint">{ hint }</p> }
}

/// What all columns of a grouped board have in common.
#[derive(Clone, PartialEq)]
pub struct Grouped {
    /// The stages of the funnel.
    pub stages: Rc<Vec<Rc<Stage>>>,
    /// The currency of figures that are zero.
    pub house: Currency,
    /// The first and the last column in view, counted from the left.
    pub near: (usize, usize),
    /// The card that had the focus last.
    pub active: Option<DealId>,
    /// Cards whose moves are on their way.
    pub syncing: Rc<Vec<DealId>>,
    /// The card whose move was just refused.
    pub refused: Option<DealId>,
    /// The cards chosen for an action on many.
    pub chosen: Rc<BTreeSet<DealId>>,
    /// The date.
    pub today: NaiveDate,
    /// Whether it is a phone's.
    pub is_phone: bool,
    /// Whether the person may change deals.
    pub can_edit: bool,
    /// Where a card on a pointer would fall.
    pub slots: Rc<Slots>,
    /// Asks for more cards.
    pub on_more: Callback<LaneId>,
}

/// The columns of a grouped board, with what is beside them.
pub fn group_lanes(lang: Lang, state: &BoardState, all: &Grouped) -> Html {
    let lanes = state
        .lanes()
        .enumerate()
        .filter_map(|(index, (lane, name))| {
            let LaneId::Group(key) = lane else {
                return None;
            };
            let cards = state.cards(lane);
            let is_here = |id: &DealId| cards.iter().any(|card| card.id == *id);
            let first = cards.first().map(|card| card.id);
            let tab_stop = all.active.filter(is_here).or(first);
            Some(html! {
                <GroupLane
                    key={lane.to_string()}
                    group={key}
                    name={group_name(lang, key, name, all.today)}
                    funnel={state.funnel.clone()}
                    drawn={drawn(index, all.near)}
                    totals={state.totals(lane)}
                    drag={LaneDrag::of(state.drag(), lane, 0)}
                    has_more={state.has_more(lane)}
                    {cards}
                    {tab_stop}
                    all={all.clone()}
                />
            })
        });
    html! {
        <>
            { for lanes }
            if let Some(others) = &state.others {
                <Others by={state.group_by} others={others.clone()} house={all.house} />
            }
        </>
    }
}

/// How many cards of a column may be drawn: all where it is in view, none where it is far. The one that
/// follows shows its first, so that the Tab key goes on to it.
const fn drawn(index: usize, (first, last): (usize, usize)) -> usize {
    if index == last + 1 {
        1
    } else if first <= index && index <= last {
        usize::MAX
    } else {
        0
    }
}

/// The phone's head of a grouped board.
pub fn group_pager(lang: Lang, state: &BoardState, all: &Grouped, page: usize) -> Html {
    let named = |(lane, name): (LaneId, Option<&str>)| match lane {
        LaneId::Group(key) => Some((lane, group_name(lang, key, name, all.today).into())),
        LaneId::Stage(_) => None,
    };
    let lanes: Vec<(LaneId, AttrValue)> = state.lanes().filter_map(named).collect();
    let totals = lanes.get(page).map(|(lane, _)| state.totals(*lane));
    html! {
        <GroupPager {page} totals={totals.unwrap_or_default()} house={all.house} on_pick={go_to_lane::<LaneId>} {lanes} />
    }
}

/// What [`GroupLane`] needs.
#[derive(Properties)]
pub struct GroupLaneProps {
    /// Which.
    pub group: GroupKey,
    /// What it is called.
    pub name: AttrValue,
    /// The funnel.
    pub funnel: Rc<Funnel>,
    /// The cards.
    pub cards: Rc<Vec<Rc<Deal>>>,
    /// The figures.
    pub totals: ColumnTotals,
    /// How many of its cards may be drawn.
    pub drawn: usize,
    /// The drag, as far as it is here.
    pub drag: LaneDrag,
    /// Whether there are cards that are not loaded.
    pub has_more: bool,
    /// The card the Tab key stops at.
    pub tab_stop: Option<DealId>,
    /// What it has in common with the others.
    pub all: Grouped,
}

impl PartialEq for GroupLaneProps {
    fn eq(&self, other: &Self) -> bool {
        // Which columns are in view and which card had the focus is told by the fields above.
        let own = |props: &Self| Grouped {
            near: (0, 0),
            active: None,
            ..props.all.clone()
        };
        self.group == other.group
            && self.name == other.name
            && self.funnel == other.funnel
            && self.cards == other.cards
            && self.totals == other.totals
            && self.drawn == other.drawn
            && self.drag == other.drag
            && self.has_more == other.has_more
            && self.tab_stop == other.tab_stop
            && own(self) == own(other)
    }
}

/// A column of one group.
#[component]
pub fn GroupLane(props: &GroupLaneProps) -> Html {
    let lang = use_lang();
    let lane = LaneId::Group(props.group);
    let mut cards = props.cards.clone();
    // The card that was taken from here stays in the page, and so does where it would fall.
    let drag = use_carried(&props.all.slots, lane, &props.drag);
    let is_carried = drag != LaneDrag::default();
    let drawn = if is_carried { usize::MAX } else { props.drawn };
    if drawn < cards.len() {
        cards = Rc::new(cards.iter().take(drawn).cloned().collect());
    }
    let is_target = drag.slot.is_some();
    html! {
        <section class={classes!("col", is_target.then_some("target"))} data-lane={lane.to_string()} aria-label={props.name.clone()}>
            <header class="col-h">
                <div class="l1">
                    { mark(props) }
                    <h2 class="trunc" title={props.name.clone()}>{ &props.name }</h2>
                    <span class="count num">{ format::integer(lang, props.totals.count) }</span>
                </div>
                { figures(lang, &props.totals, props.all.house) }
            </header>
            if drawn > 0 {
                <LaneBody
                    {lane}
                    name={props.name.clone()}
                    grouped={Some(props.funnel.clone())}
                    stages={props.all.stages.clone()}
                    {cards}
                    has_more={props.has_more && drawn > 1}
                    drag={drag.within()}
                    slots={props.all.slots.clone()}
                    syncing={props.all.syncing.clone()}
                    refused={props.all.refused}
                    tab_stop={props.tab_stop}
                    chosen={props.all.chosen.clone()}
                    today={props.all.today}
                    is_phone={props.all.is_phone}
                    can_edit={props.all.can_edit}
                    on_more={props.all.on_more.clone()}
                />
            } else {
                <div class="col-b" aria-hidden="true" />
            }
        </section>
    }
}

/// What kind of group it is, at a glance.
fn mark(props: &GroupLaneProps) -> Html {
    match props.group {
        GroupKey::Owner(Some(_)) => html! { <Avatar name={props.name.clone()} /> },
        GroupKey::Owner(None) => html! { <Icon glyph={Glyph::User} /> },
        GroupKey::CloseMonth(_) => html! { <Icon glyph={Glyph::Calendar} /> },
        GroupKey::Tier(Some(tier)) => html! {
            <Tier letter={tier.as_ref().chars().next().unwrap_or('C')} label={props.name.clone()} />
        },
        GroupKey::Tier(None) => Html::default(),
        GroupKey::Account(_) => html! { <Icon glyph={Glyph::Account} /> },
    }
}

/// What [`Others`] needs.
#[derive(Properties, PartialEq)]
pub struct OthersProps {
    /// What the groups are.
    pub by: Grouping,
    /// How many more there are, with their figures.
    pub others: OtherGroups,
    /// The currency of figures that are zero.
    pub house: Currency,
}

/// The groups beside those that have columns, named with their figures.
#[component]
pub fn Others(props: &OthersProps) -> Html {
    let lang = use_lang();
    let more = counted(
        lang,
        &format!("board.others.{}", props.by.as_ref()),
        props.others.groups,
    );
    html! {
        <section class="col others" aria-label={more.clone()}>
            <header class="col-h">
                <div class="l1">
                    <h2 class="trunc">{ more }</h2>
                    <span class="count num">{ format::integer(lang, props.others.totals.count) }</span>
                </div>
                { figures(lang, &props.others.totals, props.house) }
            </header>
            <p class="note">{ t!("board.others_hint") }</p>
        </section>
    }
}
