//! Pipelines in common use: FUN-12, FUN-15, FUN-17, FUN-18.

use super::row::{Row, Text, open, won};

const NEED_KNOWN: Text = Text("需求清楚", "The needs are known");
const SOLUTION_ACCEPTED: Text = Text("方案获认可", "The solution is accepted");
const SIGNED: Text = Text("合同签订", "The contract is signed");
const NOTHING: Text = Text("", "");

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
            .asks(&[Text(
                "客户真正要解决什么？",
                "What do they really want to solve?",
            )])
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
        .asks(&[Text(
            "方案对客户有足够的吸引力吗？",
            "Is the solution attractive enough?",
        )])
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
            .asks(&[Text(
                "需求和关切是什么？",
                "What do they need, and what worries them?",
            )])
            .ours(),
        open(Text("提案", "Proposal"), 50, 30)
            .means(
                Text("提交个性化方案", "A solution to fit is handed in"),
                Text("方案获认可", "The solution is accepted"),
            )
            .marks(NEED_KNOWN, SOLUTION_ACCEPTED)
            .tasks(&[Text("演示产品功能", "Show what the product does")])
            .ours(),
        open(Text("谈判", "Negotiation"), 75, 21)
            .means(
                Text("谈价格和条款", "Price and terms are discussed"),
                Text("达成一致", "An agreement"),
            )
            .marks(SOLUTION_ACCEPTED, SIGNED)
            .tasks(&[Text("协商合适的商务条款", "Find terms that suit both")])
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

pub const NEED_TO_SATISFACTION: (Text, Text, &[Row]) = (
    Text("需求到满意", "Need to satisfaction"),
    Text(
        "把客户满意度作为最后一个阶段，适合重视长期关系的团队。",
        "Ends with the customer's satisfaction; for teams that live on lasting relations.",
    ),
    &[
        open(Text("潜在客户", "Prospect"), 5, 45)
            .means(
                Text("可能有需求的客户", "A customer who may have a need"),
                Text("建立联系", "Get in touch"),
            )
            .marks(
                Text("有客户信息", "There is a name"),
                Text("建立联系", "In touch"),
            )
            .tasks(&[Text("记录来源和联系人", "Record source and contact")])
            .ours(),
        open(Text("了解需求", "Understand needs"), 25, 30)
            .means(
                Text(
                    "深入调查和分析客户需求",
                    "Research and analyse the needs in depth",
                ),
                Text("需求清楚", "The needs are known"),
            )
            .marks(Text("建立联系", "In touch"), NEED_KNOWN)
            .tasks(&[
                Text(
                    "通过电话、邮件或面谈积极沟通",
                    "Talk actively by telephone, mail or in person",
                ),
                Text("提供相关信息和支持", "Give information and support"),
            ]),
        open(Text("提供解决方案", "Offer solution"), 45, 30)
            .means(
                Text(
                    "展示优势，提供定制化方案",
                    "Show the advantages, offer a solution to fit",
                ),
                Text("方案获认可", "The solution is accepted"),
            )
            .marks(NEED_KNOWN, SOLUTION_ACCEPTED)
            .tasks(&[Text(
                "展示产品或服务的优势",
                "Show the advantages of product or service",
            )]),
        open(Text("商务谈判", "Negotiation"), 65, 30)
            .means(
                Text("深入讨论商业条款", "Terms are discussed in depth"),
                Text("协商合适的商务条款", "Terms that suit both"),
            )
            .marks(SOLUTION_ACCEPTED, Text("条款谈定", "The terms are agreed"))
            .tasks(&[Text("协商商务条款", "Discuss the terms")]),
        open(Text("签订合同", "Sign contract"), 85, 14)
            .means(
                Text("条款已定，等待签字", "Agreed, waiting to be signed"),
                Text("合同签订", "The contract is signed"),
            )
            .marks(Text("条款谈定", "The terms are agreed"), SIGNED)
            .tasks(&[Text("走完审批和签字", "Go through approval and signing")])
            .ours(),
        won(Text("客户满意度", "Satisfaction"))
            .means(
                Text(
                    "交付后关注客户满意度",
                    "After delivery, look after satisfaction",
                ),
                Text("客户满意", "A satisfied customer"),
            )
            .marks(SIGNED, NOTHING)
            .tasks(&[Text(
                "定期沟通，及时解决问题",
                "Talk at fixed times, solve problems soon",
            )])
            .asks(&[Text(
                "客户还有哪些关切？",
                "What still worries the customer?",
            )])
            .ours(),
    ],
);

