//! Small pieces the pages of this room share: pickers for accounts and colleagues, the tier mark, and
//! what somebody else changed meanwhile.

use crate::api::accounts::AccountQuery;
use crate::api::{Api, ApiResult, use_api};
use crate::browser;
use crate::i18n::t;
use crate::i18n::{Lang, use_lang};
use crate::load::use_load;
use crate::ui::{Choice, Combobox, Notice, SelectField, Suggestion, Tier as TierLetter, Tone};
use shared::accounts::{Prospecting, Tier};
use shared::id::AccountId;
use shared::identity::{User, UserState};
use std::rc::Rc;
use strum::IntoEnumIterator;
use yew::prelude::*;

/// The words of a key, or the key's last part where the catalogue lacks it, as for a value of a newer server.
#[must_use]
pub fn words(lang: Lang, key: &str) -> AttrValue {
    crate::_rust_i18n_try_translate(lang.tag(), key)
        .map_or_else(
            || key.rsplit('.').next().unwrap_or_default().to_owned(),
            std::borrow::Cow::into_owned,
        )
        .into()
}

/// The methods of finding customers, as choices (LEAD-01).
#[must_use]
pub fn prospecting_choices(lang: Lang) -> Vec<Choice> {
    Prospecting::iter()
        .map(|method| {
            let name = words(lang, &format!("board.channels.{}", method.as_ref()));
            Choice::new(method.as_ref().to_owned(), name)
        })
        .collect()
}

/// The letter on an account's square: its first, as a capital.
#[must_use]
pub fn monogram(name: &str) -> String {
    let first = name.trim().chars().next();
    first
        .map(|first| first.to_uppercase().collect())
        .unwrap_or_default()
}

/// Every colleague; the list is short enough to hold (an organisation's sellers).
///
/// # Errors
/// As every read.
pub async fn everybody(api: Api) -> ApiResult<Vec<User>> {
    let mut people = Vec::new();
    let mut cursor = None;
    loop {
        let page = api.users(cursor).await?;
        people.extend(page.items);
        cursor = page.next_cursor;
        if cursor.is_none() || people.len() >= 2_000 {
            return Ok(people);
        }
    }
}

/// The colleagues, once they came; none before.
#[hook]
pub fn use_people() -> Rc<Vec<User>> {
    let api = use_api();
    let people = use_load((), move |()| everybody(api.clone()));
    people.loaded.data.clone().unwrap_or_default()
}

/// What [`TierMark`] needs.
#[derive(Properties, PartialEq)]
pub struct TierMarkProps {
    /// The tier.
    pub tier: Tier,
    /// Whether it is the large one.
    #[prop_or_default]
    pub is_large: bool,
}

/// The tier of an account.
#[component]
pub fn TierMark(props: &TierMarkProps) -> Html {
    use_lang();
    let letter = props.tier.as_ref().chars().next().unwrap_or_default();
    html! { <TierLetter {letter} label={t!("account.tier_label", tier = props.tier.as_ref())} is_large={props.is_large} /> }
}

