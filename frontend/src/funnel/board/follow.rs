//! Keeps a board up to date: what others do arrives as events, figures are asked for again a moment
//! later, and after a gap the whole board is asked for without a flicker.

use super::action::BoardAction;
use super::hooks::cards as cards_of;
use super::lane_id::LaneId;
use super::state::BoardState;
use crate::api::{Api, ApiResult, reread, use_api};
use crate::browser;
use crate::live::{LiveState, use_live, use_live_state};
use gloo::timers::callback::Timeout;
use shared::event::{Event as Recorded, EventKind, MovedData};
use shared::funnel::gate::FactSource;
use shared::funnel::{Board, BoardFilter, GroupKey, Layout};
use shared::id::{DealId, FunnelId};
use std::cell::RefCell;
use std::rc::Rc;
use yew::prelude::*;

/// How long after a change the figures are asked for again, in milliseconds.
const TOTALS_AFTER: u32 = 400;
/// How long after an event unknown deals are asked for, so that several go together.
const DEALS_AFTER: u32 = 120;
/// How long after an event the whole board is asked for, where single deals do not do.
const BOARD_AFTER: u32 = 800;
/// More unknown deals than this, and the board is asked for instead.
const DEALS_MOST: usize = 12;

/// What the board's page gives its follower.
#[derive(Clone, PartialEq)]
pub struct FollowPorts {
    /// The funnel.
    pub funnel: FunnelId,
    /// What the board is narrowed to.
    pub filter: BoardFilter,
    /// How it is laid out.
    pub layout: Layout,
}

/// What the follower offers.
#[derive(Clone, PartialEq)]
pub struct Follower {
    /// Asks for the whole board again, soon.
    pub reload: Callback<()>,
    /// Tells it of a deal that changed here.
    pub saw: Callback<shared::funnel::Deal>,
}

/// What an event means for the board.
#[derive(Debug, Clone, PartialEq)]
enum Means {
    Action(BoardAction),
    /// The deal is to be asked for.
    Deal(DealId),
    /// The board is to be asked for.
    Board,
    /// Only the figures are others now.
    Figures,
    Nothing,
}

/// Reads an event. Deals come as ids only, so a changed one is asked for, unless the filter decides.
fn read(event: &Recorded, state: &BoardState, is_filtered: bool) -> Means {
    let Some(deal) = event.deal_id.or_else(|| subject_deal(event)) else {
        return read_other(event, state);
    };
    match event.kind {
        EventKind::DealMoved => match reread::<MovedData>(&event.data) {
            Some(_) if is_filtered && state.confirmed(deal).is_none() => Means::Board,
            Some(data) => Means::Action(BoardAction::DealMoved {
                deal,
                data: Box::new(data),
                at: event.at,
            }),
            None => Means::Deal(deal),
        },
        // What shows that a criterion is met changes its card, and nothing else.
        EventKind::EvidenceFiled
        | EventKind::EvidenceWithdrawn
        | EventKind::TestsAnswered
        | EventKind::ElementsScored
        | EventKind::RoundHeld
        | EventKind::TouchRecorded
        | EventKind::TouchWithdrawn
        | EventKind::SheetAnswered
        | EventKind::SheetAnswerErased
        | EventKind::SheetTaskPlanned
        | EventKind::SheetTaskDone
        | EventKind::ObjectionLogged
        | EventKind::ObjectionUpdated
        | EventKind::ObjectionSettled
        | EventKind::ObjectionWithdrawn
        | EventKind::ProposalPointAdded
        | EventKind::ProposalPointUpdated
        | EventKind::ProposalPointRemoved
        | EventKind::ProposalReordered
        | EventKind::CaseWritten
        | EventKind::CaseRemoved
            if state.confirmed(deal).is_some() =>
        {
            Means::Deal(deal)
        }
        EventKind::DealArchived => Means::Action(BoardAction::DealGone {
            deal,
            version: version_of(event),
        }),
        EventKind::DealCreated | EventKind::DealUpdated | EventKind::DealRestored
            if is_filtered =>
        {
            Means::Board
        }
        // What is not loaded stays out of view, unless its place follows from what changed.
        EventKind::DealUpdated if state.is_by_hand() && state.confirmed(deal).is_none() => {
            Means::Figures
        }
        EventKind::DealCreated | EventKind::DealUpdated | EventKind::DealRestored => {
            Means::Deal(deal)
        }
        _ => Means::Nothing,
    }
}

