//! The timeline panel: newest first, today and then by month, more on demand, new events as they happen.

use super::group::{Group, extended, grouped, refreshed};
use super::sentence::{Sentence, sentence};
use super::values::Change;
use crate::accounts::names::{Names, subject_name};
use crate::api::{Api, ApiError, use_api};
use crate::browser;
use crate::format;
use crate::gather::{Seat, use_seat};
use crate::i18n::t;
use crate::i18n::{Lang, use_lang};
use crate::load::use_load;
use crate::ui::{
    Button, ButtonKind, ButtonSize, Empty, ErrorView, Glyph, Icon, Segment, Segmented, Skeleton,
    Waiting,
};
use chrono::{DateTime, Utc};
use shared::event::{Event, EventKind, SubjectKind};
use shared::id::{AccountId, DealId};
use std::rc::Rc;
use yew::prelude::*;

/// The events so far.
#[derive(Debug, Clone, PartialEq, Default)]
struct Feed {
    events: Option<Vec<Rc<Event>>>,
    next: Option<String>,
    error: Option<ApiError>,
    is_busy: bool,
}

enum FeedAction {
    Asked,
    First(Vec<Event>, Option<String>),
    More(Vec<Event>, Option<String>),
    Failed(ApiError),
}

impl Reducible for Feed {
    type Action = FeedAction;

    fn reduce(self: Rc<Self>, action: FeedAction) -> Rc<Self> {
        let mut next = (*self).clone();
        let shown = next.events.clone().unwrap_or_default();
        match action {
            FeedAction::Asked => next.is_busy = true,
            FeedAction::First(events, cursor) => {
                // What was loaded before stays; only its cursor goes on being the older one.
                let cursor = if shown.is_empty() { cursor } else { next.next };
                next = Self {
                    events: Some(refreshed(&shown, events)),
                    next: cursor,
                    error: None,
                    is_busy: false,
                };
            }
            FeedAction::More(events, cursor) => {
                next = Self {
                    events: Some(extended(&shown, events)),
                    next: cursor,
                    error: None,
                    is_busy: false,
                };
            }
            FeedAction::Failed(error) => {
                next.is_busy = false;
                next.error = Some(error);
            }
        }
        Rc::new(next)
    }
}

fn ask(
    api: &Api,
    id: AccountId,
    cursor: Option<String>,
    feed: UseReducerDispatcher<Feed>,
    seat: Option<Seat>,
) {
    feed.dispatch(FeedAction::Asked);
    let api = api.clone();
    browser::spawn(async move {
        let is_first = cursor.is_none();
        feed.dispatch(match api.account_timeline(id, cursor).await {
            Ok(page) if is_first => FeedAction::First(page.items, page.next_cursor),
            Ok(page) => FeedAction::More(page.items, page.next_cursor),
            Err(error) => FeedAction::Failed(error),
        });
        if let Some(seat) = seat {
            seat.leave();
        }
    });
}

/// What [`Timeline`] needs.
#[derive(Properties, PartialEq)]
pub struct TimelineProps {
    /// The account.
    pub account_id: AccountId,
    /// Names for the ids events mention.
    pub names: Rc<Names>,
    /// Counts up when something happened that the timeline should show.
    pub round: u32,
}

/// The timeline panel.
#[component]
pub fn Timeline(props: &TimelineProps) -> Html {
    let lang = use_lang();
    let api = use_api();
    let feed = use_reducer_eq(Feed::default);
    let names = use_all_names(&feed, &props.names);
    let only = use_state_eq(|| AttrValue::Static("all"));
    let seat = use_seat();
    use_effect_with((props.account_id, props.round), {
        let (api, feed) = (api.clone(), feed.dispatcher());
        move |(id, _)| ask(&api, *id, None, feed, Some(seat))
    });
    let on_more = {
        let (id, feed) = (props.account_id, feed.clone());
        Callback::from(move |_: MouseEvent| {
            ask(&api, id, feed.next.clone(), feed.dispatcher(), None)
        })
    };
    let segments = vec![
        Segment::new("all", t!("timeline.all")),
        Segment::new("deals", t!("timeline.deals")),
    ];
    html! {
        <aside class="panel col-flex timeline" aria-label={t!("timeline.title")}>
            <header>
                <h2>{ t!("timeline.title") }</h2>
                <span class="push"><Segmented {segments} current={(*only).clone()} label={t!("timeline.show")} on_change={let only = only.setter(); move |key| only.set(key)} /></span>
            </header>
            { body(lang, &feed, *only == "deals", &names) }
            if feed.next.is_some() {
                <div class="floor foot"><Button kind={ButtonKind::Ghost} size={ButtonSize::Small} class="block" is_busy={feed.is_busy} on_click={on_more}>{ t!("timeline.earlier") }</Button></div>
            }
        </aside>
    }
}

