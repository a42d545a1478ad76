//! Beside a field of an account that is being edited: what the change would do to its seller's accounts.

use super::edit::Open;
use super::facts::Editor;
use crate::accounts::fields::AccountField;
use crate::accounts::portfolio::effect::EffectNotice;
use crate::api::accounts::EffectQuery;
use crate::api::use_api;
use crate::load::use_load;
use shared::accounts::{Account, AccountClasses, is_large, urgency};
use yew::prelude::*;

/// What [`Foreseen`] needs.
#[derive(Properties, PartialEq)]
pub struct ForeseenProps {
    /// The field that is open.
    pub open: Open,
    /// Editing in place.
    pub editor: Editor,
}

/// What the change would do, where it does anything.
#[component]
pub fn Foreseen(props: &ForeseenProps) -> Html {
    let api = use_api();
    let account = &props.editor.account;
    let classes = use_load(account.id, move |id| {
        let api = api.clone();
        async move { api.account_classes(id).await }
    });
    let asked = classes
        .data()
        .and_then(|classes| question(account, &props.open, classes));
    match asked {
        Some(asked) => html! { <EffectNotice {asked} /> },
        None => Html::default(),
    }
}

/// What to ask about a change: another owner, another class or size of an account that has an owner (CLS-33).
fn question(account: &Account, open: &Open, classes: &AccountClasses) -> Option<EffectQuery> {
    let patch = open.field.write(&open.input).ok()?;
    let asked = EffectQuery {
        owner_id: account.owner_id,
        account_id: Some(account.id),
        ..EffectQuery::default()
    };
    if open.field == AccountField::OwnerId {
        let owner = patch.owner_id.flatten()?;
        let is_another = Some(owner) != account.owner_id;
        return is_another.then_some(EffectQuery {
            owner_id: Some(owner),
            ..asked
        });
    }
    account.owner_id?;
    if matches!(open.field, AccountField::Employees | AccountField::Size) {
        let employees = patch.employees.unwrap_or(account.employees);
        let size = patch.size.unwrap_or(account.size);
        let then = is_large(employees, size, &classes.sizes);
        return (then != classes.is_large).then_some(EffectQuery {
            is_large: Some(then),
            ..asked
        });
    }
    let days = &classes.days;
    let now = urgency(&account.signs, days).class;
    let then = urgency(&account.signs.patched(&patch), days).class;
    (then.is_some() && then != now).then_some(EffectQuery {
        class: then,
        ..asked
    })
}

#[cfg(test)]
mod tests {
    use super::super::super::fields::tests::account;
    use super::*;
    use shared::accounts::{SizeBands, UrgencyClass, UrgentDays};

    fn asked(field: AccountField, input: &str) -> Option<EffectQuery> {
        let open = Open {
            field,
            base: String::new(),
            input: input.to_owned(),
            is_saving: false,
            fault: None,
        };
        let days = UrgentDays::from("2026-04-01".parse().unwrap(), 2);
        let mut account = account();
        account.signs.has_plan = Some(true);
        let classes = AccountClasses {
            urgency: urgency(&account.signs, &days),
            days,
            amount: None,
            is_large: false,
            sizes: SizeBands::default(),
        };
        question(&account, &open, &classes)
    }

    #[test]
    fn another_class_or_owner_is_asked_about_and_nothing_else() {
        let another = "01930000-0000-7000-8000-000000000009";
        let owner = asked(AccountField::OwnerId, another).unwrap();
        assert_eq!(owner.owner_id, another.parse().ok());
        assert_eq!(asked(AccountField::OwnerId, ""), None);
        let same = "01930000-0000-7000-8000-000000000002";
        assert_eq!(asked(AccountField::OwnerId, same), None);
        let class = asked(AccountField::HasPerson, "yes").unwrap();
        assert_eq!(class.class, Some(UrgencyClass::A));
        assert_eq!(
            asked(AccountField::HasPerson, "no"),
            None,
            "it is C already"
        );
        assert_eq!(asked(AccountField::Region, "East"), None);
        let large = asked(AccountField::Employees, "5000").unwrap();
        assert_eq!((large.class, large.is_large), (None, Some(true)));
        assert_eq!(asked(AccountField::Employees, "900"), None);
    }
}
