//! The dialog that answers the questions of the set for an account; the verdict is shown as answers are
//! chosen, by the rule that the server goes by.

use super::words::{badge, score};
use crate::api::use_api;
use crate::browser;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::ui::{Button, ButtonKind, Choice, Dialog, Notice, SelectField, Toast, Tone, use_toasts};
use shared::accounts::{AccountScreening, Answers, ScreeningTest, screen};
use shared::error::ErrorCode;
use shared::id::AccountId;
use std::rc::Rc;
use yew::prelude::*;

/// What [`AnswersDialog`] needs.
#[derive(Properties, PartialEq)]
pub struct AnswersDialogProps {
    /// The account.
    pub account_id: AccountId,
    /// How it stands.
    pub screening: Rc<AccountScreening>,
    /// Gets how it stands then.
    pub on_saved: Callback<AccountScreening>,
    /// Somebody else answered meanwhile.
    pub on_stale: Callback<()>,
    /// Asked to close.
    pub on_close: Callback<()>,
}

/// The questions of the set.
#[component]
pub fn AnswersDialog(props: &AnswersDialogProps) -> Html {
    let lang = use_lang();
    let (api, toasts) = (use_api(), use_toasts());
    let rules = &props.screening.rules;
    let answers = use_state_eq(|| -> Answers {
        let mut chosen = props.screening.chosen();
        chosen.retain(|id, choice| {
            let choices = rules.choices(*id).unwrap_or_default();
            choices.iter().any(|one| one.id == *choice)
        });
        chosen
    });
    let is_busy = use_state_eq(|| false);
    let error = use_state_eq(|| None::<String>);
    let save = {
        let (answers, is_busy, error) = (answers.clone(), is_busy.clone(), error.setter());
        let (id, version) = (props.account_id, props.screening.version);
        let (on_saved, on_stale) = (props.on_saved.clone(), props.on_stale.clone());
        Callback::from(move |_: MouseEvent| {
            is_busy.set(true);
            let (api, toasts, answers) = (api.clone(), toasts.clone(), (*answers).clone());
            let (is_busy, error) = (is_busy.setter(), error.clone());
            let (on_saved, on_stale) = (on_saved.clone(), on_stale.clone());
            browser::spawn(async move {
                match api.screen_account(id, version, answers).await {
                    Ok(now) => {
                        toasts.show(Toast::done(t!("screening.saved", locale = lang.tag())));
                        on_saved.emit(now);
                    }
                    Err(failed) => {
                        // The answers stay as they were chosen, to be looked over and saved on the new state.
                        if failed.code() == Some(ErrorCode::Stale) {
                            on_stale.emit(());
                        }
                        error.set(Some(failed.message(lang)));
                        is_busy.set(false);
                    }
                }
            });
        })
    };
    let verdict = screen(rules, &props.screening.facts, &answers);
    let below = html! {
        <p class="row wrap" role="status">
            { badge(lang, verdict.outcome) }
            <span class="muted t12 num">{ score(lang, verdict.score, rules.pass_share) }</span>
        </p>
    };
    let footer = html! {
        <>
            <Button on_click={props.on_close.reform(|_| ())}>{ t!("ui.cancel") }</Button>
            <Button kind={ButtonKind::Primary} is_busy={*is_busy} on_click={save}>{ t!("ui.save") }</Button>
        </>
    };
    let questions = rules.criteria.iter().filter_map(|criterion| {
        let ScreeningTest::Question(choices) = &criterion.test else {
            return None;
        };
        let id = criterion.id;
        let on_change = {
            let answers = answers.clone();
            Callback::from(move |value: AttrValue| {
                let mut next = (*answers).clone();
                match value.parse() {
                    Ok(choice) => _ = next.insert(id, choice),
                    Err(_) => _ = next.remove(&id),
                }
                answers.set(next);
            })
        };
        let listed: Vec<Choice> = choices
            .iter()
            .map(|choice| Choice::new(choice.id.to_string(), choice.name.clone()))
            .collect();
        let value = answers.get(&id).map(ToString::to_string).unwrap_or_default();
        Some(html! {
            <SelectField key={id.to_string()} label={criterion.name.clone()} {value} choices={listed} none={AttrValue::from(t!("screening.unknown").into_owned())} {on_change} />
        })
    });
    html! {
        <Dialog title={t!("screening.questions")} {below} {footer} is_light=false on_close={props.on_close.clone()}>
            <div class="form">
                if let Some(text) = &*error { <Notice tone={Tone::Negative} is_alert=true>{ text.clone() }</Notice> }
                for question in questions { { question } }
            </div>
        </Dialog>
    }
}
