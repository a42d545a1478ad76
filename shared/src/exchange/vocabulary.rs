//! Words that files of every house share: industries, countries, stages, reasons, levels.
//!
//! They only help to see slips (`technolgy`) and meanings (`赢单`); a word that is not here is as good.

use super::text::normalise;
use crate::accounts::{Prospecting, Tier};
use crate::funnel::{LossReason, StageKind};
use crate::identity::SellerLevel;

/// Industries as files name them.
pub const INDUSTRIES: &[&str] = &[
    "advertising",
    "aerospace",
    "agriculture",
    "automotive",
    "banking",
    "biotechnology",
    "chemicals",
    "construction",
    "consulting",
    "education",
    "electronics",
    "employment",
    "energy",
    "engineering",
    "entertainment",
    "finance",
    "government",
    "healthcare",
    "hospitality",
    "insurance",
    "logistics",
    "manufacturing",
    "marketing",
    "media",
    "medical",
    "mining",
    "pharmaceuticals",
    "real estate",
    "retail",
    "services",
    "software",
    "technology",
    "telecommunications",
    "textiles",
    "tourism",
    "transportation",
    "utilities",
    "wholesale",
    "互联网",
    "信息技术",
    "制造业",
    "医疗健康",
    "建筑业",
    "房地产",
    "批发零售",
    "教育培训",
    "能源化工",
    "物流运输",
    "电子商务",
    "金融服务",
];

/// Countries and territories of trade, as English files name them.
pub const COUNTRIES: &[&str] = &[
    "Afghanistan",
    "Albania",
    "Algeria",
    "Angola",
    "Argentina",
    "Armenia",
    "Australia",
    "Austria",
    "Azerbaijan",
    "Bahrain",
    "Bangladesh",
    "Belarus",
    "Belgium",
    "Bolivia",
    "Bosnia and Herzegovina",
    "Botswana",
    "Brazil",
    "Bulgaria",
    "Cambodia",
    "Cameroon",
    "Canada",
    "Chile",
    "China",
    "Colombia",
    "Costa Rica",
    "Croatia",
    "Cuba",
    "Cyprus",
    "Czech Republic",
    "Denmark",
    "Dominican Republic",
    "Ecuador",
    "Egypt",
    "El Salvador",
    "Estonia",
    "Ethiopia",
    "Finland",
    "France",
    "Georgia",
    "Germany",
    "Ghana",
    "Greece",
    "Guatemala",
    "Honduras",
    "Hong Kong",
    "Hungary",
    "Iceland",
    "India",
    "Indonesia",
    "Ireland",
    "Israel",
    "Italy",
    "Ivory Coast",
    "Jamaica",
    "Japan",
    "Jordan",
    "Kazakhstan",
    "Kenya",
    "Korea",
    "Kuwait",
    "Kyrgyzstan",
    "Latvia",
    "Lebanon",
    "Libya",
    "Lithuania",
    "Luxembourg",
    "Macau",
    "Malaysia",
    "Malta",
    "Mauritius",
    "Mexico",
    "Moldova",
    "Mongolia",
    "Montenegro",
    "Morocco",
    "Mozambique",
    "Myanmar",
    "Namibia",
    "Nepal",
    "Netherlands",
    "New Zealand",
    "Nicaragua",
    "Nigeria",
    "North Macedonia",
    "Norway",
    "Oman",
    "Pakistan",
    "Panama",
    "Paraguay",
    "Peru",
    "Philippines",
    "Poland",
    "Portugal",
    "Qatar",
    "Romania",
    "Russia",
    "Rwanda",
    "Saudi Arabia",
    "Senegal",
    "Serbia",
    "Singapore",
    "Slovakia",
    "Slovenia",
    "South Africa",
    "South Korea",
    "Spain",
    "Sri Lanka",
    "Sudan",
    "Sweden",
    "Switzerland",
    "Taiwan",
    "Tajikistan",
    "Tanzania",
    "Thailand",
    "Tunisia",
    "Turkey",
    "Turkmenistan",
    "Uganda",
    "Ukraine",
    "United Arab Emirates",
    "United Kingdom",
    "United States",
    "Uruguay",
    "Uzbekistan",
    "Venezuela",
    "Vietnam",
    "Yemen",
    "Zambia",
    "Zimbabwe",
];

/// What a stage's name says about its kind.
#[must_use]
pub fn stage_kind(name: &str) -> StageKind {
    const LOST: &[&str] = &[
        "lost",
        "loss",
        "dead",
        "disqualif",
        "abandon",
        "rejected",
        "丢",
        "输",
        "流失",
        "失败",
        "失单",
        "放弃",
        "无效",
    ];
    const WON: &[&str] = &[
        "won", "win", "signed", "closed", "赢", "成交", "签约", "已签", "成功", "回款",
    ];
    let name = normalise(name);
    let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
    if has(LOST) {
        StageKind::Lost
    } else if has(WON) && name != "winning" {
        StageKind::Won
    } else {
        StageKind::Open
    }
}

/// Where an open stage usually comes, from 0; names that say nothing come in the middle.
#[must_use]
pub fn stage_place(name: &str) -> u8 {
    const STEPS: &[&[&str]] = &[
        &["lead", "suspect", "targetmarket", "线索", "目标市场"],
        &["prospect", "new", "潜在", "初步", "新建", "客户分析"],
        &["qualif", "意向", "建立信任", "立项"],
        &[
            "engag", "contact", "discover", "need", "接触", "拜访", "需求",
        ],
        &["demo", "present", "evaluat", "演示", "方案", "呈现", "测试"],
        &["propos", "quot", "报价", "投标"],
        &["negotia", "谈判", "商务", "承诺"],
        &["contract", "commit", "verbal", "合同"],
    ];
    let name = normalise(name);
    let place = STEPS
        .iter()
        .position(|words| words.iter().any(|word| name.contains(word)));
    place
        .and_then(|place| u8::try_from(place).ok())
        .unwrap_or(4)
}

