//! A deal's card: five lines that never move. What is not known keeps its place.

use crate::format;
use crate::funnel::words::{self, Age};
use crate::i18n::t;
use crate::i18n::{Lang, use_lang};
use crate::ui::avatar::{AvatarProps, AvatarSize, avatar};
use crate::ui::bits::{MoneyProps, NotchesProps, TierProps, money, notches, tier};
use crate::ui::icon::{Glyph, icon};
use chrono::NaiveDate;
use shared::funnel::gate::{Known, Side};
use shared::funnel::{Deal, Funnel, Stage, StageKind};
use shared::id::DealId;
use std::rc::Rc;
use yew::prelude::*;

/// The id of a card's element.
#[must_use]
pub fn element_id(deal: DealId) -> String {
    format!("card-{deal}")
}

/// The deal whose card has this id on the page.
#[must_use]
pub fn card_of_element(id: &str) -> Option<DealId> {
    id.strip_prefix("card-")?.parse().ok()
}

/// How a card looks apart from what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CardLook {
    /// A move of it is on its way.
    pub is_syncing: bool,
    /// It is in the air, and this is what stays behind.
    pub is_ghost: bool,
    /// It is out of view, kept only because the finger rests on it.
    pub is_parked: bool,
    /// It is lifted by the keyboard and stands at the place it would fall.
    pub is_held: bool,
    /// The server just refused its move.
    pub is_refused: bool,
    /// It is the one the Tab key stops at.
    pub is_tab_stop: bool,
    /// It can be chosen for an action on many; absent, it cannot.
    pub is_chosen: Option<bool>,
}

/// What [`DealCard`] needs.
#[derive(Properties, PartialEq)]
pub struct DealCardProps {
    /// The deal.
    pub deal: Rc<Deal>,
    /// Its stage.
    pub stage: Rc<Stage>,
    /// The funnel, where the card shows its stage.
    #[prop_or_default]
    pub grouped: Option<Rc<Funnel>>,
    /// The date.
    pub today: NaiveDate,
    /// How it looks.
    #[prop_or_default]
    pub look: CardLook,
    /// Its place in the column, from one.
    #[prop_or_default]
    pub position: usize,
    /// How many the column holds.
    #[prop_or_default]
    pub of: usize,
    /// Whether it has the phone's "Move" button.
    #[prop_or_default]
    pub is_phone: bool,
}

/// A card in a column. The board listens for its presses and keys.
#[component]
pub fn DealCard(props: &DealCardProps) -> Html {
    let lang = use_lang();
    let DealCardProps {
        deal, stage, look, ..
    } = props;
    let (_, age) = words::age(deal, stage, props.today);
    let class = classes!(
        "deal",
        match age {
            Age::Fresh => None,
            Age::Aging => Some("rot-1"),
            Age::Rotten => Some("rot-2"),
        },
        look.is_syncing.then_some("syncing"),
        look.is_ghost.then_some("ghost"),
        look.is_parked.then_some("parked"),
        look.is_held.then_some("held"),
        look.is_refused.then_some("refused"),
        (look.is_chosen == Some(true)).then_some("chosen"),
        look.is_chosen.is_some().then_some("editable"),
    );
    let tab = if look.is_tab_stop { "0" } else { "-1" };
    let name = t!(
        "board.card_name",
        deal = words::deal_name(deal),
        amount = words::amount(lang, deal)
    );
    html! {
        <div
            id={element_id(deal.id)}
            {class}
            role="listitem"
            tabindex={tab}
            data-deal={deal.id.to_string()}
            aria-label={name}
            aria-describedby="board-keys"
            aria-disabled={look.is_ghost.then_some("true")}
            aria-posinset={props.position.to_string()}
            aria-setsize={props.of.to_string()}
        >
            <CardLines {lang} deal={deal.clone()} stage={stage.clone()} grouped={props.grouped.clone()} today={props.today} {tab} is_phone={props.is_phone} />
            if let Some(is_chosen) = look.is_chosen {
                <button type="button" class="pick" role="checkbox" tabindex={tab} data-pick="" aria-checked={if is_chosen { "true" } else { "false" }} title={t!("board.choose")} aria-label={t!("board.choose_named", deal = words::deal_name(deal))}>
                    <span class={classes!("check", "sign", is_chosen.then_some("on"))} aria-hidden="true" />
                </button>
            }
        </div>
    }
}

/// What [`CardLines`] needs.
#[derive(Properties, PartialEq)]
pub struct CardLinesProps {
    /// The language.
    pub lang: Lang,
    /// The deal.
    pub deal: Rc<Deal>,
    /// Its stage.
    pub stage: Rc<Stage>,
    /// The funnel, where the card shows its stage.
    #[prop_or_default]
    pub grouped: Option<Rc<Funnel>>,
    /// The date.
    pub today: NaiveDate,
    /// Whether the links inside are in the tab order.
    #[prop_or("-1")]
    pub tab: &'static str,
    /// Whether it has the phone's "Move" button.
    #[prop_or_default]
    pub is_phone: bool,
}

