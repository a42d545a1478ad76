//! The sheet of a deal: answers to the push questions of its stages (GATE-25..27), and what is planned and
//! done of their tasks (FUN-28).
//!
//! Both are kept by the words of the stage as they stood: a question that is reworded, or a stage the deal
//! has left, leaves what was said readable and counts no more.

use super::Stage;
use super::gate::{Fact, Facts};
use crate::check::{Check, Validate};
use crate::id::{StageId, UserId};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// The most answers of one deal, and the most tasks that something was said of.
pub const MAX_ENTRIES: usize = 200;

/// What was answered to a push question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PushAnswer {
    /// The stage that asked.
    pub stage_id: StageId,
    /// The question as it was asked.
    pub question: String,
    /// The answer.
    pub text: String,
    /// Who gave it last.
    pub answered_by: Option<UserId>,
    /// That person's name at the time of reading.
    #[serde(default)]
    pub answered_by_name: Option<String>,
    /// When.
    pub answered_at: DateTime<Utc>,
}

/// A question with its answer, as it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AnswerQuestion {
    /// The stage that asks.
    pub stage_id: StageId,
    /// The question, in the stage's own words, or as it was answered before.
    pub question: String,
    /// The answer, in place of the one before; an empty one erases it.
    pub text: String,
}

impl Validate for AnswerQuestion {
    fn validate(&self, check: &mut Check) {
        check.text("/question", &self.question, 300);
        check.long("/text", &self.text, 2_000);
    }
}

/// What is planned and done of a stage's task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StageTask {
    /// The stage it belongs to.
    pub stage_id: StageId,
    /// The task as it was put.
    pub task: String,
    /// By when it is to be done.
    pub due_on: Option<NaiveDate>,
    /// Who is to do it.
    pub person_id: Option<UserId>,
    /// That person's name at the time of reading.
    #[serde(default)]
    pub person_name: Option<String>,
    /// Since when it is done.
    pub done_at: Option<DateTime<Utc>>,
    /// Who said so.
    pub done_by: Option<UserId>,
    /// That person's name at the time of reading.
    #[serde(default)]
    pub done_by_name: Option<String>,
    /// What is worth knowing of it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// What came of it: a web address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

impl StageTask {
    /// Whether its day is past and it is not done.
    #[must_use]
    pub fn is_overdue(&self, today: NaiveDate) -> bool {
        self.done_at.is_none() && self.due_on.is_some_and(|day| day < today)
    }

    /// Whether nothing is said of it, so that nothing needs to be kept.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.due_on.is_none()
            && self.person_id.is_none()
            && self.done_at.is_none()
            && self.note.is_empty()
            && self.url.is_none()
    }
}

/// What is said of a task, in place of what was said before; a task of which nothing is said leaves the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "see the same fields of `StageTask`")]
pub struct PlanTask {
    pub stage_id: StageId,
    /// The task, in the stage's own words, or as it was planned before.
    pub task: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_on: Option<NaiveDate>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person_id: Option<UserId>,
    /// Whether it is done; the server says who said so and when.
    #[serde(default)]
    pub is_done: bool,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

impl PlanTask {
    /// What is said of a task now, to be changed and sent; of one that is not planned yet, nothing.
    #[must_use]
    pub fn of(stage_id: StageId, task: &str, known: Option<&StageTask>) -> Self {
        Self {
            stage_id,
            task: task.to_owned(),
            due_on: known.and_then(|known| known.due_on),
            person_id: known.and_then(|known| known.person_id),
            is_done: known.is_some_and(|known| known.done_at.is_some()),
            note: known.map(|known| known.note.clone()).unwrap_or_default(),
            url: known.and_then(|known| known.url.clone()),
        }
    }
}

impl Validate for PlanTask {
    fn validate(&self, check: &mut Check) {
        check.text("/task", &self.task, 300);
        if let Some(day) = self.due_on {
            check.date("/due_on", day);
        }
        check.long("/note", &self.note, 500);
        check.web("/url", self.url.as_ref());
    }
}

/// What was answered and planned of a deal, in all stages it was in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DealSheet {
    /// The answers, oldest first; at most 200.
    pub answers: Vec<PushAnswer>,
    /// The tasks that something was said of, at most 200.
    pub tasks: Vec<StageTask>,
    /// The deal's version they belong to.
    pub version: i32,
}

impl DealSheet {
    /// The answer to a question of a stage.
    #[must_use]
    pub fn answer(&self, stage: StageId, question: &str) -> Option<&PushAnswer> {
        let mut all = self.answers.iter();
        all.find(|one| one.stage_id == stage && one.question == question)
    }

