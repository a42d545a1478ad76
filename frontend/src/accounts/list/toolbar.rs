//! The bar over the list of accounts: words, tier, industry, owner.

use super::super::parts::{prospecting_choices, words};
use super::address::use_debounced;
use super::filter::{AccountFilter, PRIORITIES, SCREENINGS, URGENCIES, narrowed};
use crate::api::use_api;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::identity::use_me;
use crate::load::use_load;
use crate::ui::{Button, ButtonKind, ButtonSize, Chip, Choice, Glyph, Icon, SelectField};
use shared::accounts::Tier;
use shared::identity::User;
use std::rc::Rc;
use yew::prelude::*;

/// What [`AccountToolbar`] needs.
#[derive(Properties, PartialEq)]
pub struct AccountToolbarProps {
    /// The filter now.
    pub filter: AccountFilter,
    /// Gets the filter as changed.
    pub on_filter: Callback<AccountFilter>,
    /// The colleagues.
    pub people: Rc<Vec<User>>,
}

/// The bar over the list of accounts.
#[component]
pub fn AccountToolbar(props: &AccountToolbarProps) -> Html {
    let lang = use_lang();
    let api = use_api();
    let me = use_me();
    let industries = use_load((), move |()| {
        let api = api.clone();
        async move { api.account_words().await.map(|words| words.industries) }
    });
    let filter = &props.filter;
    let with = {
        let (filter, on_filter) = (filter.clone(), props.on_filter.clone());
        move |change: fn(&mut AccountFilter, String)| {
            let (filter, on_filter) = (filter.clone(), on_filter.clone());
            Callback::from(move |text: String| {
                let mut next = filter.clone();
                change(&mut next, text);
                on_filter.emit(next);
            })
        }
    };
    let chosen = |change| with(change).reform(|value: AttrValue| value.to_string());
    let (text, on_input) = use_debounced(
        filter.q.as_deref().unwrap_or_default(),
        with(|f, text| f.q = narrowed(&text)),
    );
    let tiers = [Tier::A, Tier::B, Tier::C].map(|tier| {
        let name = tier.as_ref().to_owned();
        Choice::new(
            name.clone(),
            t!("account.tier_label", tier = name).into_owned(),
        )
    });
    let urgencies = URGENCIES.map(|class| {
        let name = match class {
            "none" => AttrValue::from(t!("account.class.none")),
            class => words(lang, &format!("account.class.names.{class}")),
        };
        Choice::new(class, name)
    });
    let priorities = PRIORITIES.map(|name| {
        let shown = match name {
            "none" => AttrValue::from(t!("priority.none")),
            name => words(lang, &format!("priority.names.{name}")),
        };
        Choice::new(name, shown)
    });
    let screenings = SCREENINGS.map(|name| match name {
        "due" => Choice::new(name, AttrValue::from(t!("screening.due_only"))),
        name => Choice::new(name, words(lang, &format!("screening.outcomes.{name}"))),
    });
    let on_due = {
        let (filter, on_filter) = (filter.clone(), props.on_filter.clone());
        Callback::from(move |_: MouseEvent| {
            on_filter.emit(AccountFilter {
                due: !filter.due,
                ..filter.clone()
            });
        })
    };
    let is_large = filter.large == Some(true);
    let on_large = {
        let (filter, on_filter) = (filter.clone(), props.on_filter.clone());
        Callback::from(move |_: MouseEvent| {
            on_filter.emit(AccountFilter {
                large: (!is_large).then_some(true),
                ..filter.clone()
            });
        })
    };
    let mine = me.as_ref().map(|me| me.user.id);
    let is_mine = mine.is_some() && filter.owner == mine;
    let on_mine = {
        let (filter, on_filter) = (filter.clone(), props.on_filter.clone());
        Callback::from(move |_: MouseEvent| {
            on_filter.emit(AccountFilter {
                owner: if is_mine { None } else { mine },
                ..filter.clone()
            });
        })
    };
    let on_clear = {
        let (sort, on_filter) = (filter.sort.clone(), props.on_filter.clone());
        Callback::from(move |_: MouseEvent| {
            on_filter.emit(AccountFilter {
                sort: sort.clone(),
                ..AccountFilter::default()
            })
        })
    };
    html! {
        <div class="toolbar filters" role="search">
            <SearchBox label={t!("account.search")} {text} {on_input} />
            <Chip icon={Glyph::User} pressed={is_mine} on_click={on_mine}>{ t!("account.mine") }</Chip>
            <SelectField is_label_hidden=true label={t!("account.field.tier")} none={t!("account.any_tier")} choices={tiers.to_vec()}
                value={filter.tier.map(|tier| tier.as_ref().to_owned()).unwrap_or_default()}
                on_change={chosen(|f, tier| f.tier = tier.parse().ok())} />
            <SelectField is_label_hidden=true label={t!("account.class.title")} none={t!("account.class.any")} choices={urgencies.to_vec()}
                value={filter.urgency.clone().unwrap_or_default()}
                on_change={chosen(|f, class| f.urgency = narrowed(&class))} />
            <SelectField is_label_hidden=true label={t!("priority.title")} none={t!("priority.any")} choices={priorities.to_vec()}
                value={filter.priority.clone().unwrap_or_default()}
                on_change={chosen(|f, name| f.priority = narrowed(&name))} />
            <Chip pressed={filter.due} on_click={on_due}>{ t!("priority.due_only") }</Chip>
            <SelectField is_label_hidden=true label={t!("screening.title")} none={t!("screening.any")} choices={screenings.to_vec()}
                value={filter.screening.clone().unwrap_or_default()}
                on_change={chosen(|f, name| f.screening = narrowed(&name))} />
            <Chip pressed={is_large} on_click={on_large}>{ t!("account.large_only") }</Chip>
            <SelectField is_label_hidden=true label={t!("account.field.industry")} none={t!("account.any_industry")}
                choices={industry_choices(industries.data(), filter.industry.as_ref())}
                value={filter.industry.clone().unwrap_or_default()}
                on_change={chosen(|f, industry| f.industry = narrowed(&industry))} />
            <SelectField is_label_hidden=true label={t!("account.field.prospecting")} none={t!("account.any_method")}
                choices={prospecting_choices(lang)}
                value={filter.prospecting.map(|method| method.as_ref().to_owned()).unwrap_or_default()}
                on_change={chosen(|f, method| f.prospecting = method.parse().ok())} />
            <SelectField is_label_hidden=true label={t!("account.field.owner_id")} none={t!("account.any_owner")}
                choices={props.people.iter().map(|user| Choice::new(user.id.to_string(), user.name.clone())).collect::<Vec<_>>()}
                value={filter.owner.map(|id| id.to_string()).unwrap_or_default()}
                on_change={chosen(|f, owner| f.owner = owner.parse().ok())} />
            if !filter.is_open() {
                <Button kind={ButtonKind::Ghost} size={ButtonSize::Small} icon={Glyph::Close} on_click={on_clear}>{ t!("account.clear_filters") }</Button>
            }
        </div>
    }
}

fn industry_choices(known: Option<&Vec<String>>, chosen: Option<&String>) -> Vec<Choice> {
    let mut names: Vec<String> = known.cloned().unwrap_or_default();
    if let Some(chosen) = chosen.filter(|chosen| !names.contains(chosen)) {
        names.push(chosen.clone());
    }
    names
        .into_iter()
        .map(|name| Choice::new(name.clone(), name))
        .collect()
}

/// What [`SearchBox`] needs.
#[derive(Properties, PartialEq)]
pub struct SearchBoxProps {
    /// The name.
    pub label: AttrValue,
    /// The words.
    pub text: AttrValue,
    /// Gets the words as they are typed.
    pub on_input: Callback<String>,
}

/// Words a list is narrowed to.
#[component]
pub fn SearchBox(props: &SearchBoxProps) -> Html {
    let oninput = props
        .on_input
        .reform(|event: InputEvent| crate::ui::field::event_value(&event));
    html! {
        <label class="input find">
            <Icon glyph={Glyph::Search} />
            <span class="sr">{ props.label.clone() }</span>
            <input type="search" value={props.text.clone()} placeholder={props.label.clone()} autocomplete="off" {oninput} />
        </label>
    }
}
