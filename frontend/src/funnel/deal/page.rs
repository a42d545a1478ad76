//! A deal's own page: what matters at the head, the stages, the facts edited in place, products, history.

use super::effort::EffortNotice;
use super::fields::DealField;
use super::history::History;
use super::inline::Fact;
use super::lines::Lines;
use super::objections::Objections;
use super::proposal::ProposalCard;
use super::sheet::StageSheet;
use super::stepper::Stepper;
use super::touches::Touches;
use crate::accounts::parts::use_people;
use crate::api::{Api, ApiResult, use_api};
use crate::browser;
use crate::format;
use crate::funnel::board::totals;
use crate::funnel::cases::{CaseCard, SimilarCard};
use crate::funnel::gate::{GatePanel, Rounds};
use crate::funnel::playbook::{self, StageFacts};
use crate::funnel::scripts::ScriptsCard;
use crate::funnel::words;
use crate::i18n::t;
use crate::i18n::{Lang, use_lang};
use crate::identity::{use_can, use_me};
use crate::live::use_live;
use crate::load::{LoadHandle, use_load};
use crate::route::Route;
use crate::shell::{NotFoundPage, Page};
use crate::ui::{
    Avatar, Button, ButtonKind, Dialog, ErrorView, Gathered, Glyph, Icon, Menu, MenuEntry,
    MenuItem, Money, Notice, Skeleton, Tier, Toast, Tone, Waiting, use_toasts,
};
use shared::event::EventKind;
use shared::funnel::effort::DealEffort;
use shared::funnel::{CaseOutcome, Deal, Funnel, Stage, StageKind};
use shared::id::DealId;
use shared::identity::Permission;
use shared::money::Currency;
use std::rc::Rc;
use yew::prelude::*;
use yew_router::prelude::*;

/// What [`DealPage`] needs.
#[derive(Properties, PartialEq)]
pub struct DealPageProps {
    /// The deal's id, as in the address.
    pub id: String,
}

/// A deal with the funnel it is in.
#[derive(Debug, Clone, PartialEq)]
struct Found {
    deal: Rc<Deal>,
    funnel: Rc<Funnel>,
}

async fn find(api: Api, id: DealId) -> ApiResult<Found> {
    let deal = api.deal(id).await?;
    let funnel = api.funnel(deal.funnel_id).await?;
    Ok(Found {
        deal: Rc::new(deal),
        funnel: Rc::new(funnel),
    })
}

/// The one of two that knows the later version of the deal: what was asked before a change of one's own
/// may be answered after it, and would take it back.
fn newer(known: Option<Rc<Found>>, come: Option<Rc<Found>>) -> Option<Rc<Found>> {
    match (known, come) {
        (Some(known), Some(come)) if come.deal.version < known.deal.version => Some(known),
        (known, come) => come.or(known),
    }
}

/// What was found last, never an older version of the deal than was there before.
#[hook]
fn use_newest(found: &LoadHandle<Found>) -> Option<Rc<Found>> {
    let newest = use_mut_ref(|| None::<Rc<Found>>);
    let mut newest = newest.borrow_mut();
    *newest = newer(newest.take(), found.loaded.data.clone());
    newest.clone()
}

/// A deal's own page.
#[component]
pub fn DealPage(props: &DealPageProps) -> Html {
    match props.id.parse::<DealId>() {
        Ok(id) => html! { <Open key={id.to_string()} {id} /> },
        Err(_) => html! { <NotFoundPage /> },
    }
}

#[derive(Properties, PartialEq)]
struct OpenProps {
    id: DealId,
}

