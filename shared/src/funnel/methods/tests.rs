//! What holds for every method of the library.

use super::*;
use crate::check::Validate;
use crate::funnel::{NewFunnel, StagePart};

const LOCALES: [Locale; 2] = [Locale::ZhCn, Locale::En];

/// FUN-10..22, SIX-05: the stage lists as the sources name them.
#[test]
fn the_library_holds_the_stage_lists_of_the_sources() {
    let lists: [(Method, &str); 14] = [
        (Method::Loyalty, "潜在客户 崇拜者 潜在买家 客户 忠实客户"),
        (Method::Aida, "意识 兴趣 决策 行动"),
        (
            Method::FiveStages,
            "潜在客户开发 需求了解与分析 产品演示与方案制定 商务谈判与签约 售后服务与持续跟进",
        ),
        (
            Method::SevenStages,
            "目标客户 潜在客户 立项客户 入围客户 商务谈判 签约客户 老客户",
        ),
        (
            Method::SevenSteps,
            "寻找目标 发现商机 推动立项 确保入围 赢得签约 交易实施 重复采购",
        ),
        (Method::LeadToClose, "潜在客户 初步接触 意向 提案 谈判 成交"),
        (Method::KeyCustomers, "目标市场 潜在客户 目标客户 签约客户"),
        (
            Method::NeedToSatisfaction,
            "潜在客户 了解需求 提供解决方案 商务谈判 签订合同 客户满意度",
        ),
        (
            Method::ProspectsToService,
            "潜在客户 意向客户 潜在销售机会 报价和提案 协议和合同 成功与售后服务",
        ),
        (
            Method::Forecast,
            "第一次联系 了解需求 提交方案 签约 已经回款",
        ),
        (
            Method::ThreeLayers,
            "潜在意向客户·C 培养型客户·B 成交型客户·A 成交",
        ),
        (
            Method::SixSteps,
            "客户分析 建立信任 挖掘需求 呈现价值 赢取承诺 跟进服务",
        ),
        (Method::Direct, "客户开发 拜访沟通 接待成交 售后维护"),
        (
            Method::KeyAccountMarketing,
            "定义目标客户 理解客户需求 差异化策略 寻找关键决策者 提供增值服务 追踪和评估",
        ),
    ];
    assert_eq!(lists.len(), Method::iter().count());
    for (method, names) in lists {
        let stages = method.stages(Locale::ZhCn);
        let told = stages
            .iter()
            .filter(|stage| stage.fields.kind != StageKind::Lost)
            .map(|stage| stage.fields.name.replace(' ', "·"));
        assert_eq!(told.collect::<Vec<_>>().join(" "), names, "{method:?}");
    }
}

/// FUN-03, FUN-05, FUN-06, FUN-28: every method makes a funnel, and no stage is without its texts.
#[test]
fn every_method_makes_a_valid_funnel_in_both_languages_with_everything_said() {
    for method in Method::iter() {
        for locale in LOCALES {
            let told = method.told(locale);
            let funnel = NewFunnel {
                name: told.name.clone(),
                method: Some(method),
                product_line: None,
                stages: method.stages(locale),
            };
            assert_eq!(funnel.validated(), Ok(()), "{method:?}");
            assert!(!told.about.is_empty(), "{method:?}");
            assert_eq!(method.as_ref().parse(), Ok(method));
            for stage in &told.stages {
                let place = format!("{method:?} {}", stage.name);
                assert!(!stage.definition.is_empty(), "{place}");
                assert!(!stage.goal.is_empty(), "{place}");
                assert!(!stage.entry_text.is_empty(), "{place}");
                let is_open = stage.kind == StageKind::Open;
                assert!(!is_open || !stage.exit_text.is_empty(), "{place}");
                assert!(!is_open || !stage.tasks.is_empty(), "{place}");
                assert_eq!(is_open, stage.rot_days.is_some(), "{place}");
            }
        }
    }
}