fn read_other(event: &Recorded, state: &BoardState) -> Means {
    let is_this_funnel = || {
        let id = event.subject_id;
        state.funnel.id.0 == id || state.funnel.stages.iter().any(|stage| stage.id.0 == id)
    };
    match event.kind {
        EventKind::ImportFinished => Means::Board,
        EventKind::StageCreated => Means::Board,
        EventKind::FunnelUpdated
        | EventKind::FunnelWeighed
        | EventKind::StageUpdated
        | EventKind::StageArchived
        | EventKind::StageRespaced
            if is_this_funnel() =>
        {
            Means::Board
        }
        EventKind::AccountUpdated
        | EventKind::ContactCreated
        | EventKind::ContactUpdated
        | EventKind::ContactArchived
        | EventKind::ContactRestored
        | EventKind::AccountScreened
            if asks_of_account(event.kind, state)
                && event
                    .account_id
                    .is_some_and(|account| state.has_account(account)) =>
        {
            Means::Board
        }
        EventKind::ScreeningRulesUpdated if state.asks_of(FactSource::Screening) => Means::Board,
        // It may have other deals that are not loaded, and another tier now.
        EventKind::AccountUpdated if !state.has_stages() => Means::Figures,
        _ => Means::Nothing,
    }
}

/// Whether what happened to an account can change what the criteria read of it.
fn asks_of_account(kind: EventKind, state: &BoardState) -> bool {
    match kind {
        EventKind::AccountUpdated => true,
        EventKind::AccountScreened => state.asks_of(FactSource::Screening),
        _ => state.asks_of(FactSource::People) || state.asks_of(FactSource::Screening),
    }
}

fn subject_deal(event: &Recorded) -> Option<DealId> {
    (event.subject_kind == shared::event::SubjectKind::Deal).then_some(DealId(event.subject_id))
}

fn version_of(event: &Recorded) -> Option<i32> {
    event
        .data
        .get("version")?
        .as_i64()
        .and_then(|version| version.try_into().ok())
}

