//! The proposal on a deal: its points and their order.

use super::{Api, ApiResult, Method};
use shared::funnel::{Deal, NewPoint, PointOrder, PointPatch, Proposal, ProposalPoint};
use shared::id::{DealId, PointId};

impl Api {
    /// The proposal on a deal, with what it lacks.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn proposal(&self, id: DealId) -> ApiResult<Proposal> {
        self.get(format!("/deals/{id}/proposal")).await
    }

    /// Adds a point.
    ///
    /// # Errors
    /// `invalid` with the fields at fault, `archived`.
    pub async fn add_point(&self, id: DealId, body: &NewPoint) -> ApiResult<ProposalPoint> {
        self.post(format!("/deals/{id}/proposal/points"), body)
            .await
    }

    /// Changes a point and gives the deal then.
    ///
    /// # Errors
    /// `invalid` with the fields at fault, `archived`, or stale.
    pub async fn update_point(
        &self,
        id: DealId,
        version: i32,
        point: PointId,
        body: &PointPatch,
    ) -> ApiResult<Deal> {
        self.call(
            Method::Patch,
            format!("/deals/{id}/proposal/points/{point}"),
        )
        .if_match(version)
        .json(body)
        .send()
        .await
    }

    /// Takes a point away and gives the deal then.
    ///
    /// # Errors
    /// `not_found`, or stale.
    pub async fn remove_point(&self, id: DealId, version: i32, point: PointId) -> ApiResult<Deal> {
        self.call(
            Method::Delete,
            format!("/deals/{id}/proposal/points/{point}"),
        )
        .if_match(version)
        .send()
        .await
    }

    /// Puts the points into another order and gives the deal then.
    ///
    /// # Errors
    /// `invalid`, or stale.
    pub async fn order_proposal(
        &self,
        id: DealId,
        version: i32,
        body: &PointOrder,
    ) -> ApiResult<Deal> {
        self.call(Method::Put, format!("/deals/{id}/proposal/order"))
            .if_match(version)
            .json(body)
            .send()
            .await
    }
}
