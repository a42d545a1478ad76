//! The five tests of an opportunity: what each counts, why, and how good the answer is (GATE-20); and the form
//! that scores them or the five elements of a purchase (SIX-01).

use crate::api::{Api, ApiResult, use_api};
use crate::browser;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::ui::{
    Button, ButtonKind, ButtonSize, Choice, Glyph, IconButton, SelectField, TextField, Toast,
    use_toasts,
};
use shared::funnel::gate::{Fact, Known};
use shared::funnel::{Deal, GateSheet, PurchaseElements, TestAnswer, TestAnswers, TestsRule};
use shared::id::DealId;
use std::rc::Rc;
use yew::prelude::*;

/// What [`FiveTests`] needs.
#[derive(Properties, PartialEq)]
pub struct FiveTestsProps {
    /// The deal.
    pub deal: Rc<Deal>,
    /// What its gates know.
    pub sheet: Rc<GateSheet>,
    /// How the tests are weighed; the usual weights where the stage asks for none.
    pub rule: TestsRule,
    /// Whether the stage asks for them.
    pub is_asked: bool,
    /// Whether they may be answered.
    pub can_edit: bool,
    /// They were answered.
    pub on_change: Callback<()>,
}

/// The five tests, read or written.
#[component]
pub fn FiveTests(props: &FiveTestsProps) -> Html {
    use_lang();
    let is_editing = use_state_eq(|| false);
    let rule = props.rule;
    let known = Known {
        deal: &props.deal,
        gathered: &props.sheet.facts,
        now: crate::format::now(),
    };
    // What was answered counts here also where no stage asks for it.
    let mut all = props.sheet.facts.clone();
    all.tests(&props.sheet.tests);
    let points = rule.points(&Known {
        gathered: &all,
        ..known
    });
    let is_low = points.is_none_or(|points| points < rule.at_least);
    let edit = {
        let is_editing = is_editing.setter();
        Callback::from(move |to: bool| is_editing.set(to))
    };
    html! {
        <section class="gate-s" aria-label={t!("gate.five_tests")}>
            <header>
                <h3>{ t!("gate.five_tests") }</h3>
                <span class="muted t12">
                    if let Some(points) = points {
                        { t!("gate.points") }{ " " }<b class={classes!("num", is_low.then_some("warn"))}>{ points }</b>
                    } else {
                        { t!("gate.points_open") }
                    }
                    if props.is_asked { { " \u{b7} " }{ t!("gate.at_least", n = rule.at_least) } }
                </span>
                if props.can_edit && !*is_editing {
                    <span class="push"><IconButton glyph={Glyph::Edit} label={t!("gate.answer_tests")} size={ButtonSize::Small} on_click={edit.reform(|_| true)} /></span>
                }
            </header>
            if *is_editing {
                <ScoresForm deal={props.deal.clone()} scores={Scores::Tests(props.sheet.tests.clone())} version={props.sheet.version} on_change={props.on_change.clone()} on_close={edit.reform(|()| false)} />
            } else {
                <div class="tests">
                    for (fact, answer) in props.sheet.tests.by_fact() { { row(&rule, fact, answer) } }
                </div>
            }
        </section>
    }
}

fn weight(rule: &TestsRule, fact: Fact) -> i16 {
    let all = rule.weights.by_fact();
    all.iter()
        .find(|(other, _)| *other == fact)
        .map_or(0, |(_, weight)| *weight)
}

/// The short name of a test or an element.
pub fn name(fact: Fact) -> String {
    let key = format!("gate.test.{}", fact.as_ref());
    t!(&key).into_owned()
}

fn row(rule: &TestsRule, fact: Fact, answer: Option<&TestAnswer>) -> Html {
    let score = answer.map_or(0, |answer| answer.score);
    let is_low = answer.is_none_or(|answer| answer.score < 3);
    let told = told(answer);
    html! {
        <div key={fact.as_ref().to_owned()} class={classes!("test", is_low.then_some("low"))}>
            <span>{ name(fact) }</span>
            <span class="w num">{ format!("{}%", weight(rule, fact)) }</span>
            <span class="why trunc" title={answer.map(|answer| answer.why.clone())}>{ answer.map(|answer| answer.why.clone()).unwrap_or_default() }</span>
            { bars(score, told) }
            <span class="sc num" aria-hidden="true">{ answer.map_or_else(|| "\u{2014}".to_owned(), |answer| format!("{}/5", answer.score)) }</span>
        </div>
    }
}

/// How good an answer is, in words.
pub fn told(answer: Option<&TestAnswer>) -> String {
    match answer {
        Some(answer) => t!("gate.of_five", n = answer.score).into_owned(),
        None => t!("gate.not_answered").into_owned(),
    }
}

/// Five bars, so many of them filled.
pub fn bars(score: i16, told: String) -> Html {
    html! { <span class="five" role="img" aria-label={told}>for step in 1..=5 { <i class={(step <= score).then_some("on")} /> }</span> }
}

