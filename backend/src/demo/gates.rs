//! What the stages of the demo's six-step funnel ask, and what shows that some of it is met
//! (GATE-11..14, GATE-18..22, GATE-24).

use crate::clock::{self, new_id};
use crate::db::Tx;
use crate::error::AppResult;
use crate::events::NewEvent;
use crate::funnel::store::{evidence, gates};
use chrono::Duration;
use shared::event::{EventKind, SubjectKind};
use shared::funnel::gate::{Criterion, Fact, FactTest, OnMiss, Rule, Side, StageGate, Test};
use shared::funnel::{
    Evidence, Funnel, PurchaseElements, StageKind, TestAnswer, TestAnswers, TestsRule,
};
use shared::id::{CriterionId, DealId, UserId};

/// What a stage of the demo asks, as it is written in the data.
type CriterionData = (usize, &'static str, &'static str, bool, DataRule);

/// How a criterion of the demo is met.
#[derive(Debug, Clone, Copy)]
enum DataRule {
    /// By evidence of this name.
    Evidence(&'static str),
    /// By a fact that is at least so much.
    AtLeast(Fact, i64),
}

/// What the stages of the six-step funnel ask to go on: stage, name, what would meet it, whether nobody
/// passes without it, how it is met.
const CRITERIA: &[CriterionData] = &[
    (
        0,
        "锁定目标客户：员工不少于 50 人",
        "在客户资料里填写员工人数",
        false,
        DataRule::AtLeast(Fact::Employees, 50),
    ),
    (
        0,
        "找到愿意提供信息的向导",
        "写明向导是谁、提供了什么",
        true,
        DataRule::Evidence("向导访谈纪要"),
    ),
    (
        0,
        "发现明显、近在眼前且有价值的销售机会",
        "附上立项或招标线索",
        true,
        DataRule::Evidence("立项线索"),
    ),
    (
        1,
        "决策层至少有一位联系人",
        "把决策人加入联系人并标明层级",
        true,
        DataRule::AtLeast(Fact::PeopleDeciding, 1),
    ),
    (
        1,
        "与关键人建立信赖关系",
        "内部资料、私下活动等信赖标志",
        true,
        DataRule::Evidence("互访记录"),
    ),
    (
        1,
        "至少认识三位相关人员",
        "使用、管理、决策三层都要覆盖",
        false,
        DataRule::AtLeast(Fact::People, 3),
    ),
    (
        2,
        "痛点已由客户书面确认",
        "需求确认函或会议纪要",
        true,
        DataRule::Evidence("需求确认函"),
    ),
    (
        2,
        "使用部门与工艺负责人均已访谈",
        "两次以上访谈纪要",
        true,
        DataRule::Evidence("拜访纪要"),
    ),
    (
        2,
        "现状损失可量化",
        "返工、停机、赔付的测算",
        false,
        DataRule::Evidence("测算表"),
    ),
    (
        2,
        "见过经济决策人",
        "安排高层拜访",
        true,
        DataRule::Evidence("高层拜访纪要"),
    ),
    (
        2,
        "预算来源与审批路径已确认",
        "预算批复或审批流程图",
        true,
        DataRule::Evidence("预算批复"),
    ),
    (
        3,
        "客户认可我们的方案",
        "方案评审结论",
        true,
        DataRule::Evidence("方案评审结论"),
    ),
    (
        3,
        "进入三家以内备选",
        "入围通知",
        false,
        DataRule::Evidence("入围通知"),
    ),
    (
        3,
        "初步报价（软件、实施、服务）符合预期",
        "报价单与客户反馈",
        true,
        DataRule::Evidence("初步报价单"),
    ),
    (
        3,
        "三个月内签单可能性不低于 50%",
        "填写自估概率",
        false,
        DataRule::AtLeast(Fact::Probability, 50),
    ),
    (
        4,
        "商务条款谈定",
        "谈判纪要",
        true,
        DataRule::Evidence("谈判纪要"),
    ),
    (
        4,
        "合同法务会签",
        "会签单",
        true,
        DataRule::Evidence("会签单"),
    ),
    (
        4,
        "首款安排已确认",
        "付款计划",
        false,
        DataRule::Evidence("付款计划"),
    ),
];

/// Sets the gates of a funnel and files what its deals have of evidence.
///
/// # Errors
/// Those of the database.
pub async fn furnish(
    tx: &mut Tx,
    funnel: &Funnel,
    deals: &[(DealId, usize, Option<UserId>)],
) -> AppResult<()> {
    let criteria: Vec<(&CriterionData, Criterion)> = CRITERIA
        .iter()
        .map(|data| (data, criterion(data)))
        .collect();
    for (place, stage) in funnel.stages.iter().enumerate() {
        if stage.fields.kind != StageKind::Open {
            continue;
        }
        let own = criteria.iter().filter(|((at, ..), _)| *at == place);
        let gate = StageGate {
            criteria: own.map(|(_, criterion)| criterion.clone()).collect(),
            // Whose needs were misunderstood goes back to build trust first.
            on_miss: if place == 2 {
                OnMiss::StepBack
            } else {
                OnMiss::Stay
            },
            needs_next_step: true,
            tests: (place == 2).then(TestsRule::default),
            ..StageGate::default()
        };
        let (conn, scope) = tx.parts();
        gates::set(conn, scope, stage.id, stage.gate_version + 1, &gate).await?;
    }
    for (number, (deal, place, owner)) in deals.iter().enumerate() {
        // What lies behind a deal was shown once; of what lies ahead, some is.
        let reached = criteria.iter().filter(|((at, ..), _)| at <= place);
        for (index, ((at, .., rule), criterion)) in reached.enumerate() {
            let DataRule::Evidence(title) = rule else {
                continue;
            };
            if at < place || (number * 7 + index * 3) % 5 < 3 {
                file(tx, *deal, *owner, criterion.id, title).await?;
            }
        }
        if *place >= 1 {
            let answers = answers(number);
            let org = tx.scope().org;
            evidence::set_tests(tx.shared(), org, *deal, &answers).await?;
            let elements = elements(number);
            evidence::set_elements(tx.shared(), org, *deal, &elements).await?;
        }
    }
    Ok(())
}

fn criterion((_, name, hint, mandatory, rule): &CriterionData) -> Criterion {
    Criterion {
        id: new_id(),
        side: Side::Exit,
        name: (*name).to_owned(),
        hint: (*hint).to_owned(),
        weight: if *mandatory { 2 } else { 1 },
        mandatory: *mandatory,
        rule: match rule {
            DataRule::Evidence(_) => Rule::Evidence,
            DataRule::AtLeast(fact, least) => Rule::Fact(FactTest {
                fact: *fact,
                is: Test::AtLeast(*least),
            }),
        },
    }
}

async fn file(
    tx: &mut Tx,
    deal: DealId,
    owner: Option<UserId>,
    criterion: CriterionId,
    title: &str,
) -> AppResult<()> {
    let at = clock::now() - Duration::days(3);
    let filed = Evidence {
        id: new_id(),
        deal_id: deal,
        criterion_id: criterion,
        title: title.to_owned(),
        url: Some(format!("https://files.demo.example/{deal}")),
        contact_id: None,
        contact_name: None,
        filed_by: owner,
        filed_by_name: None,
        filed_at: at,
    };
    let (conn, scope) = tx.parts();
    evidence::insert(conn, scope, &filed).await?;
    let event = NewEvent::new(EventKind::EvidenceFiled, SubjectKind::Deal, deal.0)
        .on_deal(deal)
        .owned_by(None, owner)
        .at(at);
    tx.record(event.with_change(None, Some(&filed))).await?;
    Ok(())
}

/// Answers to the five tests that differ from deal to deal.
fn answers(number: usize) -> TestAnswers {
    let answer = |place: usize, why: &str| {
        let score = 2 + i16::try_from((number * 5 + place * 3) % 4).unwrap_or(0);
        Some(TestAnswer {
            score,
            why: why.to_owned(),
        })
    };
    TestAnswers {
        budget: answer(0, "今年技改预算内"),
        timing: answer(1, "年底前下单"),
        fit: answer(2, "节拍已实测"),
        worth: answer(3, "毛利合理，可复制"),
        win: answer(4, "决策层关系一般"),
    }
}

/// How strong the elements of the purchase are; of some nothing is known yet.
fn elements(number: usize) -> PurchaseElements {
    let score = |place: usize, why: &str| {
        let score = 1 + i16::try_from((number * 3 + place * 2) % 5).unwrap_or(0);
        Some(TestAnswer {
            score,
            why: why.to_owned(),
        })
    };
    PurchaseElements {
        need: score(0, "现场确认过痛点"),
        trust: score(1, "与工艺部关系好"),
        value: score(2, "按停线损失算过账"),
        price: score(3, ""),
        experience: score(4, "看过同行的样板线").filter(|_| number.is_multiple_of(2)),
    }
}
