//! One's own settings: name, language, theme, password, sign-out.

use super::password::NewPassword;
use super::session::{use_me, use_session, use_switch_lang};
use super::settings::{SettingsFrame, SettingsTab};
use super::words::{level_name, role_name};
use crate::api::{ApiError, use_api};
use crate::browser;
use crate::i18n::t;
use crate::i18n::{Lang, use_lang};
use crate::theme::{Theme, use_theme};
use crate::ui::field::PasswordField;
use crate::ui::{
    Avatar, AvatarSize, Button, ButtonKind, Dialog, Glyph, Notice, Segment, Segmented, TextField,
    Toast, Tone, use_first_fault, use_toasts,
};
use shared::identity::{Me, MePatch};
use std::rc::Rc;
use yew::prelude::*;

/// One's own settings.
#[component]
pub fn MyAccountPage() -> Html {
    let lang = use_lang();
    let Some(me) = use_me() else {
        return Html::default();
    };
    let line = format!(
        "{} \u{b7} {}",
        me.organisation.name,
        role_name(lang, me.user.role)
    );
    html! {
        <SettingsFrame tab={SettingsTab::Me}>
            <section class="panel">
                <div class="whoami">
                    <Avatar name={me.user.name.clone()} size={AvatarSize::S44} />
                    <div class="fill">
                        <h2 class="trunc">{ me.user.name.clone() }</h2>
                        <p class="muted trunc">{ line }{ " \u{b7} " }{ level_name(lang, me.user.level) }</p>
                    </div>
                </div>
            </section>
            <Looks />
            <Access me={me} />
        </SettingsFrame>
    }
}

/// Language and theme.
#[component]
fn Looks() -> Html {
    let lang = use_lang();
    let switch = use_switch_lang();
    let theme = use_theme();
    let languages = Lang::ALL
        .map(|lang| Segment::new(lang.tag(), lang.own_name()))
        .to_vec();
    let themes = vec![
        Segment::new("system", t!("theme.system")).with_icon(Glyph::Monitor),
        Segment::new("light", t!("theme.light")).with_icon(Glyph::Sun),
        Segment::new("dark", t!("theme.dark")).with_icon(Glyph::Moon),
    ];
    let current = theme.theme.attribute().unwrap_or("system");
    let on_theme = Callback::from(move |key: AttrValue| {
        let chosen = Theme::ALL
            .into_iter()
            .find(|one| one.attribute() == Some(key.as_str()));
        theme.set(chosen.unwrap_or_default());
    });
    html! {
        <section class="panel ruled">
            <header><h2>{ t!("identity.me.looks") }</h2></header>
            <div class="setting">
                <div>{ t!("lang.label") }<p>{ t!("identity.me.lang_hint") }</p></div>
                <Segmented label={t!("lang.label")} segments={languages} current={lang.tag()}
                    on_change={switch.reform(|tag: AttrValue| Lang::from_tag(&tag).unwrap_or_default())} />
            </div>
            <div class="setting">
                <div>{ t!("theme.label") }<p>{ t!("identity.me.theme_hint") }</p></div>
                <Segmented label={t!("theme.label")} segments={themes} {current} on_change={on_theme} />
            </div>
        </section>
    }
}

#[derive(Properties, PartialEq)]
struct AccessProps {
    me: Rc<Me>,
}

#[derive(Clone, Copy, PartialEq)]
enum Asked {
    Name,
    Password,
    Everywhere,
}

