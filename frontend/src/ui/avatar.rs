//! A person's initial on a tint of their own.

use yew::prelude::*;

/// How large an avatar is, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the names are the sizes")]
pub enum AvatarSize {
    #[default]
    S20,
    S24,
    S28,
    S32,
    S36,
    S44,
}

impl AvatarSize {
    const fn class(self) -> Option<&'static str> {
        match self {
            Self::S20 => None,
            Self::S24 => Some("s24"),
            Self::S28 => Some("s28"),
            Self::S32 => Some("s32"),
            Self::S36 => Some("s36"),
            Self::S44 => Some("s44"),
        }
    }
}

/// What [`Avatar`] needs.
#[derive(Properties, PartialEq)]
pub struct AvatarProps {
    /// The person's name.
    pub name: AttrValue,
    /// How large it is.
    #[prop_or_default]
    pub size: AvatarSize,
    /// Whether it names the person to a screen reader; false where the name stands beside it.
    #[prop_or_default]
    pub is_named: bool,
    /// More classes.
    #[prop_or_default]
    pub class: Classes,
}

/// A person's initial on a tint of their own.
#[component]
pub fn Avatar(props: &AvatarProps) -> Html {
    avatar(props)
}

/// The same without a component of its own, for what is drawn hundreds of times.
pub fn avatar(props: &AvatarProps) -> Html {
    let tint = format!("c{}", tint(&props.name));
    let class = classes!("av", tint, props.size.class(), props.class.clone());
    if props.is_named {
        html! { <span {class} role="img" aria-label={props.name.clone()} title={props.name.clone()}>{ initial(&props.name) }</span> }
    } else {
        html! { <span {class} aria-hidden="true">{ initial(&props.name) }</span> }
    }
}

/// The letter of an avatar: the last character of a Chinese name, else the first letter as a capital.
#[must_use]
pub fn initial(name: &str) -> String {
    let name = name.trim();
    let is_han = |c: char| matches!(u32::from(c), 0x3400..=0x9FFF | 0x2_0000..=0x3_FFFF);
    match name.chars().next_back() {
        Some(last) if is_han(last) && name.chars().count() <= 4 => last.to_string(),
        _ => name
            .chars()
            .next()
            .map(|first| first.to_uppercase().collect())
            .unwrap_or_default(),
    }
}

/// One of six tints, the same for the same name everywhere (FNV-1a).
#[must_use]
pub fn tint(name: &str) -> u32 {
    let hash = name.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    // The low bits of this hash alone tell short names apart badly.
    ((hash ^ (hash >> 15)).wrapping_mul(0x2c1b_3c6d) >> 16) % 6 + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chinese_name_shows_its_last_character_and_a_latin_one_its_first() {
        assert_eq!(initial("\u{6c88}\u{77e5}\u{590f}"), "\u{590f}");
        assert_eq!(initial("anna snelling"), "A");
        assert_eq!(initial("  "), "");
    }

    #[test]
    fn tints_stay_within_six_and_are_stable() {
        assert!(
            ["a", "b", "Moses Frase", ""]
                .iter()
                .all(|name| (1..=6).contains(&tint(name)))
        );
        assert_eq!(tint("Anna"), tint("Anna"));
    }
}
