//! How a stage of the library is written down: both languages side by side, built step by step.

use crate::funnel::{Attention, StageColour, StageFields, StageKind, StagePart, StageParts};
use crate::identity::Locale;

/// A text in Chinese and English.
#[derive(Clone, Copy)]
pub struct Text(pub &'static str, pub &'static str);

impl Text {
    /// The text in a language.
    pub fn of(&self, locale: Locale) -> String {
        match locale {
            Locale::ZhCn => self.0,
            Locale::En => self.1,
        }
        .to_owned()
    }
}

const NOTHING: Text = Text("", "");

/// A stage of the library.
#[derive(Clone, Copy)]
pub struct Row {
    /// What being there means.
    pub kind: StageKind,
    name: Text,
    chance: (i16, Option<i16>),
    rot_days: Option<i16>,
    definition: Text,
    goal: Text,
    entry: Text,
    exit: Text,
    tasks: &'static [Text],
    questions: &'static [Text],
    roles: &'static [Text],
    step: Option<(Text, i16)>,
    is_ours: bool,
    our_parts: StageParts,
}

/// A stage on the way, with its probability and the days after which a deal there is overdue.
pub const fn open(name: Text, chance: i16, rot_days: i16) -> Row {
    Row {
        kind: StageKind::Open,
        name,
        chance: (chance, None),
        rot_days: Some(rot_days),
        definition: NOTHING,
        goal: NOTHING,
        entry: NOTHING,
        exit: NOTHING,
        tasks: &[],
        questions: &[],
        roles: &[],
        step: None,
        is_ours: false,
        our_parts: StageParts::NONE,
    }
}

/// A stage of deals that are won, or one after the sale.
pub const fn won(name: Text) -> Row {
    Row {
        kind: StageKind::Won,
        chance: (100, None),
        rot_days: None,
        ..open(name, 100, 1)
    }
}

/// The stage of those that left.
pub const fn lost(name: Text) -> Row {
    Row {
        kind: StageKind::Lost,
        chance: (0, None),
        rot_days: None,
        ..open(name, 0, 1)
    }
}

impl Row {
    /// The probability as a range, as a source gives it.
    pub const fn between(mut self, low: i16, high: i16) -> Self {
        self.chance = (low, Some(high));
        self
    }

    /// What the stage means, and what must be reached in it.
    pub const fn means(mut self, definition: Text, goal: Text) -> Self {
        self.definition = definition;
        self.goal = goal;
        self
    }

    /// What marks its start and its end.
    pub const fn marks(mut self, entry: Text, exit: Text) -> Self {
        self.entry = entry;
        self.exit = exit;
        self
    }

    /// What is to be done.
    pub const fn tasks(mut self, tasks: &'static [Text]) -> Self {
        self.tasks = tasks;
        self
    }

    /// The questions that push the deal on.
    pub const fn asks(mut self, questions: &'static [Text]) -> Self {
        self.questions = questions;
        self
    }

    /// Push questions the source does not put, at least some of them in our words.
    pub const fn our_questions(self, questions: &'static [Text]) -> Self {
        self.asks(questions).our(&[StagePart::Questions])
    }

    /// Whom to talk to, where the source names nobody.
    pub const fn our_roles(self, roles: &'static [Text]) -> Self {
        self.roles(roles).our(&[StagePart::Roles])
    }

    /// Parts that are written above in words of ours, where the source says what others are.
    pub const fn our(mut self, parts: &[StagePart]) -> Self {
        let mut rest = parts;
        while let [first, others @ ..] = rest {
            self.our_parts = self.our_parts.with(*first);
            rest = others;
        }
        self
    }

    /// Whom to talk to.
    pub const fn roles(mut self, roles: &'static [Text]) -> Self {
        self.roles = roles;
        self
    }

    /// The next step of whoever comes in without one, and in how many days it is due.
    pub const fn step(mut self, step: Text, days: i16) -> Self {
        self.step = Some((step, days));
        self
    }

    /// The source leaves it out, or names it and says no more: the texts are ours.
    pub const fn ours(mut self) -> Self {
        self.is_ours = true;
        self
    }

    /// The row with what is asked at the end of a deal in our words, where its source asks nothing there.
    fn completed(self) -> Self {
        let (exit, questions, roles) = match self.kind {
            StageKind::Open => return self,
            StageKind::Won => (WON_EXIT, WON_QUESTIONS, WON_ROLES),
            StageKind::Lost => (LOST_EXIT, LOST_QUESTIONS, LOST_ROLES),
        };
        let mut row = self;
        if row.questions.is_empty() {
            row = row.our_questions(questions);
        }
        if row.roles.is_empty() {
            row = row.our_roles(roles);
        }
        if row.exit.0.is_empty() {
            row.exit = exit;
            row = row.our(&[StagePart::ExitText]);
        }
        row
    }

