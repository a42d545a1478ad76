//! All deals as a table: narrowed by words, funnel, stage and owner, in a chosen order, page by page.

use super::filter::{DealFilter, ProfitRange};
use crate::accounts::live::use_reload_on;
use crate::accounts::pages::{PagesHandle, use_pages};
use crate::accounts::parts::use_people;
use crate::accounts::{MoreRows, Order, SortHead, stale_notice};
use crate::api::funnel::AccountWords;
use crate::api::{Api, ApiResult, use_api};
use crate::format;
use crate::funnel::board::totals;
use crate::funnel::board::views::Look;
use crate::funnel::channel::{self, Channel};
use crate::funnel::shape::Views;
use crate::funnel::words;
use crate::i18n::t;
use crate::i18n::{Lang, use_lang};
use crate::load::use_load;
use crate::route::Route;
use crate::shell::Page;
use crate::ui::{
    Avatar, Chip, Choice, Empty, ErrorView, Glyph, Icon, Money, SelectField, Skeleton, Tier,
    Waiting,
};
use chrono::NaiveDate;
use gloo::timers::callback::Timeout;
use shared::accounts::Tier as TierOf;
use shared::funnel::{Deal, Funnel, Stage, StageKind};
use shared::identity::Team;
use std::rc::Rc;
use strum::IntoEnumIterator;
use yew::prelude::*;
use yew_router::prelude::*;

/// All deals within one's view.
#[component]
pub fn DealsPage() -> Html {
    let lang = use_lang();
    let api = use_api();
    let (location, navigator) = (use_location(), use_navigator());
    let filter = location
        .and_then(|location| location.query::<DealFilter>().ok())
        .unwrap_or_default();
    let set = Callback::from(move |filter: DealFilter| {
        if let Some(navigator) = &navigator {
            let _ = navigator.replace_with_query(&Route::Deals, &filter);
        }
    });
    let list = use_pages(filter.query(), {
        let api = api.clone();
        move |question, cursor| {
            let api = api.clone();
            async move { api.deals(&question, cursor).await }
        }
    });
    use_reload_on("deal.", list.refresh());
    let funnels = use_load((), move |()| {
        let api = api.clone();
        async move { api.funnels().await }
    });
    let funnels: Rc<Vec<Funnel>> = Rc::new(
        funnels
            .data()
            .map(|page| page.items.clone())
            .unwrap_or_default(),
    );
    let on_order = {
        let (filter, set) = (filter.clone(), set.clone());
        Callback::from(move |order: Order| {
            set.emit(DealFilter {
                sort: Some(order),
                ..filter.clone()
            })
        })
    };
    html! {
        <Page title={t!("deal.list_title")} actions={html! { <Link<Route> to={Route::Cases} classes="btn">{ t!("cases.title") }</Link<Route>> }}>
            <Filters filter={filter.clone()} on_filter={set} funnels={funnels.clone()} />
            <div class="sheetlike">
                { stale_notice(lang, &list.pages, &list.reload) }
                { rows(&list, &filter, &funnels, on_order) }
            </div>
        </Page>
    }
}

fn rows(
    list: &PagesHandle<Deal>,
    filter: &DealFilter,
    funnels: &Rc<Vec<Funnel>>,
    on_order: Callback<Order>,
) -> Html {
    let pages = &list.pages;
    let Some(found) = &pages.rows else {
        return match &pages.error {
            Some(error) if !pages.is_busy => {
                html! { <ErrorView error={error.clone()} on_retry={Some(list.reload.clone())} /> }
            }
            _ => {
                html! { <Waiting><section class="panel"><Skeleton lines={9} /></section></Waiting> }
            }
        };
    };
    if found.is_empty() {
        let (title, text) = if filter.is_open() {
            (
                t!("deal.none"),
                Some(AttrValue::from(t!("deal.none_text").into_owned())),
            )
        } else {
            (t!("deal.none_found"), None)
        };
        return html! { <Empty icon={Glyph::List} {title} {text} /> };
    }
    html! {
        <section class="panel">
            <div class="table-scroll">
                <DealTable rows={found.clone()} funnels={funnels.clone()} order={filter.order()} {on_order} />
            </div>
            <MoreRows shown={found.len()} total={pages.total} has_more={pages.next.is_some()} is_busy={pages.is_busy} on_more={list.more.clone()} />
        </section>
    }
}

