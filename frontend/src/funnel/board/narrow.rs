//! What else the board is narrowed to, by a chip each: team, industry, tier, channel, over the limit, low
//! investment. The small app names them and leaves the choice to the whole one.

use crate::api::funnel::AccountWords;
use crate::format;
use crate::i18n::t;
use crate::ui::{Chip, Glyph, Icon, Menu, MenuEntry, MenuItem};
use shared::funnel::BoardFilter;
use shared::identity::Team;
use std::borrow::Cow;
use yew::prelude::*;

/// What the menus offer.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Offers {
    /// The teams.
    pub teams: Vec<Team>,
    /// The words accounts are told apart by.
    pub words: AccountWords,
}

/// What the chips need.
#[derive(Properties, PartialEq)]
pub struct NarrowingProps {
    /// What the board is narrowed to.
    pub filter: BoardFilter,
    /// Changes it.
    pub on_filter: Callback<BoardFilter>,
    /// What there is to choose from.
    pub offers: Offers,
    /// The chip that was pressed in the small app.
    pub asked: Option<String>,
}

/// The name of a chip, and what it is set to.
pub struct Chosen {
    /// What it is called in ids and wishes.
    pub id: &'static str,
    /// Its name.
    pub name: Cow<'static, str>,
    /// What it is set to.
    pub value: Option<String>,
}

impl Chosen {
    /// The classes of the button.
    #[must_use]
    pub fn class(&self) -> Classes {
        classes!("chip", self.value.is_some().then_some("is-on"))
    }

    /// The words of the button.
    pub fn label(&self) -> Html {
        html! {
            <>
                { self.name.clone() }
                if let Some(value) = &self.value { <b>{ value }</b> }
                <Icon glyph={Glyph::Down} />
            </>
        }
    }
}

/// The chips that are on or off: deals over the limit of their stage, and those on which little is to be
/// spent (GATE-21).
pub fn switches(props: &NarrowingProps) -> Html {
    let switch = |change: fn(&mut BoardFilter)| {
        let (filter, on_filter) = (props.filter.clone(), props.on_filter.clone());
        move |_: MouseEvent| {
            let mut filter = filter.clone();
            change(&mut filter);
            on_filter.emit(filter);
        }
    };
    let over_limit = switch(|filter| {
        let is_off = filter.over_limit_on.is_none();
        filter.over_limit_on = is_off.then(format::today);
    });
    let low_investment = switch(|filter| filter.is_low_investment = !filter.is_low_investment);
    let is_over = props.filter.over_limit_on.is_some();
    html! {
        <>
            <Chip pressed={is_over} on_click={over_limit}>{ t!("board.over_limit") }</Chip>
            <Chip pressed={props.filter.is_low_investment} on_click={low_investment}>{ t!("gate.low_investment") }</Chip>
        </>
    }
}

/// The id of the button of a menu.
fn id_of(name: &str) -> String {
    format!("narrow-{name}")
}

/// A row of a menu that narrows the board to `filter`.
pub fn choice(
    on_filter: &Callback<BoardFilter>,
    label: impl Into<AttrValue>,
    is_on: bool,
    filter: BoardFilter,
) -> MenuEntry {
    let on_filter = on_filter.clone();
    let pick = Callback::from(move |()| on_filter.emit(filter.clone()));
    MenuItem::new(label, pick).checked(is_on).into()
}

/// A chip and the menu it opens.
pub fn menu(
    id: &'static str,
    name: Cow<'static, str>,
    value: Option<String>,
    entries: Vec<MenuEntry>,
) -> Html {
    let chosen = Chosen { id, name, value };
    html! {
        <Menu id={id_of(chosen.id)} label={chosen.name.clone()} class={chosen.class()} {entries}>{ chosen.label() }</Menu>
    }
}

#[cfg(feature = "whole")]
pub mod whole {
    use super::{NarrowingProps, Offers, choice, id_of, menu, switches};
    use crate::api::{Api, use_api};
    use crate::browser;
    use crate::funnel::channel::{self, Channel};
    use crate::i18n::{Lang, t, use_lang};
    use crate::load::use_load;
    use crate::ui::MenuEntry;
    use shared::accounts::Tier;
    use shared::funnel::BoardFilter;
    use shared::identity::Team;
    use strum::IntoEnumIterator;
    use yew::prelude::*;

    async fn read(api: Api) -> crate::api::ApiResult<Offers> {
        // Each menu does without what cannot be had.
        Ok(Offers {
            teams: api.teams().await.map(|page| page.items).unwrap_or_default(),
            words: api.account_words().await.unwrap_or_default(),
        })
    }

