//! What the stages of a method ask of a deal that goes on, where the method's source says so (GATE-01..25).
//!
//! The words are those of the sources, the weights ours: what nobody passes without counts twice. A funnel
//! begins with them and changes them freely.

use super::Method;
use super::row::Text;
use crate::funnel::gate::{Criterion, Fact, FactTest, OnMiss, Rule, Side, StageGate, Test};
use crate::funnel::{Stage, StageKind, TestsRule};
use crate::id::{CriterionId, StageId};
use crate::identity::Locale;

/// A criterion to go on from a stage.
struct Row {
    place: usize,
    name: Text,
    hint: Text,
    mandatory: bool,
    met: Met,
}

/// When it is met.
#[derive(Clone, Copy)]
enum Met {
    /// By evidence.
    Shown,
    /// By a fact that is so.
    Yes(Fact),
    /// By a fact of this much or more.
    AtLeast(Fact, i64),
    /// By a fact of this much or less.
    AtMost(Fact, i64),
}

use Met::{AtLeast, AtMost, Shown, Yes};

const fn must(place: usize, name: Text, hint: Text, met: Met) -> Row {
    Row {
        place,
        name,
        hint,
        mandatory: true,
        met,
    }
}

const fn may(place: usize, name: Text, hint: Text, met: Met) -> Row {
    Row {
        mandatory: false,
        ..must(place, name, hint, met)
    }
}

const STAFF: Text = Text(
    "在客户资料里填写员工人数",
    "Fill in the account's employees",
);
const NOTES: Text = Text(
    "附上沟通或拜访纪要的链接",
    "Link the notes of a talk or visit",
);

/// The six steps: an opportunity that is obvious, near and valuable, then trust (GATE-18..22).
const SIX_STEPS: &[Row] = &[
    must(
        0,
        Text(
            "发现明显、近在眼前且有价值的销售机会",
            "An opportunity that is obvious, near and valuable",
        ),
        Text(
            "附上立项、预算或招标线索",
            "Link the sign of a project, a budget or a tender",
        ),
        Shown,
    ),
    must(
        1,
        Text(
            "与客户建立信赖关系",
            "A relation of trust with the customer",
        ),
        NOTES,
        Shown,
    ),
    may(
        1,
        Text("决策层至少有一位联系人", "Somebody who decides is known"),
        Text(
            "把决策人加入联系人并标明层级",
            "Add the person and the level",
        ),
        AtLeast(Fact::PeopleDeciding, 1),
    ),
];

/// The seven stages: profile and first screening of a target (GATE-04..06, GATE-15), who decides on a prospect,
/// the third evaluation of a project (GATE-10..14).
const SEVEN_STAGES: &[Row] = &[
    may(
        0,
        Text("员工 50 人以上", "50 employees or more"),
        STAFF,
        AtLeast(Fact::Employees, 50),
    ),
    may(
        0,
        Text(
            "地域分布较广，最好多地点办公",
            "Spread over regions, best on several sites",
        ),
        NOTES,
        Shown,
    ),
    must(
        0,
        Text(
            "名单已搜集，定位精准",
            "The names are collected and to the point",
        ),
        Text("附上客户名单", "Link the list of names"),
        Shown,
    ),
    must(
        0,
        Text("客户需要我们的产品", "The customer needs what we sell"),
        Text(
            "在客户资料里填写是否有需求",
            "Say on the account whether there is a need",
        ),
        Yes(Fact::ManNeed),
    ),
    must(
        0,
        Text("经济效益良好，有钱", "The finances are good"),
        Text(
            "在客户资料里填写购买力",
            "Say on the account whether it can pay",
        ),
        Yes(Fact::ManMoney),
    ),
    may(
        0,
        Text(
            "尚无系统，或系统不完善、效果不好",
            "There is no system yet, or a poor one",
        ),
        NOTES,
        Shown,
    ),
    must(
        0,
        Text(
            "已与高层、行政或信息主管沟通确认",
            "Confirmed by the head, administration or IT",
        ),
        Text(
            "选联系人，并写明电话还是初次拜访",
            "Name the person, and say whether by telephone or at a first visit",
        ),
        Shown,
    ),
    must(
        1,
        Text("掌握决策人信息", "It is known who decides"),
        Text(
            "把决策人加入联系人并标明层级",
            "Add the person and the level",
        ),
        AtLeast(Fact::PeopleDeciding, 1),
    ),
    must(
        1,
        Text(
            "已与决策人沟通需求",
            "The need was talked over with who decides",
        ),
        NOTES,
        Shown,
    ),
    must(
        2,
        Text("客户认可我们的方案", "The customer accepts our solution"),
        Text("附上方案评审结论", "Link the verdict on the proposal"),
        Shown,
    ),
    must(
        2,
        Text("进入三家以内备选", "On a shortlist of three at most"),
        Text(
            "在评估中填写备选家数",
            "Say in an evaluation how many vendors are left",
        ),
        AtMost(Fact::Shortlist, 3),
    ),
    must(
        2,
        Text(
            "软件、实施、服务报价基本符合预期",
            "The quote for software, rollout and service meets what is expected",
        ),
        Text(
            "附上报价单与客户反馈",
            "Link the quote and the answer to it",
        ),
        Shown,
    ),
    must(
        2,
        Text(
            "三个月内签单可能性 50% 以上",
            "A chance of 50% or more to sign within three months",
        ),
        Text("在评估中填写", "Say so in an evaluation"),
        AtLeast(Fact::ChanceSoon, 50),
    ),
];

