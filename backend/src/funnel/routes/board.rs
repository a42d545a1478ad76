//! The board: columns with their figures and first cards.

use crate::app::App;
use crate::db::Tx;
use crate::error::AppResult;
use crate::events::store as events;
use crate::funnel::store::board::{self as store, Narrow};
use crate::funnel::store::{funnels, totals};
use crate::http::page::limit;
use crate::http::{Answer, Cursor, Params};
use crate::identity::Require;
use crate::identity::permit::ReadDeals;
use crate::identity::store::callers;
use actix_web::{get, web};
use chrono::NaiveDate;
use serde::Deserialize;
use shared::accounts::Tier;
use shared::error::Problem;
use shared::funnel::{
    Board, BoardFilter, BoardTotals, Column, Deal, FIRST_CARDS, Funnel, StageTotals,
};
use shared::id::{FunnelId, StageId, TeamId, UserId};
use shared::page::Page;

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
    /// Where to go on; from `next_cursor`. Cards only.
    cursor: Option<String>,
    /// Cards of a page, 1 to 200; default 50. Cards only.
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

    async fn narrow(&self, tx: &mut Tx) -> AppResult<Narrow> {
        let filter = self.filter();
        let org = tx.scope().org;
        let team = match filter.team_id {
            None => None,
            Some(team) => Some(callers::members_below(tx.conn(), org, team.0).await?),
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
    let params = params.0;
    let mut tx = app.db.begin(&caller.scope).await?;
    // First the position, then the data: what happens in between comes twice rather than never.
    let (conn, scope) = tx.parts();
    let sequence = events::horizon(conn, scope).await?;
    let funnel = funnels::find(tx.conn(), caller.scope.org, *id).await?;
    let narrow = params.narrow(&mut tx).await?;
    let mut figures = figures(&app, &mut tx, &funnel, &narrow).await?;
    let mut columns = Vec::with_capacity(funnel.stages.len());
    for stage in &funnel.stages {
        let (conn, scope) = tx.parts();
        let limit = i64::from(FIRST_CARDS);
        let cards = store::cards(conn, scope, &narrow, stage.id, None, limit + 1).await?;
        let page = Cursor::page(&params.what(stage.id)?, cards, limit, |deal| {
            deal.rank.clone()
        })?;
        columns.push(Column {
            stage_id: stage.id,
            totals: figures.by_stage.remove(&stage.id).unwrap_or_default(),
            cards: page.items,
            next_cursor: page.next_cursor,
        });
    }
    tx.commit().await?;

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
    let mut tx = app.db.begin(&caller.scope).await?;
    let funnel = funnels::find(tx.conn(), caller.scope.org, *id).await?;
    let narrow = params.0.narrow(&mut tx).await?;
    let mut figures = figures(&app, &mut tx, &funnel, &narrow).await?;
    tx.commit().await?;

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
    let after: Option<String> = Cursor::read(&what, params.cursor.as_deref())?;

    let mut tx = app.db.begin(&caller.scope).await?;
    funnels::find_stage(tx.conn(), caller.scope.org, *id).await?;
    let narrow = params.narrow(&mut tx).await?;
    let (conn, scope) = tx.parts();
    let cards = store::cards(conn, scope, &narrow, *id, after, limit + 1).await?;
    tx.commit().await?;

    Answer::list(&Cursor::page(&what, cards, limit, |deal| {
        deal.rank.clone()
    })?)
}

/// The figures of all columns; asks for the differences to be folded when there are many.
async fn figures(
    app: &App,
    tx: &mut Tx,
    funnel: &Funnel,
    narrow: &Narrow,
) -> AppResult<totals::Totals> {
    let org = tx.scope().org;
    let currency = totals::currency(tx.conn(), org).await?;
    let (conn, scope) = tx.parts();
    let figures = totals::find(conn, scope, &funnel.stages, narrow, currency).await?;
    if figures.is_long {
        crate::funnel::upkeep::fold_soon(app, org);
    }
    Ok(figures)
}
