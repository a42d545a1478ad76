//! The facts of an account, each edited in place: the pencil opens it, Enter saves, Escape gives up.

use super::edit::{EditAction, EditState, Verdict, judge};
use super::fact_form::FactForm;
use crate::accounts::fields::{AccountField, Control, answer_parts};
use crate::accounts::names::Names;
use crate::accounts::parts::words;
use crate::api::field_message;
use crate::api::use_api;
use crate::browser;
use crate::format;
use crate::i18n::t;
use crate::i18n::{Lang, use_lang};
use crate::identity::use_can;
use crate::route::Route;
use crate::ui::{ButtonSize, Glyph, Icon, IconButton, Toast, use_announcer, use_toasts};
use shared::accounts::Account;
use shared::identity::{Permission, User};
use std::rc::Rc;
use yew::prelude::*;
use yew_router::prelude::*;

/// The state of editing, as a reducer of the page.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Editing(pub EditState);

impl Reducible for Editing {
    type Action = EditAction;

    fn reduce(self: Rc<Self>, action: EditAction) -> Rc<Self> {
        Rc::new(Self(self.0.clone().apply(action)))
    }
}

/// What editing in place needs of the page around it.
#[derive(Clone, PartialEq)]
pub struct Editor {
    /// The account as it is known now.
    pub account: Rc<Account>,
    /// The names of owner and parent.
    pub names: Rc<Names>,
    /// The colleagues.
    pub people: Rc<Vec<User>>,
    /// Whether fields may be changed.
    pub can_edit: bool,
    /// What is being edited.
    pub state: UseReducerHandle<Editing>,
    /// Saves the field that is open.
    pub save: Callback<()>,
}

/// Editing in place for an account; `on_account` gets the account whenever a newer one is known.
#[hook]
pub fn use_editor(
    account: Rc<Account>,
    names: Rc<Names>,
    people: Rc<Vec<User>>,
    can_edit: bool,
    on_account: Callback<Account>,
) -> Editor {
    let lang = use_lang();
    let (api, toasts, announcer) = (use_api(), use_toasts(), use_announcer());
    let state = use_reducer_eq(Editing::default);
    let save = {
        let (state, account) = (state.clone(), account.clone());
        Callback::from(move |()| {
            let Some(open) = state.0.open.clone().filter(|open| !open.is_saving) else {
                return;
            };
            let patch = match open.change() {
                Ok(Some(patch)) => patch,
                Ok(None) => return state.dispatch(EditAction::Cancelled),
                Err(fault) => {
                    announcer.say(field_message(lang, &fault));
                    return state.dispatch(EditAction::Refused(fault));
                }
            };
            state.dispatch(EditAction::Sent);
            let (api, toasts, state, on_account) = (
                api.clone(),
                toasts.clone(),
                state.dispatcher(),
                on_account.clone(),
            );
            let (id, mut version) = (account.id, account.version);
            browser::spawn(async move {
                loop {
                    match api.patch_account(id, version, &patch).await {
                        Ok(saved) => {
                            on_account.emit(saved);
                            toasts.show(Toast::done(t!("account.saved")));
                            return state.dispatch(EditAction::Saved);
                        }
                        Err(error) => match judge(open.field, &open.base, error) {
                            // Each round needs somebody else's write in between, so it ends.
                            Verdict::Again(now) => {
                                version = now.version;
                                on_account.emit(*now);
                            }
                            Verdict::Ask(now) => {
                                let theirs = open.field.read(&now);
                                on_account.emit(*now);
                                return state.dispatch(EditAction::Overtaken(theirs));
                            }
                            Verdict::Fail(error) => {
                                return state.dispatch(EditAction::Failed(error));
                            }
                        },
                    }
                }
            });
        })
    };
    Editor {
        account,
        names,
        people,
        can_edit,
        state,
        save,
    }
}

/// What [`Facts`] needs.
#[derive(Properties, PartialEq)]
pub struct FactsProps {
    /// Editing in place.
    pub editor: Editor,
}

/// The panel of all facts.
#[component]
pub fn Facts(props: &FactsProps) -> Html {
    use_lang();
    html! {
        <section class="panel" aria-label={t!("account.facts")}>
            <header><h2>{ t!("account.facts") }</h2></header>
            <dl class="fact-list">
                for field in AccountField::FACTS {
                    <Fact key={field.as_ref().to_owned()} {field} editor={props.editor.clone()} />
                }
            </dl>
        </section>
    }
}

/// What [`Fact`] needs.
#[derive(Properties, PartialEq)]
pub struct FactProps {
    /// Which field.
    pub field: AccountField,
    /// Editing in place.
    pub editor: Editor,
}

/// Brings the focus back to the pencil when its field closes.
#[hook]
pub(super) fn use_focus_back(pencil_id: &str, is_open: bool) {
    let was_open = use_mut_ref(|| false);
    let id = pencil_id.to_owned();
    use_effect_with(is_open, move |is_open| {
        let was = std::mem::replace(&mut *was_open.borrow_mut(), *is_open);
        if was && !is_open {
            browser::focus(&id);
        }
    });
}

