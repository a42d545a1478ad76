//! The history of an imported deal, from the days its row tells: where it stood since when.
//!
//! Only what the row says: a stage it must have passed at an unknown time is not made up.

use crate::funnel::{Stage, StageKind};
use crate::id::StageId;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};

/// The days of a row.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Days {
    /// The day it was first known.
    pub created: Option<NaiveDate>,
    /// The day work on it began.
    pub engaged: Option<NaiveDate>,
    /// The day it was won or lost.
    pub closed: Option<NaiveDate>,
}

/// The history of a deal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    /// Where it stood since when, oldest first; the last one is where it stands.
    pub stays: Vec<(StageId, DateTime<Utc>)>,
    /// The furthest stage on the way to winning that it is known to have reached.
    pub reached: StageId,
    /// When it was won or lost; absent for an open deal, and where the row does not say.
    pub closed_at: Option<DateTime<Utc>>,
    /// Whether it closed before work on it began, by its days.
    pub is_out_of_order: bool,
    /// Whether its row has no day it could have begun on.
    pub is_start_unknown: bool,
}

/// The moment a day stands for: noon in UTC, which is the same day from Honolulu to Auckland in summer.
#[must_use]
pub fn moment(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::from_hms_opt(12, 0, 0).unwrap_or_default())
        .and_utc()
}

/// Writes the history of a deal that stands in `stage` of a funnel with these stages in order.
#[must_use]
pub fn history(stages: &[Stage], stage: &Stage, days: Days, now: DateTime<Utc>) -> History {
    let opens = || {
        stages
            .iter()
            .filter(|stage| stage.fields.kind == StageKind::Open)
    };
    let first_open = opens().next();
    let is_closed = stage.fields.kind != StageKind::Open;
    // Where work was done: the open stage it is in, or the one before it was closed.
    let worked = if is_closed {
        opens().next_back()
    } else {
        Some(stage)
    };
    let closed = if is_closed { days.closed } else { None };

    let mut stays: Vec<(StageId, DateTime<Utc>)> = Vec::new();
    let mut reached = None;
    let mut enter = |stage: Option<&Stage>, day: NaiveDate| {
        if let Some(stage) = stage {
            // A deal cannot have gone on after it was closed: the earlier day counts.
            let day = closed.map_or(day, |closed| day.min(closed));
            if stays.last().is_none_or(|(last, _)| *last != stage.id) {
                stays.push((stage.id, moment(day)));
            }
            reached = Some(stage.id);
        }
    };
    let is_early =
        matches!((days.created, days.engaged), (Some(created), Some(engaged)) if created < engaged);
    match (days.created, days.engaged) {
        (Some(created), Some(engaged)) if is_early => {
            enter(first_open, created);
            enter(worked, engaged);
        }
        (_, Some(engaged)) => enter(worked, engaged),
        (Some(created), None) => enter(if is_closed { first_open } else { Some(stage) }, created),
        (None, None) => {}
    }
    let is_start_unknown = stays.is_empty();
    if stays.last().is_none_or(|(last, _)| *last != stage.id) {
        let at = if is_closed { closed.map(moment) } else { None };
        stays.push((stage.id, at.unwrap_or(now)));
    }
    let begun = days.engaged.or(days.created);
    History {
        reached: match stage.fields.kind {
            StageKind::Won | StageKind::Open => stage.id,
            StageKind::Lost => reached
                .or(first_open.map(|stage| stage.id))
                .unwrap_or(stage.id),
        },
        closed_at: closed.map(moment),
        is_out_of_order: matches!((begun, closed), (Some(begun), Some(closed)) if closed < begun),
        is_start_unknown,
        stays,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::funnel::StageFields;
    use crate::id::FunnelId;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn funnel() -> Vec<Stage> {
        [
            StageKind::Open,
            StageKind::Open,
            StageKind::Won,
            StageKind::Lost,
        ]
        .into_iter()
        .zip(0..)
        .map(|(kind, position)| Stage {
            id: StageId(Uuid::from_u128(u128::try_from(position).unwrap() + 1)),
            funnel_id: FunnelId(Uuid::nil()),
            position,
            moving_to: None,
            fields: StageFields {
                name: position.to_string(),
                kind,
                ..StageFields::default()
            },
            gate: Default::default(),
            gate_version: 0,
        })
        .collect()
    }

    fn day(number: i64) -> NaiveDate {
        NaiveDate::from_ymd_opt(2016, 10, 1).unwrap() + chrono::TimeDelta::days(number)
    }

    fn now() -> DateTime<Utc> {
        moment(day(1_000))
    }

    #[test]
    fn a_won_deal_was_in_the_last_open_stage_until_it_closed() {
        let stages = funnel();
        let days = Days {
            engaged: Some(day(1)),
            closed: Some(day(9)),
            ..Days::default()
        };
        let history = history(&stages, &stages[2], days, now());
        assert_eq!(
            history.stays,
            [
                (stages[1].id, moment(day(1))),
                (stages[2].id, moment(day(9)))
            ]
        );
        assert_eq!(history.reached, stages[2].id);
        assert_eq!(history.closed_at, Some(moment(day(9))));
    }

    #[test]
    fn a_lost_deal_reached_where_work_was_done() {
        let stages = funnel();
        let days = Days {
            engaged: Some(day(1)),
            closed: Some(day(9)),
            ..Days::default()
        };
        assert_eq!(
            history(&stages, &stages[3], days, now()).reached,
            stages[1].id
        );
        let unknown = history(&stages, &stages[3], Days::default(), now());
        assert_eq!(unknown.reached, stages[0].id);
        assert_eq!((unknown.closed_at, unknown.is_start_unknown), (None, true));
    }

    #[test]
    fn an_open_deal_without_days_begins_with_the_import() {
        let stages = funnel();
        let history = history(&stages, &stages[0], Days::default(), now());
        assert_eq!(history.stays, [(stages[0].id, now())]);
        assert!(history.is_start_unknown);
    }

    proptest! {
        #[test]
        fn stays_are_in_order_and_end_where_the_deal_stands(
            place in 0usize..4,
            created in prop::option::of(0i64..50),
            engaged in prop::option::of(0i64..50),
            closed in prop::option::of(0i64..50),
        ) {
            let stages = funnel();
            let days = Days { created: created.map(day), engaged: engaged.map(day), closed: closed.map(day) };
            let history = history(&stages, &stages[place], days, now());
            prop_assert_eq!(history.stays.last().unwrap().0, stages[place].id);
            for pair in history.stays.windows(2) {
                prop_assert!(pair[0].1 <= pair[1].1);
                prop_assert_ne!(pair[0].0, pair[1].0);
            }
        }
    }
}
