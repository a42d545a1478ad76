//! The editor of a funnel's counted rules: what moves its deals by what was counted, and a trial of it.

use super::rule::RuleForm;
use super::trial::TrialView;
use crate::api::use_api;
use crate::browser;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::load::use_load;
use crate::ui::{
    Button, ButtonKind, Dialog, ErrorView, Glyph, Skeleton, TextField, Toast, Waiting, use_toasts,
};
use shared::check::Validate;
use shared::error::{ErrorCode, FieldError};
use shared::funnel::counted::{
    CountSince, CountTest, CountedRule, CountedRules, ExpectedShare, GoneStage, MAX_RULES,
    RulesInForce, check_stages,
};
use shared::funnel::{Funnel, Stage, StageKind, TouchKind};
use shared::id::{RuleId, StageId};
use std::rc::Rc;
use yew::prelude::*;

/// What [`RulesDialog`] needs.
#[derive(Properties, PartialEq)]
pub struct RulesDialogProps {
    /// The funnel.
    pub funnel: Rc<Funnel>,
    /// Whether its rules may be changed.
    pub can_edit: bool,
    /// They were changed.
    pub on_saved: Callback<()>,
    /// Asked to close.
    pub on_close: Callback<()>,
}

/// The rules of a funnel.
#[component]
pub fn RulesDialog(props: &RulesDialogProps) -> Html {
    use_lang();
    let api = use_api();
    let rules = use_load(props.funnel.id, move |id| {
        let api = api.clone();
        async move { api.rules(id).await }
    });
    let title = t!("rules.title_of", funnel = props.funnel.name);
    match (&rules.loaded.data, &rules.loaded.error) {
        (Some(data), _) => html! {
            <Form key={data.version} funnel={props.funnel.clone()} rules={data.clone()} can_edit={props.can_edit} on_saved={props.on_saved.clone()} on_stale={rules.reload.clone()} on_close={props.on_close.clone()} />
        },
        (None, error) => html! {
            <Dialog {title} is_wide=true on_close={props.on_close.clone()}>
                if let Some(error) = error.clone().filter(|_| !rules.loaded.is_busy) {
                    <ErrorView {error} on_retry={Some(rules.reload.clone())} />
                } else {
                    <Waiting><Skeleton lines={6} /></Waiting>
                }
            </Dialog>
        },
    }
}

#[derive(Properties, PartialEq)]
struct FormProps {
    funnel: Rc<Funnel>,
    rules: Rc<RulesInForce>,
    can_edit: bool,
    on_saved: Callback<()>,
    on_stale: Callback<()>,
    on_close: Callback<()>,
}

/// The stages that take deals and are on the way.
pub(super) fn open_stages(funnel: &Funnel) -> impl Iterator<Item = &Stage> {
    let stages = funnel.stages.iter();
    stages.filter(|stage| stage.fields.kind == StageKind::Open && stage.takes_deals())
}

/// A rule to begin with.
fn new_rule(funnel: &Funnel) -> Option<CountedRule> {
    Some(CountedRule {
        id: RuleId(uuid::Uuid::now_v7()),
        name: t!("rules.new").into_owned(),
        enabled: true,
        from: Vec::new(),
        since: CountSince::Life,
        tests: vec![CountTest {
            count: TouchKind::Showing,
            without: None,
            at_least: Some(1),
            at_most: None,
        }],
        to_stage_id: open_stages(funnel).last()?.id,
        loss_reason: None,
    })
}

/// The stages that are gone of those that a rule named when it was read.
fn gone_of(rules: &RulesInForce, rule: RuleId) -> Rc<Vec<GoneStage>> {
    let mut stopped = rules.stopped.iter();
    let stopped = stopped.find(|one| one.rule_id == rule);
    Rc::new(stopped.map(|one| one.gone.clone()).unwrap_or_default())
}

/// What is wrong with rules, as the server would say it.
fn checked(set: &CountedRules, funnel: &Funnel) -> Result<(), Vec<FieldError>> {
    set.validated()?;
    let stages = funnel.stages.iter().filter(|stage| stage.takes_deals());
    check_stages(set, &stages.collect::<Vec<_>>())
}

/// The rules with the expected share of a stage changed; nothing typed at all expects nothing.
fn with_share(set: &CountedRules, stage: StageId, text: &str) -> CountedRules {
    let mut set = set.clone();
    let text = text.trim();
    set.shares.retain(|share| share.stage_id != stage);
    if !text.is_empty() {
        set.shares.push(ExpectedShare {
            stage_id: stage,
            percent: text.parse().unwrap_or(-1),
        });
    }
    set
}

