//! Seven stages with what to do in each (FUN-13). The copy of the source keeps the first three; the
//! others are ours. GATE-03..09, GATE-11..17.

use super::row::{Row, Text, open, role, won};
use crate::funnel::StagePart::ExitText;

pub const SEVEN_STAGES: (Text, Text, &[Row]) = (
    Text("销售漏斗七阶段", "Seven stages with actions"),
    Text(
        "每个阶段都有自查、动作和推进标准，适合有售前团队的项目销售。",
        "Each stage has a self-check, actions and a standard to go on; for projects with a pre-sales team.",
    ),
    &[
        open(Text("目标客户", "Target customer"), 5, 60)
            .means(
                Text(
                    "50 人以上、分布较广、已有基础信息化、管理规范、知识密集、有竞争力和财力的客户",
                    "50 people or more, several places, basic systems in place, orderly management, much knowledge work, strong and solvent",
                ),
                Text(
                    "定位目标行业，取得客户名单",
                    "Fix the industries, get the list of names",
                ),
            )
            .marks(
                Text("属于目标行业和区域", "Of the industries and regions aimed at"),
                Text(
                    "符合目标客户要求；需要应用；经济效益良好；没有系统或应用不完善",
                    "Fits the profile, needs the product, earns well, has no system or one that works badly",
                ),
            )
            .tasks(&[
                Text(
                    "宏观考虑区域、行业分布和目标客户特征",
                    "Look at regions, industries and the profile as a whole",
                ),
                Text(
                    "分析公司老客户资源和占比",
                    "Analyse our old customers and their share",
                ),
                Text(
                    "分析产品和方案最匹配的客户",
                    "Analyse whom our product and solution fit best",
                ),
                Text(
                    "分析竞争对手签约客户占比",
                    "Analyse the share our rivals have signed",
                ),
                Text(
                    "多途径搜集客户全貌：行业、规模、财务、组织、信息化",
                    "Collect the whole picture by many ways: industry, size, finance, organisation, systems",
                ),
                Text(
                    "电话或初次拜访，与相关人员确认",
                    "Confirm with people there, by telephone or a first visit",
                ),
            ])
            .asks(&[
                Text("是否精准定位？", "Is the target precise?"),
                Text("是否搜集到客户名单？", "Is the list of names collected?"),
            ])
            .roles(&[
                Text("高层", "Top management"),
                Text("行政经理", "Head of administration"),
                Text("办公室主任", "Head of office"),
                Text("信息主管", "Head of information"),
                Text("电脑部经理", "Head of computing"),
            ]),
        open(Text("潜在客户", "Prospect"), 15, 45)
            .means(
                Text(
                    "有管理上的需要、没有系统或效果不好、有钱的客户（商机）",
                    "Needs better management, has no system or a poor one, has the money: an opportunity",
                ),
                Text(
                    "掌握决策人信息，与决策人沟通需求",
                    "Know who decides and talk to them about the need",
                ),
            )
            .marks(
                Text(
                    "有管理上的需要；没有系统或效果不好；有钱",
                    "A need of management; no system or a poor one; money",
                ),
                Text("决策人认可需求，准备立项", "Who decides sees the need, a project is near"),
            )
            .tasks(&[
                Text("电话呼出", "Call"),
                Text("上门拜访，挖掘需求", "Visit and dig for needs"),
                Text("记录信息", "Record what was learnt"),
            ])
            .our_questions(&[
                Text("决策人是谁？需求是什么？", "Who decides, and what is the need?"),
                Text(
                    "现有系统哪里不好用，由谁承受后果？",
                    "Where does the present system fail, and who bears the consequences?",
                ),
            ])
            .our_roles(&[role::INITIATOR, role::DECIDER])
            .our(&[ExitText]),
        open(Text("立项客户", "Customer with a project"), 30, 45)
            .means(
                Text(
                    "客户已成立项目组，组建售前团队应对",
                    "The customer has a project group; we answer with a pre-sales team",
                ),
                Text(
                    "方案获认可，进入三家以内备选",
                    "The solution is accepted, we are among at most three",
                ),
            )
            .marks(
                Text("客户立项", "The project is set up"),
                Text(
                    "方案获认可；三家以内备选；初步报价（软件、实施、服务）符合预期；三个月内签单可能性在 50% 以上",
                    "Solution accepted; at most three on the list; first quote for software, implementation and service as expected; 50 % or more to sign within three months",
                ),
            )
            .tasks(&[
                Text("组建售前团队，分工明确", "Build the pre-sales team and split the roles"),
                Text(
                    "分析我方与对手的优劣势",
                    "Weigh our strengths and weaknesses against the rivals",
                ),
                Text(
                    "制定竞争策略和对项目组的关系策略",
                    "Plan for the competition and for the relations with the project group",
                ),
                Text("制定团队的跟进计划", "Plan how the team follows up"),
                Text("提供初步方案建议书和初步报价", "Give a first proposal and a first quote"),
                Text("讲解方案", "Present the solution with slides"),
                Text("初步演示产品", "Show the product for the first time"),
                Text(
                    "深入发展与项目组成员的关系",
                    "Deepen the relations with the project group",
                ),
                Text(
                    "拜访客户高层，赢得信任",
                    "Visit the top management and win their trust",
                ),
            ])
            .our_questions(&[
                Text(
                    "方案照顾到决策链的各方了吗？",
                    "Does the solution serve everyone in the chain of decision?",
                ),
                Text(
                    "项目组里谁支持我们，谁支持对手？",
                    "Who in the project group is for us, and who for a rival?",
                ),
            ])
            .roles(&[
                Text("项目组成员", "Members of the project group"),
                Text("客户高层领导", "Top management"),
            ]),
        open(Text("入围客户", "On the shortlist"), 50, 30)
            .means(
                Text("在三家以内的备选名单上", "Among at most three"),
                Text("成为首选", "Become the first choice"),
            )
            .marks(
                Text("进入三家以内备选", "Among at most three"),
                Text("客户选定我方", "The customer has chosen us"),
            )
            .tasks(&[Text("完善方案，正式报价", "Complete the solution, quote formally")])
            .asks(&[
                Text("对手凭什么赢？", "What could make a rival win?"),
                Text(
                    "另外两家是谁，评分标准由谁定？",
                    "Who are the other two, and who sets how we are scored?",
                ),
            ])
            .roles(&[role::TECHNICAL, role::APPROVER, role::DECIDER])
            .ours(),
        open(Text("商务谈判", "Negotiation"), 75, 30)
            .means(
                Text("谈定价格和合同条款", "Price and terms are being agreed"),
                Text("签订合同", "A signed contract"),
            )
            .marks(
                Text("客户选定我方", "The customer has chosen us"),
                Text("合同签订", "The contract is signed"),
            )
            .tasks(&[Text("谈定付款和交付计划", "Agree on the plan of payment and delivery")])
            .asks(&[
                Text("哪一条款还没有谈定？", "Which term is still open?"),
                Text(
                    "合同由谁签字，审批哪天走完？",
                    "Who signs the contract, and on which day is the approval through?",
                ),
            ])
            .roles(&[role::BUYER, role::APPROVER, role::DECIDER])
            .ours(),
        won(Text("签约客户", "Signed customer"))
            .means(
                Text("合同已签，正在交付和回款", "Signed, in delivery and payment"),
                Text("验收合格，按期回款", "Accepted and paid on time"),
            )
            .marks(
                Text("合同签订", "The contract is signed"),
                Text("验收并收齐款项", "Accepted and paid in full"),
            )
            .tasks(&[Text("跟踪交付和回款", "Follow delivery and payment")])
            .ours(),
        won(Text("老客户", "Old customer"))
            .means(
                Text("交付完成，关系延续", "Delivered; the relation goes on"),
                Text("重复购买和转介绍", "Repeat purchase and referral"),
            )
            .marks(
                Text("验收并收齐款项", "Accepted and paid in full"),
                Text("", ""),
            )
            .tasks(&[Text("定期回访，发现新需求", "Visit at fixed times, find new needs")])
            .ours(),
    ],
);
