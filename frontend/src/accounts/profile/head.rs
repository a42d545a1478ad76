//! The head of a profile: who it is, the marks that matter, the figures, and what can be done.

use super::fact_form::FactForm;
use super::facts::{Editor, use_focus_back};
use crate::accounts::fields::AccountField;
use crate::accounts::parts::{TierMark, monogram, words};
use crate::accounts::profile::edit::EditAction;
use crate::format;
use crate::i18n::t;
use crate::i18n::{Lang, counted, use_lang};
use crate::ui::{
    Avatar, Badge, Button, ButtonKind, ButtonSize, Glyph, Icon, IconButton, Menu, MenuEntry,
    MenuItem, Money, Tone,
};
use shared::accounts::AccountSummary;
use shared::money::Money as Amount;
use std::rc::Rc;
use yew::prelude::*;

/// What [`Head`] needs.
#[derive(Properties, PartialEq)]
pub struct HeadProps {
    /// Editing in place, with the account.
    pub editor: Editor,
    /// The figures, once they came.
    pub summary: Option<Rc<AccountSummary>>,
    /// Begins a new deal, where one may.
    #[prop_or_default]
    pub on_deal: Option<Callback<()>>,
    /// Begins a new contact, where one may.
    #[prop_or_default]
    pub on_contact: Option<Callback<()>>,
    /// Puts the account away, where one may.
    #[prop_or_default]
    pub on_archive: Option<Callback<()>>,
    /// The tabs.
    #[prop_or_default]
    pub children: Html,
}

/// The head of a profile.
#[component]
pub fn Head(props: &HeadProps) -> Html {
    use_lang();
    html! {
        <section class="acc-h">
            <div class="acc-id">
                <span class="mono" aria-hidden="true">{ monogram(&props.editor.account.name) }</span>
                <div class="fill">
                    <Name editor={props.editor.clone()} />
                    <Marks editor={props.editor.clone()} />
                </div>
                <div class="acc-do">
                    if let Some(on_contact) = &props.on_contact {
                        <Button icon={Glyph::Plus} on_click={on_contact.reform(|_| ())}>{ t!("account.contact") }</Button>
                    }
                    if let Some(on_deal) = &props.on_deal {
                        <Button kind={ButtonKind::Primary} icon={Glyph::Plus} on_click={on_deal.reform(|_| ())}>{ t!("account.deal") }</Button>
                    }
                    { more(props) }
                </div>
            </div>
            <Quick editor={props.editor.clone()} on_deal={props.on_deal.clone()} on_contact={props.on_contact.clone()} />
            <Figures editor={props.editor.clone()} summary={props.summary.clone()} />
            { props.children.clone() }
        </section>
    }
}

fn more(props: &HeadProps) -> Html {
    let Some(on_archive) = &props.on_archive else {
        return Html::default();
    };
    let entries: Vec<MenuEntry> = vec![
        MenuItem::new(t!("account.archive_this"), on_archive.clone())
            .icon(Glyph::Archive)
            .danger()
            .into(),
    ];
    html! { <Menu label={t!("ui.more")} is_named=true class={classes!("btn", "ghost", "icon")} {entries}><Icon glyph={Glyph::More} /></Menu> }
}

#[derive(Properties, PartialEq)]
struct EditorProps {
    editor: Editor,
}

const NAME_PENCIL: &str = "edit-name";

/// The name with its tier; edited in place like every fact.
#[component]
fn Name(props: &EditorProps) -> Html {
    use_lang();
    let editor = &props.editor;
    let open = editor.state.0.at(AccountField::Name);
    use_focus_back(NAME_PENCIL, open.is_some());
    if let Some(open) = open {
        return html! { <FactForm open={open.clone()} label={t!("account.field.name")} editor={editor.clone()} /> };
    }
    let on_open = {
        let (state, name) = (editor.state.dispatcher(), editor.account.name.clone());
        Callback::from(move |_: MouseEvent| {
            state.dispatch(EditAction::Opened(AccountField::Name, name.clone()))
        })
    };
    html! {
        <div class="row title">
            <h1>{ editor.account.name.clone() }</h1>
            if let Some(tier) = editor.account.tier { <TierMark {tier} is_large=true /> }
            if editor.can_edit {
                <IconButton id={NAME_PENCIL} glyph={Glyph::Edit} label={t!("account.edit_field", field = t!("account.field.name"))} size={ButtonSize::Small} class="pencil" on_click={on_open} />
            }
        </div>
    }
}

