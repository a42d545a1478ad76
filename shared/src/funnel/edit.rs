//! Funnels being made and changed: what one may send, and what is wrong with it.

use super::methods::Method;
use super::{MAX_STAGES, Stage, StageDraft, StageKind};
use crate::check::{Check, Validate};
use crate::error::{ErrorCode, FieldError};
use crate::id::StageId;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// A funnel to be made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewFunnel {
    /// Its name, unique in the organisation.
    pub name: String,
    /// The method its stages come from, for comparisons.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<Method>,
    /// The line of products it is for, where it is for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product_line: Option<String>,
    /// Its stages in order: at least one open, one won and one lost.
    pub stages: Vec<StageDraft>,
}

impl Validate for NewFunnel {
    fn validate(&self, check: &mut Check) {
        check.text("/name", &self.name, 100);
        check.opt("/product_line", self.product_line.as_ref(), 100);
        stages(check, &self.stages);
    }
}

/// A change of a funnel; absent fields stay.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct FunnelPatch {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The line of products it is for.
    #[serde(with = "crate::check::patch", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub product_line: Option<Option<String>>,
    /// All its stages in their new order; one that is left out is archived, which needs it empty or its
    /// deals' destination in `moved`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stages: Option<Vec<StageDraft>>,
    /// Where the deals go of stages that are left out of `stages`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub moved: Vec<StageMoved>,
}

/// Where the deals of a stage go that is left out: to one that stays, of the same kind, so that nobody
/// wins or loses a deal by changing a funnel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct StageMoved {
    /// The stage that is left out.
    pub from_stage_id: StageId,
    /// The stage its deals go to.
    pub to_stage_id: StageId,
}

impl Validate for FunnelPatch {
    fn validate(&self, check: &mut Check) {
        if let Some(name) = &self.name {
            check.text("/name", name, 100);
        }
        let line = self.product_line.as_ref().and_then(Option::as_ref);
        check.opt("/product_line", line, 100);
        if let Some(list) = &self.stages {
            stages(check, list);
        }
        if self.moved.len() > MAX_STAGES {
            check.fail("/moved", ErrorCode::TooManyItems);
        }
        if self.stages.is_none() && !self.moved.is_empty() {
            check.fail("/moved", ErrorCode::NotAllowed);
        }
    }
}

/// Checks where deals are to go when a funnel's stages `old` become `drafts`.
///
/// # Errors
/// One at each destination or origin that will not do.
pub fn check_moved(
    old: &[Stage],
    drafts: &[StageDraft],
    moved: &[StageMoved],
) -> Result<(), Vec<FieldError>> {
    let mut check = Check::default();
    let mut seen = HashSet::new();
    let kept = |id: StageId| drafts.iter().find(|draft| draft.id == Some(id));
    for (
        index,
        StageMoved {
            from_stage_id,
            to_stage_id,
        },
    ) in moved.iter().enumerate()
    {
        let from = format!("/moved/{index}/from_stage_id");
        let Some(origin) = old.iter().find(|stage| stage.id == *from_stage_id) else {
            check.fail(&from, ErrorCode::NoSuchRecord);
            continue;
        };
        if kept(*from_stage_id).is_some() {
            check.fail(&from, ErrorCode::NotAllowed);
        }
        if !seen.insert(*from_stage_id) {
            check.fail(&from, ErrorCode::Taken);
        }
        let to = format!("/moved/{index}/to_stage_id");
        match kept(*to_stage_id) {
            None if old.iter().any(|stage| stage.id == *to_stage_id) => {
                check.fail(&to, ErrorCode::StageArchived);
            }
            None => check.fail(&to, ErrorCode::NoSuchRecord),
            Some(draft) if draft.fields.kind != origin.fields.kind => {
                check.fail(&to, ErrorCode::OtherStageKind);
            }
            Some(_) => {}
        }
    }
    check.into_result()
}

/// Where the deals of a stage go that is left out, when nobody says: to the one of its kind that stood
/// nearest before it, else to the first of its kind.
#[must_use]
pub fn nearest<'a>(gone: &Stage, old: &[Stage], now: &'a [Stage]) -> Option<&'a Stage> {
    let mut alike = now
        .iter()
        .filter(|stage| stage.id != gone.id && stage.fields.kind == gone.fields.kind);
    let stood = |id: StageId| old.iter().position(|stage| stage.id == id);
    let place = stood(gone.id);
    let before = alike
        .clone()
        .filter(|stage| stood(stage.id).is_some_and(|stood| Some(stood) < place));
    before
        .max_by_key(|stage| stood(stage.id))
        .or_else(|| alike.next())
}

