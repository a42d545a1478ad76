//! The board: columns with their first cards, more by cursor, and everything it is narrowed by.

use super::{
    LOST, OFFER, TALK, TERMS, WON, all, deal, funnel, id, moved, on_another_day, stage, stages,
    team,
};
use shared::error::ErrorCode;
use shared::identity::Role;
use tests::{TestApp, User, Value, json};

pub(super) async fn board(user: &User, sales: &Value, query: &str) -> Value {
    user.read(&format!("/funnels/{}/board{query}", id(sales)))
        .await
}

/// The titles of a column's cards.
pub(super) fn cards(board: &Value, place: usize) -> Vec<&str> {
    let cards = board["columns"][place]["cards"].as_array().unwrap();
    cards
        .iter()
        .map(|card| card["title"].as_str().unwrap())
        .collect()
}

/// FUN-09: every deal stands in the column of its stage; what was put away and other funnels are left out.
#[tokio::test]
async fn the_board_has_a_column_for_each_stage_with_its_cards_in_order() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let (sales, second) = (
        funnel(&admin, "Sales").await,
        funnel(&admin, "Second").await,
    );
    let low = deal(&admin, &sales, TALK, "low", json!({})).await;
    deal(&admin, &sales, TALK, "high", json!({})).await;
    let gone = deal(&admin, &sales, TALK, "gone", json!({})).await;
    super::archived(&admin, &gone).await;
    deal(&admin, &second, TALK, "elsewhere", json!({})).await;
    deal(&admin, &sales, LOST, "lost", json!({})).await;
    let seen = board(&admin, &sales, "").await;
    assert_eq!(seen["funnel"], sales);
    let ids: Vec<&Value> = seen["columns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|column| &column["stage_id"])
        .collect();
    let expected: Vec<&Value> = sales["stages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|stage| &stage["id"])
        .collect();
    assert_eq!(ids, expected);
    assert_eq!(cards(&seen, TALK), ["high", "low"]);
    assert_eq!(cards(&seen, LOST), ["lost"]);
    for place in [OFFER, TERMS, WON] {
        assert!(cards(&seen, place).is_empty());
    }
    let mut card = seen["columns"][TALK]["cards"][1].clone();
    let mut whole = low.clone();
    for field in ["lines", "external_ids"] {
        card.as_object_mut().unwrap().remove(field);
        whole.as_object_mut().unwrap().remove(field);
    }
    assert_eq!(card, whole);
    // The stream goes on from where the board was read.
    let mut live = admin.live_after(seen["sequence"].as_i64().unwrap()).await;
    let later = moved(&admin, &low, stage(&sales, WON), None).await;
    assert_eq!(
        live.next_of("deal.moved").await.data["deal_id"],
        later["id"]
    );
}

#[tokio::test]
async fn a_column_has_its_first_fifty_cards_and_the_rest_by_cursor() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let mut made = Vec::new();
    for number in 0..57 {
        let title = format!("Deal {number}");
        made.insert(0, deal(&admin, &sales, TALK, &title, json!({})).await);
    }
    let titles: Vec<&str> = made
        .iter()
        .map(|deal| deal["title"].as_str().unwrap())
        .collect();
    let seen = board(&admin, &sales, "").await;
    assert_eq!(cards(&seen, TALK), titles[..50]);
    let column = &seen["columns"][TALK];
    assert_eq!(column["totals"]["count"], 57);
    let cursor = column["next_cursor"].as_str().unwrap();
    let address = format!("/stages/{}/cards", stage(&sales, TALK));
    let rest = admin
        .get(&format!("{address}?limit=4&cursor={cursor}"))
        .await;
    assert_eq!(all(&rest, "title"), titles[50..54]);
    let cursor = rest.value()["next_cursor"].as_str().unwrap().to_owned();
    // One above comes and goes, and the last card seen moves away: the rest is the rest.
    moved(&admin, &made[53], stage(&sales, OFFER), None).await;
    deal(&admin, &sales, TALK, "above", json!({})).await;
    let rest = admin.get(&format!("{address}?cursor={cursor}")).await;
    assert_eq!(all(&rest, "title"), titles[54..]);
    assert_eq!(rest.value().get("next_cursor"), None);

    // A cursor belongs to its column and filter.
    for other in [
        format!("/stages/{}/cards?cursor={cursor}", stage(&sales, OFFER)),
        format!("{address}?cursor={cursor}&text=Deal"),
    ] {
        admin
            .get(&other)
            .await
            .invalid(&[("cursor", ErrorCode::BadFormat)]);
    }
    for (query, pointer) in [("limit=0", "limit"), ("limit=201", "limit")] {
        let refused = admin.get(&format!("{address}?{query}")).await;
        refused.invalid(&[(pointer, ErrorCode::OutOfRange)]);
    }
}