/// The marks under the name: kind, nature, size, tags.
#[component]
fn Marks(props: &EditorProps) -> Html {
    let lang = use_lang();
    let account = &props.editor.account;
    let size = account
        .size
        .map(|size| words(lang, &format!("account.sizes.{}", size.as_ref())));
    html! {
        <div class="tags">
            <Badge tone={Tone::Accent}>{ words(lang, &format!("account.kinds.{}", account.kind.as_ref())) }</Badge>
            if let Some(nature) = &account.nature { <Badge>{ nature.clone() }</Badge> }
            if let Some(size) = size { <Badge>{ size }</Badge> }
            for tag in account.tags.iter().take(4) { <Badge key={tag.clone()} is_outline=true>{ tag.clone() }</Badge> }
            if account.archived_at.is_some() { <Badge tone={Tone::Warning}>{ t!("account.archived") }</Badge> }
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct QuickProps {
    editor: Editor,
    on_deal: Option<Callback<()>>,
    on_contact: Option<Callback<()>>,
}

/// On a phone: what one does at the customer's door, within a thumb's reach.
#[component]
fn Quick(props: &QuickProps) -> Html {
    use_lang();
    let account = &props.editor.account;
    html! {
        <div class="quick">
            if let Some(phone) = account.phones.first() {
                <a class="primary" href={super::reach::tel(phone)}><Icon glyph={Glyph::Phone} />{ t!("account.call") }</a>
            }
            if let Some(address) = &account.address {
                <a href={format!("geo:0,0?q={}", crate::api::encode(address))}><Icon glyph={Glyph::Pin} />{ t!("account.navigate") }</a>
            }
            if let Some(on_contact) = &props.on_contact {
                <button type="button" onclick={on_contact.reform(|_| ())}><Icon glyph={Glyph::User} />{ t!("account.contact") }</button>
            }
            if let Some(on_deal) = &props.on_deal {
                <button type="button" onclick={on_deal.reform(|_| ())}><Icon glyph={Glyph::Plus} />{ t!("account.deal") }</button>
            }
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct FiguresProps {
    editor: Editor,
    summary: Option<Rc<AccountSummary>>,
}

/// The strip of figures.
#[component]
fn Figures(props: &FiguresProps) -> Html {
    let lang = use_lang();
    let account = &props.editor.account;
    let summary = props.summary.as_deref();
    let owner = account
        .owner_id
        .and_then(|id| props.editor.names.user(id))
        .map(str::to_owned);
    let owner = owner.or_else(|| summary.and_then(|summary| summary.owner_name.clone()));
    html! {
        <dl class="facts">
            <div><dt>{ t!("account.field.region") }</dt><dd class="clip">{ or_none(account.region.clone()) }</dd></div>
            <div><dt>{ t!("account.field.industry") }</dt><dd class="clip">{ or_none(account.industry.clone()) }</dd></div>
            <div><dt>{ t!("account.field.employees") }</dt><dd class="num">{ or_none(account.employees.map(|count| format::integer(lang, count.into()))) }</dd></div>
            <div class="figure"><dt>{ t!("account.open") }</dt><dd>{ summary.map(|summary| figure(lang, &summary.open_amounts, summary.open_deals)) }</dd></div>
            <div class="figure"><dt>{ t!("account.won") }</dt><dd>{ summary.map(|summary| figure(lang, &summary.won_amounts, summary.won_deals)) }</dd></div>
            <div>
                <dt>{ t!("account.field.owner_id") }</dt>
                <dd>
                    if let Some(name) = owner {
                        <Avatar name={name.clone()} /><span class="trunc">{ name }</span>
                    } else {
                        <span class="faint">{ t!("account.no_owner") }</span>
                    }
                </dd>
            </div>
        </dl>
    }
}

fn or_none(value: Option<String>) -> Html {
    match value {
        Some(value) => html! { <span class="trunc" title={value.clone()}>{ value }</span> },
        None => html! { <span class="faint">{ t!("account.nothing") }</span> },
    }
}

/// A sum per currency with the number of deals.
fn figure(lang: Lang, amounts: &[Amount], deals: i64) -> Html {
    html! {
        <>
            for amount in amounts {
                <Money key={amount.currency.to_string()} figure={format::amount(lang, amount)} title={format::money(lang, amount)} />
            }
            <small class="num">{ counted(lang, "account.deal_count", deals) }</small>
        </>
    }
}
