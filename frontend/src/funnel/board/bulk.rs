//! The bar below the board while cards are chosen: how many, and what to do with all of them at once.

use super::action::BoardAction;
use super::bulk_ask::{Asked, OwnerAsk, RefusedList, StageAsk, StepAsk, moving};
use super::focus::{Latest, focus_card};
use super::lost::LostDialog;
use super::mover::TOAST;
use super::moves::{BulkId, OpId};
use super::select::SelectAction;
use super::together::{Outcome, Refused, Seen, send, summary};
use crate::api::use_api;
use crate::browser;
use crate::format;
use crate::i18n::t;
use crate::i18n::{counted, use_lang};
use crate::identity::use_can;
use crate::load::use_here;
use crate::ui::{Button, ButtonKind, Glyph, Toast, use_toasts};
use shared::funnel::{Deal, Funnel, StageKind};
use shared::id::{DealId, StageId};
use shared::identity::Permission;
use std::rc::Rc;
use yew::prelude::*;

/// What [`BulkBar`] needs.
#[derive(Properties)]
pub struct BulkBarProps {
    /// The funnel.
    pub funnel: Rc<Funnel>,
    /// The cards chosen, in the board's order.
    pub cards: Rc<Vec<Rc<Deal>>>,
    /// The board as last drawn.
    pub latest: Latest,
    /// Takes back a move with those made together with it.
    pub undo: Callback<OpId>,
    /// Gets each deal as the server said it is.
    pub on_settled: Callback<Deal>,
    /// Changes what is chosen.
    pub select: Callback<SelectAction>,
}

impl PartialEq for BulkBarProps {
    fn eq(&self, other: &Self) -> bool {
        // The board is looked at when something is pressed, so it needs no drawing.
        self.funnel == other.funnel
            && self.cards == other.cards
            && self.undo == other.undo
            && self.on_settled == other.on_settled
            && self.select == other.select
    }
}

/// What is asked.
#[derive(Debug, Clone, PartialEq)]
enum Ask {
    Nothing,
    Stage,
    Lost(StageId),
    Owner,
    Step,
    Refused(Rc<Vec<Refused>>),
}

/// The bar, and what it asks.
#[component]
pub fn BulkBar(props: &BulkBarProps) -> Html {
    let lang = use_lang();
    let can_assign = use_can(Permission::AssignOwner);
    let ask = use_state_eq(|| Ask::Nothing);
    let is_busy = use_state_eq(|| false);
    let count = i64::try_from(props.cards.len()).unwrap_or(i64::MAX);
    use_escape(count > 0, &props.latest, &props.select);
    use_focus_back(props.cards.first().map(|card| card.id), &props.latest);

    let close = {
        let ask = ask.setter();
        Callback::from(move |()| ask.set(Ask::Nothing))
    };
    let opens = |what: Ask| {
        let ask = ask.setter();
        Callback::from(move |_: MouseEvent| ask.set(what.clone()))
    };
    let on_act = use_act(props, &ask, &is_busy);
    let about = counted(lang, "board.chosen", count);
    let question = match &*ask {
        Ask::Nothing => Html::default(),
        Ask::Stage => {
            let (funnel, ask, on_act) = (props.funnel.clone(), ask.setter(), on_act.clone());
            let on_pick = Callback::from(move |stage: StageId| {
                let kind = funnel.stages.iter().find(|known| known.id == stage);
                match kind.map(|known| known.fields.kind) {
                    Some(StageKind::Lost) => ask.set(Ask::Lost(stage)),
                    _ => on_act.emit(moving(stage).into()),
                }
            });
            html! { <StageAsk funnel={props.funnel.clone()} {about} {on_pick} on_close={close} /> }
        }
        Ask::Lost(stage) => {
            let (stage, on_act) = (*stage, on_act.clone());
            let on_give = Callback::from(move |(reason, note)| {
                let mut action = moving(stage);
                if let Some(to) = &mut action.to {
                    to.loss_reason = Some(reason);
                    to.loss_note = note;
                }
                on_act.emit(action.into());
            });
            html! { <LostDialog {about} {on_give} on_decline={close} /> }
        }
        Ask::Owner => html! { <OwnerAsk {about} {on_act} on_close={close} /> },
        Ask::Step => html! { <StepAsk {about} {on_act} on_close={close} /> },
        Ask::Refused(refused) => {
            html! { <RefusedList refused={refused.clone()} on_close={close} /> }
        }
    };
    let clear = props.select.reform(|_: MouseEvent| SelectAction::Cleared);
    html! {
        <>
            if count > 0 {
                <div class="bulk-bar" role="group" aria-label={t!("board.bulk")}>
                    <b class="num">{ counted(lang, "board.chosen", count) }</b>
                    <Button kind={ButtonKind::Primary} icon={Glyph::Swap} is_busy={*is_busy} on_click={opens(Ask::Stage)}>{ t!("board.move_to") }</Button>
                    if can_assign {
                        <Button icon={Glyph::User} is_disabled={*is_busy} on_click={opens(Ask::Owner)}>{ t!("board.bulk_owner") }</Button>
                    }
                    <Button icon={Glyph::Calendar} is_disabled={*is_busy} on_click={opens(Ask::Step)}>{ t!("board.bulk_step") }</Button>
                    <Button kind={ButtonKind::Ghost} on_click={clear}>{ t!("board.bulk_clear") }</Button>
                </div>
            }
            { question }
        </>
    }
}

