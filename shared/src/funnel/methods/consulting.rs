//! The seven steps of consultative selling (FUN-14): probability ranges, push goals, target roles
//! (ORG-07) and push questions (GATE-25..29). The copy of the source keeps steps 4, 6 and 7, and the push
//! goals of the one before step 4; the others are ours.

use super::row::{NEXT_STEP, Row, Text, open, role, won};

pub const SEVEN_STEPS: (Text, Text, &[Row]) = (
    Text("顾问型七步法", "Consultative seven steps"),
    Text(
        "每一步都有成功概率、推进目标、销售对象和推进问题，适合顾问式销售。",
        "Each step has a chance, a push goal, roles to talk to and push questions; for selling by advice.",
    ),
    &[
        open(Text("寻找目标", "Find the target"), 1, 60)
            .between(1, 5)
            .means(
                Text("符合目标特征的客户", "Customers who fit the profile"),
                Text("接触到需求发起者", "Reach whoever has the need"),
            )
            .marks(
                Text("进入目标名单", "On the list of targets"),
                Text("找到联系人", "Somebody to talk to is found"),
            )
            .tasks(&[Text("收集公司和联系人资料", "Collect facts on company and people")])
            .asks(&[
                Text("为什么是这家公司？", "Why this company?"),
                Text("谁有需求，谁能引荐？", "Who there has the need, and who can introduce us?"),
                NEXT_STEP,
            ])
            .roles(&[role::INITIATOR])
            .ours(),
        open(Text("发现商机", "Find the opportunity"), 5, 45)
            .between(5, 10)
            .means(
                Text("客户有需要解决的问题", "The customer has a problem to solve"),
                Text("让客户承认问题", "The customer admits the problem"),
            )
            .marks(
                Text("找到联系人", "Somebody to talk to is found"),
                Text("客户愿意立项", "The customer is willing to set up a project"),
            )
            .tasks(&[Text("拜访，挖掘需求", "Visit and dig for needs")])
            .asks(&[
                Text("问题带来多大损失？", "What does the problem cost?"),
                Text(
                    "谁受影响最大，他承认这个问题吗？",
                    "Whom does it hit most, and does that person admit the problem?",
                ),
                NEXT_STEP,
            ])
            .roles(&[role::USER, role::INITIATOR])
            .ours(),
        open(Text("推动立项", "Push the project"), 10, 45)
            .between(10, 25)
            .means(
                Text("客户为采购立项", "The customer sets up a project for the purchase"),
                Text(
                    "参与立项，根据影响购买者决策的需求入手",
                    "Take part in the set-up, beginning with the needs that sway the buyers",
                ),
            )
            .marks(
                Text("客户愿意立项", "The customer is willing to set up a project"),
                Text("项目已立项", "The project is set up"),
            )
            .tasks(&[
                Text("参与立项", "Take part in setting up the project"),
                Text(
                    "协助准备立项文件（产品标准等）",
                    "Help with its papers, such as product standards",
                ),
                Text(
                    "从影响购买者决策的需求入手",
                    "Begin with the needs that sway the buyers",
                ),
            ])
            .asks(&[
                Text("什么影响购买者的决定？", "What sways the buyers?"),
                Text(
                    "立项文件由谁起草，何时提交？",
                    "Who drafts the papers of the project, and when are they handed in?",
                ),
                NEXT_STEP,
            ])
            .roles(&[role::TECHNICAL, role::INITIATOR, role::APPROVER])
            .ours(),
        open(Text("确保入围", "Reach the shortlist"), 25, 30)
            .between(25, 50)
            .means(
                Text(
                    "已立项，供应商名单正在形成",
                    "The project is set up, the shortlist takes shape",
                ),
                Text(
                    "将立项客户推动成入围客户；引导客户，控制方向；形成合理方案，创造双赢",
                    "From project to shortlist; lead the customer and the direction; a sound offer from which both gain",
                ),
            )
            .marks(
                Text("项目已立项", "The project is set up"),
                Text("我方入围", "We are on the shortlist"),
            )
            .tasks(&[
                Text("引导客户，控制销售方向", "Lead the customer, keep the direction"),
                Text("形成合理方案，创造双赢", "Make a sound offer from which both gain"),
            ])
            .asks(&[
                Text(
                    "这家公司做什么、怎样做、为什么、何时开始？",
                    "What does the firm do, how, why and since when?",
                ),
                Text(
                    "他们向谁采购？为何及怎样选择？",
                    "Whom do they buy from, why, and how did they choose?",
                ),
                Text(
                    "正在考虑哪些竞争对手？为什么？",
                    "Which rivals are they looking at, and why those?",
                ),
                Text("他们为什么要变？", "Why do they want to change?"),
                Text(
                    "采购决策链由谁组成？怎样到达上层？",
                    "Who is in the chain of decision, and how do I reach its top?",
                ),
                Text("决策者希望达到什么目标？", "What does the decision maker want to reach?"),
                Text(
                    "我们产品的哪些特点符合对方的利益？",
                    "Which of our features serve their interest?",
                ),
                Text(
                    "我们的方案对客户有足够的吸引力吗？",
                    "Is our offer attractive enough to them?",
                ),
                NEXT_STEP,
            ])
            .roles(&[
                role::USER,
                role::TECHNICAL,
                role::INITIATOR,
                role::APPROVER,
                role::DECIDER,
            ]),
        open(Text("赢得签约", "Win the contract"), 50, 30)
            .between(50, 90)
            .means(
                Text("已入围，进入谈判", "On the shortlist, in negotiation"),
                Text("签订合同", "A signed contract"),
            )
            .marks(
                Text("我方入围", "We are on the shortlist"),
                Text("合同签订", "The contract is signed"),
            )
            .tasks(&[Text("谈定价格、付款和交付", "Agree on price, payment and delivery")])
            .asks(&[
                Text("谁还没有同意？", "Who has not agreed yet?"),
                Text(
                    "合同还要经过哪些审批，各要几天？",
                    "Which approvals does the contract still need, and how many days does each take?",
                ),
                NEXT_STEP,
            ])
            .roles(&[role::BUYER, role::APPROVER, role::DECIDER])
            .ours(),
        won(Text("交易实施", "Carry out the deal"))
            .means(
                Text(
                    "合同在执行，产品在交付和使用",
                    "The contract is carried out, the product delivered and used",
                ),
                Text(
                    "实现产品效果的最大化",
                    "The product does the most it can for them",
                ),
            )
            .marks(
                Text("合同签订", "The contract is signed"),
                Text("客户认可使用效果", "The customer confirms the effect"),
            )
            .tasks(&[Text("与客户定下实施计划", "Agree on the plan of delivery")])
            .asks(&[
                Text("具体的实施计划是什么？", "What exactly is the plan of delivery?"),
                Text(
                    "使用者在客户内部的影响力有多大？",
                    "How much influence do the users have inside?",
                ),
                Text(
                    "如何帮助他们实现最大效果？",
                    "How can we help them get the most out of it?",
                ),
                Text(
                    "怎么做才能使他们愿意采购更多？",
                    "What would make them want to buy more?",
                ),
                NEXT_STEP,
            ])
            .roles(&[role::BUYER, role::APPROVER, role::DECIDER, role::USER]),
        won(Text("重复采购", "Repeat purchase"))
            .means(
                Text("客户有再次采购的机会", "The customer may buy again"),
                Text(
                    "培养长期合作关系，创造重复购买机会",
                    "A lasting relation that makes repeat purchases",
                ),
            )
            .marks(
                Text("客户认可使用效果", "The customer confirms the effect"),
                Text("", ""),
            )
            .tasks(&[Text("回访上次采购的效果", "Ask what the last purchase brought")])
            .asks(&[
                Text("什么最容易影响他们的满意度？", "What moves their satisfaction most?"),
                Text(
                    "上次采购的产品真的有帮助吗？",
                    "Did the last purchase really help them?",
                ),
                Text(
                    "如果效果不明显，为什么？我们怎么帮助提高？",
                    "If it did little, why, and how can we help?",
                ),
                NEXT_STEP,
            ])
            .roles(&[role::USER, role::INITIATOR, role::DECIDER]),
    ],
);
