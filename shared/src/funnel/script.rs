//! Scripts and strategies by stage and customer type (SIX-12): the library of an organisation, and which of it
//! fits a deal.

use super::StageKind;
use super::playbook::Playbook;
use crate::accounts::{AccountKind, SizeBand, Tier};
use crate::check::{Check, Validate};
use crate::error::ErrorCode;
use crate::id::{ScriptId, StageId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use strum::{AsRefStr, EnumIter, EnumString};

/// The most scripts in use of an organisation.
pub const MAX_SCRIPTS: i64 = 500;

/// The most characters of a title.
const MAX_TITLE: usize = 120;

/// The most characters of a body.
const MAX_BODY: usize = 8_000;

/// What a script is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, AsRefStr, EnumString, EnumIter,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ScriptKind {
    /// What to say.
    Script,
    /// How to go about it.
    Strategy,
    /// Questions in the order of SPIN (SIX-08).
    Spin,
    /// A play of solution selling (SIX-08).
    SolutionSelling,
    /// What answers an objection (SIX-11).
    ObjectionAnswer,
}

/// Which deals a script is for: every part that is absent is for all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct ScriptAim {
    /// One stage of one funnel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage_id: Option<StageId>,
    /// All stages of a kind; not together with `stage_id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage_kind: Option<StageKind>,
    /// Companies or persons.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_kind: Option<AccountKind>,
    /// Accounts of a size band.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<SizeBand>,
    /// Accounts of a tier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tier: Option<Tier>,
}

/// Where a deal stands: its stage, and of what type its account is as far as that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScriptSetting {
    /// Its stage.
    pub stage_id: StageId,
    /// What being there means.
    pub stage_kind: StageKind,
    /// Its account's kind.
    pub account_kind: Option<AccountKind>,
    /// Its account's size band.
    pub size: Option<SizeBand>,
    /// Its account's tier.
    pub tier: Option<Tier>,
}

impl ScriptAim {
    /// How closely it fits, from 0 for one that is for all; none where it does not fit. What asks for more of
    /// the same fits more closely; a stage counts for more than a customer type.
    #[must_use]
    pub fn fit(&self, to: &ScriptSetting) -> Option<u8> {
        fn part<T: PartialEq>(asked: Option<T>, is: Option<T>, weight: u8) -> Option<u8> {
            match asked {
                None => Some(0),
                asked if asked == is => Some(weight),
                _ => None,
            }
        }
        let stage = part(self.stage_id, Some(to.stage_id), 16)?;
        let stage_kind = part(self.stage_kind, Some(to.stage_kind), 8)?;
        let tier = part(self.tier, to.tier, 4)?;
        let size = part(self.size, to.size, 2)?;
        let kind = part(self.account_kind, to.account_kind, 1)?;
        Some(stage + stage_kind + tier + size + kind)
    }

    fn check(&self, check: &mut Check) {
        if self.stage_id.is_some() && self.stage_kind.is_some() {
            check.fail("/aim/stage_kind", ErrorCode::NotAllowed);
        }
    }
}

/// Those that fit, the closest first; of those that fit alike, the newest first.
#[must_use]
pub fn rank_scripts(
    scripts: impl IntoIterator<Item = (ScriptId, ScriptAim)>,
    to: &ScriptSetting,
) -> Vec<ScriptId> {
    let mut fitting: Vec<(u8, ScriptId)> = scripts
        .into_iter()
        .filter_map(|(id, aim)| aim.fit(to).map(|fit| (fit, id)))
        .collect();
    fitting.sort_by_key(|one| Reverse(*one));
    fitting.into_iter().map(|(_, id)| id).collect()
}

/// A script of an organisation's library.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Script {
    /// Its id.
    pub id: ScriptId,
    /// What it is.
    pub kind: ScriptKind,
    /// Its title.
    pub title: String,
    /// What it says, as plain text.
    pub body: String,
    /// Which deals it is for.
    pub aim: ScriptAim,
    /// The built-in playbook it was taken over from.
    pub playbook: Option<Playbook>,
    /// Counts up with every change; also the `ETag`.
    pub version: i32,
    /// Since when it is put away.
    pub archived_at: Option<DateTime<Utc>>,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// When last changed.
    pub updated_at: DateTime<Utc>,
}

/// A script to be added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "see the same fields of `Script`")]
pub struct NewScript {
    pub kind: ScriptKind,
    pub title: String,
    pub body: String,
    #[serde(default)]
    pub aim: ScriptAim,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub playbook: Option<Playbook>,
}

impl Validate for NewScript {
    fn validate(&self, check: &mut Check) {
        check.text("/title", &self.title, MAX_TITLE);
        check.text("/body", &self.body, MAX_BODY);
        self.aim.check(check);
    }
}

/// A change of a script; absent fields stay.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
#[expect(missing_docs, reason = "see the same fields of `Script`")]
pub struct ScriptPatch {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<ScriptKind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// The whole aim, in place of the one before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aim: Option<ScriptAim>,
}

impl Validate for ScriptPatch {
    fn validate(&self, check: &mut Check) {
        if let Some(title) = &self.title {
            check.text("/title", title, MAX_TITLE);
        }
        if let Some(body) = &self.body {
            check.text("/body", body, MAX_BODY);
        }
        if let Some(aim) = &self.aim {
            aim.check(check);
        }
    }
}

