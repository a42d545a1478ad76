//! The page of the funnel view: the board's toolbar, and the shape of the same filter.

use super::chart::Chart;
use super::compare::{Against, AgainstFields, Compare, Side};
use super::days::{Days, DaysFields};
use super::over::{Over, over};
use crate::accounts::live::use_reload_on;
use crate::api::{Api, ApiResult, use_api};
use crate::format;
use crate::funnel::board::toolbar::Toolbar;
use crate::funnel::board::views::{Address, Look};
use crate::funnel::worth::Readings;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::load::use_load;
use crate::page::{NotFoundPage, Page};
use crate::route::{Route, parse_query};
use crate::ui::{Button, Empty, ErrorView, Glyph, Notice, Skeleton, Tone, Waiting};
use shared::funnel::{BoardFilter, Funnel, FunnelShape, Grouping, StageKind};
use shared::id::{FunnelId, StageId, ViewId};
use shared::money::Money;
use std::rc::Rc;
use yew::prelude::*;
use yew_router::prelude::*;

/// What [`ShapePage`] needs.
#[derive(Properties, PartialEq)]
pub struct ShapePageProps {
    /// The funnel's id as the address has it.
    pub funnel_id: AttrValue,
}

/// The funnel view of one funnel.
#[component]
pub fn ShapePage(props: &ShapePageProps) -> Html {
    match props.funnel_id.parse::<FunnelId>() {
        Ok(id) => html! { <OfFunnel {id} /> },
        Err(_) => html! { <NotFoundPage /> },
    }
}

/// All that the page shows, of one filter.
struct Told {
    funnel: Rc<Funnel>,
    shape: Rc<FunnelShape>,
    weighted: Money,
    funnels: Rc<Vec<Funnel>>,
    sides: Option<Rc<[Side; 2]>>,
    over: Rc<Over>,
    everybody: Option<Rc<FunnelShape>>,
}

async fn told(
    api: Api,
    id: FunnelId,
    filter: BoardFilter,
    days: Days,
    against: Against,
) -> ApiResult<Told> {
    let funnel = api.funnel(id).await?;
    let shape = api.funnel_shape(id, &filter, (days.from, days.to)).await?;
    let totals = api.board_totals(id, &filter, Grouping::Stage).await?;
    let open = open(&funnel);
    let weighted = totals
        .columns
        .iter()
        .filter(|column| open.contains(&column.stage_id))
        .flat_map(|column| &column.totals.weighted)
        .filter(|money| money.currency == shape.currency)
        .map(|money| money.amount)
        .sum();
    let funnels = api.funnels().await?.items;
    let funnel = Rc::new(funnel);
    let shape = Rc::new(shape);
    let sides = beside(&api, (&funnel, &shape), &funnels, &filter, (days, against)).await?;
    let over = match &sides {
        Some(_) => Over::default(),
        None => over(&api, id, (&filter, days), format::today()).await?,
    };
    let everybody = match everybodys(&filter).filter(|_| sides.is_none()) {
        Some(filter) => Some(api.funnel_shape(id, &filter, (days.from, days.to)).await?),
        None => None,
    };
    Ok(Told {
        over: Rc::new(over),
        // Who sees no more than those has nothing to compare with.
        everybody: everybody.filter(|all| *all != *shape).map(Rc::new),
        funnels: Rc::new(funnels),
        sides,
        weighted: Money::new(weighted, shape.currency),
        funnel,
        shape,
    })
}

/// The same filter over everybody's deals, where it is narrowed to a person or a team.
fn everybodys(filter: &BoardFilter) -> Option<BoardFilter> {
    let is_narrowed = filter.owner_id.is_some() || filter.team_id.is_some();
    is_narrowed.then(|| BoardFilter {
        owner_id: None,
        team_id: None,
        ..filter.clone()
    })
}