#[component]
fn Open(props: &OpenProps) -> Html {
    use_lang();
    let api = use_api();
    let found = use_load(props.id, {
        let api = api.clone();
        move |id| find(api.clone(), id)
    });
    // Asked beside the deal, so that its warning pushes nothing down later.
    let effort = use_load(props.id, move |id| {
        let api = api.clone();
        async move { api.deal_effort(id).await.map(Rc::new) }
    });
    let opened = use_mut_ref(|| None);
    let newest = use_newest(&found);
    let seen = newest.as_ref().map(|newest| newest.deal.version);
    use_own_events(props.id, seen, &found.reload);
    match newest.filter(|_| effort.loaded.is_settled()) {
        Some(data) => {
            let version = *opened.borrow_mut().get_or_insert(data.deal.version);
            let effort = effort.data().map(|told| (version, Rc::clone(told)));
            let on_deal = {
                let (found, data) = (found.clone(), Rc::clone(&data));
                Callback::from(move |mut deal: Deal| {
                    if deal.version < data.deal.version {
                        return;
                    }
                    // A move answers without the lines; they have not changed by it.
                    deal.lines = deal.lines.or_else(|| data.deal.lines.clone());
                    deal.facts = deal.facts.or_else(|| data.deal.facts.clone());
                    found.replace(Found {
                        deal: Rc::new(deal),
                        funnel: data.funnel.clone(),
                    });
                })
            };
            html! { <View deal={data.deal.clone()} funnel={data.funnel.clone()} {effort} {on_deal} on_reload={found.reload.clone()} /> }
        }
        None => html! {
            <Page title={t!("nav.deals")}>
                if let Some(error) = found.loaded.error.clone().filter(|_| !found.loaded.is_busy) {
                    <ErrorView {error} on_retry={Some(found.reload.clone())} />
                } else {
                    <Waiting><div class="deal-page"><section class="panel"><Skeleton lines={9} /></section></div></Waiting>
                }
            </Page>
        },
    }
}

/// Asks again when somebody else changed the deal.
#[hook]
fn use_own_events(id: DealId, seen: Option<i32>, reload: &Callback<()>) {
    let reload = reload.clone();
    let timer = use_mut_ref(|| None::<gloo::timers::callback::Timeout>);
    use_live(move |event| {
        let version = event
            .data
            .get("version")
            .and_then(serde_json::Value::as_i64);
        let is_known = version
            .zip(seen)
            .is_some_and(|(version, seen)| version <= i64::from(seen));
        // Its weight by the evidence may be another one, without a version of its own.
        let is_weighed = event.kind == EventKind::FunnelWeighed;
        if (event.deal_id == Some(id) && !is_known) || is_weighed {
            let reload = reload.clone();
            timer.replace(Some(gloo::timers::callback::Timeout::new(300, move || {
                reload.emit(())
            })));
        }
    });
}

#[derive(Properties, PartialEq)]
struct ViewProps {
    deal: Rc<Deal>,
    funnel: Rc<Funnel>,
    effort: Option<(i32, Rc<DealEffort>)>,
    on_deal: Callback<Deal>,
    on_reload: Callback<()>,
}

