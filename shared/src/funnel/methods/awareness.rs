//! Methods that begin before the first talk: the loyalty funnel (FUN-10) and AIDA (FUN-11).

use super::row::{Row, Text, open, role, won};
use crate::funnel::StagePart::{Goal, Tasks};

pub const LOYALTY: (Text, Text, &[Row]) = (
    Text("忠诚度漏斗", "Loyalty funnel"),
    Text(
        "从感兴趣的人到忠实客户，适合重复购买的产品。",
        "From somebody interested to a loyal customer; for products that are bought again.",
    ),
    &[
        open(Text("潜在客户", "Prospect"), 5, 60)
            .means(
                Text(
                    "对产品或服务表达兴趣的个人或组织",
                    "A person or organisation that showed interest in a product or service",
                ),
                Text("让对方开始关注我们", "They begin to follow us"),
            )
            .marks(
                Text("表达过兴趣", "Showed interest"),
                Text("开始关注公司动态", "Follows what the company does"),
            )
            .tasks(&[Text(
                "登记来源和兴趣",
                "Note where they come from and what interests them",
            )])
            .our_questions(&[
                Text("什么引起了兴趣？", "What raised the interest?"),
                Text(
                    "对方从哪个渠道来，留下了谁的联系方式？",
                    "Which channel brought them, and whose contact details did they leave?",
                ),
            ])
            .our_roles(&[role::USER, role::INITIATOR])
            .our(&[Goal, Tasks]),
        open(Text("崇拜者", "Admirer"), 15, 45)
            .means(
                Text(
                    "已产生兴趣并关注公司动态的个人或组织",
                    "Interested, and following what the company does",
                ),
                Text(
                    "激发购买意愿，安排接触",
                    "Raise the wish to buy, arrange a talk",
                ),
            )
            .marks(
                Text("开始关注公司动态", "Follows what the company does"),
                Text(
                    "有购买意愿并与销售接触",
                    "Wishes to buy and talks to a seller",
                ),
            )
            .tasks(&[Text(
                "邀请参加活动，提供案例",
                "Invite to events, give examples",
            )])
            .our_questions(&[
                Text(
                    "最近三个月，对方参加或阅读了我们的哪些内容？",
                    "What of ours did they attend or read in the last three months?",
                ),
                Text(
                    "今年有哪件事会促使对方购买？",
                    "Which event of this year would make them buy?",
                ),
            ])
            .our_roles(&[role::USER, role::INITIATOR])
            .our(&[Goal, Tasks]),
        open(Text("潜在买家", "Potential buyer"), 40, 30)
            .means(
                Text(
                    "有购买意愿并已与销售团队接触",
                    "Wishes to buy and is in touch with the sales team",
                ),
                Text("成交", "A deal"),
            )
            .marks(
                Text(
                    "有购买意愿并与销售接触",
                    "Wishes to buy and talks to a seller",
                ),
                Text("完成购买", "The purchase is made"),
            )
            .tasks(&[Text(
                "了解需求和购买决策过程",
                "Learn the need and how the purchase is decided",
            )])
            .our_questions(&[
                Text(
                    "还有什么妨碍购买？",
                    "What still stands in the way of buying?",
                ),
                Text(
                    "这笔钱由谁批准，何时能批？",
                    "Who releases the money, and when?",
                ),
            ])
            .our_roles(&[role::INITIATOR, role::APPROVER, role::DECIDER])
            .our(&[Goal]),
        won(Text("客户", "Customer"))
            .means(
                Text(
                    "已经购买的个人或组织",
                    "A person or organisation that bought",
                ),
                Text("让客户满意", "A satisfied customer"),
            )
            .marks(
                Text("完成购买", "The purchase is made"),
                Text(
                    "表示满意，愿意再次购买",
                    "Satisfied and willing to buy again",
                ),
            )
            .tasks(&[Text("回访使用情况", "Ask how it is being used")])
            .our(&[Goal, Tasks]),
        won(Text("忠实客户", "Loyal customer"))
            .means(
                Text(
                    "购买过、满意并有再次购买意愿",
                    "Bought, is satisfied and wishes to buy again",
                ),
                Text("重复购买和转介绍", "Repeat purchase and referral"),
            )
            .marks(
                Text(
                    "表示满意，愿意再次购买",
                    "Satisfied and willing to buy again",
                ),
                Text("", ""),
            )
            .tasks(&[Text(
                "请客户转介绍，送回漏斗顶部",
                "Ask for referrals, which go back to the top",
            )])
            .our_questions(&[Text("谁能从中同样受益？", "Who would gain from it too?")])
            .our(&[Goal, Tasks]),
    ],
);

