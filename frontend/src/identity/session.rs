//! Who is signed in, known to everything inside [`SessionProvider`].

use crate::api::use_api;
use crate::browser;
use crate::i18n::{Lang, use_lang_handle};
use crate::route::{Route, inner_path, use_current_route};
use shared::identity::{Locale, Me, MePatch, Permission};
use std::rc::Rc;
use yew::prelude::*;
use yew_router::prelude::*;

/// Set on this device while somebody is signed in. Not a secret and not trusted: without it, a page
/// that shows to everybody does not ask the server who is there.
const TRACE: &str = "dipper.session";

/// The state of the session.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Who {
    /// Not asked yet.
    #[default]
    Unknown,
    /// The server could not be asked.
    Unreachable,
    /// Nobody.
    Nobody,
    /// This person.
    Somebody(Rc<Me>),
}

/// The session and what can be done with it.
#[derive(Clone, PartialEq)]
pub struct Session {
    /// Who is signed in.
    pub who: Who,
    set: Callback<Who>,
    ask: Callback<()>,
}

impl Session {
    /// The person signed in.
    #[must_use]
    pub fn me(&self) -> Option<Rc<Me>> {
        match &self.who {
            Who::Somebody(me) => Some(me.clone()),
            _ => None,
        }
    }

    /// Takes over who signed in, or the person's changed settings.
    pub fn signed_in(&self, me: Me) {
        self.set.emit(Who::Somebody(Rc::new(me)));
    }

    /// Takes over that nobody is signed in any more.
    pub fn signed_out(&self) {
        self.set.emit(Who::Nobody);
    }

    /// Asks the server again.
    pub fn ask_again(&self) {
        self.ask.emit(());
    }
}

/// The interface language a server's locale means.
#[must_use]
pub const fn lang_of(locale: Locale) -> Lang {
    match locale {
        Locale::ZhCn => Lang::ZhCn,
        Locale::En => Lang::En,
    }
}

/// The server's locale for an interface language.
#[must_use]
pub const fn locale_of(lang: Lang) -> Locale {
    match lang {
        Lang::ZhCn => Locale::ZhCn,
        Lang::En => Locale::En,
    }
}

/// The session of the app.
#[hook]
pub fn use_session() -> Session {
    use_context::<Session>().unwrap_or_else(|| Session {
        who: Who::Nobody,
        set: Callback::noop(),
        ask: Callback::noop(),
    })
}

/// The person signed in.
#[hook]
pub fn use_me() -> Option<Rc<Me>> {
    use_session().me()
}

/// Whether the person signed in may do this. Only for hiding; the server decides.
#[hook]
pub fn use_can(permission: Permission) -> bool {
    use_me().is_some_and(|me| me.permissions.contains(&permission))
}

/// Switches the language here and, when somebody is signed in, in their settings.
#[hook]
pub fn use_switch_lang() -> Callback<Lang> {
    let (handle, session, api) = (use_lang_handle(), use_session(), use_api());
    Callback::from(move |lang: Lang| {
        handle.set(lang);
        let Some(me) = session.me() else { return };
        let (session, api) = (session.clone(), api.clone());
        browser::spawn(async move {
            let patch = MePatch {
                locale: Some(locale_of(lang)),
                ..MePatch::default()
            };
            // A failure costs nothing: the choice is kept on this device.
            if let Ok(me) = api.patch_me(me.user.version, &patch).await {
                session.signed_in(me);
            }
        });
    })
}

/// What [`SessionProvider`] needs.
#[derive(Properties, PartialEq)]
pub struct SessionProviderProps {
    /// The app.
    #[prop_or_default]
    pub children: Html,
}

/// Asks who is signed in, and leads to the sign-in and back.
#[component]
pub fn SessionProvider(props: &SessionProviderProps) -> Html {
    let api = use_api();
    let is_public = use_current_route().is_public();
    let who = use_state_eq(|| {
        let is_stranger = is_public && browser::is_here() && browser::stored(TRACE).is_none();
        if is_stranger {
            Who::Nobody
        } else {
            Who::Unknown
        }
    });
    use_effect_with((*who).clone(), |who| match who {
        Who::Somebody(_) => browser::store(TRACE, Some("1")),
        Who::Nobody => browser::store(TRACE, None),
        Who::Unknown | Who::Unreachable => {}
    });
    let ask = use_callback(api.clone(), {
        let who = who.setter();
        move |(), api| {
            let (api, who) = (api.clone(), who.clone());
            browser::spawn(async move {
                who.set(match api.me().await {
                    Ok(me) => Who::Somebody(Rc::new(me)),
                    Err(error) if error.is_signed_out() => Who::Nobody,
                    Err(_) => Who::Unreachable,
                });
            });
        }
    });
    use_effect_with(api, {
        let (ask, setter) = (ask.clone(), who.setter());
        let is_known = *who != Who::Unknown;
        move |api| {
            api.on_signed_out(Callback::from(move |()| setter.set(Who::Nobody)));
            if !is_known {
                ask.emit(());
            }
        }
    });
    let set = use_callback((), {
        let who = who.setter();
        move |next: Who, ()| who.set(next)
    });
    let session = Session {
        who: (*who).clone(),
        set,
        ask,
    };
    html! {
        <ContextProvider<Session> context={session}>{ props.children.clone() }</ContextProvider<Session>>
    }
}

/// Sends who is not signed in to the sign-in page, remembering where they wanted to go, and who just
/// signed in to where they wanted.
#[hook]
pub fn use_way_in() {
    let (session, route, navigator, location) = (
        use_session(),
        use_current_route(),
        use_navigator(),
        use_location(),
    );
    use_effect_with((session.who, route), move |(who, route)| {
        let Some(navigator) = navigator else { return };
        match who {
            Who::Nobody if !route.is_public() => {
                let wanted =
                    location.map(|location| format!("{}{}", location.path(), location.query_str()));
                let query = wanted
                    .filter(|wanted| wanted != "/")
                    .map(|wanted| vec![("next", wanted)]);
                let _ = navigator.replace_with_query(&Route::SignIn, query.unwrap_or_default());
            }
            Who::Somebody(_) if matches!(route, Route::SignIn | Route::SignUp) => {
                let next =
                    location.and_then(|location| location.query::<Vec<(String, String)>>().ok());
                let next = next.and_then(|pairs| {
                    pairs
                        .into_iter()
                        .find(|(name, _)| name == "next")
                        .map(|(_, path)| path)
                });
                match next.as_deref().and_then(inner_path) {
                    Some(path) => crate::route::replace(&navigator, path),
                    None => navigator.replace(&Route::Board),
                }
            }
            _ => {}
        }
    });
}
