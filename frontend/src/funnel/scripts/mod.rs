//! Scripts and strategies by stage and customer type (SIX-12), and the playbooks that come with the product
//! (SIX-08).
//!
//! Reading order: [`page`] (the library, for who may edit funnels), [`form`], [`playbooks`], [`card`] (what
//! fits a deal, on its page).

mod card;
mod form;
mod page;
mod playbooks;

pub use card::ScriptsCard;
pub use page::ScriptsPage;

use crate::accounts::parts::words;
use crate::i18n::Lang;
use crate::i18n::t;
use shared::funnel::{Funnel, ScriptAim, ScriptKind};
use shared::id::StageId;
use yew::prelude::*;

/// A kind of script in words.
fn kind_name(lang: Lang, kind: ScriptKind) -> AttrValue {
    words(lang, &format!("scripts.kinds.{}", kind.as_ref()))
}

/// The name of a stage with that of its funnel.
fn stage_name(lang: Lang, funnels: &[Funnel], id: StageId) -> Option<String> {
    funnels.iter().find_map(|funnel| {
        let stage = funnel.stages.iter().find(|stage| stage.id == id)?;
        let (funnel, stage) = (&funnel.name, &stage.fields.name);
        Some(t!("timeline.dot", locale = lang.tag(), a = funnel, b = stage).into_owned())
    })
}

/// Which deals a script is for, part by part; nothing where it is for all.
fn aim_names(lang: Lang, funnels: &[Funnel], aim: &ScriptAim) -> Vec<AttrValue> {
    let stage = aim.stage_id.map(|id| {
        let name = stage_name(lang, funnels, id);
        AttrValue::from(
            name.unwrap_or_else(|| t!("scripts.one_stage", locale = lang.tag()).into_owned()),
        )
    });
    let named = |section: &str, part: Option<&str>| {
        part.map(|part| words(lang, &format!("{section}.{part}")))
    };
    [
        stage,
        named("scripts.stages", aim.stage_kind.as_ref().map(AsRef::as_ref)),
        named(
            "account.kinds",
            aim.account_kind.as_ref().map(AsRef::as_ref),
        ),
        named("account.sizes", aim.size.as_ref().map(AsRef::as_ref)),
        named("account.tiers", aim.tier.as_ref().map(AsRef::as_ref)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::accounts::{AccountKind, SizeBand, Tier};
    use shared::funnel::StageKind;

    /// SIX-12
    #[test]
    fn a_script_says_for_which_stage_and_customers_it_is() {
        let aim = ScriptAim {
            stage_kind: Some(StageKind::Open),
            account_kind: Some(AccountKind::Company),
            size: Some(SizeBand::Large),
            tier: Some(Tier::A),
            ..ScriptAim::default()
        };
        let told = aim_names(Lang::En, &[], &aim);
        let told: Vec<&str> = told.iter().map(AttrValue::as_str).collect();
        assert_eq!(told, ["Open stages", "Company", "Large", "Tier A"]);
        assert!(aim_names(Lang::En, &[], &ScriptAim::default()).is_empty());
    }
}