    /// What is said of a task of a stage.
    #[must_use]
    pub fn task(&self, stage: StageId, task: &str) -> Option<&StageTask> {
        let mut all = self.tasks.iter();
        all.find(|one| one.stage_id == stage && one.task == task)
    }

    /// The answers that belong to a stage and answer nothing it asks now.
    pub fn asked_earlier<'a>(&'a self, stage: &'a Stage) -> impl Iterator<Item = &'a PushAnswer> {
        let of_stage = self.answers.iter().filter(|one| one.stage_id == stage.id);
        of_stage.filter(|one| !stage.fields.questions.contains(&one.question))
    }

    /// The tasks that something was said of and the stage does not name any more.
    pub fn planned_earlier<'a>(&'a self, stage: &'a Stage) -> impl Iterator<Item = &'a StageTask> {
        let of_stage = self.tasks.iter().filter(|one| one.stage_id == stage.id);
        of_stage.filter(|one| !stage.fields.tasks.contains(&one.task))
    }
}

/// How far the sheet of a stage is filled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SheetCount {
    /// The questions the stage asks.
    pub questions: usize,
    /// Of those, answered.
    pub answered: usize,
    /// The tasks of the stage.
    pub tasks: usize,
    /// Of those, done.
    pub done: usize,
}

impl SheetCount {
    /// That of a stage: what it asks now, by what was said in it.
    #[must_use]
    pub fn of(stage: &Stage, sheet: &DealSheet) -> Self {
        let fields = &stage.fields;
        let answered = |question: &&String| sheet.answer(stage.id, question).is_some();
        let done = |task: &&String| {
            let known = sheet.task(stage.id, task);
            known.is_some_and(|known| known.done_at.is_some())
        };
        Self {
            questions: fields.questions.len(),
            answered: fields.questions.iter().filter(answered).count(),
            tasks: fields.tasks.len(),
            done: fields.tasks.iter().filter(done).count(),
        }
    }

