//! The shape of a funnel: how many deals came into each stage and what became of them.

use super::board::narrow;
use crate::app::App;
use crate::clock;
use crate::error::{AppError, AppResult, query};
use crate::funnel::store::shape::{self as store, Cohort};
use crate::funnel::store::{funnels, totals};
use crate::http::{Answer, Params};
use crate::identity::Require;
use crate::identity::permit::ReadDeals;
use actix_web::{get, web};
use chrono::NaiveDate;
use futures_util::try_join;
use serde::Deserialize;
use shared::accounts::Tier;
use shared::error::{ErrorCode, Problem};
use shared::funnel::{BoardFilter, FunnelShape, shape};
use shared::id::{FunnelId, TeamId, UserId};

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
    /// Only open deals whose next step is due before this day.
    overdue_on: Option<NaiveDate>,
    /// Only deals whose title or account name contains this text.
    text: Option<String>,
    /// Only deals that came into the funnel on this day (UTC) or later.
    from: Option<NaiveDate>,
    /// Only deals that came into the funnel on this day (UTC) or earlier; not before `from`.
    to: Option<NaiveDate>,
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
            overdue_on: self.overdue_on,
            text: self.text.filter(|text| !text.trim().is_empty()),
        }
    }
}

/// Answers a funnel's shape: for each stage on the way to winning how many deals came in, went on, are
/// still there, were lost or went back, with their amounts, and the median of the days they stay.
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
    let (funnel, currency, cells, days) = app
        .db
        .read(scope, async |conn| {
            let (funnel, currency, narrow) = try_join!(
                query(funnels::find(conn, scope.org, *id)),
                query(totals::currency(conn, scope.org)),
                narrow(params.clone().filter(), conn, scope),
            )?;
            let (cells, days) = try_join!(
                query(store::cells(conn, scope, *id, &narrow, cohort)),
                query(store::median_days(conn, scope, *id, &narrow, cohort, now)),
            )?;
            Ok((funnel, currency, cells, days))
        })
        .await?;
    Answer::list(&shape::shape(&funnel.stages, &cells, &days, currency))
}
