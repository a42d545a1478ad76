//! Methods of direct selling: forecast status (FUN-19), three layers (FUN-20), telephone and reception
//! (FUN-22).

use super::row::{Row, Text, lost, open, role, won};

pub const FORECAST: (Text, Text, &[Row]) = (
    Text("预测状态漏斗", "Forecast status"),
    Text(
        "五种状态加成功概率，每周修正一次，适合按季度承诺的团队。",
        "Five states with a chance, put right every week; for teams that commit by the quarter.",
    ),
    &[
        open(Text("第一次联系", "First contact"), 10, 14)
            .means(
                Text("与客户第一次联系", "The first talk with the customer"),
                Text("约到下一次沟通", "A date for the next talk"),
            )
            .marks(
                Text("有联系人", "There is somebody to talk to"),
                Text("约定下一次沟通", "The next talk is fixed"),
            )
            .tasks(&[Text("记录客户和联系人", "Record customer and contact")])
            .asks(&[
                Text(
                    "联系人负责什么，能介绍谁？",
                    "What is the contact in charge of, and whom can that person introduce?",
                ),
                Text(
                    "下一次沟通在哪天，谈什么？",
                    "On which day is the next talk, and what is it about?",
                ),
            ])
            .roles(&[role::INITIATOR])
            .ours(),
        open(Text("了解需求", "Understand needs"), 25, 30)
            .means(
                Text("正在了解客户的需求", "The needs are being learnt"),
                Text("需求清楚", "The needs are known"),
            )
            .marks(
                Text("约定下一次沟通", "The next talk is fixed"),
                Text("需求清楚，有预算和时间", "Needs, budget and date are known"),
            )
            .tasks(&[Text(
                "写下需求、预算和采购时间",
                "Write down need, budget and date",
            )])
            .asks(&[
                Text(
                    "哪天实现哪种产品的销售，多少金额？",
                    "Which product, on which day, for how much?",
                ),
                Text(
                    "预算由谁掌握，批了多少？",
                    "Who holds the budget, and how much of it is approved?",
                ),
            ])
            .roles(&[role::USER, role::INITIATOR, role::APPROVER])
            .ours(),
        open(Text("提交方案", "Submit proposal"), 50, 30)
            .means(
                Text(
                    "方案和报价已提交",
                    "Solution and quote are with the customer",
                ),
                Text("方案获认可", "The solution is accepted"),
            )
            .marks(
                Text("需求清楚，有预算和时间", "Needs, budget and date are known"),
                Text("客户同意签约", "The customer agrees to sign"),
            )
            .tasks(&[Text("每周修正判断", "Put the judgement right every week")])
            .asks(&[
                Text(
                    "本季度能签吗？凭什么？",
                    "Will it be signed this quarter, and on what grounds?",
                ),
                Text(
                    "上周以来哪个事实改变了我们的判断？",
                    "Which fact has changed our judgement since last week?",
                ),
            ])
            .roles(&[role::TECHNICAL, role::APPROVER, role::DECIDER])
            .ours(),
        won(Text("签约", "Signed"))
            .means(
                Text("合同已签，尚未回款", "Signed, not yet paid"),
                Text("按期回款", "Payment on time"),
            )
            .marks(
                Text("合同签订", "The contract is signed"),
                Text("收到款项", "The money is in"),
            )
            .tasks(&[Text("跟踪付款计划", "Follow the plan of payment")])
            .ours(),
        won(Text("已经回款", "Paid"))
            .means(
                Text("款项已收", "The money is in"),
                Text("开始下一个机会", "Begin the next opportunity"),
            )
            .marks(Text("收到款项", "The money is in"), Text("", ""))
            .tasks(&[Text("寻找下一个机会", "Look for the next opportunity")])
            .ours(),
    ],
);