#[derive(Properties, PartialEq)]
struct FiltersProps {
    filter: DealFilter,
    on_filter: Callback<DealFilter>,
    funnels: Rc<Vec<Funnel>>,
}

/// The teams, industries and sources there are to choose; each menu does without what cannot be had.
async fn offers(api: Api) -> ApiResult<(Vec<Team>, AccountWords)> {
    let teams = api.teams().await.map(|page| page.items);
    let words = api.account_words().await;
    Ok((teams.unwrap_or_default(), words.unwrap_or_default()))
}

/// The row of filters.
#[component]
fn Filters(props: &FiltersProps) -> Html {
    let lang = use_lang();
    let people = use_people();
    let api = use_api();
    let offered = use_load((), move |()| offers(api.clone()));
    let (teams, known) = offered.data().cloned().unwrap_or_default();
    let industries = known.industries;
    let FiltersProps {
        filter,
        on_filter,
        funnels,
    } = props;
    let timer = use_mut_ref(|| None::<Timeout>);
    let oninput = {
        let (filter, on_filter) = (filter.clone(), on_filter.clone());
        Callback::from(move |event: InputEvent| {
            let text = event
                .target_unchecked_into::<web_sys::HtmlInputElement>()
                .value()
                .trim()
                .to_owned();
            let (filter, on_filter) = (filter.clone(), on_filter.clone());
            timer.replace(Some(Timeout::new(250, move || {
                on_filter.emit(DealFilter {
                    q: (!text.is_empty()).then_some(text),
                    ..filter
                });
            })));
        })
    };
    let chosen = |make: fn(&DealFilter, AttrValue) -> DealFilter| {
        let (filter, on_filter) = (filter.clone(), on_filter.clone());
        Callback::from(move |value: AttrValue| on_filter.emit(make(&filter, value)))
    };
    let pressed = |make: fn(&DealFilter) -> DealFilter| {
        let (filter, on_filter) = (filter.clone(), on_filter.clone());
        Callback::from(move |_: MouseEvent| on_filter.emit(make(&filter)))
    };
    let shown = |id: Option<String>| AttrValue::from(id.unwrap_or_default());
    let stages: Vec<_> = funnels
        .iter()
        .filter(|funnel| Some(funnel.id) == filter.funnel)
        .flat_map(|funnel| &funnel.stages)
        .collect();
    html! {
        <div class="toolbar filters" role="group" aria-label={t!("board.filters")}>
            <label class="input find">
                <Icon glyph={Glyph::Search} />
                <span class="sr">{ t!("deal.search") }</span>
                <input type="search" value={filter.q.clone().unwrap_or_default()} placeholder={t!("deal.search")} maxlength="100" {oninput} />
            </label>
            <SelectField
                label={t!("board.funnels")}
                is_label_hidden=true
                value={shown(filter.funnel.map(|id| id.to_string()))}
                choices={funnels.iter().map(|funnel| Choice::new(funnel.id.to_string(), funnel.name.clone())).collect::<Vec<_>>()}
                none={AttrValue::from(t!("deal.all_funnels").into_owned())}
                on_change={chosen(|filter, id| DealFilter { funnel: id.parse().ok(), stage: None, reached: None, status: None, ..filter.clone() })}
            />
            if !stages.is_empty() {
                <SelectField
                    label={t!("deal.stage")}
                    is_label_hidden=true
                    value={shown(filter.stage.map(|id| id.to_string()))}
                    choices={stages.iter().map(|stage| Choice::new(stage.id.to_string(), stage.fields.name.clone())).collect::<Vec<_>>()}
                    none={AttrValue::from(t!("deal.all_stages").into_owned())}
                    on_change={chosen(|filter, id| DealFilter { stage: id.parse().ok(), ..filter.clone() })}
                />
            }
            if !people.is_empty() {
                <SelectField
                    label={t!("board.owner")}
                    is_label_hidden=true
                    value={shown(filter.owner.map(|id| id.to_string()))}
                    choices={people.iter().map(|user| Choice::new(user.id.to_string(), user.name.clone())).collect::<Vec<_>>()}
                    none={AttrValue::from(t!("board.everybody").into_owned())}
                    on_change={chosen(|filter, id| DealFilter { owner: id.parse().ok(), ..filter.clone() })}
                />
            }
            if !teams.is_empty() {
                <SelectField
                    label={t!("board.team")}
                    is_label_hidden=true
                    value={shown(filter.team.map(|id| id.to_string()))}
                    choices={teams.iter().map(|team| Choice::new(team.id.to_string(), team.name.clone())).collect::<Vec<_>>()}
                    none={AttrValue::from(t!("board.all_teams").into_owned())}
                    on_change={chosen(|filter, id| DealFilter { team: id.parse().ok(), ..filter.clone() })}
                />
            }
            if !industries.is_empty() {
                <SelectField
                    label={t!("board.industry")}
                    is_label_hidden=true
                    value={shown(filter.industry.clone())}
                    choices={industries.iter().map(|name| Choice::new(name.clone(), name.clone())).collect::<Vec<_>>()}
                    none={AttrValue::from(t!("board.all_industries").into_owned())}
                    on_change={chosen(|filter, name| DealFilter { industry: (!name.is_empty()).then(|| name.to_string()), ..filter.clone() })}
                />
            }
            <SelectField
                label={t!("board.tier_label")}
                is_label_hidden=true
                value={shown(filter.tier.map(|tier| tier.as_ref().to_owned()))}
                choices={TierOf::iter().map(|tier| Choice::new(tier.as_ref().to_owned(), t!("board.tier", tier = tier.as_ref()).into_owned())).collect::<Vec<_>>()}
                none={AttrValue::from(t!("board.all_tiers").into_owned())}
                on_change={chosen(|filter, tier| DealFilter { tier: tier.parse().ok(), ..filter.clone() })}
            />
            <SelectField
                label={t!("board.channel")}
                is_label_hidden=true
                value={shown(Channel::of(&filter.to_board()).map(|channel| channel.key()))}
                choices={channel::offered(&known.sources).map(|channel| Choice::new(channel.key(), channel.name(lang))).collect::<Vec<_>>()}
                none={AttrValue::from(t!("board.all_channels").into_owned())}
                on_change={chosen(|filter, key| filter.clone().by_channel(Channel::from_key(&key)))}
            />
            <Chip pressed={filter.overdue_on.is_some()} on_click={pressed(|filter| DealFilter { overdue_on: if filter.overdue_on.is_some() { None } else { Some(format::today()) }, ..filter.clone() })}>{ t!("board.overdue") }</Chip>
            <Chip pressed={filter.over_limit_on.is_some()} on_click={pressed(|filter| DealFilter { over_limit_on: if filter.over_limit_on.is_some() { None } else { Some(format::today()) }, ..filter.clone() })}>{ t!("board.over_limit") }</Chip>
            <Chip pressed={filter.is_low_investment == Some(true)} on_click={pressed(|filter| DealFilter { is_low_investment: (filter.is_low_investment != Some(true)).then_some(true), ..filter.clone() })}>{ t!("gate.low_investment") }</Chip>
            if let Some(reached) = behind(filter, &stages) {
                <Chip pressed={true} icon={Glyph::Close} on_click={pressed(|filter| DealFilter { reached: None, status: None, ..filter.clone() })}>{ reached }</Chip>
            }
            if let Some(profit) = profit(lang, filter) {
                <Chip pressed={true} icon={Glyph::Close} on_click={pressed(|filter| DealFilter { profit: None, status: None, ..filter.clone() })}>{ profit }</Chip>
            }
            if let Some(days) = came_in(lang, filter) {
                <Chip pressed={true} icon={Glyph::Close} on_click={pressed(|filter| DealFilter { from: None, to: None, ..filter.clone() })}>{ days }</Chip>
            }
            if let Some(funnel) = filter.funnel { <span class="push" /><Views {funnel} look={Look { filter: filter.to_board(), layout: filter.layout() }} opened={filter.view} /> }
        </div>
    }
}

