//! The board when its columns are something other than stages.

use super::board::BoardParams;
use crate::app::App;
use crate::db::Scope;
use crate::error::{AppError, AppResult, query};
use crate::events::store as events;
use crate::funnel::store::board::{self as store, Asked};
use crate::funnel::store::card_order::CardPlace;
use crate::funnel::store::groups::{self, Grouped};
use crate::funnel::store::{facts, funnels, totals as figures};
use crate::http::page::limit;
use crate::http::{Answer, Cursor};
use futures_util::try_join;
use shared::error::ErrorCode;
use shared::funnel::{
    Board, BoardTotals, CardOrder, Deal, GROUP_CARDS, Group, GroupKey, GroupTotals, Groups,
    GroupsTotals, OtherGroups,
};
use shared::id::FunnelId;

/// What a cursor in a group is bound to, apart from filter and order.
fn column(funnel: FunnelId, key: Option<GroupKey>) -> String {
    format!("{funnel}:{key:?}")
}

/// The groups that are no columns, if there are any.
fn others(heads: &groups::Heads, figures: &groups::Figures) -> Option<OtherGroups> {
    (heads.others > 0).then(|| OtherGroups {
        groups: heads.others,
        totals: figures.others.clone(),
    })
}

/// Answers the board.
pub(super) async fn board(
    app: &App,
    scope: &Scope,
    id: FunnelId,
    params: &BoardParams,
) -> AppResult<Answer> {
    let by = params.layout().group_by;
    let limit = limit(params.limit.or(Some(GROUP_CARDS)))?;
    let more = i32::try_from(limit + 1).unwrap_or(i32::MAX);
    let (sequence, funnel, sort, heads, figures, mut cards) = app
        .db
        .read(scope, async |conn| {
            // First the position, then the data: what happens in between comes twice rather than never.
            let (sequence, funnel, currency, narrow) = try_join!(
                query(events::horizon(conn, scope)),
                query(funnels::find(conn, scope.org, id)),
                query(figures::currency(conn, scope.org)),
                params.narrow(conn, scope),
            )?;
            let sort = params.sort(currency);
            let asked = Asked {
                scope,
                narrow: &narrow,
                sort,
            };
            let grouped = Grouped {
                asked: &asked,
                funnel: id,
                by,
            };
            let heads = query(groups::heads(conn, &grouped, more)).await?;
            let (figures, mut cards) = try_join!(
                query(groups::figures(conn, &grouped, &heads, &funnel.stages)),
                query(groups::first_cards(conn, &grouped, &heads)),
            )?;
            let all = cards.values_mut().flatten();
            query(facts::adorn(conn, scope.org, &funnel.stages, all)).await?;
            Ok((sequence, funnel, sort, heads, figures, cards))
        })
        .await?;

    let mut items = Vec::with_capacity(heads.shown.len());
    for head in &heads.shown {
        let place = |deal: &Deal| CardPlace::of(sort, deal);
        let what = params.what(column(id, Some(head.key)))?;
        let cards = cards.remove(&head.key).unwrap_or_default();
        let page = Cursor::page(&what, cards, limit, place)?;
        items.push(Group {
            key: head.key.to_string(),
            name: head.name.clone(),
            totals: figures.by_key.get(&head.key).cloned().unwrap_or_default(),
            cards: page.items,
            next_cursor: page.next_cursor,
        });
    }

    Answer::list(&Board {
        funnel,
        group_by: by,
        sort: sort.by,
        currency: sort.house,
        columns: Vec::new(),
        groups: Some(Groups {
            items,
            others: others(&heads, &figures),
        }),
        sequence,
    })
}

/// Answers the figures alone.
pub(super) async fn totals(
    app: &App,
    scope: &Scope,
    id: FunnelId,
    params: &BoardParams,
) -> AppResult<Answer> {
    let by = params.layout().group_by;
    let (heads, figures) = app
        .db
        .read(scope, async |conn| {
            let (funnel, currency, narrow) = try_join!(
                query(funnels::find(conn, scope.org, id)),
                query(figures::currency(conn, scope.org)),
                params.narrow(conn, scope),
            )?;
            let asked = Asked {
                scope,
                narrow: &narrow,
                sort: params.sort(currency),
            };
            let grouped = Grouped {
                asked: &asked,
                funnel: id,
                by,
            };
            let heads = query(groups::heads(conn, &grouped, 0)).await?;
            let figures = groups::figures(conn, &grouped, &heads, &funnel.stages);
            let figures = query(figures).await?;
            Ok((heads, figures))
        })
        .await?;

    let items = heads.shown.iter().map(|head| GroupTotals {
        key: head.key.to_string(),
        totals: figures.by_key.get(&head.key).cloned().unwrap_or_default(),
    });
    Answer::list(&BoardTotals {
        columns: Vec::new(),
        groups: Some(GroupsTotals {
            items: items.collect(),
            others: others(&heads, &figures),
        }),
    })
}

/// The group that is asked for; all open deals without one.
fn group(params: &BoardParams) -> AppResult<Option<GroupKey>> {
    let layout = params.layout();
    match params.group.as_deref() {
        None if layout.has_stages() => Ok(None),
        None => Err(AppError::field("group", ErrorCode::Required)),
        Some(_) if layout.has_stages() => Err(AppError::field("group_by", ErrorCode::Required)),
        Some(key) => match GroupKey::parse(layout.group_by, key) {
            None => Err(AppError::field("group", ErrorCode::BadFormat)),
            key => Ok(key),
        },
    }
}

/// Answers a page of the cards of a group, or of all open deals.
pub(super) async fn cards(
    app: &App,
    scope: &Scope,
    id: FunnelId,
    params: &BoardParams,
) -> AppResult<Answer> {
    let limit = limit(params.limit)?;
    let key = group(params)?;
    // Across stages there is no order by hand.
    let by = params.sort.filter(|by| *by != CardOrder::Hand);
    let params = &BoardParams {
        sort: by.or(Some(CardOrder::Amount)),
        ..params.clone()
    };
    let what = params.what(column(id, key))?;
    let after: Option<CardPlace> = Cursor::read(&what, params.cursor.as_deref())?;

    let (sort, cards) = app
        .db
        .read(scope, async |conn| {
            let (funnel, narrow, currency) = try_join!(
                query(funnels::find(conn, scope.org, id)),
                params.narrow(conn, scope),
                query(figures::currency(conn, scope.org)),
            )?;
            let sort = params.sort(currency);
            let asked = Asked {
                scope,
                narrow: &narrow,
                sort,
            };
            let column = match key {
                Some(key) => groups::in_group(id, key),
                None => groups::in_funnel(id),
            };
            let mut cards = query(store::cards(conn, &asked, column, after, limit + 1)).await?;
            query(facts::adorn(conn, scope.org, &funnel.stages, &mut cards)).await?;
            Ok((sort, cards))
        })
        .await?;

    let place = |deal: &Deal| CardPlace::of(sort, deal);
    Answer::list(&Cursor::page(&what, cards, limit, place)?)
}