#[component]
fn View(props: &ViewProps) -> Html {
    let lang = use_lang();
    let (deal, funnel) = (&props.deal, &props.funnel);
    let house = use_me().map_or(Currency::CNY, |me| me.organisation.currency);
    let people = use_people();
    let can_edit = use_can(Permission::EditDeals) && deal.archived_at.is_none();
    let stage = funnel.stages.iter().find(|stage| stage.id == deal.stage_id);
    let is_open = stage.is_some_and(|stage| stage.fields.kind == StageKind::Open);
    let is_lost = stage.is_some_and(|stage| stage.fields.kind == StageKind::Lost);
    let outcome = stage.and_then(|stage| match stage.fields.kind {
        StageKind::Open => None,
        StageKind::Won => Some(CaseOutcome::Won),
        StageKind::Lost => Some(CaseOutcome::Lost),
    });
    let fact = |field: DealField| {
        html! {
            <Fact key={field.as_ref().to_owned()} {field} deal={deal.clone()} people={people.clone()} {house} {can_edit} on_deal={props.on_deal.clone()}>
                { value(lang, deal, stage, field) }
            </Fact>
        }
    };
    html! {
        <Page title={deal.title.clone()} lead={Some(lead(props))} actions={actions(props)}>
            <div class="deal-page">
                if deal.archived_at.is_some() { <Archived deal={deal.clone()} on_deal={props.on_deal.clone()} /> }
                <section class="panel deal-head" aria-label={deal.title.clone()}>
                    { head(lang, props, stage) }
                    <Stepper funnel={funnel.clone()} deal={deal.clone()} {can_edit} on_deal={props.on_deal.clone()} on_reload={props.on_reload.clone()} />
                </section>
                if is_open && deal.archived_at.is_none() { <EffortNotice deal={deal.clone()} first={props.effort.clone()} /> }
                // Together: what came one after the other would push away what somebody is about to press.
                <Gathered>
                    <div class="deal-cols">
                        <div class="stack loose">
                            <CaseCard deal={deal.clone()} {outcome} {can_edit} on_deal={props.on_deal.clone()} />
                            <section class="panel" aria-label={t!("deal.facts")}>
                                <header><h2>{ t!("deal.facts") }</h2></header>
                                <dl class="fact-list">
                                    { fact(DealField::Title) }
                                    for field in DealField::FACTS { { fact(field) } }
                                    if is_lost { for field in DealField::LOSS { { fact(field) } } }
                                </dl>
                            </section>
                            <GatePanel funnel={funnel.clone()} deal={deal.clone()} {can_edit} on_deal={props.on_deal.clone()} />
                            <StageSheet funnel={funnel.clone()} deal={deal.clone()} people={people.clone()} {can_edit} on_deal={props.on_deal.clone()} />
                            <Touches funnel={funnel.clone()} deal={deal.clone()} {can_edit} on_deal={props.on_deal.clone()} />
                            <Objections deal={deal.clone()} {can_edit} on_deal={props.on_deal.clone()} />
                            <ProposalCard deal={deal.clone()} {can_edit} on_deal={props.on_deal.clone()} />
                            <Rounds deal={deal.clone()} {house} {can_edit} on_deal={props.on_deal.clone()} />
                            <Lines deal={deal.clone()} {house} {can_edit} on_deal={props.on_deal.clone()} />
                        </div>
                        <div class="stack loose">
                            if let Some(stage) = stage.filter(|stage| playbook::helps(&stage.fields)) {
                                <section class="panel" aria-label={t!("deal.this_stage")}>
                                    <header><h2>{ t!("deal.this_stage") }</h2><span class="sub">{ &stage.fields.name }</span></header>
                                    <div class="body"><StageFacts fields={Rc::new(stage.fields.clone())} is_short=true /></div>
                                </section>
                            }
                            <ScriptsCard funnel={funnel.clone()} deal={deal.clone()} />
                            if is_open { <SimilarCard deal={deal.clone()} /> }
                            <History funnel={funnel.clone()} deal={deal.clone()} />
                        </div>
                    </div>
                </Gathered>
            </div>
        </Page>
    }
}

/// The way back, and the name.
fn lead(props: &ViewProps) -> Html {
    let board = Route::BoardOf {
        funnel_id: props.funnel.id.to_string(),
    };
    html! {
        <nav class="crumb" aria-label={t!("nav.deals")}>
            <span class="up"><Link<Route> to={board}>{ &props.funnel.name }</Link<Route>></span>
            <span class="sep up" aria-hidden="true">{ "/" }</span>
            <h1 class="trunc" aria-current="page">{ &props.deal.title }</h1>
        </nav>
    }
}

fn actions(props: &ViewProps) -> Html {
    html! { <Actions deal={props.deal.clone()} on_reload={props.on_reload.clone()} /> }
}

fn head(lang: Lang, props: &ViewProps, stage: Option<&Stage>) -> Html {
    let deal = &props.deal;
    let today = format::today();
    let age = stage.map(|stage| words::age(deal, stage, today));
    let probability = stage.map(|stage| totals::probability(deal, stage));
    html! {
        <>
            <div class="row who">
                if let Some(tier) = deal.account_tier { <Tier letter={tier.as_ref().chars().next().unwrap_or('C')} label={t!("board.tier", tier = tier.as_ref())} is_large=true /> }
                if let Some(account) = deal.account_id {
                    <Link<Route> to={Route::Account { id: account.to_string() }} classes="link strong trunc">{ words::account_name(deal) }</Link<Route>>
                } else {
                    <span class="muted">{ words::account_name(deal) }</span>
                }
                if let Some(owner) = &deal.owner_name { <span class="row push"><Avatar name={owner.clone()} /><span class="muted">{ owner.clone() }</span></span> }
            </div>
            <div class="row figures">
                if let Some(amount) = &deal.amount { <Money figure={format::amount(lang, amount)} title={format::money(lang, amount)} class="xl" /> } else { <span class="faint">{ t!("deal.no_amount") }</span> }
                if let Some(percent) = probability { <span class="num muted">{ format!("{percent}%") }</span> }
                if let Some(day) = deal.expected_close_on { <span class="num muted">{ t!("deal.closes_on", day = format::date(lang, day)) }</span> }
                if let Some((days, age)) = age { <span class={classes!("badge", "num", age_tone(age))}>{ format::days(lang, days) }</span> }
                if deal.is_low_investment { <span class="badge warning" title={t!("gate.low_investment_why")}>{ t!("gate.low_investment") }</span> }
            </div>
        </>
    }
}