    /// Tells it to criteria.
    pub fn tell(&self, facts: &mut Facts) {
        for (fact, count) in [
            (Fact::QuestionsAnswered, self.answered),
            (
                Fact::QuestionsOpen,
                self.questions.saturating_sub(self.answered),
            ),
            (Fact::TasksDone, self.done),
            (Fact::TasksOpen, self.tasks.saturating_sub(self.done)),
        ] {
            facts.number(fact, i64::try_from(count).unwrap_or(i64::MAX));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::funnel::StageFields;
    use crate::id::FunnelId;
    use proptest::prelude::*;
    use uuid::Uuid;

    const WORDS: [&str; 4] = ["Who decides?", "Why now?", "Which rivals?", "What for?"];

    fn stage(id: u128, questions: &[usize]) -> Stage {
        let texts: Vec<String> = questions.iter().map(|at| WORDS[*at].to_owned()).collect();
        let fields = StageFields {
            questions: texts.clone(),
            tasks: texts,
            ..StageFields::default()
        };
        let funnel = FunnelId(Uuid::nil());
        Stage::new(StageId(Uuid::from_u128(id)), funnel, 0, fields)
    }

    fn answer(stage: u128, question: usize) -> PushAnswer {
        PushAnswer {
            stage_id: StageId(Uuid::from_u128(stage)),
            question: WORDS[question].to_owned(),
            text: "The works council".to_owned(),
            answered_by: None,
            answered_by_name: None,
            answered_at: DateTime::UNIX_EPOCH,
        }
    }

    fn task(stage: u128, task: usize, is_done: bool) -> StageTask {
        StageTask {
            stage_id: StageId(Uuid::from_u128(stage)),
            task: WORDS[task].to_owned(),
            due_on: NaiveDate::from_ymd_opt(2026, 11, 20),
            person_id: None,
            person_name: None,
            done_at: is_done.then_some(DateTime::UNIX_EPOCH),
            done_by: None,
            done_by_name: None,
            note: String::new(),
            url: None,
        }
    }

    /// GATE-25..27: a question that is reworded is open again, and its answer stays readable.
    #[test]
    fn a_reworded_question_is_open_and_its_answer_was_asked_earlier() {
        let sheet = DealSheet {
            answers: vec![answer(1, 0), answer(1, 1), answer(2, 2)],
            ..DealSheet::default()
        };
        let before = stage(1, &[0, 1]);
        assert_eq!(SheetCount::of(&before, &sheet).answered, 2);
        assert_eq!(sheet.asked_earlier(&before).count(), 0);
        let after = stage(1, &[0, 2]);
        let count = SheetCount::of(&after, &sheet);
        assert_eq!((count.questions, count.answered), (2, 1), "not by stage 2");
        let earlier: Vec<&PushAnswer> = sheet.asked_earlier(&after).collect();
        assert_eq!(earlier, [&sheet.answers[1]]);
    }

    /// FUN-28.
    #[test]
    fn a_task_is_overdue_from_the_day_after_until_it_is_done() {
        let day = |day| NaiveDate::from_ymd_opt(2026, 11, day).unwrap();
        let open = task(1, 0, false);
        assert!(!open.is_overdue(day(20)));
        assert!(open.is_overdue(day(21)));
        assert!(!task(1, 0, true).is_overdue(day(21)));
        let unplanned = StageTask {
            due_on: None,
            ..open
        };
        assert!(!unplanned.is_overdue(day(21)));
        assert!(unplanned.is_blank());
    }

    #[test]
    fn an_answer_and_a_plan_are_bounded() {
        let stage_id = StageId(Uuid::nil());
        let asked = |question: &str, text: &str| AnswerQuestion {
            stage_id,
            question: question.to_owned(),
            text: text.to_owned(),
        };
        assert_eq!(asked("Why?", "").validated(), Ok(()), "it erases");
        assert!(asked(" ", "Because").validated().is_err());
        assert!(asked("Why?", &"x".repeat(2_001)).validated().is_err());
        assert!(asked(&"x".repeat(301), "Because").validated().is_err());
        let mut plan = PlanTask::of(stage_id, "Visit", None);
        assert_eq!(plan.validated(), Ok(()));
        plan.url = Some("javascript:alert(1)".to_owned());
        plan.note = "x".repeat(501);
        plan.due_on = NaiveDate::from_ymd_opt(1900, 1, 1);
        let faults = plan.validated().unwrap_err();
        let places: Vec<&str> = faults.iter().map(|fault| fault.pointer.as_str()).collect();
        assert_eq!(places, ["/due_on", "/note", "/url"]);
    }

    #[test]
    fn what_is_sent_of_a_known_task_says_the_same() {
        let known = task(1, 0, true);
        let plan = PlanTask::of(known.stage_id, &known.task, Some(&known));
        assert!(plan.is_done);
        assert_eq!((plan.due_on, plan.note), (known.due_on, known.note));
    }

    proptest! {
        #[test]
        fn what_is_answered_and_done_never_exceeds_what_is_asked(
            asked in prop::collection::vec(0usize..4, 0..6),
            answers in prop::collection::vec((1u128..3, 0usize..4), 0..8),
            tasks in prop::collection::vec((1u128..3, 0usize..4, any::<bool>()), 0..8),
        ) {
            let sheet = DealSheet {
                answers: answers.iter().map(|(at, text)| answer(*at, *text)).collect(),
                tasks: tasks.iter().map(|(at, text, done)| task(*at, *text, *done)).collect(),
                version: 1,
            };
            let stage = stage(1, &asked);
            let count = SheetCount::of(&stage, &sheet);
            prop_assert!(count.answered <= count.questions && count.done <= count.tasks);
            let mut facts = Facts::default();
            count.tell(&mut facts);
            let number = |fact| match facts.values.get(&fact) {
                Some(crate::funnel::gate::FactValue::Number(number)) => *number,
                _ => -1,
            };
            let (questions, all) = (number(Fact::QuestionsAnswered), asked.len() as i64);
            prop_assert_eq!(questions + number(Fact::QuestionsOpen), all);
            prop_assert_eq!(number(Fact::TasksDone) + number(Fact::TasksOpen), all);
        }

        #[test]
        fn one_answer_more_counts_for_its_own_stage_alone(
            asked in prop::collection::btree_set(0usize..4, 1..4), new in 0usize..4, at in 1u128..3,
            answers in prop::collection::btree_set(0usize..4, 0..4),
        ) {
            let asked: Vec<usize> = asked.into_iter().collect();
            let stage = stage(1, &asked);
            let mut sheet = DealSheet {
                answers: answers.iter().map(|text| answer(1, *text)).collect(),
                ..DealSheet::default()
            };
            let before = SheetCount::of(&stage, &sheet).answered;
            let counts = at == 1 && asked.contains(&new) && !answers.contains(&new);
            sheet.answers.push(answer(at, new));
            prop_assert_eq!(SheetCount::of(&stage, &sheet).answered, before + usize::from(counts));
        }
    }
}
