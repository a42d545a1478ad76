//! A funnel being changed: its name and stages as a draft, in a pure reducer.

use crate::api::field_message;
use crate::i18n::Lang;
use shared::check::{Validate, tidy};
use shared::error::FieldError;
use shared::funnel::methods::Method;
use shared::funnel::{
    Funnel, FunnelPatch, NewFunnel, StageColour, StageDraft, StageFields, StageKind, StageMoved,
};
use shared::id::StageId;
use std::collections::BTreeMap;
use std::rc::Rc;
use yew::{AttrValue, Reducible};

/// A funnel being changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// Its name.
    pub name: String,
    /// The line of products it is for; empty for all.
    pub line: String,
    /// The method it begins with, where it is new.
    pub method: Option<Method>,
    /// Its stages, in order.
    pub stages: Vec<StageDraft>,
    /// What is not acceptable.
    pub faults: Vec<FieldError>,
    /// Whether it is being saved.
    pub is_busy: bool,
    /// The stage whose texts are open.
    pub open: Option<usize>,
    /// Where the deals go of stages that are taken out.
    pub moved: BTreeMap<StageId, StageId>,
    saved: (String, String, Vec<StageDraft>),
}

/// What happens to a draft.
#[derive(Debug, Clone, PartialEq)]
pub enum DraftAction {
    /// It begins anew with what the server has.
    Reset(Rc<Funnel>),
    /// The name was typed.
    Named(String),
    /// The line of products was typed.
    Lined(String),
    /// It was said where the deals go of stages that are taken out.
    Destined(BTreeMap<StageId, StageId>),
    /// A stage's fields were changed.
    Changed(usize, Box<StageFields>),
    /// A stage goes one up.
    Raised(usize),
    /// A stage goes one down.
    Lowered(usize),
    /// A stage is added before those that close deals, with this name.
    Added(String),
    /// A stage goes.
    Removed(usize),
    /// A stage's texts are shown, or hidden.
    Toggled(usize),
    /// It is being saved.
    Sent,
    /// It was not acceptable.
    Refused(Vec<FieldError>),
}

impl Draft {
    /// The draft of a funnel as it is.
    #[must_use]
    pub fn of(funnel: &Funnel) -> Self {
        // One that is being emptied is on its way out and cannot be changed.
        let stages = funnel.stages.iter().filter(|stage| stage.takes_deals());
        let stages = stages.map(|stage| StageDraft {
            id: Some(stage.id),
            fields: stage.fields.clone(),
        });
        let mut draft = Self::new(funnel.name.clone(), stages.collect());
        draft.line = funnel.product_line.clone().unwrap_or_default();
        draft.saved.1.clone_from(&draft.line);
        draft
    }

    /// A draft with this name and these stages.
    #[must_use]
    pub fn new(name: String, stages: Vec<StageDraft>) -> Self {
        let saved = (name.clone(), String::new(), stages.clone());
        Self {
            name,
            line: String::new(),
            method: None,
            stages,
            faults: Vec::new(),
            is_busy: false,
            open: None,
            moved: BTreeMap::new(),
            saved,
        }
    }

    /// The stages as they are sent: without empty lines in what is written line by line.
    fn tidy(&self) -> Vec<StageDraft> {
        let mut stages = self.stages.clone();
        for stage in &mut stages {
            let fields = &mut stage.fields;
            for list in [&mut fields.tasks, &mut fields.questions, &mut fields.roles] {
                list.retain(|text| !text.trim().is_empty());
            }
        }
        stages
    }

    /// The stages that were there and are taken out.
    #[must_use]
    pub fn gone(&self) -> Vec<StageId> {
        let is_kept = |id: &StageId| self.stages.iter().any(|stage| stage.id == Some(*id));
        let saved = self.saved.2.iter().filter_map(|stage| stage.id);
        saved.filter(|id| !is_kept(id)).collect()
    }

    /// Whether anything differs from what is saved.
    #[must_use]
    pub fn is_touched(&self) -> bool {
        self.name != self.saved.0 || self.line != self.saved.1 || self.tidy() != self.saved.2
    }

