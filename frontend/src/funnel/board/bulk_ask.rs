//! What an action on many cards asks before it is sent, and what it says of those that were refused.

use super::together::Refused;
use crate::accounts::parts::{PersonPicker, use_people};
use crate::funnel::words;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::ui::media::use_phone;
use crate::ui::{Button, ButtonKind, Dialog, Glyph, Sheet, TextField};
use chrono::NaiveDate;
use shared::check::Validate;
use shared::funnel::{
    BulkAction, BulkAssign, BulkDeals, BulkMove, BulkNextStep, Funnel, Stage, StageKind,
};
use shared::id::{StageId, UserId};
use std::rc::Rc;
use yew::prelude::*;

/// An action that was asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// What is to be done.
    pub action: BulkAction,
    /// What the owner is called whom it gives the cards to: nobody else on the board may say it.
    pub owner: Option<Rc<str>>,
}

impl From<BulkAction> for Asked {
    fn from(action: BulkAction) -> Self {
        let owner = None;
        Self { action, owner }
    }
}

/// An action that moves cards to a stage.
#[must_use]
pub fn moving(to: StageId) -> BulkAction {
    BulkAction {
        to: Some(BulkMove {
            to_stage_id: to,
            loss_reason: None,
            loss_note: None,
            override_reason: None,
        }),
        ..BulkAction::default()
    }
}

/// What [`StageAsk`] needs.
#[derive(Properties, PartialEq)]
pub struct StageAskProps {
    /// The funnel.
    pub funnel: Rc<Funnel>,
    /// How many cards, in words.
    pub about: AttrValue,
    /// Gets the stage.
    pub on_pick: Callback<StageId>,
    /// Gives up.
    pub on_close: Callback<()>,
}

/// Where to: the stages, a lost one apart from them.
#[component]
pub fn StageAsk(props: &StageAskProps) -> Html {
    use_lang();
    let is_phone = use_phone();
    let pick = |stage: &Stage| {
        let (on_pick, id) = (props.on_pick.clone(), stage.id);
        Callback::from(move |_: MouseEvent| on_pick.emit(id))
    };
    let is_lost = |stage: &&Stage| stage.fields.kind == StageKind::Lost;
    let stages = props.funnel.stages.iter();
    let stages = stages.filter(|stage| stage.takes_deals());
    let body = html! {
        <div class="mv-list">
            for stage in stages.clone().filter(|stage| !is_lost(stage)) {
                <button key={stage.id.to_string()} type="button" onclick={pick(stage)}>
                    { words::stage_glyph(&props.funnel, stage) }
                    <span class="fill"><span class="nm">{ &stage.fields.name }</span><span class="ds">{ &stage.fields.entry_text }</span></span>
                </button>
            }
        </div>
    };
    let footer = html! {
        for stage in stages.filter(is_lost) {
            <Button key={stage.id.to_string()} kind={ButtonKind::Danger} icon={Glyph::Flag} on_click={pick(stage)}>
                { t!("board.mark_lost", stage = stage.fields.name) }
            </Button>
        }
    };
    let title = t!("board.move_to");
    let below = html! { <p class="muted">{ &props.about }</p> };
    let on_close = props.on_close.clone();
    if is_phone {
        html! { <Sheet {title} {below} {footer} {on_close}>{ body }</Sheet> }
    } else {
        html! { <Dialog {title} {below} {footer} {on_close}>{ body }</Dialog> }
    }
}

/// What [`OwnerAsk`] and [`StepAsk`] need.
#[derive(Properties, PartialEq)]
pub struct ActionAskProps {
    /// How many cards, in words.
    pub about: AttrValue,
    /// Gets the action.
    pub on_act: Callback<Asked>,
    /// Gives up.
    pub on_close: Callback<()>,
}

