//! What holds for every set of rules and every account (GATE-23).

use super::*;
use crate::accounts::{ContactLevel, SizeBand};
use crate::check::Validate;
use crate::error::ErrorCode;
use crate::id::{ChoiceId, ScreeningCriterionId};
use crate::identity::Locale;
use proptest::prelude::*;
use uuid::Uuid;

const SAYS: [Says; 3] = [Says::For, Says::Neutral, Says::Against];

fn usual() -> ScreeningRules {
    ScreeningRules::usual(Uuid::nil().into(), Locale::En)
}

fn criterion_id(number: usize) -> ScreeningCriterionId {
    ScreeningCriterionId(Uuid::from_u128(u128::try_from(number).unwrap() + 1))
}

fn choice_id(number: usize) -> ChoiceId {
    ChoiceId(Uuid::from_u128(u128::try_from(number).unwrap() + 1))
}

fn question() -> ScreeningTest {
    let choices = SAYS.into_iter().enumerate();
    let choices = choices.map(|(number, says)| ScreeningChoice {
        id: choice_id(number),
        name: format!("{says:?}"),
        says,
    });
    ScreeningTest::Question(choices.collect())
}

fn test() -> impl Strategy<Value = ScreeningTest> {
    let texts = || prop::collection::vec(prop::sample::select(vec!["IT", "广东", "Retail "]), 1..3);
    let owned = |texts: Vec<&str>| texts.into_iter().map(str::to_owned).collect();
    prop_oneof![
        texts().prop_map(move |texts| ScreeningTest::Industry(owned(texts))),
        texts().prop_map(move |texts| ScreeningTest::Region(owned(texts))),
        prop::sample::subsequence(
            vec![SizeBand::Micro, SizeBand::Small, SizeBand::Large],
            1..3
        )
        .prop_map(ScreeningTest::Size),
        (1..500i32).prop_map(ScreeningTest::Employees),
        (1..4i16).prop_map(|at_least| ScreeningTest::People(PeopleKnown {
            level: Some(ContactLevel::Deciding),
            at_least,
        })),
        Just(ScreeningTest::Man(ManPart::Money)),
        (1..200i16).prop_map(ScreeningTest::SignsWithin),
        Just(question()),
        Just(question()),
    ]
}

prop_compose! {
    fn rules()(
        parts in prop::collection::vec((test(), 1..=10i16, prop::bool::weighted(0.2)), 1..8),
        pass_share in 1..=100i16,
    ) -> ScreeningRules {
        let criteria = parts.into_iter().enumerate().map(|(number, (test, weight, mandatory))| {
            ScreeningCriterion {
                id: criterion_id(number), topic: ScreeningTopic::Other, name: format!("C{number}"),
                weight, mandatory, test,
            }
        });
        ScreeningRules { criteria: criteria.collect(), pass_share, ..usual() }
    }
}

prop_compose! {
    fn facts()(
        industry in prop::option::of(prop::sample::select(vec!["it", "retail"])),
        region in prop::option::of(prop::sample::select(vec!["广东深圳", "Nairobi"])),
        size in prop::option::of(prop::sample::select(vec![SizeBand::Micro, SizeBand::Large])),
        employees in prop::option::of(0..600i32),
        money in prop::option::of(any::<bool>()),
        deciding in 0..4i64,
        days_to_sign in prop::option::of(0..300i32),
    ) -> ScreeningFacts {
        ScreeningFacts {
            industry: industry.map(str::to_owned), region: region.map(str::to_owned), size, employees,
            money, people: PeopleCount { all: deciding, deciding, ..PeopleCount::default() },
            days_to_sign, ..ScreeningFacts::default()
        }
    }
}

fn answers() -> impl Strategy<Value = Answers> {
    prop::collection::btree_map(
        (0..8usize).prop_map(criterion_id),
        (0..4usize).prop_map(choice_id),
        0..8,
    )
}

