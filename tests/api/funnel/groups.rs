//! The board with other columns than stages: which there are, their figures, and their cards.

use super::{LOST, OFFER, TALK, WON, all, archived, deal, funnel, id, moved, stage, team};
use shared::error::ErrorCode;
use tests::{TestApp, User, Value, json};

async fn board(user: &User, sales: &Value, query: &str) -> Value {
    user.read(&format!("/funnels/{}/board?{query}", id(sales)))
        .await
}

fn groups(board: &Value) -> &Vec<Value> {
    board["groups"]["items"].as_array().unwrap()
}

/// What stands for each column, with the titles of its cards.
fn columns(board: &Value) -> Vec<(&str, Vec<&str>)> {
    assert!(board["columns"].as_array().unwrap().is_empty());
    groups(board)
        .iter()
        .map(|group| {
            let cards = group["cards"].as_array().unwrap();
            let titles = cards.iter().map(|card| card["title"].as_str().unwrap());
            (group["key"].as_str().unwrap(), titles.collect())
        })
        .collect()
}

fn worth(amount: &str, more: Value) -> Value {
    let mut deal = json!({ "amount": { "amount": amount, "currency": "USD" } });
    deal.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    deal
}

/// FUN-02: owners come by the sum of their open deals, and deals of nobody last.
#[tokio::test]
async fn owners_come_by_their_sum_and_deals_of_nobody_last() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let team = team(&admin).await;
    let sales = funnel(&admin, "Sales").await;
    let (rep, other) = (id(&team.rep.me["user"]), id(&team.other.me["user"]));
    let made = [
        (TALK, "small", worth("10", json!({ "owner_id": rep }))),
        (OFFER, "large", worth("90", json!({ "owner_id": rep }))),
        (TALK, "middle", worth("50", json!({ "owner_id": other }))),
        (TALK, "nobody's", worth("900", json!({}))),
        (WON, "won", worth("5000", json!({ "owner_id": other }))),
        (LOST, "lost", worth("5000", json!({ "owner_id": other }))),
    ];
    for (place, title, more) in made {
        let deal = deal(&admin, &sales, place, title, more).await;
        if title == "nobody's" {
            let request = admin.patch(&super::path(&deal)).if_match(&deal);
            request.json(&json!({ "owner_id": null })).await.expect(200);
        }
    }
    let seen = board(&admin, &sales, "group_by=owner").await;
    assert_eq!(seen["group_by"], "owner");
    // There is no order by hand across stages.
    assert_eq!(seen["sort"], "amount");
    assert_eq!(
        columns(&seen),
        [
            (rep, vec!["large", "small"]),
            (other, vec!["middle"]),
            ("none", vec!["nobody's"]),
        ]
    );
    let first = &groups(&seen)[0];
    assert_eq!(first["name"], team.rep.me["user"]["name"]);
    // 20 % of 10 and 50 % of 90.
    let totals = json!({
        "count": 2,
        "sums": [{ "amount": "100", "currency": "USD" }],
        "weighted": [{ "amount": "47", "currency": "USD" }],
        "conversion": null,
    });
    assert_eq!(first["totals"], totals);
    assert_eq!(seen["groups"].get("others"), None);

    let totals = admin
        .read(&format!("/funnels/{}/totals?group_by=owner", id(&sales)))
        .await;
    for (group, figures) in groups(&seen).iter().zip(groups(&totals)) {
        assert_eq!(group["key"], figures["key"]);
        assert_eq!(group["totals"], figures["totals"]);
    }

    // Each sees what is in view: a seller their own and nobody's.
    let seen = board(&team.rep, &sales, "group_by=owner").await;
    let keys: Vec<&str> = columns(&seen).into_iter().map(|(key, _)| key).collect();
    assert_eq!(keys, [rep, "none"]);
}

#[tokio::test]
async fn months_and_tiers_come_in_their_order_through_the_filter() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let account = async |name: &str, tier: &str| {
        let body = json!({ "name": name, "tier": tier, "industry": "banking" });
        admin.make("/accounts", body).await
    };
    let (b, a) = (account("Bank", "B").await, account("Arms", "A").await);
    for (title, more) in [
        (
            "late",
            json!({ "expected_close_on": "2027-01-31", "account_id": b["id"] }),
        ),
        (
            "soon",
            json!({ "expected_close_on": "2026-12-31", "account_id": a["id"] }),
        ),
        (
            "sooner",
            json!({ "expected_close_on": "2026-12-01", "account_id": b["id"] }),
        ),
        ("open end", json!({})),
    ] {
        deal(&admin, &sales, TALK, title, more).await;
    }
    let seen = board(&admin, &sales, "group_by=close_month&sort=close_date").await;
    assert_eq!(
        columns(&seen),
        [
            ("2026-12", vec!["sooner", "soon"]),
            ("2027-01", vec!["late"]),
            ("none", vec!["open end"]),
        ]
    );
    let seen = board(&admin, &sales, "group_by=tier&sort=age").await;
    assert_eq!(
        columns(&seen),
        [
            ("A", vec!["soon"]),
            ("B", vec!["late", "sooner"]),
            ("none", vec!["open end"]),
        ]
    );
    let seen = board(&admin, &sales, "group_by=account&tier=B&sort=close_date").await;
    assert_eq!(columns(&seen), [(id(&b), vec!["sooner", "late"])]);
    assert_eq!(groups(&seen)[0]["name"], "Bank");
    assert_eq!(groups(&seen)[0]["totals"]["count"], 2);
}