/// The key-customer funnel: who has a need and money, and is sure soon (FUN-16, GATE-15).
const KEY_CUSTOMERS: &[Row] = &[
    must(
        1,
        Text("有明确的购买意向", "There is a clear intent to buy"),
        Text(
            "在客户资料里填写是否有需求",
            "Say on the account whether there is a need",
        ),
        Yes(Fact::ManNeed),
    ),
    must(
        1,
        Text("有购买力", "There is money for it"),
        Text(
            "在客户资料里填写购买力",
            "Say on the account whether it can pay",
        ),
        Yes(Fact::ManMoney),
    ),
    may(
        1,
        Text("短期内有把握达成订单", "An order is likely soon"),
        Text(
            "在评估中填写三个月内签单的可能性",
            "Say in an evaluation how likely within three months",
        ),
        AtLeast(Fact::ChanceSoon, 50),
    ),
];

/// The seven steps: before the shortlist, the push questions are to be answered (GATE-25).
const SEVEN_STEPS: &[Row] = &[may(
    3,
    Text("推进问题都已回答", "All push questions are answered"),
    Text(
        "在「问题与任务」里逐条回答",
        "Answer them one by one under questions and tasks",
    ),
    AtMost(Fact::QuestionsOpen, 0),
)];

impl Row {
    fn criterion(&self, id: CriterionId, locale: Locale) -> Criterion {
        let fact = |fact: Fact, is: Test| Rule::Fact(FactTest { fact, is });
        Criterion {
            id,
            side: Side::Exit,
            name: self.name.of(locale),
            hint: self.hint.of(locale),
            weight: if self.mandatory { 2 } else { 1 },
            mandatory: self.mandatory,
            rule: match self.met {
                Shown => Rule::Evidence,
                Yes(it) => fact(it, Test::Flag(true)),
                AtLeast(it, least) => fact(it, Test::AtLeast(least)),
                AtMost(it, most) => fact(it, Test::AtMost(most)),
            },
        }
    }
}

