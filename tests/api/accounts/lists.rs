//! Lists: filters, order, pages, counts, fields, expansion; shown with accounts, the same for all.

use super::{account, names, path};
use shared::error::ErrorCode;
use std::collections::BTreeSet;
use tests::{TestApp, User, Value, json};

async fn some(admin: &User) {
    for body in [
        json!({ "name": "阿里", "tier": "A", "employees": 900, "tags": ["vip", "east"], "industry": "web" }),
        json!({ "name": "重庆银行", "tier": "B", "employees": 90, "tags": ["vip"], "industry": "banking" }),
        json!({ "name": "曾氏", "employees": 9, "industry": "banking" }),
        json!({ "name": "Betatech 100%", "tier": "A" }),
    ] {
        admin.make("/accounts", body).await;
    }
}

/// The names that a query finds, in order.
async fn found(user: &User, query: &str) -> Vec<String> {
    names(&user.get(&format!("/accounts?{query}")).await)
}

#[tokio::test]
async fn filters_narrow_a_list_together() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    some(&admin).await;
    for (query, expected) in [
        ("tier=A&sort=name", vec!["阿里", "Betatech 100%"]),
        ("tier[in]=A,B&industry=banking", vec!["重庆银行"]),
        (
            "employees[gte]=9&employees[lt]=900&sort=name",
            vec!["曾氏", "重庆银行"],
        ),
        ("tier[is_null]=true", vec!["曾氏"]),
        ("tags=east", vec!["阿里"]),
        ("tags[in]=east,vip&sort=name", vec!["阿里", "重庆银行"]),
        ("name[contains]=TECH", vec!["Betatech 100%"]),
        ("name[contains]=0%25", vec!["Betatech 100%"]),
        ("name[contains]=_", vec![]),
        ("created_at[lt]=2000-01-01T00:00:00Z", vec![]),
        ("owner_id[is_null]=true", vec![]),
    ] {
        assert_eq!(found(&admin, query).await, expected, "{query}");
    }
}

/// I18N-4: Chinese names in the order of their pinyin.
#[tokio::test]
async fn names_are_sorted_as_people_expect() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    some(&admin).await;
    account(&admin, "alpha").await;
    let up = found(&admin, "sort=name").await;
    assert_eq!(up[..3], ["阿里", "曾氏", "重庆银行"]);
    assert_eq!(up[3..], ["alpha", "Betatech 100%"]);
    let mut down = found(&admin, "sort=-name").await;
    down.reverse();
    assert_eq!(down, up);
}

#[tokio::test]
async fn what_a_list_does_not_have_is_a_400_that_names_it() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    for (query, name) in [
        ("colour=red", "colour"),
        ("name[like]=a", "name[like]"),
        ("name[gt]=a", "name[gt]"),
        ("sort=tier", "sort=tier"),
        ("fields=id,secret", "fields=secret"),
        ("expand=phones", "expand=phones"),
        ("offset=10", "offset"),
    ] {
        let answer = admin.get(&format!("/accounts?{query}")).await;
        let problem = answer.refused(400, ErrorCode::UnknownParameter);
        assert!(problem.detail.contains(name), "{query}: {}", problem.detail);
    }
    for (query, name) in [
        ("tier=D", "tier"),
        ("employees[gte]=many", "employees[gte]"),
        ("limit=201", "limit"),
        ("archived=perhaps", "archived"),
        ("cursor=xyz", "cursor"),
    ] {
        let answer = admin.get(&format!("/accounts?{query}")).await;
        let problem = answer.refused(422, ErrorCode::Invalid);
        assert_eq!(problem.errors[0].pointer, name, "{query}");
    }
}