/// One fact with its pencil, or being edited.
#[component]
pub fn Fact(props: &FactProps) -> Html {
    let lang = use_lang();
    let (field, editor) = (props.field, &props.editor);
    let label = words(lang, &format!("account.field.{}", field.as_ref()));
    let pencil_id = format!("edit-{}", field.as_ref());
    let open = editor.state.0.at(field).cloned();
    let can_assign = use_can(Permission::AssignOwner);
    let can_edit = editor.can_edit && (field != AccountField::OwnerId || can_assign);
    use_focus_back(&pencil_id, open.is_some());
    let on_open = {
        let (state, account) = (editor.state.dispatcher(), editor.account.clone());
        Callback::from(move |_: MouseEvent| {
            state.dispatch(EditAction::Opened(field, field.read(&account)))
        })
    };
    html! {
        <div class={classes!("fact", open.is_some().then_some("is-open"), matches!(field.control(), Control::Lines).then_some("is-long"))}>
            <dt>{ label.clone() }</dt>
            <dd>
                if let Some(open) = open {
                    <FactForm {open} {label} editor={editor.clone()} />
                } else {
                    <span class="value">{ value(lang, field, editor) }</span>
                    if can_edit {
                        <IconButton id={pencil_id} glyph={Glyph::Edit} label={t!("account.edit_field", field = label)} size={ButtonSize::Small} class="pencil" on_click={on_open} />
                    }
                }
            </dd>
        </div>
    }
}

/// A field's value as it is read, with links where they lead somewhere.
pub(super) fn value(lang: Lang, field: AccountField, editor: &Editor) -> Html {
    let account = &editor.account;
    let text = field.read(account);
    if text.is_empty() {
        return html! { <span class="faint">{ t!("account.nothing") }</span> };
    }
    match field {
        AccountField::Kind => html! { { words(lang, &format!("account.kinds.{text}")) } },
        AccountField::Size => html! { { words(lang, &format!("account.sizes.{text}")) } },
        AccountField::Prospecting => html! { { words(lang, &format!("board.channels.{text}")) } },
        AccountField::Employees => {
            html! { <span class="num">{ account.employees.map(|count| format::integer(lang, count.into())) }</span> }
        }
        AccountField::ValuesIt
        | AccountField::HasPlan
        | AccountField::HasPerson
        | AccountField::HasDate => {
            html! { { words(lang, &format!("account.answers.{text}")) } }
        }
        AccountField::PurchaseOn => html! {
            <span class="num">{ account.signs.purchase_on.map(|day| format::date(lang, day)) }</span>
        },
        AccountField::ManMoney | AccountField::ManAuthority | AccountField::ManNeed => {
            let (word, note) = answer_parts(&text);
            let word = if word.is_empty() { "unknown" } else { word };
            html! { <>{ words(lang, &format!("account.answers.{word}")) }if !note.is_empty() { <small class="muted answer-note">{ note.to_owned() }</small> }</> }
        }
        AccountField::OwnerId => {
            let name = account
                .owner_id
                .and_then(|id| editor.names.user(id))
                .map(str::to_owned);
            html! { { name.unwrap_or_else(|| t!("timeline.somebody").into_owned()) } }
        }
        AccountField::ParentId => parent(editor),
        AccountField::Phones => html! {
            <span class="reach">
                for phone in &account.phones { <a key={phone.clone()} class="link num" href={super::reach::tel(phone)}><Icon glyph={Glyph::Phone} class="i-14" />{ phone.clone() }</a> }
            </span>
        },
        AccountField::Website => {
            html! { <a class="link" href={web(&text)} target="_blank" rel="noopener noreferrer">{ text }</a> }
        }
        AccountField::Tags => html! {
            <span class="row wrap tight">for tag in &account.tags { <span key={tag.clone()} class="badge">{ tag.clone() }</span> }</span>
        },
        AccountField::ExternalIds => html! {
            <span class="stack flush">for (system, id) in &account.external_ids { <span key={system.clone()}><span class="muted">{ system.clone() }</span>{ " " }<span class="num">{ id.clone() }</span></span> }</span>
        },
        _ => html! { { text } },
    }
}

fn parent(editor: &Editor) -> Html {
    let Some(id) = editor.account.parent_id else {
        return Html::default();
    };
    let name = editor
        .names
        .get(id.0)
        .map(str::to_owned)
        .unwrap_or_else(|| t!("account.another").into_owned());
    html! { <Link<Route> to={Route::Account { id: id.to_string() }} classes="link">{ name }</Link<Route>> }
}

/// A web address to follow; only the web's own schemes are ever followed.
fn web(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    if lower.starts_with("http://") || lower.starts_with("https://") {
        text.to_owned()
    } else {
        format!("https://{text}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_website_is_followed_by_the_web_alone() {
        assert_eq!(web("hengtuo.example"), "https://hengtuo.example");
        assert_eq!(web("HTTP://a.example"), "HTTP://a.example");
        assert_eq!(web("javascript:alert(1)"), "https://javascript:alert(1)");
    }
}
