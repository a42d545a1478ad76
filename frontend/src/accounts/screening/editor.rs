//! The editor of the set of rules, without code: criteria are added, put in order, changed and removed, and
//! what the set would make of accounts is said before it is saved (GATE-23).

use super::test_form::{TestForm, first};
use super::words::{choices, outcome_name};
use crate::api::{field_message, use_api};
use crate::browser;
use crate::format;
use crate::i18n::t;
use crate::i18n::{Lang, use_lang};
use crate::identity::use_can;
use crate::load::use_load;
use crate::ui::{
    Button, ButtonKind, CheckBox, Choice, Glyph, IconButton, Notice, SelectField, TextField, Toast,
    Tone, use_toasts,
};
use shared::accounts::{
    MAX_SCREENING_CRITERIA, NewScreeningRules, ScreeningCount, ScreeningCriterion,
    ScreeningOutcome, ScreeningRules, ScreeningTestKind, ScreeningTopic, ScreeningTrial,
};
use shared::check::Validate;
use shared::error::{ErrorCode, FieldError};
use shared::id::ScreeningCriterionId;
use shared::identity::Permission;
use std::rc::Rc;
use yew::prelude::*;

/// How long the set stays as it is before it is tried, in milliseconds.
const TRY_AFTER: u32 = 600;

/// What [`RulesEditor`] needs.
#[derive(Properties, PartialEq)]
pub struct RulesEditorProps {
    /// The set in force.
    pub rules: ScreeningRules,
    /// Gets it as saved.
    pub on_saved: Callback<ScreeningRules>,
    /// Somebody else changed it meanwhile.
    pub on_stale: Callback<()>,
}

/// What a change does to the draft: it is asked about, and faults of before are gone.
type Change = Callback<NewScreeningRules>;

/// The set in force, to be changed by who may.
#[component]
pub fn RulesEditor(props: &RulesEditorProps) -> Html {
    let lang = use_lang();
    let (api, toasts) = (use_api(), use_toasts());
    let can_edit = use_can(Permission::ManageOrganisation);
    let draft = use_state_eq(|| props.rules.draft());
    let faults = use_state_eq(|| Rc::new(Vec::<FieldError>::new()));
    let error = use_state_eq(|| None::<String>);
    let is_busy = use_state_eq(|| false);
    let trial = use_trial(&draft, can_edit && *draft != props.rules.draft());
    let change: Change = {
        let (draft, faults) = (draft.setter(), faults.setter());
        Callback::from(move |next: NewScreeningRules| {
            draft.set(next);
            faults.set(Rc::default());
        })
    };
    let save = {
        let (draft, faults, error) = (draft.clone(), faults.setter(), error.setter());
        let (is_busy, version) = (is_busy.clone(), props.rules.version);
        let (on_saved, on_stale) = (props.on_saved.clone(), props.on_stale.clone());
        Callback::from(move |_: MouseEvent| {
            if let Err(found) = draft.validated() {
                return faults.set(Rc::new(found));
            }
            is_busy.set(true);
            let (api, toasts, body) = (api.clone(), toasts.clone(), (*draft).clone());
            let (faults, error, is_busy) = (faults.clone(), error.clone(), is_busy.setter());
            let (on_saved, on_stale) = (on_saved.clone(), on_stale.clone());
            browser::spawn(async move {
                match api.set_screening_rules(version, &body).await {
                    Ok(rules) => {
                        toasts.show(Toast::done(t!("ui.saved", locale = lang.tag())));
                        on_saved.emit(rules);
                    }
                    Err(failed) => {
                        if failed.code() == Some(ErrorCode::Stale) {
                            on_stale.emit(());
                        }
                        faults.set(Rc::new(failed.fields().to_vec()));
                        error.set(Some(failed.message(lang)));
                    }
                }
                is_busy.set(false);
            });
        })
    };
    let add = {
        let (draft, change) = (draft.clone(), change.clone());
        Callback::from(move |_: MouseEvent| {
            let mut next = (*draft).clone();
            next.criteria.push(new_criterion());
            change.emit(next);
        })
    };
    let figure = |pointer: &'static str,
                  label: String,
                  value: i16,
                  put: fn(&mut NewScreeningRules, i16)| {
        let (draft, change) = (draft.clone(), change.clone());
        let on_change = Callback::from(move |text: String| {
            let mut next = (*draft).clone();
            put(&mut next, text.trim().parse().unwrap_or(-1));
            change.emit(next);
        });
        html! { <TextField {label} value={value.to_string()} {on_change} error={fault(lang, &faults, pointer)} inputmode="numeric" autocomplete="off" /> }
    };
    html! {
        <section class="panel" aria-label={t!("screening.rules")}>
            <header class="wrap"><h2>{ t!("screening.rules") }</h2><span class="sub">{ t!("screening.rules_sub") }</span></header>
            <div class="part stack">
                if props.rules.is_usual { <Notice>{ t!("screening.is_ours") }</Notice> }
                if let Some(text) = &*error { <Notice tone={Tone::Negative} is_alert=true>{ text.clone() }</Notice> }
                <fieldset class="gate-editor" disabled={!can_edit}>
                    for (index, criterion) in draft.criteria.iter().enumerate() {
                        <CriterionForm key={criterion.id.to_string()} {index} draft={Rc::new((*draft).clone())} criterion={criterion.clone()} faults={(*faults).clone()} {can_edit} on_change={change.clone()} />
                    }
                    if let Some(text) = fault(lang, &faults, "/criteria") { <p class="hint err" role="alert">{ text }</p> }
                    if can_edit && draft.criteria.len() < MAX_SCREENING_CRITERIA {
                        <div class="row"><Button icon={Glyph::Plus} on_click={add}>{ t!("screening.edit.add") }</Button></div>
                    }
                    <div class="two">
                        { figure("/pass_share", t!("screening.edit.pass_share").into_owned(), draft.pass_share, |set, n| set.pass_share = n) }
                        { figure("/review_days", t!("screening.edit.review_days").into_owned(), draft.review_days, |set, n| set.review_days = n) }
                    </div>
                </fieldset>
                if can_edit {
                    <div class="row wrap end">
                        <span class="muted fill" role="status">{ trial.map(|trial| tried(lang, &trial)).unwrap_or_default() }</span>
                        <Button kind={ButtonKind::Primary} is_busy={*is_busy} on_click={save}>{ t!("screening.edit.save") }</Button>
                    </div>
                }
            </div>
        </section>
    }
}

