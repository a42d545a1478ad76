//! A funnel by channel: board, figures, shape and list for the accounts of one method or source alone.

use super::board::{board, cards};
use super::gate::{ask, criterion};
use super::{OFFER, TALK, WON, deal, funnel, id, moved, moving, path, stage, team};
use shared::error::ErrorCode;
use tests::{TestApp, User, Value, json};

async fn some(admin: &User, sales: &Value) {
    for (name, method, source, place) in [
        ("a", Some("advertising"), Some("Search ads"), WON),
        ("b", Some("advertising"), Some("Paper ads"), TALK),
        ("c", Some("chain"), Some("Search ads"), TALK),
        ("d", None, Some("Fair"), TALK),
        ("e", Some("chain"), None, TALK),
    ] {
        let body = json!({ "name": name, "prospecting": method, "source": source });
        let account = admin.make("/accounts", body).await;
        let of = json!({
            "account_id": account["id"], "amount": { "amount": "100", "currency": "CNY" },
        });
        let made = deal(admin, sales, TALK, name, of).await;
        if place != TALK {
            moved(admin, &made, stage(sales, place), None).await;
        }
    }
    deal(admin, sales, TALK, "of nobody", json!({})).await;
}

/// FUN-25: the funnel is read for one channel, cards, figures, shape and the deals behind it alike.
#[tokio::test]
async fn a_funnel_is_read_for_one_channel() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    some(&admin, &sales).await;
    for (query, talking, won) in [
        ("", vec!["of nobody", "e", "d", "c", "b"], 1),
        ("prospecting=advertising", vec!["b"], 1),
        ("prospecting=chain", vec!["e", "c"], 0),
        ("prospecting=seminar", vec![], 0),
        ("source=Search%20ads", vec!["c"], 1),
        ("source=Search", vec![], 0),
        ("source=Search%20ads&prospecting=chain", vec!["c"], 0),
    ] {
        let seen = board(&admin, &sales, &format!("?{query}")).await;
        assert_eq!(cards(&seen, TALK), talking, "{query}");
        let count = |column: usize| seen["columns"][column]["totals"]["count"].clone();
        assert_eq!(count(TALK), talking.len(), "{query}");
        assert_eq!(count(WON), won, "{query}");
        let alone = admin
            .read(&format!("/funnels/{}/totals?{query}", id(&sales)))
            .await;
        for place in [TALK, WON] {
            assert_eq!(
                alone["columns"][place]["totals"], seen["columns"][place]["totals"],
                "{query}"
            );
        }
        let shape = admin
            .read(&format!("/funnels/{}/shape?{query}", id(&sales)))
            .await;
        assert_eq!(
            shape["stages"][TALK]["entered"]["count"],
            talking.len() + won,
            "{query}"
        );
        let list = admin.get(&format!("/deals?{query}&count=exact")).await;
        assert_eq!(list.value()["total"], talking.len() + won, "{query}");
    }
    for address in ["board", "totals", "shape"] {
        let asked = format!("/funnels/{}/{address}?prospecting=luck", id(&sales));
        admin.get(&asked).await.refused(400, ErrorCode::Malformed);
    }
    admin
        .get("/deals?prospecting=luck")
        .await
        .refused(422, ErrorCode::Invalid);
}

/// FUN-25: a channel shows nobody more than they see without it, and is kept in a view.
#[tokio::test]
async fn a_channel_shows_what_is_in_view_and_is_kept_in_a_view() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let team = team(&admin).await;
    let sales = funnel(&admin, "Sales").await;
    let body = json!({ "name": "Pier", "prospecting": "centre", "owner_id": team.rep.id() });
    let account = admin.make("/accounts", body).await;
    for (title, owner) in [("mine", &team.rep), ("theirs", &team.other)] {
        let of = json!({ "account_id": account["id"], "owner_id": owner.id() });
        deal(&admin, &sales, TALK, title, of).await;
    }
    let seen = board(&team.rep, &sales, "?prospecting=centre").await;
    assert_eq!(cards(&seen, TALK), ["mine"]);
    let south = app.sign_up("South").await;
    let foreign = south
        .get(&format!("/funnels/{}/board?prospecting=centre", id(&sales)))
        .await;
    foreign.refused(404, ErrorCode::NotFound);

    let filter = json!({ "prospecting": "centre", "source": "Association" });
    let view = json!({ "name": "By centre", "funnel_id": sales["id"], "filter": filter });
    let made = team.rep.make("/views", view.clone()).await;
    assert_eq!(made["filter"], filter);
    let mut long = view;
    long["name"] = json!("Long");
    long["filter"]["source"] = json!("s".repeat(101));
    let refused = team.rep.post("/views").json(&long).await;
    refused.invalid(&[("/filter/source", ErrorCode::TooLong)]);
}

/// LEAD-01: a stage may ask how the account was found.
#[tokio::test]
async fn a_criterion_asks_for_the_method_an_account_was_found_by() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let asked = criterion(
        "Found by people",
        json!({ "fact": { "fact": "prospecting", "is": { "one_of": ["chain", "centre"] } } }),
    );
    ask(&admin, &sales, TALK, json!({ "criteria": [asked] })).await;
    let account = admin
        .make(
            "/accounts",
            json!({ "name": "Pier", "prospecting": "carpet" }),
        )
        .await;
    let of = json!({ "account_id": account["id"] });
    let made = deal(&admin, &sales, TALK, "Cranes", of).await;
    let to = stage(&sales, OFFER);
    moving(&admin, &made, to, None)
        .await
        .refused(422, ErrorCode::GateNotMet);
    assert_eq!(admin.read(&path(&made)).await["stage_id"], made["stage_id"]);
    let change = admin
        .patch(&format!("/accounts/{}", id(&account)))
        .if_match(&account);
    let change = change.json(&json!({ "prospecting": "chain" }));
    change.await.expect(200);
    moving(&admin, &made, to, None).await.expect(200);
}