    /// The change to save, or what is wrong with it.
    ///
    /// # Errors
    /// All field errors, by the rule the server asks too.
    pub fn patch(&self) -> Result<FunnelPatch, Vec<FieldError>> {
        let name = (self.name != self.saved.0).then(|| self.name.trim().to_owned());
        let line = (self.line != self.saved.1).then(|| tidy(Some(self.line.clone())));
        let stages = Some(self.tidy()).filter(|stages| *stages != self.saved.2);
        let gone = self.gone();
        let moved = self.moved.iter().filter(|(from, _)| gone.contains(from));
        let patch = FunnelPatch {
            name,
            product_line: line,
            stages,
            moved: moved
                .map(|(from, to)| StageMoved {
                    from_stage_id: *from,
                    to_stage_id: *to,
                })
                .collect(),
        };
        patch.validated().map(|()| patch)
    }

    /// The funnel to make, or what is wrong with it.
    ///
    /// # Errors
    /// As [`Self::patch`].
    pub fn new_funnel(&self) -> Result<NewFunnel, Vec<FieldError>> {
        let funnel = NewFunnel {
            name: self.name.trim().to_owned(),
            method: self.method,
            product_line: tidy(Some(self.line.clone())),
            stages: self.tidy(),
        };
        funnel.validated().map(|()| funnel)
    }

    /// What is wrong at a pointer, in words.
    #[must_use]
    pub fn fault(&self, lang: Lang, pointer: &str) -> Option<AttrValue> {
        self.faults
            .iter()
            .find(|fault| fault.pointer == pointer)
            .map(|fault| field_message(lang, fault).into())
    }

    /// Whether anything is wrong with a stage.
    #[must_use]
    pub fn is_bad(&self, index: usize) -> bool {
        let base = format!("/stages/{index}/");
        self.faults
            .iter()
            .any(|fault| fault.pointer.starts_with(&base))
    }

    fn apply(&mut self, action: DraftAction) {
        match action {
            DraftAction::Reset(funnel) => {
                *self = Self {
                    open: self.open,
                    ..Self::of(&funnel)
                }
            }
            DraftAction::Named(name) => {
                self.name = name;
                self.faults.retain(|fault| fault.pointer != "/name");
            }
            DraftAction::Lined(line) => {
                self.line = line;
                self.faults.retain(|fault| fault.pointer != "/product_line");
            }
            DraftAction::Destined(moved) => self.moved = moved,
            DraftAction::Changed(index, mut fields) => {
                if let Some(stage) = self.stages.get_mut(index) {
                    // Whoever writes other words makes them the company's own.
                    fields.keep_marks_of(&stage.fields);
                    stage.fields = *fields;
                }
                let base = format!("/stages/{index}/");
                self.faults
                    .retain(|fault| !fault.pointer.starts_with(&base));
            }
            DraftAction::Raised(index) if index > 0 => self.swap(index, index - 1),
            DraftAction::Lowered(index) if index + 1 < self.stages.len() => {
                self.swap(index, index + 1)
            }
            DraftAction::Raised(_) | DraftAction::Lowered(_) => {}
            DraftAction::Added(name) => {
                let spot = self
                    .stages
                    .iter()
                    .position(|stage| stage.fields.kind != StageKind::Open)
                    .unwrap_or(self.stages.len());
                let fields = StageFields {
                    name,
                    probability: 50,
                    colour: StageColour::Blue,
                    ..StageFields::default()
                };
                self.stages.insert(spot, StageDraft { id: None, fields });
                self.faults.clear();
                self.open = Some(spot);
            }
            DraftAction::Removed(index) if index < self.stages.len() => {
                self.stages.remove(index);
                self.faults.clear();
                self.moved.clear();
                self.open = None;
            }
            DraftAction::Removed(_) => {}
            DraftAction::Toggled(index) => {
                self.open = if self.open == Some(index) {
                    None
                } else {
                    Some(index)
                }
            }
            DraftAction::Sent => {
                self.is_busy = true;
                self.faults.clear();
            }
            DraftAction::Refused(faults) => {
                self.is_busy = false;
                let first = faults.iter().find_map(|fault| {
                    fault
                        .pointer
                        .strip_prefix("/stages/")?
                        .split('/')
                        .next()?
                        .parse()
                        .ok()
                });
                self.open = first.or(self.open);
                self.faults = faults;
            }
        }
    }

    fn swap(&mut self, a: usize, b: usize) {
        self.stages.swap(a, b);
        self.faults.clear();
        self.open = self.open.map(|open| {
            if open == a {
                b
            } else if open == b {
                a
            } else {
                open
            }
        });
    }
}

