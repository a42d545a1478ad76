//! What classes go by: how many months are urgent, and where the size bands end.

use super::super::form::{Form, FormAction, Texts};
use crate::api::use_api;
use crate::browser;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::ui::{Button, Notice, TextField, Toast, Tone, use_toasts};
use shared::accounts::{AmountCuts, ClassRules, ClassRulesPatch, SizeBands};
use shared::check::Validate;
use shared::error::{ErrorCode, FieldError};
use std::str::FromStr;
use yew::prelude::*;

/// What [`RulesForm`] needs.
#[derive(Properties, PartialEq)]
pub struct RulesFormProps {
    /// The rules as they are.
    pub rules: ClassRules,
    /// Gets them as saved.
    pub on_saved: Callback<ClassRules>,
}

const FIELDS: [&str; 6] = [
    "urgent_months",
    "sizes/small",
    "sizes/medium",
    "sizes/large",
    "amount/a",
    "amount/b",
];

fn texts(rules: &ClassRules) -> Texts {
    let sizes = rules.sizes;
    let values = [sizes.small, sizes.medium, sizes.large].map(|value| value.to_string());
    let months = rules.urgent_months.to_string();
    let cuts = [rules.amount.a, rules.amount.b].map(|value| value.to_string());
    FIELDS
        .into_iter()
        .zip(std::iter::once(months).chain(values).chain(cuts))
        .collect()
}

fn read(form: &Form) -> Result<ClassRulesPatch, Vec<FieldError>> {
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
    let patch = ClassRulesPatch {
        urgent_months: Some(number(form, "urgent_months")?),
        sizes: Some(SizeBands {
            small: number(form, "sizes/small")?,
            medium: number(form, "sizes/medium")?,
            large: number(form, "sizes/large")?,
        }),
        amount: Some(AmountCuts {
            a: number(form, "amount/a")?,
            b: number(form, "amount/b")?,
        }),
    };
    patch.validated().map(|()| patch)
}

/// The form of what classes go by.
#[component]
pub fn RulesForm(props: &RulesFormProps) -> Html {
    let lang = use_lang();
    let (api, toasts) = (use_api(), use_toasts());
    let form = use_reducer_eq(|| Form::new(texts(&props.rules)));
    let field = |name: &'static str, label: std::borrow::Cow<'static, str>| {
        let dispatch = form.dispatcher();
        let on_input =
            Callback::from(move |text: String| dispatch.dispatch(FormAction::Typed(name, text)));
        html! { <TextField label={label.into_owned()} value={form.text(name)} {on_input} error={form.fault(lang, name)} inputmode="numeric" autocomplete="off" /> }
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
                match api.patch_class_rules(version, &patch).await {
                    Ok(rules) => {
                        toasts.show(Toast::done(t!("ui.saved")));
                        on_saved.emit(rules);
                    }
                    Err(error) => form.dispatch(FormAction::Failed(error)),
                }
            });
        })
    };
    html! {
        <section class="panel" aria-label={t!("portfolio.rules")}>
            <header><h2>{ t!("portfolio.rules") }</h2></header>
            <form class="form in-panel" {onsubmit} novalidate=true>
                if let Some(error) = &form.error { <Notice tone={Tone::Negative} is_alert=true>{ error.message(lang) }</Notice> }
                { field("urgent_months", t!("portfolio.urgent_months")) }
                <div class="three">
                    { field("sizes/small", t!("portfolio.small_from")) }
                    { field("sizes/medium", t!("portfolio.medium_from")) }
                    { field("sizes/large", t!("portfolio.large_over")) }
                </div>
                <div class="two">
                    { field("amount/a", t!("portfolio.amount_a")) }
                    { field("amount/b", t!("portfolio.amount_b")) }
                </div>
                <div class="row end"><Button is_submit=true is_busy={form.is_busy}>{ t!("ui.save") }</Button></div>
            </form>
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_can_be_saved_as_they_are_and_bands_must_ascend() {
        let usual = ClassRules::usual(uuid::Uuid::nil().into());
        let patch = read(&Form::new(texts(&usual))).unwrap();
        assert_eq!(
            (patch.urgent_months, patch.sizes),
            (Some(2), Some(usual.sizes))
        );
        let mut wrong = texts(&usual);
        wrong.insert("sizes/large", "400".to_owned());
        assert_eq!(
            read(&Form::new(wrong)).unwrap_err()[0].pointer,
            "/sizes/large"
        );
        let mut empty = texts(&usual);
        empty.insert("urgent_months", String::new());
        assert_eq!(
            read(&Form::new(empty)).unwrap_err()[0].code,
            ErrorCode::Required
        );
    }
}
