//! Cases of won and lost deals: what a team learns from one closing, so that the next deal need not learn
//! it again (SIX-13).
//!
//! Reading order: [`NewCase`] and [`DealCase`], [`Case`] (one in the library), [`similar`] (which cases are
//! like an open deal), [`lessons`] (what the closings of some days say together).
//!
//! A case holds words alone. How the deal ended, why, for how much and after how long are the deal's own and
//! are read from there, so that what is corrected on the deal is right in the library too. It is a part of
//! its deal, as objections and the proposal are: written by the deal's version.

pub mod lessons;
pub mod similar;

use super::LossReason;
use crate::accounts::Tier;
use crate::check::{Check, Validate};
use crate::error::{ErrorCode, FieldError};
use crate::id::{AccountId, DealId, FunnelId, StageId, UserId};
use crate::money::Money;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use strum::{AsRefStr, EnumIter, EnumString};

/// The most characters of what worked and of what failed.
pub const MAX_CASE_TEXT: usize = 2_000;

/// The most characters of the lesson: a sentence or two that one remembers.
pub const MAX_LESSON: usize = 500;

/// The most tags of a case.
pub const MAX_CASE_TAGS: usize = 8;

/// The most characters of a tag.
pub const MAX_TAG: usize = 30;

/// How a deal ended.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    AsRefStr,
    EnumString,
    EnumIter,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum CaseOutcome {
    /// Won.
    Won,
    /// Lost.
    Lost,
}

/// The words of a case, as they are written: in place of those there were.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewCase {
    /// What helped.
    #[serde(default)]
    pub worked: String,
    /// What did not help, or did harm.
    #[serde(default)]
    pub failed: String,
    /// The sentence to keep.
    pub lesson: String,
    /// Short words to find it by; kept as [`tidy_tags`] makes them.
    #[serde(default)]
    pub tags: Vec<String>,
}

impl Validate for NewCase {
    fn validate(&self, check: &mut Check) {
        check.long("/worked", &self.worked, MAX_CASE_TEXT);
        check.long("/failed", &self.failed, MAX_CASE_TEXT);
        check.text("/lesson", &self.lesson, MAX_LESSON);
        for (index, tag) in self.tags.iter().enumerate() {
            check.long(&format!("/tags/{index}"), &tidy_tag(tag), MAX_TAG);
        }
        if tidy_tags(&self.tags).len() > MAX_CASE_TAGS {
            let error = FieldError::new("/tags", ErrorCode::TooManyItems);
            check.add(error.with_limit(MAX_CASE_TAGS));
        }
    }
}

impl NewCase {
    /// The words as they are kept: without blanks around them, the tags tidied.
    #[must_use]
    pub fn tidied(self) -> Self {
        Self {
            worked: self.worked.trim().to_owned(),
            failed: self.failed.trim().to_owned(),
            lesson: self.lesson.trim().to_owned(),
            tags: tidy_tags(&self.tags),
        }
    }
}

/// A tag as it is kept: small letters, single blanks, no mark before it.
#[must_use]
pub fn tidy_tag(tag: &str) -> String {
    let bare = tag.trim_start_matches(|c: char| c == '#' || c == '＃' || c.is_whitespace());
    let words: Vec<&str> = bare.split_whitespace().collect();
    words.join(" ").to_lowercase()
}

/// Tags as they are kept: each tidied, none empty, none twice, in the order they were given.
#[must_use]
pub fn tidy_tags(tags: &[String]) -> Vec<String> {
    let mut kept: Vec<String> = Vec::with_capacity(tags.len());
    for tag in tags.iter().map(|tag| tidy_tag(tag)) {
        if !tag.is_empty() && !kept.contains(&tag) {
            kept.push(tag);
        }
    }
    kept
}

/// What was learnt from a deal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DealCase {
    /// The deal.
    pub deal_id: DealId,
    /// What helped; may be empty.
    pub worked: String,
    /// What did not help, or did harm; may be empty.
    pub failed: String,
    /// The sentence to keep.
    pub lesson: String,
    /// Short words to find it by.
    pub tags: Vec<String>,
    /// Who wrote it as it stands.
    pub author_id: Option<UserId>,
    /// Their name.
    pub author_name: Option<String>,
    /// When it was first written.
    pub created_at: DateTime<Utc>,
    /// When it was last written.
    pub updated_at: DateTime<Utc>,
}

