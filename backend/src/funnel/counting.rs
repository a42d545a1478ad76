//! Runs the counted rules of a funnel when something is recorded of a deal (CLS-23..25).

use super::routes::moves::{self, Prepared};
use super::store::counted;
use super::store::deals::DealRow;
use super::store::stages::{self, KnownStage};
use super::store::touches::{self, Counted};
use crate::db::{Conn, Tx};
use crate::error::{AppError, AppResult, query};
use chrono::{DateTime, Utc};
use futures_util::try_join;
use shared::error::ErrorCode;
use shared::funnel::counted::{CountedRule, Course};
use shared::funnel::{MAX_TOUCHES, MoveDeal, RuleOutcome, RuleResult, StageKind, Touch};
use shared::id::{DealId, FunnelId, OrgId, StageId};

/// Where a deal stands when something of it is counted.
#[derive(Debug, Clone, Copy)]
pub struct Standing {
    /// The deal.
    pub deal: DealId,
    /// Its funnel.
    pub funnel: FunnelId,
    /// Its stage.
    pub stage: StageId,
    /// Since when.
    pub entered_at: DateTime<Utc>,
}

impl From<&DealRow> for Standing {
    fn from(row: &DealRow) -> Self {
        Self {
            deal: DealId(row.id),
            funnel: FunnelId(row.funnel_id),
            stage: StageId(row.stage_id),
            entered_at: row.stage_entered_at,
        }
    }
}

/// What stands in the way of a rule that holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Bar {
    /// It would take the deal back by nothing new.
    Back,
    /// A stage it names was removed.
    Gone,
}

/// What the rules say to a touch.
pub struct Said {
    rule: Option<(CountedRule, Option<Bar>)>,
    stages: Vec<KnownStage>,
}

impl Said {
    /// The stage whose places a move needs; none where nothing moves.
    #[must_use]
    pub fn target(&self) -> Option<StageId> {
        let (rule, bar) = self.rule.as_ref()?;
        bar.is_none().then_some(rule.to_stage_id)
    }
}

/// Asks the rules what they say to a touch that is about to be recorded.
///
/// # Errors
/// 422 when the deal has too many touches.
pub async fn ask(conn: &Conn, org: OrgId, standing: Standing, new: &Touch) -> AppResult<Said> {
    let ((set, _), stages, past) = try_join!(
        query(counted::find(conn, org, standing.funnel)),
        query(stages::list(conn, org, standing.funnel)),
        query(touches::counted(conn, org, standing.deal)),
    )?;
    if past.len() >= MAX_TOUCHES {
        return Err(AppError::field("/kind", ErrorCode::TooManyItems));
    }
    let set = counted::resolved(set, &stages);
    let is_open = stages.iter().any(|known| {
        known.stage.id == standing.stage && known.stage.fields.kind == StageKind::Open
    });
    let course = course(standing, past, new);
    let ruled = course.ruled(&set.rules, new.kind).filter(|_| is_open);
    let takes_deals = counted::takes_deals(&stages);
    let rule = ruled.map(|ruled| {
        let bar = match ruled.rule.is_stopped(&takes_deals) {
            true => Some(Bar::Gone),
            false => ruled.is_back.then_some(Bar::Back),
        };
        (ruled.rule.clone(), bar)
    });
    drop(takes_deals);
    Ok(Said { rule, stages })
}

/// What was counted of a deal, the new touch at its place in time.
fn course(standing: Standing, past: Vec<Counted>, new: &Touch) -> Course {
    let mut past = past;
    let place = past.partition_point(|one| (one.at, one.id) <= (new.at, new.id.0));
    past.insert(
        place,
        Counted {
            id: new.id.0,
            kind: new.kind,
            at: new.at,
            taken_from: None,
        },
    );
    // What happened before the deal came into its stage counts over its life alone.
    let here = past.partition_point(|one| one.at <= standing.entered_at);
    let mut course = Course::new(standing.stage);
    let later = past.split_off(here);
    for (is_later, part) in [(false, past), (true, later)] {
        if is_later {
            course.begins_here();
        }
        for one in part {
            course.add(one.kind);
            if let Some(from) = one.taken_from {
                course.taken_from(from);
            }
        }
    }
    course
}

/// Asks for the move a rule wants, and says on the touch what came of it. The places of the target and
/// the deal's row are locked. A move that the verdict refuses is no error: the touch says what is missing.
///
/// # Errors
/// Those of the database.
pub async fn act(
    tx: &mut Tx,
    row: &DealRow,
    said: Said,
    touch: &mut Touch,
) -> AppResult<Option<Prepared>> {
    let Some((rule, bar)) = said.rule else {
        return Ok(None);
    };
    let mut outcome = RuleOutcome {
        rule_id: rule.id,
        rule_name: rule.name,
        result: RuleResult::Stopped,
        from_stage_id: StageId(row.stage_id),
        to_stage_id: rule.to_stage_id,
        code: None,
        missing: Vec::new(),
    };
    let mut prepared = None;
    if bar == Some(Bar::Gone) {
        outcome.result = RuleResult::Held;
        outcome.code = Some(ErrorCode::RuleStopped);
    }
    if bar.is_none() {
        let command = MoveDeal {
            to_stage_id: rule.to_stage_id,
            after_deal_id: None,
            loss_reason: rule.loss_reason,
            loss_note: None,
            override_reason: None,
        };
        let stages = &said.stages;
        match moves::prepare_by_rule(tx, row, stages, &command, &outcome.rule_name).await {
            Ok(move_) => {
                outcome.result = RuleResult::Moved;
                prepared = Some(move_);
            }
            Err(AppError::GateNotMet(miss)) => {
                outcome.result = RuleResult::Held;
                outcome.code = Some(ErrorCode::GateNotMet);
                outcome.missing = miss.missing;
            }
            Err(AppError::Conflict(code)) => {
                outcome.result = RuleResult::Held;
                outcome.code = Some(code);
            }
            Err(AppError::Invalid(code, fields)) => {
                outcome.result = RuleResult::Held;
                outcome.code = Some(fields.first().map_or(code, |field| field.code));
            }
            Err(error) => return Err(error),
        }
    }
    touch.outcome = Some(outcome);
    Ok(prepared)
}
