//! Portfolio limits: tables of cases, and what holds for any mix.

use super::*;
use crate::money::Currency;
use proptest::prelude::*;
use uuid::Uuid;

fn limits(json: &str) -> Limits {
    serde_json::from_str(json).unwrap()
}

fn pointers(limits: Limits) -> Vec<String> {
    let mut check = Check::default();
    limits.check(&mut check, "/limits");
    let errors = check.into_result().err().unwrap_or_default();
    errors.into_iter().map(|error| error.pointer).collect()
}

fn mix(a: i64, b: i64, c: i64, unclassed: i64, large: i64) -> Mix {
    Mix {
        a,
        b,
        c,
        unclassed,
        large,
    }
}

/// CLS-30..33, CLS-35: the defaults, which are not contradictory themselves.
#[test]
fn unless_said_otherwise_juniors_hold_no_large_firms_and_others_a_fifth() {
    let usual = |level| Limits::usual(level);
    let junior = usual(SellerLevel::Junior);
    assert_eq!(
        (junior.a.max, junior.b.min, junior.c.max, junior.large.max),
        (Some(40), Some(55), Some(5), Some(0))
    );
    assert_eq!(usual(SellerLevel::Senior).large.max, Some(20));
    for level in [
        SellerLevel::Junior,
        SellerLevel::Middle,
        SellerLevel::Senior,
    ] {
        assert_eq!(pointers(usual(level)), [] as [String; 0]);
    }
}