impl Reducible for Draft {
    type Action = DraftAction;

    fn reduce(self: Rc<Self>, action: Self::Action) -> Rc<Self> {
        let mut next = (*self).clone();
        next.apply(action);
        Rc::new(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::funnel::board::fixture;
    use shared::error::ErrorCode;

    fn after(draft: &Draft, action: DraftAction) -> Draft {
        let mut next = draft.clone();
        next.apply(action);
        next
    }

    #[test]
    fn only_what_changed_is_sent() {
        let draft = Draft::of(&fixture::funnel());
        assert!(!draft.is_touched());
        let named = after(&draft, DraftAction::Named("other".into()));
        let patch = named.patch().unwrap();
        assert_eq!((patch.name.as_deref(), patch.stages), (Some("other"), None));
    }

    /// FUN-04.
    #[test]
    fn the_line_of_products_is_sent_when_it_changed_and_cleared_when_it_is_empty() {
        let mut funnel = fixture::funnel();
        funnel.product_line = Some("Cranes".into());
        let draft = Draft::of(&funnel);
        assert!(!draft.is_touched());
        assert_eq!(draft.patch().unwrap(), FunnelPatch::default());
        let cleared = after(&draft, DraftAction::Lined("  ".into()));
        assert_eq!(cleared.patch().unwrap().product_line, Some(None));
    }

    /// FUN-05, FUN-28: what is written line by line is sent without empty lines.
    #[test]
    fn an_empty_line_is_no_task() {
        let draft = Draft::of(&fixture::funnel());
        let with = |tasks: &[&str]| StageFields {
            tasks: tasks.iter().map(|task| (*task).to_owned()).collect(),
            ..draft.stages[0].fields.clone()
        };
        let blank = after(&draft, DraftAction::Changed(0, Box::new(with(&["", " "]))));
        assert!(!blank.is_touched());
        let one = after(
            &draft,
            DraftAction::Changed(0, Box::new(with(&["call", ""]))),
        );
        let sent = one.patch().unwrap().stages.unwrap();
        assert_eq!(sent[0].fields.tasks, ["call"]);
    }

    /// 1.18 item 7: a default of the library stops being one when somebody writes other words.
    #[test]
    fn other_words_make_a_default_the_companys_own() {
        let mut funnel = fixture::funnel();
        funnel.stages[0].fields.is_ours = true;
        let draft = Draft::of(&funnel);
        let ours = draft.stages[0].fields.clone();
        let renamed = StageFields {
            name: "Other".into(),
            ..ours.clone()
        };
        let renamed = after(&draft, DraftAction::Changed(0, Box::new(renamed)));
        assert!(renamed.stages[0].fields.is_ours);
        let goal = StageFields {
            goal: "Another goal".into(),
            ..ours
        };
        let said = after(&draft, DraftAction::Changed(0, Box::new(goal)));
        assert!(!said.stages[0].fields.is_ours);
    }

    /// FUN-28: other words in one part of a stage that was all ours leave the marks of the others.
    #[test]
    fn other_words_in_a_stage_that_is_all_ours_leave_the_other_parts_marked() {
        use shared::funnel::StagePart::{Definition, ExitText, Goal, Probability};

        let mut funnel = fixture::funnel();
        let fields = &mut funnel.stages[0].fields;
        fields.is_ours = true;
        fields.definition = "What it means".into();
        fields.goal = "What is reached".into();
        let draft = Draft::of(&funnel);
        let ours = draft.stages[0].fields.clone();
        let goal = StageFields {
            goal: "Another goal".into(),
            ..ours.clone()
        };
        let said = after(&draft, DraftAction::Changed(0, Box::new(goal)));
        let fields = &said.stages[0].fields;
        let exit = StageFields {
            exit_text: "Signed".into(),
            ..fields.clone()
        };
        assert_eq!(
            fields.our_parts,
            [Definition, Probability].into_iter().collect()
        );
        assert!(!fields.is_default(Goal));
        // What was empty was never ours.
        let said = after(&said, DraftAction::Changed(0, Box::new(exit)));
        let fields = &said.stages[0].fields;
        assert!(!fields.is_default(ExitText) && fields.is_default(Definition));
        let likely = StageFields {
            probability: ours.probability + 1,
            ..ours
        };
        let said = after(&draft, DraftAction::Changed(0, Box::new(likely)));
        let fields = &said.stages[0].fields;
        assert!(!fields.is_ours && fields.is_default(Goal) && !fields.is_default(Probability));
    }

    /// FUN-28: other words in a part make that part the company's own, and the others stay what they are; a
    /// stage that moves keeps its marks.
    #[test]
    fn other_words_in_a_part_take_its_mark_alone() {
        use shared::funnel::StagePart::{Probability, Questions, Roles};

        let mut funnel = fixture::funnel();
        let fields = &mut funnel.stages[0].fields;
        fields.questions = vec!["Who decides?".into()];
        fields.our_parts = [Questions, Roles, Probability].into_iter().collect();
        let draft = Draft::of(&funnel);
        let ours = draft.stages[0].fields.clone();
        let changed = |fields: StageFields| {
            let draft = after(&draft, DraftAction::Changed(0, Box::new(fields)));
            draft.stages[0].fields.our_parts
        };
        let asked = changed(StageFields {
            questions: vec!["Who signs?".into()],
            ..ours.clone()
        });
        assert_eq!(asked, [Roles, Probability].into_iter().collect());
        let likely = changed(StageFields {
            probability: ours.probability + 1,
            ..ours.clone()
        });
        assert_eq!(likely, [Questions, Roles].into_iter().collect());
        let named = changed(StageFields {
            name: "Other".into(),
            goal: "Another goal".into(),
            ..ours.clone()
        });
        assert_eq!(named, ours.our_parts);
        let lowered = after(&draft, DraftAction::Lowered(0));
        let sent = lowered.patch().unwrap().stages.unwrap();
        assert_eq!(sent[1].fields.our_parts, ours.our_parts);
    }

    /// FUN-03: a stage that goes takes the destination of its deals along, and one that stays does not.
    #[test]
    fn destinations_are_sent_of_stages_that_go() {
        let funnel = fixture::funnel();
        let (first, second) = (funnel.stages[0].id, funnel.stages[1].id);
        let draft = after(&Draft::of(&funnel), DraftAction::Removed(0));
        assert_eq!(draft.gone(), [first]);
        let moved = BTreeMap::from([(first, second), (second, first)]);
        let draft = after(&draft, DraftAction::Destined(moved));
        let patch = draft.patch().unwrap();
        assert_eq!(
            patch.moved,
            [StageMoved {
                from_stage_id: first,
                to_stage_id: second,
            }]
        );
    }

    #[test]
    fn a_stage_that_is_being_emptied_is_not_there_to_be_changed() {
        let mut funnel = fixture::funnel();
        funnel.stages[0].moving_to = Some(funnel.stages[1].id);
        let draft = Draft::of(&funnel);
        assert_eq!((draft.stages.len(), draft.gone().len()), (3, 0));
        assert!(!draft.is_touched());
    }

    #[test]
    fn a_stage_up_and_down_again_is_no_change() {
        let draft = Draft::of(&fixture::funnel());
        let moved = after(&draft, DraftAction::Lowered(0));
        assert!(moved.is_touched());
        assert!(!after(&moved, DraftAction::Raised(1)).is_touched());
        assert_eq!(after(&draft, DraftAction::Raised(0)).stages, draft.stages);
    }

    #[test]
    fn a_new_stage_stands_before_those_that_close_deals() {
        let draft = after(
            &Draft::of(&fixture::funnel()),
            DraftAction::Added("new".into()),
        );
        let names: Vec<_> = draft
            .stages
            .iter()
            .map(|stage| stage.fields.name.as_str())
            .collect();
        assert_eq!(names, ["stage 0", "stage 1", "new", "stage 2", "stage 3"]);
        assert_eq!(draft.open, Some(2));
    }

    #[test]
    fn a_funnel_without_a_lost_stage_is_refused_and_a_fault_opens_its_stage() {
        let draft = after(&Draft::of(&fixture::funnel()), DraftAction::Removed(3));
        let faults = draft.patch().unwrap_err();
        assert_eq!(faults[0].code, ErrorCode::FunnelIncomplete);
        let refused = after(
            &draft,
            DraftAction::Refused(vec![FieldError::new("/stages/1/name", ErrorCode::Required)]),
        );
        assert_eq!(refused.open, Some(1));
        assert!(refused.is_bad(1));
    }
}
