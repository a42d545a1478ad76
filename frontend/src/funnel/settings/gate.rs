//! The editor of what a stage asks: criteria put together from evidence and facts, without code.

use super::condition::{Condition, Conditions};
use crate::api::use_api;
use crate::browser;
use crate::i18n::t;
use crate::i18n::{Lang, use_lang};
use crate::load::use_load;
use crate::ui::{
    Button, ButtonKind, ButtonSize, CheckBox, Choice, Dialog, ErrorView, Glyph, IconButton,
    SelectField, Skeleton, TextField, Toast, Waiting, use_toasts,
};
use shared::check::Validate;
use shared::error::{ErrorCode, FieldError};
use shared::funnel::gate::{
    Criterion, GoingBack, MAX_CRITERIA, OnMiss, Rule, Side, Skipping, StageGate,
};
use shared::funnel::{GateVersion, Stage, TestsRule};
use shared::id::CriterionId;
use std::rc::Rc;
use yew::prelude::*;

/// What [`GateDialog`] needs.
#[derive(Properties, PartialEq)]
pub struct GateDialogProps {
    /// The stage.
    pub stage: Rc<Stage>,
    /// Whether it may be changed.
    pub can_edit: bool,
    /// It was changed.
    pub on_saved: Callback<()>,
    /// Asked to close.
    pub on_close: Callback<()>,
}

/// What a stage asks.
#[component]
pub fn GateDialog(props: &GateDialogProps) -> Html {
    use_lang();
    let api = use_api();
    let gate = use_load(props.stage.id, move |id| {
        let api = api.clone();
        async move { api.stage_gate(id).await }
    });
    let title = t!("gate.edit.settings_of", stage = props.stage.fields.name);
    match (&gate.loaded.data, &gate.loaded.error) {
        (Some(data), _) => html! {
            <Form key={data.version} stage={props.stage.clone()} version={data.clone()} can_edit={props.can_edit} on_saved={props.on_saved.clone()} on_stale={gate.reload.clone()} on_close={props.on_close.clone()} />
        },
        (None, error) => html! {
            <Dialog {title} is_wide=true on_close={props.on_close.clone()}>
                if let Some(error) = error.clone().filter(|_| !gate.loaded.is_busy) {
                    <ErrorView {error} on_retry={Some(gate.reload.clone())} />
                } else {
                    <Waiting><Skeleton lines={6} /></Waiting>
                }
            </Dialog>
        },
    }
}

#[derive(Properties, PartialEq)]
struct FormProps {
    stage: Rc<Stage>,
    version: Rc<GateVersion>,
    can_edit: bool,
    on_saved: Callback<()>,
    on_stale: Callback<()>,
    on_close: Callback<()>,
}