/// Follows what happens elsewhere.
#[hook]
pub fn use_follower(state: &UseReducerHandle<BoardState>, ports: &FollowPorts) -> Follower {
    let api = use_api();
    let latest = use_mut_ref(|| state.clone());
    latest.replace(state.clone());
    // What happened while the board was being asked for, to be laid over the answer once more.
    let since = use_mut_ref(|| None::<Vec<BoardAction>>);
    let timers = use_mut_ref(Timers::default);
    let ports = Rc::new(ports.clone());

    let reload = use_callback((api.clone(), (*ports).clone()), {
        let (latest, since, timers) = (latest.clone(), since.clone(), timers.clone());
        move |(), (api, ports)| {
            let (api, ports, latest, since) =
                (api.clone(), ports.clone(), latest.clone(), since.clone());
            timers.borrow_mut().board = Some(Timeout::new(BOARD_AFTER, move || {
                browser::spawn(load_anew(api, ports, latest, since));
            }));
        }
    });
    let act = use_callback((), {
        let (latest, since) = (latest.clone(), since.clone());
        move |action: BoardAction, ()| {
            if let Some(since) = since.borrow_mut().as_mut() {
                since.push(action.clone());
            }
            latest.borrow().dispatch(action);
        }
    });
    let wanted = use_mut_ref(Vec::<DealId>::new);
    let want = use_callback((api.clone(), reload.clone()), {
        let (timers, act) = (timers.clone(), act.clone());
        move |deal: DealId, (api, reload)| {
            if !wanted.borrow().contains(&deal) {
                wanted.borrow_mut().push(deal);
            }
            let (api, reload, wanted, act) =
                (api.clone(), reload.clone(), wanted.clone(), act.clone());
            timers.borrow_mut().deals = Some(Timeout::new(DEALS_AFTER, move || {
                let ids = std::mem::take(&mut *wanted.borrow_mut());
                if ids.len() > DEALS_MOST {
                    reload.emit(());
                } else {
                    browser::spawn(ask_for_deals(api, ids, act));
                }
            }));
        }
    });
    use_live({
        let (latest, act, want, reload, ports, timers) = (
            latest.clone(),
            act.clone(),
            want.clone(),
            reload.clone(),
            ports.clone(),
            timers.clone(),
        );
        move |event| {
            let means = read(&event, &latest.borrow(), !ports.filter.is_empty());
            if is_elsewhere(&means, &latest.borrow()) {
                count_soon(&timers, &latest);
            }
            // What criteria ask of its new stage's sheet, the event does not say.
            if let Means::Action(BoardAction::DealMoved { deal, .. }) = &means
                && latest.borrow().asks_of(FactSource::Sheet)
                && latest.borrow().confirmed(*deal).is_some()
            {
                want.emit(*deal);
            }
            match means {
                Means::Action(action) => act.emit(action),
                Means::Deal(deal) => want.emit(deal),
                Means::Board => reload.emit(()),
                Means::Figures | Means::Nothing => {}
            }
        }
    });
    use_totals(state, &api, &ports, &timers);
    use_effect_with(state.wanted.clone(), {
        let (reload, is_filtered) = (reload.clone(), !ports.filter.is_empty());
        move |ids| {
            if ids.is_empty() {
            } else if is_filtered {
                reload.emit(());
            } else {
                ids.iter().for_each(|id| want.emit(*id));
            }
        }
    });
    use_effect_with(state.is_doubtful, {
        let reload = reload.clone();
        move |is_doubtful| {
            if *is_doubtful {
                reload.emit(());
            }
        }
    });
    use_reload_after_gap(&reload);
    Follower {
        reload,
        saw: act.reform(|deal| BoardAction::DealSeen(Box::new(deal))),
    }
}

/// Whether something changed that is not loaded.
fn is_elsewhere(means: &Means, state: &BoardState) -> bool {
    match means {
        Means::Figures => true,
        Means::Action(BoardAction::DealMoved { deal, .. }) => state.confirmed(*deal).is_none(),
        _ => false,
    }
}

/// Has the figures asked for again, once for all that happens within a moment.
fn count_soon(timers: &Rc<RefCell<Timers>>, latest: &Rc<RefCell<UseReducerHandle<BoardState>>>) {
    if std::mem::replace(&mut timers.borrow_mut().is_counting, true) {
        return;
    }
    let (latest, timers) = (latest.clone(), timers.clone());
    let fire = move || {
        timers.borrow_mut().is_counting = false;
        latest.borrow().dispatch(BoardAction::ChangedElsewhere);
    };
    Timeout::new(BOARD_AFTER, fire).forget();
}

#[derive(Default)]
struct Timers {
    is_counting: bool,
    totals: Option<Timeout>,
    deals: Option<Timeout>,
    board: Option<Timeout>,
}

