//! The board's page: which funnel, narrowed to what, and the board once it came.

use super::view::BoardView;
use super::views::{Address, Seen, Views, use_views};
use crate::api::use_api;
use crate::browser;
use crate::format;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::identity::use_can;
use crate::load::use_load;
use crate::route::Route;
use crate::shell::Page;
use crate::ui::{
    Button, ButtonKind, Empty, ErrorView, Glyph, Icon, Menu, MenuEntry, MenuItem, Notice, Tone,
    Waiting, draw,
};
use chrono::NaiveDate;
use shared::funnel::Funnel;
use shared::id::FunnelId;
use shared::identity::Permission;
use yew::prelude::*;
use yew_router::prelude::*;

/// Where the funnel looked at last is remembered on this device.
pub const LAST: &str = "dipper.board.funnel";

/// What [`BoardPage`] needs.
#[derive(Properties, PartialEq)]
pub struct BoardPageProps {
    /// The funnel in the address; without one, the last one looked at.
    #[prop_or_default]
    pub funnel_id: Option<String>,
}

/// The board of one funnel.
#[component]
pub fn BoardPage(props: &BoardPageProps) -> Html {
    use_lang();
    let api = use_api();
    let funnels = use_load((), move |()| {
        let api = api.clone();
        async move { api.funnels().await }
    });
    let wanted = props.funnel_id.clone().or_else(|| browser::stored(LAST));
    let wanted: Option<FunnelId> = wanted.and_then(|id| id.parse().ok());
    if funnels.data().is_none() {
        return html! { <Page title={t!("nav.board")} is_filling=true>{ draw(&funnels, |_| Html::default()) }</Page> };
    }
    let all = funnels
        .data()
        .map(|page| page.items.clone())
        .unwrap_or_default();
    let named = props.funnel_id.is_some();
    let found = all.iter().find(|funnel| Some(funnel.id) == wanted);
    match found.or_else(|| all.first().filter(|_| !named)) {
        Some(funnel) => {
            html! { <FunnelBoard key={funnel.id.to_string()} funnel={funnel.clone()} funnels={all.clone()} /> }
        }
        None if named && !all.is_empty() => html! {
            <Page title={t!("nav.board")}>
                <Empty icon={Glyph::Search} title={t!("load.missing_title")} text={t!("board.no_such_funnel")}>
                    <Link<Route> to={Route::Board} classes="btn primary">{ t!("board.to_another") }</Link<Route>>
                </Empty>
            </Page>
        },
        None => html! { <NoFunnel /> },
    }
}

#[component]
fn NoFunnel() -> Html {
    use_lang();
    let can_make = use_can(Permission::EditFunnels);
    let text = if can_make {
        t!("board.make_funnel")
    } else {
        t!("board.ask_for_funnel")
    };
    html! {
        <Page title={t!("nav.board")}>
            <Empty icon={Glyph::Funnel} title={t!("board.no_funnel")} {text}>
                if can_make {
                    <Link<Route> to={Route::FunnelSettings} classes="btn primary">{ t!("funnel.settings") }</Link<Route>>
                }
            </Empty>
        </Page>
    }
}

#[derive(Properties, PartialEq)]
struct FunnelBoardProps {
    funnel: Funnel,
    funnels: Vec<Funnel>,
}

#[component]
fn FunnelBoard(props: &FunnelBoardProps) -> Html {
    use_lang();
    let today = use_today();
    let can_edit = use_can(Permission::EditDeals);
    let views = use_views(props.funnel.id, today);
    let is_adding = use_state_eq(|| false);
    use_effect_with(props.funnel.id, |id| {
        browser::store(LAST, Some(&id.to_string()));
    });
    let actions = html! {
        if can_edit {
            <Button kind={ButtonKind::Primary} icon={Glyph::Plus} class="collapse" on_click={let add = is_adding.setter(); move |_| add.set(true)}>
                { t!("board.new_deal") }
            </Button>
        }
    };
    let body = match (&views.seen, views.error()) {
        (_, Some(error)) => {
            html! { <ErrorView error={error.clone()} on_retry={Some(views.reload())} /> }
        }
        (Seen::Waiting, None) => html! { <Waiting>{ skeleton(&props.funnel) }</Waiting> },
        (Seen::Board(_) | Seen::Missing, None) => html! {
            <Narrowed
                funnel={props.funnel.clone()}
                {views}
                {today}
                is_adding={*is_adding}
                on_added={let add = is_adding.setter(); move |()| add.set(false)}
            />
        },
    };
    html! {
        <Page title={props.funnel.name.clone()} lead={Some(switcher(props))} {actions} is_filling=true>{ body }</Page>
    }
}