proptest! {
    #[test]
    fn the_same_gives_the_same(rules in rules(), facts in facts(), answers in answers()) {
        let found = screen(&rules, &facts, &answers);
        prop_assert_eq!(&found, &screen(&rules, &facts, &answers));
        prop_assert!(found.score <= found.reachable && (0..=100).contains(&found.score));
    }

    #[test]
    fn the_order_of_criteria_does_not_matter(
        rules in rules(), facts in facts(), answers in answers(), by in 0..8usize
    ) {
        let mut turned = rules.clone();
        let by = by % turned.criteria.len();
        turned.criteria.rotate_left(by);
        turned.criteria.reverse();
        let (one, other) = (screen(&rules, &facts, &answers), screen(&turned, &facts, &answers));
        prop_assert_eq!((one.outcome, one.score, one.reachable), (other.outcome, other.score, other.reachable));
    }

    #[test]
    fn an_answer_that_speaks_for_never_makes_it_worse(
        rules in rules(), facts in facts(), answers in answers(), number in 0..8usize
    ) {
        let before = screen(&rules, &facts, &answers);
        let mut better = answers;
        better.insert(criterion_id(number), choice_id(0));
        let after = screen(&rules, &facts, &better);
        prop_assert!(after.outcome >= before.outcome && after.score >= before.score);
    }

    #[test]
    fn learning_more_turns_no_decided_verdict(
        rules in rules(), facts in facts(), answers in answers(), more in answers()
    ) {
        let before = screen(&rules, &facts, &answers);
        let known: Answers = more.into_iter().chain(answers).collect();
        let known: Answers = known
            .into_iter()
            .filter(|(id, _)| {
                // What was answered with no choice at all was not known before either.
                rules.choices(*id).is_some()
            })
            .collect();
        let facts = ScreeningFacts {
            employees: facts.employees.or(Some(100)),
            money: facts.money.or(Some(false)),
            people: PeopleCount { deciding: facts.people.deciding + 1, ..facts.people },
            days_to_sign: facts.days_to_sign.or(Some(1_000)),
            ..facts
        };
        let after = screen(&rules, &facts, &known);
        if before.outcome != ScreeningOutcome::Incomplete {
            prop_assert_eq!(after.outcome, before.outcome);
        }
    }
}

fn draft(change: impl FnOnce(&mut NewScreeningRules)) -> Vec<(String, ErrorCode)> {
    let mut draft = usual().draft();
    change(&mut draft);
    let errors = draft.validated().err().unwrap_or_default();
    errors
        .into_iter()
        .map(|error| (error.pointer, error.code))
        .collect()
}

fn mandatory(number: usize, test: ScreeningTest) -> ScreeningCriterion {
    ScreeningCriterion {
        id: criterion_id(number),
        topic: ScreeningTopic::Other,
        name: "One".to_owned(),
        weight: 1,
        mandatory: true,
        test,
    }
}

#[test]
fn the_usual_set_is_valid_in_both_languages_and_covers_the_five_topics() {
    let (zh, en) = (
        ScreeningRules::usual(Uuid::nil().into(), Locale::ZhCn),
        usual(),
    );
    for rules in [&zh, &en] {
        assert_eq!(rules.draft().validated(), Ok(()));
        for topic in [
            ScreeningTopic::DecisionStructure,
            ScreeningTopic::PurchaseTraits,
            ScreeningTopic::Income,
            ScreeningTopic::Region,
            ScreeningTopic::SigningCycle,
        ] {
            assert!(rules.criteria.iter().any(|one| one.topic == topic));
        }
    }
    let ids = |rules: &ScreeningRules| rules.criteria.iter().map(|one| one.id).collect::<Vec<_>>();
    assert_eq!(ids(&zh), ids(&en));
    assert_ne!(zh.criteria[0].name, en.criteria[0].name);
}

#[test]
fn nothing_known_is_incomplete_and_says_what_would_settle_it() {
    let found = screen(&usual(), &ScreeningFacts::default(), &Answers::new());
    assert_eq!(found.outcome, ScreeningOutcome::Incomplete);
    assert_eq!((found.score, found.reachable), (0, 100));
    assert!(found.criteria.iter().all(|one| one.settled_by.is_some()));
}