#[tokio::test]
async fn a_walk_sees_each_row_once_whatever_is_written_meanwhile() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    for number in 0..23 {
        // Equal names: the id decides.
        account(&admin, &format!("Account {}", number / 3)).await;
    }
    for sort in ["name", "-name", "created_at", "-updated_at"] {
        let start: BTreeSet<String> = admin
            .get("/accounts?limit=200")
            .await
            .items()
            .iter()
            .map(|item| item["id"].as_str().unwrap().to_owned())
            .collect();
        let mut seen = Vec::new();
        let mut next = Some(format!("/accounts?sort={sort}&limit=4"));
        while let Some(path) = next {
            let page = admin.get(&path).await.expect(200).value();
            let items = page["items"].as_array().unwrap();
            assert!(items.len() <= 4);
            seen.extend(
                items
                    .iter()
                    .map(|item| item["id"].as_str().unwrap().to_owned()),
            );
            // One before and one after everything.
            for name in ["AAA", "zzz"] {
                account(&admin, name).await;
            }
            next = page["next"]
                .as_str()
                .map(|next| next.strip_prefix("/api/v1").unwrap().to_owned());
        }
        let unique: BTreeSet<String> = seen.iter().cloned().collect();
        assert_eq!(unique.len(), seen.len(), "{sort}: a row came twice");
        assert!(start.is_subset(&unique), "{sort}: a row was missed");
    }
}

#[tokio::test]
async fn a_cursor_belongs_to_its_list() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    some(&admin).await;
    let page = admin.read("/accounts?sort=name&limit=1").await;
    let cursor = page["next_cursor"].as_str().unwrap();
    for query in ["sort=-name", "sort=name&tier=A", "sort=created_at"] {
        let answer = admin
            .get(&format!("/accounts?{query}&cursor={cursor}"))
            .await;
        answer.invalid(&[("cursor", ErrorCode::BadFormat)]);
    }
}

#[tokio::test]
async fn all_matches_are_counted_when_asked_for() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    some(&admin).await;
    for (query, total) in [
        ("limit=1&count=exact", json!(4)),
        ("limit=1&count=estimate&tier=A", json!(2)),
        ("limit=1", Value::Null),
    ] {
        assert_eq!(
            admin.read(&format!("/accounts?{query}")).await["total"],
            total,
            "{query}"
        );
    }
}

#[tokio::test]
async fn a_reader_chooses_fields_and_expands_references() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let top = account(&admin, "Top").await;
    let low = admin
        .make(
            "/accounts",
            json!({ "name": "Low", "parent_id": top["id"] }),
        )
        .await;
    let page = admin
        .read("/accounts?sort=name&fields=name&expand=owner,parent")
        .await;
    let owner = json!({ "id": admin.id(), "name": admin.me["user"]["name"] });
    assert_eq!(
        page["items"],
        json!([
            { "name": "Low", "owner": owner, "parent": { "id": top["id"], "name": "Top" } },
            { "name": "Top", "owner": owner, "parent": null },
        ])
    );
    let one = admin
        .read(&format!("{}?fields=id,version", path(&low)))
        .await;
    assert_eq!(one, json!({ "id": low["id"], "version": 1 }));
}

#[tokio::test]
async fn a_search_joins_conditions_by_and_or_and_not() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    some(&admin).await;
    let ask = |body: Value| admin.post("/accounts/search").json(&body);
    for (filter, expected) in [
        (
            json!({ "field": "tier", "value": "A" }),
            vec!["阿里", "Betatech 100%"],
        ),
        (
            json!({ "or": [{ "field": "tier", "value": "B" }, { "field": "employees", "op": "lt", "value": 10 }] }),
            vec!["曾氏", "重庆银行"],
        ),
        // What has no tier is not of tier A.
        (
            json!({ "not": { "field": "tier", "value": "A" } }),
            vec!["曾氏", "重庆银行"],
        ),
        (
            json!({ "and": [{ "field": "tier", "op": "in", "value": ["A", "B"] }, { "not": { "field": "name", "op": "contains", "value": "tech" } }] }),
            vec!["阿里", "重庆银行"],
        ),
    ] {
        let page = ask(json!({ "filter": filter, "sort": "name" })).await;
        assert_eq!(names(&page), expected, "{filter}");
    }
    let first = ask(json!({ "sort": "name", "limit": 3, "count": "exact" }))
        .await
        .expect(200)
        .value();
    assert_eq!(first["total"], 4);
    let rest = ask(json!({ "sort": "name", "limit": 3, "cursor": first["next_cursor"] })).await;
    assert_eq!(names(&rest), ["Betatech 100%"]);

    let refused = ask(json!({ "filter": { "and": [{ "field": "colour", "value": 1 }] } })).await;
    refused.refused(400, ErrorCode::UnknownParameter);
    let refused = ask(json!({ "filter": { "and": [{ "field": "tier", "value": "Z" }] } })).await;
    refused.invalid(&[("/filter/and/0/value", ErrorCode::NotAllowed)]);
}