pub const PROSPECTS_TO_SERVICE: (Text, Text, &[Row]) = (
    Text("漏斗六大步骤", "Prospects to service"),
    Text(
        "从获取潜在客户到售后服务的六个步骤，报价和合同各成一步。",
        "Six steps from winning prospects to service after the sale, with quote and contract each a step.",
    ),
    &[
        open(Text("潜在客户", "Prospects"), 5, 45)
            .means(
                Text(
                    "可能产生兴趣并购买的买家，来自社交媒体、广告、推荐等",
                    "Buyers who may be interested, from social media, advertising or referral",
                ),
                Text("吸引足够多的潜在客户", "Attract enough prospects"),
            )
            .marks(
                Text("有客户信息", "There is a name"),
                Text("表达兴趣", "Interest is shown"),
            )
            .tasks(&[Text("用各种渠道获取客户", "Win names by all channels")]),
        open(Text("意向客户", "Leads"), 15, 30)
            .means(
                Text("对产品感兴趣的客户", "Customers interested in the product"),
                Text("确认购买意愿", "Confirm the wish to buy"),
            )
            .marks(
                Text("表达兴趣", "Interest is shown"),
                Text("明确购买意愿", "The wish to buy is clear"),
            )
            .tasks(&[Text("了解需求和意向", "Learn need and intent")])
            .ours(),
        open(Text("潜在销售机会", "Sales opportunity"), 35, 30)
            .means(
                Text(
                    "已表达明确购买意愿，需要进一步商谈",
                    "A clear wish to buy, to be talked over",
                ),
                Text(
                    "满足需求，建立良好的业务关系",
                    "Meet the need, build a good relation",
                ),
            )
            .marks(
                Text("明确购买意愿", "The wish to buy is clear"),
                Text("客户要求报价", "They ask for a quote"),
            )
            .tasks(&[Text(
                "深入交流和商务洽谈",
                "Talk in depth about need and business",
            )]),
        open(Text("报价和提案", "Quotes and proposals"), 55, 21)
            .means(
                Text(
                    "提供清晰、满足需求、突出优势的报价和提案",
                    "A quote and proposal that are clear, meet the need and show our advantage",
                ),
                Text("客户对报价满意", "They are content with the quote"),
            )
            .marks(
                Text("客户要求报价", "They ask for a quote"),
                Text("报价得到认可", "The quote is accepted"),
            )
            .tasks(&[Text(
                "提交报价和提案，进一步协商",
                "Hand in quote and proposal, and discuss them",
            )]),
        open(Text("协议和合同", "Agreements and contracts"), 80, 21)
            .means(
                Text(
                    "商谈条款、付款方式和订单规模，风险和利益双方可接受",
                    "Terms, payment and size of order, with risk and gain acceptable to both",
                ),
                SIGNED,
            )
            .marks(Text("报价得到认可", "The quote is accepted"), SIGNED)
            .tasks(&[
                Text(
                    "保证合同合法有效",
                    "See that the contract is lawful and valid",
                ),
                Text("讨论交付细节和时间", "Discuss delivery and its dates"),
            ]),
        won(Text("成功与售后服务", "Success and service"))
            .means(
                Text(
                    "完成交易，建立良好关系并提供售后支持",
                    "The deal is done; keep the relation and support them",
                ),
                Text("满意的售后支持", "Service that satisfies"),
            )
            .marks(SIGNED, NOTHING)
            .tasks(&[Text("提供售后服务", "Serve after the sale")]),
    ],
);
