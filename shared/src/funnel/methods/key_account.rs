//! The key-customer funnel of four stages (FUN-16) and marketing to key accounts in six steps (SIX-05).

use super::row::{Row, Text, open, role, won};
use crate::funnel::StagePart::{Definition, EntryText, ExitText, Goal, Tasks};

pub const KEY_CUSTOMERS: (Text, Text, &[Row]) = (
    Text("重点客户漏斗", "Key customer funnel"),
    Text(
        "从大量客户中筛出决定大部分收入的少数：越往下，投入越多。",
        "Sifts the few who bring most of the income from the many: the further down, the more is spent on them.",
    ),
    &[
        open(Text("目标市场", "Target market"), 5, 60)
            .means(
                Text(
                    "产品适合的客户群，按购买力、渠道、地区细分",
                    "The customers the product suits, sliced by buying power, channel and region",
                ),
                Text("筛选出潜在客户", "Sift out the prospects"),
            )
            .marks(
                Text("属于目标市场", "Part of the target market"),
                Text("符合潜在客户判定条件", "Meets the conditions of a prospect"),
            )
            .tasks(&[
                Text(
                    "按购买力、渠道、地区细分客户群",
                    "Slice the market by buying power, channel and region",
                ),
                Text(
                    "用广告、促销、电话营销带来潜在客户",
                    "Bring in prospects by advertising, promotion and telephone",
                ),
            ])
            .our_questions(&[
                Text("产品最适合哪一类客户？", "Whom does the product suit best?"),
                Text(
                    "这个客户按购买力、渠道、地区属于哪个细分？",
                    "Into which slice do buying power, channel and region put this customer?",
                ),
            ])
            .our_roles(&[role::INITIATOR]),
        open(Text("潜在客户", "Prospect"), 20, 45)
            .means(
                Text(
                    "有需求、有购买力，意向尚不明确",
                    "Has need and means, intent not clear yet",
                ),
                Text("确认购买意向", "Confirm the intent to buy"),
            )
            .marks(
                Text("符合潜在客户判定条件", "Meets the conditions of a prospect"),
                Text("有明确购买意向", "Intent to buy is clear"),
            )
            .tasks(&[
                Text("拜访和跟进", "Visit and follow up"),
                Text(
                    "按预计贡献利润和预计签约时间分类",
                    "Sort by the profit expected and the day of signing expected",
                ),
                Text(
                    "按判定条件定期汇总上报，更新名单",
                    "Report by the conditions at fixed times and renew the list",
                ),
            ])
            .our_questions(&[
                Text(
                    "这个客户值得投入时间和精力吗？",
                    "Is this customer worth the time and effort?",
                ),
                Text(
                    "预计何时签约，贡献多少利润？",
                    "When are they expected to sign, and what profit will it bring?",
                ),
            ])
            .our_roles(&[role::INITIATOR, role::APPROVER])
            .our(&[Definition, Goal]),
        open(Text("目标客户", "Target customer"), 60, 30)
            .means(
                Text(
                    "有明确购买意向、有购买力、短期内有把握达成订单的客户",
                    "Clear intent, means to buy, an order within reach soon",
                ),
                Text("达成订单", "Reach the order"),
            )
            .marks(
                Text("有明确购买意向", "Intent to buy is clear"),
                Text(
                    "签订合同并支付足额首款",
                    "Contract signed and first payment made in full",
                ),
            )
            .tasks(&[
                Text(
                    "找出其中有价值的关键客户",
                    "Find the key customers among them",
                ),
                Text("为关键客户安排最好的资源", "Give them the best people and means"),
            ])
            .our_questions(&[
                Text("短期内成交还差什么？", "What is missing for an order soon?"),
                Text(
                    "首款在预算里吗，由谁批准？",
                    "Is the first payment in the budget, and who approves it?",
                ),
            ])
            .our_roles(&[role::BUYER, role::APPROVER, role::DECIDER]),
        won(Text("签约客户", "Signed customer"))
            .means(
                Text(
                    "签订合同并支付足额首款的客户；按期获得全款的是合格签约客户",
                    "Contract signed and first payment made in full; with all payments on time a good customer",
                ),
                Text("按期获得全款", "All payments on time"),
            )
            .marks(
                Text(
                    "签订合同并支付足额首款",
                    "Contract signed and first payment made in full",
                ),
                Text("", ""),
            )
            .tasks(&[
                Text(
                    "把信用、发货、回款和奖金结合起来管理",
                    "Manage credit, shipping, payment and bonus as one",
                ),
                Text(
                    "按订单规模和回款情况细分，给予不同的服务和折扣",
                    "Sort by order size and payment, with service and discount to match",
                ),
            ])
            .our_questions(&[Text("下一笔款何时到？", "When does the next payment come in?")]),
    ],
);

