//! The stages of a deal's funnel as steps; a press moves the deal, through the board's own reducer.

use crate::format;
use crate::funnel::board::action::BoardAction;
use crate::funnel::board::lost::LostDialog;
use crate::funnel::board::mover::{MoverPorts, use_mover};
use crate::funnel::board::moves::{Input, Place};
use crate::funnel::board::state::BoardState;
use crate::funnel::gate::GateSheet;
use crate::funnel::words;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::ui::{Button, ButtonKind, ButtonSize, Glyph};
use shared::funnel::{Deal, Funnel, StageKind};
use shared::id::StageId;
use std::rc::Rc;
use yew::prelude::*;

/// What [`Stepper`] needs.
#[derive(Properties, PartialEq)]
pub struct StepperProps {
    /// The funnel.
    pub funnel: Rc<Funnel>,
    /// The deal.
    pub deal: Rc<Deal>,
    /// Whether it may be moved.
    pub can_edit: bool,
    /// Gets the deal as the server has it after a move.
    pub on_deal: Callback<Deal>,
    /// What is shown can no longer be trusted.
    pub on_reload: Callback<()>,
}

/// The stages of a deal.
#[component]
pub fn Stepper(props: &StepperProps) -> Html {
    use_lang();
    let state = use_reducer(|| BoardState::of_deal(&props.funnel, &props.deal));
    use_effect_with(props.deal.clone(), {
        let state = state.dispatcher();
        move |deal| state.dispatch(BoardAction::DealSeen(Box::new((**deal).clone())))
    });
    use_mover(
        &state,
        &MoverPorts {
            on_settled: props.on_deal.clone(),
            on_reload: props.on_reload.clone(),
        },
    );
    let id = props.deal.id;
    let go = {
        let state = state.clone();
        Callback::from(move |stage: StageId| {
            state.dispatch(BoardAction::Lifted {
                deal: id,
                input: Input::Stepper,
            });
            state.dispatch(BoardAction::MovedOver(Some(Place::top(stage))));
            state.dispatch(BoardAction::Dropped(format::now()));
        })
    };
    let at = state
        .place_of(id)
        .and_then(|place| place.lane.stage())
        .unwrap_or(props.deal.stage_id);
    let is_moving = state.is_pending(id);
    let list = use_node_ref();
    // On a narrow screen the steps scroll; the present one comes into view without moving the page.
    use_effect_with(at, {
        let list = list.clone();
        move |_| {
            let list = list.cast::<web_sys::HtmlElement>();
            let now = list
                .as_ref()
                .and_then(|list| list.query_selector(".is-now").ok().flatten());
            if let Some((list, now)) = list.zip(now) {
                let (outer, inner) = (
                    list.get_bounding_client_rect(),
                    now.get_bounding_client_rect(),
                );
                let off = inner.left() + inner.width() / 2.0 - outer.left() - outer.width() / 2.0;
                list.scroll_by_with_x_and_y(off, 0.0);
            }
        }
    });
    let position = props
        .funnel
        .stages
        .iter()
        .position(|stage| stage.id == at)
        .unwrap_or(0);
    let is_lost = props
        .funnel
        .stages
        .get(position)
        .is_some_and(|stage| stage.fields.kind == StageKind::Lost);
    let (lost, steps): (Vec<_>, Vec<_>) = props
        .funnel
        .stages
        .iter()
        .partition(|stage| stage.fields.kind == StageKind::Lost);
    html! {
        <div class="stepper-row">
            <ol ref={list} class={classes!("stepper", is_moving.then_some("is-moving"))} aria-label={t!("deal.stages")} aria-busy={is_moving.then_some("true")}>
                for (index, stage) in steps.iter().enumerate() {
                    <li key={stage.id.to_string()} class={classes!((!is_lost && index < position).then_some("is-done"), (stage.id == at).then_some("is-now"))}>
                        <button
                            type="button"
                            aria-current={(stage.id == at).then_some("step")}
                            aria-disabled={(!props.can_edit).then_some("true")}
                            title={stage.fields.definition.clone()}
                            onclick={step(&go, stage.id, props.can_edit && stage.id != at)}
                        >
                            { words::stage_glyph(&props.funnel, stage) }
                            <span class="trunc">{ &stage.fields.name }</span>
                        </button>
                    </li>
                }
            </ol>
            if props.can_edit {
                for stage in lost.iter().filter(|stage| stage.id != at) {
                    <Button key={stage.id.to_string()} kind={ButtonKind::Danger} size={ButtonSize::Small} icon={Glyph::Flag} on_click={step(&go, stage.id, true)}>
                        { t!("board.mark_lost", stage = stage.fields.name) }
                    </Button>
                }
            }
            { reason(&state) }
            { gate(props, &state) }
        </div>
    }
}

fn step(go: &Callback<StageId>, stage: StageId, may: bool) -> Callback<MouseEvent> {
    let go = go.clone();
    Callback::from(move |_: MouseEvent| {
        if may {
            go.emit(stage);
        }
    })
}

/// What a move lacks.
fn gate(props: &StepperProps, state: &UseReducerHandle<BoardState>) -> Html {
    let Some(blocked) = state.blocked() else {
        return Html::default();
    };
    let dispatch = state.dispatcher();
    let act = Callback::from(move |action: BoardAction| dispatch.dispatch(action));
    html! {
        <GateSheet
            funnel={props.funnel.clone()}
            deal={props.deal.clone()}
            to={blocked.to()}
            on_left={act.reform(|()| BoardAction::GateLeft)}
            {act}
            on_deal={props.on_deal.clone()}
        />
    }
}

fn reason(state: &UseReducerHandle<BoardState>) -> Html {
    let Some(asking) = state.asking() else {
        return Html::default();
    };
    let deal = asking.card.clone();
    let on_give = {
        let state = state.dispatcher();
        Callback::from(move |(reason, note)| {
            state.dispatch(BoardAction::ReasonGiven { reason, note })
        })
    };
    let on_decline = {
        let state = state.dispatcher();
        Callback::from(move |()| state.dispatch(BoardAction::ReasonDeclined))
    };
    html! { <LostDialog about={words::deal_name(&deal)} {on_give} {on_decline} /> }
}
