//! The interface language: which one, how it is switched without a reload, and plurals.
//!
//! Words come from `locales/*.yml` by `t!("section.key")`. A component that calls `t!` also calls
//! [`use_lang`], so that a switch draws it anew.

use crate::browser;
use yew::prelude::*;

const STORED: &str = "dipper.lang";

/// A language of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Lang {
    /// Simplified Chinese.
    #[default]
    ZhCn,
    /// English.
    En,
}

impl Lang {
    /// All languages, in the order of the menus.
    pub const ALL: [Self; 2] = [Self::ZhCn, Self::En];

    /// The tag, as in `<html lang>` and `Accept-Language`.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::ZhCn => "zh-CN",
            Self::En => "en",
        }
    }

    /// The language a browser's tag asks for, if it is one of ours.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag
            .split(['-', '_'])
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        match primary.as_str() {
            "zh" => Some(Self::ZhCn),
            "en" => Some(Self::En),
            _ => None,
        }
    }

    /// The language's own name for itself.
    #[must_use]
    pub fn own_name(self) -> AttrValue {
        rust_i18n::t!("lang.own_name", locale = self.tag()).into()
    }
}

/// The language to begin with: the stored choice, else what the browser asks for.
#[must_use]
pub fn first() -> Lang {
    choose(browser::stored(STORED).as_deref(), &browser::languages())
}

fn choose(stored: Option<&str>, wanted: &[String]) -> Lang {
    stored
        .and_then(Lang::from_tag)
        .or_else(|| wanted.iter().find_map(|tag| Lang::from_tag(tag)))
        .unwrap_or(if wanted.is_empty() {
            Lang::ZhCn
        } else {
            Lang::En
        })
}

/// Makes the language the current one, for `t!` and for the page.
pub fn apply(lang: Lang) {
    rust_i18n::set_locale(lang.tag());
    browser::set_root_attribute("lang", Some(lang.tag()));
}

/// The current language and how to change it.
#[derive(Debug, Clone, PartialEq)]
pub struct LangHandle {
    /// The language now.
    pub lang: Lang,
    set: Callback<Lang>,
}

impl LangHandle {
    /// Switches the language and keeps the choice on this device.
    pub fn set(&self, lang: Lang) {
        self.set.emit(lang);
    }
}

/// The current language; draws the component anew when it changes.
#[hook]
pub fn use_lang() -> Lang {
    use_context::<LangHandle>()
        .map(|handle| handle.lang)
        .unwrap_or_default()
}

/// The current language with the switch.
#[hook]
pub fn use_lang_handle() -> LangHandle {
    use_context::<LangHandle>().unwrap_or_else(|| LangHandle {
        lang: Lang::default(),
        set: Callback::noop(),
    })
}

/// What [`LangProvider`] needs.
#[derive(Properties, PartialEq)]
pub struct LangProviderProps {
    /// The language to begin with.
    #[prop_or_else(first)]
    pub first: Lang,
    /// The app.
    #[prop_or_default]
    pub children: Html,
}

/// Holds the language for everything inside.
#[component]
pub fn LangProvider(props: &LangProviderProps) -> Html {
    let lang = use_state(|| {
        apply(props.first);
        props.first
    });
    let set = use_callback((), {
        let lang = lang.setter();
        move |next: Lang, ()| {
            apply(next);
            browser::store(STORED, Some(next.tag()));
            lang.set(next);
        }
    });
    html! {
        <ContextProvider<LangHandle> context={LangHandle { lang: *lang, set }}>
            { props.children.clone() }
        </ContextProvider<LangHandle>>
    }
}

/// The key of the plural form a count takes in a language: `base.one` or `base.other`.
///
/// Chinese has one form for all counts.
#[must_use]
pub fn plural_key(lang: Lang, base: &str, count: i64) -> String {
    let form = if lang == Lang::En && count == 1 {
        "one"
    } else {
        "other"
    };
    format!("{base}.{form}")
}

/// A counted phrase: the plural form of `base` with `%{n}` filled in by the grouped number.
#[must_use]
pub fn counted(lang: Lang, base: &str, count: i64) -> AttrValue {
    let key = plural_key(lang, base, count);
    let number = crate::format::integer(lang, count);
    rust_i18n::t!(&key, locale = lang.tag(), n = number)
        .into_owned()
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(tags: &[&str]) -> Vec<String> {
        tags.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_stored_choice_wins_over_the_browser() {
        assert_eq!(choose(Some("en"), &wanted(&["zh-CN"])), Lang::En);
        assert_eq!(choose(Some("fr"), &wanted(&["zh-TW", "en"])), Lang::ZhCn);
        assert_eq!(choose(None, &wanted(&["de-DE", "en-GB", "zh"])), Lang::En);
    }

    #[test]
    fn a_browser_that_asks_for_neither_gets_english_and_a_silent_one_chinese() {
        assert_eq!(choose(None, &wanted(&["fr", "de"])), Lang::En);
        assert_eq!(choose(None, &[]), Lang::ZhCn);
    }

    #[test]
    fn english_has_two_forms_and_chinese_one() {
        assert_eq!(plural_key(Lang::En, "x", 1), "x.one");
        assert_eq!(plural_key(Lang::En, "x", 0), "x.other");
        assert_eq!(plural_key(Lang::ZhCn, "x", 1), "x.other");
    }
}
