//! The form of one counted rule.

use super::rules::open_stages;
use crate::funnel::deal::touches::kind_name;
use crate::funnel::words;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::ui::{
    Button, ButtonSize, CheckBox, Choice, Glyph, IconButton, Notice, SelectField, TextField, Tone,
};
use shared::error::FieldError;
use shared::funnel::counted::{CountSince, CountTest, CountedRule, GoneStage, MAX_TESTS};
use shared::funnel::{Funnel, LossReason, StageKind, TouchKind};
use shared::id::StageId;
use std::rc::Rc;
use strum::IntoEnumIterator;
use yew::prelude::*;

/// What [`RuleForm`] needs.
#[derive(Properties, PartialEq)]
pub struct RuleFormProps {
    /// Its place among the rules.
    pub index: usize,
    /// The funnel.
    pub funnel: Rc<Funnel>,
    /// The rule.
    pub rule: Rc<CountedRule>,
    /// The stages it named that were removed; while it names them, it moves nothing.
    pub gone: Rc<Vec<GoneStage>>,
    /// What is wrong with the rules.
    pub faults: Rc<Vec<FieldError>>,
    /// Whether it may be changed.
    pub can_edit: bool,
    /// Gets the rule as it is changed; nothing when it is removed.
    pub on_change: Callback<(usize, Option<CountedRule>)>,
}

/// The choices of stages by id.
fn stage_choices<'a>(stages: impl Iterator<Item = &'a shared::funnel::Stage>) -> Vec<Choice> {
    stages
        .map(|stage| Choice::new(stage.id.to_string(), stage.fields.name.clone()))
        .collect()
}

/// The rule with a stage among those it applies in, or not; one that was removed goes with the first chosen.
fn toggled(rule: &mut CountedRule, gone: &[GoneStage], stage: StageId, is_on: bool) {
    if is_on {
        let is_gone = |id: StageId| gone.iter().any(|one| one.stage_id == id);
        rule.from.retain(|from| !is_gone(*from));
    }
    rule.from.retain(|from| *from != stage);
    if is_on {
        rule.from.push(stage);
    }
}

/// Sends a rule to a stage: a lost one needs a reason, another has none.
fn sent_to(rule: &mut CountedRule, funnel: &Funnel, stage: StageId) {
    rule.to_stage_id = stage;
    let mut stages = funnel.stages.iter();
    let is_lost = stages.any(|one| one.id == stage && one.fields.kind == StageKind::Lost);
    rule.loss_reason = is_lost.then(|| rule.loss_reason.unwrap_or(LossReason::NoDecision));
}

/// A count as it is typed: nothing for no limit, and one too high for what is no number.
fn typed_count(text: &str) -> Option<u16> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.parse().unwrap_or(u16::MAX))
}

