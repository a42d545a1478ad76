//! One action for many deals: each goes through the command of a single one, and has its own result.

use super::{Deal, DealPatch, LossReason, MoveDeal};
use crate::check::{Check, Validate};
use crate::error::{ErrorCode, FieldError, Problem};
use crate::id::{DealId, StageId, UserId};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// The most deals of one request.
pub const MAX_BULK: usize = 200;

/// One action for many deals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct BulkDeals {
    /// What to do with each.
    pub action: BulkAction,
    /// With which: 1 to 200, each once.
    pub deals: Vec<SeenDeal>,
}

/// A deal as the writer has seen it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SeenDeal {
    /// Which.
    pub id: DealId,
    /// Its version then, as in `If-Match`.
    pub version: i32,
}

/// What is done with each deal: exactly one of these.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct BulkAction {
    /// Moves them to the top of a stage, in the order of the list.
    #[serde(rename = "move", skip_serializing_if = "Option::is_none")]
    pub to: Option<BulkMove>,
    /// Gives them to somebody.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assign: Option<BulkAssign>,
    /// Says what happens next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_step: Option<BulkNextStep>,
}

/// Where the deals go, and why when they are lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct BulkMove {
    /// Where to.
    pub to_stage_id: StageId,
    /// Why they were lost; needed for a lost stage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loss_reason: Option<LossReason>,
    /// More about that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loss_note: Option<String>,
    /// Why they go on although criteria are missing; needs the permission `override_gate`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub override_reason: Option<String>,
}

/// Who gets the deals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct BulkAssign {
    /// Who works on them from now on.
    pub owner_id: UserId,
}

/// What happens next; absent fields stay, `null` clears.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct BulkNextStep {
    /// What.
    #[serde(with = "crate::check::patch", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub next_step: Option<Option<String>>,
    /// When it is due.
    #[serde(with = "crate::check::patch", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<NaiveDate>))]
    pub next_step_on: Option<Option<NaiveDate>>,
}

/// What a deal of the list is sent as: the same as when it is sent alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SingleCommand {
    /// A move.
    Move(MoveDeal),
    /// A change.
    Change(Box<DealPatch>),
}

impl BulkAction {
    /// The command each deal is sent; none unless exactly one is named.
    #[must_use]
    pub fn single(&self) -> Option<SingleCommand> {
        match (&self.to, &self.assign, &self.next_step) {
            (Some(to), None, None) => Some(SingleCommand::Move(MoveDeal {
                to_stage_id: to.to_stage_id,
                after_deal_id: None,
                loss_reason: to.loss_reason,
                loss_note: to.loss_note.clone(),
                override_reason: to.override_reason.clone(),
            })),
            (None, Some(to), None) => Some(SingleCommand::Change(Box::new(DealPatch {
                owner_id: Some(Some(to.owner_id)),
                ..DealPatch::default()
            }))),
            (None, None, Some(step)) => Some(SingleCommand::Change(Box::new(DealPatch {
                next_step: step.next_step.clone(),
                next_step_on: step.next_step_on,
                ..DealPatch::default()
            }))),
            _ => None,
        }
    }

    const fn is_none(&self) -> bool {
        self.to.is_none() && self.assign.is_none() && self.next_step.is_none()
    }

    const fn name(&self) -> &'static str {
        match (&self.to, &self.assign) {
            (Some(_), _) => "move",
            (None, Some(_)) => "assign",
            (None, None) => "next_step",
        }
    }
}

impl Validate for BulkDeals {
    fn validate(&self, check: &mut Check) {
        let errors = match self.action.single() {
            Some(SingleCommand::Move(command)) => command.validated(),
            Some(SingleCommand::Change(patch)) => patch.validated(),
            None if self.action.is_none() => {
                check.fail("/action", ErrorCode::Required);
                Ok(())
            }
            None => {
                check.fail("/action", ErrorCode::NotAllowed);
                Ok(())
            }
        };
        for error in errors.err().into_iter().flatten() {
            let pointer = format!("/action/{}{}", self.action.name(), error.pointer);
            check.add(FieldError { pointer, ..error });
        }
        if self.deals.is_empty() {
            check.fail("/deals", ErrorCode::Required);
        }
        if self.deals.len() > MAX_BULK {
            check.add(FieldError::new("/deals", ErrorCode::TooManyItems).with_limit(MAX_BULK));
            return;
        }
        let mut seen = HashSet::new();
        for (index, deal) in self.deals.iter().enumerate() {
            if !seen.insert(deal.id) {
                check.fail(&format!("/deals/{index}/id"), ErrorCode::NotAllowed);
            }
        }
    }
}

/// What became of one deal: `deal` when it is done, `problem` when it is not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BulkResult {
    /// Which.
    pub id: DealId,
    /// The deal in its new version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deal: Option<Deal>,
    /// Why not, as the single command would have answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
}

/// What became of all of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BulkResults {
    /// One for each deal, in the order of the request.
    pub results: Vec<BulkResult>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn deals(count: u128) -> Vec<SeenDeal> {
        let deal = |number| SeenDeal {
            id: DealId(Uuid::from_u128(number)),
            version: 1,
        };
        (1..=count).map(deal).collect()
    }

    fn errors(action: BulkAction, deals: Vec<SeenDeal>) -> Vec<(String, ErrorCode)> {
        let errors = BulkDeals { action, deals }.validated().err();
        let errors = errors.into_iter().flatten();
        errors.map(|error| (error.pointer, error.code)).collect()
    }

    fn step(next_step: Option<Option<String>>) -> BulkAction {
        BulkAction {
            next_step: Some(BulkNextStep {
                next_step,
                next_step_on: None,
            }),
            ..BulkAction::default()
        }
    }

    #[test]
    fn a_list_has_one_to_two_hundred_deals_each_once() {
        assert_eq!(errors(step(None), deals(200)), []);
        let none = ("/deals".to_owned(), ErrorCode::Required);
        assert_eq!(errors(step(None), Vec::new()), [none]);
        let many = ("/deals".to_owned(), ErrorCode::TooManyItems);
        assert_eq!(errors(step(None), deals(201)), [many]);
        let mut twice = deals(2);
        twice.extend(deals(1));
        let again = ("/deals/2/id".to_owned(), ErrorCode::NotAllowed);
        assert_eq!(errors(step(None), twice), [again]);
    }

    #[test]
    fn there_is_exactly_one_action_and_what_is_wrong_with_it_is_named_where_it_stands() {
        let none = ("/action".to_owned(), ErrorCode::Required);
        assert_eq!(errors(BulkAction::default(), deals(1)), [none]);
        let two = BulkAction {
            assign: Some(BulkAssign {
                owner_id: UserId(Uuid::from_u128(1)),
            }),
            ..step(None)
        };
        let both = ("/action".to_owned(), ErrorCode::NotAllowed);
        assert_eq!(errors(two, deals(1)), [both]);
        let long = step(Some(Some("x".repeat(501))));
        let named = ("/action/next_step/next_step".to_owned(), ErrorCode::TooLong);
        assert_eq!(errors(long, deals(1)), [named]);
    }

    #[test]
    fn what_is_null_is_cleared_and_what_is_absent_stays() {
        let body = r#"{"action":{"next_step":{"next_step":null}},"deals":[]}"#;
        let read: BulkDeals = serde_json::from_str(body).unwrap();
        let Some(SingleCommand::Change(patch)) = read.action.single() else {
            panic!("a next step is a change")
        };
        assert_eq!((patch.next_step, patch.next_step_on), (Some(None), None));
        assert_eq!(serde_json::to_string(&read).unwrap(), body);
    }
}