    /// What the menus offer, as soon as it is known.
    #[hook]
    pub fn use_offers() -> Offers {
        let api = use_api();
        let offered = use_load((), move |()| read(api.clone()));
        offered.data().cloned().unwrap_or_default()
    }

    /// The chips.
    #[component]
    pub fn Narrowing(props: &NarrowingProps) -> Html {
        let lang = use_lang();
        let NarrowingProps { filter, offers, .. } = props;
        let is_there = match props.asked.as_deref() {
            Some("team") => !offers.teams.is_empty(),
            Some("industry") => !offers.words.industries.is_empty(),
            asked => asked.is_some(),
        };
        use_effect_with((props.asked.clone(), is_there), |(asked, is_there)| {
            if let Some(asked) = asked.as_ref().filter(|_| *is_there) {
                browser::press(&id_of(asked));
            }
        });
        html! {
            <span class="further">
                if !offers.teams.is_empty() || filter.team_id.is_some() { { teams(props, &offers.teams) } }
                if !offers.words.industries.is_empty() { { industries(props, &offers.words.industries) } }
                { tiers(props) }
                { channels(lang, props, &offers.words.sources) }
                { switches(props) }
            </span>
        }
    }

    fn teams(props: &NarrowingProps, teams: &[Team]) -> Html {
        let filter = &props.filter;
        let with = |team_id| BoardFilter {
            team_id,
            ..filter.clone()
        };
        let mut entries = vec![choice(
            &props.on_filter,
            t!("board.all_teams").into_owned(),
            filter.team_id.is_none(),
            with(None),
        )];
        entries.extend(teams.iter().map(|team| {
            let is_on = filter.team_id == Some(team.id);
            choice(
                &props.on_filter,
                team.name.clone(),
                is_on,
                with(Some(team.id)),
            )
        }));
        let value = filter.team_id.map(|id| {
            let team = teams.iter().find(|team| team.id == id);
            team.map_or_else(
                || match teams {
                    [] => "…".to_owned(),
                    _ => t!("board.unknown_team").into_owned(),
                },
                |team| team.name.clone(),
            )
        });
        menu("team", t!("board.team"), value, entries)
    }

    fn industries(props: &NarrowingProps, industries: &[String]) -> Html {
        let filter = &props.filter;
        let with = |industry| BoardFilter {
            industry,
            ..filter.clone()
        };
        let mut entries = vec![choice(
            &props.on_filter,
            t!("board.all_industries").into_owned(),
            filter.industry.is_none(),
            with(None),
        )];
        entries.extend(industries.iter().map(|industry| {
            let is_on = filter.industry.as_ref() == Some(industry);
            choice(
                &props.on_filter,
                industry.clone(),
                is_on,
                with(Some(industry.clone())),
            )
        }));
        menu(
            "industry",
            t!("board.industry"),
            filter.industry.clone(),
            entries,
        )
    }

    fn tiers(props: &NarrowingProps) -> Html {
        let filter = &props.filter;
        let with = |tier| BoardFilter {
            tier,
            ..filter.clone()
        };
        let mut entries = vec![choice(
            &props.on_filter,
            t!("board.all_tiers").into_owned(),
            filter.tier.is_none(),
            with(None),
        )];
        entries.extend(Tier::iter().map(|tier| {
            let name = t!("board.tier", tier = tier.as_ref()).into_owned();
            choice(
                &props.on_filter,
                name,
                filter.tier == Some(tier),
                with(Some(tier)),
            )
        }));
        menu(
            "tier",
            t!("board.tier_label"),
            filter.tier.map(|tier| tier.as_ref().to_owned()),
            entries,
        )
    }

    /// How their accounts were found, and the words on where they came from (LEAD-01, FUN-25).
    fn channels(lang: Lang, props: &NarrowingProps, sources: &[String]) -> Html {
        let now = Channel::of(&props.filter);
        let with = |channel: Option<Channel>| {
            let mut filter = props.filter.clone();
            Channel::put(channel, &mut filter);
            filter
        };
        let every = t!("board.all_channels").into_owned();
        let mut entries = vec![choice(&props.on_filter, every, now.is_none(), with(None))];
        let mut is_method = true;
        for offered in channel::offered(sources) {
            let is_source = matches!(offered, Channel::Source(_));
            if is_source && is_method {
                is_method = false;
                entries.push(MenuEntry::Caption(t!("board.source").into_owned().into()));
            }
            let is_on = now.as_ref() == Some(&offered);
            entries.push(choice(
                &props.on_filter,
                offered.name(lang),
                is_on,
                with(Some(offered.clone())),
            ));
        }
        let value = now.map(|channel| channel.name(lang));
        menu("channel", t!("board.channel"), value, entries)
    }
}
