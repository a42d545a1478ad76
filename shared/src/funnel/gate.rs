//! The one verdict on a move: may this deal go to that stage, now, with what is known.
//!
//! The board asks before the drop what the server asks after it. Criteria and evidence will join
//! here; today's rules are those of the stage itself.

use super::{LossReason, Stage, StageKind};
use crate::error::ErrorCode;
use crate::id::FunnelId;

/// What a verdict is about: the move asked for, and the facts it is judged by.
#[derive(Debug, Clone, Copy)]
pub struct MoveFacts<'a> {
    /// The funnel the deal is in.
    pub funnel_id: FunnelId,
    /// Whether the deal is archived.
    pub is_archived: bool,
    /// The stage asked for.
    pub to: &'a Stage,
    /// Whether that stage was archived; one that is being emptied says so itself.
    pub is_stage_archived: bool,
    /// The loss reason given with the move.
    pub loss_reason: Option<LossReason>,
    /// The loss reason the deal already has.
    pub known_loss_reason: Option<LossReason>,
}

/// The answer to a move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Go.
    Allowed,
    /// Not so; the code says why and what is missing.
    Refused(ErrorCode),
}

/// Judges a move. Pure: the same facts always give the same verdict.
#[must_use]
pub fn judge(facts: &MoveFacts<'_>) -> Verdict {
    if facts.is_archived {
        return Verdict::Refused(ErrorCode::Archived);
    }
    if facts.to.funnel_id != facts.funnel_id {
        return Verdict::Refused(ErrorCode::StageOfAnotherFunnel);
    }
    if facts.is_stage_archived || facts.to.moving_to.is_some() {
        return Verdict::Refused(ErrorCode::StageArchived);
    }
    let has_reason = facts.loss_reason.or(facts.known_loss_reason).is_some();
    if facts.to.fields.kind == StageKind::Lost && !has_reason {
        return Verdict::Refused(ErrorCode::LossReasonRequired);
    }
    Verdict::Allowed
}

#[cfg(test)]
mod tests {
    use super::super::StageFields;
    use super::*;
    use crate::id::StageId;
    use uuid::Uuid;

    fn stage(funnel: u128, kind: StageKind) -> Stage {
        Stage {
            id: StageId(Uuid::from_u128(9)),
            funnel_id: FunnelId(Uuid::from_u128(funnel)),
            position: 0,
            moving_to: None,
            fields: StageFields {
                name: "x".into(),
                kind,
                ..StageFields::default()
            },
        }
    }

    fn facts(to: &Stage) -> MoveFacts<'_> {
        MoveFacts {
            funnel_id: FunnelId(Uuid::from_u128(1)),
            is_archived: false,
            to,
            is_stage_archived: false,
            loss_reason: None,
            known_loss_reason: None,
        }
    }

    #[test]
    fn a_lost_stage_needs_a_reason_fun_07() {
        let lost = stage(1, StageKind::Lost);
        assert_eq!(
            judge(&facts(&lost)),
            Verdict::Refused(ErrorCode::LossReasonRequired)
        );
        let with_reason = MoveFacts {
            loss_reason: Some(LossReason::Price),
            ..facts(&lost)
        };
        assert_eq!(judge(&with_reason), Verdict::Allowed);
    }

    #[test]
    fn stages_of_other_funnels_and_archived_ones_are_refused() {
        let other = stage(2, StageKind::Open);
        assert_eq!(
            judge(&facts(&other)),
            Verdict::Refused(ErrorCode::StageOfAnotherFunnel)
        );
        let own = stage(1, StageKind::Open);
        let archived = MoveFacts {
            is_stage_archived: true,
            ..facts(&own)
        };
        assert_eq!(judge(&archived), Verdict::Refused(ErrorCode::StageArchived));
        assert_eq!(judge(&facts(&own)), Verdict::Allowed);
    }
}
