//! The verdict on moves, by example.

use super::super::{Deal, StageFields, TestAnswer, TestAnswers, TestsRule};
use super::*;
use crate::id::DealId;
use chrono::{DateTime, Utc};
use uuid::Uuid;

const FUNNEL: FunnelId = FunnelId(Uuid::from_u128(1));

pub(super) fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap()
}

pub(super) fn stage(position: i32, kind: StageKind, gate: StageGate) -> Stage {
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
pub(super) fn funnel(gates: [StageGate; 3]) -> Vec<Stage> {
    let [first, second, third] = gates;
    vec![
        stage(0, StageKind::Open, first),
        stage(1, StageKind::Open, second),
        stage(2, StageKind::Open, third),
        stage(3, StageKind::Won, StageGate::default()),
        stage(4, StageKind::Lost, StageGate::default()),
    ]
}

pub(super) fn deal(stage: &Stage) -> Deal {
    Deal {
        id: DealId(Uuid::from_u128(7)),
        title: "x".into(),
        account_id: None,
        account_name: None,
        account_tier: None,
        funnel_id: FUNNEL,
        stage_id: stage.id,
        reached_stage_id: stage.id,
        rank: "a".into(),
        amount: None,
        expected_profit: None,
        probability: None,
        evidence_probability: None,
        is_low_investment: false,
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

pub(super) fn criterion(id: u128, side: Side, rule: Rule) -> Criterion {
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

pub(super) fn gate(criteria: Vec<Criterion>) -> StageGate {
    StageGate {
        criteria,
        ..StageGate::default()
    }
}

pub(super) fn asked<'a>(
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
pub(super) fn verdict(stages: &[Stage], from: usize, to: usize, facts: &Facts) -> Verdict {
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
        evidence_probability(&stages[0], &known)
    };
    assert_eq!(
        [place(&[]), place(&[1]), place(&[2]), place(&[1, 2])],
        [20, 25, 35, 40].map(Some)
    );
    let none = Facts::default();
    let known = Known {
        deal: &deal,
        gathered: &none,
        now: now(),
    };
    assert_eq!(evidence_probability(&stages[1], &known), None);
    assert_eq!(
        stages[1].fields.weight(None, None),
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

/// GATE-25, FUN-28: the exit of a stage that is passed by asks for its own sheet, not for that of the stage
/// the deal leaves; an entry asks for what was said before it.
#[test]
fn the_answers_of_one_stage_let_nobody_pass_another_one() {
    let none_open = Rule::Fact(FactTest {
        fact: Fact::QuestionsOpen,
        is: Test::AtMost(0),
    });
    let ask = |side| gate(vec![criterion(1, side, none_open.clone())]);
    let mut facts = Facts::default();
    facts.number(Fact::QuestionsOpen, 0);
    let open = StageGate::default;
    let stages = funnel([open(), ask(Side::Exit), open()]);
    let Verdict::Missing(miss) = verdict(&stages, 0, 2, &facts) else {
        panic!("it was let pass");
    };
    assert!(miss.missing[0].unknown);
    assert_eq!(verdict(&stages, 1, 2, &facts), Verdict::Allowed);
    let stages = funnel([open(), ask(Side::Entry), open()]);
    assert_eq!(verdict(&stages, 0, 1, &facts), Verdict::Allowed);
}

/// Limits that no deal can meet at once are refused where the second one stands; what is optional, or asked at
/// another time, may differ.
#[test]
fn criteria_that_contradict_each_other_are_refused() {
    use crate::check::Validate;
    let is = |is: Test| {
        Rule::Fact(FactTest {
            fact: Fact::Amount,
            is,
        })
    };
    let (most, least) = (is(Test::AtMost(10)), is(Test::AtLeast(50)));
    let refused = |criteria: Vec<Criterion>| {
        let faults = gate(criteria).validated().err().unwrap_or_default();
        let pairs = faults.into_iter().map(|fault| (fault.pointer, fault.code));
        pairs.collect::<Vec<_>>()
    };
    let at = |pointer: &str| vec![(pointer.to_owned(), ErrorCode::LimitsContradict)];
    let both = Rule::All(vec![most.clone(), least.clone()]);
    assert_eq!(
        refused(vec![criterion(1, Side::Exit, both)]),
        at("/criteria/0/rule")
    );
    assert_eq!(
        refused(vec![
            criterion(1, Side::Exit, most.clone()),
            criterion(2, Side::Exit, least.clone())
        ]),
        at("/criteria/1/rule")
    );
    for criteria in [
        vec![
            criterion(1, Side::Entry, most.clone()),
            criterion(2, Side::Exit, least.clone()),
        ],
        vec![
            criterion(1, Side::Exit, most.clone()),
            Criterion {
                mandatory: false,
                ..criterion(2, Side::Exit, least.clone())
            },
        ],
        vec![criterion(1, Side::Exit, Rule::Any(vec![most, least]))],
    ] {
        assert_eq!(refused(criteria), []);
    }
}

/// Who passes a stage by meets its entry as well, and so cannot come back into what never let it in.
#[test]
fn a_stage_that_is_passed_by_asks_for_its_entry_too() {
    let large = Rule::Fact(FactTest {
        fact: Fact::Amount,
        is: Test::AtLeast(50),
    });
    let entry = gate(vec![criterion(1, Side::Entry, large)]);
    let stages = funnel([StageGate::default(), entry, StageGate::default()]);
    let facts = Facts::default();
    for to in [1, 2] {
        let Verdict::Missing(miss) = verdict(&stages, 0, to, &facts) else {
            panic!("it was let pass");
        };
        assert_eq!(miss.missing[0].side, Side::Entry, "to {to}");
        assert_eq!(miss.missing[0].stage_id, stages[1].id);
    }
}