/// Gives the focus to the card that was chosen first when the bar goes and takes the focus with it.
#[hook]
fn use_focus_back(first: Option<DealId>, latest: &Latest) {
    let before = use_mut_ref(|| None::<DealId>);
    let latest = latest.clone();
    use_effect_with(first, move |first| {
        let last = before.replace(*first);
        let is_lost = browser::focused().is_none_or(|element| element.tag_name() == "BODY");
        if let Some(last) = last.filter(|_| first.is_none() && is_lost) {
            focus_card(&latest, last);
        }
    });
}

/// Escape chooses nothing, unless a card is in the air or something else takes the key.
#[hook]
fn use_escape(is_on: bool, latest: &Latest, select: &Callback<SelectAction>) {
    let latest = latest.clone();
    use_effect_with((is_on, select.clone()), move |(is_on, select)| {
        let select = select.clone();
        let document = browser::document().filter(|_| *is_on);
        let listener = document.map(|document| {
            gloo::events::EventListener::new(&document, "keydown", move |event| {
                let key = wasm_bindgen::JsCast::dyn_ref::<KeyboardEvent>(event);
                let is_escape = key.is_some_and(|key| key.key() == "Escape");
                let is_taken = event.default_prevented()
                    || super::grip::is_on(event, "input, textarea, select, dialog, [popover]")
                    || latest.borrow().drag().is_some();
                if is_escape && !is_taken {
                    select.emit(SelectAction::Cleared);
                }
            })
        });
        move || drop(listener)
    });
}

/// Sends an action for the cards chosen, and tells what became of it.
#[hook]
fn use_act(
    props: &BulkBarProps,
    ask: &UseStateHandle<Ask>,
    is_busy: &UseStateHandle<bool>,
) -> Callback<Asked> {
    let (api, lang, toasts, here) = (use_api(), use_lang(), use_toasts(), use_here());
    let (ask, busy) = (ask.setter(), is_busy.clone());
    let next = use_mut_ref(BulkId::default);
    let (cards, latest) = (props.cards.clone(), props.latest.clone());
    let (undo, on_settled, select) = (
        props.undo.clone(),
        props.on_settled.clone(),
        props.select.clone(),
    );
    Callback::from(move |Asked { action, owner }: Asked| {
        ask.set(Ask::Nothing);
        if *busy || cards.is_empty() {
            return;
        }
        busy.set(true);
        let state = latest.borrow().clone();
        let seen: Vec<Seen> = cards.iter().map(|card| state.seen(card)).collect();
        let origins = match action.to {
            Some(_) => state.origins(&cards),
            None => Vec::new(),
        };
        let bulk = {
            let mut next = next.borrow_mut();
            *next += 1;
            *next
        };
        state.dispatch(BoardAction::Together {
            bulk,
            action: Box::new(action.clone()),
            owner,
            cards: cards.clone(),
            at: format::now(),
        });
        let (api, toasts, ask, busy) = (api.clone(), toasts.clone(), ask.clone(), busy.setter());
        let (latest, undo, here) = (latest.clone(), undo.clone(), here.clone());
        let (on_settled, select) = (on_settled.clone(), select.clone());
        browser::spawn(async move {
            let outcome = send(&api, lang, &action, &seen).await;
            busy.set(false);
            let moved = action.to.is_some().then(|| outcome.done.first().cloned());
            let state = latest.borrow().clone();
            for action in outcome.actions(Some(bulk), origins) {
                state.dispatch(action);
            }
            for deal in &outcome.done {
                on_settled.emit(deal.clone());
            }
            select.emit(SelectAction::Kept(still_chosen(&outcome)));
            let toast = match outcome.refused.is_empty() {
                true => Toast::done(summary(lang, &outcome)),
                false => Toast::failed(summary(lang, &outcome)),
            };
            let toast = match moved.flatten() {
                _ if !outcome.refused.is_empty() => {
                    let refused = Rc::new(outcome.refused);
                    let show = Callback::from(move |()| ask.set(Ask::Refused(refused.clone())));
                    toast.with_action(t!("board.bulk_why", locale = lang.tag()), show)
                }
                Some(first) => {
                    let back = Callback::from(move |()| {
                        let op = latest.borrow().move_of(&first);
                        undo.emit(op.unwrap_or_default());
                    });
                    toast.with_action(t!("board.undo", locale = lang.tag()), back)
                }
                None => toast,
            };
            // What the button needs is gone where the board was left.
            let toast = if here.get() { toast } else { toast.plain() };
            toasts.show(toast.keyed(TOAST));
        });
    })
}

/// Those refused stay chosen, for another try.
fn still_chosen(outcome: &Outcome) -> Vec<DealId> {
    let there = outcome.refused.iter().filter(|it| !it.is_gone);
    there.map(|it| it.deal.id).collect()
}
