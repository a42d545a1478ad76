//! What the lists of accounts and contacts offer, and their conditions in SQL.

use super::{classes, priority, screening};
use crate::db::conditions::{self, Condition, constant};
use crate::db::names::Named;
use crate::db::schema::{accounts, contacts};
use crate::http::list::{FieldSpec, Kind, Leaf, ListSpec, Listed, Place, Value, words, yes_or_no};
use crate::http::shape::Expand;
use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::{Date, Nullable, Text};
use shared::accounts::{
    Account, AccountKind, AmountClass, Contact, ContactLevel, Priority, Prospecting,
    ScreeningOutcome, ScreeningRules, SizeBand, Tier, UrgencyClass,
};

/// The field whose condition depends on what the organisation screens by.
pub const SCREENING: &str = "screening";

/// What the list of accounts offers.
pub struct Accounts;

impl Listed for Accounts {
    const SPEC: ListSpec = ListSpec {
        resource: "accounts",
        fields: &[
            FieldSpec::new("id", Kind::Id),
            FieldSpec::new("name", Kind::Text).sortable(),
            FieldSpec::new("kind", Kind::Word(words::<AccountKind>)),
            FieldSpec::new("industry", Kind::Text).nullable(),
            FieldSpec::new("nature", Kind::Text).nullable(),
            FieldSpec::new("size", Kind::Word(words::<SizeBand>)).nullable(),
            FieldSpec::new("employees", Kind::Int).nullable(),
            FieldSpec::new("region", Kind::Text).nullable(),
            FieldSpec::new("address", Kind::Text).nullable(),
            FieldSpec::new("website", Kind::Text).nullable(),
            FieldSpec::new("parent_id", Kind::Id).nullable(),
            FieldSpec::new("owner_id", Kind::Id).nullable(),
            FieldSpec::new("source", Kind::Text).nullable(),
            FieldSpec::new("prospecting", Kind::Word(words::<Prospecting>)).nullable(),
            FieldSpec::new("tier", Kind::Word(words::<Tier>)).nullable(),
            // Computed from what is known on the day of the question.
            FieldSpec::new("urgency_class", Kind::Word(words::<UrgencyClass>)).nullable(),
            // Computed from won deals.
            FieldSpec::new("amount_class", Kind::Word(words::<AmountClass>)).nullable(),
            // By employees and the organisation's size bands.
            FieldSpec::new("is_large", Kind::Word(yes_or_no)),
            // Computed from size, need and intent on the day of the question.
            FieldSpec::new("priority", Kind::Word(words::<Priority>)).nullable(),
            // What the priority rests on was last confirmed too long ago.
            FieldSpec::new("is_priority_due", Kind::Word(yes_or_no)),
            // Computed from what is known and was answered, by the set of rules.
            FieldSpec::new(SCREENING, Kind::Word(words::<ScreeningOutcome>)),
            // Nobody looked at it, too long ago, or by other criteria.
            FieldSpec::new("is_screening_due", Kind::Word(yes_or_no)),
            FieldSpec::new("purchase_on", Kind::Date)
                .nullable()
                .sortable(),
            FieldSpec::new("tags", Kind::Labels),
            FieldSpec::new("created_at", Kind::Time).sortable(),
            FieldSpec::new("updated_at", Kind::Time).sortable(),
        ],
        sort: "name",
        has_archived: true,
        shown: &[
            "id",
            "name",
            "kind",
            "industry",
            "nature",
            "size",
            "employees",
            "region",
            "address",
            "website",
            "phones",
            "parent_id",
            "owner_id",
            "source",
            "prospecting",
            "tier",
            "values_it",
            "has_plan",
            "has_person",
            "has_date",
            "purchase_on",
            "man",
            "tags",
            "external_ids",
            "version",
            "archived_at",
            "created_at",
            "updated_at",
        ],
        expand: &[
            Expand {
                name: "owner",
                from: "owner_id",
                of: Named::User,
            },
            Expand {
                name: "parent",
                from: "parent_id",
                of: Named::Account,
            },
        ],
    };
}

/// The day with nothing as infinity, as in its index.
pub fn purchase_on() -> SqlLiteral<Date> {
    sql("coalesce(accounts.purchase_on, 'infinity'::date)")
}

/// One comparison of an account; that of [`SCREENING`] holds for nobody without the rules.
#[must_use]
pub fn of_account(leaf: &Leaf, rules: Option<&ScreeningRules>) -> Condition<accounts::table> {
    let test = &leaf.test;
    match leaf.field {
        "id" => conditions::id(accounts::id.nullable(), test),
        "name" => conditions::text(accounts::name.nullable(), test),
        "kind" => conditions::word(accounts::kind.nullable(), test),
        "industry" => conditions::text(accounts::industry, test),
        "nature" => conditions::text(accounts::nature, test),
        "size" => conditions::word(accounts::size, test),
        "employees" => conditions::int(accounts::employees, test),
        "region" => conditions::text(accounts::region, test),
        "address" => conditions::text(accounts::address, test),
        "website" => conditions::text(accounts::website, test),
        "parent_id" => conditions::id(accounts::parent_id, test),
        "owner_id" => conditions::id(accounts::owner_id, test),
        "source" => conditions::text(accounts::source, test),
        "prospecting" => conditions::word(accounts::prospecting, test),
        "tier" => conditions::word(accounts::tier, test),
        "urgency_class" => conditions::word(sql::<Nullable<Text>>(classes::URGENCY), test),
        "amount_class" => conditions::word(sql::<Nullable<Text>>(&classes::by_amount()), test),
        "is_large" => conditions::word(
            sql::<Nullable<Text>>(&format!("({})::text", classes::IS_LARGE)),
            test,
        ),
        "priority" => conditions::word(sql::<Nullable<Text>>(&priority::judged()), test),
        "is_priority_due" => conditions::word(
            sql::<Nullable<Text>>(&format!("({})::text", priority::is_due())),
            test,
        ),
        SCREENING => rules.map_or_else(
            || constant(false),
            |rules| conditions::word(screening::Verdict::of(rules).column(), test),
        ),
        "is_screening_due" => conditions::word(
            sql::<Nullable<Text>>(&format!("({})::text", screening::is_due())),
            test,
        ),
        "purchase_on" => conditions::date(accounts::purchase_on, test),
        "tags" => conditions::labels(accounts::tags.nullable(), test),
        "created_at" => conditions::time(accounts::created_at.nullable(), test),
        "updated_at" => conditions::time(accounts::updated_at.nullable(), test),
        _ => constant(false),
    }
}

