//! The names of roles, levels and states, and the rule of new passwords, in words.

use crate::i18n::Lang;
use crate::i18n::t;
use crate::ui::Choice;
use shared::check::Check;
use shared::error::FieldError;
use shared::identity::{Role, SellerLevel, UserState, password};
use strum::IntoEnumIterator;
use yew::AttrValue;

/// A role in words.
#[must_use]
pub fn role_name(lang: Lang, role: Role) -> AttrValue {
    t!(
        format!("identity.role.{}", role.as_ref()),
        locale = lang.tag()
    )
    .into_owned()
    .into()
}

/// What a role may do, in a sentence.
pub(super) fn role_hint(lang: Lang, role: Role) -> AttrValue {
    t!(
        format!("identity.role_hint.{}", role.as_ref()),
        locale = lang.tag()
    )
    .into_owned()
    .into()
}

/// A seller's level in words.
#[must_use]
pub fn level_name(lang: Lang, level: SellerLevel) -> AttrValue {
    t!(
        format!("identity.level.{}", level.as_ref()),
        locale = lang.tag()
    )
    .into_owned()
    .into()
}

/// A user's state in words.
pub(super) fn state_name(lang: Lang, state: UserState) -> AttrValue {
    t!(
        format!("identity.state.{}", state.as_ref()),
        locale = lang.tag()
    )
    .into_owned()
    .into()
}

pub(super) fn role_choices(lang: Lang) -> Vec<Choice> {
    Role::iter()
        .map(|role| Choice::new(role.as_ref().to_owned(), role_name(lang, role)))
        .collect()
}

pub(super) fn level_choices(lang: Lang) -> Vec<Choice> {
    SellerLevel::iter()
        .map(|level| Choice::new(level.as_ref().to_owned(), level_name(lang, level)))
        .collect()
}

/// What is wrong with a new password, by the rule the server asks after.
pub(super) fn password_fault(text: &str, email: &str) -> Option<FieldError> {
    let mut check = Check::default();
    password(&mut check, "/password", text, email);
    check
        .into_result()
        .err()
        .and_then(|errors| errors.into_iter().next())
}

/// How strong a new password looks, from none to four, by length alone: length is what counts.
pub(super) fn strength(text: &str, email: &str) -> u8 {
    let length = text.chars().count();
    match (length, password_fault(text, email)) {
        (0, _) => 0,
        (_, Some(_)) => 1,
        (..=13, None) => 2,
        (..=19, None) => 3,
        _ => 4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn longer_passwords_look_stronger() {
        let email = "a@example.com";
        let of = |text: &str| strength(text, email);
        assert_eq!(
            [
                of(""),
                of("short"),
                of("seven stars"),
                of("seven stars point"),
                of("seven stars point north")
            ],
            [0, 1, 2, 3, 4]
        );
    }
}