/// Whose the cards become.
#[component]
pub fn OwnerAsk(props: &ActionAskProps) -> Html {
    use_lang();
    let people = use_people();
    let chosen = use_state_eq(String::new);
    let is_tried = use_state_eq(|| false);
    let owner = chosen.parse::<UserId>().ok();
    let onsubmit = {
        let (on_act, is_tried) = (props.on_act.clone(), is_tried.setter());
        let people = people.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let Some(owner_id) = owner else {
                is_tried.set(true);
                return;
            };
            let action = BulkAction {
                assign: Some(BulkAssign { owner_id }),
                ..BulkAction::default()
            };
            let owner = people.iter().find(|user| user.id == owner_id);
            let owner = owner.map(|user| Rc::from(user.name.as_str()));
            on_act.emit(Asked { action, owner });
        })
    };
    let error =
        (*is_tried && owner.is_none()).then(|| AttrValue::from(t!("errors.required").into_owned()));
    let on_change = {
        let chosen = chosen.setter();
        move |id: String| chosen.set(id)
    };
    html! {
        <Dialog title={t!("board.bulk_owner_title")} below={html! { <p class="muted">{ &props.about }</p> }} footer={footer(&props.on_close)} on_close={props.on_close.clone()}>
            <form id="bulk-form" class="form" {onsubmit} novalidate=true>
                <PersonPicker label={t!("board.owner")} value={(*chosen).clone()} none={AttrValue::from(t!("deal.choose_reason").into_owned())} {people} {on_change} {error} />
            </form>
        </Dialog>
    }
}

/// What happens next with the cards; left empty, nothing is planned.
#[component]
pub fn StepAsk(props: &ActionAskProps) -> Html {
    let lang = use_lang();
    let (text, day) = (use_state_eq(String::new), use_state_eq(String::new));
    let fault = use_state_eq(|| None::<String>);
    let onsubmit = {
        let (text, day, fault) = ((*text).clone(), (*day).clone(), fault.setter());
        let on_act = props.on_act.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let text = text.trim().to_owned();
            let action = BulkAction {
                next_step: Some(BulkNextStep {
                    next_step: Some((!text.is_empty()).then_some(text)),
                    next_step_on: Some(day.parse::<NaiveDate>().ok()),
                }),
                ..BulkAction::default()
            };
            let body = BulkDeals {
                action,
                deals: Vec::new(),
            };
            let faults = body.validated().err().unwrap_or_default();
            let wrong = faults
                .iter()
                .find(|fault| fault.pointer.starts_with("/action"));
            match wrong {
                Some(wrong) => fault.set(Some(crate::api::field_message(lang, wrong))),
                None => on_act.emit(body.action.into()),
            }
        })
    };
    let typed = |into: &UseStateHandle<String>| {
        let (into, fault) = (into.setter(), fault.setter());
        Callback::from(move |text: String| {
            into.set(text);
            fault.set(None);
        })
    };
    let error = (*fault).clone().map(AttrValue::from);
    html! {
        <Dialog title={t!("board.bulk_step_title")} below={html! { <p class="muted">{ &props.about }</p> }} footer={footer(&props.on_close)} is_light=false on_close={props.on_close.clone()}>
            <form id="bulk-form" class="form" {onsubmit} novalidate=true>
                <TextField label={t!("deal.field.next_step")} value={(*text).clone()} on_input={typed(&text)} {error} hint={AttrValue::from(t!("board.bulk_step_hint").into_owned())} max_length={500} />
                <TextField label={t!("deal.field.next_step_on")} value={(*day).clone()} on_input={typed(&day)} kind="date" />
            </form>
        </Dialog>
    }
}

fn footer(on_close: &Callback<()>) -> Html {
    html! {
        <>
            <Button on_click={on_close.reform(|_| ())}>{ t!("ui.cancel") }</Button>
            <Button kind={ButtonKind::Primary} is_submit=true form="bulk-form">{ t!("deal.save") }</Button>
        </>
    }
}

/// What [`RefusedList`] needs.
#[derive(Properties, PartialEq)]
pub struct RefusedListProps {
    /// Those refused.
    pub refused: Rc<Vec<Refused>>,
    /// Asked to close.
    pub on_close: Callback<()>,
}

/// The deals an action was refused for, and why.
#[component]
pub fn RefusedList(props: &RefusedListProps) -> Html {
    use_lang();
    let footer = html! {
        <Button kind={ButtonKind::Primary} on_click={props.on_close.reform(|_| ())}>{ t!("ui.close") }</Button>
    };
    html! {
        <Dialog title={t!("board.bulk_refused", n = props.refused.len())} {footer} on_close={props.on_close.clone()}>
            <ul class="refused-list">
                for it in props.refused.iter() {
                    <li key={it.deal.id.to_string()}>
                        <b>{ words::deal_name(&it.deal) }</b>
                        <span>{ &it.why }</span>
                    </li>
                }
            </ul>
        </Dialog>
    }
}
