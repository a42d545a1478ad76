//! What holds of the verdict whatever the criteria and the facts are.

use super::judge_tests::{asked, criterion, deal, funnel, gate, now, verdict};
use super::*;
use crate::funnel::SheetCount;
use proptest::prelude::*;
use rust_decimal::Decimal;
use uuid::Uuid;

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

/// GATE-01: the criteria a move was judged by: of the stage it left, of those it passed by, of the one it
/// came to; back to the stage before, of the one it left alone; out of the funnel, none.
#[test]
fn a_move_names_all_criteria_it_was_judged_by() {
    let stages = funnel([gate(vec![]), gate(vec![]), gate(vec![])]);
    let all: Vec<&Stage> = stages.iter().collect();
    let judged = |from: usize, to: usize| {
        let facts = MoveFacts {
            loss_reason: Some(LossReason::Price),
            ..asked(&all, from, to, None)
        };
        let places = judged_by(&facts).into_iter().map(|gate| {
            let place = all.iter().position(|stage| stage.id == gate.stage_id);
            (place.unwrap(), gate.version)
        });
        places.collect::<Vec<_>>()
    };
    assert_eq!(judged(0, 1), [(0, 1), (1, 1)]);
    assert_eq!(judged(0, 2), [(0, 1), (1, 1), (2, 1)]);
    assert_eq!(judged(1, 0), [(1, 1)]);
    assert_eq!(judged(1, 1), []);
    assert_eq!(judged(1, 4), []);
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

    /// GATE-25..28, FUN-28.
    #[test]
    fn one_answer_or_task_more_never_turns_a_pass_into_a_refusal(
        asked in (0i64..4, 0i64..4, 0i64..4, 0i64..4), count in (0usize..4, 0usize..4), on in any::<bool>(),
        from in 0usize..3, to in 0usize..4
    ) {
        let fact = |fact, is| Rule::Fact(FactTest { fact, is });
        let rule = Rule::All(vec![
            fact(Fact::QuestionsAnswered, Test::AtLeast(asked.0)),
            fact(Fact::QuestionsOpen, Test::AtMost(asked.1)),
            fact(Fact::TasksDone, Test::AtLeast(asked.2)),
            fact(Fact::TasksOpen, Test::AtMost(asked.3)),
        ]);
        let criterion = Criterion { mandatory: true, ..criterion(1, Side::Exit, rule) };
        let stages = funnel([gate(vec![criterion]), StageGate::default(), StageGate::default()]);
        let facts = |more: bool| {
            let count = SheetCount {
                questions: 4,
                answered: count.0 + usize::from(more && on),
                tasks: 4,
                done: count.1 + usize::from(more && !on),
            };
            let mut facts = Facts::default();
            count.tell(&mut facts);
            facts
        };
        if verdict(&stages, from, to, &facts(false)) == Verdict::Allowed {
            prop_assert_eq!(verdict(&stages, from, to, &facts(true)), Verdict::Allowed);
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

    /// Where a stage asks for nothing to go on, nothing places the deal.
    #[test]
    fn probability_by_evidence_stays_within_the_stage(facts in some_facts(), gate in gates()) {
        let asks = gate.side(Side::Exit).next().is_some();
        let stages = funnel([gate, StageGate::default(), StageGate::default()]);
        let mut deal = deal(&stages[0]);
        deal.amount = Some(crate::money::Money::new(Decimal::ONE, crate::money::Currency::CNY));
        let known = Known { deal: &deal, gathered: &facts, now: now() };
        let placed = evidence_probability(&stages[0], &known);
        prop_assert_eq!(placed.is_some(), asks);
        prop_assert!(placed.is_none_or(|placed| (20..=40).contains(&placed)));
    }

    /// More evidence never lowers the probability.
    #[test]
    fn evidence_filed_never_lowers_the_probability(facts in some_facts(), gate in gates(), more in 0..4_u128) {
        let stages = funnel([gate, StageGate::default(), StageGate::default()]);
        let deal = deal(&stages[0]);
        let placed = |facts: &Facts| {
            evidence_probability(&stages[0], &Known { deal: &deal, gathered: facts, now: now() })
        };
        let mut wiser = facts.clone();
        wiser.evidence.insert(CriterionId(uuid::Uuid::from_u128(more)));
        prop_assert!(placed(&wiser) >= placed(&facts));
    }
}
