//! The sheet a move that lacks something ends in: what happened, what is asked, one suggestion, the override.
//!
//! Not an error: the card is back at its place, and the first thing offered is to fill the gap.

use super::body::Criteria;
use super::five::FiveTests;
use super::next_step::NextStepForm;
use super::panel::use_gate;
use super::words;
use crate::format;
use crate::funnel::board::action::BoardAction;
use crate::funnel::words as stage_words;
use crate::i18n::t;
use crate::i18n::{counted, use_lang};
use crate::identity::use_can;
use crate::ui::{
    Button, ButtonKind, ButtonSize, ErrorView, Glyph, Icon, Notice, Sheet, Skeleton, TextArea,
    Tier, Tone, Waiting,
};
use shared::funnel::gate::{GateMiss, MissingKind, Side};
use shared::funnel::{Deal, Funnel, MIN_REASON, Stage};
use shared::id::StageId;
use shared::identity::Permission;
use std::rc::Rc;
use yew::prelude::*;

/// What [`GateSheet`] needs.
#[derive(Properties, Clone, PartialEq)]
pub struct GateSheetProps {
    /// The funnel.
    pub funnel: Rc<Funnel>,
    /// The deal as the server last confirmed it.
    pub deal: Rc<Deal>,
    /// The stage it should go to.
    pub to: StageId,
    /// Gets what is done: the move after all, by right or with a reason.
    pub act: Callback<BoardAction>,
    /// Gets the deal as it is after a change.
    pub on_deal: Callback<Deal>,
    /// It is left; the card stays where it is.
    pub on_left: Callback<()>,
}

/// What a move lacks.
#[component]
pub fn GateSheet(props: &GateSheetProps) -> Html {
    let lang = use_lang();
    let can_override = use_can(Permission::OverrideGate);
    let can_edit = use_can(Permission::EditDeals);
    let gate = use_gate(&props.deal, &props.on_deal);
    let reason = use_state_eq(String::new);
    let is_tried = use_state_eq(|| false);
    let find = |id: StageId| props.funnel.stages.iter().find(|stage| stage.id == id);
    let (Some(from), Some(to)) = (find(props.deal.stage_id), find(props.to)) else {
        return Html::default();
    };
    let miss = gate.sheet.as_ref().and_then(|sheet| {
        super::miss(
            &props.funnel,
            &props.deal,
            props.to,
            &sheet.facts,
            format::now(),
        )
    });
    let missing = miss.as_ref().map_or(0, |miss| miss.missing.len());
    let is_known = gate.sheet.is_some();
    let title = match (is_known, missing) {
        (false, _) => AttrValue::from(t!("gate.looking", stage = to.fields.name).into_owned()),
        (true, 0) => t!("gate.all_met", stage = to.fields.name)
            .into_owned()
            .into(),
        (true, count) => counted(lang, "gate.title", i64::try_from(count).unwrap_or(0)),
    };
    let path = html! {
        <div class="path">
            { stage_words::stage_glyph(&props.funnel, from) }{ &from.fields.name }
            <Icon glyph={Glyph::Arrow} />
            { stage_words::stage_glyph(&props.funnel, to) }{ &to.fields.name }
        </div>
    };
    let deal = &props.deal;
    let below = html! {
        <p class="gate-deal">
            if let Some(tier) = deal.account_tier { <Tier letter={tier.as_ref().chars().next().unwrap_or('C')} label={t!("board.tier", tier = tier.as_ref())} /> }
            <b>{ stage_words::account_name(deal) }</b>
            <span class="trunc">{ &deal.title }</span>
            <span class="num">{ format!("\u{b7} {}", stage_words::amount(lang, deal)) }</span>
        </p>
    };
    let go = {
        let act = props.act.clone();
        Callback::from(move |reason: Option<String>| {
            act.emit(BoardAction::GateTried {
                reason,
                at: format::now(),
            })
        })
    };
    let leave = props.on_left.reform(|_: MouseEvent| ());
    let is_short = reason.trim().chars().count() < MIN_REASON;
    let override_it = {
        let (go, reason, is_tried) = (go.clone(), reason.clone(), is_tried.setter());
        Callback::from(move |_: MouseEvent| {
            if is_short {
                is_tried.set(true);
            } else {
                go.emit(Some(reason.trim().to_owned()));
            }
        })
    };
    let footer = if missing == 0 {
        html! {
            <>
                <Button kind={ButtonKind::Ghost} on_click={leave}>{ t!("gate.stay") }</Button>
                <Button kind={ButtonKind::Primary} is_disabled={!is_known} on_click={go.reform(|_: MouseEvent| None)}>{ t!("gate.go_on", stage = to.fields.name) }</Button>
            </>
        }
    } else {
        html! {
            <div class="override">
                if can_override {
                    <TextArea label={t!("gate.override_label")} value={(*reason).clone()} on_input={let reason = reason.setter(); move |text| reason.set(text)} error={(*is_tried && is_short).then(|| AttrValue::from(t!("gate.override_short", n = MIN_REASON).into_owned()))} rows={2} max_length={500} />
                } else {
                    <p class="muted t12">{ t!("gate.ask_manager") }</p>
                }
                <div class="row">
                    <Button kind={ButtonKind::Ghost} on_click={leave}>{ t!("gate.stay") }</Button>
                    <span class="push" />
                    if can_override { <Button on_click={override_it}>{ t!("gate.override_it") }</Button> }
                    if can_edit { <Button kind={ButtonKind::Primary} on_click={fill(miss.as_ref())}>{ counted(lang, "gate.fill", i64::try_from(missing).unwrap_or(0)) }</Button> }
                </div>
            </div>
        }
    };
    let body = match (&gate.sheet, &gate.error) {
        (Some(sheet), _) => {
            let on_way: Vec<(Rc<Stage>, Side)> = super::way(&props.funnel, deal, to)
                .into_iter()
                .map(|(stage, side)| (Rc::new(stage.clone()), side))
                .collect();
            html! {
                <>
                    { others(miss.as_ref(), &props.funnel) }
                    for (stage, side) in &on_way {
                        <Criteria key={format!("{}-{side:?}", stage.id)} stage={stage.clone()} side={*side} deal={deal.clone()} sheet={sheet.clone()} people={gate.people.clone()} {can_edit} is_named={on_way.len() > 1} on_change={gate.on_change.clone()} />
                    }
                    if miss.as_ref().is_some_and(|miss| miss.missing.iter().any(|item| item.kind == MissingKind::NextStep)) {
                        <section class="gate-s" id="gate-next-step" aria-label={t!("gate.next_step_asked")}>
                            <header><h3>{ t!("gate.next_step_asked") }</h3></header>
                            <NextStepForm deal={deal.clone()} on_deal={props.on_deal.clone()} />
                        </section>
                    }
                    if let Some(rule) = on_way.iter().find_map(|(stage, side)| stage.gate.tests.filter(|_| *side == Side::Exit)) {
                        <FiveTests deal={deal.clone()} sheet={sheet.clone()} {rule} is_asked=true {can_edit} on_change={gate.on_change.clone()} />
                    }
                    { suggestion(props, miss.as_ref()) }
                </>
            }
        }
        (None, Some(error)) => {
            html! { <ErrorView error={error.clone()} on_retry={Some(gate.reload.clone())} /> }
        }
        (None, None) => html! { <Waiting><Skeleton lines={6} /></Waiting> },
    };
    html! {
        <Sheet {title} above={path} {below} {footer} is_light=false on_close={props.on_left.clone()}>
            <div class="gate">{ body }</div>
        </Sheet>
    }
}

