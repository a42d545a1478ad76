//! What priorities go by, what accounts of each get, and how often they are looked at again.

use super::super::form::{Form, FormAction, Texts};
use super::super::parts::words;
use crate::api::use_api;
use crate::browser;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::ui::{Button, Choice, Notice, SelectField, TextField, Toast, Tone, use_toasts};
use shared::accounts::{
    Priority, PriorityCuts, PriorityLead, PriorityPlan, PriorityPlans, PriorityRules,
    PriorityRulesPatch,
};
use shared::check::Validate;
use shared::error::{ErrorCode, FieldError};
use std::str::FromStr;
use strum::IntoEnumIterator;
use yew::prelude::*;

/// What [`PrioritiesForm`] needs.
#[derive(Properties, PartialEq)]
pub struct PrioritiesFormProps {
    /// The rules as they are.
    pub rules: PriorityRules,
    /// Gets them as saved.
    pub on_saved: Callback<PriorityRules>,
}

/// The fields of a priority's plan.
const fn names(priority: Priority) -> [&'static str; 5] {
    match priority {
        Priority::High => [
            "plans/high/strategy",
            "plans/high/visits",
            "plans/high/contact_days",
            "plans/high/lead",
            "plans/high/time_share",
        ],
        Priority::Middle => [
            "plans/middle/strategy",
            "plans/middle/visits",
            "plans/middle/contact_days",
            "plans/middle/lead",
            "plans/middle/time_share",
        ],
        Priority::Low => [
            "plans/low/strategy",
            "plans/low/visits",
            "plans/low/contact_days",
            "plans/low/lead",
            "plans/low/time_share",
        ],
    }
}

fn texts(rules: &PriorityRules) -> Texts {
    let mut texts = Texts::from([
        ("points/high", rules.high_from.to_string()),
        ("points/middle", rules.middle_from.to_string()),
        ("review_days", rules.review_days.to_string()),
    ]);
    for (priority, plan) in rules.plans.all() {
        let values = [
            plan.strategy.clone(),
            plan.visits.to_string(),
            plan.contact_days.to_string(),
            plan.lead.as_ref().to_owned(),
            plan.time_share.to_string(),
        ];
        texts.extend(names(priority).into_iter().zip(values));
    }
    texts
}

fn number<N: FromStr>(form: &Form, name: &str) -> Result<N, Vec<FieldError>> {
    let text = form.value(name).unwrap_or_default().replace([',', ' '], "");
    let code = if text.is_empty() {
        ErrorCode::Required
    } else {
        ErrorCode::BadFormat
    };
    text.parse()
        .map_err(|_| vec![FieldError::new(format!("/{name}"), code)])
}

fn read(form: &Form) -> Result<PriorityRulesPatch, Vec<FieldError>> {
    let plan = |priority| -> Result<PriorityPlan, Vec<FieldError>> {
        let [strategy, visits, contact_days, lead, time_share] = names(priority);
        Ok(PriorityPlan {
            strategy: form.value(strategy).unwrap_or_default(),
            visits: number(form, visits)?,
            contact_days: number(form, contact_days)?,
            lead: number(form, lead)?,
            time_share: number(form, time_share)?,
        })
    };
    let patch = PriorityRulesPatch {
        points: Some(PriorityCuts {
            high: number(form, "points/high")?,
            middle: number(form, "points/middle")?,
        }),
        review_days: Some(number(form, "review_days")?),
        plans: Some(PriorityPlans {
            high: plan(Priority::High)?,
            middle: plan(Priority::Middle)?,
            low: plan(Priority::Low)?,
        }),
    };
    patch.validated().map(|()| patch)
}