pub const THREE_LAYERS: (Text, Text, &[Row]) = (
    Text("三层漏斗 C-B-A", "Three layers C, B, A"),
    Text(
        "按行为升降级：看过、还价就往下走，推荐多次没有行动就出局。",
        "Moves by behaviour: who comes to look and makes an offer sinks, who never acts is thrown out.",
    ),
    &[
        open(Text("潜在意向客户 C", "Prospect C"), 10, 30)
            .means(
                Text(
                    "通过各种渠道获得的客户信息，约占客户量的 50%",
                    "Names from all channels, about half of all customers",
                ),
                Text("约出看货的客户", "Get them to come and look"),
            )
            .marks(
                Text("有客户信息", "There is a name"),
                Text("跟我们看过", "Came to look"),
            )
            .tasks(&[
                Text("大量沟通与回访", "Talk and call back, many times"),
                Text(
                    "连续推荐 8 次没有看的，转为 F",
                    "After eight recommendations without a viewing: F",
                ),
            ])
            .our_questions(&[
                Text(
                    "推荐了几次？为什么没来看？",
                    "How often recommended, and why no viewing?",
                ),
                Text(
                    "客户想要什么样的，最多出多少钱？",
                    "What are they looking for, and up to which price?",
                ),
            ])
            .our_roles(&[role::USER]),
        open(Text("培养型客户 B", "Customer to develop B"), 30, 21)
            .means(
                Text(
                    "推荐后跟我们看过的客户，约占 30%",
                    "Came to look after a recommendation, about 30 %",
                ),
                Text("让客户给价并加价", "Get an offer and a raise"),
            )
            .marks(
                Text("跟我们看过", "Came to look"),
                Text(
                    "带看 4 次以内给价并加价",
                    "Offer and raise within four showings",
                ),
            )
            .tasks(&[
                Text("做好跟进计划", "Plan the follow-up"),
                Text(
                    "连续带看 9 次以上不给价的，退回 C",
                    "After nine showings without an offer: back to C",
                ),
            ])
            .our_questions(&[
                Text(
                    "看了几次？给价了吗？",
                    "How many showings, and was there an offer?",
                ),
                Text(
                    "看过之后，哪一点让客户没有给价？",
                    "After looking, which point kept them from an offer?",
                ),
            ])
            .our_roles(&[role::USER, role::DECIDER]),
        open(Text("成交型客户 A", "Customer to close A"), 70, 7)
            .means(
                Text(
                    "看完给价同时还加价的客户，约占 20%",
                    "Made an offer and raised it, about 20 %",
                ),
                Text("成交", "A deal"),
            )
            .marks(
                Text(
                    "带看 4 次以内给价并加价",
                    "Offer and raise within four showings",
                ),
                Text("成交", "The deal is made"),
            )
            .tasks(&[
                Text("紧密追踪，及时回访", "Stay close, call back in time"),
                Text("热情积极地服务", "Serve with warmth"),
            ])
            .our_questions(&[
                Text("离成交还差什么？", "What is missing for the deal?"),
                Text(
                    "加价之后离要价还差多少？",
                    "After the raise, how far is the offer from the price asked?",
                ),
            ])
            // CLS-26 wants timely call-backs; the two days are ours.
            .step(Text("回访客户", "Call the customer back"), 2)
            .our_roles(&[role::DECIDER]),
        won(Text("成交", "Closed"))
            .means(
                Text("已成交的客户", "The deal is made"),
                Text("服务与转介绍", "Service and referral"),
            )
            .marks(Text("成交", "The deal is made"), Text("", ""))
            .ours(),
        lost(Text("出局 F", "Thrown out F"))
            .means(
                Text(
                    "连续推荐 8 次都没有看的客户，扔出漏斗",
                    "Eight recommendations without a viewing: thrown out",
                ),
                Text("把时间留给其他客户", "Keep the time for the others"),
            )
            .marks(
                Text(
                    "连续推荐 8 次没有看",
                    "Eight recommendations without a viewing",
                ),
                Text("", ""),
            ),
    ],
);

