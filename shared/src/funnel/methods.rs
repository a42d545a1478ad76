//! The sales methods that come with the product as stage lists; a funnel is made from one and then
//! belongs to its organisation.
//!
//! Names and texts come from the source documents where they give them; what they leave open is
//! filled with defaults of ours. Probabilities and days are ours throughout, except where a method
//! names them.

use super::{StageColour, StageDraft, StageFields, StageKind};
use crate::identity::Locale;
use strum::{AsRefStr, EnumIter, EnumString};

/// A method of the library.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, AsRefStr, EnumString, EnumIter)]
#[strum(serialize_all = "snake_case")]
pub enum Method {
    /// Six-step sale (FUN-21).
    SixSteps,
    /// Key-customer funnel of four stages (FUN-16).
    KeyCustomers,
}

struct Text(&'static str, &'static str);

impl Text {
    fn of(&self, locale: Locale) -> String {
        match locale {
            Locale::ZhCn => self.0,
            Locale::En => self.1,
        }
        .to_owned()
    }
}

struct Row {
    kind: StageKind,
    probability: i16,
    rot_days: Option<i16>,
    colour: StageColour,
    name: Text,
    definition: Text,
    goal: Text,
    entry: Text,
    exit: Text,
}

impl Method {
    /// The funnel's name in a language.
    #[must_use]
    pub fn name(self, locale: Locale) -> String {
        match self {
            Self::SixSteps => Text("大客户新签", "Key account sales").of(locale),
            Self::KeyCustomers => Text("重点客户漏斗", "Key customer funnel").of(locale),
        }
    }

    /// The stages in order, the lost one last.
    #[must_use]
    pub fn stages(self, locale: Locale) -> Vec<StageDraft> {
        let rows: &[Row] = match self {
            Self::SixSteps => SIX_STEPS,
            Self::KeyCustomers => KEY_CUSTOMERS,
        };
        rows.iter()
            .chain([&LOST])
            .map(|row| StageDraft {
                id: None,
                fields: StageFields {
                    name: row.name.of(locale),
                    kind: row.kind,
                    probability: row.probability,
                    probability_high: None,
                    definition: row.definition.of(locale),
                    goal: row.goal.of(locale),
                    entry_text: row.entry.of(locale),
                    exit_text: row.exit.of(locale),
                    rot_days: row.rot_days,
                    colour: row.colour,
                },
            })
            .collect()
    }
}

const LOST: Row = Row {
    kind: StageKind::Lost,
    probability: 0,
    rot_days: None,
    colour: StageColour::Slate,
    name: Text("丢单", "Lost"),
    definition: Text("客户在任一阶段流失", "The customer left at some stage"),
    goal: Text("记下真实原因", "Record the true reason"),
    entry: Text("说明丢单原因", "A loss reason is given"),
    exit: Text("", ""),
};

/// FUN-21, GATE-18, GATE-22.
const SIX_STEPS: &[Row] = &[
    Row {
        kind: StageKind::Open,
        probability: 10,
        rot_days: Some(30),
        colour: StageColour::Slate,
        name: Text("客户分析", "Account analysis"),
        definition: Text(
            "收集资料,分析组织,判断销售机会",
            "Gather facts, analyse the organisation, judge the chance",
        ),
        goal: Text(
            "判断并发现明确的销售机会",
            "Judge and find a clear sales opportunity",
        ),
        entry: Text("锁定目标客户", "The target account is fixed"),
        exit: Text(
            "发现明显、近在眼前并且有价值的销售机会",
            "The opportunity is obvious, near and valuable",
        ),
    },
    Row {
        kind: StageKind::Open,
        probability: 20,
        rot_days: Some(30),
        colour: StageColour::Violet,
        name: Text("建立信任", "Build trust"),
        definition: Text(
            "与关键人从认识走到信赖",
            "From acquaintance to trust with the people who count",
        ),
        goal: Text(
            "与客户建立信赖关系",
            "A relation of trust with the customer",
        ),
        entry: Text("发现明确的销售机会", "A clear opportunity was found"),
        exit: Text("与客户建立信赖关系", "The relation of trust stands"),
    },
    Row {
        kind: StageKind::Open,
        probability: 40,
        rot_days: Some(30),
        colour: StageColour::Indigo,
        name: Text("挖掘需求", "Explore needs"),
        definition: Text(
            "完整、清晰地掌握客户的需求",
            "Know the customer's needs fully and clearly",
        ),
        goal: Text("得到客户确认的需求", "Needs confirmed by the customer"),
        entry: Text("与客户建立信赖关系", "The relation of trust stands"),
        exit: Text(
            "需求得到客户确认",
            "The needs are confirmed by the customer",
        ),
    },
    Row {
        kind: StageKind::Open,
        probability: 60,
        rot_days: Some(30),
        colour: StageColour::Blue,
        name: Text("呈现价值", "Present value"),
        definition: Text(
            "提交方案,呈现差异与价值",
            "Offer the solution, show difference and worth",
        ),
        goal: Text("客户认可我们的方案", "The customer accepts our solution"),
        entry: Text(
            "需求得到客户确认",
            "The needs are confirmed by the customer",
        ),
        exit: Text(
            "方案得到认可,开始商务谈判",
            "The solution is accepted, negotiation begins",
        ),
    },
    Row {
        kind: StageKind::Open,
        probability: 80,
        rot_days: Some(30),
        colour: StageColour::Teal,
        name: Text("赢取承诺", "Win commitment"),
        definition: Text("消除顾虑,谈判,签约", "Resolve concerns, negotiate, sign"),
        goal: Text("签订合同", "A signed contract"),
        entry: Text("开始商务谈判", "Negotiation begins"),
        exit: Text("签订合同", "The contract is signed"),
    },
    Row {
        kind: StageKind::Won,
        probability: 100,
        rot_days: None,
        colour: StageColour::Green,
        name: Text("跟进服务", "Follow-up service"),
        definition: Text(
            "交付、回款、满意、重复购买和转介绍",
            "Delivery, payment, satisfaction, repeat purchase, referral",
        ),
        goal: Text("客户满意并再次购买", "A satisfied customer who buys again"),
        entry: Text("签订合同", "The contract is signed"),
        exit: Text("", ""),
    },
];

