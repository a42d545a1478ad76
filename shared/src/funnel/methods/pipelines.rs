//! Pipelines in common use: five stages (FUN-12), from lead to close (FUN-15).

use super::row::{Row, Text, open, role, won};

pub const NEED_KNOWN: Text = Text("需求清楚", "The needs are known");
pub const SOLUTION_ACCEPTED: Text = Text("方案获认可", "The solution is accepted");
pub const SIGNED: Text = Text("合同签订", "The contract is signed");
pub const NOTHING: Text = Text("", "");

pub const FIVE_STAGES: (Text, Text, &[Row]) = (
    Text("五阶段漏斗", "Five stages"),
    Text(
        "从开发到售后的五个阶段，适合需要演示和方案的产品。",
        "Five stages from development to service; for products that need a demonstration and a solution.",
    ),
    &[
        open(Text("潜在客户开发", "Development"), 10, 45)
            .means(
                Text(
                    "通过市场调查、展会、网络等渠道获取潜在客户",
                    "Prospects from research, fairs and the web",
                ),
                Text(
                    "建立客户档案，筛选目标",
                    "Build the file, choose the targets",
                ),
            )
            .marks(
                Text("有客户信息", "There is a name"),
                Text("确定为目标客户", "Chosen as a target"),
            )
            .tasks(&[
                Text("收集并整理客户数据", "Collect and order the data"),
                Text(
                    "按规模、需求、意向分高中低优先级",
                    "Set the priority by size, need and intent",
                ),
            ])
            .asks(&[
                Text(
                    "客户从哪个渠道来，联系人负责什么？",
                    "Which channel did they come by, and what is the contact in charge of?",
                ),
                Text(
                    "规模、需求和意向各如何，优先级定为哪一级？",
                    "How are size, need and intent, and which priority follows from them?",
                ),
            ])
            .roles(&[role::INITIATOR])
            .ours(),
        open(Text("需求了解与分析", "Needs and analysis"), 25, 30)
            .means(
                Text("了解并分析客户需求", "Learn and analyse the needs"),
                Text("需求得到确认", "The needs are confirmed"),
            )
            .marks(Text("确定为目标客户", "Chosen as a target"), NEED_KNOWN)
            .tasks(&[Text(
                "分析行业地位、需求特点和购买能力",
                "Analyse standing, kind of need and buying power",
            )])
            .asks(&[
                Text("客户真正要解决什么？", "What do they really want to solve?"),
                Text(
                    "预算是多少，计划何时采购？",
                    "How large is the budget, and when do they plan to buy?",
                ),
            ])
            .roles(&[role::USER, role::INITIATOR])
            .ours(),
        open(
            Text("产品演示与方案制定", "Demonstration and solution"),
            50,
            30,
        )
        .means(
            Text(
                "演示产品，制定个性化方案",
                "Show the product, make a solution to fit",
            ),
            Text("方案获认可", "The solution is accepted"),
        )
        .marks(NEED_KNOWN, SOLUTION_ACCEPTED)
        .tasks(&[
            Text("演示产品", "Show the product"),
            Text("提交方案和报价", "Hand in solution and quote"),
        ])
        .asks(&[
            Text(
                "方案对客户有足够的吸引力吗？",
                "Is the solution attractive enough?",
            ),
            Text(
                "演示时谁提出异议，针对哪一点？",
                "Who objected at the demonstration, and to which point?",
            ),
        ])
        .roles(&[role::USER, role::TECHNICAL, role::DECIDER])
        .ours(),
        open(Text("商务谈判与签约", "Negotiation and signing"), 75, 30)
            .means(
                Text("谈定价格和条款并签约", "Agree on price and terms, and sign"),
                Text("签订合同", "A signed contract"),
            )
            .marks(SOLUTION_ACCEPTED, SIGNED)
            .tasks(&[Text(
                "谈定价格、付款和交付",
                "Agree on price, payment and delivery",
            )])
            .asks(&[
                Text(
                    "价格、付款、交付中哪一项还有分歧，差多少？",
                    "Where do we still differ on price, payment or delivery, and by how much?",
                ),
                Text("谁有权签字，约在哪天？", "Who may sign, and on which day?"),
            ])
            .roles(&[role::BUYER, role::APPROVER, role::DECIDER])
            .ours(),
        won(Text("售后服务与持续跟进", "Service and follow-up"))
            .means(
                Text("交付、服务和持续跟进", "Delivery, service and follow-up"),
                Text("满意并再次购买", "Satisfied, and buys again"),
            )
            .marks(SIGNED, NOTHING)
            .tasks(&[Text(
                "定期评估客户价值",
                "Evaluate the customer at fixed times",
            )])
            .ours(),
    ],
);

