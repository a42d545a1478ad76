//! Laws of counted rules: what holds for every rule and every sequence.

use super::*;
use crate::funnel::StageFields;
use crate::funnel::TouchKind::{self, Offer, Raise, Recommendation, Showing};
use crate::id::FunnelId;
use proptest::prelude::*;
use strum::IntoEnumIterator;
use uuid::Uuid;

const C: StageId = StageId(Uuid::from_u128(1));
const B: StageId = StageId(Uuid::from_u128(2));
const A: StageId = StageId(Uuid::from_u128(3));
const F: StageId = StageId(Uuid::from_u128(4));

fn test(count: TouchKind, at_least: Option<u16>, at_most: Option<u16>) -> CountTest {
    CountTest {
        count,
        without: None,
        at_least,
        at_most,
    }
}

fn row(count: TouchKind, without: TouchKind, at_least: u16) -> CountTest {
    CountTest {
        without: Some(without),
        ..test(count, Some(at_least), None)
    }
}

fn rule(id: u128, to: StageId, tests: Vec<CountTest>) -> CountedRule {
    CountedRule {
        id: RuleId(Uuid::from_u128(id)),
        name: format!("Rule {id}"),
        enabled: true,
        from: Vec::new(),
        since: CountSince::Life,
        tests,
        to_stage_id: to,
        loss_reason: None,
    }
}

/// The three of the source (CLS-23..25).
fn usual() -> Vec<CountedRule> {
    vec![
        rule(
            1,
            A,
            vec![
                test(Showing, None, Some(4)),
                test(Offer, Some(1), None),
                test(Raise, Some(1), None),
            ],
        ),
        rule(2, C, vec![row(Showing, Offer, 9)]),
        rule(3, F, vec![row(Recommendation, Showing, 8)]),
    ]
}

fn walk(rules: &[CountedRule], first: StageId, touches: &[TouchKind]) -> (Vec<StageId>, StageId) {
    let open = HashSet::from([A, B, C]);
    let past = touches
        .iter()
        .map(|kind| (DateTime::UNIX_EPOCH, Past::Touched(*kind)));
    let (done, end) = replay(rules, &open, first, past);
    let went = done.iter().filter(|one| !one.is_stopped);
    (went.map(|one| one.rule.to_stage_id).collect(), end)
}

/// A rule whose limits nothing can meet, or that moves from a stage into the same, is refused where it says so.
#[test]
fn a_rule_that_contradicts_itself_is_refused() {
    use crate::check::Validate;
    let refused = |rule: CountedRule| {
        let set = CountedRules {
            rules: vec![rule],
            shares: Vec::new(),
        };
        let faults = set.validated().err().unwrap_or_default();
        let pairs = faults.into_iter().map(|fault| (fault.pointer, fault.code));
        pairs.collect::<Vec<_>>()
    };
    let both = vec![test(Showing, Some(9), None), test(Showing, None, Some(3))];
    assert_eq!(
        refused(rule(1, A, both)),
        [("/rules/0/tests/1".to_owned(), ErrorCode::LimitsContradict)]
    );
    let apart = vec![row(Showing, Offer, 9), test(Showing, None, Some(3))];
    assert_eq!(refused(rule(1, A, apart)), [], "each counts something else");
    let mut still = rule(1, A, vec![test(Offer, Some(1), None)]);
    still.from = vec![B, A];
    assert_eq!(
        refused(still),
        [("/rules/0/to_stage_id".to_owned(), ErrorCode::NotAllowed)]
    );
}

/// CLS-23, CLS-24, CLS-25: the counts of the source, at their limits.
#[test]
fn the_usual_rules_move_at_their_counts_and_not_before() {
    let rules = usual();
    let shown = |times: usize| vec![Showing; times];
    let with = |mut list: Vec<TouchKind>, more: &[TouchKind]| {
        list.extend(more);
        list
    };
    for (touches, end) in [
        (with(shown(4), &[Offer, Raise]), A),
        (with(shown(4), &[Offer]), B),
        (with(shown(4), &[Raise]), B),
        (with(shown(5), &[Offer, Raise]), B),
        (shown(8), B),
        (shown(9), C),
        // Not in a row: an offer lies between.
        (with(with(shown(8), &[Offer]), &shown(8)), B),
        (with(with(shown(8), &[Offer]), &shown(9)), C),
        (vec![Recommendation; 7], B),
        (vec![Recommendation; 8], F),
        (
            with(
                with(vec![Recommendation; 7], &[Showing]),
                &[Recommendation; 7],
            ),
            B,
        ),
    ] {
        assert_eq!(walk(&rules, B, &touches).1, end, "{touches:?}");
    }
}

