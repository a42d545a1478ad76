//! The next step a stage gives the deals that come in: its cadence, so that whoever is to be called back
//! soon has a day for it (CLS-26, GATE-24).

use super::{Deal, StageFields, StageKind};
use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

/// The most days a stage's step may lie ahead.
pub const MAX_STEP_DAYS: i16 = 365;

/// A next step that came or went with a stage, as it is now.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StepChange {
    /// What is to be done; none when the step went with its stage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_step: Option<String>,
    /// The day it is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_step_on: Option<NaiveDate>,
}

impl StepChange {
    /// Writes it into a deal.
    pub fn apply(&self, deal: &mut Deal) {
        deal.next_step.clone_from(&self.next_step);
        deal.next_step_on = self.next_step_on;
    }
}

impl StageFields {
    /// The step a deal gets that comes in on that day; none from a stage that has no step, or is lost.
    #[must_use]
    pub fn step(&self, today: NaiveDate) -> Option<StepChange> {
        if self.next_step.is_empty() || self.kind == StageKind::Lost {
            return None;
        }
        let days = u64::try_from(self.next_step_days?).ok()?;
        Some(StepChange {
            next_step: Some(self.next_step.clone()),
            next_step_on: today.checked_add_days(Days::new(days)),
        })
    }
}

/// What coming from one stage into another makes of a deal's next step: what somebody wrote stays
/// whatever the stages say; a step that came with the stage it leaves, and that nobody has changed, gives
/// way to that of the new stage, or goes. None where nothing changes.
#[must_use]
pub fn step_on_entry(
    own: Option<&str>,
    from: Option<&StageFields>,
    to: &StageFields,
    today: NaiveDate,
) -> Option<StepChange> {
    let own = own.filter(|step| !step.is_empty());
    let of_stage = from.map(|from| from.next_step.as_str());
    let is_written = own.is_some() && own != of_stage;
    if is_written {
        return None;
    }
    let gone = || own.is_some().then(StepChange::default);
    to.step(today).or_else(gone)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, day).unwrap()
    }

    fn stage(step: &str, days: i16) -> StageFields {
        StageFields {
            next_step: step.to_owned(),
            next_step_days: (!step.is_empty()).then_some(days),
            ..StageFields::default()
        }
    }

    /// CLS-26, GATE-24.
    #[test]
    fn a_stage_gives_its_step_and_takes_none_that_somebody_wrote() {
        let (call, visit, quiet) = (stage("Call back", 2), stage("Visit", 5), stage("", 0));
        let got = step_on_entry(None, None, &call, day(1)).unwrap();
        assert_eq!(got.next_step.as_deref(), Some("Call back"));
        assert_eq!(got.next_step_on, Some(day(3)));
        // What came with the stage goes on with the next one, or goes.
        let next = step_on_entry(Some("Call back"), Some(&call), &visit, day(3)).unwrap();
        assert_eq!(next.next_step_on, Some(day(8)));
        let gone = step_on_entry(Some("Call back"), Some(&call), &quiet, day(3));
        assert_eq!(gone, Some(StepChange::default()));
        // What somebody wrote stays.
        for (from, to) in [(None, &call), (Some(&call), &visit), (Some(&call), &quiet)] {
            assert_eq!(
                step_on_entry(Some("Send the offer"), from, to, day(1)),
                None
            );
        }
        assert_eq!(step_on_entry(None, Some(&call), &quiet, day(1)), None);
        // Nobody is called back about what is lost.
        let lost = StageFields {
            kind: StageKind::Lost,
            ..call.clone()
        };
        let gone = step_on_entry(Some("Call back"), Some(&call), &lost, day(1));
        assert_eq!(gone, Some(StepChange::default()));
    }

    proptest! {
        /// Whatever the way, forth and back: what somebody wrote stays, and what a stage gave is that of the
        /// stage the deal is in.
        #[test]
        fn only_what_a_stage_gave_leaves_with_it(steps in prop::collection::vec("[ab]?", 2..8)) {
            let stages: Vec<_> = steps.iter().map(|step| stage(step, 1)).collect();
            let mut given = None;
            for pair in stages.windows(2) {
                let own = Some("Send the offer");
                prop_assert_eq!(step_on_entry(own, Some(&pair[0]), &pair[1], day(1)), None);
                if let Some(change) = step_on_entry(given.as_deref(), Some(&pair[0]), &pair[1], day(1)) {
                    given = change.next_step;
                }
                prop_assert_eq!(given.as_deref().unwrap_or_default(), &pair[1].next_step);
            }
        }
    }
}
