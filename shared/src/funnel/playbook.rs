//! The playbooks that come with the product (SIX-08, SIX-11): SPIN, solution selling and what answers
//! objections, in both languages. What the questions and plays say is in words of ours.

use super::methods::Text;
use super::{ObjectionAnswer, ObjectionClass, ScriptKind};
use crate::identity::Locale;
use serde::{Deserialize, Serialize};
use strum::{AsRefStr, EnumIter, EnumString, IntoEnumIterator};

/// A playbook that comes with the product. Append-only: scripts keep from which they were taken over.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, AsRefStr, EnumString, EnumIter,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Playbook {
    /// Situation, problem, implication, need-payoff.
    Spin,
    /// Solution selling.
    SolutionSelling,
    /// Against doubts of quality: certificates.
    Certificates,
    /// Against doubts of quality: cases of happy customers.
    Cases,
    /// Against the price: a comparison.
    Comparison,
    /// Against the price: what is added to it.
    AddedValue,
    /// Against the price: flexible plans.
    FlexiblePlans,
    /// Against the price: a trial.
    Trial,
    /// Against doubts of service: how it goes.
    Process,
    /// Against doubts of service: who serves.
    Team,
    /// Against doubts of service: a signed agreement.
    Agreement,
}

/// A playbook as it is offered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OfferedPlaybook {
    /// Its key, to be sent as `playbook` with the script that is made from it.
    pub key: Playbook,
    /// What it is.
    pub kind: ScriptKind,
    /// The class of objection that it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub objection_class: Option<ObjectionClass>,
    /// Its title.
    pub title: String,
    /// What it says.
    pub body: String,
    /// Whether its words are ours, and not those of a source.
    pub is_ours: bool,
    /// Whether a script in use was taken over from it.
    pub is_taken: bool,
}

impl Playbook {
    /// Those of a kind or all, in their order, behind `last`.
    pub fn after(kind: Option<ScriptKind>, last: Option<Self>) -> impl Iterator<Item = Self> {
        let place = last.and_then(|last| Self::iter().position(|one| one == last));
        Self::iter()
            .skip(place.map_or(0, |place| place + 1))
            .filter(move |one| kind.is_none_or(|kind| one.kind() == kind))
    }

    /// What it is.
    #[must_use]
    pub const fn kind(self) -> ScriptKind {
        match self {
            Self::Spin => ScriptKind::Spin,
            Self::SolutionSelling => ScriptKind::SolutionSelling,
            _ => ScriptKind::ObjectionAnswer,
        }
    }

    /// The answer to an objection that it is.
    #[must_use]
    pub const fn answer(self) -> Option<ObjectionAnswer> {
        Some(match self {
            Self::Spin | Self::SolutionSelling => return None,
            Self::Certificates => ObjectionAnswer::Certificates,
            Self::Cases => ObjectionAnswer::Cases,
            Self::Comparison => ObjectionAnswer::Comparison,
            Self::AddedValue => ObjectionAnswer::AddedValue,
            Self::FlexiblePlans => ObjectionAnswer::FlexiblePlans,
            Self::Trial => ObjectionAnswer::Trial,
            Self::Process => ObjectionAnswer::Process,
            Self::Team => ObjectionAnswer::Team,
            Self::Agreement => ObjectionAnswer::Agreement,
        })
    }

    /// It in a language.
    #[must_use]
    pub fn told(self, locale: Locale, is_taken: bool) -> OfferedPlaybook {
        let answer = self.answer();
        let body = match answer {
            Some(answer) => answer.text(locale),
            None if self == Self::Spin => SPIN.of(locale),
            None => SOLUTION_SELLING.of(locale),
        };
        OfferedPlaybook {
            key: self,
            kind: self.kind(),
            objection_class: answer.map(ObjectionAnswer::class),
            title: self.title().of(locale),
            body,
            is_ours: true,
            is_taken,
        }
    }

    const fn title(self) -> Text {
        match self {
            Self::Spin => Text("SPIN 提问顺序", "SPIN: questions in their order"),
            Self::SolutionSelling => Text("解决方案销售", "Solution selling"),
            Self::Certificates => Text("质量疑虑：出示认证", "Quality: show certificates"),
            Self::Cases => Text(
                "质量疑虑：讲满意客户的案例",
                "Quality: tell of happy customers",
            ),
            Self::Comparison => Text("价格疑虑：比总成本", "Price: compare the whole cost"),
            Self::AddedValue => Text("价格疑虑：讲附加价值", "Price: what comes with it"),
            Self::FlexiblePlans => Text("价格疑虑：灵活方案", "Price: flexible plans"),
            Self::Trial => Text("价格疑虑：提供试用", "Price: a trial"),
            Self::Process => Text("售后疑虑：讲清流程", "After-sales: how service goes"),
            Self::Team => Text("售后疑虑：介绍团队", "After-sales: who serves"),
            Self::Agreement => Text("售后疑虑：签署协议", "After-sales: a signed agreement"),
        }
    }
}

