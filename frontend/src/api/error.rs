//! What can go wrong with a call, as a person has to hear it.

use super::Answer;
use crate::i18n::Lang;
use crate::i18n::t;
use serde::de::DeserializeOwned;
use shared::error::{ErrorCode, FieldError, Problem};

/// Why a call failed.
#[derive(Debug, Clone, PartialEq)]
pub enum ApiError {
    /// The server said no and why.
    Problem(Box<Problem>),
    /// No answer came: no network, or no server.
    Offline,
    /// An answer came that is not ours, as from a proxy in between or another version.
    Unreadable,
}

impl ApiError {
    /// Reads the problem from an answer that is not a success.
    #[must_use]
    pub fn from_answer(answer: &Answer) -> Self {
        serde_json::from_slice(&answer.body)
            .map_or(Self::Unreadable, |problem| Self::Problem(Box::new(problem)))
    }

    /// The server's code, if it answered.
    #[must_use]
    pub fn code(&self) -> Option<ErrorCode> {
        match self {
            Self::Problem(problem) => Some(problem.code),
            Self::Offline | Self::Unreadable => None,
        }
    }

    /// What the server has now of what could not be changed, since somebody was faster.
    #[must_use]
    pub fn current<T: DeserializeOwned>(&self) -> Option<T> {
        match self {
            Self::Problem(problem) if self.is_stale() => super::reread(problem.current.as_ref()?),
            _ => None,
        }
    }

    /// The fields at fault.
    #[must_use]
    pub fn fields(&self) -> &[FieldError] {
        match self {
            Self::Problem(problem) => &problem.errors,
            Self::Offline | Self::Unreadable => &[],
        }
    }

    /// What is wrong with the field at this pointer, such as `/email`, in words.
    #[must_use]
    pub fn field(&self, lang: Lang, pointer: &str) -> Option<String> {
        self.fields()
            .iter()
            .find(|error| error.pointer == pointer)
            .map(|error| field_message(lang, error))
    }

    /// What happened, in one sentence.
    #[must_use]
    pub fn message(&self, lang: Lang) -> String {
        match self {
            Self::Offline => t!("errors.offline", locale = lang.tag()).into_owned(),
            Self::Unreadable => t!("errors.unreadable", locale = lang.tag()).into_owned(),
            Self::Problem(problem) => {
                code_message(lang, problem.code).unwrap_or_else(|| problem.detail.clone())
            }
        }
    }

    /// The id that finds the request in the server's log, when the fault is the server's.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::Problem(problem) if problem.status >= 500 => Some(&problem.request_id),
            _ => None,
        }
    }

    /// Whether nobody is signed in any more.
    #[must_use]
    pub fn is_signed_out(&self) -> bool {
        self.code() == Some(ErrorCode::Unauthenticated)
    }

    /// Whether the person may not see this.
    #[must_use]
    pub fn is_denied(&self) -> bool {
        self.code() == Some(ErrorCode::Forbidden)
    }

    /// Whether it is not there.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        self.code() == Some(ErrorCode::NotFound)
    }

    /// Whether somebody changed it meanwhile.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        self.code() == Some(ErrorCode::Stale)
    }

    /// Whether there is no network.
    #[must_use]
    pub fn is_offline(&self) -> bool {
        *self == Self::Offline
    }
}

/// The sentence for a code; `None` when the catalogue has none, as for a code of a newer server.
#[must_use]
pub fn code_message(lang: Lang, code: ErrorCode) -> Option<String> {
    known(lang, &format!("errors.{}", code.as_ref()))
}

/// The sentence for a field, with its limit where there is one.
#[must_use]
pub fn field_message(lang: Lang, error: &FieldError) -> String {
    let code = error.code.as_ref();
    match &error.limit {
        Some(limit) => {
            known(lang, &format!("errors.limit.{code}")).map(|text| text.replace("%{limit}", limit))
        }
        None => None,
    }
    .or_else(|| known(lang, &format!("errors.field.{code}")))
    .or_else(|| known(lang, &format!("errors.{code}")))
    .unwrap_or_else(|| error.detail.clone())
}

/// A key is shown as itself when the catalogue lacks it; that must not reach a person.
fn known(lang: Lang, key: &str) -> Option<String> {
    crate::_rust_i18n_try_translate(lang.tag(), key).map(std::borrow::Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use strum::IntoEnumIterator;

    #[test]
    fn every_code_has_a_sentence_in_both_languages() {
        for code in ErrorCode::iter() {
            for lang in Lang::ALL {
                assert!(
                    code_message(lang, code).is_some_and(|text| !text.is_empty()),
                    "{} {code:?}",
                    lang.tag()
                );
            }
        }
    }

    #[test]
    fn a_field_names_its_limit() {
        let error = FieldError::new("/name", ErrorCode::TooLong).with_limit(100);
        assert_eq!(field_message(Lang::En, &error), "At most 100 characters");
    }
}
