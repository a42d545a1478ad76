//! The sales methods that come with the product as stage lists; a funnel is made from one and then
//! belongs to its organisation.
//!
//! Names and texts come from the source documents where they give them; what they leave open is filled
//! with defaults of ours: a stage that is all ours says so (`is_ours`), another one names the parts
//! (`our_parts`). Questions are a source's only where it puts them as such. Probabilities and days are ours
//! throughout, except where a method names them. What stands after the sale is a further stage of the
//! kind "won" (FUN-23).

mod awareness;
mod consulting;
mod counted;
mod criteria;
mod direct;
mod key_account;
mod pipelines;
mod row;
mod seven_stages;
mod six_steps;
mod to_service;

use super::{Stage, StageDraft, StageFields, StageKind};
use crate::identity::Locale;
use row::Row;
pub(super) use row::Text;
use serde::{Deserialize, Serialize};
use strum::{AsRefStr, EnumIter, EnumString, IntoEnumIterator};

/// A method of the library.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, AsRefStr, EnumString, EnumIter,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Method {
    /// Six-step sale (FUN-21).
    SixSteps,
    /// Key-customer funnel of four stages (FUN-16).
    KeyCustomers,
    /// From a stranger to a loyal customer (FUN-10).
    Loyalty,
    /// Awareness, interest, decision, action (FUN-11).
    Aida,
    /// From development to service (FUN-12).
    FiveStages,
    /// Seven stages with what to do in each (FUN-13).
    SevenStages,
    /// Seven steps of consultative selling (FUN-14).
    SevenSteps,
    /// From lead to close (FUN-15).
    LeadToClose,
    /// From need to satisfaction (FUN-17).
    NeedToSatisfaction,
    /// From prospects to service after the sale (FUN-18).
    ProspectsToService,
    /// Status for the forecast (FUN-19).
    Forecast,
    /// Three layers, C to A, with F thrown out (FUN-20).
    ThreeLayers,
    /// Telephone and direct sale (FUN-22).
    Direct,
    /// Marketing to key accounts in six steps (SIX-05).
    KeyAccountMarketing,
}

/// A method as it is offered: what it is for, and the stages a funnel begins with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SalesMethod {
    /// Its key, to be sent as `method` with the funnel that is made from it.
    pub key: Method,
    /// Its name; also what a funnel made from it is called at first.
    pub name: String,
    /// Whom it suits.
    pub about: String,
    /// Its stages in order, the lost one last.
    pub stages: Vec<StageFields>,
}

impl Method {
    /// The method in a language.
    #[must_use]
    pub fn told(self, locale: Locale) -> SalesMethod {
        let (name, about, _) = self.data();
        SalesMethod {
            key: self,
            name: name.of(locale),
            about: about.of(locale),
            stages: self.fields(locale).collect(),
        }
    }

    /// Its name in a language.
    #[must_use]
    pub fn name(self, locale: Locale) -> String {
        self.data().0.of(locale)
    }

    /// The stages of a new funnel, in order, the lost one last.
    #[must_use]
    pub fn stages(self, locale: Locale) -> Vec<StageDraft> {
        let fields = self.fields(locale);
        fields
            .map(|fields| StageDraft { id: None, fields })
            .collect()
    }

    /// The methods in their order, those behind `last`.
    pub fn after(last: Option<Self>) -> impl Iterator<Item = Self> {
        let place = last.and_then(|last| Self::iter().position(|method| method == last));
        Self::iter().skip(place.map_or(0, |place| place + 1))
    }

    /// Finds the stages of the method among those of a funnel made from it, by their place in the method: by
    /// name, or by place where as many were kept. Beside it, the language the funnel speaks.
    fn found<'a>(self, stages: &'a [Stage]) -> (Locale, impl Fn(usize) -> Option<&'a Stage>) {
        let in_english = self.stages(Locale::En);
        let in_chinese = self.stages(Locale::ZhCn);
        let is_english = stages.iter().any(|stage| {
            let mut known = in_english.iter();
            known.any(|draft| draft.fields.name == stage.fields.name)
        });
        let locale = if is_english { Locale::En } else { Locale::ZhCn };
        let found = move |place: usize| {
            let (english, chinese) = (in_english.get(place)?, in_chinese.get(place)?);
            let names = [&english.fields.name, &chinese.fields.name];
            let by_name = stages
                .iter()
                .find(|stage| names.contains(&&stage.fields.name));
            let is_as_long = stages.len() == in_english.len();
            let by_place = stages.get(place).filter(|_| is_as_long);
            by_name
                .or(by_place)
                .filter(|stage| stage.fields.kind == english.fields.kind)
        };
        (locale, found)
    }

    fn fields(self, locale: Locale) -> impl Iterator<Item = StageFields> {
        let rows = self.data().2;
        let has_lost = rows.iter().any(|row| row.kind == StageKind::Lost);
        let open = rows.iter().filter(|row| row.kind == StageKind::Open);
        let open = open.count();
        let all = rows.iter().chain((!has_lost).then_some(&row::LOST));
        all.enumerate()
            .map(move |(index, row)| row.fields(locale, index, open))
    }

    /// Name, what it is for, stages.
    const fn data(self) -> (Text, Text, &'static [Row]) {
        match self {
            Self::SixSteps => six_steps::SIX_STEPS,
            Self::KeyCustomers => key_account::KEY_CUSTOMERS,
            Self::Loyalty => awareness::LOYALTY,
            Self::Aida => awareness::AIDA,
            Self::FiveStages => pipelines::FIVE_STAGES,
            Self::SevenStages => seven_stages::SEVEN_STAGES,
            Self::SevenSteps => consulting::SEVEN_STEPS,
            Self::LeadToClose => pipelines::LEAD_TO_CLOSE,
            Self::NeedToSatisfaction => to_service::NEED_TO_SATISFACTION,
            Self::ProspectsToService => to_service::PROSPECTS_TO_SERVICE,
            Self::Forecast => direct::FORECAST,
            Self::ThreeLayers => direct::THREE_LAYERS,
            Self::Direct => direct::DIRECT,
            Self::KeyAccountMarketing => key_account::KEY_ACCOUNT_MARKETING,
        }
    }
}

#[cfg(test)]
mod tests;
