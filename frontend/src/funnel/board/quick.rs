//! Adding deals in a column one after the other: what is being typed, what is on its way, and what came
//! back. Nothing typed is lost: a deal that is refused returns to the row, or waits beside it.

use crate::accounts::form::{Form, FormAction, Texts};
use crate::api::ApiError;
use std::rc::Rc;
use yew::Reducible;

/// Names one deal of this row until the server has one for it.
pub type QuickId = u32;

/// A deal that was not made.
#[derive(Debug, Clone, PartialEq)]
pub struct Refused {
    /// Its name here.
    pub id: QuickId,
    /// What was typed.
    pub texts: Texts,
    /// Why not; nothing, when it only made room for another.
    pub error: Option<ApiError>,
}

/// The row of one column.
#[derive(Debug, Clone, PartialEq)]
pub struct Quick {
    /// What is being typed.
    pub form: Form,
    /// What is on its way.
    pub sent: Vec<(QuickId, Texts)>,
    /// What came back while something else was being typed.
    pub refused: Vec<Refused>,
    first: Texts,
    next: QuickId,
}

/// What happens to a row.
#[derive(Debug, Clone, PartialEq)]
pub enum QuickAction {
    /// Something in its form.
    Form(FormAction),
    /// The deal goes out, and the row is free for the next.
    Sent,
    /// It was made.
    Made(QuickId),
    /// It was not.
    Failed(QuickId, ApiError),
    /// One that came back is taken up again.
    Taken(QuickId),
    /// One that came back is given up.
    Dropped(QuickId),
}

impl Quick {
    /// A row whose deals begin with these texts.
    #[must_use]
    pub fn new(first: Texts) -> Self {
        Self {
            form: Form::new(first.clone()),
            sent: Vec::new(),
            refused: Vec::new(),
            first,
            next: 1,
        }
    }

    /// The name of the deal that goes out next.
    #[must_use]
    pub const fn next(&self) -> QuickId {
        self.next
    }

    /// Whether anything would be lost if the row closed.
    #[must_use]
    pub fn is_touched(&self) -> bool {
        self.form.is_touched() || !self.refused.is_empty()
    }

    fn name(&mut self) -> QuickId {
        self.next += 1;
        self.next - 1
    }

    /// The form filled in anew.
    fn fill(&mut self, texts: Texts) {
        let form = Form::new(self.first.clone());
        self.form = texts.into_iter().fold(form, |form, (name, text)| {
            form.after(FormAction::Typed(name, text))
        });
    }

    fn fail(&mut self, id: QuickId, error: ApiError) {
        let Some(index) = self.sent.iter().position(|(sent, _)| *sent == id) else {
            return;
        };
        let (_, texts) = self.sent.remove(index);
        if self.is_touched() {
            let error = Some(error);
            self.refused.push(Refused { id, texts, error });
        } else {
            self.fill(texts);
            self.form = self.form.clone().after(FormAction::Failed(error));
        }
    }

    fn take(&mut self, id: QuickId) {
        let Some(index) = self.refused.iter().position(|it| it.id == id) else {
            return;
        };
        let back = self.refused.remove(index);
        if self.form.is_touched() {
            let (id, texts) = (self.name(), self.form.texts().clone());
            let error = None;
            self.refused.insert(index, Refused { id, texts, error });
        }
        self.fill(back.texts);
        if let Some(error) = back.error {
            self.form = self.form.clone().after(FormAction::Failed(error));
        }
    }
}

impl Reducible for Quick {
    type Action = QuickAction;

    fn reduce(self: Rc<Self>, action: QuickAction) -> Rc<Self> {
        let mut next = (*self).clone();
        match action {
            QuickAction::Form(action) => next.form = next.form.after(action),
            QuickAction::Sent => {
                let id = next.name();
                let first = Form::new(next.first.clone());
                let form = std::mem::replace(&mut next.form, first);
                next.sent.push((id, form.texts().clone()));
            }
            QuickAction::Made(id) => next.sent.retain(|(sent, _)| *sent != id),
            QuickAction::Failed(id, error) => next.fail(id, error),
            QuickAction::Taken(id) => next.take(id),
            QuickAction::Dropped(id) => next.refused.retain(|it| it.id != id),
        }
        Rc::new(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row() -> Quick {
        Quick::new(Texts::from([("stage_id", "s".to_owned())]))
    }

    fn after(row: Quick, action: QuickAction) -> Quick {
        (*Rc::new(row).reduce(action)).clone()
    }

    fn typed(row: Quick, text: &str) -> Quick {
        let typed = FormAction::Typed("title", text.to_owned());
        after(row, QuickAction::Form(typed))
    }

    #[test]
    fn the_row_is_free_for_the_next_deal_while_one_is_on_its_way() {
        let row = after(typed(row(), "Pumps"), QuickAction::Sent);
        assert_eq!(row.form.text("title"), "");
        assert_eq!(row.form.text("stage_id"), "s");
        let row = typed(row, "Val");
        let row = after(row, QuickAction::Made(1));
        assert!(row.sent.is_empty());
        assert_eq!(row.form.text("title"), "Val");
    }

    #[test]
    fn a_refused_deal_returns_to_an_empty_row_with_its_reason() {
        let row = after(typed(row(), "Pumps"), QuickAction::Sent);
        let row = after(row, QuickAction::Failed(1, ApiError::Offline));
        assert_eq!(row.form.text("title"), "Pumps");
        assert_eq!(row.form.error, Some(ApiError::Offline));
        assert!(row.sent.is_empty() && row.refused.is_empty());
    }

    #[test]
    fn a_refused_deal_waits_beside_a_row_that_is_in_use_and_changes_places_with_it() {
        let row = after(typed(row(), "Pumps"), QuickAction::Sent);
        let row = typed(row, "Val");
        let row = after(row, QuickAction::Failed(1, ApiError::Offline));
        assert_eq!(row.form.text("title"), "Val");
        assert_eq!(row.refused.len(), 1);
        let row = after(row, QuickAction::Taken(1));
        assert_eq!(row.form.text("title"), "Pumps");
        assert_eq!(row.form.error, Some(ApiError::Offline));
        let beside: Vec<_> = row
            .refused
            .iter()
            .map(|it| it.texts["title"].as_str())
            .collect();
        assert_eq!(beside, ["Val"]);
        let id = row.refused[0].id;
        let row = after(typed(row, ""), QuickAction::Taken(id));
        assert_eq!(row.form.text("title"), "Val");
        assert!(row.refused.is_empty());
    }

    #[test]
    fn an_answer_for_a_deal_that_is_no_longer_known_changes_nothing() {
        let row = typed(row(), "Pumps");
        let same = after(row.clone(), QuickAction::Failed(9, ApiError::Offline));
        assert_eq!(same, row);
    }
}