/// The deals that the events are about and nobody has named yet.
fn nameless(events: &[Rc<Event>], names: &Names) -> Vec<DealId> {
    let mut ids: Vec<DealId> = Vec::new();
    for event in events
        .iter()
        .filter(|event| event.subject_kind == SubjectKind::Deal)
    {
        let id = DealId(event.subject_id);
        if names.get(event.subject_id).is_none()
            && subject_name(event).is_none()
            && !ids.contains(&id)
        {
            ids.push(id);
        }
    }
    ids
}

/// The names, with those of the deals that events mention.
#[hook]
fn use_all_names(feed: &Feed, names: &Rc<Names>) -> Rc<Names> {
    let api = use_api();
    let asked = nameless(feed.events.as_deref().unwrap_or_default(), names);
    let titles = use_load(asked, move |ids| {
        let api = api.clone();
        async move {
            if ids.is_empty() {
                Ok(Vec::new())
            } else {
                api.deal_titles(&ids).await
            }
        }
    });
    let titles = titles.loaded.data.clone();
    let events = feed.events.clone();
    (*use_memo(
        (names.clone(), titles, events),
        |(names, titles, events)| {
            let mut known = (**names).clone();
            for (id, title) in titles.iter().flat_map(|titles| titles.iter()) {
                known.add(id.0, title.clone());
            }
            let told: Vec<Event> = events
                .iter()
                .flatten()
                .map(|event| (**event).clone())
                .collect();
            known.add_events(&told);
            Rc::new(known)
        },
    ))
    .clone()
}

fn body(lang: Lang, feed: &Feed, is_deals_only: bool, names: &Names) -> Html {
    let Some(events) = &feed.events else {
        return match &feed.error {
            Some(error) if !feed.is_busy => html! { <ErrorView error={error.clone()} /> },
            _ => html! { <Waiting><Skeleton lines={8} /></Waiting> },
        };
    };
    let shown: Vec<_> = events
        .iter()
        .filter(|event| !is_deals_only || event.subject_kind == SubjectKind::Deal)
        .cloned()
        .collect();
    let groups = grouped(&shown, format::today());
    if groups.is_empty() {
        return html! { <Empty title={t!("timeline.none")} /> };
    }
    html! {
        <div class="tl">
            for group in &groups { { group_view(lang, group, names) } }
        </div>
    }
}

fn group_view(lang: Lang, group: &Group, names: &Names) -> Html {
    html! {
        <section key={group.span.key()}>
            <h3 class="day">{ group.span.label(lang, format::today()) }</h3>
            <ul>
                for event in &group.events {
                    <Line key={event.sequence} said={sentence(lang, event, names)} at={event.at} kind={event.kind} />
                }
            </ul>
        </section>
    }
}

#[derive(Properties, PartialEq)]
struct LineProps {
    said: Sentence,
    at: DateTime<Utc>,
    kind: EventKind,
}

/// One event.
#[component]
fn Line(props: &LineProps) -> Html {
    let lang = use_lang();
    let Sentence {
        glyph,
        is_lit,
        title,
        by,
        changes,
    } = &props.said;
    let now = format::now();
    let when = if format::local(props.at).date() == format::local(now).date() {
        format::time(format::local(props.at))
    } else {
        format::day_short(lang, format::local(props.at).date(), format::today())
    };
    html! {
        <li>
            <span class={classes!("mk", is_lit.then_some("plan"))}><Icon glyph={*glyph} /></span>
            <div class="what">
                <div class="hd">
                    <b>{ title.clone() }</b>
                    <time class="num" datetime={props.at.to_rfc3339()} title={format::moment_full(lang, props.at)}>{ when }</time>
                </div>
                if !changes.is_empty() {
                    <ul class="changes">for change in changes.iter() { { change_view(change) } }</ul>
                }
                <p class="t12">{ by.clone() }</p>
            </div>
        </li>
    }
}

fn change_view(change: &Change) -> Html {
    let nothing = || t!("account.nothing").into_owned();
    html! {
        <li key={change.label.clone()}>
            <span class="muted">{ change.label.clone() }</span>{ " " }
            if let Some(old) = &change.old {
                <del>{ old.clone() }</del>{ " " }<Icon glyph={Glyph::Arrow} class="i-12" /><span class="sr">{ t!("timeline.became") }</span>{ " " }
            }
            <span>{ change.new.clone().unwrap_or_else(nothing) }</span>
        </li>
    }
}
