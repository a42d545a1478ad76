//! The page of profit by stage: the board's toolbar, and the matrix of the same filter.

use super::matrix::Matrix;
use super::readings::Readings;
use crate::accounts::live::use_reload_on;
use crate::api::{Api, ApiResult, use_api};
use crate::format;
use crate::funnel::board::toolbar::Toolbar;
use crate::funnel::board::views::{Address, Look};
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::load::use_load;
use crate::page::{NotFoundPage, Page};
use crate::route::{Route, parse_query};
use crate::ui::{Button, Empty, ErrorView, Glyph, Notice, Skeleton, Tone, Waiting};
use shared::funnel::{BoardFilter, BoardTotals, Funnel, Grouping, StageKind, Worth};
use shared::id::{FunnelId, StageId, ViewId};
use shared::money::Money;
use std::rc::Rc;
use yew::prelude::*;
use yew_router::prelude::*;

/// What [`WorthPage`] needs.
#[derive(Properties, PartialEq)]
pub struct WorthPageProps {
    /// The funnel's id as the address has it.
    pub funnel_id: AttrValue,
}

/// Profit by stage of one funnel.
#[component]
pub fn WorthPage(props: &WorthPageProps) -> Html {
    match props.funnel_id.parse::<FunnelId>() {
        Ok(id) => html! { <OfFunnel {id} /> },
        Err(_) => html! { <NotFoundPage /> },
    }
}

/// All that the page shows, of one filter.
struct Told {
    funnel: Rc<Funnel>,
    worth: Rc<Worth>,
    weighted: Money,
}

async fn told(api: Api, id: FunnelId, filter: BoardFilter) -> ApiResult<Told> {
    let funnel = api.funnel(id).await?;
    let worth = api.funnel_worth(id, &filter).await?;
    let totals = api.board_totals(id, &filter, Grouping::Stage).await?;
    let weighted = weighted(&totals, &open(&funnel), &worth);
    Ok(Told {
        funnel: Rc::new(funnel),
        weighted,
        worth: Rc::new(worth),
    })
}

/// The weighted sum of the open stages, in the organisation's currency.
fn weighted(totals: &BoardTotals, open: &[StageId], worth: &Worth) -> Money {
    let columns = totals.columns.iter();
    let sum = columns
        .filter(|column| open.contains(&column.stage_id))
        .flat_map(|column| &column.totals.weighted)
        .filter(|money| money.currency == worth.currency)
        .map(|money| money.amount)
        .sum();
    Money::new(sum, worth.currency)
}

fn open(funnel: &Funnel) -> Vec<StageId> {
    let open = funnel
        .stages
        .iter()
        .filter(|stage| stage.fields.kind == StageKind::Open);
    open.map(|stage| stage.id).collect()
}

#[derive(Properties, PartialEq)]
struct OfFunnelProps {
    id: FunnelId,
}

#[component]
fn OfFunnel(props: &OfFunnelProps) -> Html {
    let lang = use_lang();
    let api = use_api();
    let (look, opened, set) = use_asked(props.id);
    let filter = look.filter.clone();
    let epoch = use_mut_ref(|| 0u64);
    let told = use_load((props.id, filter.clone()), move |(id, filter)| {
        told(api.clone(), id, filter)
    });
    use_reload_on("deal.", {
        let (epoch, reload) = (epoch.clone(), told.reload.clone());
        Callback::from(move |()| {
            *epoch.borrow_mut() += 1;
            reload.emit(());
        })
    });
    let retry = told.reload.reform(|_: ()| ());
    let Some(data) = told.data() else {
        let body = match &told.loaded.error {
            Some(error) if !told.loaded.is_busy => {
                html! { <ErrorView error={error.clone()} on_retry={Some(retry)} /> }
            }
            _ => {
                html! { <Waiting><div class="sheetlike"><section class="panel"><Skeleton lines={9} /></section></div></Waiting> }
            }
        };
        return html! { <Page title={t!("worth.title")} is_filling=true>{ body }</Page> };
    };
    let clear = set.reform(|_: MouseEvent| BoardFilter::default());
    let is_empty = data.worth.cells.is_empty();
    let epoch = *epoch.borrow();
    html! {
        <Page title={data.funnel.name.clone()} is_filling=true>
            <Toolbar funnel={props.id} open={Rc::new(open(&data.funnel))} filter={filter.clone()} on_filter={set} layout={look.layout} {opened} today={format::today()} weighted={data.weighted} {epoch} />
            <div class="scroller">
                <div class="sheetlike" aria-busy={told.loaded.is_busy.then_some("true")}>
                    if let Some(error) = &told.loaded.error { <Notice tone={Tone::Negative} is_alert=true>{ error.message(lang) }</Notice> }
                    <div class="fs-asks"><Readings funnel={props.id} look={look.clone()} {opened} /></div>
                    if is_empty && filter.is_empty() {
                        <Empty icon={Glyph::Funnel} title={t!("board.none_yet")} text={t!("worth.none_text")} />
                    } else if is_empty {
                        <Empty icon={Glyph::Funnel} title={t!("board.none_found")}><Button on_click={clear}>{ t!("board.clear_filters") }</Button></Empty>
                    } else {
                        <Matrix funnel={data.funnel.clone()} worth={data.worth.clone()} {filter} />
                    }
                </div>
            </div>
        </Page>
    }
}

/// What the address asks for: the filter beside how the board was laid out, its open view, and how to
/// change the filter.
#[hook]
fn use_asked(funnel: FunnelId) -> (Look, Option<ViewId>, Callback<BoardFilter>) {
    let (location, navigator) = (use_location(), use_navigator());
    let query = location
        .map(|location| location.query_str().to_owned())
        .unwrap_or_default();
    let Address { view, own } = Address::read(&parse_query(&query));
    let look = own.unwrap_or_default();
    let layout = look.layout;
    let set = Callback::from(move |filter: BoardFilter| {
        let Some(navigator) = &navigator else { return };
        let route = Route::Worth {
            funnel_id: funnel.to_string(),
        };
        let own = Some(Look { filter, layout });
        let _ = navigator.replace_with_query(&route, Address { view, own }.pairs());
    });
    (look, view, set)
}