/// Where the expected profits lie, in words.
fn profit(lang: Lang, filter: &DealFilter) -> Option<String> {
    let range: ProfitRange = filter.profit.as_ref()?.parse().ok()?;
    let ProfitRange::Known {
        currency,
        from,
        below,
    } = range
    else {
        return Some(t!("worth.behind_unknown").into_owned());
    };
    let said = |profit| format::sum(lang, &shared::money::Money::new(profit, currency)).to_string();
    let text = match (from.map(said), below.map(said)) {
        (Some(from), Some(below)) => t!("worth.behind_between", from = from, below = below),
        (Some(from), None) => t!("worth.behind_from", from = from),
        (None, Some(_)) => t!("worth.behind_nothing"),
        (None, None) => return None,
    };
    Some(text.into_owned())
}

/// The days on which the deals came in, in words.
fn came_in(lang: Lang, filter: &DealFilter) -> Option<String> {
    let day = |day: Option<NaiveDate>| day.map(|day| format::date(lang, day));
    let text = match (day(filter.from), day(filter.to)) {
        (Some(from), Some(to)) => t!("shape.came_between", from = from, to = to),
        (Some(from), None) => t!("shape.came_since", from = from),
        (None, Some(to)) => t!("shape.came_until", to = to),
        (None, None) => return None,
    };
    Some(text.into_owned())
}