fn new_criterion() -> ScreeningCriterion {
    ScreeningCriterion {
        id: ScreeningCriterionId(uuid::Uuid::now_v7()),
        topic: ScreeningTopic::Other,
        name: String::new(),
        weight: 1,
        mandatory: false,
        test: first(ScreeningTestKind::Question),
    }
}

/// What the set would make of accounts, asked for a moment after it changed, where it is acceptable.
#[hook]
fn use_trial(draft: &NewScreeningRules, is_wanted: bool) -> Option<Rc<ScreeningTrial>> {
    let api = use_api();
    let asked = use_state_eq(|| None::<NewScreeningRules>);
    let wanted = (is_wanted && draft.validated().is_ok()).then(|| draft.clone());
    use_effect_with(wanted, {
        let asked = asked.setter();
        move |wanted| {
            let wanted = wanted.clone();
            let timer = gloo::timers::callback::Timeout::new(TRY_AFTER, move || asked.set(wanted));
            move || drop(timer)
        }
    });
    let trial = use_load((*asked).clone(), move |asked| {
        let api = api.clone();
        async move {
            match asked {
                Some(set) => api.screening_trial(&set).await.map(Some),
                None => Ok(None),
            }
        }
    });
    trial.data().and_then(Clone::clone).map(Rc::new)
}

/// What came of a trial.
fn tried(lang: Lang, trial: &ScreeningTrial) -> String {
    let of = |count: &ScreeningCount, outcome| match outcome {
        ScreeningOutcome::Target => count.target,
        ScreeningOutcome::Unsuitable => count.unsuitable,
        ScreeningOutcome::Incomplete => count.incomplete,
    };
    let parts: Vec<String> = [
        ScreeningOutcome::Target,
        ScreeningOutcome::Unsuitable,
        ScreeningOutcome::Incomplete,
    ]
    .into_iter()
    .map(|outcome| {
        t!(
            "screening.edit.tried_part",
            locale = lang.tag(),
            name = outcome_name(lang, outcome),
            now = format::integer(lang, of(&trial.after, outcome)),
            before = format::integer(lang, of(&trial.before, outcome))
        )
        .into_owned()
    })
    .collect();
    let key = if trial.is_part {
        "screening.edit.tried_part_of_all"
    } else {
        "screening.edit.tried"
    };
    let list = parts.join(&t!("timeline.joint", locale = lang.tag()));
    t!(key, locale = lang.tag(), list = list).into_owned()
}

/// The words of a fault at a pointer, if there is one.
fn fault(lang: Lang, faults: &[FieldError], pointer: &str) -> Option<AttrValue> {
    let fault = faults.iter().find(|fault| fault.pointer == pointer)?;
    Some(field_message(lang, fault).into())
}