#[test]
fn counting_since_the_stage_begins_anew_when_it_is_entered() {
    let mut rules = usual();
    rules[0].since = CountSince::Stage;
    let mut touches = vec![Showing; 9];
    touches.extend([Offer, Raise]);
    // Back to C after nine; by what happened since, it is one for A.
    assert_eq!(walk(&rules, B, &touches), (vec![C, A], A));
    assert_eq!(walk(&usual(), B, &touches), (vec![C], C));
}

#[test]
fn rules_that_could_go_round_by_the_same_counts_are_refused_by_name() {
    let shown = rule(4, B, vec![test(Showing, Some(1), None)]);
    let back = rule(2, C, vec![row(Showing, Offer, 9)]);
    let stage = |id, kind| {
        let fields = StageFields {
            kind,
            ..StageFields::default()
        };
        Stage::new(id, FunnelId(Uuid::nil()), 0, fields)
    };
    let stages = [A, B, C].map(|id| stage(id, StageKind::Open));
    let lost = stage(F, StageKind::Lost);
    let stages: Vec<&Stage> = stages.iter().chain([&lost]).collect();
    let checked = |rules: Vec<CountedRule>| {
        let shares = Vec::new();
        check_stages(&CountedRules { rules, shares }, &stages)
    };
    let faults = checked(vec![shown.clone(), back.clone()]).unwrap_err();
    assert_eq!(faults.len(), 1);
    assert_eq!(faults[0].code, ErrorCode::RulesGoRound);
    assert_eq!(faults[0].pointer, "/rules/1");
    assert_eq!(faults[0].limit.as_deref(), Some("Rule 4 · Rule 2"));

    // Not when they cannot hold at once, one does not run, or both count since the stage.
    let mut apart = shown.clone();
    apart.tests.push(test(Showing, None, Some(8)));
    let mut off = shown.clone();
    off.enabled = false;
    let (mut here, mut back_here) = (shown.clone(), back.clone());
    (here.since, back_here.since) = (CountSince::Stage, CountSince::Stage);
    let mut usual = usual();
    usual[2].loss_reason = Some(LossReason::NoDecision);
    for rules in [
        vec![apart, back.clone()],
        vec![off, back],
        vec![here, back_here],
        usual,
    ] {
        assert_eq!(checked(rules), Ok(()));
    }
}

#[test]
fn what_is_wrong_with_rules_is_said_at_its_place() {
    let mut bare = rule(1, A, vec![test(Showing, None, Some(4))]);
    bare.name = String::new();
    let odd = rule(
        1,
        A,
        vec![
            row(Showing, Showing, 2),
            test(Offer, Some(5), Some(4)),
            test(Offer, None, None),
        ],
    );
    let set = CountedRules {
        rules: vec![bare, odd],
        shares: vec![ExpectedShare {
            stage_id: A,
            percent: 90,
        }],
    };
    let faults = set.validated().unwrap_err();
    let found: Vec<_> = (faults.iter())
        .map(|fault| (fault.pointer.as_str(), fault.code))
        .collect();
    assert_eq!(
        found,
        [
            ("/rules/0/name", ErrorCode::Required),
            ("/rules/0/tests", ErrorCode::RuleCountsNothing),
            ("/rules/1/id", ErrorCode::Taken),
            ("/rules/1/tests/0/without", ErrorCode::NotAllowed),
            ("/rules/1/tests/1/at_most", ErrorCode::OutOfRange),
            ("/rules/1/tests/2/at_least", ErrorCode::Required),
            ("/shares", ErrorCode::NotAHundred),
        ]
    );
}

fn kinds() -> impl Strategy<Value = Vec<TouchKind>> {
    let all: Vec<TouchKind> = TouchKind::iter().collect();
    prop::collection::vec(prop::sample::select(all), 0..60)
}

fn any_test() -> impl Strategy<Value = CountTest> {
    let all: Vec<TouchKind> = TouchKind::iter().collect();
    let kind = prop::sample::select(all);
    (
        kind.clone(),
        prop::option::of(kind),
        prop::option::of(1u16..6),
        prop::option::of(1u16..6),
    )
        .prop_map(|(count, without, at_least, at_most)| CountTest {
            count,
            without: without.filter(|without| *without != count),
            at_least,
            at_most,
        })
}