#[test]
fn limits_that_contradict_each_other_are_refused_and_all_fields_named() {
    let cases: [(&str, &[&str]); 7] = [
        (r#"{"a":{"max":40},"b":{"min":55},"c":{"max":5}}"#, &[]),
        (r"{}", &[]),
        (
            r#"{"a":{"min":50,"max":40}}"#,
            &["/limits/a/max", "/limits/a/min"],
        ),
        (
            r#"{"a":{"max":40},"b":{"min":70}}"#,
            &["/limits/a/max", "/limits/b/min"],
        ),
        (
            r#"{"a":{"min":40},"b":{"min":55},"c":{"min":6}}"#,
            &["/limits/a/min", "/limits/b/min", "/limits/c/min"],
        ),
        (
            r#"{"a":{"max":40},"b":{"max":50},"c":{"max":5}}"#,
            &["/limits/a/max", "/limits/b/max", "/limits/c/max"],
        ),
        (r#"{"large":{"max":101}}"#, &["/limits/large/max"]),
    ];
    for (json, expected) in cases {
        assert_eq!(pointers(limits(json)), expected, "{json}");
    }
}

#[test]
fn the_limits_of_a_day_are_the_last_set_until_then() {
    let setting = |number: u128, from: &str, max: i16| LimitSetting {
        id: LimitsId(Uuid::from_u128(number)),
        level: SellerLevel::Senior,
        valid_from: from.parse().unwrap(),
        limits: Limits {
            a: Range {
                min: None,
                max: Some(max),
            },
            ..Limits::default()
        },
        set_by: None,
        created_at: DateTime::UNIX_EPOCH,
    };
    let history = [
        setting(3, "2026-06-01", 30),
        setting(1, "2026-03-01", 50),
        setting(2, "2026-03-01", 45),
    ];
    let on = |level, day: &str| in_force(&history, level, day.parse().unwrap()).a.max;
    let senior = SellerLevel::Senior;
    assert_eq!(on(senior, "2026-02-28"), Some(40), "the default");
    assert_eq!(on(senior, "2026-03-01"), Some(45), "the later of two");
    assert_eq!(on(senior, "2026-05-31"), Some(45));
    assert_eq!(on(senior, "2026-06-01"), Some(30));
    assert_eq!(on(SellerLevel::Junior, "2026-06-01"), Some(40));
}

/// CLS-30..33: a share equal to its limit is within it.
#[test]
fn a_mix_is_held_against_its_limits() {
    let usual = Limits::usual(SellerLevel::Senior);
    let standing = |mix: Mix, measure| mix.standing(measure, &usual);
    use Measure::{A, B, C, Large};
    assert_eq!(standing(mix(8, 11, 1, 0, 4), A), Standing::Within);
    assert_eq!(standing(mix(8, 11, 1, 0, 4), B), Standing::Within);
    assert_eq!(standing(mix(8, 11, 1, 0, 4), C), Standing::Within);
    assert_eq!(standing(mix(8, 11, 1, 0, 4), Large), Standing::Within);
    assert_eq!(standing(mix(9, 10, 1, 0, 5), A), Standing::Over);
    assert_eq!(standing(mix(9, 10, 1, 0, 5), B), Standing::Under);
    assert_eq!(standing(mix(9, 10, 1, 0, 5), Large), Standing::Over);
    assert_eq!(mix(9, 10, 1, 0, 5).points_beyond(A, &usual), 5);
    // What is beyond is told beside the share and adds up with it: 33 % is 28 beyond 5, 67 % is 47 beyond 20.
    let third = mix(0, 2, 1, 0, 2);
    assert_eq!(
        (third.share(C), third.points_beyond(C, &usual)),
        (Some(33), 28)
    );
    assert_eq!(
        (third.share(Large), third.points_beyond(Large, &usual)),
        (Some(67), 47)
    );
    let barely = mix(401, 599, 0, 0, 0);
    assert_eq!(
        (barely.share(A), barely.points_beyond(A, &usual)),
        (Some(40), 1)
    );
    // Those without a class may still turn out to be B.
    assert_eq!(standing(mix(4, 10, 0, 6, 0), B), Standing::Open);
    assert_eq!(standing(mix(0, 0, 0, 0, 0), B), Standing::Within);
}

fn account(
    number: u128,
    class: Option<UrgencyClass>,
    is_large: bool,
    expected: i64,
) -> SwapAccount {
    SwapAccount {
        id: AccountId(Uuid::from_u128(number)),
        name: number.to_string(),
        class,
        is_large,
        expected: Money::new(expected.into(), Currency::CNY),
    }
}

/// CLS-32: what is handed back is what is too many, and of those what promises least.
#[test]
fn a_swap_is_the_account_that_mends_it_and_promises_least() {
    let usual = Limits::usual(SellerLevel::Senior);
    let c = Some(UrgencyClass::C);
    let accounts = [
        account(1, Some(UrgencyClass::B), false, 0),
        account(2, c, false, 900),
        account(3, c, false, 100),
        account(4, Some(UrgencyClass::A), false, 10),
    ];
    let before = mix(2, 6, 1, 0, 0);
    let after = before.with(c, false, 1);
    let found = swap(&before, &after, &usual, &accounts).unwrap();
    assert_eq!(found.name, "3");
    assert_eq!(swap(&after, &after, &usual, &accounts), None, "no change");
}

/// CLS-33, CLS-35: where large firms got too many, a large one goes back, whatever else is too many; where
/// none is there, none is proposed.
#[test]
fn for_a_large_firm_a_large_firm_goes_back_or_none() {
    let senior = Limits::usual(SellerLevel::Senior);
    let (b, c) = (Some(UrgencyClass::B), Some(UrgencyClass::C));
    // Two of class C are too many already, and handing one back would leave more large firms than before.
    let before = mix(4, 14, 2, 0, 4);
    let after = before.with(b, true, 1);
    assert_eq!(after.worsened(&before, &senior), [Measure::Large]);
    let small = account(1, c, false, 0);
    let large = account(2, Some(UrgencyClass::A), true, 900);
    let all = [small.clone(), large.clone()];
    assert_eq!(swap(&before, &after, &senior, &all), Some(&large));
    assert_eq!(
        swap(&before, &after, &senior, std::slice::from_ref(&small)),
        None
    );

    let junior = Limits::usual(SellerLevel::Junior);
    let before = mix(0, 20, 0, 0, 0);
    let after = before.with(b, true, 1);
    assert_eq!(swap(&before, &after, &junior, &[small]), None);
}

#[test]
fn only_what_got_worse_is_said_to_be_worse() {
    let usual = Limits::usual(SellerLevel::Junior);
    let before = mix(5, 5, 0, 0, 0);
    let after = before.with(Some(UrgencyClass::B), true, 1);
    assert_eq!(after.worsened(&before, &usual), [Measure::Large]);
    assert_eq!(before.worsened(&before, &usual), []);
}

fn any_mix() -> impl Strategy<Value = Mix> {
    (0i64..40, 0i64..40, 0i64..40, 0i64..40).prop_flat_map(|(a, b, c, unclassed)| {
        (0..=a + b + c + unclassed).prop_map(move |large| mix(a, b, c, unclassed, large))
    })
}

fn any_class() -> impl Strategy<Value = Option<UrgencyClass>> {
    prop_oneof![
        Just(None),
        Just(Some(UrgencyClass::A)),
        Just(Some(UrgencyClass::B)),
        Just(Some(UrgencyClass::C)),
    ]
}

fn any_range() -> impl Strategy<Value = Range> {
    let end = || proptest::option::of(0i16..=100);
    (end(), end()).prop_map(|(min, max)| Range { min, max })
}

proptest! {
    /// Limits that are not refused can be kept: some mix is within all of them.
    #[test]
    fn limits_that_are_accepted_can_be_kept(a in any_range(), b in any_range(), c in any_range()) {
        let limits = Limits { a, b, c, large: Range::default() };
        if !pointers(limits).is_empty() {
            return Ok(());
        }
        let is_kept = (0i64..=100).any(|a| (0..=100 - a).any(|b| {
            let mix = mix(a, b, 100 - a - b, 0, 0);
            Measure::iter().all(|measure| mix.standing(measure, &limits) == Standing::Within)
        }));
        prop_assert!(is_kept, "{limits:?}");
    }

    /// What is beyond is what is not within, and a share is never more than all.
    #[test]
    fn points_and_standing_agree(mix in any_mix()) {
        let limits = Limits::usual(SellerLevel::Senior);
        for measure in Measure::iter() {
            let is_within = mix.standing(measure, &limits) == Standing::Within;
            prop_assert_eq!(mix.points_beyond(measure, &limits) == 0, is_within);
            prop_assert!(mix.share(measure).unwrap_or(0) <= 100);
        }
    }

    /// An account that comes and goes leaves the mix as it was.
    #[test]
    fn adding_and_taking_away_is_nothing(mix in any_mix(), class in any_class(), is_large: bool) {
        prop_assert_eq!(mix.with(class, is_large, 1).with(class, is_large, -1), mix);
    }

    /// The later of two settings for one day counts, in whatever order they are read.
    #[test]
    fn the_order_of_the_history_does_not_matter(
        rows in proptest::collection::vec((0u64..5, 0i16..=100), 0..6),
        day in 0u64..6,
        turn in 0usize..6,
    ) {
        let start: NaiveDate = "2026-01-01".parse().unwrap();
        let mut history: Vec<LimitSetting> = rows
            .iter()
            .enumerate()
            .map(|(number, (from, max))| LimitSetting {
                id: LimitsId(Uuid::from_u128(number as u128)),
                level: SellerLevel::Junior,
                valid_from: start + chrono::Days::new(*from),
                limits: Limits { a: Range { min: None, max: Some(*max) }, ..Limits::default() },
                set_by: None,
                created_at: DateTime::UNIX_EPOCH,
            })
            .collect();
        let on = start + chrono::Days::new(day);
        let found = in_force(&history, SellerLevel::Junior, on);
        let expected = history
            .iter()
            .rev()
            .filter(|one| one.valid_from <= on)
            .map(|one| one.valid_from)
            .max()
            .and_then(|last| history.iter().rev().find(|one| one.valid_from == last))
            .map_or(Limits::usual(SellerLevel::Junior), |one| one.limits);
        prop_assert_eq!(found, expected);
        let turn = turn.min(history.len());
        history.rotate_left(turn);
        prop_assert_eq!(in_force(&history, SellerLevel::Junior, on), found);
    }

    /// CLS-30..33: what is proposed mends what got worse and breaks nothing else, for an account more and for
    /// one that is classed anew; and where one alike could go back, one is proposed.
    #[test]
    fn a_swap_mends_what_got_worse_and_breaks_nothing(
        rows in proptest::collection::vec((any_class(), any::<bool>(), 0i64..1000), 1..24),
        class in any_class(),
        is_large: bool,
        is_more: bool,
        level in prop::sample::select(SellerLevel::iter().collect::<Vec<_>>()),
    ) {
        let limits = Limits::usual(level);
        let accounts: Vec<SwapAccount> = rows
            .iter()
            .enumerate()
            .map(|(number, (class, is_large, expected))| account(number as u128, *class, *is_large, *expected))
            .collect();
        let before = rows.iter().fold(Mix::default(), |mix, (class, is_large, _)| mix.with(*class, *is_large, 1));
        let (after, candidates) = if is_more {
            (before.with(class, is_large, 1), accounts.as_slice())
        } else {
            // The account that is classed anew is not the one to go.
            let (changed, others) = accounts.split_first().unwrap();
            (before.with(changed.class, changed.is_large, -1).with(class, is_large, 1), others)
        };
        let worse = after.worsened(&before, &limits);
        // By how much of a hundred it is out; what unclassed accounts may make up for is not out.
        let out = |mix: &Mix, measure: Measure| match mix.standing(measure, &limits) {
            Standing::Within | Standing::Open => 0.0,
            Standing::Over | Standing::Under => mix.beyond(measure, &limits) as f64 / mix.total().max(1) as f64,
        };
        let known = |mix: &Mix, measure: Measure| mix.beyond(measure, &limits) as f64 / mix.total().max(1) as f64;
        match swap(&before, &after, &limits, candidates) {
            Some(found) => {
                prop_assert!(!worse.is_empty());
                let left = after.with(found.class, found.is_large, -1);
                for measure in Measure::iter() {
                    prop_assert!(out(&left, measure) <= known(&before, measure) + 1e-9, "{measure:?}: {left:?} after {before:?}");
                    prop_assert!(out(&before, measure) > 0.0 || out(&left, measure) == 0.0);
                }
            }
            None if is_more && !worse.is_empty() => {
                let is_alike = |one: &SwapAccount| (one.class, one.is_large) == (class, is_large);
                prop_assert!(!candidates.iter().any(is_alike));
            }
            None => {}
        }
    }
}
