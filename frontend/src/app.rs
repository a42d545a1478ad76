//! What stands around every page: language, theme, client, session, live stream, toasts; and which page
//! an address shows.

use crate::api::transport::Fetch;
use crate::api::{Api, use_api};
use crate::i18n::t;
use crate::i18n::{LangProvider, use_lang};
use crate::identity::session::{Who, use_way_in};
use crate::identity::{SessionProvider, use_session};
use crate::live::LiveProvider;
use crate::pages::{page, public_page};
use crate::route::use_current_route;
use crate::shell::Shell;
use crate::theme::ThemeProvider;
use crate::ui::{Button, Empty, Glyph, LiveRegion, Sprite, ToastProvider, Waiting};
use yew::prelude::*;
use yew_router::prelude::*;

/// The app, speaking to the server that served it.
#[component]
pub fn App() -> Html {
    let api = use_memo((), |()| Api::new(Fetch));
    html! {
        <LangProvider>
            <ThemeProvider>
                <BrowserRouter>
                    <Providers api={(*api).clone()}><Pages /></Providers>
                </BrowserRouter>
            </ThemeProvider>
        </LangProvider>
    }
}

/// What [`Providers`] needs.
#[derive(Properties, PartialEq)]
pub struct ProvidersProps {
    /// The client; a test gives one with canned answers.
    pub api: Api,
    /// What is shown.
    #[prop_or_default]
    pub children: Html,
}

/// Everything pages find in their contexts, inside a router and a [`LangProvider`].
#[component]
pub fn Providers(props: &ProvidersProps) -> Html {
    props.api.set_lang(use_lang());
    html! {
        <ContextProvider<Api> context={props.api.clone()}>
            <Sprite />
            <LiveRegion>
                <ToastProvider>
                    <SessionProvider>
                        <Stream>{ props.children.clone() }</Stream>
                    </SessionProvider>
                </ToastProvider>
            </LiveRegion>
        </ContextProvider<Api>>
    }
}

#[derive(Properties, PartialEq)]
struct StreamProps {
    children: Html,
}

/// The live stream, open while somebody is signed in.
#[component]
fn Stream(props: &StreamProps) -> Html {
    let is_open = use_session().me().is_some();
    html! { <LiveProvider {is_open}>{ props.children.clone() }</LiveProvider> }
}

/// The page of the current address, inside the shell when somebody is signed in.
#[component]
fn Pages() -> Html {
    use_lang();
    use_api();
    use_way_in();
    let route = use_current_route();
    let session = use_session();
    if route.is_public() {
        return public_page(&route);
    }
    match session.who {
        Who::Somebody(_) => html! { <Shell>{ page(&route) }</Shell> },
        Who::Unknown | Who::Nobody => html! { <Waiting /> },
        Who::Unreachable => html! {
            <main role="alert">
                <Empty icon={Glyph::CloudOff} title={t!("load.offline_title")} text={t!("errors.offline")}>
                    <Button on_click={move |_| session.ask_again()}>{ t!("load.retry") }</Button>
                </Empty>
            </main>
        },
    }
}
