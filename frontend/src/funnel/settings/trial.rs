//! What a trial of counted rules found: by rule, by stage, and move by move.

use crate::api::use_api;
use crate::browser;
use crate::format;
use crate::funnel::words;
use crate::i18n::t;
use crate::i18n::{Lang, use_lang};
use crate::load::use_load;
use crate::route::Route;
use crate::ui::{Button, ButtonSize, Toast, draw, use_toasts};
use shared::funnel::Funnel;
use shared::funnel::counted::{CountedRules, RulesTrial, Trial, TrialMove, TrialSearch};
use shared::id::StageId;
use std::rc::Rc;
use yew::prelude::*;
use yew_router::prelude::*;

/// Moves listed at a time.
const LISTED: u32 = 20;

/// What [`TrialView`] needs.
#[derive(Properties, PartialEq)]
pub struct TrialViewProps {
    /// The funnel.
    pub funnel: Rc<Funnel>,
    /// The rules to try.
    pub set: Rc<CountedRules>,
}

fn search(set: &CountedRules, cursor: Option<String>) -> TrialSearch {
    TrialSearch {
        set: Some(set.clone()),
        cursor,
        limit: Some(LISTED),
    }
}

/// Tries rules and shows what was found.
#[component]
pub fn TrialView(props: &TrialViewProps) -> Html {
    let lang = use_lang();
    let (api, toasts) = (use_api(), use_toasts());
    let trial = use_load((props.funnel.id, props.set.clone()), {
        let api = api.clone();
        move |(id, set)| {
            let api = api.clone();
            async move { api.try_rules(id, &search(&set, None)).await }
        }
    });
    let on_more = {
        let (trial, set, funnel) = (trial.clone(), props.set.clone(), props.funnel.id);
        Callback::from(move |cursor: String| {
            let (api, toasts, trial) = (api.clone(), toasts.clone(), trial.clone());
            let asked = search(&set, Some(cursor));
            browser::spawn(async move {
                match api.try_rules(funnel, &asked).await {
                    Ok(more) => {
                        if let Some(known) = trial.data() {
                            trial.replace(joined(known, more));
                        }
                    }
                    Err(error) => toasts.show(Toast::failed(error.message(lang))),
                }
            });
        })
    };
    html! {
        <section class="trial" aria-live="polite">
            { draw(&trial, |found| html! {
                <>
                    if let Some(figures) = &found.figures { { summed(lang, props, figures) } }
                    <h3>{ t!("rules.trial_list") }</h3>
                    if found.moves.is_empty() { <p class="muted">{ t!("rules.trial_none") }</p> } else { { listed(lang, props, &found.moves) } }
                    if let Some(cursor) = &found.next_cursor {
                        <Button size={ButtonSize::Small} on_click={let cursor = cursor.clone(); on_more.reform(move |_| cursor.clone())}>{ t!("rules.more") }</Button>
                    }
                </>
            }) }
        </section>
    }
}

/// What is known with a further page.
fn joined(known: &Trial, more: Trial) -> Trial {
    let mut moves = known.moves.clone();
    moves.extend(more.moves);
    Trial {
        figures: known.figures.clone(),
        moves,
        next_cursor: more.next_cursor,
    }
}

fn stage_name(funnel: &Funnel, id: StageId) -> String {
    let stage = funnel.stages.iter().find(|stage| stage.id == id);
    stage
        .map(|stage| stage.fields.name.clone())
        .unwrap_or_default()
}

/// The figures by rule and by stage.
fn summed(lang: Lang, props: &TrialViewProps, figures: &RulesTrial) -> Html {
    let name = |id| {
        let rule = props.set.rules.iter().find(|rule| rule.id == id);
        rule.map(|rule| rule.name.clone()).unwrap_or_default()
    };
    let number = |value: i64| html! { <td class="num">{ format::integer(lang, value) }</td> };
    let share = |count: i64, percent: i16| html! { <td class="num">{ format!("{} · {percent}%", format::integer(lang, count)) }</td> };
    let (touches, deals) = (
        format::integer(lang, figures.touches),
        format::integer(lang, figures.deals),
    );
    html! {
        <>
            <p class="muted">{ t!("rules.tried", touches = touches, deals = deals) }</p>
            <div class="scroll-x"><table class="rounds">
                <thead><tr>
                    <th scope="col">{ t!("rules.trial_rule") }</th>
                    <th scope="col">{ t!("rules.trial_deals") }</th>
                    <th scope="col">{ t!("rules.trial_moves") }</th>
                    <th scope="col">{ t!("rules.trial_stopped") }</th>
                    <th scope="col">{ t!("rules.trial_open") }</th>
                    <th scope="col">{ t!("rules.trial_won") }</th>
                    <th scope="col">{ t!("rules.trial_lost") }</th>
                </tr></thead>
                <tbody>
                    for rule in &figures.rules {
                        <tr key={rule.rule_id.to_string()}>
                            <th scope="row">{ name(rule.rule_id) }</th>
                            { number(rule.deals) }{ number(rule.moves) }{ number(rule.stopped) }
                            { number(rule.open) }{ number(rule.won) }{ number(rule.lost) }
                        </tr>
                    }
                </tbody>
            </table></div>
            <div class="scroll-x"><table class="rounds">
                <thead><tr>
                    <th scope="col">{ t!("rules.trial_stage") }</th>
                    <th scope="col">{ t!("rules.trial_now") }</th>
                    <th scope="col">{ t!("rules.trial_then") }</th>
                    <th scope="col">{ t!("rules.trial_expected") }</th>
                </tr></thead>
                <tbody>
                    for stage in &figures.stages {
                        <tr key={stage.stage_id.to_string()}>
                            <th scope="row">{ stage_name(&props.funnel, stage.stage_id) }</th>
                            { share(stage.deals, stage.percent) }
                            { share(stage.replayed, stage.replayed_percent) }
                            <td class="num">{ stage.expected.map_or_else(|| "\u{2014}".to_owned(), |percent| format!("{percent}%")) }</td>
                        </tr>
                    }
                </tbody>
            </table></div>
        </>
    }
}

/// The moves that would have been made.
fn listed(lang: Lang, props: &TrialViewProps, moves: &[TrialMove]) -> Html {
    html! {
        <div class="scroll-x"><table class="rounds">
            <thead><tr>
                <th scope="col">{ t!("rules.trial_deal") }</th>
                <th scope="col">{ t!("rules.trial_when") }</th>
                <th scope="col">{ t!("rules.trial_way") }</th>
                <th scope="col">{ t!("rules.trial_today") }</th>
            </tr></thead>
            <tbody>
                for (place, one) in moves.iter().enumerate() {
                    <tr key={place}>
                        <th scope="row"><Link<Route> to={Route::Deal { id: one.deal_id.to_string() }} classes="link">{ &one.deal_title }</Link<Route>></th>
                        <td class="num">{ format::moment_full(lang, one.at) }</td>
                        <td>{ t!("rules.trial_arrow", from = stage_name(&props.funnel, one.from_stage_id), to = stage_name(&props.funnel, one.to_stage_id)) }</td>
                        <td>{ words::kind_name(one.status) }{ " · " }{ stage_name(&props.funnel, one.stage_id) }</td>
                    </tr>
                }
            </tbody>
        </table></div>
    }
}
