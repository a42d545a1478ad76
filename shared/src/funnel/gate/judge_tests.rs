//! The verdict on moves, by example and by property.

use super::super::{Deal, StageFields, TestAnswer, TestAnswers, TestsRule};
use super::*;
use crate::id::DealId;
use chrono::{DateTime, Utc};
use proptest::prelude::*;
use rust_decimal::Decimal;
use uuid::Uuid;

const FUNNEL: FunnelId = FunnelId(Uuid::from_u128(1));

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap()
}

fn stage(position: i32, kind: StageKind, gate: StageGate) -> Stage {
    Stage {
        id: StageId(Uuid::from_u128(100 + position.unsigned_abs() as u128)),
        funnel_id: FUNNEL,
        position,
        moving_to: None,
        fields: StageFields {
            name: position.to_string(),
            kind,
            probability: 20,
            probability_high: Some(40),
            ..StageFields::default()
        },
        gate,
        gate_version: 1,
    }
}

/// Three open stages, a won and a lost one, with the gates given for the open ones.
fn funnel(gates: [StageGate; 3]) -> Vec<Stage> {
    let [first, second, third] = gates;
    vec![
        stage(0, StageKind::Open, first),
        stage(1, StageKind::Open, second),
        stage(2, StageKind::Open, third),
        stage(3, StageKind::Won, StageGate::default()),
        stage(4, StageKind::Lost, StageGate::default()),
    ]
}

fn deal(stage: &Stage) -> Deal {
    Deal {
        id: DealId(Uuid::from_u128(7)),
        title: "x".into(),
        account_id: None,
        account_name: None,
        account_tier: None,
        funnel_id: FUNNEL,
        stage_id: stage.id,
        rank: "a".into(),
        amount: None,
        probability: None,
        expected_close_on: None,
        next_step: None,
        next_step_on: None,
        owner_id: None,
        owner_name: None,
        loss_reason: None,
        loss_note: None,
        stage_entered_at: now(),
        closed_at: None,
        override_reason: None,
        facts: None,
        external_ids: Default::default(),
        lines: None,
        version: 1,
        archived_at: None,
        created_at: now(),
        updated_at: now(),
    }
}

fn criterion(id: u128, side: Side, rule: Rule) -> Criterion {
    Criterion {
        id: CriterionId(Uuid::from_u128(id)),
        side,
        name: format!("criterion {id}"),
        hint: String::new(),
        weight: 1,
        mandatory: true,
        rule,
    }
}

fn gate(criteria: Vec<Criterion>) -> StageGate {
    StageGate {
        criteria,
        ..StageGate::default()
    }
}

fn asked<'a>(
    stages: &'a [&'a Stage],
    from: usize,
    to: usize,
    known: Option<Known<'a>>,
) -> MoveFacts<'a> {
    MoveFacts {
        funnel_id: FUNNEL,
        is_archived: false,
        stages,
        from: Some(stages[from]),
        reached: None,
        to: stages[to],
        is_stage_archived: false,
        loss_reason: None,
        known_loss_reason: None,
        known,
        override_reason: None,
    }
}

/// The verdict on a move of a deal of which this is known.
fn verdict(stages: &[Stage], from: usize, to: usize, facts: &Facts) -> Verdict {
    let list: Vec<&Stage> = stages.iter().collect();
    let deal = deal(&stages[from]);
    let known = Known {
        deal: &deal,
        gathered: facts,
        now: now(),
    };
    judge(&asked(&list, from, to, Some(known)))
}