/// One rule.
#[component]
pub fn RuleForm(props: &RuleFormProps) -> Html {
    let lang = use_lang();
    let (index, rule, funnel) = (props.index, &props.rule, &props.funnel);
    let base = format!("/rules/{index}");
    let fault = |pointer: &str| -> Option<AttrValue> {
        let fault = props.faults.iter().find(|fault| fault.pointer == pointer)?;
        Some(crate::api::field_message(lang, fault).into())
    };
    let at = |field: &str| fault(&format!("{base}/{field}"));
    let emit = {
        let (rule, on_change) = (rule.clone(), props.on_change.clone());
        move |change: &dyn Fn(&mut CountedRule)| {
            let mut next = (*rule).clone();
            change(&mut next);
            on_change.emit((index, Some(next)));
        }
    };
    let named = {
        let emit = emit.clone();
        Callback::from(move |text: String| emit(&|rule| rule.name.clone_from(&text)))
    };
    let on_to = {
        let (emit, funnel) = (emit.clone(), funnel.clone());
        Callback::from(move |value: AttrValue| {
            if let Ok(stage) = value.parse() {
                emit(&|rule| sent_to(rule, &funnel, stage));
            }
        })
    };
    let on_since = {
        let emit = emit.clone();
        Callback::from(move |value: AttrValue| {
            emit(&|rule| rule.since = value.parse().unwrap_or(CountSince::Life));
        })
    };
    let on_reason = {
        let emit = emit.clone();
        Callback::from(move |value: AttrValue| emit(&|rule| rule.loss_reason = value.parse().ok()))
    };
    let on_test = {
        let emit = emit.clone();
        Callback::from(move |(place, new): (usize, Option<CountTest>)| {
            emit(&|rule| match new {
                Some(new) => match rule.tests.get_mut(place) {
                    Some(old) => *old = new,
                    None => rule.tests.push(new),
                },
                None => _ = rule.tests.remove(place),
            });
        })
    };
    let sinces = vec![
        Choice::new("life", t!("rules.since_life").into_owned()),
        Choice::new("stage", t!("rules.since_stage").into_owned()),
    ];
    let is_named =
        |one: &&GoneStage| one.stage_id == rule.to_stage_id || rule.from.contains(&one.stage_id);
    let gone: Vec<&GoneStage> = props.gone.iter().filter(is_named).collect();
    let is_target_gone = gone.iter().any(|one| one.stage_id == rule.to_stage_id);
    let names: Vec<_> = gone.iter().map(|one| one.name.as_str()).collect();
    let to = if is_target_gone {
        String::new()
    } else {
        rule.to_stage_id.to_string()
    };
    let choose = is_target_gone.then(|| AttrValue::from(t!("rules.choose_stage").into_owned()));
    let from_fault = from_fault(props, lang);
    let targets = stage_choices(funnel.stages.iter().filter(|stage| stage.takes_deals()));
    let reasons: Vec<_> = words::reasons()
        .map(|reason| Choice::new(reason.as_ref().to_owned(), words::reason_name(reason)))
        .collect();
    let add = on_test.reform({
        let place = rule.tests.len();
        move |_: MouseEvent| {
            let test = CountTest {
                count: TouchKind::Showing,
                without: None,
                at_least: Some(1),
                at_most: None,
            };
            (place, Some(test))
        }
    });
    html! {
        <div class="one">
            <div class="row">
                <span class="fill"><TextField label={t!("rules.name")} value={rule.name.clone()} on_input={named} error={at("name")} is_required=true max_length={100} /></span>
                <CheckBox label={t!("rules.enabled")} is_checked={rule.enabled} on_change={let emit = emit.clone(); move |is| emit(&|rule| rule.enabled = is)} />
                if props.can_edit {
                    <IconButton glyph={Glyph::Trash} label={t!("rules.remove", name = rule.name)} on_click={props.on_change.reform(move |_| (index, None))} />
                }
            </div>
            if let Some(text) = fault(&base) { <p class="hint err" role="alert">{ text }</p> }
            if !gone.is_empty() { <Notice tone={Tone::Warning}>{ t!("rules.stopped", stages = names.join(&t!("gate.and"))) }</Notice> }
            <p class="t12 muted">{ t!("rules.tests") }</p>
            for (place, test) in rule.tests.iter().enumerate() {
                <TestRow key={place} {place} test={*test} error={test_fault(props, lang, place)} can_remove={props.can_edit && rule.tests.len() > 1} on_change={on_test.clone()} />
            }
            if let Some(text) = at("tests") { <p class="hint err">{ text }</p> }
            if props.can_edit && rule.tests.len() < MAX_TESTS {
                <div class="row"><Button size={ButtonSize::Small} icon={Glyph::Plus} on_click={add}>{ t!("rules.add_test") }</Button></div>
            }
            <div class="three">
                <SelectField label={t!("rules.since")} value={rule.since.as_ref().to_owned()} choices={sinces} on_change={on_since} />
                <SelectField label={t!("rules.to")} value={to} none={choose} choices={targets} on_change={on_to} error={at("to_stage_id")} />
                if rule.loss_reason.is_some() {
                    <SelectField label={t!("rules.loss_reason")} value={rule.loss_reason.map(|reason| reason.as_ref().to_owned()).unwrap_or_default()} choices={reasons} on_change={on_reason} error={at("loss_reason")} />
                }
            </div>
            <p class="t12 muted">
                <span aria-hidden="true">{ t!("rules.from") }</span>
                if rule.from.is_empty() { { " \u{b7} " }{ t!("rules.from_all") } }
            </p>
            <div class="row wrap" role="group" aria-label={t!("rules.from")}>
                for stage in open_stages(funnel) {
                    <CheckBox key={stage.id.to_string()} label={stage.fields.name.clone()} is_checked={rule.from.contains(&stage.id)} on_change={let (emit, gone, id) = (emit.clone(), props.gone.clone(), stage.id); move |is| emit(&|rule| toggled(rule, &gone, id, is))} />
                }
                for stage in gone.iter().filter(|one| rule.from.contains(&one.stage_id)) {
                    <CheckBox key={stage.stage_id.to_string()} label={t!("rules.removed_stage", stage = stage.name).into_owned()} is_checked=true on_change={let (emit, id) = (emit.clone(), stage.stage_id); move |_| emit(&|rule| toggled(rule, &[], id, false))} />
                }
            </div>
            if let Some(text) = from_fault { <p class="hint err">{ text }</p> }
        </div>
    }
}