#[derive(Properties, PartialEq)]
struct NarrowedProps {
    funnel: Funnel,
    views: Views,
    today: NaiveDate,
    is_adding: bool,
    on_added: Callback<()>,
}

/// The board through the filter of the view or the address.
#[component]
fn Narrowed(props: &NarrowedProps) -> Html {
    use_lang();
    let api = use_api();
    let look = props.views.look();
    let asked = (props.funnel.id, look.filter.clone(), look.layout);
    let board = use_load(asked, move |(id, filter, layout)| {
        let api = api.clone();
        async move { api.board(id, &filter, &layout).await }
    });
    let body = match (&board.loaded.data, &board.loaded.error) {
        (Some(data), _) => html! {
            <BoardView
                board={data.clone()}
                filter={look.filter}
                layout={look.layout}
                on_filter={props.views.on_filter()}
                on_layout={props.views.on_layout()}
                views={props.views.clone()}
                today={props.today}
                is_adding={props.is_adding}
                on_added={props.on_added.clone()}
            />
        },
        (None, Some(error)) if !board.loaded.is_busy => {
            html! { <ErrorView error={error.clone()} on_retry={Some(board.reload.clone())} /> }
        }
        _ => html! { <Waiting>{ skeleton(&props.funnel) }</Waiting> },
    };
    let leave = {
        let set = props.views.set.clone();
        Callback::from(move |_: MouseEvent| set.emit(Address::default()))
    };
    html! {
        <>
            if props.views.seen == Seen::Missing {
                <div class="board-notice">
                    <Notice tone={Tone::Warning} is_alert=true action={html! { <Button on_click={leave}>{ t!("views.go_on") }</Button> }}>
                        { t!("views.missing") }
                    </Notice>
                </div>
            }
            { body }
        </>
    }
}

fn switcher(props: &FunnelBoardProps) -> Html {
    html! {
        <>
            <h1 class="sr">{ &props.funnel.name }</h1>
            <FunnelSwitcher current={props.funnel.clone()} funnels={props.funnels.clone()} />
        </>
    }
}

#[derive(Properties, PartialEq)]
struct FunnelSwitcherProps {
    current: Funnel,
    funnels: Vec<Funnel>,
}

#[component]
fn FunnelSwitcher(props: &FunnelSwitcherProps) -> Html {
    use_lang();
    let navigator = use_navigator();
    let can_edit = use_can(Permission::EditFunnels);
    let go = |route: Route| {
        let navigator = navigator.clone();
        Callback::from(move |()| {
            if let Some(navigator) = &navigator {
                navigator.push(&route);
            }
        })
    };
    let mut entries: Vec<MenuEntry> = props
        .funnels
        .iter()
        .map(|funnel| {
            let route = Route::BoardOf {
                funnel_id: funnel.id.to_string(),
            };
            MenuItem::new(funnel.name.clone(), go(route))
                .checked(funnel.id == props.current.id)
                .into()
        })
        .collect();
    if can_edit {
        entries.push(MenuEntry::Divider);
        entries.push(
            MenuItem::new(
                t!("funnel.settings").into_owned(),
                go(Route::FunnelSettings),
            )
            .icon(Glyph::Sliders)
            .into(),
        );
    }
    html! {
        <Menu label={t!("board.funnels")} class="btn ghost lead" {entries}>
            <span class="trunc">{ &props.current.name }</span><Icon glyph={Glyph::Down} />
        </Menu>
    }
}

/// Columns in their final shape while the board is on its way.
fn skeleton(funnel: &Funnel) -> Html {
    html! {
        <div class="board" aria-hidden="true">
            for stage in &funnel.stages {
                <section key={stage.id.to_string()} class="col">
                    <div class="col-h"><div class="l1"><h2>{ &stage.fields.name }</h2></div><span class="sk w50" /></div>
                    <div class="col-b">
                        for card in 0..3 { <div key={card} class="sk-card"><span class="sk w50" /><span class="sk w70" /><span class="sk w30" /></div> }
                    </div>
                </section>
            }
        </div>
    }
}

/// Today, also for a page that is open past midnight.
#[hook]
fn use_today() -> NaiveDate {
    let today = use_state_eq(format::today);
    use_effect_with((), {
        let today = today.setter();
        move |()| {
            let timer =
                gloo::timers::callback::Interval::new(30_000, move || today.set(format::today()));
            move || drop(timer)
        }
    });
    *today
}
