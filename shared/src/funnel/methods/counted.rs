//! The counted rules that come with a method: three layers move by behaviour (CLS-20..25).

use super::Method;
use super::row::Text;
use crate::funnel::TouchKind::{self, Offer, Raise, Recommendation, Showing};
use crate::funnel::counted::{CountSince, CountTest, CountedRule, CountedRules, ExpectedShare};
use crate::funnel::{LossReason, Stage};
use crate::id::{RuleId, StageId};

/// The places of the three layers and of those thrown out among the stages of the method.
const C: usize = 0;
const B: usize = 1;
const A: usize = 2;
const F: usize = 4;

/// What the layers are expected to hold, in percent (CLS-20..22).
const SHARES: [(usize, i16); 3] = [(C, 50), (B, 30), (A, 20)];

/// A rule of the library.
struct Row {
    name: Text,
    from: &'static [usize],
    tests: &'static [CountTest],
    to: usize,
    loss_reason: Option<LossReason>,
}

const fn at_least(count: TouchKind, least: u16) -> CountTest {
    CountTest {
        count,
        without: None,
        at_least: Some(least),
        at_most: None,
    }
}

const RULES: [Row; 3] = [
    Row {
        name: Text(
            "带看 4 次以内给价并加价 → A",
            "Offer and raise within four showings: to A",
        ),
        from: &[],
        tests: &[
            CountTest {
                count: Showing,
                without: None,
                at_least: None,
                at_most: Some(4),
            },
            at_least(Offer, 1),
            at_least(Raise, 1),
        ],
        to: A,
        loss_reason: None,
    },
    Row {
        name: Text(
            "连续带看 9 次以上不给价 → C",
            "Nine showings in a row without an offer: back to C",
        ),
        from: &[],
        tests: &[CountTest {
            without: Some(Offer),
            ..at_least(Showing, 9)
        }],
        to: C,
        loss_reason: None,
    },
    Row {
        name: Text(
            "连续推荐 8 次没有看 → F",
            "Eight recommendations in a row without a viewing: F",
        ),
        // Who has made an offer and raised it is not thrown out without a word.
        from: &[C, B],
        tests: &[CountTest {
            without: Some(Showing),
            ..at_least(Recommendation, 8)
        }],
        to: F,
        loss_reason: Some(LossReason::NoDecision),
    },
];

impl Method {
    /// The counted rules and expected shares that a funnel made from it begins with; a rule whose stage was
    /// left out is left out as well.
    pub fn counted(self, stages: &[Stage], mut new_id: impl FnMut() -> RuleId) -> CountedRules {
        if self != Self::ThreeLayers {
            return CountedRules::default();
        }
        let (locale, found) = self.found(stages);
        let found = |place: usize| found(place).map(|stage| stage.id);
        let rules = RULES.iter().filter_map(|row| {
            let from: Option<Vec<StageId>> = row.from.iter().map(|place| found(*place)).collect();
            Some(CountedRule {
                id: new_id(),
                name: row.name.of(locale),
                enabled: true,
                from: from?,
                since: CountSince::Life,
                tests: row.tests.to_vec(),
                to_stage_id: found(row.to)?,
                loss_reason: row.loss_reason,
            })
        });
        let rules = rules.collect();
        let shares: Option<Vec<ExpectedShare>> = SHARES
            .iter()
            .map(|(place, percent)| {
                Some(ExpectedShare {
                    stage_id: found(*place)?,
                    percent: *percent,
                })
            })
            .collect();
        CountedRules {
            rules,
            shares: shares.unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Validate;
    use crate::funnel::counted::check_stages;
    use crate::id::FunnelId;
    use crate::identity::Locale;
    use uuid::Uuid;

    fn stages(locale: Locale) -> Vec<Stage> {
        let drafts = (0i32..).zip(Method::ThreeLayers.stages(locale));
        let id = |place: i32| Uuid::from_u128(u128::try_from(place).unwrap() + 1);
        drafts
            .map(|(place, draft)| {
                Stage::new(
                    StageId(id(place)),
                    FunnelId(Uuid::nil()),
                    place,
                    draft.fields,
                )
            })
            .collect()
    }

    fn counted(stages: &[Stage]) -> CountedRules {
        let mut next = 0;
        Method::ThreeLayers.counted(stages, || {
            next += 1;
            RuleId(Uuid::from_u128(next))
        })
    }

    /// FUN-20, CLS-20..25: three rules and the shares 50, 30 and 20, acceptable as they are.
    #[test]
    fn three_layers_begin_with_their_rules_and_shares_in_both_languages() {
        for locale in [Locale::ZhCn, Locale::En] {
            let stages = stages(locale);
            let set = counted(&stages);
            assert_eq!(set.validated(), Ok(()));
            let all: Vec<&Stage> = stages.iter().collect();
            assert_eq!(check_stages(&set, &all), Ok(()));
            let to: Vec<_> = set.rules.iter().map(|rule| rule.to_stage_id).collect();
            assert_eq!(to, [stages[A].id, stages[C].id, stages[F].id]);
            let shares: Vec<_> = set.shares.iter().map(|share| share.percent).collect();
            assert_eq!(shares, [50, 30, 20]);
            assert_eq!(set.rules[0].name.starts_with("Offer"), locale == Locale::En);
        }
        let none = Method::Aida.counted(&stages(Locale::En), || unreachable!());
        assert_eq!(none, CountedRules::default());
    }

    #[test]
    fn renamed_stages_are_found_by_their_place_and_rules_of_stages_left_out_are_left_out() {
        let mut renamed = stages(Locale::En);
        renamed[C].fields.name = "Names".to_owned();
        assert_eq!(counted(&renamed).rules.len(), 3);
        let mut fewer = stages(Locale::En);
        fewer.remove(C);
        let set = counted(&fewer);
        assert_eq!(set.rules.len(), 1);
        assert_eq!(set.shares, []);
    }
}