/// What is scored, five at a time.
#[derive(Debug, Clone, PartialEq)]
pub enum Scores {
    /// The five tests.
    Tests(TestAnswers),
    /// The elements of a purchase.
    Elements(PurchaseElements),
}

impl Scores {
    /// The scores beside the facts they are.
    pub const fn by_fact(&self) -> [(Fact, Option<&TestAnswer>); 5] {
        match self {
            Self::Tests(tests) => tests.by_fact(),
            Self::Elements(elements) => elements.by_fact(),
        }
    }

    fn answer_mut(&mut self, fact: Fact) -> Option<&mut Option<TestAnswer>> {
        match self {
            Self::Tests(tests) => tests.answer_mut(fact),
            Self::Elements(elements) => elements.answer_mut(fact),
        }
    }

    async fn send(&self, api: &Api, deal: DealId, version: i32) -> ApiResult<GateSheet> {
        match self {
            Self::Tests(tests) => api.answer_tests(deal, version, tests).await,
            Self::Elements(elements) => api.score_elements(deal, version, elements).await,
        }
    }
}

/// What [`ScoresForm`] needs.
#[derive(Properties, PartialEq)]
pub struct ScoresFormProps {
    /// The deal.
    pub deal: Rc<Deal>,
    /// The scores as they are.
    pub scores: Scores,
    /// The deal's version they belong to.
    pub version: i32,
    /// They were written, or somebody else wrote meanwhile.
    pub on_change: Callback<()>,
    /// It is done or given up.
    pub on_close: Callback<()>,
}

/// The form that scores.
#[component]
pub fn ScoresForm(props: &ScoresFormProps) -> Html {
    let lang = use_lang();
    let (api, toasts) = (use_api(), use_toasts());
    let answers = use_state_eq(|| props.scores.clone());
    let is_busy = use_state_eq(|| false);
    // What was read when the form was opened: whoever answers meanwhile is not written over.
    let version = use_state_eq(|| props.version);
    let change = |fact: Fact, change: fn(&mut Option<TestAnswer>, String)| {
        let answers = answers.clone();
        Callback::from(move |text: String| {
            let mut next = (*answers).clone();
            if let Some(answer) = next.answer_mut(fact) {
                change(answer, text);
            }
            answers.set(next);
        })
    };
    let onsubmit = {
        let (deal, version) = (props.deal.id, *version);
        let (on_change, on_close) = (props.on_change.clone(), props.on_close.clone());
        let (answers, is_busy) = (answers.clone(), is_busy.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if *is_busy {
                return;
            }
            is_busy.set(true);
            let (api, toasts, body) = (api.clone(), toasts.clone(), (*answers).clone());
            let (on_change, on_close, is_busy) =
                (on_change.clone(), on_close.clone(), is_busy.setter());
            browser::spawn(async move {
                match body.send(&api, deal, version).await {
                    Ok(_) => {
                        on_change.emit(());
                        on_close.emit(());
                    }
                    Err(error) => {
                        toasts.show(Toast::failed(error.message(lang)));
                        on_change.emit(());
                    }
                }
                is_busy.set(false);
            });
        })
    };
    let scores: Vec<_> = (0..=5)
        .map(|score| {
            let score = score.to_string();
            Choice::new(score.clone(), score)
        })
        .collect();
    html! {
        <form class="form file-form" {onsubmit} novalidate=true>
            for (fact, answer) in answers.by_fact() {
                <fieldset key={fact.as_ref().to_owned()} class="test-form">
                    <legend>{ t!(&format!("gate.ask.{}", fact.as_ref())).into_owned() }</legend>
                    <SelectField
                        label={t!("gate.score")}
                        is_label_hidden=true
                        value={answer.map(|answer| answer.score.to_string()).unwrap_or_default()}
                        choices={scores.clone()}
                        none={AttrValue::from(t!("gate.not_answered").into_owned())}
                        on_change={change(fact, set_score).reform(|value: AttrValue| value.to_string())}
                    />
                    <TextField label={t!("gate.why")} value={answer.map(|answer| answer.why.clone()).unwrap_or_default()} on_input={change(fact, set_why)} max_length={200} is_disabled={answer.is_none()} />
                </fieldset>
            }
            <div class="row end">
                <Button on_click={props.on_close.reform(|_| ())}>{ t!("ui.cancel") }</Button>
                <Button kind={ButtonKind::Primary} is_submit=true is_busy={*is_busy}>{ t!("ui.save") }</Button>
            </div>
        </form>
    }
}

fn set_score(answer: &mut Option<TestAnswer>, text: String) {
    match text.parse() {
        Ok(score) => {
            let why = answer.take().map(|answer| answer.why).unwrap_or_default();
            *answer = Some(TestAnswer { score, why });
        }
        Err(_) => *answer = None,
    }
}

fn set_why(answer: &mut Option<TestAnswer>, text: String) {
    if let Some(answer) = answer {
        answer.why = text;
    }
}