/// Both languages say the same: as many tasks, questions and roles, each in words of its own.
#[test]
fn no_text_of_a_method_is_missing_in_one_language() {
    for method in Method::iter() {
        let [zh, en] = LOCALES.map(|locale| method.told(locale));
        assert_eq!(zh.stages.len(), en.stages.len());
        assert_ne!(zh.name, en.name);
        for (zh, en) in zh.stages.iter().zip(&en.stages) {
            assert_ne!(zh.name, en.name);
            for (zh, en) in [
                (&zh.definition, &en.definition),
                (&zh.goal, &en.goal),
                (&zh.entry_text, &en.entry_text),
                (&zh.exit_text, &en.exit_text),
            ] {
                assert_eq!(zh.is_empty(), en.is_empty(), "{zh} {en}");
                assert!(en.is_ascii(), "{en}");
            }
            for (zh, en) in [
                (&zh.tasks, &en.tasks),
                (&zh.questions, &en.questions),
                (&zh.roles, &en.roles),
            ] {
                assert_eq!(zh.len(), en.len(), "{zh:?} {en:?}");
                assert!(en.iter().all(|text| text.is_ascii()), "{en:?}");
            }
        }
    }
}

/// FUN-07, FUN-23: there is one way out, at the end; whatever stands after the sale is won too; nothing
/// open stands behind it, and nobody's chance falls on the way.
#[test]
fn a_method_goes_from_open_over_won_to_lost_and_its_chances_rise() {
    let order = |kind| match kind {
        StageKind::Open => 0,
        StageKind::Won => 1,
        StageKind::Lost => 2,
    };
    for method in Method::iter() {
        let stages = method.told(Locale::En).stages;
        let kinds: Vec<_> = stages.iter().map(|stage| order(stage.kind)).collect();
        assert!(kinds.is_sorted(), "{method:?}");
        assert_eq!(kinds.iter().filter(|kind| **kind == 2).count(), 1);
        let chances: Vec<_> = stages
            .iter()
            .filter(|stage| stage.kind != StageKind::Lost)
            .map(StageFields::usual_probability)
            .collect();
        assert!(chances.is_sorted(), "{method:?} {chances:?}");
    }
    let after_the_sale = |method: Method| {
        let stages = method.told(Locale::En).stages;
        let won = stages.iter().filter(|stage| stage.kind == StageKind::Won);
        won.count()
    };
    assert_eq!(after_the_sale(Method::SevenSteps), 2);
    assert_eq!(after_the_sale(Method::Loyalty), 2);
    assert_eq!(after_the_sale(Method::SixSteps), 1);
}

fn stage(method: Method, place: usize) -> StageFields {
    method.told(Locale::ZhCn).stages[place].clone()
}

/// FUN-14, ORG-07, GATE-25..29: what the copies keep of the seven steps.
#[test]
fn the_seven_steps_keep_range_roles_and_push_questions() {
    let fourth = stage(Method::SevenSteps, 3);
    assert_eq!(
        (fourth.probability, fourth.probability_high),
        (25, Some(50))
    );
    assert_eq!(
        fourth.roles,
        ["使用者", "技术论证者", "需求发起者", "采购审批者", "决策者"]
    );
    assert_eq!(fourth.questions.len(), 9);
    assert!(fourth.goal.contains("入围客户"));
    assert!(!fourth.is_ours);
    let sixth = stage(Method::SevenSteps, 5);
    assert_eq!(
        sixth.roles,
        ["采购执行者", "采购审批者", "决策者", "使用者"]
    );
    assert_eq!((sixth.questions.len(), sixth.is_ours), (5, false));
    let seventh = stage(Method::SevenSteps, 6);
    assert_eq!(seventh.roles, ["使用者", "需求发起者", "决策者"]);
    assert_eq!((seventh.questions.len(), seventh.is_ours), (4, false));
    // GATE-29.
    let third = stage(Method::SevenSteps, 2);
    assert_eq!(third.tasks.len(), 3);
    assert!(third.tasks[1].contains("立项文件"));
}

