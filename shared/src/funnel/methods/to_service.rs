//! Pipelines that go on to service: from need to satisfaction (FUN-17), from prospects to service (FUN-18).

use super::pipelines::{NEED_KNOWN, NOTHING, SIGNED, SOLUTION_ACCEPTED};
use super::row::{Row, Text, open, role, won};
use crate::funnel::StagePart::{EntryText, ExitText, Goal};

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
            .asks(&[
                Text(
                    "联系人是谁，在客户那里做什么？",
                    "Who is the contact, and what does that person do there?",
                ),
                Text(
                    "哪个迹象说明客户可能有需求？",
                    "Which sign tells that they may have a need?",
                ),
            ])
            .roles(&[role::INITIATOR])
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
            ])
            .our_questions(&[
                Text(
                    "客户想改变什么，用什么衡量？",
                    "What do they want to change, and how will they measure it?",
                ),
                Text(
                    "哪些使用者和部门还没有问过？",
                    "Which users and departments have we not asked yet?",
                ),
            ])
            .our_roles(&[role::USER, role::INITIATOR])
            .our(&[Goal, EntryText, ExitText]),
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
            )])
            .our_questions(&[
                Text(
                    "方案的哪一点别家做不到？",
                    "Which point of the solution can nobody else offer?",
                ),
                Text(
                    "谁认可了方案，原话是什么？",
                    "Who has accepted the solution, and in which words?",
                ),
            ])
            .our_roles(&[role::USER, role::TECHNICAL, role::DECIDER])
            .our(&[Goal, EntryText, ExitText]),
        open(Text("商务谈判", "Negotiation"), 65, 30)
            .means(
                Text("深入讨论商业条款", "Terms are discussed in depth"),
                Text("协商合适的商务条款", "Terms that suit both"),
            )
            .marks(SOLUTION_ACCEPTED, Text("条款谈定", "The terms are agreed"))
            .tasks(&[Text("协商商务条款", "Discuss the terms")])
            .our_questions(&[
                Text(
                    "哪些条款还没谈定，各由谁负责？",
                    "Which terms are still open, and who is in charge of each?",
                ),
                Text(
                    "我们每让一步，客户拿什么交换？",
                    "What do they give in return for each thing we concede?",
                ),
            ])
            .our_roles(&[role::BUYER, role::APPROVER])
            .our(&[EntryText, ExitText]),
        open(Text("签订合同", "Sign contract"), 85, 14)
            .means(
                Text("条款已定，等待签字", "Agreed, waiting to be signed"),
                Text("合同签订", "The contract is signed"),
            )
            .marks(Text("条款谈定", "The terms are agreed"), SIGNED)
            .tasks(&[Text("走完审批和签字", "Go through approval and signing")])
            .asks(&[
                Text(
                    "合同现在在谁手里，还差几个人签字？",
                    "Who holds the contract now, and how many still have to sign?",
                ),
                Text(
                    "什么事会让签字推迟，谁能解决？",
                    "What could delay the signing, and who can resolve it?",
                ),
            ])
            .roles(&[role::BUYER, role::APPROVER, role::DECIDER])
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
            .tasks(&[Text("用各种渠道获取客户", "Win names by all channels")])
            .our_questions(&[
                Text(
                    "这个客户来自社交媒体、广告还是推荐？",
                    "Did they come by social media, advertising or a referral?",
                ),
                Text(
                    "谁表达了兴趣，对哪种产品？",
                    "Who showed interest, and in which product?",
                ),
            ])
            .our_roles(&[role::INITIATOR])
            .our(&[EntryText, ExitText]),
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
            .asks(&[
                Text(
                    "客户打算用产品解决什么？",
                    "What do they mean to solve with the product?",
                ),
                Text(
                    "购买意愿是谁说的，在哪天？",
                    "Who said that they wish to buy, and on which day?",
                ),
            ])
            .roles(&[role::USER, role::INITIATOR])
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
            )])
            .our_questions(&[
                Text(
                    "客户定下的采购金额和时间是什么？",
                    "Which amount and which date have they set for the purchase?",
                ),
                Text(
                    "除了我们，客户还在和谁谈？",
                    "Whom are they talking to besides us?",
                ),
            ])
            .our_roles(&[role::INITIATOR, role::APPROVER, role::DECIDER])
            .our(&[ExitText]),
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
            )])
            .our_questions(&[
                Text(
                    "客户拿谁的报价与我们比，差多少？",
                    "With whose quote is ours compared, and how far apart are they?",
                ),
                Text(
                    "报价里哪一项还要说明？",
                    "Which item of the quote still needs explaining?",
                ),
            ])
            .our_roles(&[role::TECHNICAL, role::BUYER, role::APPROVER])
            .our(&[EntryText]),
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
            ])
            .our_questions(&[
                Text(
                    "哪一条款的风险还有一方不接受？",
                    "Which term carries a risk that one side does not accept?",
                ),
                Text(
                    "交付定在哪天，由谁确认过？",
                    "Which day is set for delivery, and who has confirmed it?",
                ),
            ])
            .our_roles(&[role::BUYER, role::APPROVER, role::DECIDER]),
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