/// What is wrong with the stages it applies in.
fn from_fault(props: &RuleFormProps, lang: crate::i18n::Lang) -> Option<AttrValue> {
    let base = format!("/rules/{}/from", props.index);
    let mut faults = props.faults.iter();
    let fault = faults.find(|fault| fault.pointer.starts_with(&base))?;
    Some(crate::api::field_message(lang, fault).into())
}

/// What is wrong with a condition, wherever in it.
fn test_fault(props: &RuleFormProps, lang: crate::i18n::Lang, place: usize) -> Option<AttrValue> {
    let base = format!("/rules/{}/tests/{place}/", props.index);
    let mut faults = props.faults.iter();
    let fault = faults.find(|fault| fault.pointer.starts_with(&base))?;
    Some(crate::api::field_message(lang, fault).into())
}

#[derive(Properties, PartialEq)]
struct TestRowProps {
    place: usize,
    test: CountTest,
    error: Option<AttrValue>,
    can_remove: bool,
    on_change: Callback<(usize, Option<CountTest>)>,
}

/// One condition.
#[component]
fn TestRow(props: &TestRowProps) -> Html {
    use_lang();
    let (place, test) = (props.place, props.test);
    let kinds = |but: Option<TouchKind>| -> Vec<Choice> {
        TouchKind::iter()
            .filter(|kind| Some(*kind) != but)
            .map(|kind| Choice::new(kind.as_ref().to_owned(), kind_name(kind)))
            .collect()
    };
    let number = |value: Option<u16>| value.map(|value| value.to_string()).unwrap_or_default();
    let change = |change: fn(&mut CountTest, &str)| {
        let on_change = props.on_change.clone();
        Callback::from(move |text: String| {
            let mut next = test;
            change(&mut next, &text);
            on_change.emit((place, Some(next)));
        })
    };
    let chosen =
        |to: fn(&mut CountTest, &str)| change(to).reform(|value: AttrValue| value.to_string());
    let on_count = chosen(|test, text| {
        if let Ok(kind) = text.parse() {
            test.count = kind;
            test.without = test.without.filter(|without| *without != kind);
        }
    });
    html! {
        <>
            <div class="cond counted">
                <SelectField label={t!("rules.count")} value={test.count.as_ref().to_owned()} choices={kinds(None)} on_change={on_count} />
                <SelectField label={t!("rules.without")} value={test.without.map(|kind| kind.as_ref().to_owned()).unwrap_or_default()} choices={kinds(Some(test.count))} none={AttrValue::from(t!("rules.without_none").into_owned())} on_change={chosen(|test, text| test.without = text.parse().ok())} />
                <TextField label={t!("rules.at_least")} value={number(test.at_least)} on_input={change(|test, text| test.at_least = typed_count(text))} inputmode="numeric" />
                <TextField label={t!("rules.at_most")} value={number(test.at_most)} on_input={change(|test, text| test.at_most = typed_count(text))} inputmode="numeric" />
                if props.can_remove {
                    <IconButton glyph={Glyph::Close} label={t!("rules.remove_test")} on_click={props.on_change.reform(move |_| (place, None))} />
                }
            </div>
            if let Some(text) = &props.error { <p class="hint err">{ text }</p> }
        </>
    }
}
