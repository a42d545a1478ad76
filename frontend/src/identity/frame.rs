//! The frame of the pages before the sign-in: mark, language, form, sky.

use super::session::use_switch_lang;
use super::sky::Sky;
use crate::i18n::t;
use crate::i18n::{Lang, use_lang};
use crate::page::use_title;
use crate::ui::{Glyph, Icon, Logo, Menu, MenuItem};
use yew::prelude::*;

/// What [`Welcome`] needs.
#[derive(Properties, PartialEq)]
pub struct WelcomeProps {
    /// The name of the page.
    pub title: AttrValue,
    /// A line below the name.
    #[prop_or_default]
    pub below: Html,
    /// The form.
    #[prop_or_default]
    pub children: Html,
}

/// A page before the sign-in.
#[component]
pub fn Welcome(props: &WelcomeProps) -> Html {
    use_lang();
    use_title(&props.title);
    html! {
        <div class="login">
            <main class="form-side" id="main">
                <div class="brandmark">
                    <Logo />{ t!("app.name") }
                    <span class="push" />
                    <LangMenu />
                </div>
                <div class="box">
                    <div>
                        <h1>{ props.title.clone() }</h1>
                        if props.below != Html::default() { <p>{ props.below.clone() }</p> }
                    </div>
                    { props.children.clone() }
                </div>
                <p class="foot">{ t!("identity.foot") }</p>
            </main>
            <Sky />
        </div>
    }
}

/// The choice of language, each named in itself.
#[component]
pub fn LangMenu() -> Html {
    let lang = use_lang();
    let switch = use_switch_lang();
    let entries = Lang::ALL.map(|one| {
        let switch = switch.clone();
        MenuItem::new(one.own_name(), Callback::from(move |()| switch.emit(one)))
            .checked(one == lang)
            .into()
    });
    html! {
        <Menu label={t!("lang.label")} class={classes!("btn", "ghost", "sm")} entries={entries.to_vec()}>
            <Icon glyph={Glyph::Globe} />
            <span class="sr">{ t!("lang.label") }{ ": " }</span>
            <span lang={lang.tag()}>{ lang.own_name() }</span>
            <Icon glyph={Glyph::Down} class="i-12" />
        </Menu>
    }
}