#[component]
fn Form(props: &FormProps) -> Html {
    let lang = use_lang();
    let (api, toasts) = (use_api(), use_toasts());
    let set = use_state_eq(|| props.rules.set.clone());
    let tried = use_state_eq(|| None::<Rc<CountedRules>>);
    let faults = use_state_eq(Vec::<FieldError>::new);
    let is_busy = use_state_eq(|| false);
    let fault = |pointer: &str| -> Option<AttrValue> {
        let fault = faults.iter().find(|fault| fault.pointer == pointer)?;
        Some(crate::api::field_message(lang, fault).into())
    };
    let save = {
        let (set, faults, is_busy) = (set.clone(), faults.setter(), is_busy.clone());
        let (funnel, version) = (props.funnel.id, props.rules.version);
        let stages = props.funnel.clone();
        let (on_saved, on_stale) = (props.on_saved.clone(), props.on_stale.clone());
        let on_close = props.on_close.clone();
        Callback::from(move |_: MouseEvent| {
            if let Err(found) = checked(&set, &stages) {
                return faults.set(found);
            }
            is_busy.set(true);
            let (api, toasts, body) = (api.clone(), toasts.clone(), (*set).clone());
            let (faults, is_busy) = (faults.clone(), is_busy.setter());
            let (on_saved, on_stale) = (on_saved.clone(), on_stale.clone());
            let on_close = on_close.clone();
            browser::spawn(async move {
                match api.set_rules(funnel, version, &body).await {
                    Ok(_) => {
                        toasts.show(Toast::done(t!("rules.saved", locale = lang.tag())));
                        on_saved.emit(());
                        on_close.emit(());
                    }
                    Err(error) if error.code() == Some(ErrorCode::Stale) => {
                        toasts.show(Toast::failed(t!("rules.stale", locale = lang.tag())));
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
    let on_try = {
        let (set, tried, faults) = (set.clone(), tried.setter(), faults.setter());
        let funnel = props.funnel.clone();
        Callback::from(move |_: MouseEvent| match checked(&set, &funnel) {
            Ok(()) => {
                faults.set(Vec::new());
                tried.set(Some(Rc::new((*set).clone())));
            }
            Err(found) => faults.set(found),
        })
    };
    let add = {
        let (set, funnel) = (set.clone(), props.funnel.clone());
        Callback::from(move |_: MouseEvent| {
            let mut next = (*set).clone();
            next.rules.extend(new_rule(&funnel));
            set.set(next);
        })
    };
    let on_rule = {
        let set = set.clone();
        Callback::from(move |(index, new): (usize, Option<CountedRule>)| {
            let mut next = (*set).clone();
            match new {
                Some(new) => {
                    if let Some(old) = next.rules.get_mut(index) {
                        *old = new;
                    }
                }
                None => _ = next.rules.remove(index),
            }
            set.set(next);
        })
    };
    let share = |stage: &Stage| {
        let share = set.shares.iter().find(|share| share.stage_id == stage.id);
        let value = share.map(|share| share.percent.to_string());
        let (set, id) = (set.clone(), stage.id);
        let on_input = Callback::from(move |text: String| set.set(with_share(&set, id, &text)));
        html! { <TextField key={stage.id.to_string()} label={stage.fields.name.clone()} value={value.unwrap_or_default()} {on_input} unit={AttrValue::from("%")} inputmode="numeric" /> }
    };
    let footer = html! {
        <>
            if props.can_edit {
                <Button on_click={props.on_close.reform(|_| ())}>{ t!("ui.cancel") }</Button>
                <Button kind={ButtonKind::Primary} is_busy={*is_busy} on_click={save}>{ t!("rules.save") }</Button>
            }
        </>
    };
    let below = html! { <p class="muted t12">{ t!("rules.about") }</p> };
    html! {
        <Dialog title={t!("rules.title_of", funnel = props.funnel.name)} {below} {footer} is_wide=true is_light=false on_close={props.on_close.clone()}>
            <fieldset class="gate-editor rules-editor" disabled={!props.can_edit}>
                if set.rules.is_empty() { <p class="muted">{ t!("rules.none") }</p> }
                for (index, rule) in set.rules.iter().enumerate() {
                    <RuleForm
                        key={rule.id.to_string()}
                        {index}
                        funnel={props.funnel.clone()}
                        rule={Rc::new(rule.clone())}
                        gone={gone_of(&props.rules, rule.id)}
                        faults={Rc::new((*faults).clone())}
                        can_edit={props.can_edit}
                        on_change={on_rule.clone()}
                    />
                }
                if props.can_edit && set.rules.len() < MAX_RULES {
                    <div class="row"><Button icon={Glyph::Plus} on_click={add}>{ t!("rules.add") }</Button></div>
                }
                <div class="one">
                    <h3>{ t!("rules.shares") }</h3>
                    <div class="three">for stage in open_stages(&props.funnel) { { share(stage) } }</div>
                    if let Some(text) = fault("/shares") { <p class="hint err">{ text }</p> }
                </div>
            </fieldset>
            if props.can_edit { <div class="row trial-ask"><Button icon={Glyph::Target} on_click={on_try}>{ t!("rules.try") }</Button></div> }
            if let Some(set) = &*tried { <TrialView funnel={props.funnel.clone()} set={set.clone()} /> }
        </Dialog>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_typed_changed_and_taken_away_and_nonsense_is_not_accepted() {
        let id = |n| StageId(uuid::Uuid::from_u128(n));
        let set = with_share(&CountedRules::default(), id(1), " 60 ");
        let set = with_share(&set, id(2), "30");
        let set = with_share(&set, id(1), "70");
        let shares: Vec<_> = (set.shares.iter())
            .map(|share| (share.stage_id, share.percent))
            .collect();
        assert_eq!(shares, [(id(2), 30), (id(1), 70)]);
        assert_eq!(set.validated(), Ok(()));
        assert!(with_share(&set, id(1), "much").validated().is_err());
        assert_eq!(
            with_share(&with_share(&set, id(1), ""), id(2), " ").shares,
            []
        );
    }
}
