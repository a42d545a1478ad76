//! Expected profit: a field of a deal like its amount, an order of lists and boards, and the view of profit
//! by stage with the effort that goes into each cell.

use super::board::{board, cards};
use super::{LOST, OFFER, TALK, WON, all, archived, deal, funnel, id, path, stage, team};
use shared::error::ErrorCode;
use tests::{TestApp, User, Value, json};

fn worth(amount: &str, profit: &str) -> Value {
    json!({
        "amount": { "amount": amount, "currency": "USD" }, "expected_profit": profit,
    })
}

async fn changed(user: &User, path: &str, deal: &Value, patch: Value) -> Value {
    let answer = user.patch(path).if_match(deal).json(&patch).await;
    answer.expect(200).value()
}

async fn matrix(user: &User, sales: &Value, query: &str) -> Value {
    user.read(&format!("/funnels/{}/worth{query}", id(sales)))
        .await
}

/// A cell by its place and band; null where it holds nothing.
fn cell(told: &Value, stage: &str, band: &str) -> Value {
    let cells = told["cells"].as_array().unwrap().iter();
    let found = cells
        .filter(|cell| cell["stage_id"] == stage && cell["band"] == band)
        .collect::<Vec<_>>();
    assert!(found.len() < 2, "{told}");
    found.first().map_or(Value::Null, |cell| (*cell).clone())
}

/// CLS-41: a deal has an expected profit, in the currency of its amount, which may be a loss.
#[tokio::test]
async fn expected_profit_is_kept_changed_told_and_bounded() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let made = deal(&admin, &sales, TALK, "Pumps", worth("1000", "-12.5")).await;
    assert_eq!(made["expected_profit"], "-12.5");
    let patch = json!({ "expected_profit": "300" });
    let now = changed(&admin, &path(&made), &made, patch).await;
    assert_eq!(now["expected_profit"], "300");
    let audit = admin.get(&format!("{}/audit", path(&made))).await;
    let data = &audit.items()[0]["data"];
    assert_eq!(
        (
            &data["old"]["expected_profit"],
            &data["new"]["expected_profit"]
        ),
        (&json!("-12.5"), &json!("300"))
    );
    // Without an amount it would have no currency.
    let bare = json!({ "title": "Bare", "funnel_id": sales["id"], "expected_profit": "1" });
    admin
        .post("/deals")
        .json(&bare)
        .await
        .invalid(&[("/amount", ErrorCode::Required)]);
    admin
        .patch(&path(&made))
        .if_match(&now)
        .json(&json!({ "amount": null }))
        .await
        .invalid(&[("/amount", ErrorCode::Required)]);
    for profit in ["1000000000001", "-1000000000001", "0.00001"] {
        admin
            .patch(&path(&made))
            .if_match(&now)
            .json(&json!({ "expected_profit": profit }))
            .await
            .invalid(&[("/expected_profit", ErrorCode::OutOfRange)]);
    }
    assert_eq!(admin.read(&path(&made)).await, now);
    let cleared = json!({ "amount": null, "expected_profit": null });
    let cleared = changed(&admin, &path(&made), &now, cleared).await;
    assert_eq!(cleared["expected_profit"], Value::Null);
    assert_eq!(cleared["amount"], Value::Null);
}