impl Script {
    /// It as it is after a change.
    #[must_use]
    pub fn patched(mut self, patch: ScriptPatch) -> Self {
        self.kind = patch.kind.unwrap_or(self.kind);
        if let Some(title) = patch.title {
            title.trim().clone_into(&mut self.title);
        }
        if let Some(body) = patch.body {
            body.trim().clone_into(&mut self.body);
        }
        self.aim = patch.aim.unwrap_or(self.aim);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::option;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn stage(n: u8) -> StageId {
        StageId(Uuid::from_u128(u128::from(n)))
    }

    fn setting() -> ScriptSetting {
        ScriptSetting {
            stage_id: stage(1),
            stage_kind: StageKind::Open,
            account_kind: Some(AccountKind::Company),
            size: Some(SizeBand::Large),
            tier: None,
        }
    }

    /// SIX-12: a type that is not known fits no script that asks for one.
    #[test]
    fn what_is_asked_must_be_known() {
        let for_tier = ScriptAim {
            tier: Some(Tier::A),
            ..ScriptAim::default()
        };
        assert_eq!(for_tier.fit(&setting()), None);
        assert_eq!(ScriptAim::default().fit(&setting()), Some(0));
    }

    #[test]
    fn a_script_says_something_and_is_for_a_stage_or_a_kind_of_stages() {
        let new = |title: &str, body: &str, aim: ScriptAim| NewScript {
            kind: ScriptKind::Script,
            title: title.into(),
            body: body.into(),
            aim,
            playbook: None,
        };
        let both = ScriptAim {
            stage_id: Some(stage(1)),
            stage_kind: Some(StageKind::Open),
            ..ScriptAim::default()
        };
        let all = ScriptAim::default();
        assert!(
            new(&"x".repeat(120), &"x".repeat(8_000), all)
                .validated()
                .is_ok()
        );
        for (bad, pointer) in [
            (new(" ", "b", all), "/title"),
            (new(&"x".repeat(121), "b", all), "/title"),
            (new("t", "", all), "/body"),
            (new("t", &"x".repeat(8_001), all), "/body"),
            (new("t", "b", both), "/aim/stage_kind"),
        ] {
            assert_eq!(bad.validated().unwrap_err()[0].pointer, pointer);
        }
    }

    fn aims() -> impl Strategy<Value = ScriptAim> {
        let kinds = prop_oneof![Just(StageKind::Open), Just(StageKind::Won)];
        let accounts = prop_oneof![Just(AccountKind::Company), Just(AccountKind::Person)];
        let sizes = prop_oneof![Just(SizeBand::Micro), Just(SizeBand::Large)];
        let tiers = prop_oneof![Just(Tier::A), Just(Tier::B)];
        (
            option::of((0u8..3).prop_map(stage)),
            option::of(kinds),
            option::of(accounts),
            option::of(sizes),
            option::of(tiers),
        )
            .prop_map(
                |(stage_id, stage_kind, account_kind, size, tier)| ScriptAim {
                    stage_id,
                    stage_kind,
                    account_kind,
                    size,
                    tier,
                },
            )
    }

    fn settings() -> impl Strategy<Value = ScriptSetting> {
        aims().prop_map(|aim| ScriptSetting {
            stage_id: aim.stage_id.unwrap_or(stage(0)),
            stage_kind: aim.stage_kind.unwrap_or_default(),
            account_kind: aim.account_kind,
            size: aim.size,
            tier: aim.tier,
        })
    }

    /// The parts of an aim, each as a text where it is asked for.
    fn parts(aim: &ScriptAim) -> [Option<String>; 5] {
        [
            aim.stage_id.map(|part| part.to_string()),
            aim.stage_kind.map(|part| part.as_ref().to_owned()),
            aim.account_kind.map(|part| part.as_ref().to_owned()),
            aim.size.map(|part| part.as_ref().to_owned()),
            aim.tier.map(|part| part.as_ref().to_owned()),
        ]
    }

    proptest! {
        /// SIX-12: what does not fit never appears, all that fits does, and one that asks for more than
        /// another comes before it.
        #[test]
        fn the_ranking_leaves_out_what_does_not_fit_and_puts_the_specific_first(
            aims in proptest::collection::vec(aims(), 0..12), to in settings(),
        ) {
            let there = ScriptAim {
                stage_id: Some(to.stage_id),
                stage_kind: Some(to.stage_kind),
                account_kind: to.account_kind,
                size: to.size,
                tier: to.tier,
            };
            let there = parts(&there);
            let fits = |aim: &ScriptAim| {
                let asked = parts(aim);
                asked.iter().zip(&there).all(|(asked, is)| asked.is_none() || asked == is)
            };
            let named: Vec<(ScriptId, ScriptAim)> = aims
                .iter()
                .zip(1u128..)
                .map(|(aim, n)| (ScriptId(Uuid::from_u128(n)), *aim))
                .collect();
            let ranked = rank_scripts(named.clone(), &to);
            let place = |id: ScriptId| ranked.iter().position(|one| *one == id);
            for (id, aim) in &named {
                prop_assert_eq!(place(*id).is_some(), fits(aim));
            }
            for (id, aim) in &named {
                for (other, general) in &named {
                    let (mine, theirs) = (parts(aim), parts(general));
                    let asks_more = mine != theirs
                        && theirs.iter().zip(&mine).all(|(theirs, mine)| theirs.is_none() || theirs == mine);
                    if let (true, Some(mine), Some(theirs)) = (asks_more, place(*id), place(*other)) {
                        prop_assert!(mine < theirs, "{:?} before {:?}", aim, general);
                    }
                }
            }
        }
    }
}