#[component]
fn Form(props: &FormProps) -> Html {
    let lang = use_lang();
    let (api, toasts) = (use_api(), use_toasts());
    let gate = use_state_eq(|| props.version.gate.clone());
    let faults = use_state_eq(Vec::<FieldError>::new);
    let is_busy = use_state_eq(|| false);
    let change = {
        let gate = gate.clone();
        Callback::from(move |next: StageGate| gate.set(next))
    };
    let save = {
        let (gate, faults, is_busy) = (gate.clone(), faults.setter(), is_busy.clone());
        let (stage, version) = (props.stage.id, props.version.version);
        let (on_saved, on_stale) = (props.on_saved.clone(), props.on_stale.clone());
        let on_close = props.on_close.clone();
        Callback::from(move |_: MouseEvent| {
            if let Err(found) = gate.validated() {
                return faults.set(found);
            }
            is_busy.set(true);
            let (api, toasts, body) = (api.clone(), toasts.clone(), (*gate).clone());
            let (faults, is_busy) = (faults.clone(), is_busy.setter());
            let (on_saved, on_stale) = (on_saved.clone(), on_stale.clone());
            let on_close = on_close.clone();
            browser::spawn(async move {
                match api.set_stage_gate(stage, version, &body).await {
                    Ok(saved) => {
                        let text = t!("gate.edit.saved", locale = lang.tag(), n = saved.version);
                        toasts.show(Toast::done(text));
                        on_saved.emit(());
                        on_close.emit(());
                    }
                    Err(error) if error.code() == Some(ErrorCode::Stale) => {
                        toasts.show(Toast::failed(t!("gate.edit.stale", locale = lang.tag())));
                        on_stale.emit(());
                    }
                    Err(error) => {
                        faults.set(error.fields().to_vec());
                        toasts.show(Toast::failed(error.message(lang)));
                    }
                }
                is_busy.set(false);
            });
        })
    };
    let add = {
        let (gate, change) = (gate.clone(), change.clone());
        Callback::from(move |_: MouseEvent| {
            let mut next = (*gate).clone();
            next.criteria.push(Criterion {
                id: CriterionId(uuid::Uuid::now_v7()),
                side: Side::Exit,
                name: String::new(),
                hint: String::new(),
                weight: 1,
                mandatory: true,
                rule: Rule::Evidence,
            });
            change.emit(next);
        })
    };
    let on_criterion = {
        let (gate, change) = (gate.clone(), change.clone());
        Callback::from(move |(index, new): (usize, Option<Criterion>)| {
            let mut next = (*gate).clone();
            match new {
                Some(new) => {
                    if let Some(old) = next.criteria.get_mut(index) {
                        *old = new;
                    }
                }
                None => {
                    next.criteria.remove(index);
                }
            }
            change.emit(next);
        })
    };
    let footer = html! {
        if props.can_edit {
            <Button on_click={props.on_close.reform(|_| ())}>{ t!("ui.cancel") }</Button>
            <Button kind={ButtonKind::Primary} is_busy={*is_busy} on_click={save}>{ t!("gate.edit.save") }</Button>
        }
    };
    let below =
        html! { <p class="muted t12">{ t!("gate.edit.version", n = props.version.version) }</p> };
    html! {
        <Dialog title={t!("gate.edit.settings_of", stage = props.stage.fields.name)} {below} {footer} is_wide=true is_light=false on_close={props.on_close.clone()}>
            <fieldset class="gate-editor" disabled={!props.can_edit}>
                if gate.criteria.is_empty() { <p class="muted">{ t!("gate.edit.none_yet") }</p> }
                for (index, criterion) in gate.criteria.iter().enumerate() {
                    <CriterionForm
                        key={criterion.id.to_string()}
                        {index}
                        criterion={Rc::new(criterion.clone())}
                        faults={Rc::new((*faults).clone())}
                        can_edit={props.can_edit}
                        on_change={on_criterion.clone()}
                    />
                }
                if props.can_edit && gate.criteria.len() < MAX_CRITERIA {
                    <div class="row"><Button icon={Glyph::Plus} on_click={add}>{ t!("gate.edit.add_criterion") }</Button></div>
                }
                <Rest gate={Rc::new((*gate).clone())} faults={Rc::new((*faults).clone())} on_change={change} />
            </fieldset>
        </Dialog>
    }
}

/// The words of a fault at a pointer, if there is one.
fn fault(lang: Lang, faults: &[FieldError], pointer: &str) -> Option<AttrValue> {
    let fault = faults.iter().find(|fault| fault.pointer == pointer)?;
    Some(crate::api::field_message(lang, fault).into())
}

#[derive(Properties, PartialEq)]
struct CriterionFormProps {
    index: usize,
    criterion: Rc<Criterion>,
    faults: Rc<Vec<FieldError>>,
    can_edit: bool,
    on_change: Callback<(usize, Option<Criterion>)>,
}

