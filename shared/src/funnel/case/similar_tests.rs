//! Tests of which cases are like a deal.

use super::*;
use crate::money::Currency;
use proptest::option;
use proptest::prelude::*;
use uuid::Uuid;

fn uuid(n: u8) -> Uuid {
    Uuid::from_u128(u128::from(n))
}

fn yuan(amount: i64) -> Money {
    Money::new(Decimal::from(amount), Currency::CNY)
}

fn deal() -> DealTraits {
    DealTraits {
        title: "Weld inspection, line 2".into(),
        account_id: Some(AccountId(uuid(1))),
        funnel_id: FunnelId(uuid(1)),
        stage_id: StageId(uuid(2)),
        industry: Some("steel".into()),
        tier: Some(Tier::A),
        size: Some(SizeBand::Large),
        labels: vec!["State-Owned".into()],
        amount: Some(yuan(100)),
        products: vec![ProductId(uuid(1))],
    }
}

/// A case like [`deal`] in nothing.
fn stranger(n: u8) -> CaseTraits {
    CaseTraits {
        deal_id: DealId(uuid(n)),
        outcome: CaseOutcome::Won,
        account_id: Some(AccountId(uuid(9))),
        funnel_id: FunnelId(uuid(9)),
        reached_stage_id: StageId(uuid(9)),
        industry: Some("food".into()),
        tier: Some(Tier::C),
        size: Some(SizeBand::Micro),
        amount: Some(yuan(100_000)),
        products: vec![ProductId(uuid(9))],
        tags: vec!["price".into()],
        closed_at: None,
    }
}

fn reasons(case: CaseTraits) -> Vec<Likeness> {
    let found = rank_cases(&deal(), [case]);
    found.into_iter().flat_map(|one| one.reasons).collect()
}

/// SIX-13: each likeness is found where it is and only there.
#[test]
fn a_case_says_in_what_it_is_like_the_deal() {
    let other = stranger(1);
    assert_eq!(reasons(other.clone()), []);
    let lost_here = CaseTraits {
        outcome: CaseOutcome::Lost,
        reached_stage_id: StageId(uuid(2)),
        ..other.clone()
    };
    assert_eq!(reasons(lost_here.clone()), [Likeness::Stage]);
    let won_beyond = CaseTraits {
        outcome: CaseOutcome::Won,
        ..lost_here
    };
    assert_eq!(reasons(won_beyond), []);
    let same_trade = CaseTraits {
        industry: Some("steel".into()),
        amount: Some(yuan(200)),
        ..other.clone()
    };
    assert_eq!(reasons(same_trade), [Likeness::Industry, Likeness::Amount]);
    let same_goods = CaseTraits {
        products: vec![ProductId(uuid(7)), ProductId(uuid(1))],
        account_id: Some(AccountId(uuid(1))),
        ..other.clone()
    };
    assert_eq!(reasons(same_goods), [Likeness::Account, Likeness::Product]);
    // What nearly every deal has in common is too little.
    let same_funnel = CaseTraits {
        funnel_id: FunnelId(uuid(1)),
        size: Some(SizeBand::Large),
        ..other.clone()
    };
    assert_eq!(reasons(same_funnel.clone()), []);
    let and_tier = CaseTraits {
        tier: Some(Tier::A),
        ..same_funnel
    };
    assert_eq!(
        reasons(and_tier),
        [Likeness::Funnel, Likeness::Tier, Likeness::Size]
    );
    // Nothing known is like nothing known in nothing.
    let unknown = DealTraits {
        account_id: None,
        industry: None,
        tier: None,
        size: None,
        amount: None,
        products: Vec::new(),
        ..deal()
    };
    let blank = CaseTraits {
        account_id: None,
        industry: None,
        tier: None,
        size: None,
        amount: None,
        products: Vec::new(),
        ..other
    };
    assert_eq!(rank_cases(&unknown, [blank]), []);
}

/// SIX-13: a tag is shared where it labels the account or stands in the title.
#[test]
fn a_tag_is_shared_with_the_labels_and_the_title() {
    let case = CaseTraits {
        tags: ["state-owned", "weld", "l", "price"]
            .map(String::from)
            .into(),
        ..stranger(1)
    };
    let found = rank_cases(&deal(), [case]);
    assert_eq!(found[0].tags, ["state-owned", "weld"]);
    assert_eq!(found[0].reasons, [Likeness::Tag]);
}

