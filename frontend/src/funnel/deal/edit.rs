//! A change of a deal's fields on its way to the server: what was typed, and how it comes back when it
//! was not taken.

use super::fields::{DealField, texts};
use crate::accounts::form::{Form, FormAction};
use crate::api::{Api, ApiError};
use shared::error::ErrorCode;
use shared::event::EventKind;
use shared::funnel::{Deal, DealPatch};
use shared::id::DealId;
use std::time::Duration;

/// Pauses before a change without an answer is sent again, in milliseconds.
const RETRIES: [u32; 2] = [800, 2_500];

/// What a person typed into fields of a deal, and the change it makes.
#[derive(Debug, Clone, PartialEq)]
pub struct Edit {
    /// The fields of the form.
    pub fields: Vec<DealField>,
    /// The form as it was when it was sent.
    pub form: Form,
    /// The change.
    pub patch: DealPatch,
}

/// A form to go on with.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// What was typed, with what is wrong or in the way.
    pub form: Form,
    /// Who changed what is in the way.
    pub who: Option<String>,
}

/// A change that was not taken.
#[derive(Debug, Clone, PartialEq)]
pub struct Back {
    /// The form to go on with.
    pub draft: Draft,
    /// Why not.
    pub error: ApiError,
    /// The deal as it is now, where the server said.
    pub current: Option<Box<Deal>>,
}

impl Back {
    /// Whether the deal is out of view or gone.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        self.error.code() == Some(ErrorCode::NotFound)
    }
}

/// Sends a change of the deal as it is known. It goes on top of what others changed in other fields; where
/// they changed the same, it comes back.
///
/// # Errors
/// What came back.
pub async fn save(api: &Api, deal: &Deal, edit: &Edit) -> Result<Deal, Back> {
    let (mut version, mut form) = (deal.version, edit.form.clone());
    let mut pauses = RETRIES.into_iter();
    loop {
        let error = match api.patch_deal(deal.id, version, &edit.patch).await {
            Ok(saved) => return Ok(saved),
            Err(error) => error,
        };
        if let Some(now) = error.current::<Deal>() {
            form = form.after(FormAction::Overtaken(texts(&edit.fields, &now)));
            if form.conflicts.is_empty() {
                version = now.version;
                continue;
            }
            let who = who(api, deal.id, &form).await;
            return Err(Back {
                draft: Draft { form, who },
                error,
                current: Some(Box::new(now)),
            });
        }
        // No answer is no refusal: what was saved after all shows as what is wanted at the next try.
        match pauses.next().filter(|_| error == ApiError::Offline) {
            Some(millis) => {
                yew::platform::time::sleep(Duration::from_millis(u64::from(millis))).await;
            }
            None => {
                let form = form.after(FormAction::Failed(error.clone()));
                return Err(Back {
                    draft: Draft { form, who: None },
                    error,
                    current: None,
                });
            }
        }
    }
}

/// Who changed the fields that are in the way, by the deal's history.
pub async fn who(api: &Api, deal: DealId, form: &Form) -> Option<String> {
    let history = api.deal_audit(deal, None).await.ok()?.items;
    let is_it = |event: &shared::event::Event| {
        let new = event.data.get("new");
        let names = |(name, _): &(&str, String)| new.is_some_and(|new| new.get(name).is_some());
        event.kind == EventKind::DealUpdated && form.conflicts.iter().any(names)
    };
    history.into_iter().find(is_it)?.actor_name
}