const fn age_tone(age: words::Age) -> Option<&'static str> {
    match age {
        words::Age::Fresh => None,
        words::Age::Aging => Some("warning"),
        words::Age::Rotten => Some("negative"),
    }
}

/// A field's value as it is read.
fn value(lang: Lang, deal: &Deal, stage: Option<&Stage>, field: DealField) -> Html {
    let text = field.read(deal);
    if text.is_empty() {
        let by_stage = stage.filter(|_| field == DealField::Probability);
        return match (by_stage, deal.evidence_probability) {
            (Some(stage), None) => {
                html! { <span class="muted num">{ t!("deal.stage_probability", percent = format!("{}%", stage.fields.usual_probability())) }</span> }
            }
            (Some(_), Some(percent)) => by_evidence(percent),
            (None, _) => html! { <span class="faint">{ t!("deal.nothing") }</span> },
        };
    }
    let day = |day: Option<chrono::NaiveDate>| html! { <span class="num">{ day.map(|day| format::date(lang, day)) }</span> };
    match field {
        DealField::Amount => {
            html! { <span class="num">{ deal.amount.map(|money| format::money(lang, &money)) }</span> }
        }
        DealField::ExpectedProfit => {
            html! { <span class={classes!("num", deal.expected_profit.is_some_and(|profit| profit.is_sign_negative()).then_some("neg"))}>{ deal.profit().map(|money| format::money(lang, &money)) }</span> }
        }
        DealField::Probability => html! {
            <>
                <span class="num">{ format!("{text}%") }</span>
                if let Some(percent) = deal.evidence_probability { { " " }{ by_evidence(percent) } }
            </>
        },
        DealField::ExpectedCloseOn => day(deal.expected_close_on),
        DealField::NextStepOn => day(deal.next_step_on),
        DealField::AccountId => match deal.account_id {
            Some(id) => {
                html! { <Link<Route> to={Route::Account { id: id.to_string() }} classes="link">{ words::account_name(deal) }</Link<Route>> }
            }
            None => Html::default(),
        },
        DealField::OwnerId => html! { { deal.owner_name.clone().unwrap_or_default() } },
        DealField::LossReason => {
            html! { { deal.loss_reason.map(words::reason_name).unwrap_or_default() } }
        }
        DealField::ExternalIds => html! {
            <span class="stack flush">for (system, id) in &deal.external_ids { <span key={system.clone()}><span class="muted">{ system.clone() }</span>{ " " }<span class="num">{ id.clone() }</span></span> }</span>
        },
        DealField::Title | DealField::NextStep | DealField::LossNote => html! { { text } },
    }
}

/// What the evidence says, beside or in place of the seller's own figure.
fn by_evidence(percent: i16) -> Html {
    html! { <span class="muted num">{ t!("deal.evidence_probability", percent = format!("{percent}%")) }</span> }
}

#[derive(Properties, PartialEq)]
struct ArchivedProps {
    deal: Rc<Deal>,
    on_deal: Callback<Deal>,
}