/// The rule for a funnel's stages: complete, bounded, with different names.
fn stages(check: &mut Check, stages: &[StageDraft]) {
    if stages.len() > MAX_STAGES {
        check.fail("/stages", ErrorCode::TooManyItems);
    }
    let has = |kind| stages.iter().any(|stage| stage.fields.kind == kind);
    if ![StageKind::Open, StageKind::Won, StageKind::Lost]
        .into_iter()
        .all(has)
    {
        check.fail("/stages", ErrorCode::FunnelIncomplete);
    }
    let mut names = HashSet::new();
    for (index, stage) in stages.iter().enumerate() {
        stage.fields.check(check, &format!("/stages/{index}"));
        if !names.insert(stage.fields.name.trim().to_lowercase()) {
            check.fail(&format!("/stages/{index}/name"), ErrorCode::Taken);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::funnel::StageFields;
    use crate::id::FunnelId;
    use uuid::Uuid;

    fn id(number: u128) -> StageId {
        StageId(Uuid::from_u128(number))
    }

    fn stage(number: u128, kind: StageKind) -> Stage {
        Stage {
            id: id(number),
            funnel_id: FunnelId(Uuid::nil()),
            position: 0,
            moving_to: None,
            fields: StageFields {
                name: number.to_string(),
                kind,
                ..StageFields::default()
            },
            gate: Default::default(),
            gate_version: 0,
        }
    }

    /// Three open ones, two won, one lost.
    fn stages() -> Vec<Stage> {
        use StageKind::{Lost, Open, Won};
        (1..)
            .zip([Open, Open, Open, Won, Won, Lost])
            .map(|(number, kind)| stage(number, kind))
            .collect()
    }

    fn without(gone: &[u128]) -> Vec<StageDraft> {
        let kept = stages().into_iter();
        kept.filter(|stage| !gone.iter().any(|gone| id(*gone) == stage.id))
            .map(|stage| StageDraft {
                id: Some(stage.id),
                fields: stage.fields,
            })
            .collect()
    }

    fn faults(gone: &[u128], moved: &[(u128, u128)]) -> Vec<(String, ErrorCode)> {
        let moved: Vec<StageMoved> = moved
            .iter()
            .map(|(from, to)| StageMoved {
                from_stage_id: id(*from),
                to_stage_id: id(*to),
            })
            .collect();
        let result = check_moved(&stages(), &without(gone), &moved);
        let faults = result.err().unwrap_or_default().into_iter();
        faults.map(|fault| (fault.pointer, fault.code)).collect()
    }

    /// FUN-03: a stage that goes names a stage that stays and is of its kind.
    #[test]
    fn deals_go_from_a_stage_that_leaves_to_one_of_its_kind_that_stays() {
        assert_eq!(faults(&[2], &[(2, 3)]), []);
        assert_eq!(faults(&[2, 4], &[(2, 1), (4, 5)]), []);
        let at = |field: &str| format!("/moved/0/{field}");
        for (gone, moved, fault) in [
            (2, (1, 3), (at("from_stage_id"), ErrorCode::NotAllowed)),
            (2, (9, 3), (at("from_stage_id"), ErrorCode::NoSuchRecord)),
            (2, (2, 2), (at("to_stage_id"), ErrorCode::StageArchived)),
            (2, (2, 9), (at("to_stage_id"), ErrorCode::NoSuchRecord)),
            (2, (2, 4), (at("to_stage_id"), ErrorCode::OtherStageKind)),
            (2, (2, 6), (at("to_stage_id"), ErrorCode::OtherStageKind)),
        ] {
            assert_eq!(faults(&[gone], &[moved]), [fault], "{moved:?}");
        }
        assert_eq!(
            faults(&[2], &[(2, 3), (2, 1)]),
            [("/moved/1/from_stage_id".to_owned(), ErrorCode::Taken)]
        );
    }

    #[test]
    fn without_a_word_deals_count_as_having_got_as_far_as_the_stage_before() {
        let old = stages();
        let now = |gone: &[u128]| -> Vec<Stage> {
            let stages = stages().into_iter();
            stages
                .filter(|stage| !gone.iter().any(|gone| id(*gone) == stage.id))
                .collect()
        };
        for (gone, all_gone, to) in [
            (2, &[2][..], 1),
            (3, &[3], 2),
            (3, &[2, 3], 1),
            (1, &[1], 2),
            (5, &[5], 4),
            (4, &[4], 5),
        ] {
            let now = now(all_gone);
            let gone = old.iter().find(|stage| stage.id == id(gone)).unwrap();
            assert_eq!(
                nearest(gone, &old, &now).map(|stage| stage.id),
                Some(id(to))
            );
        }
        assert_eq!(nearest(&old[5], &old, &now(&[6])), None);
    }

    #[test]
    fn destinations_come_with_the_stages_they_belong_to() {
        let patch = FunnelPatch {
            moved: vec![StageMoved {
                from_stage_id: id(1),
                to_stage_id: id(2),
            }],
            ..FunnelPatch::default()
        };
        let faults = patch.validated().unwrap_err();
        assert_eq!(
            (faults[0].pointer.as_str(), faults[0].code),
            ("/moved", ErrorCode::NotAllowed)
        );
    }
}
