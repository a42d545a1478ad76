//! Editing in place: one field of the account at a time, from the pencil to the saved value.
//!
//! A pure reducer. A refused change keeps what was typed and says why at the field. When somebody else
//! changed the account meanwhile, a change of another field goes through on the new version; a change of
//! the same field shows the value now beside the person's own and waits for a decision.

use super::super::fields::AccountField;
use crate::api::ApiError;
use shared::accounts::{Account, AccountPatch};
use shared::error::FieldError;

/// Why the field is not saved.
#[derive(Debug, Clone, PartialEq)]
pub enum Fault {
    /// The value is not acceptable.
    Refused(FieldError),
    /// The request failed.
    Failed(ApiError),
    /// Somebody changed the same field meanwhile; this is its text now.
    Changed(String),
}

/// The field that is being edited.
#[derive(Debug, Clone, PartialEq)]
pub struct Open {
    /// Which one.
    pub field: AccountField,
    /// Its text when editing began, or as somebody changed it since.
    pub base: String,
    /// Its text now.
    pub input: String,
    /// Whether a request runs.
    pub is_saving: bool,
    /// Why it is not saved.
    pub fault: Option<Fault>,
}

/// Editing in place; at most one field is open.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct EditState {
    /// The field that is being edited.
    pub open: Option<Open>,
}

/// What happens to it.
#[derive(Debug, Clone, PartialEq)]
pub enum EditAction {
    /// The pencil of a field was pressed; this is its text.
    Opened(AccountField, String),
    /// The text changed.
    Typed(String),
    /// The value is not acceptable, by our own rule.
    Refused(FieldError),
    /// The request goes out.
    Sent,
    /// The server took it.
    Saved,
    /// The server did not take it, or could not be asked.
    Failed(ApiError),
    /// Somebody changed the same field; this is its text now.
    Overtaken(String),
    /// The person gives up.
    Cancelled,
}

/// What the server's refusal means for the open field.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// Another field was changed meanwhile: send the same change on this version.
    Again(Box<Account>),
    /// The same field was changed meanwhile: show the account as it is now, and ask.
    Ask(Box<Account>),
    /// Any other reason.
    Fail(ApiError),
}

impl EditState {
    /// The open field, if it is this one.
    #[must_use]
    pub fn at(&self, field: AccountField) -> Option<&Open> {
        self.open.as_ref().filter(|open| open.field == field)
    }

    /// The state after the action.
    #[must_use]
    pub fn apply(mut self, action: EditAction) -> Self {
        let Some(open) = &mut self.open else {
            if let EditAction::Opened(field, text) = action {
                self.open = Some(opened(field, text));
            }
            return self;
        };
        match action {
            EditAction::Opened(field, text) => self.open = Some(opened(field, text)),
            EditAction::Saved | EditAction::Cancelled => self.open = None,
            EditAction::Typed(text) => {
                open.input = text;
                // What somebody else wrote stays in sight until the person decides.
                if !matches!(open.fault, Some(Fault::Changed(_))) {
                    open.fault = None;
                }
            }
            EditAction::Sent => {
                open.is_saving = true;
                open.fault = None;
            }
            EditAction::Refused(error) => {
                open.is_saving = false;
                open.fault = Some(Fault::Refused(error));
            }
            EditAction::Failed(error) => {
                let pointer = open.field.pointer();
                let own = error
                    .fields()
                    .iter()
                    .find(|fault| fault.pointer.starts_with(&pointer))
                    .cloned();
                open.is_saving = false;
                open.fault = Some(own.map_or(Fault::Failed(error), Fault::Refused));
            }
            EditAction::Overtaken(text) => {
                open.is_saving = false;
                open.base.clone_from(&text);
                open.fault = Some(Fault::Changed(text));
            }
        }
        self
    }
}

fn opened(field: AccountField, text: String) -> Open {
    Open {
        field,
        base: text.clone(),
        input: text,
        is_saving: false,
        fault: None,
    }
}