/// What is missing and is no criterion: a stage that must not be skipped, a way back that is closed.
fn others(miss: Option<&GateMiss>, funnel: &Funnel) -> Html {
    let items = miss.into_iter().flat_map(|miss| &miss.missing);
    let items = items.filter(|item| {
        matches!(
            item.kind,
            MissingKind::StageSkipped | MissingKind::GoingBack
        )
    });
    let name = |id: StageId| {
        let stage = funnel.stages.iter().find(|stage| stage.id == id);
        stage.map_or("", |stage| stage.fields.name.as_str())
    };
    html! {
        for item in items {
            <section key={item.stage_id.to_string()} class="gate-s">
                <Notice tone={Tone::Warning}>{ format!("{} \u{b7} {}", name(item.stage_id), words::missing(item)) }</Notice>
            </section>
        }
    }
}

/// One step back, where the stage asks for it.
fn suggestion(props: &GateSheetProps, miss: Option<&GateMiss>) -> Html {
    let back = miss.and_then(|miss| miss.step_back);
    let stage = back.and_then(|id| props.funnel.stages.iter().find(|stage| stage.id == id));
    let Some(stage) = stage else {
        return Html::default();
    };
    let (act, deal, to) = (props.act.clone(), props.deal.id, stage.id);
    let step = Callback::from(move |_: MouseEvent| {
        let at = format::now();
        act.emit(BoardAction::GateShown { deal, to, at });
        act.emit(BoardAction::GateTried { reason: None, at });
    });
    let action = html! { <Button size={ButtonSize::Small} on_click={step}>{ t!("gate.step_back") }</Button> };
    html! {
        <section class="gate-s">
            <Notice tone={Tone::Neutral} {action}>{ t!("gate.must_step_back", stage = stage.fields.name) }</Notice>
        </section>
    }
}

/// Brings the first thing that is missing into view, its button under the keys.
fn fill(miss: Option<&GateMiss>) -> Callback<MouseEvent> {
    let first = miss.and_then(|miss| miss.missing.first());
    let target = first.map(|item| match (item.kind, item.criterion_id) {
        (MissingKind::NextStep, _) => "gate-next-step".to_owned(),
        (_, Some(id)) => format!("criterion-{id}"),
        _ => String::new(),
    });
    Callback::from(move |_: MouseEvent| {
        if let Some(target) = &target {
            crate::browser::focus_within(target);
        }
    })
}