/// What [`Clash`] needs.
#[derive(Properties, PartialEq)]
pub struct ClashProps {
    /// The section of the catalogue with the names of the fields.
    pub section: &'static str,
    /// The fields both sides changed, with the other side's text.
    pub conflicts: Vec<(&'static str, String)>,
}

/// Says what somebody else changed meanwhile; the person's own text stays in the form.
#[component]
pub fn Clash(props: &ClashProps) -> Html {
    let lang = use_lang();
    if props.conflicts.is_empty() {
        return Html::default();
    }
    html! {
        <Notice tone={Tone::Accent} is_alert=true>
            <p>{ t!("account.changed_meanwhile") }</p>
            <ul>
                for (name, theirs) in &props.conflicts {
                    <li key={*name}>
                        { words(lang, &format!("{}.{name}", props.section)) }{ t!("account.colon") }
                        <b>{ if theirs.is_empty() { t!("account.nothing").into_owned() } else { theirs.clone() } }</b>
                    </li>
                }
            </ul>
        </Notice>
    }
}

/// What [`PersonPicker`] needs.
#[derive(Properties, PartialEq)]
pub struct PersonPickerProps {
    /// The label.
    pub label: AttrValue,
    /// Whether the label is for a screen reader alone.
    #[prop_or_default]
    pub is_label_hidden: bool,
    /// The id of the person chosen; empty for nobody.
    pub value: AttrValue,
    /// The words for nobody.
    pub none: AttrValue,
    /// The colleagues.
    pub people: Rc<Vec<User>>,
    /// Gets the id of the person chosen.
    pub on_change: Callback<String>,
    /// What is wrong with it.
    #[prop_or_default]
    pub error: Option<AttrValue>,
}

/// Chooses a colleague.
#[component]
pub fn PersonPicker(props: &PersonPickerProps) -> Html {
    let choices = props
        .people
        .iter()
        // Who left stays visible where they still own something.
        .filter(|user| user.state != UserState::Disabled || user.id.to_string() == *props.value)
        .map(|user| Choice::new(user.id.to_string(), user.name.clone()))
        .collect::<Vec<_>>();
    html! {
        <SelectField
            label={props.label.clone()}
            is_label_hidden={props.is_label_hidden}
            value={props.value.clone()}
            {choices}
            none={props.none.clone()}
            on_change={props.on_change.reform(|id: AttrValue| id.to_string())}
            error={props.error.clone()}
        />
    }
}

/// What [`AccountPicker`] needs.
#[derive(Properties, PartialEq)]
pub struct AccountPickerProps {
    /// The label.
    pub label: AttrValue,
    /// The name of the account chosen; empty for none.
    pub text: AttrValue,
    /// An example; never in place of the label.
    #[prop_or_default]
    pub placeholder: Option<AttrValue>,
    /// The account that cannot be chosen, as an account for its own parent.
    #[prop_or_default]
    pub except: Option<AccountId>,
    /// Gets the id and name of the account chosen, or none.
    pub on_pick: Callback<Option<(AccountId, AttrValue)>>,
    /// What is wrong with it.
    #[prop_or_default]
    pub error: Option<AttrValue>,
    /// Whether one must be chosen.
    #[prop_or_default]
    pub is_required: bool,
}

/// Chooses an account by typing a part of its name.
#[component]
pub fn AccountPicker(props: &AccountPickerProps) -> Html {
    let api = use_api();
    let found = use_state_eq(Vec::<Suggestion>::new);
    let is_busy = use_state_eq(|| false);
    let asked = use_mut_ref(|| 0u32);
    let on_search = {
        let (found, is_busy, except) = (found.setter(), is_busy.setter(), props.except);
        Callback::from(move |text: AttrValue| {
            let mine = {
                let mut asked = asked.borrow_mut();
                *asked += 1;
                *asked
            };
            is_busy.set(true);
            let (api, found, is_busy, asked) =
                (api.clone(), found.clone(), is_busy.clone(), asked.clone());
            browser::spawn(async move {
                let question = AccountQuery {
                    text: Some(text.to_string()),
                    sort: Some("name".to_owned()),
                    limit: Some(8),
                    ..AccountQuery::default()
                };
                let answer = api.accounts(&question, None).await;
                if *asked.borrow() != mine {
                    return;
                }
                is_busy.set(false);
                let accounts = answer.map(|page| page.items).unwrap_or_default();
                let accounts = accounts
                    .into_iter()
                    .filter(|account| Some(account.id) != except);
                found.set(accounts.map(|account| suggestion(&account)).collect());
            });
        })
    };
    let on_pick = props.on_pick.reform(|picked: Option<Suggestion>| {
        let picked = picked?;
        Some((picked.value.parse().ok()?, picked.label))
    });
    html! {
        <Combobox
            label={props.label.clone()}
            text={props.text.clone()}
            suggestions={(*found).clone()}
            is_busy={*is_busy}
            placeholder={props.placeholder.clone()}
            {on_search}
            {on_pick}
            error={props.error.clone()}
            is_required={props.is_required}
        />
    }
}

fn suggestion(account: &shared::accounts::Account) -> Suggestion {
    let suggestion = Suggestion::new(account.id.to_string(), account.name.clone());
    match account.region.clone().or_else(|| account.industry.clone()) {
        Some(hint) => suggestion.hint(hint),
        None => suggestion,
    }
}