pub const KEY_ACCOUNT_MARKETING: (Text, Text, &[Row]) = (
    Text("大客户营销六步", "Key account marketing in six steps"),
    Text(
        "先定人群，再定差异，再找到拍板的人；成交后用增值服务和评估留住客户。",
        "First the group, then the difference, then the one who decides; after the sale service and evaluation keep the customer.",
    ),
    &[
        open(Text("定义目标客户", "Define target group"), 5, 60)
            .means(
                Text(
                    "份额、收入、利润较高并有强烈需求的客户",
                    "Customers of large share, income and profit, with a strong need",
                ),
                Text("确定最具潜力的客户", "The customers of most promise are fixed"),
            )
            .marks(
                Text("客户进入名单", "The customer is on the list"),
                Text("属于目标客户群体", "Belongs to the target group"),
            )
            .tasks(&[Text(
                "用调研和数据分析筛选客户",
                "Sift customers by research and data",
            )])
            .our_questions(&[
                Text(
                    "客户一年在这类产品上花多少，我们占多少？",
                    "What do they spend on such products in a year, and what is our share?",
                ),
                Text(
                    "凭哪些数据把这个客户列入名单？",
                    "Which figures put this customer on the list?",
                ),
            ])
            .our_roles(&[role::INITIATOR])
            .our(&[EntryText, ExitText]),
        open(Text("理解客户需求", "Understand needs"), 20, 45)
            .means(
                Text(
                    "与客户深入交流，了解需求和痛点",
                    "Learn needs and pains in depth from the customer",
                ),
                Text("明确营销方向", "The direction is clear"),
            )
            .marks(
                Text("属于目标客户群体", "Belongs to the target group"),
                Text("需求和痛点清楚", "Needs and pains are known"),
            )
            .tasks(&[Text("访谈和调研", "Interviews and research")])
            .our_questions(&[
                Text("客户最痛的是什么？", "Where does it hurt them most?"),
                Text(
                    "这个痛点一年损失多少，数字是谁给的？",
                    "What does that pain cost in a year, and whose figure is it?",
                ),
            ])
            .our_roles(&[role::USER, role::INITIATOR])
            .our(&[EntryText, ExitText]),
        open(Text("差异化策略", "Differentiated strategy"), 35, 30)
            .means(
                Text(
                    "按需求突出与对手的区别：产品、定制服务、交付时间、质量保证",
                    "Stand out where they need it: product, tailored service, delivery time, guaranteed quality",
                ),
                Text("客户看到我们的不同", "The customer sees how we differ"),
            )
            .marks(
                Text("需求和痛点清楚", "Needs and pains are known"),
                Text("策略针对这个客户", "The strategy is made for this customer"),
            )
            .tasks(&[Text("制定针对性的方案", "Make an offer to fit")])
            .our_questions(&[
                Text("我们与对手有什么不同？", "How do we differ from the others?"),
                Text(
                    "客户愿意为其中哪一点多付钱？",
                    "For which of these differences would they pay more?",
                ),
            ])
            .our_roles(&[role::USER, role::TECHNICAL])
            .our(&[Goal, EntryText, ExitText, Tasks]),
        open(Text("寻找关键决策者", "Find the decision maker"), 60, 30)
            .means(
                Text(
                    "了解组织结构和决策流程，接触影响购买的人",
                    "Know structure and way of deciding, reach those who influence the purchase",
                ),
                Text(
                    "与关键决策者建立良好关系",
                    "A good relation with the one who decides",
                ),
            )
            .marks(
                Text("策略针对这个客户", "The strategy is made for this customer"),
                Text("关键决策者同意购买", "The decision maker agrees to buy"),
            )
            .tasks(&[Text("画出决策链", "Draw the chain of decision")])
            .our_questions(&[
                Text("谁最后拍板？", "Who has the last word?"),
                Text(
                    "谁能带我们去见他，约在哪天？",
                    "Who can bring us to that person, and on which day?",
                ),
            ])
            .roles(&[role::APPROVER, role::DECIDER])
            .our(&[EntryText, ExitText, Tasks]),
        won(Text("提供增值服务", "Value-added service"))
            .means(
                Text(
                    "售后、培训、技术咨询，增强黏性",
                    "Service, training and advice that bind",
                ),
                Text("长期合作", "A lasting relation"),
            )
            .marks(Text("成交", "The deal is made"), Text("客户满意", "The customer is satisfied"))
            .tasks(&[Text("安排培训和技术支持", "Arrange training and support")])
            .our(&[EntryText, ExitText]),
        won(Text("追踪和评估", "Track and evaluate"))
            .means(
                Text(
                    "用销售数据、客户反馈和市场趋势评估成效",
                    "Evaluate by sales figures, feedback and the market",
                ),
                Text("持续改善", "Keep improving"),
            )
            .marks(
                Text("服务进行中", "Service is under way"),
                Text("", ""),
            )
            .tasks(&[Text("定期听取反馈", "Ask for feedback at fixed times")])
            .our_questions(&[Text("策略哪里需要调整？", "What in the strategy needs to change?")])
            .our(&[EntryText]),
    ],
);