impl Open {
    /// The change to send; none when nothing was changed.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn change(&self) -> Result<Option<AccountPatch>, FieldError> {
        if self.input.trim() == self.base.trim() {
            Ok(None)
        } else {
            self.field.write(&self.input).map(Some)
        }
    }
}

/// Reads what a refusal means for the field whose text was `base` when editing began.
#[must_use]
pub fn judge(field: AccountField, base: &str, error: ApiError) -> Verdict {
    match error.current::<Account>() {
        None => Verdict::Fail(error),
        Some(now) if field.read(&now) == base => Verdict::Again(Box::new(now)),
        Some(now) => Verdict::Ask(Box::new(now)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::fields::tests::account;
    use super::*;
    use serde_json::json;
    use shared::error::ErrorCode;

    fn open(field: AccountField) -> EditState {
        let text = field.read(&account());
        EditState::default().apply(EditAction::Opened(field, text))
    }

    fn problem(code: &str, extra: serde_json::Value) -> ApiError {
        let mut body = json!({
            "type": "", "title": "", "status": 422, "detail": "", "code": code, "request_id": "r"
        });
        body.as_object_mut()
            .unwrap()
            .extend(extra.as_object().unwrap().clone());
        ApiError::Problem(Box::new(serde_json::from_value(body).unwrap()))
    }

    #[test]
    fn a_refused_value_stays_in_the_box_and_says_why_at_the_field() {
        let error = problem(
            "invalid",
            json!({ "errors": [{ "pointer": "/industry", "code": "too_long" }] }),
        );
        let state = open(AccountField::Industry)
            .apply(EditAction::Typed("x".into()))
            .apply(EditAction::Sent)
            .apply(EditAction::Failed(error));
        let open = state.at(AccountField::Industry).unwrap();
        assert_eq!(open.input, "x");
        assert!(!open.is_saving);
        assert!(
            matches!(&open.fault, Some(Fault::Refused(fault)) if fault.code == ErrorCode::TooLong)
        );
    }

    #[test]
    fn an_unchanged_text_sends_nothing() {
        let state = open(AccountField::Tags);
        assert_eq!(state.open.unwrap().change(), Ok(None));
    }

    #[test]
    fn a_change_of_another_field_meanwhile_is_no_conflict() {
        let mut now = account();
        now.version = 4;
        now.region = Some("Nanjing".into());
        let error = problem("stale", json!({ "current": now }));
        assert!(
            matches!(judge(AccountField::Industry, "Rail", error), Verdict::Again(now) if now.version == 4)
        );
    }

    #[test]
    fn a_change_of_the_same_field_shows_both_values() {
        let mut now = account();
        now.industry = Some("Steel".into());
        let error = problem("stale", json!({ "current": now }));
        assert!(matches!(
            judge(AccountField::Industry, "Rail", error),
            Verdict::Ask(_)
        ));
        let state = open(AccountField::Industry)
            .apply(EditAction::Typed("Metro".into()))
            .apply(EditAction::Sent)
            .apply(EditAction::Overtaken("Steel".into()))
            .apply(EditAction::Typed("Metros".into()));
        let open = state.open.unwrap();
        assert_eq!(open.input, "Metros");
        assert_eq!(open.fault, Some(Fault::Changed("Steel".into())));
        assert!(open.change().unwrap().is_some());
    }

    #[test]
    fn opening_another_field_closes_the_first() {
        let state = open(AccountField::Industry)
            .apply(EditAction::Opened(AccountField::Region, "R".into()));
        assert_eq!(state.at(AccountField::Industry), None);
        assert!(state.at(AccountField::Region).is_some());
        assert_eq!(state.apply(EditAction::Cancelled), EditState::default());
    }

    #[test]
    fn nothing_happens_to_a_field_that_is_not_open() {
        for action in [
            EditAction::Sent,
            EditAction::Saved,
            EditAction::Typed("x".into()),
        ] {
            assert_eq!(EditState::default().apply(action), EditState::default());
        }
    }
}