/// Which figure of the funnel view the deals are behind, in words.
fn behind(filter: &DealFilter, stages: &[&Stage]) -> Option<String> {
    let reached = filter.reached.as_deref()?;
    let mut ids = reached.split(',');
    let first = ids.next()?;
    let stage = stages.iter().find(|stage| stage.id.to_string() == first);
    let name = stage
        .map(|stage| stage.fields.name.clone())
        .unwrap_or_default();
    let text = match (filter.status, ids.next()) {
        (Some(StageKind::Lost), _) => t!("shape.behind_lost", stage = name),
        (_, Some(_)) => t!("shape.behind_entered", stage = name),
        _ => t!("shape.behind_stuck", stage = name),
    };
    Some(text.into_owned())
}

#[derive(Properties, PartialEq)]
struct DealTableProps {
    rows: Vec<Rc<Deal>>,
    funnels: Rc<Vec<Funnel>>,
    order: Order,
    on_order: Callback<Order>,
}

/// The deals as a table; on a phone each row is a card.
#[component]
fn DealTable(props: &DealTableProps) -> Html {
    let lang = use_lang();
    let head = |field: &'static str, key: &str, is_figure: bool| {
        let label = t!(key).into_owned();
        // The earlier a deal came in, the longer it has stayed.
        let is_reversed = field == "stage_entered_at";
        html! { <SortHead {label} {field} {is_figure} {is_reversed} order={props.order.clone()} on_order={props.on_order.clone()} /> }
    };
    html! {
        <table class="table rows" role="table" aria-label={t!("deal.table")}>
            <thead role="rowgroup">
                <tr role="row">
                    { head("title", "deal.field.title", false) }
                    { head("account_name", "deal.field.account_id", false) }
                    { head("stage_id", "deal.field.stage_id", false) }
                    { head("amount", "deal.field.amount", true) }
                    { head("expected_profit", "deal.field.expected_profit", true) }
                    { head("expected_close_on", "deal.field.expected_close_on", true) }
                    { head("next_step_on", "deal.field.next_step", false) }
                    { head("owner_name", "deal.field.owner_id", false) }
                    { head("stage_entered_at", "deal.in_stage", true) }
                    { head("updated_at", "deal.field.updated_at", true) }
                </tr>
            </thead>
            <tbody role="rowgroup">
                for deal in &props.rows { { row(lang, deal, &props.funnels) } }
            </tbody>
        </table>
    }
}