/// FUN-02: the board is narrowed to whom it is worth looking at, cards and figures alike.
#[tokio::test]
async fn filters_narrow_cards_and_figures_alike() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let team = team(&admin).await;
    let sales = funnel(&admin, "Sales").await;
    let bank = json!({ "name": "重庆银行", "tier": "A", "industry": "banking" });
    let bank = admin.make("/accounts", bank).await;
    let shop = admin
        .make(
            "/accounts",
            json!({ "name": "Shop_1", "tier": "B", "industry": "retail" }),
        )
        .await;
    for (title, owner, account, more) in [
        (
            "a",
            &team.rep,
            &bank,
            json!({ "next_step_on": "2030-01-01" }),
        ),
        ("b", &team.rep, &shop, json!({})),
        (
            "c",
            &team.manager,
            &bank,
            json!({ "next_step_on": "2030-01-02" }),
        ),
        (
            "d 100%",
            &team.other,
            &shop,
            json!({ "next_step_on": "2029-12-31" }),
        ),
    ] {
        let mut fields = json!({
            "owner_id": owner.id(), "account_id": account["id"], "amount": { "amount": "100", "currency": "CNY" },
        });
        fields
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        deal(&admin, &sales, TALK, title, fields).await;
    }
    // Overdue are open ones only.
    let done = json!({ "next_step_on": "2029-01-01", "owner_id": team.other.id() });
    deal(&admin, &sales, WON, "done", done).await;
    let rep = format!("?owner_id={}", team.rep.id());
    let east = format!(
        "?team_id={}",
        team.rep.me["user"]["team_id"].as_str().unwrap()
    );
    let both = format!("{east}&owner_id={}", team.other.id());
    for (query, expected, closed) in [
        ("", vec!["d 100%", "c", "b", "a"], 1),
        (rep.as_str(), vec!["b", "a"], 0),
        (east.as_str(), vec!["c", "b", "a"], 0),
        (both.as_str(), vec![], 0),
        ("?industry=banking", vec!["c", "a"], 0),
        ("?tier=B", vec!["d 100%", "b"], 0),
        ("?tier=B&industry=banking", vec![], 0),
        ("?overdue_on=2030-01-02", vec!["d 100%", "a"], 0),
        ("?text=银行", vec!["c", "a"], 0),
        ("?text=SHOP_", vec!["d 100%", "b"], 0),
        ("?text=0%25", vec!["d 100%"], 0),
        ("?text=DONE", vec![], 1),
    ] {
        let seen = board(&admin, &sales, query).await;
        assert_eq!(cards(&seen, TALK), expected, "{query}");
        let totals = &seen["columns"][TALK]["totals"];
        assert_eq!(totals["count"], expected.len(), "{query}");
        let sums = match expected.len() {
            0 => json!([]),
            some => json!([{ "amount": (100 * some).to_string(), "currency": "CNY" }]),
        };
        assert_eq!(totals["sums"], sums, "{query}");
        assert_eq!(seen["columns"][WON]["totals"]["count"], closed, "{query}");
        let alone = admin
            .read(&format!("/funnels/{}/totals{query}", id(&sales)))
            .await;
        assert_eq!(alone["columns"][TALK]["totals"], *totals, "{query}");
    }
    for (query, code) in [
        ("?colour=red", ErrorCode::UnknownParameter),
        ("?tier=Z", ErrorCode::Malformed),
    ] {
        let refused = admin
            .get(&format!("/funnels/{}/board{query}", id(&sales)))
            .await;
        refused.refused(400, code);
    }
}