/// Asks for the figures again after a confirmed change.
#[hook]
fn use_totals(
    state: &UseReducerHandle<BoardState>,
    api: &Api,
    ports: &Rc<FollowPorts>,
    timers: &Rc<RefCell<Timers>>,
) {
    let first = use_mut_ref(|| state.epoch);
    let (api, ports, timers) = (api.clone(), ports.clone(), timers.clone());
    let dispatch = state.dispatcher();
    use_effect_with(state.epoch, move |epoch| {
        let epoch = *epoch;
        if *first.borrow() == epoch {
            return;
        }
        timers.borrow_mut().totals = Some(Timeout::new(TOTALS_AFTER, move || {
            browser::spawn(async move {
                if let Ok(totals) = api
                    .board_totals(ports.funnel, &ports.filter, ports.layout.group_by)
                    .await
                {
                    dispatch.dispatch(BoardAction::TotalsLoaded { epoch, totals });
                }
            });
        }));
    });
}

/// After the stream was broken, or the page was in the background for long, events may be missing.
#[hook]
fn use_reload_after_gap(reload: &Callback<()>) {
    const LONG: i64 = 300;
    let live = use_live_state();
    let was_broken = use_mut_ref(|| false);
    use_effect_with(live, {
        let reload = reload.clone();
        move |live| match live {
            LiveState::Reconnecting | LiveState::Offline => *was_broken.borrow_mut() = true,
            LiveState::Connected if was_broken.take() => reload.emit(()),
            LiveState::Connected | LiveState::Closed => {}
        }
    });
    use_effect_with(reload.clone(), |reload| {
        let reload = reload.clone();
        let hidden_at = RefCell::new(None);
        let listener = browser::document().map(|document| {
            let seen = document.clone();
            gloo::events::EventListener::new(&document, "visibilitychange", move |_| {
                let now = crate::format::now();
                if seen.hidden() {
                    hidden_at.replace(Some(now));
                } else if hidden_at
                    .take()
                    .is_some_and(|at: chrono::DateTime<chrono::Utc>| {
                        (now - at).num_seconds() > LONG
                    })
                {
                    reload.emit(());
                }
            })
        });
        move || drop(listener)
    });
}

async fn ask_for_deals(api: Api, ids: Vec<DealId>, act: Callback<BoardAction>) {
    for id in ids {
        match api.deal(id).await {
            Ok(deal) => act.emit(BoardAction::DealSeen(Box::new(deal))),
            Err(error) if error.is_missing() => act.emit(BoardAction::DealGone {
                deal: id,
                version: None,
            }),
            Err(_) => {}
        }
        act.emit(BoardAction::DealAsked(id));
    }
}

async fn load_anew(
    api: Api,
    ports: FollowPorts,
    latest: Rc<RefCell<UseReducerHandle<BoardState>>>,
    since: Rc<RefCell<Option<Vec<BoardAction>>>>,
) {
    since.replace(Some(Vec::new()));
    let shown = latest.borrow().clone();
    let board = load(&api, &ports, &shown).await;
    let missed = since.take().unwrap_or_default();
    let Ok(board) = board else { return };
    let state = latest.borrow().clone();
    if state.funnel.id != ports.funnel {
        return;
    }
    state.dispatch(BoardAction::Loaded(Rc::new(board)));
    for action in missed {
        state.dispatch(action);
    }
}