pub const LEAD_TO_CLOSE: (Text, Text, &[Row]) = (
    Text("线索到成交", "Lead to close"),
    Text(
        "通用的六阶段漏斗，每个阶段都可能流失或前进。",
        "The common funnel of six stages; from each a customer may leave or go on.",
    ),
    &[
        open(Text("潜在客户", "Lead"), 5, 30)
            .means(
                Text("可能有需求的客户", "A customer who may have a need"),
                Text("取得联系", "Get in touch"),
            )
            .marks(
                Text("有客户信息", "There is a name"),
                Text("找到联系人", "Somebody to talk to is found"),
            )
            .tasks(&[Text("分析和筛选潜在客户", "Analyse and sift the leads")])
            .asks(&[
                Text(
                    "这条线索从哪里来，是谁留下的？",
                    "Where does the lead come from, and who left it?",
                ),
                Text(
                    "谁可能有需求，怎样联系到他？",
                    "Who there may have a need, and how do we reach that person?",
                ),
            ])
            .roles(&[role::INITIATOR])
            .ours(),
        open(Text("初步接触", "Contact"), 15, 21)
            .means(
                Text("第一次沟通", "The first talk"),
                Text("引起兴趣", "Raise interest"),
            )
            .marks(
                Text("找到联系人", "Somebody to talk to is found"),
                Text("客户愿意进一步了解", "They want to know more"),
            )
            .tasks(&[Text("电话、邮件或面谈", "Telephone, mail or a talk")])
            .asks(&[
                Text(
                    "第一次沟通谈到了哪个问题？",
                    "Which problem came up in the first talk?",
                ),
                Text(
                    "下一次和谁谈，约在哪天？",
                    "Whom do we talk to next, and on which day?",
                ),
            ])
            .roles(&[role::USER, role::INITIATOR])
            .ours(),
        open(Text("意向", "Engagement"), 30, 30)
            .means(
                Text("客户表达购买意向", "The customer shows intent to buy"),
                Text("了解需求和预算", "Know need and budget"),
            )
            .marks(
                Text("客户愿意进一步了解", "They want to know more"),
                NEED_KNOWN,
            )
            .tasks(&[Text(
                "及时跟进，保持交流",
                "Follow up in time, stay in touch",
            )])
            .asks(&[
                Text(
                    "需求和关切是什么？",
                    "What do they need, and what worries them?",
                ),
                Text(
                    "预算是多少，批下来了吗？",
                    "How large is the budget, and is it approved?",
                ),
            ])
            .roles(&[role::USER, role::INITIATOR, role::APPROVER])
            .ours(),
        open(Text("提案", "Proposal"), 50, 30)
            .means(
                Text("提交个性化方案", "A solution to fit is handed in"),
                Text("方案获认可", "The solution is accepted"),
            )
            .marks(NEED_KNOWN, SOLUTION_ACCEPTED)
            .tasks(&[Text("演示产品功能", "Show what the product does")])
            .asks(&[
                Text(
                    "方案回应了客户的哪几条需求，还缺哪一条？",
                    "Which of their needs does the proposal meet, and which is missing?",
                ),
                Text(
                    "方案由谁评审，哪天给结论？",
                    "Who judges the proposal, and when is the verdict due?",
                ),
            ])
            .roles(&[role::TECHNICAL, role::DECIDER])
            .ours(),
        open(Text("谈判", "Negotiation"), 75, 21)
            .means(
                Text("谈价格和条款", "Price and terms are discussed"),
                Text("达成一致", "An agreement"),
            )
            .marks(SOLUTION_ACCEPTED, SIGNED)
            .tasks(&[Text("协商合适的商务条款", "Find terms that suit both")])
            .asks(&[
                Text(
                    "客户不接受哪一条款，我们能让到哪里？",
                    "Which term do they refuse, and how far can we go?",
                ),
                Text(
                    "对方由谁谈判，谁有最后决定权？",
                    "Who negotiates for them, and who has the last word?",
                ),
            ])
            .roles(&[role::BUYER, role::APPROVER, role::DECIDER])
            .ours(),
        won(Text("成交", "Closed"))
            .means(
                Text("合同签订", "The contract is signed"),
                Text("交付并服务", "Deliver and serve"),
            )
            .marks(SIGNED, NOTHING)
            .tasks(&[Text("安排交付和服务", "Arrange delivery and service")])
            .ours(),
    ],
);