#[test]
fn a_mandatory_criterion_that_is_unmet_decides_alone_and_a_neutral_answer_does_not_meet_one() {
    let mut rules = usual();
    rules.criteria = vec![mandatory(0, question())];
    let said = |choice| {
        screen(
            &rules,
            &ScreeningFacts::default(),
            &[(criterion_id(0), choice_id(choice))].into(),
        )
        .outcome
    };
    assert_eq!(said(0), ScreeningOutcome::Target);
    assert_eq!(said(1), ScreeningOutcome::Unsuitable);
    assert_eq!(said(2), ScreeningOutcome::Unsuitable);
    assert_eq!(
        said(9),
        ScreeningOutcome::Incomplete,
        "a choice that is gone says nothing"
    );
    rules.criteria[0].mandatory = false;
    rules.pass_share = 50;
    let half = screen(
        &rules,
        &ScreeningFacts::default(),
        &[(criterion_id(0), choice_id(1))].into(),
    );
    assert_eq!((half.outcome, half.score), (ScreeningOutcome::Target, 50));
}

#[test]
fn empty_and_contradictory_sets_are_refused_at_their_field() {
    assert_eq!(
        draft(|set| set.criteria.clear()),
        [("/criteria".to_owned(), ErrorCode::Required)]
    );
    let industry = |name: &str| ScreeningTest::Industry(vec![name.to_owned()]);
    assert_eq!(
        draft(|set| set.criteria = vec![
            mandatory(0, industry("IT")),
            mandatory(1, industry("Retail"))
        ]),
        [(
            "/criteria/1/test/industry".to_owned(),
            ErrorCode::LimitsContradict
        )]
    );
    assert_eq!(
        draft(
            |set| set.criteria = vec![mandatory(0, industry("IT")), mandatory(1, industry(" it "))]
        ),
        []
    );
    let sizes = |sizes: &[SizeBand]| ScreeningTest::Size(sizes.to_vec());
    use SizeBand::{Large, Medium, Small};
    assert_eq!(
        draft(|set| set.criteria = vec![
            mandatory(0, sizes(&[Small, Medium])),
            mandatory(1, sizes(&[Medium, Large])),
            mandatory(2, sizes(&[Small, Large])),
        ]),
        [(
            "/criteria/2/test/size".to_owned(),
            ErrorCode::LimitsContradict
        )]
    );
    let against = ScreeningTest::Question(vec![
        ScreeningChoice {
            id: choice_id(0),
            name: "A".to_owned(),
            says: Says::Against,
        },
        ScreeningChoice {
            id: choice_id(1),
            name: "a ".to_owned(),
            says: Says::Neutral,
        },
    ]);
    assert_eq!(
        draft(|set| set.criteria = vec![mandatory(0, against)]),
        [
            ("/criteria/0/test/question".to_owned(), ErrorCode::Required),
            (
                "/criteria/0/test/question/1/name".to_owned(),
                ErrorCode::Taken
            ),
        ]
    );
    assert_eq!(
        draft(|set| {
            set.pass_share = 0;
            set.criteria[1].id = set.criteria[0].id;
            set.criteria[0].weight = 11;
        }),
        [
            ("/pass_share".to_owned(), ErrorCode::OutOfRange),
            ("/criteria/0/weight".to_owned(), ErrorCode::OutOfRange),
            ("/criteria/1/id".to_owned(), ErrorCode::Taken),
        ]
    );
}

#[test]
fn only_other_criteria_or_another_share_make_sheets_due() {
    let before = usual();
    let mut draft = before.draft();
    draft.review_days = 30;
    let after = before.clone().replaced(draft.clone());
    assert_eq!((after.version, after.criteria_version), (2, 1));
    draft.pass_share = 70;
    let after = after.replaced(draft);
    assert_eq!((after.version, after.criteria_version), (3, 3));
}

#[test]
fn an_answer_to_no_question_and_one_that_is_no_choice_are_named() {
    let rules = usual();
    let asked = rules
        .criteria
        .iter()
        .find(|one| rules.choices(one.id).is_some());
    let recorded = rules
        .criteria
        .iter()
        .find(|one| rules.choices(one.id).is_none());
    let (asked, recorded) = (asked.unwrap().id, recorded.unwrap().id);
    let sheet = ScreeningSheet {
        answers: [(asked, choice_id(0)), (recorded, choice_id(0))].into(),
    };
    let mut errors = sheet.fits(&rules).unwrap_err();
    errors.sort_by_key(|error| error.code.as_ref().to_owned());
    assert_eq!(errors[0].pointer, format!("/answers/{recorded}"));
    assert_eq!(errors[0].code, ErrorCode::NoSuchRecord);
    assert_eq!(errors[1].pointer, format!("/answers/{asked}"));
    assert_eq!(errors[1].code, ErrorCode::NotAllowed);
}
