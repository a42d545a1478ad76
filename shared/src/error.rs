//! Error codes and the body every error answer has (RFC 9457).
//!
//! Codes are flat, stable and append-only. The interface translates the code, never the English text.

use crate::funnel::gate::MissingCriterion;
use crate::id::StageId;
use crate::identity::Locale;
use serde::{Deserialize, Serialize};
use strum::{AsRefStr, EnumIter, EnumString};

/// What went wrong, for programs. `snake_case` on the wire; never renamed or removed.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, AsRefStr, EnumIter, EnumString,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[non_exhaustive]
pub enum ErrorCode {
    // Whole requests.
    /// The body or a parameter could not be read at all.
    Malformed,
    /// A query parameter, filter, sort key or field name the endpoint does not have.
    UnknownParameter,
    /// No valid sign-in came with the request.
    Unauthenticated,
    /// The e-mail or the password is wrong, or the user is disabled; not said which (SEC-2 6.3.8).
    WrongCredentials,
    /// The sign-in is valid, the permission is missing.
    Forbidden,
    /// The request came from another site's page.
    ForeignOrigin,
    /// It is not there, or not in this organisation, or not within the caller's view.
    NotFound,
    /// The address exists, but not with this method.
    MethodNotAllowed,
    /// The thing is archived, so it cannot be changed before it is restored.
    Archived,
    /// Somebody changed it since; the current state comes along.
    Stale,
    /// A write of an existing thing must carry `If-Match`.
    VersionRequired,
    /// The same idempotency key came with another body.
    KeyReused,
    /// The first request with this idempotency key is still running.
    KeyInFlight,
    /// The body is over the limit of the endpoint.
    TooLarge,
    /// The content type or encoding is not one the endpoint reads.
    UnsupportedMedia,
    /// One or more fields are not acceptable; see `errors`.
    Invalid,
    /// Too many requests; retry after the given time.
    TooMany,
    /// The fault is ours; the request id finds it in the log.
    Internal,
    /// The database is away or busy; retry.
    Unavailable,
    /// The request took longer than it may.
    TimedOut,
    /// The address is longer than 8 KiB.
    AddressTooLong,
    /// Sign-up is closed on this server.
    SignUpClosed,
    /// The invitation or link is used, withdrawn or over its time.
    LinkExpired,
    /// There are more than 64 headers, or more than 32 KiB of them.
    HeadersTooLarge,

    // Fields.
    /// The field is missing or empty.
    Required,
    /// The text is longer than allowed.
    TooLong,
    /// The text is shorter than required.
    TooShort,
    /// There are more items than allowed.
    TooManyItems,
    /// The number or date is outside its range.
    OutOfRange,
    /// The text does not have the needed form.
    BadFormat,
    /// The field is not one of the allowed values.
    NotAllowed,
    /// The field is not known here.
    UnknownField,
    /// The referenced record does not exist here.
    NoSuchRecord,
    /// Another record already has this value.
    Taken,
    /// The reference would make a thing its own ancestor.
    Cycle,
    /// The password is too common or too like the e-mail.
    WeakPassword,

    // The funnel.
    /// The stage belongs to another funnel.
    StageOfAnotherFunnel,
    /// The stage was archived meanwhile.
    StageArchived,
    /// A lost deal needs a reason before it is saved.
    LossReasonRequired,
    /// The card it should follow is no longer in that stage.
    NeighbourLeft,
    /// The stage or funnel still holds deals.
    NotEmpty,
    /// A funnel needs at least one open, one won and one lost stage.
    FunnelIncomplete,
    /// The stage's criteria are not met.
    GateNotMet,
    /// The test is not one this fact can pass: a number is asked of a text, or the like.
    TestDoesNotFit,
    /// The parts do not sum to 100.
    NotAHundred,
    /// Together these limits cannot be kept.
    LimitsContradict,
    /// The last active administrator cannot leave or be disabled.
    LastAdministrator,
    /// The deals of a stage that goes need a stage of the same kind.
    OtherStageKind,
    /// Every stage on the way must stand for one of the other funnel's.
    MappingIncomplete,
    /// Who goes on in one funnel would go back in the other.
    MappingGoesBack,
    /// Two rules could move a deal back and forth.
    RulesGoRound,
    /// A rule needs something that has to happen first.
    RuleCountsNothing,
    /// It lies in the future.
    InTheFuture,
    /// Several stand where one of them is chosen.
    OneOnly,
    /// The criterion asks for facts, so that no evidence can meet it.
    EvidenceNotAsked,
    /// A stage that the rule names was removed.
    RuleStopped,