fn any_rules() -> impl Strategy<Value = Vec<CountedRule>> {
    let since = prop::sample::select(vec![CountSince::Life, CountSince::Stage]);
    let to = prop::sample::select(vec![A, B, C, F]);
    let one = (since, to, prop::collection::vec(any_test(), 1..4));
    prop::collection::vec(one, 1..5).prop_map(|list| {
        let rules = (1..).zip(list);
        rules
            .map(|(id, (since, to, tests))| CountedRule {
                since,
                ..rule(id, to, tests)
            })
            .collect()
    })
}

proptest! {
    /// The counts are those one gets by counting.
    #[test]
    fn a_tally_counts_what_happened(touches in kinds()) {
        let mut tally = Tally::default();
        for kind in &touches {
            tally.add(*kind);
        }
        for count in TouchKind::iter() {
            let all = touches.iter().filter(|kind| **kind == count).count();
            prop_assert_eq!(tally.count(count, None) as usize, all);
            for without in TouchKind::iter().filter(|without| *without != count) {
                let row = touches.iter().rev().take_while(|kind| **kind != without);
                let row = row.filter(|kind| **kind == count).count();
                prop_assert_eq!(tally.count(count, Some(without)) as usize, row);
            }
        }
    }

    /// What no rule names changes nothing, wherever it comes.
    #[test]
    fn a_touch_that_no_rule_names_changes_nothing(
        rules in any_rules(), touches in kinds(), more in kinds(), seed in any::<u64>(),
    ) {
        let foreign = |kind: &TouchKind| rules.iter().all(|rule| !rule.names(*kind));
        let (mut mixed, mut rest) = (touches.clone(), seed);
        for kind in more.iter().filter(|kind| foreign(kind)) {
            let at = usize::try_from(rest % (mixed.len() as u64 + 1)).unwrap();
            mixed.insert(at, *kind);
            rest = rest.rotate_left(7) ^ 0x9e37;
        }
        prop_assert_eq!(walk(&rules, B, &mixed), walk(&rules, B, &touches));
    }

    /// The same sequence, the same verdict; and a beginning is judged as it was, whatever comes later.
    #[test]
    fn the_verdict_is_a_function_of_the_sequence(rules in any_rules(), touches in kinds(), cut in 0usize..60) {
        let whole = walk(&rules, B, &touches);
        prop_assert_eq!(&walk(&rules, B, &touches), &whole);
        let begun = walk(&rules, B, &touches[..cut.min(touches.len())]);
        prop_assert!(whole.0.starts_with(&begun.0));
    }

    /// One touch, one move at most; and rules that were accepted never take a deal back to where one of
    /// them took it from unless something happened that the rule had not counted then.
    #[test]
    fn rules_never_take_a_deal_back_on_the_same_counts(rules in any_rules(), touches in kinds()) {
        let open = HashSet::from([A, B, C]);
        let past = (0i64..).zip(&touches).map(|(second, kind)| {
            (DateTime::from_timestamp(second, 0).unwrap(), Past::Touched(*kind))
        });
        let (done, _) = replay(&rules, &open, B, past);
        for pair in done.windows(2) {
            prop_assert!(pair[0].at < pair[1].at);
        }
        let moves: Vec<_> = done.iter().filter(|one| !one.is_stopped).collect();
        for (index, later) in moves.iter().enumerate() {
            let earlier = moves.iter().take(index).rev();
            let Some(earlier) = earlier.into_iter().find(|one| one.from == later.rule.to_stage_id) else {
                continue;
            };
            if later.rule.since == CountSince::Life {
                let seconds = usize::try_from(earlier.at.timestamp()).unwrap();
                let mut then = Tally::default();
                for kind in &touches[..=seconds] {
                    then.add(*kind);
                }
                prop_assert!(!later.rule.holds(&then));
            }
        }
    }

    /// Two rules that exclude each other never hold at once.
    #[test]
    fn rules_that_exclude_each_other_never_hold_at_once(rules in any_rules(), touches in kinds()) {
        let mut tally = Tally::default();
        for kind in &touches {
            tally.add(*kind);
            for one in &rules {
                for other in rules.iter().filter(|other| other.since == one.since) {
                    prop_assert!(!(one.excludes(other) && one.holds(&tally) && other.holds(&tally)));
                }
            }
        }
    }
}