/// Every deal is counted once, in a column or among the others, whatever there is no room for.
#[tokio::test]
async fn accounts_beyond_the_largest_twenty_are_counted_together() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    for number in 1..=23 {
        let body = json!({ "name": format!("Account {number}") });
        let account = admin.make("/accounts", body).await;
        let more = worth(&number.to_string(), json!({ "account_id": account["id"] }));
        deal(&admin, &sales, TALK, &format!("Deal {number}"), more).await;
    }
    deal(&admin, &sales, TALK, "loose", json!({})).await;
    let seen = board(&admin, &sales, "group_by=account").await;
    let shown = columns(&seen);
    assert_eq!(shown.len(), 21);
    assert_eq!(shown[0].1, ["Deal 23"]);
    assert_eq!(shown[19].1, ["Deal 4"]);
    assert_eq!(shown[20], ("none", vec!["loose"]));
    let others = json!({
        "groups": 3,
        "totals": {
            "count": 3,
            "sums": [{ "amount": "6", "currency": "USD" }],
            "weighted": [{ "amount": "1.2", "currency": "USD" }],
            "conversion": null,
        },
    });
    assert_eq!(seen["groups"]["others"], others);
    let totals = admin
        .read(&format!("/funnels/{}/totals?group_by=account", id(&sales)))
        .await;
    assert_eq!(totals["groups"]["others"], others);
}

#[tokio::test]
async fn a_group_goes_on_by_cursor_and_a_closed_deal_leaves_it() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let mut made = Vec::new();
    for number in 0..7 {
        let more = worth(
            &(70 - number).to_string(),
            json!({ "expected_close_on": "2027-02-03" }),
        );
        let place = if number % 2 == 0 { TALK } else { OFFER };
        made.push(deal(&admin, &sales, place, &format!("Deal {number}"), more).await);
    }
    let seen = board(&admin, &sales, "group_by=close_month&limit=3").await;
    assert_eq!(
        columns(&seen),
        [("2027-02", vec!["Deal 0", "Deal 1", "Deal 2"])]
    );
    assert_eq!(groups(&seen)[0]["totals"]["count"], 7);
    let cursor = groups(&seen)[0]["next_cursor"].as_str().unwrap();
    let address = format!(
        "/funnels/{}/cards?group_by=close_month&group=2027-02",
        id(&sales)
    );
    moved(&admin, &made[4], stage(&sales, WON), None).await;
    archived(&admin, &made[5]).await;
    let rest = admin.get(&format!("{address}&cursor={cursor}")).await;
    assert_eq!(all(&rest, "title"), ["Deal 3", "Deal 6"]);
    let seen = board(&admin, &sales, "group_by=close_month").await;
    assert_eq!(groups(&seen)[0]["totals"]["count"], 5);

    // Without a group, all open deals of the funnel.
    let whole = admin.get(&format!("/funnels/{}/cards", id(&sales))).await;
    let left = ["Deal 0", "Deal 1", "Deal 2", "Deal 3", "Deal 6"];
    assert_eq!(all(&whole, "title"), left);

    // A cursor belongs to its group, order and filter; a group to what it is one of.
    for more in ["&sort=age", "&tier=A"] {
        let answer = admin.get(&format!("{address}{more}&cursor={cursor}")).await;
        answer.invalid(&[("cursor", ErrorCode::BadFormat)]);
    }
    let cards = format!("/funnels/{}/cards", id(&sales));
    for (query, field, code) in [
        ("?group=none", "group_by", ErrorCode::Required),
        ("?group_by=owner", "group", ErrorCode::Required),
        ("?group_by=owner&group=me", "group", ErrorCode::BadFormat),
        (
            "?group_by=close_month&group=2027-2",
            "group",
            ErrorCode::BadFormat,
        ),
    ] {
        let answer = admin.get(&format!("{cards}{query}")).await;
        answer.invalid(&[(field, code)]);
    }
    for refused in [
        format!("/funnels/{}/board?group=none", id(&sales)),
        format!("/funnels/{}/totals?group_by=owner&group=none", id(&sales)),
        format!("/stages/{}/cards?group_by=owner", stage(&sales, TALK)),
    ] {
        admin
            .get(&refused)
            .await
            .refused(400, ErrorCode::UnknownParameter);
    }
}

/// Whoever asks gets the groups of what they may see, and no name beside them.
#[tokio::test]
async fn another_organisations_funnel_has_no_groups_to_see() {
    let app = TestApp::start().await;
    let (north, south) = (app.sign_up("North").await, app.sign_up("South").await);
    let sales = funnel(&north, "Sales").await;
    deal(&north, &sales, TALK, "ours", json!({})).await;
    for address in [
        format!("/funnels/{}/board?group_by=owner", id(&sales)),
        format!("/funnels/{}/totals?group_by=owner", id(&sales)),
        format!("/funnels/{}/cards?group_by=owner&group=none", id(&sales)),
    ] {
        south.get(&address).await.refused(404, ErrorCode::NotFound);
    }
}
