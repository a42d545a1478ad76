//! The set that comes with the product, in both languages and in words of ours: the source names the five
//! topics and leaves the conditions to the organisation.

use super::super::ContactLevel;
use super::rules::{
    ManPart, PeopleKnown, Says, ScreeningChoice, ScreeningCriterion, ScreeningRules, ScreeningTest,
    ScreeningTopic,
};
use crate::id::{ChoiceId, OrgId, ScreeningCriterionId};
use crate::identity::Locale;
use uuid::Uuid;

/// A text in Chinese and English.
type Both = (&'static str, &'static str);

/// A question that comes with the product: its number, topic, weight, words and answers.
struct Question {
    number: u128,
    topic: ScreeningTopic,
    weight: i16,
    name: Both,
    answers: [(Both, Says); 3],
}

const QUESTIONS: [Question; 4] = [
    Question {
        number: 0x11,
        topic: ScreeningTopic::DecisionStructure,
        weight: 3,
        name: ("采购由谁决定？", "Who decides on purchases?"),
        answers: [
            (("一位能见到的负责人", "One person we can meet"), Says::For),
            (
                ("一个流程清楚的小组", "A group with a known way of deciding"),
                Says::Neutral,
            ),
            (
                (
                    "说不清，或在外地总部",
                    "Nobody can say, or a head office elsewhere",
                ),
                Says::Against,
            ),
        ],
    },
    Question {
        number: 0x12,
        topic: ScreeningTopic::PurchaseTraits,
        weight: 2,
        name: ("他们怎样采购？", "How do they buy?"),
        answers: [
            (("看重效果和服务", "By effect and service"), Says::For),
            (
                ("效果和价格都比", "By effect and price alike"),
                Says::Neutral,
            ),
            (("只比最低价", "By the lowest price alone"), Says::Against),
        ],
    },
    Question {
        number: 0x13,
        topic: ScreeningTopic::Income,
        weight: 2,
        name: ("近年收入状况如何？", "How has their income been?"),
        answers: [
            (("增长", "Growing"), Says::For),
            (("持平", "Steady"), Says::Neutral),
            (("下降或亏损", "Falling, or at a loss"), Says::Against),
        ],
    },
    Question {
        number: 0x14,
        topic: ScreeningTopic::Region,
        weight: 2,
        name: (
            "当地对这类采购的态度如何？",
            "What do people of the region think of such a purchase?",
        ),
        answers: [
            (("愿意先行一步", "They like to be first"), Says::For),
            (("等同行先用", "They wait for their peers"), Says::Neutral),
            (("不愿为此花钱", "They will not spend on it"), Says::Against),
        ],
    },
];

/// The rest: what the record says already.
const RECORDED: [(u128, ScreeningTopic, i16, bool, Both, ScreeningTest); 4] = [
    (
        0x01,
        ScreeningTopic::DecisionStructure,
        3,
        false,
        (
            "至少认识一位决策人",
            "At least one person who decides is known",
        ),
        ScreeningTest::People(PeopleKnown {
            level: Some(ContactLevel::Deciding),
            at_least: 1,
        }),
    ),
    (
        0x02,
        ScreeningTopic::PurchaseTraits,
        3,
        true,
        ("有需求", "They need it"),
        ScreeningTest::Man(ManPart::Need),
    ),
    (
        0x03,
        ScreeningTopic::Income,
        3,
        false,
        ("有支付能力", "They can pay"),
        ScreeningTest::Man(ManPart::Money),
    ),
    (
        0x05,
        ScreeningTopic::SigningCycle,
        2,
        false,
        ("预计 180 天内签约", "Signing is expected within 180 days"),
        ScreeningTest::SignsWithin(180),
    ),
];

/// Ids that no other thing has; the same in every organisation, which keeps answers across languages.
const ROOT: u128 = 0x0193_5400_0000_7000_8000_5c4e_0000_0000;

impl ScreeningRules {
    /// The set of an organisation that wrote none, in a language. Only the words depend on it.
    #[must_use]
    pub fn usual(id: OrgId, locale: Locale) -> Self {
        let word = |(zh, en): Both| match locale {
            Locale::ZhCn => zh.to_owned(),
            Locale::En => en.to_owned(),
        };
        let id_of = |number: u128| Uuid::from_u128(ROOT + number * 0x10);
        let recorded =
            RECORDED
                .into_iter()
                .map(
                    |(number, topic, weight, mandatory, name, test)| ScreeningCriterion {
                        id: ScreeningCriterionId(id_of(number)),
                        topic,
                        name: word(name),
                        weight,
                        mandatory,
                        test,
                    },
                );
        let asked = QUESTIONS.into_iter().map(|question| {
            let choices = (1..).zip(question.answers);
            let choices = choices.map(|(place, (name, says))| ScreeningChoice {
                id: ChoiceId(Uuid::from_u128(ROOT + question.number * 0x10 + place)),
                name: word(name),
                says,
            });
            ScreeningCriterion {
                id: ScreeningCriterionId(id_of(question.number)),
                topic: question.topic,
                name: word(question.name),
                weight: question.weight,
                mandatory: false,
                test: ScreeningTest::Question(choices.collect()),
            }
        });
        let mut criteria: Vec<ScreeningCriterion> = recorded.chain(asked).collect();
        criteria.sort_by_key(|criterion| criterion.topic);
        Self {
            id,
            criteria,
            pass_share: 60,
            review_days: 90,
            is_usual: true,
            version: 1,
            criteria_version: 1,
        }
    }
}
