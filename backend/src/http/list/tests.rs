//! The rules of lists: what is read, what is refused, and what a cursor holds.

use super::*;
use crate::db::names::Named;
use crate::http::shape::Expand;
use proptest::prelude::*;
use serde_json::json;
use shared::accounts::Tier;
use shared::filter::Condition;

struct Things;

impl Listed for Things {
    const SPEC: ListSpec = ListSpec {
        resource: "things",
        fields: &[
            FieldSpec::new("name", Kind::Text).sortable(),
            FieldSpec::new("tier", Kind::Word(words::<Tier>)).nullable(),
            FieldSpec::new("owner_id", Kind::Id).nullable(),
            FieldSpec::new("amount", Kind::Decimal)
                .nullable()
                .sortable(),
            FieldSpec::new("size", Kind::Int),
            FieldSpec::new("created_at", Kind::Time).sortable(),
            FieldSpec::new("due_on", Kind::Date).nullable(),
            FieldSpec::new("tags", Kind::Labels),
        ],
        sort: "-created_at",
        has_archived: true,
        shown: &["id", "name", "owner_id"],
        expand: &[Expand {
            name: "owner",
            from: "owner_id",
            of: Named::User,
        }],
    };
}

fn parse(query: &str) -> AppResult<ListQuery> {
    ListQuery::parse(Things::spec(), "/api/v1/things", query)
}

fn search(body: serde_json::Value) -> AppResult<ListQuery> {
    Things::search(&serde_json::from_value(body).unwrap())
}

/// The refusal as one text: what a client would see of it.
fn refusal(outcome: AppResult<ListQuery>) -> String {
    match outcome {
        Ok(list) => format!("let through: {list:?}"),
        Err(AppError::UnknownParameter(name)) => format!("unknown {name}"),
        Err(AppError::Invalid(_, errors)) => errors
            .iter()
            .map(|error| format!("{} {}", error.pointer, error.code.as_ref()))
            .collect::<Vec<_>>()
            .join(", "),
        Err(error) => error.to_string(),
    }
}

fn leaf(field: &'static str, test: Test) -> Filter {
    Filter::Leaf(Leaf { field, test })
}

#[test]
fn an_empty_query_lists_what_is_not_archived_newest_first() {
    let list = parse("").unwrap();
    assert_eq!(list.filter, Filter::everything());
    assert_eq!(list.archived, Archived::No);
    assert_eq!(list.limit, 50);
    assert_eq!(
        list.sort,
        Sort {
            field: "created_at",
            is_descending: true
        }
    );
    assert!(list.shape.is_plain());
}

#[test]
fn filters_are_typed() {
    let list = parse("tier[in]=A,C&amount%5Bgte%5D=12.50&name[contains]=%E6%B5%B7%E6%B8%AF&due_on[is_null]=true&tags=vip&size=7").unwrap();
    let expected = Filter::All(vec![
        leaf(
            "tier",
            Test::In(vec![Value::Text("A".into()), Value::Text("C".into())]),
        ),
        leaf(
            "amount",
            Test::Gte(Value::Decimal("12.50".parse().unwrap())),
        ),
        leaf("name", Test::Contains("海港".into())),
        leaf("due_on", Test::IsNull(true)),
        leaf("tags", Test::Eq(Value::Text("vip".into()))),
        leaf("size", Test::Eq(Value::Int(7))),
    ]);
    assert_eq!(list.filter, expected);
}

#[test]
fn what_the_list_does_not_have_is_named() {
    for (query, expected) in [
        ("colour=red", "unknown colour"),
        ("name[gte]=a", "unknown name[gte]"),
        ("name[like]=a", "unknown name[like]"),
        ("name[contains=a", "unknown name[contains"),
        ("name[is_null]=true", "unknown name[is_null]"),
        ("sort=size", "unknown sort=size"),
        ("sort=-colour", "unknown sort=-colour"),
        ("sort=name,size", "unknown sort=name,size"),
        ("offset=5", "unknown offset"),
        ("fields=id,secret", "unknown fields=secret"),
        ("expand=owner,parent", "unknown expand=parent"),
    ] {
        assert_eq!(refusal(parse(query)), expected, "{query}");
    }
}

