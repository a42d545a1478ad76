//! The shape of a funnel: how many deals came into each stage and what became of them.

use super::board::narrow;
use crate::app::App;
use crate::clock;
use crate::db::Conn;
use crate::error::{AppError, AppResult, optional, query};
use crate::funnel::store::shape::{self as store, Cohort};
use crate::funnel::store::stages::{self, standing_for};
use crate::funnel::store::{funnels, mappings, totals};
use crate::http::{Answer, Params};
use crate::identity::Require;
use crate::identity::permit::ReadDeals;
use actix_web::{get, web};
use chrono::NaiveDate;
use futures_util::try_join;
use serde::Deserialize;
use shared::accounts::{Prospecting, Tier};
use shared::error::{ErrorCode, Problem};
use shared::funnel::{BoardFilter, Funnel, FunnelShape, Reading, Stage, StagePair, mapping, shape};
use shared::id::{FunnelId, OrgId, TeamId, UserId};

/// The board's filter, and the days on which deals came into the funnel.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct ShapeParams {
    /// Only deals of this owner.
    owner_id: Option<UserId>,
    /// Only deals of owners in this team or below it.
    team_id: Option<TeamId>,
    /// Only deals of accounts in this industry.
    industry: Option<String>,
    /// Only deals of accounts of this tier.
    tier: Option<Tier>,
    /// Only deals of accounts that came from here, in these words (FUN-25).
    source: Option<String>,
    /// Only deals of accounts found by this method (FUN-25).
    prospecting: Option<Prospecting>,
    /// Only open deals whose next step is due before this day.
    overdue_on: Option<NaiveDate>,
    /// Only open deals that on this day have been in their stage for longer than its `rot_days`, by the
    /// organisation's clock.
    over_limit_on: Option<NaiveDate>,
    /// `true`: only deals on which little is to be spent, the five tests having fallen short (GATE-21).
    is_low_investment: bool,
    /// Only deals whose title or account name contains this text.
    text: Option<String>,
    /// Only deals that came into the funnel on this day (UTC) or later.
    from: Option<NaiveDate>,
    /// Only deals that came into the funnel on this day (UTC) or earlier; not before `from`.
    to: Option<NaiveDate>,
    /// Another funnel: the same deals, told by its stages. What stands for what is said by
    /// `POST /funnels/{id}/mappings`, else it is a guess.
    through: Option<FunnelId>,
}

impl ShapeParams {
    fn cohort(&self) -> AppResult<Cohort> {
        if self.from.zip(self.to).is_some_and(|(from, to)| to < from) {
            return Err(AppError::field("to", ErrorCode::OutOfRange));
        }
        let day = |day: NaiveDate| day.and_time(chrono::NaiveTime::MIN).and_utc();
        let after = |day: NaiveDate| {
            day.succ_opt()
                .ok_or_else(|| AppError::field("to", ErrorCode::OutOfRange))
        };
        Ok(Cohort {
            from: self.from.map(day),
            before: self.to.map(after).transpose()?.map(day),
        })
    }

    fn filter(self) -> BoardFilter {
        BoardFilter {
            owner_id: self.owner_id,
            team_id: self.team_id,
            industry: self.industry,
            tier: self.tier,
            source: self.source,
            prospecting: self.prospecting,
            overdue_on: self.overdue_on,
            over_limit_on: self.over_limit_on,
            is_low_investment: self.is_low_investment,
            text: self.text.filter(|text| !text.trim().is_empty()),
        }
    }
}

/// The funnel that another one is read through.
struct Other {
    stages: Vec<Stage>,
    reading: Reading,
    /// What stands for what, stages that were removed included.
    pairs: Vec<StagePair>,
}

async fn other(conn: &Conn, org: OrgId, funnel: &Funnel, through: FunnelId) -> AppResult<Other> {
    let (other, known, all) = try_join!(
        async { Ok::<_, AppError>(optional(funnels::find(conn, org, through).await)?) },
        query(mappings::find(conn, org, funnel.id, through)),
        query(stages::list(conn, org, funnel.id)),
    )?;
    let other = other.ok_or_else(|| AppError::field("through", ErrorCode::NoSuchRecord))?;
    let reading = mapping::reading(funnel, &other, &known);
    // A stage that was removed stands for what the one stands for that stands for it.
    let pairs = all.iter().filter_map(|known| {
        let now = standing_for(&all, known.stage.id);
        let pair = reading
            .pairs
            .iter()
            .find(|pair| pair.from_stage_id == now)?;
        Some(StagePair {
            from_stage_id: known.stage.id,
            to_stage_id: pair.to_stage_id,
        })
    });
    Ok(Other {
        pairs: pairs.collect(),
        stages: other.stages,
        reading,
    })
}

/// Answers a funnel's shape: for each stage on the way to winning how many deals came in, went on, are
/// still there, were lost or went back, with their amounts, and the days that half and four out of five of
/// their stays last at most.
#[utoipa::path(
    tag = "funnel", operation_id = "get_shape", params(("id" = FunnelId, Path), ShapeParams),
    responses((status = 200, body = FunnelShape), (status = "4XX", body = Problem)),
    security(("bearer" = ["read_deals"]))
)]
#[get("/funnels/{id}/shape")]
pub async fn get_shape(
    app: web::Data<App>,
    caller: Require<ReadDeals>,
    id: web::Path<FunnelId>,
    params: Params<ShapeParams>,
) -> AppResult<Answer> {
    let (params, scope, now) = (params.0, &caller.scope, clock::now());
    let cohort = params.cohort()?;
    let shape = app
        .db
        .read(scope, async |conn| {
            let (funnel, currency, narrow) = try_join!(
                query(funnels::find(conn, scope.org, *id)),
                query(totals::currency(conn, scope.org)),
                narrow(params.clone().filter(), conn, scope),
            )?;
            let other = match params.through {
                Some(through) => Some(other(conn, scope.org, &funnel, through).await?),
                None => None,
            };
            let pairs = other.as_ref().map(|other| other.pairs.as_slice());
            let pairs = pairs.unwrap_or_default();
            let (cells, stays) = try_join!(
                query(store::cells(conn, scope, *id, &narrow, cohort)),
                query(store::stays(conn, scope, *id, &narrow, cohort, now, pairs)),
            )?;
            let cells = mapping::read(cells, pairs);
            let stages = other.as_ref().map_or(&funnel.stages, |other| &other.stages);
            let mut shape = shape::shape(stages, &cells, &stays, currency);
            shape.reading = other.map(|other| other.reading);
            Ok(shape)
        })
        .await?;
    Answer::list(&shape)
}