#[component]
fn CriterionForm(props: &CriterionFormProps) -> Html {
    let lang = use_lang();
    let (index, criterion) = (props.index, &props.criterion);
    let base = format!("/criteria/{index}");
    let at = |field: &str| fault(lang, &props.faults, &format!("{base}/{field}"));
    let emit = {
        let (criterion, on_change) = (criterion.clone(), props.on_change.clone());
        move |change: &dyn Fn(&mut Criterion)| {
            let mut next = (*criterion).clone();
            change(&mut next);
            on_change.emit((index, Some(next)));
        }
    };
    let typed = |change: fn(&mut Criterion, String)| {
        let emit = emit.clone();
        Callback::from(move |text: String| {
            emit(&|criterion| change(criterion, text.clone()));
        })
    };
    let sides = vec![
        Choice::new("exit", t!("gate.exit").into_owned()),
        Choice::new("entry", t!("gate.entry").into_owned()),
    ];
    let weights: Vec<_> = (1..=10)
        .map(|weight| Choice::new(weight.to_string(), weight.to_string()))
        .collect();
    let conditions = Conditions::read(&criterion.rule);
    let on_conditions = {
        let emit = emit.clone();
        Callback::from(move |conditions: Conditions| {
            emit(&|criterion| criterion.rule = conditions.rule());
        })
    };
    // A fault in a rule is told at the rule; its parts have no place of their own.
    let in_rule = props
        .faults
        .iter()
        .find(|fault| fault.pointer.starts_with(&format!("{base}/rule")))
        .map(|fault| crate::api::field_message(lang, fault));
    html! {
        <div class="one">
            <div class="row">
                <span class="fill"><TextField label={t!("gate.edit.name")} value={criterion.name.clone()} on_input={typed(|criterion, text| criterion.name = text)} error={at("name")} is_required=true max_length={120} /></span>
                if props.can_edit {
                    <IconButton glyph={Glyph::Trash} label={t!("gate.edit.remove", name = criterion.name)} on_click={props.on_change.reform(move |_| (index, None))} />
                }
            </div>
            <TextField label={t!("gate.edit.hint")} value={criterion.hint.clone()} on_input={typed(|criterion, text| criterion.hint = text)} error={at("hint")} max_length={300} />
            <div class="two">
                <SelectField label={t!("gate.edit.side")} value={if criterion.side == Side::Exit { "exit" } else { "entry" }} choices={sides} on_change={typed(|criterion, text| criterion.side = if text == "entry" { Side::Entry } else { Side::Exit }).reform(|value: AttrValue| value.to_string())} />
                <SelectField label={t!("gate.edit.weight")} value={criterion.weight.to_string()} choices={weights} on_change={typed(|criterion, text| criterion.weight = text.parse().unwrap_or(1)).reform(|value: AttrValue| value.to_string())} error={at("weight")} />
            </div>
            <CheckBox label={t!("gate.edit.mandatory")} hint={AttrValue::from(t!("gate.edit.mandatory_hint").into_owned())} is_checked={criterion.mandatory} on_change={let emit = emit.clone(); move |is| emit(&|criterion| criterion.mandatory = is)} />
            if let Some(conditions) = conditions {
                <Condition {conditions} on_change={on_conditions} />
            } else {
                <p class="muted t12">{ t!("gate.edit.nested") }</p>
            }
            if let Some(text) = in_rule { <p class="hint err">{ text }</p> }
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct RestProps {
    gate: Rc<StageGate>,
    faults: Rc<Vec<FieldError>>,
    on_change: Callback<StageGate>,
}

/// What the stage asks besides its criteria.
#[component]
fn Rest(props: &RestProps) -> Html {
    let lang = use_lang();
    let gate = &props.gate;
    let emit = {
        let (gate, on_change) = (gate.clone(), props.on_change.clone());
        move |change: &dyn Fn(&mut StageGate)| {
            let mut next = (*gate).clone();
            change(&mut next);
            on_change.emit(next);
        }
    };
    let chosen = |change: fn(&mut StageGate, &str)| {
        let emit = emit.clone();
        Callback::from(move |value: AttrValue| emit(&|gate| change(gate, &value)))
    };
    let choice = |value: &'static str, words: std::borrow::Cow<'static, str>| {
        Choice::new(value, words.into_owned())
    };
    let tests = gate.tests;
    let weights = tests.map(|tests| tests.weights.by_fact());
    let on_weight = |place: usize| {
        let emit = emit.clone();
        Callback::from(move |text: String| {
            emit(&|gate| {
                if let Some(tests) = &mut gate.tests {
                    let of = &mut tests.weights;
                    let parts = [
                        &mut of.budget,
                        &mut of.timing,
                        &mut of.fit,
                        &mut of.worth,
                        &mut of.win,
                    ];
                    if let Some(part) = parts.into_iter().nth(place) {
                        *part = text.trim().parse().unwrap_or(-1);
                    }
                }
            });
        })
    };
    let on_points = {
        let emit = emit.clone();
        Callback::from(move |text: String| {
            emit(&|gate| {
                if let Some(tests) = &mut gate.tests {
                    tests.at_least = text.trim().parse().unwrap_or(-1);
                }
            });
        })
    };
    html! {
        <div class="one">
            <h3>{ t!("gate.edit.more") }</h3>
            <div class="three">
                <SelectField label={t!("gate.edit.on_miss")} value={if gate.on_miss == OnMiss::Stay { "stay" } else { "back" }} choices={vec![choice("stay", t!("gate.edit.stay")), choice("back", t!("gate.edit.step_back"))]} on_change={chosen(|gate, value| gate.on_miss = if value == "back" { OnMiss::StepBack } else { OnMiss::Stay })} />
                <SelectField label={t!("gate.edit.skipping")} value={match gate.skipping { Skipping::Judged => "judged", Skipping::Free => "free", Skipping::Refused => "refused" }} choices={vec![choice("judged", t!("gate.edit.judged")), choice("free", t!("gate.edit.free")), choice("refused", t!("gate.edit.refused"))]} on_change={chosen(|gate, value| gate.skipping = match value { "free" => Skipping::Free, "refused" => Skipping::Refused, _ => Skipping::Judged })} />
                <SelectField label={t!("gate.edit.going_back")} value={match gate.going_back { GoingBack::Free => "free", GoingBack::OneStage => "one", GoingBack::Refused => "refused" }} choices={vec![choice("free", t!("gate.edit.free")), choice("one", t!("gate.edit.one_stage")), choice("refused", t!("gate.edit.refused"))]} on_change={chosen(|gate, value| gate.going_back = match value { "one" => GoingBack::OneStage, "refused" => GoingBack::Refused, _ => GoingBack::Free })} />
            </div>
            <CheckBox label={t!("gate.edit.needs_next_step")} is_checked={gate.needs_next_step} on_change={let emit = emit.clone(); move |is| emit(&|gate| gate.needs_next_step = is)} />
            <CheckBox label={t!("gate.edit.asks_tests")} is_checked={tests.is_some()} on_change={let emit = emit.clone(); move |is: bool| emit(&|gate| gate.tests = is.then(TestsRule::default))} />
            if let (Some(tests), Some(weights)) = (tests, weights) {
                <TextField label={t!("gate.edit.points")} value={tests.at_least.to_string()} on_input={on_points} error={fault(lang, &props.faults, "/tests/at_least")} inputmode="numeric" />
                <p class="t12 muted">{ t!("gate.edit.weights") }</p>
                <div class="five-weights">
                    for (place, (fact, weight)) in weights.into_iter().enumerate() {
                        <TextField key={place} label={t!(&format!("gate.test.{}", fact.as_ref())).into_owned()} value={weight.to_string()} on_input={on_weight(place)} inputmode="numeric" />
                    }
                </div>
                if let Some(text) = fault(lang, &props.faults, "/tests/weights") { <p class="hint err">{ text }</p> }
            }
        </div>
    }
}

/// The button that opens the dialog, with how much the stage asks.
#[component]
pub fn GateButton(props: &GateButtonProps) -> Html {
    use_lang();
    let count = props.stage.gate.criteria.len();
    html! {
        <Button size={ButtonSize::Small} icon={Glyph::ExitIn} on_click={props.on_click.clone()}>
            <span class="sr">{ format!("{}: ", props.stage.fields.name) }</span>
            { t!("gate.edit.settings") }
            if count > 0 { <span class="num">{ count }</span> }
        </Button>
    }
}

/// What [`GateButton`] needs.
#[derive(Properties, PartialEq)]
pub struct GateButtonProps {
    /// The stage.
    pub stage: Rc<Stage>,
    /// Opens the dialog.
    pub on_click: Callback<MouseEvent>,
}