/// The board anew, with each column as far as it was loaded, so that nobody's place is lost.
async fn load(api: &Api, ports: &FollowPorts, shown: &BoardState) -> ApiResult<Board> {
    let (funnel, filter, layout) = (ports.funnel, &ports.filter, &ports.layout);
    let mut board = api.board(funnel, filter, layout).await?;
    let by = board.group_by;
    let stages = board.columns.iter_mut().map(|column| {
        let lane = LaneId::Stage(column.stage_id);
        (lane, &mut column.cards, &mut column.next_cursor)
    });
    let groups = board.groups.iter_mut().flat_map(|groups| &mut groups.items);
    let groups = groups.filter_map(|group| {
        let lane = LaneId::Group(GroupKey::parse(by, &group.key)?);
        Some((lane, &mut group.cards, &mut group.next_cursor))
    });
    for (lane, cards, next_cursor) in stages.chain(groups) {
        let wanted = shown.cards(lane).len();
        while cards.len() < wanted {
            let Some(cursor) = next_cursor.take() else {
                break;
            };
            let page = cards_of(api, funnel, lane, filter, layout, &cursor).await?;
            cards.extend(page.items);
            *next_cursor = page.next_cursor;
        }
    }
    Ok(board)
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{at, board, deal, deal_id};
    use super::*;
    use serde_json::json;
    use shared::event::{ActorKind, SubjectKind};

    fn event(kind: EventKind, deal: DealId, data: serde_json::Value) -> Recorded {
        Recorded {
            sequence: 1,
            at: at(0),
            actor_kind: ActorKind::User,
            actor_id: None,
            actor_name: None,
            kind,
            subject_kind: SubjectKind::Deal,
            subject_id: deal.0,
            account_id: None,
            deal_id: None,
            data,
        }
    }

    #[test]
    fn a_move_is_followed_without_asking_and_a_change_is_asked_for() {
        let state = BoardState::new(&board(&[deal(1, 0, "a")]));
        let place = json!({ "stage_id": deal(1, 1, "a").stage_id, "rank": "00000001" });
        let moved = event(
            EventKind::DealMoved,
            deal_id(1),
            json!({ "old": place, "new": place, "version": 2 }),
        );
        assert!(matches!(
            read(&moved, &state, false),
            Means::Action(BoardAction::DealMoved { .. })
        ));
        let updated = event(EventKind::DealUpdated, deal_id(1), json!({}));
        assert_eq!(read(&updated, &state, false), Means::Deal(deal_id(1)));
        assert_eq!(
            read(
                &event(EventKind::DealUpdated, deal_id(9), json!({})),
                &state,
                false
            ),
            Means::Figures
        );
        assert_eq!(
            read(
                &event(EventKind::DealCreated, deal_id(9), json!({})),
                &state,
                false
            ),
            Means::Deal(deal_id(9))
        );
    }

    /// GATE-25, FUN-28: the bar of a card shows what was answered and done.
    #[test]
    fn an_answer_to_a_deal_on_the_board_is_asked_for_and_one_elsewhere_is_not() {
        let state = BoardState::new(&board(&[deal(1, 0, "a")]));
        for kind in [EventKind::SheetAnswered, EventKind::SheetTaskDone] {
            let here = event(kind, deal_id(1), json!({}));
            assert_eq!(read(&here, &state, false), Means::Deal(deal_id(1)));
            let elsewhere = event(kind, deal_id(9), json!({}));
            assert_eq!(read(&elsewhere, &state, false), Means::Nothing);
        }
    }

    #[test]
    fn a_column_of_this_board_that_was_spread_is_read_anew() {
        let state = BoardState::new(&board(&[deal(1, 0, "a")]));
        let respaced = |stage: uuid::Uuid| Recorded {
            subject_kind: SubjectKind::Stage,
            subject_id: stage,
            ..event(EventKind::StageRespaced, deal_id(1), json!({}))
        };
        let own = respaced(state.funnel.stages[1].id.0);
        assert_eq!(read(&own, &state, false), Means::Board);
        let elsewhere = respaced(uuid::Uuid::from_u128(77));
        assert_eq!(read(&elsewhere, &state, false), Means::Nothing);
    }

    #[test]
    fn a_filter_leaves_the_choice_to_the_server() {
        let state = BoardState::new(&board(&[deal(1, 0, "a")]));
        let created = event(EventKind::DealCreated, deal_id(9), json!({}));
        assert_eq!(read(&created, &state, true), Means::Board);
    }

    #[test]
    fn an_archived_deal_goes_with_the_version_the_event_names() {
        let state = BoardState::new(&board(&[deal(1, 0, "a")]));
        let archived = event(EventKind::DealArchived, deal_id(1), json!({ "version": 4 }));
        let gone = BoardAction::DealGone {
            deal: deal_id(1),
            version: Some(4),
        };
        assert_eq!(read(&archived, &state, false), Means::Action(gone));
    }
}