/// The form of what priorities go by.
#[component]
pub fn PrioritiesForm(props: &PrioritiesFormProps) -> Html {
    let lang = use_lang();
    let (api, toasts) = (use_api(), use_toasts());
    let form = use_reducer_eq(|| Form::new(texts(&props.rules)));
    let typed = |name: &'static str| {
        let dispatch = form.dispatcher();
        Callback::from(move |text: String| dispatch.dispatch(FormAction::Typed(name, text)))
    };
    let figure = |name: &'static str, label: String| {
        html! { <TextField {label} value={form.text(name)} on_input={typed(name)} error={form.fault(lang, name)} inputmode="numeric" autocomplete="off" /> }
    };
    let onsubmit = {
        let (form, on_saved) = (form.clone(), props.on_saved.clone());
        let version = props.rules.version;
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if form.is_busy {
                return;
            }
            let patch = match read(&form) {
                Ok(patch) => patch,
                Err(faults) => return form.dispatch(FormAction::Refused(faults)),
            };
            form.dispatch(FormAction::Sent);
            let (api, toasts, on_saved) = (api.clone(), toasts.clone(), on_saved.clone());
            let form = form.dispatcher();
            browser::spawn(async move {
                match api.patch_priority_rules(version, &patch).await {
                    Ok(rules) => {
                        toasts.show(Toast::done(t!("ui.saved")));
                        on_saved.emit(rules);
                    }
                    Err(error) => form.dispatch(FormAction::Failed(error)),
                }
            });
        })
    };
    let leads: Vec<Choice> = PriorityLead::iter()
        .map(|lead| {
            let name = words(lang, &format!("priority.leads.{}", lead.as_ref()));
            Choice::new(lead.as_ref().to_owned(), name)
        })
        .collect();
    let plan = |priority: Priority| {
        let [strategy, visits, contact_days, lead, time_share] = names(priority);
        let name = words(lang, &format!("priority.names.{}", priority.as_ref()));
        let usual = words(lang, &format!("priority.strategies.{}", priority.as_ref()));
        html! {
            <fieldset key={priority.as_ref().to_owned()} class="stack">
                <legend>{ name }</legend>
                <TextField label={t!("priority.strategy")} value={form.text(strategy)} on_input={typed(strategy)} error={form.fault(lang, strategy)} hint={usual} max_length={1_000} />
                <div class="two">
                    { figure(visits, t!("priority.visits_label").into_owned()) }
                    { figure(contact_days, t!("priority.contact_label").into_owned()) }
                    <SelectField label={t!("priority.lead")} value={form.text(lead)} choices={leads.clone()} on_change={typed(lead).reform(|value: AttrValue| value.to_string())} error={form.fault(lang, lead)} />
                    { figure(time_share, t!("priority.time_label").into_owned()) }
                </div>
            </fieldset>
        }
    };
    html! {
        <section class="panel" aria-label={t!("priority.rules")}>
            <header><h2>{ t!("priority.rules") }</h2><span class="sub">{ t!("priority.rules_sub") }</span></header>
            <form class="form in-panel" {onsubmit} novalidate=true>
                if let Some(error) = &form.error { <Notice tone={Tone::Negative} is_alert=true>{ error.message(lang) }</Notice> }
                <div class="three">
                    { figure("points/high", t!("priority.high_from").into_owned()) }
                    { figure("points/middle", t!("priority.middle_from").into_owned()) }
                    { figure("review_days", t!("priority.review_days").into_owned()) }
                </div>
                for priority in Priority::iter() { { plan(priority) } }
                <div class="row end"><Button is_submit=true is_busy={form.is_busy}>{ t!("ui.save") }</Button></div>
            </form>
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_can_be_saved_as_they_are_and_shares_are_one_teams_time() {
        let usual = PriorityRules::usual(uuid::Uuid::nil().into());
        let patch = read(&Form::new(texts(&usual))).unwrap();
        assert_eq!(patch.plans, Some(usual.plans.clone()));
        assert_eq!(patch.review_days, Some(90));
        let mut wrong = texts(&usual);
        wrong.insert("plans/low/time_share", "11".to_owned());
        assert_eq!(
            read(&Form::new(wrong)).unwrap_err()[0].pointer,
            "/plans/low/time_share"
        );
    }
}