pub const AIDA: (Text, Text, &[Row]) = (
    Text("AIDA 漏斗", "AIDA funnel"),
    Text(
        "意识、兴趣、决策、行动，适合由广告和渠道带来的客户。",
        "Awareness, interest, decision, action; for customers brought by advertising and channels.",
    ),
    &[
        open(Text("意识", "Awareness"), 5, 30)
            .means(
                Text(
                    "客户通过广告、社交媒体、搜索引擎或口碑知道我们",
                    "The customer knows us by advertising, social media, search or word of mouth",
                ),
                Text("吸引注意", "Catch attention"),
            )
            .marks(
                Text("知道我们的存在", "Knows that we exist"),
                Text("主动查找信息", "Looks for information"),
            )
            .tasks(&[Text(
                "记录渠道和广告来源",
                "Record channel and advertisement",
            )])
            .our_questions(&[
                Text("客户从哪里知道我们？", "Where did the customer hear of us?"),
                Text(
                    "对方的行业和规模属于我们要的客户吗？",
                    "Do their industry and size make them a customer we want?",
                ),
            ])
            .our_roles(&[role::USER, role::INITIATOR])
            .our(&[Tasks]),
        open(Text("兴趣", "Interest"), 20, 30)
            .means(
                Text(
                    "主动了解产品的特点、功能和优势",
                    "Learns about features, functions and advantages",
                ),
                Text("激发购买欲望", "Raise the wish to buy"),
            )
            .marks(
                Text("主动查找信息", "Looks for information"),
                Text("开始考虑购买", "Begins to think of buying"),
            )
            .tasks(&[Text("提供有吸引力的内容", "Offer what attracts")])
            .our_questions(&[
                Text(
                    "客户看了哪些功能，想用在哪里？",
                    "Which functions did they look at, and where would they use them?",
                ),
                Text(
                    "客户现在用什么，哪一点不满意？",
                    "What do they use today, and which point of it falls short?",
                ),
            ])
            .our_roles(&[role::USER, role::TECHNICAL]),
        open(Text("决策", "Decision"), 50, 20)
            .means(
                Text(
                    "比较不同产品，寻找最适合的方案",
                    "Compares products and looks for what fits best",
                ),
                Text(
                    "提供清晰的信息，消除顾虑",
                    "Give clear information, resolve concerns",
                ),
            )
            .marks(
                Text("开始考虑购买", "Begins to think of buying"),
                Text("做出购买决定", "Decides to buy"),
            )
            .tasks(&[Text(
                "回答疑问，对比方案",
                "Answer questions, compare offers",
            )])
            .our_questions(&[
                Text(
                    "客户在和谁比较？看重什么？",
                    "Whom are we compared with, and what counts?",
                ),
                Text(
                    "还有哪项顾虑没有消除，是谁提出的？",
                    "Which concern is still open, and who raised it?",
                ),
            ])
            .our_roles(&[role::TECHNICAL, role::APPROVER, role::DECIDER]),
        won(Text("行动", "Action"))
            .means(
                Text("完成购买行为", "The purchase is made"),
                Text(
                    "便捷的流程和优质的售后",
                    "An easy purchase and good service after it",
                ),
            )
            .marks(Text("做出购买决定", "Decides to buy"), Text("", ""))
            .tasks(&[Text(
                "简化购买流程，跟进售后",
                "Make buying easy, follow up",
            )]),
    ],
);