#[test]
fn bad_values_are_refused_at_their_parameter() {
    let long = "a".repeat(501);
    for (query, expected) in [
        ("owner_id=7", "owner_id bad_format"),
        ("owner_id[in]=7", "owner_id[in] bad_format"),
        ("tier=D", "tier not_allowed"),
        ("amount[gt]=much", "amount[gt] bad_format"),
        ("amount[gt]=NaN", "amount[gt] bad_format"),
        ("size=9999999999", "size out_of_range"),
        ("due_on=2026-02-30", "due_on bad_format"),
        ("due_on=-0300-01-01", "due_on out_of_range"),
        ("created_at[lt]=yesterday", "created_at[lt] bad_format"),
        ("due_on[is_null]=perhaps", "due_on[is_null] bad_format"),
        ("name=%00", "name bad_format"),
        (&format!("name={long}"), "name too_long"),
        ("name[contains]=", "name[contains] required"),
        ("limit=0", "limit out_of_range"),
        ("limit=201", "limit out_of_range"),
        ("limit=-1", "limit bad_format"),
        ("limit=5&limit=6", "limit not_allowed"),
        ("archived=maybe", "archived not_allowed"),
        ("count=all", "count not_allowed"),
        ("cursor=rubbish", "cursor bad_format"),
        (&["size=1"; 21].join("&"), "size too_many_items"),
    ] {
        assert_eq!(refusal(parse(query)), expected, "{query}");
    }
}

#[test]
fn a_search_nests_conditions() {
    let list = search(json!({
        "filter": { "and": [
            { "field": "tier", "op": "in", "value": ["A", "B"] },
            { "or": [{ "field": "size", "value": 3 }, { "not": { "field": "amount", "op": "lt", "value": "9.5" } }] },
        ]},
        "sort": "name", "limit": 10,
    }))
    .unwrap();
    let expected = Filter::All(vec![
        leaf(
            "tier",
            Test::In(vec![Value::Text("A".into()), Value::Text("B".into())]),
        ),
        Filter::Any(vec![
            leaf("size", Test::Eq(Value::Int(3))),
            Filter::Not(Box::new(leaf(
                "amount",
                Test::Lt(Value::Decimal("9.5".parse().unwrap())),
            ))),
        ]),
    ]);
    assert_eq!(list.filter, expected);
}

#[test]
fn a_search_has_limits_and_names_the_place() {
    let deep = (0..5).fold(
        json!({ "field": "size", "value": 1 }),
        |inner, _| json!({ "not": inner }),
    );
    let wide = vec![json!({ "field": "size", "value": 1 }); 21];
    let many = vec![json!(1); 1001];
    for (filter, expected) in [
        (json!({}), "/filter/field required"),
        (json!({ "and": [] }), "/filter/and required"),
        (
            json!({ "and": [{ "field": "size", "value": 1 }], "field": "size" }),
            "/filter not_allowed",
        ),
        (
            json!({ "or": [{ "field": "colour", "value": 1 }] }),
            "unknown colour",
        ),
        (
            json!({ "field": "name", "op": "gt", "value": "a" }),
            "unknown name[gt]",
        ),
        (
            json!({ "field": "size", "op": "~", "value": 1 }),
            "unknown size[~]",
        ),
        (json!({ "field": "size" }), "/filter/value required"),
        (json!({ "op": "eq", "value": 1 }), "/filter/field required"),
        (
            json!({ "and": [{ "field": "size", "value": "x" }] }),
            "/filter/and/0/value bad_format",
        ),
        (
            json!({ "field": "size", "value": { "a": 1 } }),
            "/filter/value bad_format",
        ),
        (
            json!({ "field": "size", "op": "in", "value": 1 }),
            "/filter/value bad_format",
        ),
        (
            json!({ "field": "size", "op": "in", "value": many }),
            "/filter/value too_many_items",
        ),
        (deep, "/filter/not/not/not/not/not out_of_range"),
        (json!({ "or": wide }), "/filter/or/20 too_many_items"),
    ] {
        let body = json!({ "filter": filter });
        assert_eq!(refusal(search(body.clone())), expected, "{body}");
    }
}