const SPIN: Text = Text(
    "按四组问题推进，先问后讲，每组问透再往下走。\n\n\
     一、背景问题（S）：弄清现状，少而准，查得到的不问。\n\
     · 这一段现在是怎么做的，由谁负责？\n\
     · 在用的是哪一年的哪一套，还要用多久？\n\n\
     二、难点问题（P）：请对方说出不满意的地方。\n\
     · 哪一步最容易出错，多久出一次？\n\
     · 出了问题，谁最着急？\n\n\
     三、暗示问题（I）：把难点的后果一层层问出来。\n\
     · 停一次线，误了哪些交付，算下来多少钱？\n\
     · 再拖一年，对部门的考核有什么影响？\n\n\
     四、需求效益问题（N）：让对方自己说出解决之后的好处。\n\
     · 如果夜里不再误报，班组可以省出多少时间？\n\
     · 这笔省下来的钱，您打算怎么向上面讲？\n\n\
     说出好处之后再讲方案，只讲对得上这些好处的部分。",
    "Go through four groups of questions; ask before you tell, and finish one group before the next.\n\n\
     1. Situation: how things are. Few and sharp, and nothing you could have looked up.\n\
     - How is this done today, and who answers for it?\n\
     - What is in use, from which year, and for how much longer?\n\n\
     2. Problem: let them say what they are not content with.\n\
     - Which step goes wrong most easily, and how often?\n\
     - Who feels it first when it does?\n\n\
     3. Implication: ask for what follows from it, layer by layer.\n\
     - When the line stops, which deliveries are late, and what does that cost?\n\
     - If it stays like this for a year, what does it do to your department's targets?\n\n\
     4. Need-payoff: let them say what it would be worth.\n\
     - Without false alarms at night, how much time would the shift win?\n\
     - How would you tell those above you of what that saves?\n\n\
     Speak of the solution only now, and only of what brings these benefits.",
);

const SOLUTION_SELLING: Text = Text(
    "卖的是问题的解决，不是产品清单。\n\n\
     1. 找痛点：谁、在哪件事上、损失多少？没有痛点就没有项目。\n\
     2. 找主人：这个痛点归谁管，他往上又牵动谁的指标？\n\
     3. 诊断原因：和对方一起列出两三个原因，逐个问影响和成本。\n\
     4. 共同描绘：如果每个原因都消除，那时谁能做到什么、什么时候、靠什么？\n\
     5. 算清价值：用对方的数字写下现状损失、投入和收回的时间。\n\
     6. 证明能力：按对方的标准演示、试用或走访同行，事先约定看什么。\n\
     7. 约定路径：把评估步骤、参与的人和日期写成计划，双方确认，逐步走完。",
    "What is sold is a problem solved, not a list of products.\n\n\
     1. Find the pain: whose is it, where, and what does it cost? Without pain there is no project.\n\
     2. Find its owner: who answers for it, and whose figures does it touch further up?\n\
     3. Diagnose: list two or three causes together; ask of each what it does and costs.\n\
     4. Picture it together: were each cause gone, who could do what, when and by what?\n\
     5. Count the worth: in their figures, what is lost today, what is spent, when it is earned back.\n\
     6. Prove it: by a demonstration, trial or visit measured by their criteria, agreed beforehand.\n\
     7. Agree the way: steps of the evaluation, people and days in one plan, confirmed by both, step by step.",
);

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// SIX-08: both methods are there, with their parts, in both languages, and say that the words are ours.
    #[test]
    fn spin_and_solution_selling_come_in_both_languages() {
        let spin = Playbook::Spin.told(Locale::En, false);
        assert_eq!((spin.kind, spin.is_ours), (ScriptKind::Spin, true));
        let places: Vec<usize> = ["Situation", "Problem", "Implication", "Need-payoff"]
            .iter()
            .map(|part| spin.body.find(&format!("{part}:")).unwrap())
            .collect();
        assert!(places.is_sorted(), "in the order of the letters");
        let chinese = Playbook::Spin.told(Locale::ZhCn, false).body;
        for part in ["背景问题", "难点问题", "暗示问题", "需求效益问题"] {
            assert!(chinese.contains(part), "{part}");
        }
        let plays = Playbook::SolutionSelling;
        assert_eq!(plays.kind(), ScriptKind::SolutionSelling);
        assert_ne!(
            plays.told(Locale::En, false).body,
            plays.told(Locale::ZhCn, false).body
        );
    }

    /// SIX-11: each answer to an objection is a playbook, of its class and in its words.
    #[test]
    fn every_answer_to_an_objection_is_a_playbook_in_its_words() {
        let answers: Vec<ObjectionAnswer> = Playbook::iter().filter_map(Playbook::answer).collect();
        assert_eq!(answers, ObjectionAnswer::iter().collect::<Vec<_>>());
        for playbook in Playbook::after(Some(ScriptKind::ObjectionAnswer), None) {
            let answer = playbook.answer().unwrap();
            assert_eq!(playbook.as_ref(), answer.as_ref());
            let told = playbook.told(Locale::En, true);
            assert_eq!(told.objection_class, Some(answer.class()));
            assert_eq!(told.body, answer.text(Locale::En));
            assert!(told.is_taken);
        }
    }

    #[test]
    fn no_two_playbooks_say_the_same_and_each_fits_the_library() {
        use crate::check::Validate;
        use crate::funnel::{NewScript, ScriptAim};
        let mut said = BTreeSet::new();
        for locale in [Locale::ZhCn, Locale::En] {
            for playbook in Playbook::iter() {
                let told = playbook.told(locale, false);
                let script = NewScript {
                    kind: told.kind,
                    title: told.title.clone(),
                    body: told.body.clone(),
                    aim: ScriptAim::default(),
                    playbook: Some(told.key),
                };
                assert!(script.validated().is_ok(), "{playbook:?}");
                assert!(
                    said.insert(told.title) && said.insert(told.body),
                    "{playbook:?}"
                );
            }
        }
    }

    #[test]
    fn those_behind_one_are_the_rest_of_their_kind() {
        let rest: Vec<Playbook> =
            Playbook::after(Some(ScriptKind::ObjectionAnswer), Some(Playbook::Process)).collect();
        assert_eq!(rest, [Playbook::Team, Playbook::Agreement]);
        assert_eq!(
            Playbook::after(None, None).count(),
            Playbook::iter().count()
        );
    }
}