#[derive(Properties, PartialEq)]
struct CriterionFormProps {
    index: usize,
    draft: Rc<NewScreeningRules>,
    criterion: ScreeningCriterion,
    faults: Rc<Vec<FieldError>>,
    can_edit: bool,
    on_change: Change,
}

/// One criterion.
#[component]
fn CriterionForm(props: &CriterionFormProps) -> Html {
    let lang = use_lang();
    let (index, criterion) = (props.index, &props.criterion);
    let base = format!("/criteria/{index}");
    let at = |field: &str| fault(lang, &props.faults, &format!("{base}/{field}"));
    let in_all = {
        let (draft, on_change) = (props.draft.clone(), props.on_change.clone());
        move |edit: &dyn Fn(&mut Vec<ScreeningCriterion>)| {
            let mut next = (*draft).clone();
            edit(&mut next.criteria);
            on_change.emit(next);
        }
    };
    let edited = {
        let in_all = in_all.clone();
        move |edit: &dyn Fn(&mut ScreeningCriterion)| {
            in_all(&|all| {
                if let Some(one) = all.get_mut(index) {
                    edit(one);
                }
            });
        }
    };
    let typed = |edit: fn(&mut ScreeningCriterion, &str)| {
        let edited = edited.clone();
        Callback::from(move |text: String| edited(&|one| edit(one, &text)))
    };
    let chosen = |edit: fn(&mut ScreeningCriterion, &str)| {
        typed(edit).reform(|value: AttrValue| value.to_string())
    };
    let press = |edit: fn(&mut Vec<ScreeningCriterion>, usize)| {
        let in_all = in_all.clone();
        Callback::from(move |_: MouseEvent| in_all(&|all| edit(all, index)))
    };
    let on_test = {
        let edited = edited.clone();
        Callback::from(move |test: shared::accounts::ScreeningTest| {
            edited(&|one| one.test = test.clone());
        })
    };
    let on_mandatory = {
        let edited = edited.clone();
        Callback::from(move |is: bool| edited(&|one| one.mandatory = is))
    };
    let kind = ScreeningTestKind::from(&criterion.test);
    let weights: Vec<Choice> = (1..=10)
        .map(|weight| Choice::new(weight.to_string(), weight.to_string()))
        .collect();
    let name = if criterion.name.is_empty() {
        t!("screening.edit.nth", n = index + 1).into_owned()
    } else {
        criterion.name.clone()
    };
    html! {
        <section class="one" aria-label={name.clone()}>
            <div class="row named">
                <span class="fill"><TextField label={t!("screening.edit.name")} value={criterion.name.clone()} on_input={typed(|one, text| text.clone_into(&mut one.name))} error={at("name")} is_required=true max_length={120} /></span>
                if props.can_edit {
                    <IconButton glyph={Glyph::Up} label={t!("screening.edit.up", name = name)} is_disabled={index == 0} on_click={press(|all, at| if at > 0 { all.swap(at - 1, at); })} />
                    <IconButton glyph={Glyph::Down} label={t!("screening.edit.down", name = name)} is_disabled={index + 1 == props.draft.criteria.len()} on_click={press(|all, at| if at + 1 < all.len() { all.swap(at, at + 1); })} />
                    <IconButton glyph={Glyph::Trash} label={t!("screening.edit.remove", name = name)} on_click={press(|all, at| _ = all.remove(at))} />
                }
            </div>
            <div class="three">
                <SelectField label={t!("screening.edit.topic")} value={criterion.topic.as_ref().to_owned()} choices={choices::<ScreeningTopic>(lang, |name| format!("screening.topics.{name}"))} on_change={chosen(|one, value| one.topic = value.parse().unwrap_or(one.topic))} />
                <SelectField label={t!("screening.edit.test")} value={kind.as_ref().to_owned()} choices={choices::<ScreeningTestKind>(lang, |name| format!("screening.tests.{name}"))} on_change={chosen(|one, value| if let Ok(kind) = value.parse() { one.test = first(kind); })} />
                <SelectField label={t!("screening.edit.weight")} value={criterion.weight.to_string()} choices={weights} on_change={chosen(|one, value| one.weight = value.parse().unwrap_or(1))} error={at("weight")} />
            </div>
            <TestForm test={criterion.test.clone()} base={format!("{base}/test")} faults={props.faults.clone()} on_change={on_test} />
            <CheckBox label={t!("screening.mandatory")} hint={AttrValue::from(t!("screening.edit.mandatory_hint").into_owned())} is_checked={criterion.mandatory} on_change={on_mandatory} />
        </section>
    }
}