    // Import.
    /// The file is not a CSV or XLSX file we can read.
    UnreadableFile,
    /// Unpacked, the file is larger than allowed.
    FileBomb,
    /// A cell could not be read as the mapped type.
    UnreadableCell,
    /// A value has no mapping yet.
    UnmappedValue,
    /// The job is not in a state that allows this.
    WrongJobState,
}

impl ErrorCode {
    /// The code in words.
    #[must_use]
    pub fn title(self, locale: Locale) -> String {
        self.word("title", locale)
    }

    /// What would help.
    #[must_use]
    pub fn remedy(self, locale: Locale) -> String {
        self.word("remedy", locale)
    }

    /// The code in words with the limit that was passed, and what would help.
    #[must_use]
    pub fn told(self, locale: Locale, limit: Option<&str>) -> String {
        let mut title = self.title(locale);
        if let Some(limit) = limit {
            title.push_str(&format!(" ({limit})"));
        }
        let remedy = self.remedy(locale);
        let locale = locale.as_ref();
        rust_i18n::t!(
            "field_error.sentence",
            locale = locale,
            title = title,
            remedy = remedy
        )
        .into_owned()
    }

    fn word(self, part: &str, locale: Locale) -> String {
        let key = format!("error.{}.{part}", self.as_ref());
        rust_i18n::t!(&key, locale = locale.as_ref()).into_owned()
    }
}

/// One field that is not acceptable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldError {
    /// Where in the request: a JSON pointer (RFC 6901) such as `/amount/currency`, or a parameter's name.
    #[cfg_attr(feature = "openapi", schema(example = "/amount"))]
    pub pointer: String,
    /// Why.
    pub code: ErrorCode,
    /// The limit that was passed, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<String>,
    /// What is wrong and what would help, in the caller's language.
    #[serde(default)]
    pub detail: String,
}

impl FieldError {
    /// A field error without a limit; the sentence is added when the answer is written.
    #[must_use]
    pub fn new(pointer: impl Into<String>, code: ErrorCode) -> Self {
        Self {
            pointer: pointer.into(),
            code,
            limit: None,
            detail: String::new(),
        }
    }

    /// The same with the limit that was passed.
    #[must_use]
    pub fn with_limit(mut self, limit: impl std::fmt::Display) -> Self {
        self.limit = Some(limit.to_string());
        self
    }
}

/// The body of every error answer, `application/problem+json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// An address in our own documentation that explains the code.
    #[serde(rename = "type")]
    #[cfg_attr(feature = "openapi", schema(example = "/api/docs/errors#stale"))]
    pub kind: String,
    /// The code in words, in the caller's language.
    pub title: String,
    /// The HTTP status once more.
    pub status: u16,
    /// What happened here and what would help, in the caller's language.
    pub detail: String,
    /// The code.
    pub code: ErrorCode,
    /// The path that was asked.
    #[serde(default)]
    pub instance: String,
    /// Finds the request in the log.
    pub request_id: String,
    /// The fields at fault.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// What a deal lacks, with `gate_not_met`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing_criteria: Vec<MissingCriterion>,
    /// The stage it should step back to, with `gate_not_met`, where its own says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step_back_to: Option<StageId>,
    /// The state now, with a stale write (412).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current: Option<serde_json::Value>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use strum::IntoEnumIterator;

    #[test]
    fn every_code_has_words_in_both_languages() {
        for code in ErrorCode::iter() {
            for locale in [Locale::ZhCn, Locale::En] {
                for text in [code.title(locale), code.remedy(locale)] {
                    assert!(
                        !text.is_empty() && !text.contains("error."),
                        "{code:?} {locale:?}: {text}"
                    );
                }
            }
            assert_ne!(code.title(Locale::ZhCn), code.title(Locale::En), "{code:?}");
        }
    }
}