/// Where an account stands in a list sorted by a field.
#[must_use]
pub fn place_of_account(account: &Account, field: &str) -> Place {
    let key = match field {
        "created_at" => Some(Value::Time(account.created_at)),
        "updated_at" => Some(Value::Time(account.updated_at)),
        "purchase_on" => account.signs.purchase_on.map(Value::Date),
        _ => Some(Value::Text(account.name.clone())),
    };
    Place::new(account.id.0, key)
}

/// What the list of contacts offers.
pub struct Contacts;

impl Listed for Contacts {
    const SPEC: ListSpec = ListSpec {
        resource: "contacts",
        fields: &[
            FieldSpec::new("id", Kind::Id),
            FieldSpec::new("account_id", Kind::Id),
            FieldSpec::new("name", Kind::Text).sortable(),
            FieldSpec::new("title", Kind::Text).nullable(),
            FieldSpec::new("department", Kind::Text).nullable(),
            FieldSpec::new("level", Kind::Word(words::<ContactLevel>)).nullable(),
            FieldSpec::new("mail", Kind::Text).nullable(),
            FieldSpec::new("wechat", Kind::Text).nullable(),
            FieldSpec::new("created_at", Kind::Time).sortable(),
            FieldSpec::new("updated_at", Kind::Time).sortable(),
        ],
        sort: "name",
        has_archived: true,
        shown: &[
            "id",
            "account_id",
            "account_name",
            "name",
            "title",
            "department",
            "level",
            "phones",
            "mail",
            "wechat",
            "version",
            "archived_at",
            "created_at",
            "updated_at",
        ],
        expand: &[Expand {
            name: "account",
            from: "account_id",
            of: Named::Account,
        }],
    };
}

/// One comparison of a contact.
#[must_use]
pub fn of_contact(leaf: &Leaf) -> Condition<contacts::table> {
    let test = &leaf.test;
    match leaf.field {
        "id" => conditions::id(contacts::id.nullable(), test),
        "account_id" => conditions::id(contacts::account_id.nullable(), test),
        "name" => conditions::text(contacts::name.nullable(), test),
        "title" => conditions::text(contacts::title, test),
        "department" => conditions::text(contacts::department, test),
        "level" => conditions::word(contacts::level, test),
        "mail" => conditions::text(contacts::mail, test),
        "wechat" => conditions::text(contacts::wechat, test),
        "created_at" => conditions::time(contacts::created_at.nullable(), test),
        "updated_at" => conditions::time(contacts::updated_at.nullable(), test),
        _ => constant(false),
    }
}

/// Where a contact stands in a list sorted by a field.
#[must_use]
pub fn place_of_contact(contact: &Contact, field: &str) -> Place {
    let key = match field {
        "created_at" => Value::Time(contact.created_at),
        "updated_at" => Value::Time(contact.updated_at),
        _ => Value::Text(contact.name.clone()),
    };
    Place::new(contact.id.0, key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use serde::Serialize;
    use shared::accounts::{Man, Signs};
    use shared::id::{AccountId, ContactId};
    use std::collections::{BTreeMap, BTreeSet};
    use uuid::Uuid;

    fn fields<T: Serialize>(item: &T) -> BTreeSet<String> {
        let value = serde_json::to_value(item).unwrap();
        value.as_object().unwrap().keys().cloned().collect()
    }

    fn shown<L: Listed>() -> BTreeSet<String> {
        L::spec()
            .shown
            .iter()
            .map(|&name| name.to_owned())
            .collect()
    }

    #[test]
    fn every_field_of_an_account_can_be_asked_for() {
        let account = Account {
            id: AccountId(Uuid::nil()),
            name: String::new(),
            kind: AccountKind::Company,
            industry: None,
            nature: None,
            size: None,
            employees: None,
            region: None,
            address: None,
            website: None,
            phones: Vec::new(),
            parent_id: None,
            owner_id: None,
            source: None,
            prospecting: None,
            tier: None,
            signs: Signs::default(),
            man: Man::default(),
            tags: Vec::new(),
            external_ids: BTreeMap::new(),
            version: 1,
            archived_at: None,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        };
        assert_eq!(fields(&account), shown::<Accounts>());
    }

    #[test]
    fn every_field_of_a_contact_can_be_asked_for() {
        let contact = Contact {
            id: ContactId(Uuid::nil()),
            account_id: AccountId(Uuid::nil()),
            account_name: String::new(),
            name: String::new(),
            title: None,
            department: None,
            level: None,
            phones: Vec::new(),
            mail: None,
            wechat: None,
            version: 1,
            archived_at: None,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        };
        assert_eq!(fields(&contact), shown::<Contacts>());
    }
}
