//! All deals as a table: narrowed by words, funnel, stage and owner, in a chosen order, page by page.

use crate::accounts::live::use_reload_on;
use crate::accounts::pages::{PagesHandle, use_pages};
use crate::accounts::parts::use_people;
use crate::accounts::{MoreRows, Order, SortHead};
use crate::api::funnel::DealQuery;
use crate::api::use_api;
use crate::format;
use crate::funnel::board::totals;
use crate::funnel::words;
use crate::i18n::t;
use crate::i18n::{Lang, use_lang};
use crate::load::use_load;
use crate::route::Route;
use crate::shell::Page;
use crate::ui::{
    Avatar, Choice, Empty, ErrorView, Glyph, Icon, Money, SelectField, Skeleton, Tier, Waiting,
};
use gloo::timers::callback::Timeout;
use serde::{Deserialize, Serialize};
use shared::funnel::{Deal, Funnel};
use shared::id::{FunnelId, StageId, UserId};
use std::rc::Rc;
use yew::prelude::*;
use yew_router::prelude::*;

/// The fields the API sorts by.
const SORTED: [&str; 5] = [
    "title",
    "amount",
    "expected_close_on",
    "created_at",
    "updated_at",
];

/// What the list is narrowed to; kept in the page's address.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct DealFilter {
    /// A part of the title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    /// Only in this funnel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub funnel: Option<FunnelId>,
    /// Only in this stage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage: Option<StageId>,
    /// Only of this owner.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<UserId>,
    /// The order; the newest first without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort: Option<Order>,
}

impl DealFilter {
    /// Whether nothing is narrowed.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.q.is_none() && self.funnel.is_none() && self.stage.is_none() && self.owner.is_none()
    }

    /// The order; one the API does not know, as in an old address, becomes the usual one.
    #[must_use]
    pub fn order(&self) -> Order {
        let known = self
            .sort
            .clone()
            .filter(|order| SORTED.contains(&order.field()));
        known.unwrap_or_else(|| Order::up("updated_at").pressed("updated_at"))
    }

    /// The question to the API.
    #[must_use]
    pub fn query(&self) -> DealQuery {
        DealQuery {
            text: self.q.clone(),
            funnel_id: self.funnel,
            stage_id: self.stage,
            owner_id: self.owner,
            account_id: None,
            sort: Some(self.order().as_str().to_owned()),
            limit: None,
        }
    }
}

/// All deals within one's view.
#[component]
pub fn DealsPage() -> Html {
    use_lang();
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
        <Page title={t!("deal.list_title")}>
            <Filters filter={filter.clone()} on_filter={set} funnels={funnels.clone()} />
            <div class="sheetlike">{ rows(&list, &filter, &funnels, on_order) }</div>
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

/// The row of filters.
#[component]
fn Filters(props: &FiltersProps) -> Html {
    use_lang();
    let people = use_people();
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
                on_change={chosen(|filter, id| DealFilter { funnel: id.parse().ok(), stage: None, ..filter.clone() })}
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
        </div>
    }
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
    let head = |field: &'static str, is_figure: bool| {
        let key = format!("deal.field.{field}");
        let label = t!(&key).into_owned();
        html! { <SortHead {label} {field} {is_figure} order={props.order.clone()} on_order={props.on_order.clone()} /> }
    };
    html! {
        <table class="table rows" role="table" aria-label={t!("deal.table")}>
            <thead role="rowgroup">
                <tr role="row">
                    { head("title", false) }
                    <th scope="col" role="columnheader">{ t!("deal.field.account_id") }</th>
                    <th scope="col" role="columnheader">{ t!("deal.field.stage_id") }</th>
                    { head("amount", true) }
                    { head("expected_close_on", true) }
                    <th scope="col" role="columnheader">{ t!("deal.field.owner_id") }</th>
                    { head("updated_at", true) }
                </tr>
            </thead>
            <tbody role="rowgroup">
                for deal in &props.rows { { row(lang, deal, &props.funnels) } }
            </tbody>
        </table>
    }
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
            <td role="cell" class="r num">{ deal.expected_close_on.map(|day| format::day_short(lang, day, today)) }</td>
            <td role="cell">
                if let Some(owner) = &deal.owner_name { <span class="row"><Avatar name={owner.clone()} /><span class="trunc">{ owner.clone() }</span></span> }
            </td>
            <td role="cell" class="r num muted wide" title={format::moment_full(lang, deal.updated_at)}>{ format::moment(lang, deal.updated_at, format::now()) }</td>
        </tr>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_the_api_does_not_know_becomes_the_newest_first() {
        let filter = DealFilter {
            sort: Some(Order::up("shoe_size")),
            ..DealFilter::default()
        };
        assert_eq!(filter.query().sort.as_deref(), Some("-updated_at"));
        let filter = DealFilter {
            sort: Some(Order::up("amount")),
            ..DealFilter::default()
        };
        assert_eq!(filter.query().sort.as_deref(), Some("amount"));
    }
}