/// CLS-41: prospects are sorted by expected profit, in lists page by page and in the columns of a board.
#[tokio::test]
async fn lists_and_boards_are_sorted_and_narrowed_by_expected_profit() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    for (title, more) in [
        ("loss", worth("9", "-1000000000000")),
        ("much", worth("9", "1000000000000")),
        ("none", json!({})),
        ("little", worth("9", "0.5")),
        ("some", worth("9", "70")),
    ] {
        deal(&admin, &sales, TALK, title, more).await;
    }
    let euros = json!({
        "amount": { "amount": "9", "currency": "EUR" }, "expected_profit": "5",
    });
    deal(&admin, &sales, TALK, "euros", euros).await;
    let (mut titles, mut cursor) = (Vec::new(), String::new());
    loop {
        let address = format!("/deals?limit=2&sort=-expected_profit{cursor}");
        let page = admin.get(&address).await;
        titles.extend(all(&page, "title"));
        match page.value()["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(titles, ["much", "some", "euros", "little", "loss", "none"]);
    let found = admin
        .get("/deals?expected_profit[gte]=0.5&expected_profit[lt]=70&currency=USD")
        .await;
    assert_eq!(all(&found, "title"), ["little"]);
    let found = admin.get("/deals?expected_profit[is_null]=true").await;
    assert_eq!(all(&found, "title"), ["none"]);
    let seen = board(&admin, &sales, "?sort=profit").await;
    let expected = ["much", "some", "little", "loss", "euros", "none"];
    assert_eq!(cards(&seen, TALK), expected);
    let (mut titles, mut cursor) = (Vec::new(), String::new());
    loop {
        let address = format!("/stages/{}/cards?limit=2&sort=profit", stage(&sales, TALK));
        let page = admin.get(&format!("{address}{cursor}")).await;
        titles.extend(all(&page, "title"));
        match page.value()["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(titles, expected);
}

/// CLS-41: what a stage asks may be an expected profit.
#[tokio::test]
async fn expected_profit_is_a_fact_for_criteria() {
    use super::gate::{ask, criterion};
    use super::moving;

    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let rule = json!({ "fact": { "fact": "expected_profit", "is": { "at_least": 100 } } });
    let asked = criterion("Brings enough", rule);
    ask(&admin, &sales, TALK, json!({ "criteria": [asked] })).await;
    let poor = deal(&admin, &sales, TALK, "Poor", worth("1000", "99.9")).await;
    moving(&admin, &poor, stage(&sales, OFFER), None)
        .await
        .refused(422, ErrorCode::GateNotMet);
    let rich = json!({ "expected_profit": "100" });
    let rich = changed(&admin, &path(&poor), &poor, rich).await;
    moving(&admin, &rich, stage(&sales, OFFER), None)
        .await
        .expect(200);
}

/// CLS-19: contributed profit by sales stage, with the effort in each cell, of what is open and passes the
/// filter; and the deals behind each cell.
#[tokio::test]
async fn profit_by_stage_counts_deals_profits_and_effort_and_names_where_the_best_belong() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let (talk, offer) = (stage(&sales, TALK), stage(&sales, OFFER));
    let mut low = Value::Null;
    for (place, title, more) in [
        (OFFER, "great", worth("5000", "900")),
        (TALK, "fine", worth("400", "40")),
        (TALK, "fair", worth("300", "30")),
        (TALK, "small", worth("200", "20")),
        (TALK, "tiny", worth("100", "10")),
        (TALK, "loss", worth("100", "-10")),
        (TALK, "unknown", json!({})),
        (WON, "won", worth("9000", "9000")),
        (LOST, "lost", worth("9000", "9000")),
    ] {
        let made = deal(&admin, &sales, place, title, more).await;
        if title == "tiny" {
            low = made;
        }
    }
    let euros = json!({
        "amount": { "amount": "9", "currency": "EUR" }, "expected_profit": "5",
    });
    deal(&admin, &sales, TALK, "euros", euros).await;
    let away = deal(&admin, &sales, TALK, "away", worth("1", "5000")).await;
    archived(&admin, &away).await;
    let day = (backend::clock::now() - chrono::Duration::days(1)).to_rfc3339();
    let long_ago = (backend::clock::now() - chrono::Duration::days(31)).to_rfc3339();
    for at in [&day, &day, &day, &long_ago] {
        let touch = json!({ "kind": "showing", "at": at });
        admin.make(&format!("{}/touches", path(&low)), touch).await;
    }
    let told = matrix(&admin, &sales, "").await;
    // Of the five that bring something, the best fifth is one, the better half are three.
    assert_eq!(
        (&told["high_from"], &told["middle_from"]),
        (&json!("900"), &json!("30"))
    );
    let great = cell(&told, offer, "high");
    assert_eq!(
        (&great["count"], &great["profit"]),
        (&json!(1), &json!("900"))
    );
    assert_eq!(great["amount"], "5000");
    assert_eq!(
        (&great["profit_share"], &great["effort_share"]),
        (&json!(90), &json!(0))
    );
    let small = cell(&told, talk, "low");
    assert_eq!(
        (&small["count"], &small["profit"], &small["effort"]),
        (&json!(2), &json!("30"), &json!(3))
    );
    assert_eq!(
        (&small["profit_share"], &small["effort_share"]),
        (&json!(3), &json!(100))
    );
    assert_eq!(cell(&told, talk, "nothing")["profit"], "-10");
    assert_eq!(cell(&told, talk, "unknown")["count"], 1);
    assert_eq!(told["other_currencies"], 1);
    assert_eq!(
        told["deserves"],
        json!({ "stage_id": offer, "band": "high" })
    );
    assert_eq!(told["takes"], json!({ "stage_id": talk, "band": "low" }));
    // The cuts stay where they are when the view is narrowed.
    let narrowed = matrix(&admin, &sales, "?text=great").await;
    assert_eq!(narrowed["high_from"], "900");
    assert_eq!(narrowed["cells"].as_array().unwrap().len(), 1);
    let behind = format!(
        "/deals?stage_id={talk}&status=open&currency=USD&expected_profit[gte]=0.0001&expected_profit[lt]=30&sort=title"
    );
    assert_eq!(all(&admin.get(&behind).await, "title"), ["small", "tiny"]);
    let address = format!("/funnels/{}/worth", id(&sales));
    for query in ["?sort=amount", "?limit=2", "?cursor=x", "?group_by=owner"] {
        let refused = admin.get(&format!("{address}{query}")).await;
        assert!((400..500).contains(&refused.status), "{query}");
    }
}

/// CLS-19: nobody counts what is out of their view.
#[tokio::test]
async fn profit_by_stage_holds_ones_own_view_and_organisation() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let people = team(&admin).await;
    deal(&people.rep, &sales, TALK, "own", worth("100", "10")).await;
    deal(&people.other, &sales, TALK, "theirs", worth("100", "1000")).await;
    for (who, count, cut) in [
        (&people.rep, 1, "10"),
        (&people.manager, 1, "10"),
        (&admin, 2, "1000"),
    ] {
        let told = matrix(who, &sales, "").await;
        let cells = told["cells"].as_array().unwrap();
        let seen: i64 = cells.iter().filter_map(|cell| cell["count"].as_i64()).sum();
        assert_eq!(seen, count);
        assert_eq!(told["high_from"], cut);
    }
    let south = app.sign_up("South").await;
    south
        .get(&format!("/funnels/{}/worth", id(&sales)))
        .await
        .refused(404, ErrorCode::NotFound);
}

/// CLS-41: every order of cards can be kept in a view, that by expected profit too.
#[tokio::test]
async fn a_view_keeps_every_order_of_cards() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    for order in ["hand", "amount", "close_date", "age", "profit"] {
        let body = json!({ "name": order, "funnel_id": sales["id"], "sort": order });
        let made = admin.make("/views", body).await;
        assert_eq!(made["sort"], order);
    }
}
