//! A funnel being changed: its name and stages as a draft, in a pure reducer.

use crate::api::field_message;
use crate::i18n::Lang;
use shared::check::Validate;
use shared::error::FieldError;
use shared::funnel::{
    Funnel, FunnelPatch, NewFunnel, StageColour, StageDraft, StageFields, StageKind,
};
use std::rc::Rc;
use yew::{AttrValue, Reducible};

/// A funnel being changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// Its name.
    pub name: String,
    /// Its stages, in order.
    pub stages: Vec<StageDraft>,
    /// What is not acceptable.
    pub faults: Vec<FieldError>,
    /// Whether it is being saved.
    pub is_busy: bool,
    /// The stage whose texts are open.
    pub open: Option<usize>,
    saved: (String, Vec<StageDraft>),
}

/// What happens to a draft.
#[derive(Debug, Clone, PartialEq)]
pub enum DraftAction {
    /// It begins anew with what the server has.
    Reset(Rc<Funnel>),
    /// The name was typed.
    Named(String),
    /// A stage's fields were changed.
    Changed(usize, StageFields),
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
        let stages = funnel.stages.iter().map(|stage| StageDraft {
            id: Some(stage.id),
            fields: stage.fields.clone(),
        });
        Self::new(funnel.name.clone(), stages.collect())
    }

    /// A draft with this name and these stages.
    #[must_use]
    pub fn new(name: String, stages: Vec<StageDraft>) -> Self {
        let saved = (name.clone(), stages.clone());
        Self {
            name,
            stages,
            faults: Vec::new(),
            is_busy: false,
            open: None,
            saved,
        }
    }

    /// Whether anything differs from what is saved.
    #[must_use]
    pub fn is_touched(&self) -> bool {
        self.name != self.saved.0 || self.stages != self.saved.1
    }

    /// The change to save, or what is wrong with it.
    ///
    /// # Errors
    /// All field errors, by the rule the server asks too.
    pub fn patch(&self) -> Result<FunnelPatch, Vec<FieldError>> {
        let name = (self.name != self.saved.0).then(|| self.name.trim().to_owned());
        let stages = (self.stages != self.saved.1).then(|| self.stages.clone());
        let patch = FunnelPatch { name, stages };
        patch.validated().map(|()| patch)
    }

    /// The funnel to make, or what is wrong with it.
    ///
    /// # Errors
    /// As [`Self::patch`].
    pub fn new_funnel(&self) -> Result<NewFunnel, Vec<FieldError>> {
        let funnel = NewFunnel {
            name: self.name.trim().to_owned(),
            stages: self.stages.clone(),
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
            DraftAction::Changed(index, fields) => {
                if let Some(stage) = self.stages.get_mut(index) {
                    stage.fields = fields;
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
