//! How an account stands by the set of rules: the verdict, each criterion with what is known and what would
//! settle it, the answers, and when somebody is to look again (GATE-23).

use super::super::live::use_reload_on;
use super::super::parts::words;
use super::answers::AnswersDialog;
use super::words::{badge, found, score, test};
use crate::api::use_api;
use crate::browser;
use crate::format;
use crate::i18n::t;
use crate::i18n::{Lang, use_lang};
use crate::identity::use_can;
use crate::load::use_load;
use crate::ui::{Button, ButtonKind, ButtonSize, Glyph, Icon, Toast, use_toasts};
use shared::accounts::{
    Account, AccountScreening, CriterionState, CriterionVerdict, ScreeningCriterion, ScreeningTest,
};
use shared::error::ErrorCode;
use shared::identity::Permission;
use std::rc::Rc;
use yew::prelude::*;

/// What [`ScreeningPanel`] needs.
#[derive(Properties, PartialEq)]
pub struct ScreeningPanelProps {
    /// The account.
    pub account: Rc<Account>,
}

/// The panel of the screening.
#[component]
pub fn ScreeningPanel(props: &ScreeningPanelProps) -> Html {
    let lang = use_lang();
    let (api, toasts) = (use_api(), use_toasts());
    let account = &props.account;
    let can_edit = use_can(Permission::EditAccounts) && account.archived_at.is_none();
    let is_open = use_state_eq(|| false);
    let is_busy = use_state_eq(|| false);
    let told = use_load((account.id, account.version, lang), {
        let api = api.clone();
        move |(id, ..)| {
            let api = api.clone();
            async move { api.account_screening(id).await }
        }
    });
    use_reload_on("screening_rules.", told.reload.clone());
    use_reload_on("contact.", told.reload.clone());
    let Some(screening) = told.loaded.data.clone() else {
        return Html::default();
    };
    let again = {
        let (told, screening, busy) = (told.clone(), screening.clone(), is_busy.setter());
        let id = account.id;
        Callback::from(move |_: MouseEvent| {
            busy.set(true);
            let (api, toasts, busy) = (api.clone(), toasts.clone(), busy.clone());
            let (told, screening) = (told.clone(), screening.clone());
            browser::spawn(async move {
                // Answers to questions that are asked no more are left behind.
                let mut answers = screening.chosen();
                answers.retain(|id, choice| {
                    let choices = screening.rules.choices(*id).unwrap_or_default();
                    choices.iter().any(|one| one.id == *choice)
                });
                match api.screen_account(id, screening.version, answers).await {
                    Ok(now) => {
                        toasts.show(Toast::done(t!("screening.looked", locale = lang.tag())));
                        told.replace(now);
                    }
                    Err(error) => {
                        if error.code() == Some(ErrorCode::Stale) {
                            told.reload.emit(());
                        }
                        toasts.show(Toast::failed(error.message(lang)));
                    }
                }
                busy.set(false);
            });
        })
    };
    let on_saved = {
        let (told, is_open) = (told.clone(), is_open.setter());
        Callback::from(move |now: AccountScreening| {
            told.replace(now);
            is_open.set(false);
        })
    };
    let asks = screening
        .rules
        .criteria
        .iter()
        .any(|one| matches!(one.test, ScreeningTest::Question(_)));
    let (open, close) = (is_open.setter(), is_open.setter());
    let found = &screening.screening;
    html! {
        <section class="panel screening" aria-label={t!("screening.title")}>
            <header class="wrap">
                <h2>{ t!("screening.title") }</h2>
                { badge(lang, found.outcome) }
                <span class="sub num">{ score(lang, found.score, screening.rules.pass_share) }</span>
            </header>
            <ul class="screened">
                for (criterion, verdict) in screening.rules.criteria.iter().zip(&found.criteria) { { line(lang, &screening, criterion, *verdict) } }
            </ul>
            <div class="row wrap part">
                <span class={if screening.is_due { "warn" } else { "muted" }}>{ last(lang, &screening) }</span>
                <span class="push" />
                if can_edit {
                    <Button size={ButtonSize::Small} is_busy={*is_busy} on_click={again}>{ t!("screening.look_again") }</Button>
                    if asks {
                        <Button size={ButtonSize::Small} kind={ButtonKind::Primary} on_click={Callback::from(move |_| open.set(true))}>{ t!("screening.answer") }</Button>
                    }
                }
            </div>
            if *is_open {
                <AnswersDialog account_id={account.id} screening={screening.clone()} {on_saved} on_stale={told.reload.clone()} on_close={Callback::from(move |()| close.set(false))} />
            }
        </section>
    }
}

/// One criterion: how it stands, what it asks, and what is known or would settle it.
fn line(
    lang: Lang,
    screening: &AccountScreening,
    criterion: &ScreeningCriterion,
    verdict: CriterionVerdict,
) -> Html {
    let (glyph, tint) = match verdict.state {
        CriterionState::Met => (Glyph::Met, "ok"),
        CriterionState::Half => (Glyph::Met, "open"),
        CriterionState::Unmet => (Glyph::Unmet, "no"),
        CriterionState::Unknown => (Glyph::Help, "open"),
    };
    let state = words(
        lang,
        &format!("screening.states.{}", verdict.state.as_ref()),
    );
    let known = match (&criterion.test, verdict.settled_by) {
        (_, Some(by)) => words(lang, &format!("screening.settled_by.{}", by.as_ref())),
        (ScreeningTest::Question(choices), None) => {
            let given = screening.answers.get(&criterion.id);
            let choice = choices
                .iter()
                .find(|choice| given.is_some_and(|given| given.choice_id == choice.id));
            choice.map_or_else(AttrValue::default, |choice| choice.name.clone().into())
        }
        (recorded, None) => found(lang, recorded, &screening.facts)
            .unwrap_or_default()
            .into(),
    };
    let asks = test(lang, &criterion.test).filter(|asks| *asks != criterion.name);
    let topic = words(
        lang,
        &format!("screening.topics.{}", criterion.topic.as_ref()),
    );
    html! {
        <li key={criterion.id.to_string()} class={classes!("crit", "screen")}>
            <span class={tint}><Icon {glyph} /><span class="sr">{ state }</span></span>
            <div>
                <p>{ criterion.name.clone() } if criterion.mandatory { <small class="must">{ t!("screening.mandatory") }</small> }</p>
                <small>{ topic }if let Some(asks) = asks { { t!("screening.dot") }{ asks } }</small>
            </div>
            <span class={classes!("known", verdict.settled_by.map(|_| "muted"))}>{ known }</span>
        </li>
    }
}

/// When somebody last looked, and whether somebody is to look again.
fn last(lang: Lang, screening: &AccountScreening) -> String {
    let day = |at| format::date(lang, format::local(at).date());
    let (Some(at), Some(due)) = (screening.looked_at, screening.due_at) else {
        return t!("screening.never", locale = lang.tag()).into_owned();
    };
    let who = screening.looked_by_name.clone().unwrap_or_default();
    if !screening.is_due {
        return t!(
            "screening.last",
            locale = lang.tag(),
            day = day(at),
            who = who,
            due = day(due)
        )
        .into_owned();
    }
    let key = if due <= format::now() {
        "screening.due"
    } else {
        "screening.due_by_rules"
    };
    t!(key, locale = lang.tag(), day = day(at), who = who).into_owned()
}