/// SIX-13
#[test]
fn an_amount_is_alike_within_a_factor_of_two() {
    let is = |one: i64, other: i64| is_within_twice(Some(&yuan(one)), Some(&yuan(other)));
    assert!(is(100, 200) && is(200, 100) && is(1, 1));
    assert!(!is(100, 201) && !is(0, 0) && !is(0, 1));
    let dollars = Money::new(Decimal::from(100), Currency::USD);
    assert!(!is_within_twice(Some(&yuan(100)), Some(&dollars)));
    assert!(!is_within_twice(None, None));
}

fn cases() -> impl Strategy<Value = Vec<CaseTraits>> {
    let one = (
        any::<bool>(),
        (1u8..3, 1u8..3, 1u8..4, 1u8..3),
        option::of(prop_oneof![Just("steel"), Just("food")]),
        option::of(prop_oneof![Just(Tier::A), Just(Tier::B)]),
        option::of(1i64..1_000),
        proptest::collection::vec(prop_oneof![Just("weld"), Just("price")], 0..3),
        option::of(0i64..3),
    );
    let one = one.prop_map(
        |(won, (account, funnel, stage, product), industry, tier, amount, tags, closed)| {
            CaseTraits {
                outcome: if won {
                    CaseOutcome::Won
                } else {
                    CaseOutcome::Lost
                },
                account_id: Some(AccountId(uuid(account))),
                funnel_id: FunnelId(uuid(funnel)),
                reached_stage_id: StageId(uuid(stage)),
                industry: industry.map(str::to_owned),
                tier,
                amount: amount.map(yuan),
                products: vec![ProductId(uuid(product))],
                tags: tags.into_iter().map(str::to_owned).collect(),
                closed_at: closed.and_then(|n| DateTime::from_timestamp(n, 0)),
                ..stranger(0)
            }
        },
    );
    proptest::collection::vec(one, 0..12).prop_map(|mut cases| {
        for (n, case) in (0u8..).zip(&mut cases) {
            case.deal_id = DealId(uuid(n));
        }
        cases
    })
}

fn weight(alike: &Alike) -> u32 {
    alike.reasons.iter().map(|reason| reason.weight()).sum()
}

proptest! {
    /// SIX-13: the order in which cases come does not matter, at most five are named, each for a reason,
    /// and none that is left out is liker than one that is named.
    #[test]
    fn the_ranking_does_not_depend_on_the_order_of_the_cases(
        mut cases in cases(), seed in any::<u64>(),
    ) {
        let to = deal();
        let ranked = rank_cases(&to, cases.clone());
        prop_assert_eq!(&rank_cases(&to, cases.clone()), &ranked);
        cases.reverse();
        let by = usize::try_from(seed % 12).unwrap().min(cases.len());
        cases.rotate_left(by);
        prop_assert_eq!(&rank_cases(&to, cases.clone()), &ranked);
        prop_assert!(ranked.len() <= MAX_SIMILAR);
        let weights: Vec<u32> = ranked.iter().map(weight).collect();
        prop_assert!(weights.iter().all(|weight| *weight >= LEAST));
        prop_assert!(weights.is_sorted_by(|one, next| one >= next));
        let least = weights.last().copied().unwrap_or(0);
        for case in &cases {
            let is_named = ranked.iter().any(|one| one.deal_id == case.deal_id);
            if let (false, Some((weight, _))) = (is_named, to.compare(case)) {
                prop_assert!(ranked.len() == MAX_SIMILAR && weight <= least);
            }
        }
    }

    /// SIX-13: who is like the deal in more never falls behind.
    #[test]
    fn one_more_likeness_never_puts_a_case_further_down(mut cases in cases()) {
        let to = deal();
        let place = |cases: &[CaseTraits]| {
            let ranked = rank_cases(&to, cases.to_vec());
            ranked.iter().position(|one| one.deal_id == DealId(uuid(0))).unwrap_or(usize::MAX)
        };
        let before = place(&cases);
        if let Some(first) = cases.first_mut() {
            first.industry.clone_from(&to.industry);
            first.account_id = to.account_id;
        }
        prop_assert!(place(&cases) <= before);
    }
}
