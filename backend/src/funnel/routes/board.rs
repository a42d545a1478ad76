//! The board: columns with their figures and first cards.

use crate::app::App;
use crate::db::{Conn, Scope};
use crate::error::{AppError, AppResult, query};
use crate::events::store as events;
use crate::funnel::store::board::{self as store, Narrow};
use crate::funnel::store::{funnels, ranks, totals};
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
use shared::accounts::Tier;
use shared::error::{ErrorCode, Problem};
use shared::funnel::{Board, BoardFilter, BoardTotals, Column, Deal, FIRST_CARDS, StageTotals};
use shared::id::{FunnelId, StageId, TeamId, UserId};
use shared::page::Page;
use uuid::Uuid;

/// The filter and, for cards, the page; one flat query string.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct BoardParams {
    /// Only deals of this owner.
    owner_id: Option<UserId>,
    /// Only deals of owners in this team or below it.
    team_id: Option<TeamId>,
    /// Only deals of accounts in this industry.
    industry: Option<String>,
    /// Only deals of accounts of this tier.
    tier: Option<Tier>,
    /// Only open deals whose next step is due before this day.
    overdue_on: Option<NaiveDate>,
    /// Only deals whose title or account name contains this text.
    text: Option<String>,
    /// Where to go on in a column; from `next_cursor`. Neither for the board nor for totals.
    cursor: Option<String>,
    /// Cards of a column or page, 1 to 200; default 50. Not for totals.
    limit: Option<u32>,
}

impl BoardParams {
    fn filter(&self) -> BoardFilter {
        BoardFilter {
            owner_id: self.owner_id,
            team_id: self.team_id,
            industry: self.industry.clone(),
            tier: self.tier,
            overdue_on: self.overdue_on,
            text: self.text.clone().filter(|text| !text.trim().is_empty()),
        }
    }

    /// What a cursor is bound to.
    fn what(&self, stage: StageId) -> AppResult<String> {
        let filter = serde_json::to_string(&self.filter())
            .map_err(|error| crate::error::AppError::Internal(error.into()))?;
        Ok(format!("cards:{stage}:{filter}"))
    }

    /// Refuses a cursor: each belongs to one column.
    fn demand_no_cursor(&self) -> AppResult<()> {
        match self.cursor {
            Some(_) => Err(AppError::field("cursor", ErrorCode::BadFormat)),
            None => Ok(()),
        }
    }

    async fn narrow(&self, conn: &Conn, scope: &Scope) -> AppResult<Narrow> {
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
        overdue_on: filter.overdue_on,
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
    let limit = limit(params.limit.or(Some(FIRST_CARDS)))?;
    params.demand_no_cursor()?;
    let (sequence, funnel, figures, cards) = app
        .db
        .read(scope, async |conn| {
            // First the position, then the data: what happens in between comes twice rather than never.
            let (sequence, funnel, currency, narrow) = try_join!(
                query(events::horizon(conn, scope)),
                query(funnels::find(conn, scope.org, *id)),
                query(totals::currency(conn, scope.org)),
                params.narrow(conn, scope),
            )?;
            let columns = funnel.stages.iter().map(|stage| {
                query(store::cards(
                    conn,
                    scope,
                    &narrow,
                    stage.id,
                    None,
                    limit + 1,
                ))
            });
            let (figures, cards) = try_join!(
                query(totals::find(conn, scope, &funnel.stages, &narrow, currency)),
                try_join_all(columns),
            )?;
            Ok((sequence, funnel, figures, cards))
        })
        .await?;
    let mut figures = tended(&app, scope, figures);

    let mut columns = Vec::with_capacity(funnel.stages.len());
    for (stage, cards) in funnel.stages.iter().zip(cards) {
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
        columns,
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
    if params.0.limit.is_some() {
        return Err(AppError::UnknownParameter("limit".to_owned()));
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
    Answer::list(&BoardTotals { columns })
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
    let limit = limit(params.limit)?;
    let what = params.what(*id)?;
    let after: Option<CardPlace> = Cursor::read(&what, params.cursor.as_deref())?;

    let scope = &caller.scope;
    let cards = app
        .db
        .read(scope, async |conn| {
            let (narrow, after) = try_join!(
                params.narrow(conn, scope),
                rank_now(conn, scope, *id, after),
            )?;
            let (_, cards) = try_join!(
                query(funnels::find_stage(conn, scope.org, *id)),
                query(store::cards(conn, scope, &narrow, *id, after, limit + 1)),
            )?;
            Ok(cards)
        })
        .await?;

    Answer::list(&Cursor::page(&what, cards, limit, place)?)
}

/// The place of a card in its column: its rank, and what tells whether the rank is still its own.
type CardPlace = (String, (Uuid, i32));

fn place(deal: &Deal) -> CardPlace {
    (deal.rank.clone(), (deal.id.0, deal.version))
}

/// The rank to go on after. A column that was spread since has given the last card seen another one.
async fn rank_now(
    conn: &Conn,
    scope: &Scope,
    stage: StageId,
    after: Option<CardPlace>,
) -> AppResult<Option<String>> {
    let Some((rank, seen)) = after else {
        return Ok(None);
    };
    let now = ranks::of_version(conn, scope.org, stage, seen).await?;
    Ok(Some(now.unwrap_or(rank)))
}

/// Has the kept differences folded together when there are many.
fn tended(app: &App, scope: &Scope, figures: totals::Totals) -> totals::Totals {
    if figures.is_long {
        crate::funnel::upkeep::fold_soon(app, scope.org);
    }
    figures
}