/// FUN-09: deals over the limit of their stage are found on board, sums and list alike, by the day it is where
/// the organisation is.
#[tokio::test]
async fn deals_over_the_limit_of_their_stage_are_found() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let (now, hours) = on_another_day(&admin).await;
    let mut sent = stages();
    for (place, days) in [(TALK, 14), (OFFER, 30), (WON, 7)] {
        sent[place]["rot_days"] = json!(days);
    }
    let sent = json!({ "name": "Sales", "stages": sent });
    let sales = admin.make("/funnels", sent).await;
    deal(&admin, &sales, TALK, "fourteen", json!({})).await;
    deal(&admin, &sales, OFFER, "thirty", json!({})).await;
    deal(&admin, &sales, TERMS, "no limit", json!({})).await;
    deal(&admin, &sales, WON, "won", json!({})).await;
    let entered = (now + chrono::TimeDelta::hours(hours)).date_naive();
    assert_ne!(entered, now.date_naive());
    for (days, expected) in [
        (14, vec![]),
        (15, vec!["fourteen"]),
        (30, vec!["fourteen"]),
        (31, vec!["fourteen", "thirty"]),
        (3_650, vec!["fourteen", "thirty"]),
    ] {
        let day = entered + chrono::TimeDelta::days(days);
        let seen = board(&admin, &sales, &format!("?over_limit_on={day}")).await;
        let shown: Vec<_> = (0..5).flat_map(|stage| cards(&seen, stage)).collect();
        assert_eq!(shown, expected, "{days}");
        let counted: i64 = (0..5)
            .filter_map(|stage| seen["columns"][stage]["totals"]["count"].as_i64())
            .sum();
        assert_eq!(usize::try_from(counted).unwrap(), expected.len(), "{days}");
        let listed = format!("/deals?limit_on[lt]={day}&sort=title");
        assert_eq!(all(&admin.get(&listed).await, "title"), expected, "{days}");
        let shape = format!("/funnels/{}/shape?over_limit_on={day}", id(&sales));
        let shape = admin.read(&shape).await;
        assert_eq!(
            shape["stages"][0]["entered"]["count"],
            expected.len(),
            "{days}"
        );
    }
    let without = admin.get("/deals?limit_on[is_null]=true&sort=title").await;
    assert_eq!(all(&without, "title"), ["no limit", "won"]);
    let wrong = format!("/funnels/{}/board?over_limit_on=soon", id(&sales));
    admin.get(&wrong).await.refused(400, ErrorCode::Malformed);
}

#[tokio::test]
async fn a_board_shows_what_is_within_view_and_no_other_organisations() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let team = team(&admin).await;
    let executive = admin.invite(Role::Executive).await;
    let sales = funnel(&admin, "Sales").await;
    deal(&team.rep, &sales, TALK, "rep's", json!({})).await;
    deal(&team.other, &sales, TALK, "other's", json!({})).await;
    deal(&team.manager, &sales, TALK, "manager's", json!({})).await;
    for (user, expected) in [
        (&team.rep, vec!["rep's"]),
        (&team.other, vec!["other's"]),
        (&team.manager, vec!["manager's", "rep's"]),
        (&executive, vec!["manager's", "other's", "rep's"]),
    ] {
        let seen = board(user, &sales, "").await;
        assert_eq!(cards(&seen, TALK), expected);
        assert_eq!(seen["columns"][TALK]["totals"]["count"], expected.len());
    }
    let south = app.sign_up("South").await;
    for address in [
        format!("/funnels/{}/board", id(&sales)),
        format!("/funnels/{}/totals", id(&sales)),
        format!("/stages/{}/cards", stage(&sales, TALK)),
    ] {
        south.get(&address).await.refused(404, ErrorCode::NotFound);
    }
}