/// The reason a word stands for.
#[must_use]
pub fn loss_reason(text: &str) -> Option<LossReason> {
    let text = normalise(text);
    let reasons: &[(LossReason, &[&str])] = &[
        (
            LossReason::Price,
            &["price", "expensive", "cost", "价格", "太贵"],
        ),
        (
            LossReason::Competitor,
            &["competitor", "competition", "竞争", "竞品", "对手"],
        ),
        (LossReason::Budget, &["budget", "funding", "预算", "没钱"]),
        (
            LossReason::Timing,
            &["timing", "postponed", "delay", "推迟", "延期", "时机"],
        ),
        (
            LossReason::Fit,
            &["fit", "feature", "product", "功能", "产品", "不匹配"],
        ),
        (
            LossReason::Relationship,
            &["relation", "contact left", "关系", "失联"],
        ),
        (
            LossReason::NoDecision,
            &["nodecision", "status quo", "未决", "不做", "维持现状"],
        ),
        (LossReason::Unknown, &["unknown", "na", "未知", "不详"]),
        (LossReason::Other, &["other", "其他", "其它"]),
    ];
    let exact = text.parse::<LossReason>().ok();
    exact.or_else(|| {
        reasons
            .iter()
            .find(|(_, words)| {
                words.iter().any(|word| {
                    let word = normalise(word);
                    text == word || (word.len() > 3 && text.contains(&word))
                })
            })
            .map(|(reason, _)| *reason)
    })
}

/// The level a word stands for.
#[must_use]
pub fn level(text: &str) -> Option<SellerLevel> {
    match normalise(text).as_str() {
        "junior" | "初级" | "1" => Some(SellerLevel::Junior),
        "middle" | "mid" | "intermediate" | "中级" | "2" => Some(SellerLevel::Middle),
        "senior" | "高级" | "资深" | "3" => Some(SellerLevel::Senior),
        _ => None,
    }
}

/// The tier a word stands for.
#[must_use]
pub fn tier(text: &str) -> Option<Tier> {
    match normalise(text).as_str() {
        "a" | "a类" | "a级" | "tiera" | "tier1" => Some(Tier::A),
        "b" | "b类" | "b级" | "tierb" | "tier2" => Some(Tier::B),
        "c" | "c类" | "c级" | "tierc" | "tier3" => Some(Tier::C),
        _ => None,
    }
}

/// The method of finding customers that a word stands for (LEAD-01).
#[must_use]
pub fn prospecting(text: &str) -> Option<Prospecting> {
    let text = normalise(text);
    match text.strip_suffix("法").unwrap_or(&text) {
        "carpet" | "doortodoor" | "coldcall" | "coldcalling" | "地毯式" | "地毯式搜索" | "陌拜"
        | "扫街" => Some(Prospecting::Carpet),
        "advertising" | "advertisement" | "ad" | "ads" | "广告" | "广告搜索" => {
            Some(Prospecting::Advertising)
        }
        "centre" | "center" | "centreofinfluence" | "centerofinfluence" | "中心开花" => {
            Some(Prospecting::Centre)
        }
        "chain" | "referral" | "referrals" | "连锁关系链" | "关系链" | "转介绍" => {
            Some(Prospecting::Chain)
        }
        "seminar" | "seminars" | "discussion" | "讨论会" | "研讨会" => {
            Some(Prospecting::Seminar)
        }
        "meeting" | "meetings" | "conference" | "会议" | "会议寻找" => {
            Some(Prospecting::Meeting)
        }
        _ => None,
    }
}

/// The currency a word stands for, as an ISO 4217 code.
#[must_use]
pub fn currency(text: &str) -> Option<crate::money::Currency> {
    let code = match text.trim() {
        "¥" | "￥" | "RMB" | "人民币" | "元" => "CNY",
        "$" | "US$" | "美元" => "USD",
        "€" | "欧元" => "EUR",
        "£" | "英镑" => "GBP",
        other => return crate::money::Currency::parse(&other.to_uppercase()),
    };
    crate::money::Currency::parse(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stage_names_say_their_kind() {
        for (name, kind) in [
            ("Won", StageKind::Won),
            ("Closed Won", StageKind::Won),
            ("Closed Lost", StageKind::Lost),
            ("赢单", StageKind::Won),
            ("丢单", StageKind::Lost),
            ("Engaging", StageKind::Open),
            ("商务谈判", StageKind::Open),
        ] {
            assert_eq!(stage_kind(name), kind, "{name}");
        }
        assert!(stage_place("Prospecting") < stage_place("Engaging"));
        assert!(stage_place("方案") < stage_place("商务谈判"));
    }

    #[test]
    fn words_have_meanings() {
        assert_eq!(loss_reason("价格太高"), Some(LossReason::Price));
        assert_eq!(loss_reason("no_decision"), Some(LossReason::NoDecision));
        assert_eq!(loss_reason("the moon"), None);
        // LEAD-01
        assert_eq!(prospecting("中心开花法"), Some(Prospecting::Centre));
        assert_eq!(prospecting("Door-to-door"), Some(Prospecting::Carpet));
        assert_eq!(prospecting("a dream"), None);
        assert_eq!(tier("A类"), Some(Tier::A));
        assert_eq!(currency("人民币").unwrap().as_str(), "CNY");
        assert_eq!(currency("eur").unwrap().as_str(), "EUR");
    }
}