pub const DIRECT: (Text, Text, &[Row]) = (
    Text("电销直销流程", "Telephone and direct sale"),
    Text(
        "开发、拜访、接待、维护四段流程，适合上门和到店的高值产品。",
        "Develop, visit, receive, keep: for products of high value sold at the door and in the shop.",
    ),
    &[
        open(Text("客户开发", "Development"), 10, 30)
            .means(
                Text(
                    "通过人脉和平台传播信息，收集并分析客户需求",
                    "Spread the word by people and platforms, collect and analyse needs",
                ),
                Text("确定潜在客户", "The prospects are fixed"),
            )
            .marks(
                Text("有客户或需求信息", "There is a name or a need"),
                Text("客户资料备案", "The customer is on file"),
            )
            .tasks(&[
                Text("整合人脉和平台资源", "Bring people and platforms together"),
                Text(
                    "收集并分析客户需求信息",
                    "Collect and analyse what they need",
                ),
                Text(
                    "设计开发方案，申请费用",
                    "Plan the development, ask for the budget",
                ),
                Text(
                    "定期汇报，写总结报告",
                    "Report at fixed times and in the end",
                ),
            ])
            .our_questions(&[
                Text(
                    "客户有购买力、决策权和需求吗？",
                    "Has the customer money, authority and need?",
                ),
                Text(
                    "信息是谁给的，哪天核实过？",
                    "Who gave us the name, and on which day was it checked?",
                ),
            ])
            .our_roles(&[role::INITIATOR, role::DECIDER]),
        open(Text("拜访沟通", "Visit"), 30, 21)
            .means(
                Text("按计划拜访，了解需求", "Visit by plan, learn the need"),
                Text(
                    "解决疑虑，留下印象，约定下次",
                    "Resolve doubts, leave an impression, fix the next date",
                ),
            )
            .marks(
                Text("客户资料备案", "The customer is on file"),
                Text("客户同意到访", "The customer agrees to come"),
            )
            .tasks(&[
                Text("制定拜访计划，提出申请", "Plan the visit and ask for it"),
                Text("准备资料和小礼品", "Prepare papers and a small gift"),
                Text("填写客户拜访记录表", "Fill in the record of the visit"),
            ])
            .our_questions(&[
                Text("下次何时拜访？", "When is the next visit?"),
                Text(
                    "客户最大的疑虑是什么，我们怎么答的？",
                    "What was the main doubt, and how did we answer it?",
                ),
            ])
            .our_roles(&[role::USER, role::DECIDER]),
        open(Text("接待成交", "Reception"), 60, 14)
            .means(
                Text("客户到访，挑选货品", "The customer comes and chooses"),
                Text("促成成交", "Close the deal"),
            )
            .marks(
                Text("客户同意到访", "The customer agrees to come"),
                Text("成交", "The deal is made"),
            )
            .tasks(&[
                Text(
                    "确认到访日期、时间、人数和大体需求",
                    "Confirm day, time, number of people and rough need",
                ),
                Text(
                    "制定并审批接待计划",
                    "Plan the reception and have it approved",
                ),
                Text("品鉴前再沟通", "Talk once more before the viewing"),
                Text("写接待报告", "Write the report"),
            ])
            .our_questions(&[
                Text(
                    "客户对什么还有顾虑？",
                    "What is the customer still unsure of?",
                ),
                Text(
                    "哪些人会到访，其中谁决定购买？",
                    "Who is coming, and which of them decides?",
                ),
            ])
            .our_roles(&[role::USER, role::DECIDER]),
        won(Text("售后维护", "Care"))
            .means(
                Text(
                    "成交后的跟踪配送、回访和增值服务",
                    "Delivery, calls and extra service after the deal",
                ),
                Text("再次销售", "Sell again"),
            )
            .marks(Text("成交", "The deal is made"), Text("", ""))
            .tasks(&[
                Text("跟踪配送", "Follow the delivery"),
                Text("定期回访", "Call at fixed times"),
                Text("提供增值服务", "Offer extra service"),
            ]),
    ],
);