/// FUN-16.
const KEY_CUSTOMERS: &[Row] = &[
    Row {
        kind: StageKind::Open,
        probability: 5,
        rot_days: Some(60),
        colour: StageColour::Slate,
        name: Text("目标市场", "Target market"),
        definition: Text(
            "按购买力、渠道、地区细分出的客户群",
            "Customers sliced by buying power, channel and region",
        ),
        goal: Text("筛选出潜在客户", "Sift out the prospects"),
        entry: Text("属于目标市场", "Part of the target market"),
        exit: Text("符合潜在客户判定条件", "Meets the conditions of a prospect"),
    },
    Row {
        kind: StageKind::Open,
        probability: 20,
        rot_days: Some(45),
        colour: StageColour::Violet,
        name: Text("潜在客户", "Prospect"),
        definition: Text(
            "有需求、有购买力,意向尚不明确",
            "Has need and means, intent not clear yet",
        ),
        goal: Text("确认购买意向", "Confirm the intent to buy"),
        entry: Text("符合潜在客户判定条件", "Meets the conditions of a prospect"),
        exit: Text("有明确购买意向", "Intent to buy is clear"),
    },
    Row {
        kind: StageKind::Open,
        probability: 60,
        rot_days: Some(30),
        colour: StageColour::Blue,
        name: Text("目标客户", "Target customer"),
        definition: Text(
            "有明确购买意向、有购买力、短期内有把握达成订单的客户",
            "Clear intent, means to buy, an order within reach soon",
        ),
        goal: Text("达成订单", "Reach the order"),
        entry: Text("有明确购买意向", "Intent to buy is clear"),
        exit: Text(
            "签订合同并支付足额首款",
            "Contract signed and first payment made in full",
        ),
    },
    Row {
        kind: StageKind::Won,
        probability: 100,
        rot_days: None,
        colour: StageColour::Green,
        name: Text("签约客户", "Signed customer"),
        definition: Text(
            "签订合同并支付足额首款的客户",
            "Contract signed and first payment made in full",
        ),
        goal: Text("按期获得全款", "All payments on time"),
        entry: Text(
            "签订合同并支付足额首款",
            "Contract signed and first payment made in full",
        ),
        exit: Text("", ""),
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Validate;
    use crate::funnel::NewFunnel;
    use strum::IntoEnumIterator;

    #[test]
    fn every_method_makes_a_valid_funnel_in_both_languages_fun_16_fun_21() {
        for method in Method::iter() {
            for locale in [Locale::ZhCn, Locale::En] {
                let funnel = NewFunnel {
                    name: method.name(locale),
                    stages: method.stages(locale),
                };
                assert_eq!(funnel.validated(), Ok(()));
            }
        }
        assert_eq!(Method::SixSteps.stages(Locale::ZhCn).len(), 7);
        assert_eq!(Method::KeyCustomers.stages(Locale::En).len(), 5);
    }
}