/// Name, e-mail, password and sign-out.
#[component]
fn Access(props: &AccessProps) -> Html {
    use_lang();
    let (api, session) = (use_api(), use_session());
    let asked = use_state_eq(|| None::<Asked>);
    let ask = |what: Asked| {
        let asked = asked.setter();
        Callback::from(move |_: MouseEvent| asked.set(Some(what)))
    };
    let on_close = {
        let asked = asked.setter();
        Callback::from(move |()| asked.set(None))
    };
    let sign_out = Callback::from(move |_: MouseEvent| {
        let (api, session) = (api.clone(), session.clone());
        browser::spawn(async move {
            // Even without an answer this device forgets who it was.
            let _ = api.sign_out().await;
            session.signed_out();
        });
    });
    let user = &props.me.user;
    html! {
        <section class="panel ruled">
            <header><h2>{ t!("identity.me.access") }</h2></header>
            <div class="setting">
                <div>{ t!("identity.name") }<p>{ user.name.clone() }</p></div>
                <Button on_click={ask(Asked::Name)}>{ t!("ui.change") }</Button>
            </div>
            <div class="setting">
                <div>{ t!("identity.email") }<p>{ user.email.clone().unwrap_or_default() }</p></div>
                <span class="t12 muted">{ t!("identity.me.email_hint") }</span>
            </div>
            <div class="setting">
                <div>{ t!("identity.password") }<p>{ t!("identity.me.password_hint") }</p></div>
                <Button on_click={ask(Asked::Password)}>{ t!("ui.change") }</Button>
            </div>
            <div class="setting">
                <div>{ t!("identity.me.sign_out") }<p>{ t!("identity.me.sign_out_hint") }</p></div>
                <div class="row wrap">
                    <Button kind={ButtonKind::Danger} on_click={ask(Asked::Everywhere)}>{ t!("identity.me.everywhere") }</Button>
                    <Button icon={Glyph::SignOut} on_click={sign_out}>{ t!("identity.me.sign_out") }</Button>
                </div>
            </div>
            if let Some(asked) = *asked { { dialog(asked, &props.me, &on_close) } }
        </section>
    }
}

fn dialog(asked: Asked, me: &Rc<Me>, on_close: &Callback<()>) -> Html {
    match asked {
        Asked::Name => html! { <NameDialog me={me.clone()} on_close={on_close.clone()} /> },
        Asked::Password => html! { <PasswordDialog me={me.clone()} on_close={on_close.clone()} /> },
        Asked::Everywhere => html! { <EverywhereDialog on_close={on_close.clone()} /> },
    }
}

#[derive(Properties, PartialEq)]
struct MyDialogProps {
    me: Rc<Me>,
    on_close: Callback<()>,
}

/// Sends a change of one's own settings and closes the dialog when it went well.
#[hook]
fn use_patch(props: &MyDialogProps) -> (Callback<MePatch>, bool, Option<ApiError>) {
    let (api, session, toasts) = (use_api(), use_session(), use_toasts());
    let is_busy = use_state_eq(|| false);
    let error = use_state_eq(|| None::<ApiError>);
    let send = {
        let (is_busy, error) = (is_busy.clone(), error.clone());
        let (me, on_close) = (props.me.clone(), props.on_close.clone());
        Callback::from(move |patch: MePatch| {
            if *is_busy {
                return;
            }
            let (api, session, toasts) = (api.clone(), session.clone(), toasts.clone());
            let (is_busy, error) = (is_busy.clone(), error.clone());
            let (me, on_close) = (me.clone(), on_close.clone());
            is_busy.set(true);
            browser::spawn(async move {
                match api.patch_me(me.user.version, &patch).await {
                    Ok(me) => {
                        session.signed_in(me);
                        toasts.show(Toast::done(t!("ui.saved")));
                        on_close.emit(());
                    }
                    Err(reason) => {
                        error.set(Some(reason));
                        is_busy.set(false);
                    }
                }
            });
        })
    };
    (send, *is_busy, (*error).clone())
}

fn save_and_cancel(form: &'static str, is_busy: bool, on_close: &Callback<()>) -> Html {
    html! {
        <>
            <Button on_click={on_close.reform(|_| ())}>{ t!("ui.cancel") }</Button>
            <Button kind={ButtonKind::Primary} is_submit=true {form} {is_busy}>{ t!("ui.save") }</Button>
        </>
    }
}