#[component]
fn Archived(props: &ArchivedProps) -> Html {
    let lang = use_lang();
    let (api, toasts) = (use_api(), use_toasts());
    let can_edit = use_can(Permission::EditDeals);
    let restore = {
        let (deal, on_deal) = (props.deal.clone(), props.on_deal.clone());
        Callback::from(move |_: MouseEvent| {
            let (api, toasts, deal, on_deal) =
                (api.clone(), toasts.clone(), deal.clone(), on_deal.clone());
            browser::spawn(async move {
                match api.restore_deal(deal.id, deal.version).await {
                    Ok(restored) => {
                        toasts.show(Toast::done(t!("deal.restored", locale = lang.tag())));
                        on_deal.emit(restored);
                    }
                    Err(error) => toasts.show(Toast::failed(error.message(lang))),
                }
            });
        })
    };
    let action = if can_edit {
        html! { <Button on_click={restore}>{ t!("deal.restore") }</Button> }
    } else {
        Html::default()
    };
    html! { <Notice tone={Tone::Warning} {action}>{ t!("deal.archived_notice") }</Notice> }
}

#[derive(Properties, PartialEq)]
struct ActionsProps {
    deal: Rc<Deal>,
    on_reload: Callback<()>,
}

/// The menu of what else can be done.
#[component]
fn Actions(props: &ActionsProps) -> Html {
    let lang = use_lang();
    let (api, toasts, navigator) = (use_api(), use_toasts(), use_navigator());
    let can_edit = use_can(Permission::EditDeals) && props.deal.archived_at.is_none();
    let is_asking = use_state_eq(|| false);
    let ask = |to: bool| {
        let is_asking = is_asking.setter();
        Callback::from(move |()| is_asking.set(to))
    };
    let board = Route::BoardOf {
        funnel_id: props.deal.funnel_id.to_string(),
    };
    let to_board = Callback::from(move |()| {
        if let Some(navigator) = &navigator {
            navigator.push(&board);
        }
    });
    let mut entries: Vec<MenuEntry> = vec![
        MenuItem::new(t!("deal.to_board").into_owned(), to_board)
            .icon(Glyph::Board)
            .into(),
    ];
    if can_edit {
        entries.push(MenuEntry::Divider);
        entries.push(
            MenuItem::new(t!("deal.archive").into_owned(), ask(true))
                .icon(Glyph::Archive)
                .danger()
                .into(),
        );
    }
    let archive = {
        let (deal, on_reload, close) = (props.deal.clone(), props.on_reload.clone(), ask(false));
        Callback::from(move |_: MouseEvent| {
            let (api, toasts, deal, on_reload, close) = (
                api.clone(),
                toasts.clone(),
                deal.clone(),
                on_reload.clone(),
                close.clone(),
            );
            browser::spawn(async move {
                match api.archive_deal(deal.id, deal.version).await {
                    Ok(()) => toasts.show(Toast::done(t!("deal.archived", locale = lang.tag()))),
                    Err(error) => toasts.show(Toast::failed(error.message(lang))),
                }
                close.emit(());
                on_reload.emit(());
            });
        })
    };
    let footer = html! {
        <>
            <Button on_click={ask(false).reform(|_| ())}>{ t!("ui.cancel") }</Button>
            <Button kind={ButtonKind::Danger} on_click={archive}>{ t!("deal.archive") }</Button>
        </>
    };
    html! {
        <>
            <Menu label={t!("ui.more")} is_named=true class="btn ghost icon" {entries}><Icon glyph={Glyph::More} /></Menu>
            if *is_asking {
                <Dialog title={t!("deal.archive_title", title = props.deal.title)} {footer} on_close={ask(false)}><p>{ t!("deal.archive_text") }</p></Dialog>
            }
        </>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::funnel::board::fixture;

    #[test]
    fn an_answer_that_knows_an_older_version_takes_nothing_back() {
        let found = |version| {
            let mut deal = fixture::deal(1, 0, "a");
            deal.version = version;
            Some(Rc::new(Found {
                deal: Rc::new(deal),
                funnel: Rc::new(fixture::funnel()),
            }))
        };
        let version = |found: Option<Rc<Found>>| found.map(|found| found.deal.version);
        assert_eq!(version(newer(None, found(2))), Some(2));
        assert_eq!(version(newer(found(3), found(2))), Some(3));
        assert_eq!(version(newer(found(3), found(4))), Some(4));
        assert_eq!(version(newer(found(3), None)), Some(3));
        // The same version may say more: its lines.
        let (old, new) = (found(3), found(3));
        let kept = newer(old, new.clone()).unwrap();
        assert!(Rc::ptr_eq(&kept, &new.unwrap()));
    }
}
