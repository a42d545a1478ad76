//! What is done for a deal: evidence and tests, rounds, touches, its sheet, and what the customer objects.

use crate::api::{Api, ApiResult, Method};
use shared::funnel::effort::DealEffort;
use shared::funnel::{
    AnswerQuestion, Deal, DealSheet, Evidence, GateSheet, NewEvidence, NewObjection, NewRound,
    NewTouch, Objection, ObjectionPatch, PlanTask, PurchaseElements, Round, TestAnswers, Touch,
};
use shared::id::{DealId, EvidenceId, ObjectionId, TouchId};
use shared::page::Page;

impl Api {
    /// Everything the gates know of a deal.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn gate_sheet(&self, id: DealId) -> ApiResult<GateSheet> {
        self.get(format!("/deals/{id}/gate")).await
    }

    /// Files evidence for a criterion.
    ///
    /// # Errors
    /// `invalid` with the fields at fault, `archived`.
    pub async fn file_evidence(&self, id: DealId, body: &NewEvidence) -> ApiResult<Evidence> {
        self.post(format!("/deals/{id}/evidence"), body).await
    }

    /// Withdraws a piece of evidence.
    ///
    /// # Errors
    /// `not_found`, or stale.
    pub async fn withdraw_evidence(
        &self,
        id: DealId,
        version: i32,
        evidence: EvidenceId,
    ) -> ApiResult<GateSheet> {
        self.call(Method::Delete, format!("/deals/{id}/evidence/{evidence}"))
            .if_match(version)
            .send()
            .await
    }

    /// Answers the five tests.
    ///
    /// # Errors
    /// `invalid` with the fields at fault, or stale.
    pub async fn answer_tests(
        &self,
        id: DealId,
        version: i32,
        body: &TestAnswers,
    ) -> ApiResult<GateSheet> {
        self.call(Method::Put, format!("/deals/{id}/tests"))
            .if_match(version)
            .json(body)
            .send()
            .await
    }

    /// Says how strong the five elements of a deal's purchase are.
    ///
    /// # Errors
    /// `invalid` with the fields at fault, or stale.
    pub async fn score_elements(
        &self,
        id: DealId,
        version: i32,
        body: &PurchaseElements,
    ) -> ApiResult<GateSheet> {
        self.call(Method::Put, format!("/deals/{id}/elements"))
            .if_match(version)
            .json(body)
            .send()
            .await
    }

    /// The last evaluation rounds of a deal, the newest first.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn rounds(&self, id: DealId) -> ApiResult<Page<Round>> {
        self.get(format!("/deals/{id}/rounds?limit=200")).await
    }

    /// Holds an evaluation round.
    ///
    /// # Errors
    /// `invalid` with the fields at fault, `archived`.
    pub async fn hold_round(&self, id: DealId, body: &NewRound) -> ApiResult<Round> {
        self.post(format!("/deals/{id}/rounds"), body).await
    }

    /// What was recorded of a deal to be counted, the last first; as many as a page has.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn touches(&self, id: DealId) -> ApiResult<Page<Touch>> {
        self.get(format!("/deals/{id}/touches?limit=200")).await
    }

    /// Records something to be counted.
    ///
    /// # Errors
    /// `invalid` with the fields at fault, `archived`.
    pub async fn record_touch(&self, id: DealId, body: &NewTouch) -> ApiResult<Touch> {
        self.post(format!("/deals/{id}/touches"), body).await
    }

    /// Withdraws something from the count.
    ///
    /// # Errors
    /// `not_found`, or stale.
    pub async fn withdraw_touch(
        &self,
        id: DealId,
        version: i32,
        touch: TouchId,
    ) -> ApiResult<Deal> {
        self.call(Method::Delete, format!("/deals/{id}/touches/{touch}"))
            .if_match(version)
            .send()
            .await
    }

    /// What a deal takes of its owner's effort, and what it is worth.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn deal_effort(&self, id: DealId) -> ApiResult<DealEffort> {
        self.get(format!("/deals/{id}/effort")).await
    }

    /// What was answered and planned of a deal.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn deal_sheet(&self, id: DealId) -> ApiResult<DealSheet> {
        self.get(format!("/deals/{id}/sheet")).await
    }

    /// Answers a push question, or erases its answer.
    ///
    /// # Errors
    /// `invalid` with the fields at fault, `archived`, or stale.
    pub async fn answer_question(
        &self,
        id: DealId,
        version: i32,
        body: &AnswerQuestion,
    ) -> ApiResult<DealSheet> {
        self.command(format!("/deals/{id}/sheet/answer"), version, body)
            .await
    }

    /// Says what is planned and done of a task.
    ///
    /// # Errors
    /// `invalid` with the fields at fault, `archived`, or stale.
    pub async fn plan_task(
        &self,
        id: DealId,
        version: i32,
        body: &PlanTask,
    ) -> ApiResult<DealSheet> {
        self.command(format!("/deals/{id}/sheet/plan"), version, body)
            .await
    }

    /// What was objected to a deal, the last first; as many as a page has.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn objections(&self, id: DealId) -> ApiResult<Page<Objection>> {
        self.get(format!("/deals/{id}/objections?limit=200")).await
    }

    /// Logs an objection.
    ///
    /// # Errors
    /// `invalid` with the fields at fault, `archived`.
    pub async fn log_objection(&self, id: DealId, body: &NewObjection) -> ApiResult<Objection> {
        self.post(format!("/deals/{id}/objections"), body).await
    }

    /// Changes an objection and gives the deal then.
    ///
    /// # Errors
    /// `invalid` with the fields at fault, `archived`, or stale.
    pub async fn update_objection(
        &self,
        id: DealId,
        version: i32,
        objection: ObjectionId,
        body: &ObjectionPatch,
    ) -> ApiResult<Deal> {
        self.call(Method::Patch, format!("/deals/{id}/objections/{objection}"))
            .if_match(version)
            .json(body)
            .send()
            .await
    }

    /// Withdraws an objection and gives the deal then.
    ///
    /// # Errors
    /// `not_found`, or stale.
    pub async fn withdraw_objection(
        &self,
        id: DealId,
        version: i32,
        objection: ObjectionId,
    ) -> ApiResult<Deal> {
        self.call(
            Method::Delete,
            format!("/deals/{id}/objections/{objection}"),
        )
        .if_match(version)
        .send()
        .await
    }
}