fn general(lang: Lang, error: Option<&ApiError>) -> Html {
    match error.filter(|error| error.fields().is_empty()) {
        Some(error) => {
            html! { <Notice tone={Tone::Negative} is_alert=true>{ error.message(lang) }</Notice> }
        }
        None => Html::default(),
    }
}

#[component]
fn NameDialog(props: &MyDialogProps) -> Html {
    let lang = use_lang();
    let name = use_state_eq(|| props.me.user.name.clone());
    let (send, is_busy, error) = use_patch(props);
    let onsubmit = {
        let name = name.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            send.emit(MePatch {
                name: Some(name.trim().to_owned()),
                ..MePatch::default()
            });
        })
    };
    use_first_fault(&error);
    html! {
        <Dialog title={t!("identity.me.change_name")} on_close={props.on_close.clone()} footer={save_and_cancel("my-name", is_busy, &props.on_close)}>
            <form id="my-name" class="form" {onsubmit} novalidate=true>
                { general(lang, error.as_ref()) }
                <TextField label={t!("identity.name")} autocomplete="name" value={(*name).clone()} is_required=true is_focused=true
                    on_input={let name = name.setter(); move |text| name.set(text)}
                    error={error.as_ref().and_then(|error| error.field(lang, "/name")).map(AttrValue::from)} />
            </form>
        </Dialog>
    }
}

#[component]
fn PasswordDialog(props: &MyDialogProps) -> Html {
    let lang = use_lang();
    let (old, new) = (use_state_eq(String::new), use_state_eq(String::new));
    let (send, is_busy, error) = use_patch(props);
    let onsubmit = {
        let (old, new) = (old.clone(), new.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let patch = MePatch {
                password: Some((*new).clone()),
                current_password: Some((*old).clone()),
                ..MePatch::default()
            };
            send.emit(patch);
        })
    };
    use_first_fault(&error);
    let fault = |pointer: &str| {
        error
            .as_ref()
            .and_then(|error| error.field(lang, pointer))
            .map(AttrValue::from)
    };
    html! {
        <Dialog title={t!("identity.me.change_password")} on_close={props.on_close.clone()} footer={save_and_cancel("my-password", is_busy, &props.on_close)}>
            <form id="my-password" class="form" {onsubmit} novalidate=true>
                { general(lang, error.as_ref()) }
                <PasswordField label={t!("identity.current_password")} value={(*old).clone()} error={fault("/current_password")}
                    on_input={let old = old.setter(); move |text| old.set(text)} />
                <NewPassword value={(*new).clone()} email={props.me.user.email.clone().unwrap_or_default()} error={fault("/password")} is_large=false
                    on_input={let new = new.setter(); move |text| new.set(text)} />
                <p class="hint">{ t!("identity.me.password_ends") }</p>
            </form>
        </Dialog>
    }
}

#[derive(Properties, PartialEq)]
struct EverywhereDialogProps {
    on_close: Callback<()>,
}

#[component]
fn EverywhereDialog(props: &EverywhereDialogProps) -> Html {
    let lang = use_lang();
    let (api, session) = (use_api(), use_session());
    let error = use_state_eq(|| None::<ApiError>);
    let confirm = {
        let error = error.setter();
        Callback::from(move |_: MouseEvent| {
            let (api, session, error) = (api.clone(), session.clone(), error.clone());
            browser::spawn(async move {
                match api.sign_out_everywhere().await {
                    Ok(()) => session.signed_out(),
                    Err(reason) => error.set(Some(reason)),
                }
            });
        })
    };
    let footer = html! {
        <>
            <Button on_click={props.on_close.reform(|_| ())}>{ t!("ui.cancel") }</Button>
            <Button kind={ButtonKind::Danger} on_click={confirm}>{ t!("identity.me.everywhere") }</Button>
        </>
    };
    html! {
        <Dialog title={t!("identity.me.everywhere_title")} on_close={props.on_close.clone()} {footer}>
            { general(lang, error.as_ref()) }
            <p class="muted">{ t!("identity.me.everywhere_text") }</p>
        </Dialog>
    }
}