impl Method {
    /// What the stages of a funnel made from it ask to begin with, by stage; a stage of the method that
    /// was left out asks for nothing. Every stage on the way of a method with criteria wants a next step
    /// (GATE-24).
    pub fn gates(
        self,
        stages: &[Stage],
        mut new_id: impl FnMut() -> CriterionId,
    ) -> Vec<(StageId, StageGate)> {
        let rows = match self {
            Self::SixSteps => SIX_STEPS,
            Self::SevenStages => SEVEN_STAGES,
            Self::KeyCustomers => KEY_CUSTOMERS,
            Self::SevenSteps => SEVEN_STEPS,
            _ => return Vec::new(),
        };
        let (locale, found) = self.found(stages);
        let open = (0..self.data().2.len()).filter_map(|place| Some((place, found(place)?)));
        let open = open.filter(|(_, stage)| stage.fields.kind == StageKind::Open);
        open.map(|(place, stage)| {
            let own = rows.iter().filter(|row| row.place == place);
            let criteria = own.map(|row| row.criterion(new_id(), locale)).collect();
            let gate = StageGate {
                criteria,
                // A project whose goal was missed can only go back; elsewhere a deal may only stay.
                on_miss: match (self, place) {
                    (Self::SevenStages, 2) => OnMiss::StepBack,
                    _ => OnMiss::Stay,
                },
                needs_next_step: true,
                tests: (self == Self::SixSteps && place == 0).then(TestsRule::default),
                ..StageGate::default()
            };
            (stage.id, gate)
        })
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Validate;
    use crate::id::FunnelId;
    use strum::IntoEnumIterator;
    use uuid::Uuid;

    fn stages(method: Method, locale: Locale) -> Vec<Stage> {
        let id = |place: i32| StageId(Uuid::from_u128(u128::try_from(place).unwrap() + 1));
        let drafts = (0i32..).zip(method.stages(locale));
        drafts
            .map(|(place, draft)| Stage::new(id(place), FunnelId(Uuid::nil()), place, draft.fields))
            .collect()
    }

    fn gates(method: Method, stages: &[Stage]) -> Vec<(StageId, StageGate)> {
        let mut next = 0;
        method.gates(stages, || {
            next += 1;
            CriterionId(Uuid::from_u128(next))
        })
    }

    /// GATE-24, and the limits of what a stage may ask.
    #[test]
    fn what_methods_ask_is_acceptable_in_both_languages() {
        for method in Method::iter() {
            for locale in [Locale::ZhCn, Locale::En] {
                for (_, gate) in gates(method, &stages(method, locale)) {
                    assert_eq!(gate.validated(), Ok(()), "{method:?}");
                    assert!(gate.needs_next_step);
                }
            }
        }
    }

    /// GATE-01, GATE-02, GATE-04, GATE-05, GATE-11..14.
    #[test]
    fn a_project_needs_the_third_evaluation_and_can_only_go_back_without() {
        let stages = stages(Method::SevenStages, Locale::En);
        let gates = gates(Method::SevenStages, &stages);
        let of = |place: usize| &gates[place].1;
        assert_eq!(of(2).criteria.len(), 4);
        assert_eq!(of(2).on_miss, OnMiss::StepBack);
        assert!(of(2).criteria.iter().all(|criterion| criterion.mandatory));
        assert_eq!(of(0).on_miss, OnMiss::Stay);
        let staff = FactTest {
            fact: Fact::Employees,
            is: Test::AtLeast(50),
        };
        assert_eq!(of(0).criteria[0].rule, Rule::Fact(staff));
    }

    /// GATE-04, GATE-05, GATE-06, GATE-15: fits, needs it, can pay, has no good system, confirmed by somebody.
    #[test]
    fn a_target_becomes_a_prospect_by_the_first_screening() {
        let stages = stages(Method::SevenStages, Locale::ZhCn);
        let gates = gates(Method::SevenStages, &stages);
        let first = &gates[0].1;
        let asks = |name: &str| {
            let mut all = first.criteria.iter();
            let found = all.find(|criterion| criterion.name.contains(name));
            let found = found.unwrap_or_else(|| panic!("{name}"));
            (found.mandatory, found.rule.clone())
        };
        let yes = |fact: Fact| {
            let is = Test::Flag(true);
            (true, Rule::Fact(FactTest { fact, is }))
        };
        assert_eq!(asks("需要我们的产品"), yes(Fact::ManNeed));
        assert_eq!(asks("经济效益良好"), yes(Fact::ManMoney));
        assert_eq!(asks("系统不完善"), (false, Rule::Evidence));
        assert_eq!(asks("名单已搜集"), (true, Rule::Evidence));
        assert_eq!(asks("沟通确认"), (true, Rule::Evidence));
        assert!(first.side(Side::Exit).count() == first.criteria.len());
    }

    /// GATE-11, GATE-12, GATE-13, GATE-14: the four of the third evaluation.
    #[test]
    fn the_third_evaluation_asks_for_solution_shortlist_quote_and_chance() {
        let stages = stages(Method::SevenStages, Locale::ZhCn);
        let gates = gates(Method::SevenStages, &stages);
        let rules: Vec<(&str, &Rule)> = gates[2]
            .1
            .criteria
            .iter()
            .map(|criterion| (criterion.name.as_str(), &criterion.rule))
            .collect();
        let fact = |fact: Fact, is: Test| Rule::Fact(FactTest { fact, is });
        assert_eq!(
            rules,
            [
                ("客户认可我们的方案", &Rule::Evidence),
                ("进入三家以内备选", &fact(Fact::Shortlist, Test::AtMost(3))),
                ("软件、实施、服务报价基本符合预期", &Rule::Evidence),
                (
                    "三个月内签单可能性 50% 以上",
                    &fact(Fact::ChanceSoon, Test::AtLeast(50))
                ),
            ]
        );
    }

    /// GATE-20, GATE-21: the five tests stand at the end of the first step.
    #[test]
    fn the_first_of_the_six_steps_ends_with_the_five_tests() {
        let stages = stages(Method::SixSteps, Locale::ZhCn);
        let gates = gates(Method::SixSteps, &stages);
        assert_eq!(gates.len(), 5, "the stages on the way");
        assert!(gates[0].1.tests.is_some());
        assert!(gates[1..].iter().all(|(_, gate)| gate.tests.is_none()));
    }

    /// GATE-25: unanswered push questions hold nothing back and count for the probability, 25 to 50 percent.
    #[test]
    fn before_the_shortlist_the_push_questions_count_for_the_probability() {
        let stages = stages(Method::SevenSteps, Locale::En);
        let gates = gates(Method::SevenSteps, &stages);
        let asked = &gates[3].1.criteria;
        assert_eq!((asked.len(), asked[0].mandatory), (1, false));
        let all = FactTest {
            fact: Fact::QuestionsOpen,
            is: Test::AtMost(0),
        };
        assert_eq!(asked[0].rule, Rule::Fact(all));
        let others = gates.iter().filter(|(id, _)| *id != stages[3].id);
        assert!(others.into_iter().all(|(_, gate)| gate.criteria.is_empty()));
    }

    #[test]
    fn a_stage_that_was_left_out_asks_for_nothing() {
        let mut fewer = stages(Method::KeyCustomers, Locale::En);
        fewer.remove(1);
        let gates = gates(Method::KeyCustomers, &fewer);
        assert!(gates.iter().all(|(_, gate)| gate.criteria.is_empty()));
    }
}
