//! The board: columns with their figures and first cards.

use super::grouped;
use crate::app::App;
use crate::db::{Conn, Scope};
use crate::error::{AppError, AppResult, query};
use crate::events::store as events;
use crate::funnel::kept;
use crate::funnel::store::board::{self as store, Narrow};
use crate::funnel::store::card_order::CardPlace;
use crate::funnel::store::{facts, funnels, ranks, stages, totals};
use crate::http::page::limit;
use crate::http::{Answer, Cursor, Params};
use crate::identity::Require;
use crate::identity::permit::ReadDeals;
use crate::identity::store::callers;
use actix_web::{get, web};
use chrono::NaiveDate;
use futures_util::future::try_join_all;
use futures_util::try_join;
use serde::Deserialize;
use shared::accounts::{Prospecting, Tier};
use shared::error::{ErrorCode, Problem};
use shared::funnel::{
    Board, BoardFilter, BoardTotals, CardOrder, CardSort, Column, Deal, FIRST_CARDS, Grouping,
    Layout, StageTotals,
};
use shared::id::{FunnelId, StageId, TeamId, UserId};
use shared::money::Currency;
use shared::page::Page;
use std::fmt::Display;

/// The filter and, for cards, the page; one flat query string.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct BoardParams {
    /// Only deals of this owner.
    pub(super) owner_id: Option<UserId>,
    /// Only deals of owners in this team or below it.
    pub(super) team_id: Option<TeamId>,
    /// Only deals of accounts in this industry.
    pub(super) industry: Option<String>,
    /// Only deals of accounts of this tier.
    pub(super) tier: Option<Tier>,
    /// Only deals of accounts that came from here, in these words (FUN-25).
    pub(super) source: Option<String>,
    /// Only deals of accounts found by this method (FUN-25).
    pub(super) prospecting: Option<Prospecting>,
    /// Only open deals whose next step is due before this day.
    pub(super) overdue_on: Option<NaiveDate>,
    /// Only open deals that on this day have been in their stage for longer than its `rot_days`, by the
    /// organisation's clock.
    pub(super) over_limit_on: Option<NaiveDate>,
    /// `true`: only deals on which little is to be spent, the five tests having fallen short (GATE-21).
    pub(super) is_low_investment: bool,
    /// Only deals whose title or account name contains this text.
    pub(super) text: Option<String>,
    /// The order of the cards of a column; default `hand`. Not for totals.
    pub(super) sort: Option<CardOrder>,
    /// What the columns are; default `stage`. Not for the cards of a stage.
    pub(super) group_by: Option<Grouping>,
    /// The key of a group, for its cards alone.
    pub(super) group: Option<String>,
    /// Where to go on in a column; from `next_cursor`. Neither for the board nor for totals.
    pub(super) cursor: Option<String>,
    /// Cards of a column or page, 1 to 200; default 50. Not for totals.
    pub(super) limit: Option<u32>,
}

impl BoardParams {
    fn filter(&self) -> BoardFilter {
        BoardFilter {
            owner_id: self.owner_id,
            team_id: self.team_id,
            industry: self.industry.clone(),
            tier: self.tier,
            source: self.source.clone(),
            prospecting: self.prospecting,
            overdue_on: self.overdue_on,
            over_limit_on: self.over_limit_on,
            is_low_investment: self.is_low_investment,
            text: self.text.clone().filter(|text| !text.trim().is_empty()),
        }
    }

    pub(super) fn layout(&self) -> Layout {
        Layout {
            group_by: self.group_by.unwrap_or_default(),
            sort: self.sort.unwrap_or_default(),
        }
    }

    /// What a cursor is bound to.
    pub(super) fn what(&self, column: impl Display) -> AppResult<String> {
        let filter = serde_json::to_string(&self.filter())
            .map_err(|error| crate::error::AppError::Internal(error.into()))?;
        let sort = self.layout().order();
        Ok(format!("cards:{column}:{}:{filter}", sort.as_ref()))
    }

    /// Refuses a cursor: each belongs to one column.
    fn demand_no_cursor(&self) -> AppResult<()> {
        match self.cursor {
            Some(_) => Err(AppError::field("cursor", ErrorCode::BadFormat)),
            None => Ok(()),
        }
    }

    /// Refuses parameters that mean nothing here.
    fn demand_none_of(&self, names: &[&str]) -> AppResult<()> {
        let given = [
            ("limit", self.limit.is_some()),
            ("sort", self.sort.is_some()),
            ("group_by", self.group_by.is_some()),
            ("group", self.group.is_some()),
        ];
        match given.iter().find(|(name, is)| *is && names.contains(name)) {
            Some((name, _)) => Err(AppError::UnknownParameter((*name).to_owned())),
            None => Ok(()),
        }
    }