/// FUN-13, GATE-03, GATE-07..09, GATE-15..17: what the copies keep of the seven stages.
#[test]
fn the_seven_stages_keep_self_check_actions_and_standards() {
    let target = stage(Method::SevenStages, 0);
    assert_eq!(target.questions, ["是否精准定位？", "是否搜集到客户名单？"]);
    assert!(
        target
            .tasks
            .iter()
            .any(|task| task.contains("竞争对手签约客户占比"))
    );
    let prospect = stage(Method::SevenStages, 1);
    assert!(prospect.entry_text.contains("有钱"));
    assert_eq!(prospect.tasks.len(), 3);
    let project = stage(Method::SevenStages, 2);
    for part in ["售前团队", "初步报价", "演示", "项目组成员", "高层"] {
        assert!(
            project.tasks.iter().any(|task| task.contains(part)),
            "{part}"
        );
    }
}

/// 1.18 item 7: what the sources leave out is filled and says that it is ours.
#[test]
fn what_the_sources_leave_out_is_marked_as_ours() {
    let ours = |method: Method| -> Vec<bool> {
        let stages = method.told(Locale::En).stages.into_iter();
        stages
            .filter(|stage| stage.kind != StageKind::Lost)
            .map(|stage| stage.is_ours)
            .collect()
    };
    let (yes, no) = (true, false);
    assert_eq!(ours(Method::SevenStages), [no, no, no, yes, yes, yes, yes]);
    assert_eq!(ours(Method::SevenSteps), [yes, yes, yes, no, yes, no, no]);
    assert_eq!(ours(Method::Loyalty), [no; 5]);
    assert_eq!(ours(Method::LeadToClose), [yes; 6]);
}

/// FUN-10..22: what is won or lost has questions, people to talk to and an end too, in words of ours where its
/// source says nothing.
#[test]
fn every_stage_at_the_end_asks_names_people_and_says_when_it_ends() {
    for method in Method::iter() {
        for stage in method.told(Locale::En).stages {
            let place = format!("{method:?} {}", stage.name);
            assert!(!stage.questions.is_empty(), "{place}");
            assert!(!stage.roles.is_empty(), "{place}");
            assert!(!stage.exit_text.is_empty(), "{place}");
        }
    }
    let stages = Method::SixSteps.told(Locale::ZhCn).stages;
    let lost = stages.last().unwrap();
    assert_eq!((lost.kind, lost.questions.len()), (StageKind::Lost, 2));
}

/// FUN-28, GATE-25, ORG-07: on its way a deal is pushed in every stage of every method, by questions made for
/// that stage and with somebody named to put them to.
#[test]
fn every_stage_on_the_way_asks_at_least_two_questions_and_names_whom_to_talk_to() {
    for method in Method::iter() {
        for (locale, mark) in LOCALES.into_iter().zip(['？', '?']) {
            let mut asked = std::collections::BTreeSet::new();
            let stages = method.told(locale).stages.into_iter();
            for stage in stages.filter(|stage| stage.kind == StageKind::Open) {
                let place = format!("{method:?} {}", stage.name);
                assert!(!stage.roles.is_empty(), "{place}");
                // GATE-24: what the next step is, is asked in each of the seven steps.
                let next = row::NEXT_STEP.of(locale);
                let own = stage.questions.iter().filter(|text| **text != next);
                assert!(own.clone().count() >= 2, "{place}");
                for question in own {
                    assert!(question.ends_with(mark), "{place} {question}");
                    assert!(asked.insert(question.clone()), "{place} {question}");
                }
                let roles: std::collections::BTreeSet<_> = stage.roles.iter().collect();
                assert_eq!(roles.len(), stage.roles.len(), "{place}");
            }
        }
    }
}

/// FUN-28: a mark says something of words that are there, and nothing that its stage says already.
#[test]
fn parts_are_marked_where_something_is_said_and_the_rest_is_not_ours() {
    for method in Method::iter() {
        let [zh, en] = LOCALES.map(|locale| method.told(locale).stages);
        for (zh, en) in zh.iter().zip(&en) {
            let place = format!("{method:?} {}", en.name);
            assert_eq!(zh.our_parts, en.our_parts, "{place}");
            assert!(en.our_parts.iter().all(|part| en.says(part)), "{place}");
            assert!(!en.is_ours || en.our_parts.is_empty(), "{place}");
            let is_whole = StagePart::iter().all(|part| en.our_parts.has(part));
            assert!(!is_whole, "{place} is ours as a whole");
        }
    }
}