/// The five lines, in a column and on the copy that follows the pointer.
#[component]
pub fn CardLines(props: &CardLinesProps) -> Html {
    let CardLinesProps {
        lang,
        deal,
        stage,
        today,
        tab,
        ..
    } = props;
    let (days, age) = words::age(deal, stage, *today);
    let limit = stage.fields.rot_days.filter(|_| age != Age::Fresh);
    let why = limit.map(|limit| t!("board.rot_why", days = days, limit = limit).into_owned());
    html! {
        <>
            { who(deal, tab) }
            <p class="title trunc" title={deal.title.clone()}>{ deal.title.clone() }</p>
            <div class="fig">
                <span data-edit="amount">
                    if let Some(amount) = &deal.amount {
                        { money(&MoneyProps { figure: format::amount(*lang, amount), title: Some(format::money(*lang, amount).into()), class: Classes::new() }) }
                    } else {
                        <span class="amt none" title={t!("deal.no_amount")}>{ "\u{2014}" }</span>
                    }
                </span>
                <span class="prob" title={t!("deal.probability")}>{ format!("{}%", super::totals::probability(deal, stage)) }</span>
                if let Some(day) = deal.expected_close_on {
                    <time datetime={day.to_string()} data-edit="expected_close_on" title={t!("deal.closes_on", day = format::date(*lang, day))}>{ format::day_short(*lang, day, *today) }</time>
                }
            </div>
            <div class="ev">
                if let Some(funnel) = &props.grouped {
                    { words::stage_glyph(funnel, stage) }<span class="at trunc">{ &stage.fields.name }</span>
                }
                { gate(deal, stage) }
                <span class="age" title={why}>{ format::days(*lang, days) }</span>
            </div>
            { next_step(props) }
            if !props.is_phone {
                <button type="button" class="more" tabindex={*tab} data-move="" aria-haspopup="dialog" title={t!("board.move_to")} aria-label={move_label(deal)}>
                    { icon(Glyph::More, &classes!("sign")) }
                </button>
            }
        </>
    }
}

/// How much of what the stage asks is met; that it came in by an override; that little is to be spent.
fn gate(deal: &Deal, stage: &Stage) -> Html {
    let facts = deal.facts.as_ref().filter(|_| !stage.gate.is_open());
    let known = facts.map(|gathered| Known {
        deal,
        gathered,
        now: format::now(),
    });
    let progress = known.map(|known| stage.gate.progress(Side::Exit, &known));
    html! {
        <>
            if let Some(progress) = progress.filter(|progress| progress.total > 0) {
                { notches(&NotchesProps { met: progress.met, of: progress.total, is_wide: false }) }
                <span class="num" title={t!("gate.met", met = progress.met, total = progress.total)}>{ format!("{}/{}", progress.met, progress.total) }</span>
            }
            if let Some(reason) = &deal.override_reason {
                <span class="mark" title={t!("gate.overridden", reason = reason)}>{ icon(Glyph::Bolt, &Classes::new()) }<span class="sr">{ t!("gate.overridden", reason = reason) }</span></span>
            }
            if deal.is_low_investment { <span class="mark" title={t!("gate.low_investment_why")}>{ t!("gate.low_investment") }</span> }
        </>
    }
}

fn move_label(deal: &Deal) -> String {
    t!("board.move_named", deal = words::deal_name(deal)).into_owned()
}

fn who(deal: &Deal, tab: &'static str) -> Html {
    html! {
        <div class="who">
            if let Some(known) = deal.account_tier {
                { tier(&TierProps { letter: known.as_ref().chars().next().unwrap_or('C'), label: t!("board.tier", tier = known.as_ref()).into(), is_large: false }) }
            }
            if let Some(account) = deal.account_id {
                <a class="acct trunc" href={format!("/accounts/{account}")} tabindex={tab} draggable="false">{ words::account_name(deal) }</a>
            } else {
                <span class="acct trunc muted">{ words::account_name(deal) }</span>
            }
            if let Some(owner) = &deal.owner_name {
                { avatar(&AvatarProps { name: owner.clone().into(), size: AvatarSize::default(), is_named: true, class: Classes::new() }) }
            }
        </div>
    }
}

fn next_step(props: &CardLinesProps) -> Html {
    let CardLinesProps {
        lang,
        deal,
        stage,
        today,
        tab,
        ..
    } = props;
    let is_open = stage.fields.kind == StageKind::Open;
    let due = deal.next_step_on.filter(|_| deal.next_step.is_some());
    let (class, glyph) = match due {
        _ if deal.next_step.is_none() && is_open => (Some("none"), Glyph::Plus),
        Some(day) if is_open && day < *today => (Some("over"), Glyph::Alert),
        Some(day) if is_open && day == *today => (Some("today"), Glyph::Clock),
        _ => (None, Glyph::Calendar),
    };
    let text = match &deal.next_step {
        Some(step) => step.clone(),
        None if is_open => t!("deal.no_next_step").into_owned(),
        None => t!("deal.no_next_step_needed").into_owned(),
    };
    html! {
        <div class={classes!("next", class)}>
            { icon(glyph, &Classes::new()) }
            <span class="trunc" data-edit="next_step" title={deal.next_step.clone()}>{ text }</span>
            if let Some(day) = due {
                <time datetime={day.to_string()} data-edit="next_step_on">
                    { if is_open { format::due(*lang, day, *today) } else { format::day(*lang, day, *today) } }
                </time>
            }
            if props.is_phone {
                <button type="button" class="mv" tabindex={*tab} data-move="" aria-haspopup="dialog" aria-label={move_label(deal)}>
                    { t!("board.move") }{ icon(Glyph::Right, &Classes::new()) }
                </button>
            }
        </div>
    }
}