    /// Refuses all but the filter.
    pub(super) fn demand_filter_alone(&self) -> AppResult<()> {
        self.demand_no_cursor()?;
        self.demand_none_of(&["limit", "sort", "group_by", "group"])
    }

    pub(super) fn sort(&self, house: Currency) -> CardSort {
        CardSort {
            by: self.layout().order(),
            house,
        }
    }

    pub(super) async fn narrow(&self, conn: &Conn, scope: &Scope) -> AppResult<Narrow> {
        narrow(self.filter(), conn, scope).await
    }
}

/// A filter with its team resolved to people.
pub(super) async fn narrow(filter: BoardFilter, conn: &Conn, scope: &Scope) -> AppResult<Narrow> {
    let team = match filter.team_id {
        None => None,
        Some(team) => Some(callers::members_below(conn, scope.org, team.0).await?),
    };
    Ok(Narrow {
        owner: filter.owner_id.map(|id| id.0),
        team,
        industry: filter.industry,
        tier: filter.tier.map(|tier| tier.as_ref().to_owned()),
        source: filter.source,
        prospecting: filter.prospecting,
        overdue_on: filter.overdue_on,
        over_limit_on: filter.over_limit_on,
        is_low_investment: filter.is_low_investment,
        text: filter.text,
    })
}

/// Answers a funnel's board: every column's figures and its first 50 cards.
#[utoipa::path(
    tag = "funnel", operation_id = "get_board", params(("id" = FunnelId, Path), BoardParams),
    responses((status = 200, body = Board), (status = "4XX", body = Problem)),
    security(("bearer" = ["read_deals"]))
)]
#[get("/funnels/{id}/board")]
pub async fn get_board(
    app: web::Data<App>,
    caller: Require<ReadDeals>,
    id: web::Path<FunnelId>,
    params: Params<BoardParams>,
) -> AppResult<Answer> {
    let (params, scope) = (params.0, &caller.scope);
    params.demand_no_cursor()?;
    params.demand_none_of(&["group"])?;
    let what = format!("{} {params:?}", *id);
    kept::board(&app, scope, what, async || {
        read_board(&app, scope, *id, &params).await
    })
    .await
}

/// Reads a funnel's board.
async fn read_board(
    app: &App,
    scope: &Scope,
    id: FunnelId,
    params: &BoardParams,
) -> AppResult<Answer> {
    if !params.layout().has_stages() {
        return grouped::board(app, scope, id, params).await;
    }
    let limit = limit(params.limit.or(Some(FIRST_CARDS)))?;
    let (sequence, funnel, sort, figures, cards) = app
        .db
        .read(scope, async |conn| {
            // First the position, then the data: what happens in between comes twice rather than never.
            let (sequence, funnel, currency, narrow) = try_join!(
                query(events::horizon(conn, scope)),
                query(funnels::find(conn, scope.org, id)),
                query(totals::currency(conn, scope.org)),
                params.narrow(conn, scope),
            )?;
            let sort = params.sort(currency);
            let asked = store::Asked {
                scope,
                narrow: &narrow,
                sort,
            };
            let columns = funnel.stages.iter().map(|stage| {
                let column = store::in_stage(stage.id);
                query(store::cards(conn, &asked, column, None, limit + 1))
            });
            let (figures, mut cards) = try_join!(
                query(totals::find(conn, scope, &funnel.stages, &narrow, currency)),
                try_join_all(columns),
            )?;
            let all = cards.iter_mut().flatten();
            query(facts::adorn(conn, scope.org, &funnel.stages, all)).await?;
            Ok((sequence, funnel, sort, figures, cards))
        })
        .await?;
    let mut figures = tended(app, scope, figures);

    let mut columns = Vec::with_capacity(funnel.stages.len());
    for (stage, cards) in funnel.stages.iter().zip(cards) {
        let place = |deal: &Deal| CardPlace::of(sort, deal);
        let page = Cursor::page(&params.what(stage.id)?, cards, limit, place)?;
        columns.push(Column {
            stage_id: stage.id,
            totals: figures.by_stage.remove(&stage.id).unwrap_or_default(),
            cards: page.items,
            next_cursor: page.next_cursor,
        });
    }

    Answer::list(&Board {
        funnel,
        group_by: Grouping::Stage,
        sort: sort.by,
        currency: sort.house,
        columns,
        groups: None,
        sequence,
    })
}