fn missing_of(verdict: Verdict) -> Vec<(MissingKind, StageId)> {
    match verdict {
        Verdict::Missing(miss) => miss
            .missing
            .into_iter()
            .map(|item| (item.kind, item.stage_id))
            .collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_lost_stage_needs_a_reason_and_no_criteria_fun_07() {
    let stages = funnel([
        gate(vec![criterion(1, Side::Exit, Rule::Evidence)]),
        StageGate::default(),
        StageGate::default(),
    ]);
    let list: Vec<&Stage> = stages.iter().collect();
    let facts = asked(&list, 0, 4, None);
    assert_eq!(
        judge(&facts),
        Verdict::Refused(ErrorCode::LossReasonRequired)
    );
    let with_reason = MoveFacts {
        loss_reason: Some(LossReason::Price),
        ..facts
    };
    assert_eq!(judge(&with_reason), Verdict::Allowed);
}

#[test]
fn stages_of_other_funnels_and_archived_ones_are_refused() {
    let stages = funnel(Default::default());
    let list: Vec<&Stage> = stages.iter().collect();
    let mut other = stages[1].clone();
    other.funnel_id = FunnelId(Uuid::from_u128(2));
    let facts = asked(&list, 0, 1, None);
    let elsewhere = MoveFacts {
        to: &other,
        ..facts
    };
    assert_eq!(
        judge(&elsewhere),
        Verdict::Refused(ErrorCode::StageOfAnotherFunnel)
    );
    let archived = MoveFacts {
        is_stage_archived: true,
        ..facts
    };
    assert_eq!(judge(&archived), Verdict::Refused(ErrorCode::StageArchived));
    assert_eq!(judge(&facts), Verdict::Allowed);
}

#[test]
fn goal_not_reached_the_deal_may_only_stay_gate_01() {
    let stages = funnel([
        gate(vec![criterion(1, Side::Exit, Rule::Evidence)]),
        StageGate::default(),
        StageGate::default(),
    ]);
    let mut facts = Facts::default();
    let Verdict::Missing(miss) = verdict(&stages, 0, 1, &facts) else {
        panic!("passed without evidence");
    };
    assert_eq!(miss.step_back, None);
    assert_eq!(miss.missing.len(), 1);
    assert_eq!(miss.missing[0].name, "criterion 1");
    assert!(miss.missing[0].link.ends_with(&format!(
        "/deals/{}#criterion-{}",
        Uuid::from_u128(7),
        Uuid::from_u128(1)
    )));
    facts.evidence.insert(CriterionId(Uuid::from_u128(1)));
    assert_eq!(verdict(&stages, 0, 1, &facts), Verdict::Allowed);
}

#[test]
fn goal_not_reached_the_deal_must_step_back_where_the_stage_says_so_gate_02() {
    let second = StageGate {
        on_miss: OnMiss::StepBack,
        ..gate(vec![criterion(1, Side::Exit, Rule::Evidence)])
    };
    let stages = funnel([StageGate::default(), second, StageGate::default()]);
    let Verdict::Missing(miss) = verdict(&stages, 1, 2, &Facts::default()) else {
        panic!("passed without evidence");
    };
    assert_eq!(miss.step_back, Some(stages[0].id));
    assert_eq!(
        verdict(&stages, 1, 0, &Facts::default()),
        Verdict::Allowed,
        "and back it may go"
    );
}

#[test]
fn staff_of_fifty_is_asked_of_a_target_customer_gate_04() {
    let rule = Rule::Fact(FactTest {
        fact: Fact::Employees,
        is: Test::AtLeast(50),
    });
    let stages = funnel([
        gate(vec![criterion(1, Side::Exit, rule)]),
        StageGate::default(),
        StageGate::default(),
    ]);
    for (staff, passes, unknown) in [
        (None, false, true),
        (Some(49), false, false),
        (Some(50), true, false),
    ] {
        let mut facts = Facts::default();
        if let Some(staff) = staff {
            facts.number(Fact::Employees, staff);
        }
        match verdict(&stages, 0, 1, &facts) {
            Verdict::Allowed => assert!(passes, "{staff:?}"),
            Verdict::Missing(miss) => {
                assert!(!passes, "{staff:?}");
                assert_eq!(miss.missing[0].unknown, unknown, "{staff:?}");
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn what_later_rooms_will_know_is_unknown_and_never_passes() {
    let rule = Rule::Fact(FactTest {
        fact: Fact::Visits,
        is: Test::AtMost(1_000),
    });
    let not = Rule::Not(Box::new(rule.clone()));
    for rule in [rule, not] {
        let stages = funnel([
            gate(vec![criterion(1, Side::Exit, rule)]),
            StageGate::default(),
            StageGate::default(),
        ]);
        assert!(matches!(
            verdict(&stages, 0, 1, &Facts::default()),
            Verdict::Missing(_)
        ));
    }
}

#[test]
fn five_tests_are_weighed_and_their_limit_holds_gate_20_gate_21() {
    let first = StageGate {
        tests: Some(TestsRule::default()),
        ..StageGate::default()
    };
    let stages = funnel([first, StageGate::default(), StageGate::default()]);
    let answer = |score| {
        Some(TestAnswer {
            score,
            why: String::new(),
        })
    };
    let mut answers = TestAnswers {
        budget: answer(5),
        timing: answer(4),
        fit: answer(3),
        worth: answer(2),
        win: None,
    };
    let mut facts = Facts::default();
    facts.tests(&answers);
    assert_eq!(
        missing_of(verdict(&stages, 0, 1, &facts)),
        [(MissingKind::FiveTests, stages[0].id)],
        "one is not answered"
    );
    answers.win = answer(1);
    facts.tests(&answers);
    let deal = deal(&stages[0]);
    let known = Known {
        deal: &deal,
        gathered: &facts,
        now: now(),
    };
    // 30 × 5/5 + 25 × 4/5 + 20 × 3/5 + 10 × 2/5 + 15 × 1/5 = 30 + 20 + 12 + 4 + 3.
    let rule = stages[0].gate.tests.unwrap();
    assert_eq!(rule.points(&known), Some(69));
    assert!(rule.is_failed(&known), "little is to be spent on it");
    assert!(matches!(
        verdict(&stages, 0, 1, &facts),
        Verdict::Missing(_)
    ));
    answers.win = answer(2);
    facts.tests(&answers);
    assert_eq!(verdict(&stages, 0, 1, &facts), Verdict::Allowed);
    let weights = TestsRule::default().weights;
    let of_others = [weights.fit, weights.worth, weights.win];
    assert!(
        of_others
            .iter()
            .all(|other| *other < weights.budget && *other < weights.timing),
        "the first two weigh most"
    );
}

#[test]
fn a_step_forward_needs_a_next_step_where_the_stage_asks_gate_24() {
    let first = StageGate {
        needs_next_step: true,
        ..StageGate::default()
    };
    let stages = funnel([first, StageGate::default(), StageGate::default()]);
    assert_eq!(
        missing_of(verdict(&stages, 0, 1, &Facts::default())),
        [(MissingKind::NextStep, stages[0].id)]
    );
    assert_eq!(
        verdict(&stages, 0, 3, &Facts::default()),
        Verdict::Allowed,
        "a won deal is done"
    );
    let list: Vec<&Stage> = stages.iter().collect();
    let mut planned = deal(&stages[0]);
    planned.next_step = Some("call".into());
    planned.next_step_on = Some(now().date_naive());
    let facts = Facts::default();
    let known = Known {
        deal: &planned,
        gathered: &facts,
        now: now(),
    };
    assert_eq!(judge(&asked(&list, 0, 1, Some(known))), Verdict::Allowed);
}

#[test]
fn stages_between_are_judged_free_or_must_not_be_skipped() {
    for (skipping, expected) in [
        (Skipping::Judged, Some(MissingKind::Criterion)),
        (Skipping::Free, None),
        (Skipping::Refused, Some(MissingKind::StageSkipped)),
    ] {
        let second = StageGate {
            skipping,
            ..gate(vec![criterion(1, Side::Exit, Rule::Evidence)])
        };
        let stages = funnel([StageGate::default(), second, StageGate::default()]);
        let verdict = verdict(&stages, 0, 2, &Facts::default());
        match expected {
            None => assert_eq!(verdict, Verdict::Allowed),
            Some(kind) => assert_eq!(missing_of(verdict), [(kind, stages[1].id)]),
        }
    }
}

#[test]
fn going_back_follows_the_stage() {
    for (going_back, one, two) in [
        (GoingBack::Free, true, true),
        (GoingBack::OneStage, true, false),
        (GoingBack::Refused, false, false),
    ] {
        let third = StageGate {
            going_back,
            ..StageGate::default()
        };
        let stages = funnel([StageGate::default(), StageGate::default(), third]);
        let none = Facts::default();
        assert_eq!(verdict(&stages, 2, 1, &none) == Verdict::Allowed, one);
        assert_eq!(verdict(&stages, 2, 0, &none) == Verdict::Allowed, two);
    }
}

#[test]
fn a_new_deal_is_judged_by_the_stages_before_its_own() {
    let stages = funnel([
        gate(vec![criterion(1, Side::Exit, Rule::Evidence)]),
        gate(vec![criterion(2, Side::Entry, Rule::Evidence)]),
        StageGate::default(),
    ]);
    let list: Vec<&Stage> = stages.iter().collect();
    let deal = deal(&stages[0]);
    let facts = Facts::default();
    let known = Known {
        deal: &deal,
        gathered: &facts,
        now: now(),
    };
    let new = |to: usize| {
        judge(&MoveFacts {
            from: None,
            ..asked(&list, 0, to, Some(known))
        })
    };
    assert_eq!(new(0), Verdict::Allowed);
    assert_eq!(
        missing_of(new(1)),
        [
            (MissingKind::Criterion, stages[0].id),
            (MissingKind::Criterion, stages[1].id)
        ]
    );
}

#[test]
fn who_comes_back_from_the_lost_meets_the_entry_alone() {
    let stages = funnel([
        gate(vec![criterion(1, Side::Exit, Rule::Evidence)]),
        gate(vec![criterion(2, Side::Entry, Rule::Evidence)]),
        StageGate::default(),
    ]);
    let none = Facts::default();
    assert_eq!(verdict(&stages, 4, 0, &none), Verdict::Allowed);
    assert_eq!(
        missing_of(verdict(&stages, 4, 1, &none)),
        [(MissingKind::Criterion, stages[1].id)]
    );
}

#[test]
fn being_lost_is_no_way_around_the_stages_not_reached_yet() {
    let stages = funnel([
        gate(vec![criterion(1, Side::Exit, Rule::Evidence)]),
        gate(vec![criterion(2, Side::Exit, Rule::Evidence)]),
        StageGate::default(),
    ]);
    let list: Vec<&Stage> = stages.iter().collect();
    let deal = deal(&stages[4]);
    let none = Facts::default();
    let known = Known {
        deal: &deal,
        gathered: &none,
        now: now(),
    };
    let from_lost = |reached: usize, to: usize| {
        judge(&MoveFacts {
            reached: Some(list[reached]),
            ..asked(&list, 4, to, Some(known))
        })
    };
    assert_eq!(from_lost(1, 1), Verdict::Allowed, "it had been there");
    assert_eq!(from_lost(1, 0), Verdict::Allowed);
    assert_eq!(
        missing_of(from_lost(1, 3)),
        [(MissingKind::Criterion, stages[1].id)]
    );
    assert_eq!(
        missing_of(from_lost(0, 2)),
        [
            (MissingKind::Criterion, stages[0].id),
            (MissingKind::Criterion, stages[1].id)
        ]
    );
}

#[test]
fn an_override_is_told_what_it_passes_over() {
    let stages = funnel([
        gate(vec![criterion(1, Side::Exit, Rule::Evidence)]),
        StageGate::default(),
        StageGate::default(),
    ]);
    let list: Vec<&Stage> = stages.iter().collect();
    let deal = deal(&stages[0]);
    let facts = Facts::default();
    let known = Known {
        deal: &deal,
        gathered: &facts,
        now: now(),
    };
    let with_reason = MoveFacts {
        override_reason: Some("the review is on Friday"),
        ..asked(&list, 0, 1, Some(known))
    };
    let Verdict::Overridden(missing) = judge(&with_reason) else {
        panic!("not overridden");
    };
    assert_eq!(missing.len(), 1);
    let archived = MoveFacts {
        is_stage_archived: true,
        ..with_reason
    };
    assert_eq!(
        judge(&archived),
        Verdict::Refused(ErrorCode::StageArchived),
        "no reason opens an archived stage"
    );
}

#[test]
fn where_only_the_server_knows_the_browser_lets_it_decide() {
    let stages = funnel([
        gate(vec![criterion(1, Side::Exit, Rule::Evidence)]),
        StageGate::default(),
        StageGate::default(),
    ]);
    let list: Vec<&Stage> = stages.iter().collect();
    assert_eq!(judge(&asked(&list, 0, 1, None)), Verdict::Allowed);
}

#[test]
fn probability_is_placed_in_the_stages_range_by_the_weight_of_what_is_met() {
    let mut light = criterion(1, Side::Exit, Rule::Evidence);
    let mut heavy = criterion(2, Side::Exit, Rule::Evidence);
    (light.weight, heavy.weight) = (1, 3);
    let stages = funnel([
        gate(vec![light, heavy]),
        StageGate::default(),
        StageGate::default(),
    ]);
    let deal = deal(&stages[0]);
    let place = |ids: &[u128]| {
        let mut facts = Facts::default();
        facts
            .evidence
            .extend(ids.iter().map(|id| CriterionId(Uuid::from_u128(*id))));
        let known = Known {
            deal: &deal,
            gathered: &facts,
            now: now(),
        };
        placed_probability(&stages[0], Some(&known))
    };
    assert_eq!(
        [place(&[]), place(&[1]), place(&[2]), place(&[1, 2])],
        [20, 25, 35, 40]
    );
    assert_eq!(
        placed_probability(&stages[1], None),
        30,
        "no criteria: the middle"
    );
}

#[test]
fn a_test_its_fact_cannot_pass_is_refused_by_name() {
    use crate::check::Validate;
    let wrong = gate(vec![criterion(
        1,
        Side::Exit,
        Rule::Any(vec![
            Rule::Evidence,
            Rule::Fact(FactTest {
                fact: Fact::Region,
                is: Test::AtLeast(3),
            }),
        ]),
    )]);
    let errors = wrong.validated().unwrap_err();
    assert_eq!(errors[0].pointer, "/criteria/0/rule/any/1/fact/is");
    assert_eq!(errors[0].code, ErrorCode::TestDoesNotFit);
    let unknown: Result<StageGate, _> = serde_json::from_value(serde_json::json!({
        "criteria": [{ "id": Uuid::nil(), "side": "exit", "name": "x", "rule": { "fact": { "fact": "weather", "is": "known" } } }]
    }));
    assert!(unknown.unwrap_err().to_string().contains("weather"));
}

fn rules(depth: u32) -> impl Strategy<Value = Rule> {
    let leaf = prop_oneof![
        Just(Rule::Evidence),
        (0i64..6).prop_map(|least| Rule::Fact(FactTest {
            fact: Fact::People,
            is: Test::AtLeast(least)
        })),
        (0i64..6).prop_map(|most| Rule::Fact(FactTest {
            fact: Fact::Shortlist,
            is: Test::AtMost(most)
        })),
        Just(Rule::Fact(FactTest {
            fact: Fact::Visits,
            is: Test::Known
        })),
    ];
    leaf.prop_recursive(depth, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..3).prop_map(Rule::All),
            prop::collection::vec(inner, 1..3).prop_map(Rule::Any),
        ]
    })
}

fn gates() -> impl Strategy<Value = StageGate> {
    let side = prop_oneof![Just(Side::Entry), Just(Side::Exit)];
    prop::collection::vec((side, rules(2), any::<bool>()), 0..4).prop_map(|list| {
        gate(
            list.into_iter()
                .enumerate()
                .map(|(index, (side, rule, mandatory))| Criterion {
                    mandatory,
                    ..criterion(1 + index as u128, side, rule)
                })
                .collect(),
        )
    })
}

fn some_facts() -> impl Strategy<Value = Facts> {
    let evidence = prop::collection::btree_set(1u128..5, 0..4);
    (
        evidence,
        prop::option::of(0i64..6),
        prop::option::of(0i64..6),
    )
        .prop_map(|(evidence, people, shortlist)| {
            let evidence = evidence.into_iter();
            let mut facts = Facts {
                evidence: evidence
                    .map(|id| CriterionId(Uuid::from_u128(id)))
                    .collect(),
                ..Facts::default()
            };
            if let Some(people) = people {
                facts.number(Fact::People, people);
            }
            if let Some(shortlist) = shortlist {
                facts.number(Fact::Shortlist, shortlist);
            }
            facts
        })
}

proptest! {
    #[test]
    fn the_verdict_is_a_pure_function_of_criteria_and_facts(
        gates in [gates(), gates(), gates()], facts in some_facts(), from in 0usize..5, to in 0usize..5
    ) {
        let stages = funnel(gates);
        prop_assert_eq!(
            verdict(&stages, from, to, &facts),
            verdict(&stages.clone(), from, to, &facts.clone())
        );
    }

    #[test]
    fn adding_evidence_never_turns_a_pass_into_a_refusal_without_negation(
        gates in [gates(), gates(), gates()], facts in some_facts(), more in 1u128..5,
        from in 0usize..5, to in 0usize..4
    ) {
        let stages = funnel(gates);
        if verdict(&stages, from, to, &facts) == Verdict::Allowed {
            let mut richer = facts;
            richer.evidence.insert(CriterionId(Uuid::from_u128(more)));
            prop_assert_eq!(verdict(&stages, from, to, &richer), Verdict::Allowed);
        }
    }

    #[test]
    fn learning_a_fact_never_breaks_what_is_met_without_negation(
        rule in rules(3), facts in some_facts(), shortlist in 0i64..6
    ) {
        // What is known stays; only what was unknown becomes known.
        let stages = funnel(Default::default());
        let deal = deal(&stages[0]);
        let truth = |facts: &Facts| {
            let known = Known { deal: &deal, gathered: facts, now: now() };
            rule.truth(CriterionId(Uuid::from_u128(1)), &known)
        };
        let mut wiser = facts.clone();
        wiser.values.entry(Fact::Shortlist).or_insert(FactValue::Number(shortlist));
        let (before, after) = (truth(&facts), truth(&wiser));
        prop_assert!(before == Truth::Unknown || before == after);
    }

    #[test]
    fn a_rule_reads_back_as_it_was_written(rule in rules(3)) {
        let text = serde_json::to_string(&rule).unwrap();
        prop_assert_eq!(serde_json::from_str::<Rule>(&text).unwrap(), rule);
    }

    #[test]
    fn placed_probability_stays_within_the_stage(facts in some_facts(), gate in gates()) {
        let stages = funnel([gate, StageGate::default(), StageGate::default()]);
        let mut deal = deal(&stages[0]);
        deal.amount = Some(crate::money::Money::new(Decimal::ONE, crate::money::Currency::CNY));
        let known = Known { deal: &deal, gathered: &facts, now: now() };
        let placed = placed_probability(&stages[0], Some(&known));
        prop_assert!((20..=40).contains(&placed));
    }
}
