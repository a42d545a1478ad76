//! Screening: the set of rules, sheets of accounts, and the report.

use super::{Api, ApiResult, Method, query};
use shared::accounts::{
    AccountScreening, Answers, NewScreeningRules, ScreeningRules, ScreeningSheet, ScreeningTally,
    ScreeningTrial,
};
use shared::id::AccountId;
use shared::page::Page;

impl Api {
    /// What accounts are screened by.
    ///
    /// # Errors
    /// As every read.
    pub async fn screening_rules(&self) -> ApiResult<ScreeningRules> {
        self.get("/screening").await
    }

    /// Writes what accounts are screened by.
    ///
    /// # Errors
    /// Field errors, or stale.
    pub async fn set_screening_rules(
        &self,
        version: i32,
        body: &NewScreeningRules,
    ) -> ApiResult<ScreeningRules> {
        self.call(Method::Put, "/screening")
            .if_match(version)
            .json(body)
            .send()
            .await
    }

    /// What another set would make of the accounts changed last.
    ///
    /// # Errors
    /// Field errors.
    pub async fn screening_trial(&self, body: &NewScreeningRules) -> ApiResult<ScreeningTrial> {
        self.post("/screening/trial/search", body).await
    }

    /// How many accounts of each seller within view are what.
    ///
    /// # Errors
    /// As every read.
    pub async fn screening_report(
        &self,
        cursor: Option<String>,
    ) -> ApiResult<Page<ScreeningTally>> {
        let query = query([("cursor", cursor)]);
        self.get(format!("/screening/report{query}")).await
    }

    /// How an account stands by the set of rules.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn account_screening(&self, id: AccountId) -> ApiResult<AccountScreening> {
        self.get(format!("/accounts/{id}/screening")).await
    }

    /// Answers for an account; the same answers again say that they still hold.
    ///
    /// # Errors
    /// Field errors, `archived`, or stale.
    pub async fn screen_account(
        &self,
        id: AccountId,
        version: i32,
        answers: Answers,
    ) -> ApiResult<AccountScreening> {
        self.call(Method::Put, format!("/accounts/{id}/screening"))
            .if_match(version)
            .json(&ScreeningSheet { answers })
            .send()
            .await
    }
}