/// Answers the figures of a board's columns alone.
#[utoipa::path(
    tag = "funnel", operation_id = "get_totals", params(("id" = FunnelId, Path), BoardParams),
    responses((status = 200, body = BoardTotals), (status = "4XX", body = Problem)),
    security(("bearer" = ["read_deals"]))
)]
#[get("/funnels/{id}/totals")]
pub async fn get_totals(
    app: web::Data<App>,
    caller: Require<ReadDeals>,
    id: web::Path<FunnelId>,
    params: Params<BoardParams>,
) -> AppResult<Answer> {
    let scope = &caller.scope;
    params.0.demand_no_cursor()?;
    params.0.demand_none_of(&["limit", "sort", "group"])?;
    if !params.0.layout().has_stages() {
        return grouped::totals(&app, scope, *id, &params.0).await;
    }
    let (funnel, figures) = app
        .db
        .read(scope, async |conn| {
            let (funnel, currency, narrow) = try_join!(
                query(funnels::find(conn, scope.org, *id)),
                query(totals::currency(conn, scope.org)),
                params.0.narrow(conn, scope),
            )?;
            let figures = totals::find(conn, scope, &funnel.stages, &narrow, currency).await?;
            Ok((funnel, figures))
        })
        .await?;
    let mut figures = tended(&app, scope, figures);

    let columns = funnel
        .stages
        .iter()
        .map(|stage| StageTotals {
            stage_id: stage.id,
            totals: figures.by_stage.remove(&stage.id).unwrap_or_default(),
        })
        .collect();
    Answer::list(&BoardTotals {
        columns,
        groups: None,
    })
}

/// Lists the cards of a column in their order.
#[utoipa::path(
    tag = "funnel", operation_id = "list_cards", params(("id" = StageId, Path), BoardParams),
    responses((status = 200, body = Page<Deal>), (status = "4XX", body = Problem)),
    security(("bearer" = ["read_deals"]))
)]
#[get("/stages/{id}/cards")]
pub async fn list_cards(
    app: web::Data<App>,
    caller: Require<ReadDeals>,
    id: web::Path<StageId>,
    params: Params<BoardParams>,
) -> AppResult<Answer> {
    let params = params.0;
    params.demand_none_of(&["group_by", "group"])?;
    let limit = limit(params.limit)?;
    let what = params.what(*id)?;
    let after: Option<CardPlace> = Cursor::read(&what, params.cursor.as_deref())?;

    let scope = &caller.scope;
    let (sort, cards) = app
        .db
        .read(scope, async |conn| {
            let (narrow, after, currency) = try_join!(
                params.narrow(conn, scope),
                place_now(conn, scope, *id, after),
                query(totals::currency(conn, scope.org)),
            )?;
            let sort = params.sort(currency);
            let asked = store::Asked {
                scope,
                narrow: &narrow,
                sort,
            };
            let column = store::in_stage(*id);
            let (known, mut cards) = try_join!(
                query(stages::find(conn, scope.org, *id)),
                query(store::cards(conn, &asked, column, after, limit + 1)),
            )?;
            let funnel = query(funnels::find(conn, scope.org, known.stage.funnel_id)).await?;
            query(facts::adorn(conn, scope.org, &funnel.stages, &mut cards)).await?;
            Ok((sort, cards))
        })
        .await?;

    let place = |deal: &Deal| CardPlace::of(sort, deal);
    Answer::list(&Cursor::page(&what, cards, limit, place)?)
}

/// Lists the cards of a funnel's open deals in an order that is not by hand; with `group_by` and `group`,
/// those of a group.
#[utoipa::path(
    tag = "funnel", operation_id = "list_group_cards", params(("id" = FunnelId, Path), BoardParams),
    responses((status = 200, body = Page<Deal>), (status = "4XX", body = Problem)),
    security(("bearer" = ["read_deals"]))
)]
#[get("/funnels/{id}/cards")]
pub async fn list_group_cards(
    app: web::Data<App>,
    caller: Require<ReadDeals>,
    id: web::Path<FunnelId>,
    params: Params<BoardParams>,
) -> AppResult<Answer> {
    grouped::cards(&app, &caller.scope, *id, &params.0).await
}

/// The place to go on after. A column that was spread since has given the last card seen another rank.
async fn place_now(
    conn: &Conn,
    scope: &Scope,
    stage: StageId,
    after: Option<CardPlace>,
) -> AppResult<Option<CardPlace>> {
    let Some(CardPlace::Hand(rank, seen)) = after else {
        return Ok(after);
    };
    let now = ranks::of_version(conn, scope.org, stage, seen).await?;
    Ok(Some(CardPlace::Hand(now.unwrap_or(rank), seen)))
}

/// Has the kept differences folded together when there are many.
fn tended(app: &App, scope: &Scope, figures: totals::Totals) -> totals::Totals {
    if figures.is_long {
        crate::funnel::upkeep::fold_soon(app, scope.org);
    }
    figures
}