/// The places of a method whose stages hold something in a part that a source says.
fn told_by_sources(method: Method, part: StagePart) -> Vec<usize> {
    let stages = method.told(Locale::En).stages.into_iter().enumerate();
    stages
        .filter(|(_, stage)| !stage.is_ours && stage.says(part) && !stage.our_parts.has(part))
        .map(|(place, _)| place)
        .collect()
}

/// FUN-13, FUN-14, FUN-21, GATE-20, GATE-25..27, ORG-07, SIX-05: what a source asks, whom it names and what
/// chance it gives is the source's; all other questions, roles and chances are marked as ours.
#[test]
fn the_questions_roles_and_chances_of_the_sources_are_not_marked_and_all_others_are() {
    for method in Method::iter() {
        let (questions, roles, chances): (&[usize], &[usize], &[usize]) = match method {
            Method::SixSteps => (&[0], &[], &[]),
            Method::SevenStages => (&[0], &[0, 2], &[]),
            Method::SevenSteps => (&[3, 5, 6], &[3, 5, 6], &[3]),
            Method::KeyAccountMarketing => (&[], &[3], &[]),
            _ => (&[], &[], &[]),
        };
        let told = |part| told_by_sources(method, part);
        assert_eq!(told(StagePart::Questions), questions, "{method:?}");
        assert_eq!(told(StagePart::Roles), roles, "{method:?}");
        assert_eq!(told(StagePart::Probability), chances, "{method:?}");
    }
    assert!(told_by_sources(Method::Loyalty, StagePart::Goal).is_empty());
    assert_eq!(told_by_sources(Method::Aida, StagePart::Goal), [0, 1, 2, 3]);
}

/// GATE-18, GATE-19, GATE-22, SIX-02..04: the first two of the six steps.
#[test]
fn the_six_steps_begin_with_the_target_and_lead_over_the_opportunity_to_trust() {
    let first = stage(Method::SixSteps, 0);
    assert_eq!(first.entry_text, "锁定目标客户");
    assert_eq!(first.goal, "判断并发现明确的销售机会");
    assert_eq!((first.tasks.len(), first.questions.len()), (4, 5));
    let second = stage(Method::SixSteps, 1);
    assert_eq!(second.entry_text, first.exit_text);
    assert_eq!(second.exit_text, "与客户建立信赖关系");
}

/// Whether each of these parts is in one of the texts.
fn has_all(texts: &[String], parts: &[&str]) {
    for part in parts {
        assert!(texts.iter().any(|text| text.contains(part)), "{part}");
    }
}

/// GATE-25, GATE-26, GATE-27, GATE-24: the push questions of the steps the source keeps, ending with the next
/// step.
#[test]
fn the_fourth_sixth_and_seventh_step_ask_the_push_questions_of_the_source() {
    let questions = |place: usize| stage(Method::SevenSteps, place).questions;
    has_all(
        &questions(3),
        &[
            "做什么、怎样做、为什么、何时开始",
            "向谁采购",
            "竞争对手",
            "为什么要变",
            "采购决策链",
            "到达上层",
            "决策者希望",
            "产品的哪些特点",
            "足够的吸引力",
        ],
    );
    has_all(
        &questions(5),
        &[
            "实施计划",
            "使用者在客户内部的影响力",
            "最大效果",
            "采购更多",
        ],
    );
    has_all(
        &questions(6),
        &["影响他们的满意度", "真的有帮助", "效果不明显，为什么"],
    );
    for place in [3, 5, 6] {
        let last = questions(place).pop();
        assert_eq!(last.as_deref(), Some("我的下一步策略是什么？"));
    }
}

/// GATE-28, GATE-29: what pushes a project to the shortlist, and its set-up before.
#[test]
fn the_push_goals_from_the_set_up_of_a_project_to_the_shortlist_are_tasks_and_goal() {
    let fourth = stage(Method::SevenSteps, 3);
    assert!(fourth.goal.contains("将立项客户推动成入围客户"));
    has_all(
        &fourth.tasks,
        &["引导客户，控制销售方向", "形成合理方案，创造双赢"],
    );
    let third = stage(Method::SevenSteps, 2);
    has_all(
        &third.tasks,
        &["参与立项", "立项文件（产品标准等）", "影响购买者决策的需求"],
    );
}