#[test]
fn a_page_leads_to_the_next_by_its_own_address() {
    let list = parse("limit=2&name[contains]=a%26b&sort=name&fields=id").unwrap();
    let rows = vec!["ab", "ac", "ad"];
    let id = Uuid::from_u128(5);
    let page = list
        .page(rows, None, |row, field| {
            assert_eq!(field, "name");
            Place::new(id, Value::Text((*row).to_owned()))
        })
        .unwrap();
    assert_eq!(page.items, ["ab", "ac"]);
    let next = page.next.unwrap();
    let (path, query) = next.split_once('?').unwrap();
    assert_eq!(path, "/api/v1/things");
    assert!(query.starts_with("limit=2&name[contains]=a%26b&sort=name&fields=id&cursor="));
    let after = parse(query).unwrap().after.unwrap();
    assert_eq!(after, Place::new(id, Value::Text("ac".into())));

    // The cursor belongs to this order and these filters, whatever else is asked.
    let cursor = page.next_cursor.unwrap();
    assert!(
        parse(&format!(
            "name[contains]=a%26b&sort=name&limit=9&cursor={cursor}"
        ))
        .is_ok()
    );
    for other in [
        "sort=name",
        "name[contains]=a%26b",
        "name[contains]=a%26b&sort=-name",
    ] {
        let refused = refusal(parse(&format!("{other}&cursor={cursor}")));
        assert_eq!(refused, "cursor bad_format", "{other}");
    }
}

#[test]
fn a_forged_cursor_of_another_type_is_refused() {
    let list = parse("sort=name").unwrap();
    for key in [None, Some(Value::Int(3))] {
        let cursor = Cursor::write(&list.identity, &Place::new(Uuid::nil(), key)).unwrap();
        assert_eq!(
            refusal(parse(&format!("sort=name&cursor={cursor}"))),
            "cursor bad_format"
        );
    }
}

/// Any tree of conditions, well-formed or not.
fn conditions() -> impl Strategy<Value = Condition> {
    let field = prop_oneof![
        Just("size".to_owned()),
        Just("name".to_owned()),
        Just("colour".to_owned())
    ];
    let leaf =
        (field, any::<Option<bool>>(), any::<i64>()).prop_map(|(field, op, value)| Condition {
            field: Some(field),
            op: op.map(|is_in| if is_in { "gte" } else { "eq" }.to_owned()),
            value: Some(json!(value)),
            ..Condition::default()
        });
    leaf.prop_recursive(7, 40, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(|list| Condition {
                and: Some(list),
                ..Condition::default()
            }),
            proptest::collection::vec(inner.clone(), 0..4).prop_map(|list| Condition {
                or: Some(list),
                ..Condition::default()
            }),
            inner.prop_map(|one| Condition {
                not: Some(Box::new(one)),
                ..Condition::default()
            }),
        ]
    })
}

fn measure(filter: &Filter) -> (usize, usize) {
    match filter {
        Filter::Leaf(_) => (1, 1),
        Filter::Not(inner) => {
            let (depth, terms) = measure(inner);
            (depth + 1, terms)
        }
        Filter::All(list) | Filter::Any(list) => {
            let sizes: Vec<_> = list.iter().map(measure).collect();
            let depth = sizes.iter().map(|size| size.0).max().unwrap_or_default();
            (depth + 1, sizes.iter().map(|size| size.1).sum())
        }
    }
}

proptest! {
    #[test]
    fn whatever_is_let_through_is_within_the_limits(condition in conditions()) {
        if let Ok(filter) = Filter::of_condition(Things::spec(), &condition) {
            let (depth, terms) = measure(&filter);
            prop_assert!(depth <= 5 && (1..=20).contains(&terms));
        }
    }

    #[test]
    fn no_query_string_breaks_the_parser(query in "([a-z_]{1,10}(\\[[a-z_]{1,8}\\])?=\\PC{0,12}&?){0,4}") {
        let _ = parse(&query);
    }

    #[test]
    fn a_place_survives_the_cursor(text in "\\PC{0,40}", id in any::<u128>()) {
        let place = Place::new(Uuid::from_u128(id), Value::Text(text));
        let cursor = Cursor::write("list", &place).unwrap();
        prop_assert_eq!(Cursor::read::<Place>("list", Some(&cursor)).unwrap(), Some(place));
    }
}