    /// The stage in a language, at its place among so many open ones.
    pub fn fields(self, locale: Locale, place: usize, open: usize) -> StageFields {
        let row = self.completed();
        row.written(locale, place, open)
    }

    fn written(&self, locale: Locale, place: usize, open: usize) -> StageFields {
        let all = |texts: &[Text]| texts.iter().map(|text| text.of(locale)).collect();
        StageFields {
            name: self.name.of(locale),
            kind: self.kind,
            probability: self.chance.0,
            probability_high: self.chance.1,
            definition: self.definition.of(locale),
            goal: self.goal.of(locale),
            entry_text: self.entry.of(locale),
            exit_text: self.exit.of(locale),
            tasks: all(self.tasks),
            questions: all(self.questions),
            roles: all(self.roles),
            rot_days: self.rot_days,
            next_step: self
                .step
                .map_or_else(String::new, |(step, _)| step.of(locale)),
            next_step_days: self.step.map(|(_, days)| days),
            attention: self.attention(),
            colour: self.colour(place, open),
            is_ours: self.is_ours,
            our_parts: self.all_our_parts(),
        }
    }

    /// The marks of the parts; of a stage that is all ours there are none. A probability that is no range of a
    /// source is ours.
    const fn all_our_parts(&self) -> StageParts {
        match (self.is_ours, self.kind, self.chance) {
            (true, ..) => StageParts::NONE,
            (false, StageKind::Open, (_, None)) => self.our_parts.with(StagePart::Probability),
            _ => self.our_parts,
        }
    }

    /// The nearer to the signature, the more attention; what is lost gets none. The sources want it to differ
    /// (FUN-27), the levels are ours.
    const fn attention(&self) -> Option<Attention> {
        match (self.kind, self.chance) {
            (StageKind::Lost, _) => None,
            (StageKind::Won, _) => Some(Attention::Normal),
            (StageKind::Open, (50.., _)) => Some(Attention::High),
            (StageKind::Open, (15.., _)) => Some(Attention::Normal),
            (StageKind::Open, _) => Some(Attention::Low),
        }
    }

    /// The colours from grey to teal over the open stages; green once it is won.
    fn colour(&self, place: usize, open: usize) -> StageColour {
        const WAY: [StageColour; 5] = [
            StageColour::Slate,
            StageColour::Violet,
            StageColour::Indigo,
            StageColour::Blue,
            StageColour::Teal,
        ];
        match self.kind {
            StageKind::Won => StageColour::Green,
            StageKind::Lost => StageColour::Slate,
            StageKind::Open => {
                let place = place * WAY.len() / open.max(1);
                WAY.get(place).copied().unwrap_or(StageColour::Teal)
            }
        }
    }
}

const WON_EXIT: Text = Text(
    "客户有了新的需求，另立商机",
    "The customer has a new need, which gets a deal of its own",
);
const WON_QUESTIONS: &[Text] = &[
    Text(
        "客户验收了什么，还差什么？",
        "What did the customer accept, and what is still open?",
    ),
    Text(
        "谁愿意替我们说话，谁还不满意？",
        "Who speaks for us there, and who is not content yet?",
    ),
    Text(
        "下一次采购或转介绍可能在哪里？",
        "Where may the next purchase or an introduction come from?",
    ),
];
const WON_ROLES: &[Text] = &[role::USER, role::BUYER, role::DECIDER];
const LOST_EXIT: Text = Text(
    "不再跟进，或约定了再次联系的日期",
    "Nobody follows it up, or a day to try again is set",
);
const LOST_QUESTIONS: &[Text] = &[
    Text(
        "客户最后选了谁，看重的是什么？",
        "Whom did the customer choose, and what did they value?",
    ),
    Text(
        "我们最早在哪一步就能看出来？",
        "At which step could we have seen it first?",
    ),
];
const LOST_ROLES: &[Text] = &[role::INITIATOR, role::DECIDER];

/// The way out of every stage, with a reason (FUN-07).
pub const LOST: Row = lost(Text("丢单", "Lost"))
    .means(
        Text("客户在任一阶段流失", "The customer left at some stage"),
        Text("记下真实原因", "Record the true reason"),
    )
    .marks(Text("说明丢单原因", "A loss reason is given"), NOTHING)
    .ours();

/// The roles of the seven steps (ORG-07).
pub mod role {
    use super::Text;

    pub const USER: Text = Text("使用者", "User");
    pub const TECHNICAL: Text = Text("技术论证者", "Technical evaluator");
    pub const INITIATOR: Text = Text("需求发起者", "Initiator");
    pub const APPROVER: Text = Text("采购审批者", "Purchase approver");
    pub const BUYER: Text = Text("采购执行者", "Buyer");
    pub const DECIDER: Text = Text("决策者", "Decision maker");
}

/// The question every step ends with (GATE-24).
pub const NEXT_STEP: Text = Text(
    "我的下一步策略是什么？",
    "What is my strategy for the next step?",
);
