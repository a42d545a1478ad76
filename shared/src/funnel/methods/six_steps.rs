//! The six-step sale (FUN-21, SIX-02..04): start and end marker per step, GATE-18, GATE-19, GATE-22.

use super::row::{Row, Text, open, role, won};

pub const SIX_STEPS: (Text, Text, &[Row]) = (
    Text("六步销售法", "Six-step sale"),
    Text(
        "面向组织复杂、周期较长的大客户：每一步都有开始标志和结束标志。",
        "For key accounts with many people and a long way: each step has a mark where it starts and one where it ends.",
    ),
    &[
        open(Text("客户分析", "Account analysis"), 10, 30)
            .means(
                Text(
                    "全面收集客户资料并分析，找出真正的目标客户；暂时没有机会就留在这里，减少投入",
                    "Gather all there is to know and analyse it to find the accounts worth it; without a chance for now, stay here and spend less",
                ),
                Text("判断并发现明确的销售机会", "Judge and find a clear sales opportunity"),
            )
            .marks(
                Text("锁定目标客户", "The target account is fixed"),
                Text(
                    "发现明显、近在眼前并且有价值的销售机会",
                    "The opportunity is obvious, near and valuable",
                ),
            )
            .tasks(&[
                Text(
                    "发展向导：由易到难、由低到高、由点到面",
                    "Win guides inside: from easy to hard, from low to high, from one to many",
                ),
                Text(
                    "收集资料：背景、使用现状、组织机构、个人、竞争对手",
                    "Collect the dossier: background, what is in use, organisation, people, rivals",
                ),
                Text(
                    "从职能、级别、角色三个维度分析组织",
                    "Analyse the organisation by function, level and role",
                ),
                Text("用五个标准检验销售机会", "Put the opportunity to the five tests"),
            ])
            .asks(&[
                Text("客户的预算是多少？", "What is the customer's budget?"),
                Text("有没有具体的采购时间？", "Is there a date for the purchase?"),
                Text(
                    "客户需要的是不是我们擅长、有优势的产品？",
                    "Do they need what we are good at and ahead in?",
                ),
                Text(
                    "值得投入吗（赢利、费用和成本、实施风险）？",
                    "Is it worth it: profit, expense and cost, risk of delivery?",
                ),
                Text("能不能赢？", "Can we win?"),
            ])
            .our_roles(&[role::USER, role::TECHNICAL, role::INITIATOR]),
        open(Text("建立信任", "Build trust"), 20, 30)
            .means(
                Text(
                    "与关键人从认识、约会、信赖走到同盟",
                    "With those who count from acquaintance over shared interest and trust to alliance",
                ),
                Text("与客户建立信赖关系", "A relation of trust with the customer"),
            )
            .marks(
                Text(
                    "发现明显、近在眼前并且有价值的销售机会",
                    "The opportunity is obvious, near and valuable",
                ),
                Text("与客户建立信赖关系", "The relation of trust stands"),
            )
            .tasks(&[
                Text("认识：取得好感", "Get to know: be liked"),
                Text("约会：激发兴趣，产生互动", "Meet: raise interest, act together"),
                Text(
                    "信赖：获得个人的支持和承诺",
                    "Trust: gain the person's support and promise",
                ),
                Text("同盟：取得协助和配合", "Alliance: gain help from inside"),
                Text(
                    "识别对方的沟通风格并与之配合",
                    "Recognise how the other side communicates, and fit in",
                ),
            ])
            .our_questions(&[
                Text(
                    "谁支持我们，谁反对，谁还没有见过？",
                    "Who is for us, who against, whom have we not met yet?",
                ),
                Text(
                    "谁愿意在内部替我们说话，承诺了什么？",
                    "Who speaks for us inside, and what did that person promise?",
                ),
            ])
            .our_roles(&[role::INITIATOR, role::APPROVER, role::DECIDER]),
        open(Text("挖掘需求", "Explore needs"), 40, 30)
            .means(
                Text("完整、清晰地掌握客户的需求", "Know the customer's needs fully and clearly"),
                Text("得到客户确认的需求", "Needs confirmed by the customer"),
            )
            .marks(
                Text("与客户建立信赖关系", "The relation of trust stands"),
                Text("需求得到客户确认", "The needs are confirmed by the customer"),
            )
            .tasks(&[
                Text("访谈每一种角色", "Talk to every role"),
                Text("写下需求并请客户确认", "Write the needs down and have them confirmed"),
            ])
            .asks(&[
                Text("问题不解决会怎样？", "What happens if the problem stays?"),
                Text("各个角色的需求有什么不同？", "How do the roles differ in what they need?"),
            ])
            .roles(&[role::USER, role::TECHNICAL, role::INITIATOR])
            .ours(),
        open(Text("呈现价值", "Present value"), 60, 30)
            .means(
                Text("提交方案，呈现差异与价值", "Offer the solution, show difference and worth"),
                Text("客户认可我们的方案", "The customer accepts our solution"),
            )
            .marks(
                Text("需求得到客户确认", "The needs are confirmed by the customer"),
                Text(
                    "方案得到认可，开始商务谈判",
                    "The solution is accepted, negotiation begins",
                ),
            )
            .tasks(&[
                Text("讲解方案，演示产品", "Explain the solution, show the product"),
                Text("用客户的数字说明价值", "State the worth in the customer's own figures"),
            ])
            .asks(&[
                Text(
                    "与对手相比，客户为什么选择我们？",
                    "Why should they choose us over the others?",
                ),
                Text(
                    "客户自己算出的收益是多少？",
                    "Which gain has the customer worked out for itself?",
                ),
            ])
            .roles(&[role::TECHNICAL, role::APPROVER, role::DECIDER])
            .ours(),
        open(Text("赢取承诺", "Win commitment"), 80, 30)
            .means(
                Text("消除顾虑，谈判，签约", "Resolve concerns, negotiate, sign"),
                Text("签订合同", "A signed contract"),
            )
            .marks(
                Text("开始商务谈判", "Negotiation begins"),
                Text("签订合同", "The contract is signed"),
            )
            .tasks(&[
                Text("列出并逐条消除顾虑", "List the concerns and resolve them one by one"),
                Text("谈定价格、付款和交付", "Agree on price, payment and delivery"),
            ])
            .asks(&[
                Text("还差谁的点头？", "Whose consent is still missing?"),
                Text(
                    "还剩哪条顾虑，由谁负责消除？",
                    "Which concern is left, and who is to resolve it?",
                ),
            ])
            .roles(&[role::BUYER, role::APPROVER, role::DECIDER])
            .ours(),
        won(Text("跟进服务", "Follow-up service"))
            .means(
                Text(
                    "交付、回款、满意、重复购买和转介绍",
                    "Delivery, payment, satisfaction, repeat purchase, referral",
                ),
                Text("客户满意并再次购买", "A satisfied customer who buys again"),
            )
            .marks(Text("签订合同", "The contract is signed"), Text("", ""))
            .tasks(&[
                Text("跟踪交付和回款", "Follow delivery and payment"),
                Text("回访满意度", "Ask whether they are satisfied"),
                Text("请客户转介绍", "Ask for a referral"),
            ])
            .asks(&[Text("还有谁会需要我们？", "Who else would need us?")])
            .roles(&[role::USER, role::DECIDER])
            .ours(),
    ],
);
