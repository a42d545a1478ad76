//! Writes of a sheet: sent on top of what others changed elsewhere on the deal, never over what they
//! wrote in the same row.

use super::Row;
use crate::api::{Api, ApiResult};
use crate::i18n::Lang;
use crate::i18n::t;
use shared::funnel::{AnswerQuestion, Deal, DealSheet, PlanTask};
use shared::id::DealId;

/// How often a write goes out again because the deal changed elsewhere.
const TRIES: usize = 4;

/// A write of a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Write {
    /// An answer; an empty one erases.
    Answer(AnswerQuestion),
    /// What is planned and done.
    Plan(PlanTask),
}

impl Write {
    async fn send(&self, api: &Api, deal: DealId, version: i32) -> ApiResult<DealSheet> {
        match self {
            Self::Answer(body) => api.answer_question(deal, version, body).await,
            Self::Plan(body) => api.plan_task(deal, version, body).await,
        }
    }

    /// The row it is about.
    pub(super) fn row(&self) -> Row {
        match self {
            Self::Answer(body) => Row::question(body.stage_id, &body.question),
            Self::Plan(body) => Row::task(body.stage_id, &body.task),
        }
    }

    /// Whether nobody wrote in its row between two readings.
    fn is_free(&self, seen: &DealSheet, now: &DealSheet) -> bool {
        match self {
            Self::Answer(body) => {
                let text = |sheet: &DealSheet| {
                    let answer = sheet.answer(body.stage_id, &body.question)?;
                    Some(answer.text.clone())
                };
                text(seen) == text(now)
            }
            Self::Plan(body) => {
                let plan = |sheet: &DealSheet| {
                    let known = sheet.task(body.stage_id, &body.task);
                    PlanTask::of(body.stage_id, &body.task, known)
                };
                plan(seen) == plan(now)
            }
        }
    }

    /// That it was written, in words.
    pub fn told(&self, lang: Lang) -> String {
        let key = match self {
            Self::Answer(body) if body.text.trim().is_empty() => "stage_sheet.erased",
            Self::Answer(_) => "stage_sheet.answer_kept",
            Self::Plan(_) => "stage_sheet.plan_kept",
        };
        t!(key, locale = lang.tag()).into_owned()
    }
}

/// Sends a write by who saw the sheet like this.
///
/// # Errors
/// Those of the server; stale where somebody wrote in the same row.
pub async fn save(
    api: &Api,
    deal: DealId,
    seen: &DealSheet,
    write: &Write,
) -> ApiResult<DealSheet> {
    let mut version = seen.version;
    let mut tries = TRIES;
    loop {
        let error = match write.send(api, deal, version).await {
            Ok(sheet) => return Ok(sheet),
            Err(error) => error,
        };
        tries -= 1;
        if error.current::<Deal>().is_none() || tries == 0 {
            return Err(error);
        }
        let now = api.deal_sheet(deal).await?;
        if !write.is_free(seen, &now) {
            return Err(error);
        }
        version = now.version;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Answer;
    use crate::api::transport::canned::Canned;
    use serde_json::{Value, json};
    use shared::id::StageId;

    const ID: &str = "01930000-0000-7000-8000-000000000009";

    fn sheet(version: i32, answers: &[(&str, &str)]) -> Value {
        let answer = |(question, text): &(&str, &str)| {
            json!({ "stage_id": ID, "question": question, "text": text, "answered_by": null,
                    "answered_at": "2026-01-01T00:00:00Z" })
        };
        let answers: Vec<Value> = answers.iter().map(answer).collect();
        json!({ "answers": answers, "tasks": [], "version": version })
    }

    fn stale() -> Answer {
        let deal = json!({
            "id": ID, "title": "Cranes", "account_id": null, "account_name": null, "funnel_id": ID,
            "stage_id": ID, "reached_stage_id": ID, "rank": "a", "amount": null, "probability": null,
            "expected_close_on": null, "next_step": null, "next_step_on": null, "owner_id": null,
            "owner_name": null, "loss_reason": null, "loss_note": null, "closed_at": null,
            "stage_entered_at": "2026-01-01T00:00:00Z", "external_ids": {}, "version": 9,
            "archived_at": null, "created_at": "2026-01-01T00:00:00Z",
            "updated_at": "2026-01-01T00:00:00Z",
        });
        let problem = json!({
            "type": "/api/docs/errors#stale", "title": "Stale", "status": 412, "detail": "", "code": "stale",
            "instance": "/", "request_id": "1", "current": deal,
        });
        Answer::json(412, &problem)
    }

    async fn answering(answers: Vec<Answer>) -> (ApiResult<DealSheet>, Vec<Option<String>>) {
        let canned = Canned::new(answers);
        let api = Api::new(canned.clone());
        let seen: DealSheet = serde_json::from_value(sheet(4, &[("Why?", "So")])).unwrap();
        let write = Write::Answer(AnswerQuestion {
            stage_id: ID.parse::<StageId>().unwrap(),
            question: "Who?".to_owned(),
            text: "The board".to_owned(),
        });
        let answer = save(&api, ID.parse().unwrap(), &seen, &write).await;
        let versions = canned.sent();
        let versions = versions.iter().map(|sent| {
            let version = sent.header("If-Match");
            version.map(str::to_owned)
        });
        (answer, versions.collect())
    }

    #[tokio::test]
    async fn an_answer_goes_on_top_of_what_changed_elsewhere_on_the_deal() {
        let now = sheet(9, &[("Why?", "Because")]);
        let kept = sheet(10, &[("Why?", "Because"), ("Who?", "The board")]);
        let answers = [(200, now), (200, kept)].map(|(status, body)| Answer::json(status, &body));
        let answers = [stale()].into_iter().chain(answers).collect();
        let (answer, versions) = answering(answers).await;
        assert_eq!(answer.unwrap().version, 10);
        let version = |number: i32| Some(format!("\"{number}\""));
        assert_eq!(versions, [version(4), None, version(9)]);
    }

    #[tokio::test]
    async fn an_answer_never_writes_over_one_that_was_given_meanwhile() {
        let now = sheet(9, &[("Why?", "So"), ("Who?", "The head of works")]);
        let (answer, versions) = answering(vec![stale(), Answer::json(200, &now)]).await;
        assert!(answer.is_err_and(|error| error.is_stale()));
        assert_eq!(versions.len(), 2, "it was sent once");
    }
}
