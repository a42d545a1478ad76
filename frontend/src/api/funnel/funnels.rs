//! Funnels and what is set for them: stages, gates and rules, their worth and their shape.

use super::filter_pairs;
use crate::api::{Api, ApiResult, Method, query};
use chrono::NaiveDate;
use shared::funnel::counted::{CountedRules, RulesInForce, Trial, TrialSearch};
use shared::funnel::gate::StageGate;
use shared::funnel::mapping::NewMapping;
use shared::funnel::methods::SalesMethod;
use shared::funnel::{
    BoardFilter, Funnel, FunnelPatch, FunnelShape, GateVersion, NewFunnel, Reading, Worth,
};
use shared::id::{FunnelId, StageId};
use shared::page::Page;

impl Api {
    /// The sales methods that come with the product, in the language of the app.
    ///
    /// # Errors
    /// As every read.
    pub async fn methods(&self) -> ApiResult<Page<SalesMethod>> {
        self.get("/methods?limit=200").await
    }

    /// All funnels with their stages.
    ///
    /// # Errors
    /// As every read.
    pub async fn funnels(&self) -> ApiResult<Page<Funnel>> {
        self.get("/funnels?limit=200").await
    }

    /// One funnel.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn funnel(&self, id: FunnelId) -> ApiResult<Funnel> {
        self.get(format!("/funnels/{id}")).await
    }

    /// Makes a funnel.
    ///
    /// # Errors
    /// Field errors.
    pub async fn create_funnel(&self, body: &NewFunnel) -> ApiResult<Funnel> {
        self.post("/funnels", body).await
    }

    /// Changes a funnel and its stages.
    ///
    /// # Errors
    /// Field errors, `not_empty`, or stale with the funnel as it is now.
    pub async fn patch_funnel(
        &self,
        id: FunnelId,
        version: i32,
        body: &FunnelPatch,
    ) -> ApiResult<Funnel> {
        self.patch(format!("/funnels/{id}"), version, body).await
    }

    /// Puts a funnel away.
    ///
    /// # Errors
    /// `not_empty`, or stale.
    pub async fn archive_funnel(&self, id: FunnelId, version: i32) -> ApiResult<()> {
        self.call(Method::Delete, format!("/funnels/{id}"))
            .if_match(version)
            .answer()
            .await
            .map(drop)
    }

    /// What the open deals should bring, stage by stage.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn funnel_worth(&self, id: FunnelId, filter: &BoardFilter) -> ApiResult<Worth> {
        let pairs = filter_pairs(filter);
        self.get(format!("/funnels/{id}/worth{}", query(pairs)))
            .await
    }

    /// What became of the deals that came into each stage.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn funnel_shape(
        &self,
        id: FunnelId,
        filter: &BoardFilter,
        (from, to): (Option<NaiveDate>, Option<NaiveDate>),
    ) -> ApiResult<FunnelShape> {
        let days = [
            ("from", from.map(|day| day.to_string())),
            ("to", to.map(|day| day.to_string())),
        ];
        let pairs = filter_pairs(filter).into_iter().chain(days);
        self.get(format!("/funnels/{id}/shape{}", query(pairs)))
            .await
    }

    /// The same deals told by the stages of another funnel.
    ///
    /// # Errors
    /// `not_found`, `no_such_record` at `through`.
    pub async fn funnel_through(
        &self,
        id: FunnelId,
        through: FunnelId,
        filter: &BoardFilter,
        (from, to): (Option<NaiveDate>, Option<NaiveDate>),
    ) -> ApiResult<FunnelShape> {
        let more = [
            ("from", from.map(|day| day.to_string())),
            ("to", to.map(|day| day.to_string())),
            ("through", Some(through.to_string())),
        ];
        let pairs = filter_pairs(filter).into_iter().chain(more);
        self.get(format!("/funnels/{id}/shape{}", query(pairs)))
            .await
    }

    /// Says what the stages of a funnel stand for in another one.
    ///
    /// # Errors
    /// Field errors at each pair that will not do.
    pub async fn map_funnel(&self, id: FunnelId, body: &NewMapping) -> ApiResult<Reading> {
        self.post(format!("/funnels/{id}/mappings"), body).await
    }

    /// The counted rules of a funnel.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn rules(&self, id: FunnelId) -> ApiResult<RulesInForce> {
        self.get(format!("/funnels/{id}/rules")).await
    }

    /// Sets the counted rules of a funnel.
    ///
    /// # Errors
    /// `invalid` with the fields at fault, or stale.
    pub async fn set_rules(
        &self,
        id: FunnelId,
        version: i32,
        body: &CountedRules,
    ) -> ApiResult<RulesInForce> {
        self.call(Method::Put, format!("/funnels/{id}/rules"))
            .if_match(version)
            .json(body)
            .send()
            .await
    }

    /// Tries counted rules over what was recorded.
    ///
    /// # Errors
    /// `invalid` with the fields at fault.
    pub async fn try_rules(&self, id: FunnelId, body: &TrialSearch) -> ApiResult<Trial> {
        self.post(format!("/funnels/{id}/trial/search"), body).await
    }

    /// What a stage asks, with its version.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn stage_gate(&self, id: StageId) -> ApiResult<GateVersion> {
        self.get(format!("/stages/{id}/gate")).await
    }

    /// Sets what a stage asks.
    ///
    /// # Errors
    /// `invalid` with the fields at fault, or stale.
    pub async fn set_stage_gate(
        &self,
        id: StageId,
        version: i32,
        body: &StageGate,
    ) -> ApiResult<GateVersion> {
        self.call(Method::Put, format!("/stages/{id}/gate"))
            .if_match(version)
            .json(body)
            .send()
            .await
    }
}