impl DealCase {
    /// Whether it says the same already.
    #[must_use]
    pub fn says(&self, new: &NewCase) -> bool {
        let (worked, failed) = (&new.worked, &new.failed);
        (&self.worked, &self.failed) == (worked, failed)
            && self.lesson == new.lesson
            && self.tags == new.tags
    }
}

/// A deal's case, if it has one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CaseSheet {
    /// How the deal ended; absent while it is open. A case on an open deal is of the time before it was
    /// opened again: it stays, cannot be changed, and is out of the library until the deal is closed.
    pub outcome: Option<CaseOutcome>,
    /// The case.
    pub case: Option<DealCase>,
    /// The deal's version; also the `ETag`.
    pub version: i32,
}

/// A case in the library: its words, and what its deal says now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Case {
    /// The words.
    #[serde(flatten)]
    pub told: DealCase,
    /// How the deal ended.
    pub outcome: CaseOutcome,
    /// What the deal was about.
    pub title: String,
    /// With whom.
    pub account_id: Option<AccountId>,
    /// That account's name.
    pub account_name: Option<String>,
    /// That account's tier.
    pub account_tier: Option<Tier>,
    /// That account's industry.
    pub industry: Option<String>,
    /// The funnel it was in.
    pub funnel_id: FunnelId,
    /// The furthest stage on the way to winning it ever reached.
    pub reached_stage_id: StageId,
    /// Whose deal it is.
    pub owner_id: Option<UserId>,
    /// Their name.
    pub owner_name: Option<String>,
    /// What it was worth.
    pub amount: Option<Money>,
    /// Why it was lost, when it was.
    pub loss_reason: Option<LossReason>,
    /// More about that.
    pub loss_note: Option<String>,
    /// When it was won or lost; absent for some imported history.
    pub closed_at: Option<DateTime<Utc>>,
    /// How many days it took, from being made to being closed.
    pub cycle_days: Option<i64>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn case(lesson: &str, tags: &[&str]) -> NewCase {
        NewCase {
            lesson: lesson.into(),
            tags: tags.iter().map(|tag| (*tag).into()).collect(),
            ..NewCase::default()
        }
    }

    /// SIX-13: a case says something in bounded length.
    #[test]
    fn a_case_has_a_lesson_and_bounds() {
        let long = "x".repeat(MAX_CASE_TEXT + 1);
        let nine: Vec<String> = (0..9).map(|n| n.to_string()).collect();
        let nine: Vec<&str> = nine.iter().map(String::as_str).collect();
        let worked = NewCase {
            worked: long.clone(),
            ..case("l", &[])
        };
        let failed = NewCase {
            failed: long,
            ..case("l", &[])
        };
        for (bad, pointer) in [
            (case(" ", &[]), "/lesson"),
            (case(&"x".repeat(MAX_LESSON + 1), &[]), "/lesson"),
            (worked, "/worked"),
            (failed, "/failed"),
            (case("l", &nine), "/tags"),
            (case("l", &["a", &"x".repeat(MAX_TAG + 1)]), "/tags/1"),
            (case("l", &["a\u{7}"]), "/tags/0"),
        ] {
            assert_eq!(bad.validated().unwrap_err()[0].pointer, pointer);
        }
        assert!(case(&"课".repeat(MAX_LESSON), &[]).validated().is_ok());
        // What is the same after tidying is one.
        let same = case("l", &["a", "A", " a ", "#a", "b", "c", "d", "e", "f"]);
        assert!(same.validated().is_ok());
    }

    /// SIX-13: the same word is one tag however it was typed.
    #[test]
    fn tags_are_small_without_marks_and_none_twice() {
        let told = case(
            "l",
            &[" #Price ", "price", "", "＃价格", "Free  Trial", "# "],
        );
        assert_eq!(told.tidied().tags, ["price", "价格", "free trial"]);
    }

    proptest! {
        /// SIX-13: tidying is done once, loses no tag but twins, and keeps the order.
        #[test]
        fn tidying_tags_twice_changes_nothing(tags in proptest::collection::vec("[ #＃a-cA-CİΣ价\\t]{0,6}", 0..12)) {
            let once = tidy_tags(&tags);
            prop_assert_eq!(tidy_tags(&once), once.clone());
            let mut first: Vec<String> = tags.iter().map(|tag| tidy_tag(tag)).filter(|tag| !tag.is_empty()).collect();
            let mut seen = std::collections::HashSet::new();
            first.retain(|tag| seen.insert(tag.clone()));
            prop_assert_eq!(first, once);
        }
    }
}
