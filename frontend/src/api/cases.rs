//! Cases of closed deals, and what they say together.

use super::{Api, ApiResult, Method, query};
use chrono::NaiveDate;
use shared::funnel::case::lessons::CaseLessons;
use shared::funnel::case::similar::SimilarCases;
use shared::funnel::{Case, CaseOutcome, CaseSheet, Deal, LossReason, NewCase};
use shared::id::{DealId, FunnelId, UserId};
use shared::page::Page;

/// Which cases the library is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CaseQuery {
    /// A part of the words, of the deal's title or of the account's name.
    pub text: Option<String>,
    /// Only won or lost ones.
    pub outcome: Option<CaseOutcome>,
    /// Only in this funnel.
    pub funnel_id: Option<FunnelId>,
    /// Only lost for this reason.
    pub loss_reason: Option<LossReason>,
    /// Only of accounts in this industry.
    pub industry: Option<String>,
    /// Only with this tag.
    pub tag: Option<String>,
    /// Only deals of this owner.
    pub owner_id: Option<UserId>,
    /// Only closed on this day (UTC) or later.
    pub from: Option<NaiveDate>,
    /// Only closed on this day (UTC) or earlier.
    pub to: Option<NaiveDate>,
}

impl CaseQuery {
    fn path(&self, cursor: Option<String>) -> String {
        let midnight = |day: NaiveDate| format!("{day}T00:00:00Z");
        let pairs = [
            ("text[contains]", self.text.clone()),
            (
                "outcome",
                self.outcome.map(|outcome| outcome.as_ref().to_owned()),
            ),
            ("funnel_id", self.funnel_id.map(|id| id.to_string())),
            (
                "loss_reason",
                self.loss_reason.map(|reason| reason.as_ref().to_owned()),
            ),
            ("industry", self.industry.clone()),
            ("tags", self.tag.clone()),
            ("owner_id", self.owner_id.map(|id| id.to_string())),
            ("closed_at[gte]", self.from.map(midnight)),
            (
                "closed_at[lt]",
                self.to.and_then(|day| day.succ_opt()).map(midnight),
            ),
            ("limit", Some("20".to_owned())),
            ("count", cursor.is_none().then(|| "exact".to_owned())),
            ("cursor", cursor),
        ];
        format!("/cases{}", query(pairs))
    }
}

impl Api {
    /// A page of the library, those closed last first.
    ///
    /// # Errors
    /// As every read.
    pub async fn cases(&self, asked: &CaseQuery, cursor: Option<String>) -> ApiResult<Page<Case>> {
        self.get(asked.path(cursor)).await
    }

    /// A page of the deals closed within so many days that have no case.
    ///
    /// # Errors
    /// As every read.
    pub async fn due_cases(
        &self,
        days: i64,
        owner: Option<UserId>,
        cursor: Option<String>,
    ) -> ApiResult<Page<Deal>> {
        let query = query([
            ("days", Some(days.to_string())),
            ("owner_id", owner.map(|id| id.to_string())),
            ("limit", Some("5".to_owned())),
            ("cursor", cursor),
        ]);
        self.get(format!("/cases/due{query}")).await
    }

    /// What the closings of some days say together, of one funnel or of all.
    ///
    /// # Errors
    /// As every read.
    pub async fn case_lessons(
        &self,
        days: i64,
        funnel: Option<FunnelId>,
    ) -> ApiResult<CaseLessons> {
        let query = query([
            ("days", Some(days.to_string())),
            ("funnel_id", funnel.map(|id| id.to_string())),
        ]);
        self.get(format!("/cases/lessons{query}")).await
    }

    /// The case of a deal, if it has one.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn case(&self, id: DealId) -> ApiResult<CaseSheet> {
        self.get(format!("/deals/{id}/case")).await
    }

    /// Writes the case of a closed deal.
    ///
    /// # Errors
    /// `invalid` with the fields at fault, `archived`, or stale.
    pub async fn write_case(
        &self,
        id: DealId,
        version: i32,
        body: &NewCase,
    ) -> ApiResult<CaseSheet> {
        self.call(Method::Put, format!("/deals/{id}/case"))
            .if_match(version)
            .json(body)
            .send()
            .await
    }

    /// Takes the case of a deal away.
    ///
    /// # Errors
    /// `not_found`, or stale.
    pub async fn remove_case(&self, id: DealId, version: i32) -> ApiResult<CaseSheet> {
        self.call(Method::Delete, format!("/deals/{id}/case"))
            .if_match(version)
            .send()
            .await
    }

    /// The cases most like a deal.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn similar_cases(&self, id: DealId) -> ApiResult<SimilarCases> {
        self.get(format!("/deals/{id}/similar-cases")).await
    }
}