/// Whether the next step of an open deal should have been done.
fn is_late(deal: &Deal, day: NaiveDate, today: NaiveDate) -> bool {
    deal.closed_at.is_none() && day < today
}

fn row(lang: Lang, deal: &Rc<Deal>, funnels: &[Funnel]) -> Html {
    let today = format::today();
    let funnel = funnels.iter().find(|funnel| funnel.id == deal.funnel_id);
    let stage =
        funnel.and_then(|funnel| funnel.stages.iter().find(|stage| stage.id == deal.stage_id));
    let percent = stage.map(|stage| totals::probability(deal, stage));
    html! {
        <tr key={deal.id.to_string()} role="row">
            <td role="cell" class="lead">
                <Link<Route> to={Route::Deal { id: deal.id.to_string() }} classes="over trunc">{ deal.title.clone() }</Link<Route>>
                if deal.archived_at.is_some() { <span class="badge">{ t!("deal.archived") }</span> }
            </td>
            <td role="cell">
                if let Some(account) = deal.account_id {
                    <span class="row">
                        if let Some(tier) = deal.account_tier { <Tier letter={tier.as_ref().chars().next().unwrap_or('C')} label={t!("board.tier", tier = tier.as_ref())} /> }
                        <Link<Route> to={Route::Account { id: account.to_string() }} classes="link trunc">{ words::account_name(deal) }</Link<Route>>
                    </span>
                }
            </td>
            <td role="cell">
                if let Some((funnel, stage)) = funnel.zip(stage) {
                    <span class="row">{ words::stage_glyph(funnel, stage) }<span class="trunc">{ &stage.fields.name }</span><span class="num muted">{ percent.map(|percent| format!("{percent}%")) }</span></span>
                }
            </td>
            <td role="cell" class="r num">
                if let Some(amount) = &deal.amount { <Money figure={format::amount(lang, amount)} title={format::money(lang, amount)} /> }
            </td>
            <td role="cell" class={classes!("r", "num", "wide", deal.expected_profit.is_some_and(|profit| profit.is_sign_negative()).then_some("neg"))}>
                if let Some(profit) = deal.profit() { <Money figure={format::amount(lang, &profit)} title={format::money(lang, &profit)} /> }
            </td>
            <td role="cell" class="r num">{ deal.expected_close_on.map(|day| format::day_short(lang, day, today)) }</td>
            <td role="cell">
                if let Some(step) = &deal.next_step {
                    <span class="row"><span class="trunc">{ step.clone() }</span>
                        if let Some(day) = deal.next_step_on { <time class={classes!("num", "t12", if is_late(deal, day, today) { "neg" } else { "muted" })}>{ format::due(lang, day, today) }</time> }
                    </span>
                }
            </td>
            <td role="cell">
                if let Some(owner) = &deal.owner_name { <span class="row"><Avatar name={owner.clone()} /><span class="trunc">{ owner.clone() }</span></span> }
            </td>
            <td role="cell" class="r num muted wide">
                if deal.closed_at.is_none() { { format::days(lang, format::days_since(format::local(deal.stage_entered_at).date(), today)) } }
            </td>
            <td role="cell" class="r num muted wide" title={format::moment_full(lang, deal.updated_at)}>{ format::moment(lang, deal.updated_at, format::now()) }</td>
        </tr>
    }
}
