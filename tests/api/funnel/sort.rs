//! The cards of a column in other orders than that by hand, on the board and from page to page.

use super::{OFFER, TALK, all, deal, funnel, id, moved, stage};
use shared::error::ErrorCode;
use tests::{TestApp, User, Value, json};

fn money(amount: &str, currency: &str) -> Value {
    json!({ "amount": { "amount": amount, "currency": currency } })
}

/// The titles of the first column on a board.
async fn on_board(user: &User, sales: &Value, sort: &str) -> Vec<String> {
    let board = user
        .read(&format!("/funnels/{}/board?sort={sort}", id(sales)))
        .await;
    assert_eq!(board["sort"], sort);
    let cards = board["columns"][TALK]["cards"].as_array().unwrap();
    let titles = cards.iter().map(|card| card["title"].as_str().unwrap());
    titles.map(str::to_owned).collect()
}

/// The same, asked for two by two.
async fn by_pages(user: &User, sales: &Value, sort: &str) -> Vec<String> {
    let address = format!("/stages/{}/cards?limit=2&sort={sort}", stage(sales, TALK));
    let (mut titles, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = user.get(&format!("{address}{cursor}")).await;
        titles.extend(all(&page, "title"));
        match page.value()["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return titles,
        }
    }
}

async fn both(user: &User, sales: &Value, sort: &str) -> Vec<String> {
    let titles = on_board(user, sales, sort).await;
    assert_eq!(by_pages(user, sales, sort).await, titles, "{sort}");
    titles
}

#[tokio::test]
async fn amounts_come_by_currency_the_organisations_first_and_the_largest_above() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    for (title, more) in [
        ("none", json!({})),
        ("yuan", money("9000", "CNY")),
        ("little", money("5", "USD")),
        ("euros", money("1", "EUR")),
        ("much", money("1000000000000", "USD")),
        ("some", money("70.25", "USD")),
        ("cents", money("70.3", "USD")),
    ] {
        deal(&admin, &sales, TALK, title, more).await;
    }
    assert_eq!(
        both(&admin, &sales, "amount").await,
        ["much", "cents", "some", "little", "yuan", "euros", "none"]
    );
    let by_hand = both(&admin, &sales, "hand").await;
    assert_eq!(by_hand.first().map(String::as_str), Some("cents"));
}

#[tokio::test]
async fn dates_come_earliest_first_and_none_last_and_equals_by_their_id() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let on = |day: &str| json!({ "expected_close_on": day });
    for (title, more) in [
        ("open end", json!({})),
        ("second", on("2027-03-01")),
        ("third", on("2027-03-01")),
        ("never", json!({})),
        ("first", on("2026-12-31")),
    ] {
        deal(&admin, &sales, TALK, title, more).await;
    }
    // Ids grow with time.
    assert_eq!(
        both(&admin, &sales, "close_date").await,
        ["first", "second", "third", "open end", "never"]
    );
}

#[tokio::test]
async fn who_has_been_in_the_stage_longest_comes_first_by_age() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let old = deal(&admin, &sales, TALK, "back again", json!({})).await;
    for title in ["a", "b"] {
        deal(&admin, &sales, TALK, title, json!({})).await;
    }
    let away = moved(&admin, &old, stage(&sales, OFFER), None).await;
    moved(&admin, &away, stage(&sales, TALK), None).await;
    assert_eq!(both(&admin, &sales, "age").await, ["a", "b", "back again"]);
    // A new place in the same stage makes nobody younger.
    let board = admin
        .read(&format!("/funnels/{}/board?sort=age", id(&sales)))
        .await;
    let first = board["columns"][TALK]["cards"][0].clone();
    moved(&admin, &first, stage(&sales, TALK), None).await;
    assert_eq!(both(&admin, &sales, "age").await, ["a", "b", "back again"]);
}

#[tokio::test]
async fn a_cursor_belongs_to_its_order_and_unknown_orders_are_refused() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    for number in 0..3 {
        deal(&admin, &sales, TALK, &format!("Deal {number}"), json!({})).await;
    }
    let cards = format!("/stages/{}/cards", stage(&sales, TALK));
    let page = admin.get(&format!("{cards}?limit=1&sort=amount")).await;
    let cursor = page.value()["next_cursor"].as_str().unwrap().to_owned();
    for other in ["", "&sort=age", "&sort=close_date", "&sort=hand"] {
        let answer = admin.get(&format!("{cards}?cursor={cursor}{other}")).await;
        answer.invalid(&[("cursor", ErrorCode::BadFormat)]);
    }
    let board = format!("/funnels/{}", id(&sales));
    for (address, code) in [
        (format!("{board}/board?sort=rank"), ErrorCode::Malformed),
        (format!("{cards}?sort=-amount"), ErrorCode::Malformed),
        (
            format!("{board}/totals?sort=amount"),
            ErrorCode::UnknownParameter,
        ),
    ] {
        admin.get(&address).await.refused(400, code);
    }
}
