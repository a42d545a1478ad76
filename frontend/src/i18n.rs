//! The interface language: which one, how it is switched without a reload, and plurals.
//!
//! Words come from `locales/*.yml` by `t!("section.key")`, with `name = value` for the holes and
//! `locale = lang.tag()` for another language than the current one. A component that calls `t!` also
//! calls [`use_lang`], so that a switch draws it anew.

use crate::browser;
use std::borrow::Cow;
use std::fmt::Display;
use yew::prelude::*;

/// The words for a key of the catalogue.
///
/// As `rust_i18n::t!`, but each use is one call instead of the whole look-up written out: with a
/// thousand uses that is a tenth of what a first visit has to fetch.
macro_rules! t {
    ($key:expr $(,)?) => {
        $crate::i18n::say(&$key)
    };
    ($key:expr, locale = $locale:expr $(,)?) => {
        $crate::i18n::say_in($locale, &$key)
    };
    ($key:expr, locale = $locale:expr, $($name:ident = $value:expr),+ $(,)?) => {
        $crate::i18n::fill(Some($locale), &$key, &[$((stringify!($name), &$value)),+])
    };
    ($key:expr, $($name:ident = $value:expr),+ $(,)?) => {
        $crate::i18n::fill(None, &$key, &[$((stringify!($name), &$value)),+])
    };
}

pub(crate) use t;

/// The words for a key in the current language; the key itself when the catalogue lacks it.
#[inline(never)]
#[must_use]
pub fn say(key: &str) -> Cow<'static, str> {
    say_in(&rust_i18n::locale(), key)
}

/// The words for a key in a language.
#[inline(never)]
#[must_use]
pub fn say_in(locale: &str, key: &str) -> Cow<'static, str> {
    crate::_rust_i18n_try_translate(locale, key).unwrap_or_else(|| Cow::Owned(key.to_owned()))
}

/// The words for a key with its holes filled.
#[inline(never)]
#[must_use]
pub fn fill(locale: Option<&str>, key: &str, values: &[(&str, &dyn Display)]) -> Cow<'static, str> {
    let text = match locale {
        Some(locale) => say_in(locale, key),
        None => say(key),
    };
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = &*text;
    while let Some((before, hole)) = rest.split_once("%{") {
        out.push_str(before);
        let (name, after) = hole.split_once('}').unwrap_or((hole, ""));
        if let Some((_, value)) = values.iter().find(|(other, _)| *other == name) {
            out.push_str(&value.to_string());
        }
        rest = after;
    }
    out.push_str(rest);
    Cow::Owned(out)
}

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
        t!("lang.own_name", locale = self.tag()).into()
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
    t!(&key, locale = lang.tag(), n = number)
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
    fn holes_are_filled_by_name() {
        assert_eq!(
            t!("load.with_id", locale = "en", text = "A.", id = 7),
            "A. Request: 7"
        );
        assert_eq!(t!("no.such.key"), "no.such.key");
    }

    #[test]
    fn english_has_two_forms_and_chinese_one() {
        assert_eq!(plural_key(Lang::En, "x", 1), "x.one");
        assert_eq!(plural_key(Lang::En, "x", 0), "x.other");
        assert_eq!(plural_key(Lang::ZhCn, "x", 1), "x.other");
    }
}