/// Both sides of what is compared, if anything is.
async fn beside(
    api: &Api,
    (funnel, shape): (&Rc<Funnel>, &Rc<FunnelShape>),
    funnels: &[Funnel],
    filter: &BoardFilter,
    (days, against): (Days, Against),
) -> ApiResult<Option<Rc<[Side; 2]>>> {
    let own = |shape: FunnelShape, days: Days, title: String| Side {
        funnel: funnel.clone(),
        shape: Rc::new(shape),
        days,
        title: title.into(),
    };
    let sides = match against {
        Against::Nothing => return Ok(None),
        Against::Through(id) => {
            let Some(other) = funnels.iter().find(|other| other.id == id) else {
                return Ok(None);
            };
            let told = api
                .funnel_through(funnel.id, id, filter, (days.from, days.to))
                .await?;
            let title = t!("shape.through_name", name = other.name).into_owned();
            let other = Side {
                funnel: Rc::new(other.clone()),
                ..own(told, days, title)
            };
            [own((**shape).clone(), days, funnel.name.clone()), other]
        }
        Against::Before(day) => {
            let (before, since) = against.sides(days);
            let of = async |days: Days| {
                api.funnel_shape(funnel.id, filter, (days.from, days.to))
                    .await
            };
            let titles = [
                t!("shape.before_day", day = day).into_owned(),
                t!("shape.since_day", day = day).into_owned(),
            ];
            let [first, second] = titles;
            [
                own(of(before).await?, before, first),
                own(of(since).await?, since, second),
            ]
        }
    };
    Ok(Some(Rc::new(sides)))
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
    let Asked {
        look,
        opened,
        days,
        against,
        set,
    } = use_asked(props.id);
    let filter = look.filter.clone();
    let set_filter = set.reform(move |filter| (filter, days, against));
    let set_days = {
        let filter = filter.clone();
        set.reform(move |days| (filter.clone(), days, against))
    };
    let set_against = {
        let filter = filter.clone();
        set.reform(move |against| (filter.clone(), days, against))
    };
    let asked = days.asked();
    let epoch = use_mut_ref(|| 0u64);
    let told = use_load(
        (props.id, filter.clone(), asked, against),
        move |(id, filter, days, against)| told(api.clone(), id, filter, days, against),
    );
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
        return html! { <Page title={t!("shape.title")} is_filling=true>{ body }</Page> };
    };
    let clear = {
        let set = set.clone();
        Callback::from(move |_: MouseEvent| {
            set.emit((BoardFilter::default(), Days::default(), against))
        })
    };
    let is_empty = data
        .shape
        .stages
        .first()
        .is_none_or(|first| first.entered.count == 0);
    let epoch = *epoch.borrow();
    html! {
        <Page title={data.funnel.name.clone()} is_filling=true>
            <Toolbar funnel={props.id} open={Rc::new(open(&data.funnel))} filter={filter.clone()} on_filter={set_filter} layout={look.layout} {opened} today={format::today()} weighted={data.weighted} {epoch} />
            <div class="scroller">
                <div class="sheetlike" aria-busy={told.loaded.is_busy.then_some("true")}>
                    if let Some(error) = &told.loaded.error { <Notice tone={Tone::Negative} is_alert=true>{ error.message(lang) }</Notice> }
                    <div class="fs-asks">
                        <Readings funnel={props.id} look={look.clone()} {opened} />
                        <DaysFields {days} on_days={set_days} />
                        <AgainstFields funnels={data.funnels.clone()} funnel={data.funnel.clone()} {against} on_change={set_against} />
                    </div>
                    if is_empty && filter.is_empty() && asked.is_open() {
                        <Empty icon={Glyph::Funnel} title={t!("board.none_yet")} text={t!("shape.none_text")} />
                    } else if is_empty {
                        <Empty icon={Glyph::Funnel} title={t!("board.none_found")}><Button on_click={clear}>{ t!("board.clear_filters") }</Button></Empty>
                    } else {
                        if let Some(sides) = &data.sides {
                            <Compare funnel={data.funnel.clone()} sides={sides.clone()} {filter} on_change={told.reload.clone()} />
                        } else {
                            <Chart funnel={data.funnel.clone()} shape={data.shape.clone()} {filter} days={asked} over={data.over.clone()} everybody={data.everybody.clone()} />
                        }
                    }
                </div>
            </div>
        </Page>
    }
}

/// What the address asks for.
struct Asked {
    look: Look,
    /// The saved view that is open on the board.
    opened: Option<ViewId>,
    days: Days,
    against: Against,
    /// Changes it.
    set: Callback<(BoardFilter, Days, Against)>,
}

/// The filter, the days and what is compared, in the address, and how to change them; beside them, how the
/// board was laid out and its open view.
#[hook]
fn use_asked(funnel: FunnelId) -> Asked {
    let (location, navigator) = (use_location(), use_navigator());
    let query = location
        .map(|location| location.query_str().to_owned())
        .unwrap_or_default();
    let pairs = parse_query(&query);
    let Address { view, own } = Address::read(&pairs);
    let look = own.unwrap_or_default();
    let layout = look.layout;
    let set = Callback::from(
        move |(filter, days, against): (BoardFilter, Days, Against)| {
            let Some(navigator) = &navigator else { return };
            let route = Route::Shape {
                funnel_id: funnel.to_string(),
            };
            let own = Some(Look { filter, layout });
            let mut pairs = Address { view, own }.pairs();
            pairs.extend(days.pairs());
            pairs.extend(against.pair());
            let _ = navigator.replace_with_query(&route, pairs);
        },
    );
    Asked {
        look,
        opened: view,
        days: Days::read(&pairs),
        against: Against::read(&pairs),
        set,
    }
}
