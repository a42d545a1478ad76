//! A form in a dialog: its texts by field, what is wrong with them, and what somebody else changed meanwhile.
//!
//! A pure reducer, shared by the dialogs of accounts, contacts and products.

use crate::api::{ApiError, field_message};
use crate::i18n::Lang;
use shared::error::FieldError;
use std::collections::BTreeMap;
use std::rc::Rc;
use yew::{AttrValue, Reducible};

/// Texts by the wire name of their field.
pub type Texts = BTreeMap<&'static str, String>;

/// A form being filled in.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Form {
    texts: Texts,
    base: Texts,
    fields: Vec<FieldError>,
    /// Why the whole of it could not be saved.
    pub error: Option<ApiError>,
    /// Whether a request runs.
    pub is_busy: bool,
    /// Fields that both sides changed, with the other side's text.
    pub conflicts: Vec<(&'static str, String)>,
}

/// What happens to a form.
#[derive(Debug, Clone, PartialEq)]
pub enum FormAction {
    /// A field's text changed.
    Typed(&'static str, String),
    /// The texts are not acceptable, by our own rule.
    Refused(Vec<FieldError>),
    /// The request goes out.
    Sent,
    /// The server did not take it, or could not be asked.
    Failed(ApiError),
    /// Somebody changed the thing meanwhile; these are its texts now.
    Overtaken(Texts),
    /// What was sent comes back as this form; what was typed since stays.
    Back(Box<Form>),
}

impl Form {
    /// A form that begins with these texts.
    #[must_use]
    pub fn new(texts: Texts) -> Self {
        Self {
            base: texts.clone(),
            texts,
            ..Self::default()
        }
    }

    /// All texts, by field.
    #[must_use]
    pub const fn texts(&self) -> &Texts {
        &self.texts
    }

    /// A field's text.
    #[must_use]
    pub fn text(&self, name: &str) -> AttrValue {
        self.texts.get(name).cloned().unwrap_or_default().into()
    }

    /// A field's text without blanks around it; none when it is empty.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<String> {
        self.texts
            .get(name)
            .map(|text| text.trim().to_owned())
            .filter(|text| !text.is_empty())
    }

    /// Whether a field differs from what it was when the form opened, or as somebody changed it since.
    #[must_use]
    pub fn is_changed(&self, name: &str) -> bool {
        let trimmed = |texts: &Texts| {
            texts
                .get(name)
                .map(|text| text.trim().to_owned())
                .unwrap_or_default()
        };
        trimmed(&self.texts) != trimmed(&self.base)
    }

    /// A changed field for a partial update: nothing, cleared, or its text.
    #[must_use]
    pub fn patch(&self, name: &str) -> Option<Option<String>> {
        self.is_changed(name).then(|| self.value(name))
    }

    /// Whether anything was changed.
    #[must_use]
    pub fn is_touched(&self) -> bool {
        self.texts.keys().any(|name| self.is_changed(name))
    }

    /// What is wrong with a field, in words. A fault of an item, such as `/phones/1`, shows at its list.
    #[must_use]
    pub fn fault(&self, lang: Lang, name: &str) -> Option<AttrValue> {
        let pointer = format!("/{name}");
        let is_mine = |fault: &&FieldError| {
            fault
                .pointer
                .strip_prefix(&pointer)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.fields
            .iter()
            .find(is_mine)
            .map(|fault| field_message(lang, fault).into())
    }

    /// Whether anything is wrong with a field.
    #[must_use]
    pub fn has_fault(&self, name: &str) -> bool {
        let pointer = format!("/{name}");
        self.fields.iter().any(|fault| fault.pointer == pointer)
    }

    /// What is wrong elsewhere than in the fields that show their own faults, in words.
    #[must_use]
    pub fn fault_beside(&self, lang: Lang, shown: &[&str]) -> Option<AttrValue> {
        let is_shown = |fault: &FieldError| {
            let name = fault.pointer.trim_start_matches('/');
            let name = name.split('/').next().unwrap_or_default();
            shown.contains(&name)
        };
        let stray = self.fields.iter().find(|fault| !is_shown(fault));
        stray.map(|fault| field_message(lang, fault).into())
    }

    /// The form after something happened to it.
    #[must_use]
    pub fn after(mut self, action: FormAction) -> Self {
        match action {
            FormAction::Typed(name, text) => {
                self.texts.insert(name, text);
                let pointer = format!("/{name}");
                self.fields
                    .retain(|fault| !fault.pointer.starts_with(&pointer));
            }
            FormAction::Refused(faults) => {
                self.is_busy = false;
                self.fields = faults;
            }
            FormAction::Sent => {
                self.is_busy = true;
                self.fields.clear();
                self.error = None;
                self.conflicts.clear();
            }
            FormAction::Failed(error) => {
                self.is_busy = false;
                self.fields = error.fields().to_vec();
                self.error = self.fields.is_empty().then_some(error);
            }
            FormAction::Overtaken(now) => self.overtake(now),
            FormAction::Back(mut form) => {
                form.texts = self.texts;
                form.is_busy = false;
                self = *form;
            }
        }
        self
    }

    /// Takes over what somebody else changed where the person did not; where both did, keeps the person's
    /// text and shows the other.
    fn overtake(&mut self, now: Texts) {
        self.is_busy = false;
        self.conflicts.clear();
        for (name, theirs) in &now {
            let has_changed = self.base.get(name) != Some(theirs);
            let is_same = self.texts.get(name) == Some(theirs);
            if has_changed && self.is_changed(name) && !is_same {
                self.conflicts.push((name, theirs.clone()));
            } else if has_changed {
                self.texts.insert(name, theirs.clone());
            }
        }
        self.base = now;
    }
}

impl Reducible for Form {
    type Action = FormAction;

    fn reduce(self: Rc<Self>, action: Self::Action) -> Rc<Self> {
        Rc::new((*self).clone().after(action))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::error::ErrorCode;

    fn texts(name: &str, title: &str) -> Texts {
        Texts::from([("name", name.to_owned()), ("title", title.to_owned())])
    }

    #[test]
    fn only_changed_fields_go_into_a_patch() {
        let form = Form::new(texts("A", "B")).after(FormAction::Typed("title", "  ".into()));
        assert_eq!(form.patch("name"), None);
        assert_eq!(form.patch("title"), Some(None));
        assert!(form.is_touched());
    }

    #[test]
    fn a_fault_of_an_item_shows_at_its_list_until_the_list_is_changed() {
        let fault = FieldError::new("/phones/1", ErrorCode::TooLong);
        let form = Form::new(Texts::from([("phones", "1, 2".to_owned())]))
            .after(FormAction::Refused(vec![fault]));
        assert!(form.fault(Lang::En, "phones").is_some());
        assert!(form.fault(Lang::En, "phone").is_none());
        let form = form.after(FormAction::Typed("phones", "1".into()));
        assert!(form.fault(Lang::En, "phones").is_none());
    }

    #[test]
    fn changes_of_both_sides_are_brought_together_and_a_clash_is_shown() {
        let form = Form::new(texts("A", "B"))
            .after(FormAction::Typed("name", "mine".into()))
            .after(FormAction::Sent)
            .after(FormAction::Overtaken(texts("theirs", "new title")));
        assert_eq!(form.text("name"), "mine");
        assert_eq!(form.text("title"), "new title");
        assert_eq!(form.conflicts, [("name", "theirs".to_owned())]);
        assert_eq!(form.patch("title"), None);
        assert_eq!(form.patch("name"), Some(Some("mine".into())));
    }
}