/// GATE-08, GATE-09, GATE-16, GATE-17: the actions of the first three of the seven stages.
#[test]
fn the_actions_of_target_prospect_and_project_are_their_tasks() {
    let tasks = |place: usize| stage(Method::SevenStages, place).tasks;
    has_all(
        &tasks(0),
        &[
            "区域、行业分布和目标客户特征",
            "老客户资源和占比",
            "产品和方案最匹配的客户",
            "竞争对手签约客户占比",
        ],
    );
    assert_eq!(tasks(1), ["电话呼出", "上门拜访，挖掘需求", "记录信息"]);
    has_all(
        &tasks(2),
        &[
            "初步方案建议书和初步报价",
            "讲解方案",
            "初步演示产品",
            "项目组成员的关系",
            "拜访客户高层，赢得信任",
        ],
    );
}

/// FUN-27: a customer gets more attention from stage to stage on the way to the signature, and not the same
/// in all; who is lost gets none.
#[test]
fn attention_rises_on_the_way_to_the_signature() {
    use crate::funnel::Attention;

    for method in Method::iter() {
        let stages = method.told(Locale::En).stages;
        let open = stages.iter().filter(|stage| stage.kind == StageKind::Open);
        let levels: Vec<Option<Attention>> = open.map(|stage| stage.attention).collect();
        assert!(levels.is_sorted(), "{method:?} {levels:?}");
        assert!(levels.iter().all(Option::is_some), "{method:?}");
        let lost = stages.iter().find(|stage| stage.kind == StageKind::Lost);
        assert!(lost.is_none_or(|stage| stage.attention.is_none()));
    }
    let seven = method_levels(Method::SevenStages);
    assert_eq!(seven.first(), Some(&Some(Attention::Low)));
    assert_eq!(seven.get(3), Some(&Some(Attention::High)));
}

fn method_levels(method: Method) -> Vec<Option<crate::funnel::Attention>> {
    let stages = method.told(Locale::En).stages.into_iter();
    stages.map(|stage| stage.attention).collect()
}

/// SIX-03: the first of the six steps has four sub-steps: guides, dossier, three dimensions, five tests.
#[test]
fn the_first_of_the_six_steps_has_its_four_sub_steps_in_order() {
    let first = stage(Method::SixSteps, 0);
    let begin = [
        "发展向导",
        "收集资料",
        "从职能、级别、角色三个维度",
        "用五个标准检验",
    ];
    assert_eq!(first.tasks.len(), begin.len());
    for (task, begin) in first.tasks.iter().zip(begin) {
        assert!(task.starts_with(begin), "{task}");
    }
    // The five tests are put as questions, in the order they weigh.
    for (question, about) in first
        .questions
        .iter()
        .zip(["预算", "时间", "优势", "值得", "赢"])
    {
        assert!(question.contains(about), "{question}");
    }
}

/// SIX-04: trust starts where the first step ends, at an opportunity that is obvious, near and valuable;
/// and so does each step of the six where the one before it ends.
#[test]
fn the_second_of_the_six_steps_starts_where_the_first_ends() {
    let (first, second) = (stage(Method::SixSteps, 0), stage(Method::SixSteps, 1));
    assert_eq!(second.name, "建立信任");
    assert_eq!(first.exit_text, second.entry_text);
    for part in ["明显", "近在眼前", "有价值"] {
        assert!(second.entry_text.contains(part), "{part}");
    }
    let third = stage(Method::SixSteps, 2);
    assert_eq!(second.exit_text, third.entry_text);
    assert_eq!(third.exit_text, stage(Method::SixSteps, 3).entry_text);
}

/// SIX-06: the other plan of six steps ends with following it by three sorts of data, and adjusting it.
#[test]
fn the_plan_is_followed_by_sales_feedback_and_market_and_adjusted() {
    let last = stage(Method::KeyAccountMarketing, 5);
    for data in ["销售数据", "客户反馈", "市场趋势"] {
        assert!(last.definition.contains(data), "{data}");
    }
    assert!(
        last.questions
            .iter()
            .any(|question| question.contains("调整"))
    );
}
