//! What became of a deal: its stays tile its life, and each write is one event that says what changed.

use super::gate::{ask, criterion};
use super::{
    LOST, OFFER, TALK, TERMS, WON, all, archived, deal, funnel, id, moved, moving, path, stage,
    team,
};
use shared::error::ErrorCode;
use std::collections::BTreeMap;
use tests::{TestApp, User, Value, json};

async fn stays(user: &User, deal: &Value) -> Vec<Value> {
    user.get(&format!("{}/stage-history", path(deal)))
        .await
        .items()
}

/// The stays follow each other from the deal's creation to now, without gap or overlap.
fn assert_tiles(stays: &[Value], deal: &Value) {
    assert_eq!(stays[0]["entered_at"], deal["created_at"]);
    for pair in stays.windows(2) {
        assert_eq!(pair[0]["left_at"], pair[1]["entered_at"]);
        assert_ne!(pair[0]["stage_id"], pair[1]["stage_id"]);
        assert!(moment(&pair[0]["entered_at"]) <= moment(&pair[0]["left_at"]));
    }
    let last = stays.last().unwrap();
    assert_eq!(last["left_at"], Value::Null);
    assert_eq!(last["stage_id"], deal["stage_id"]);
    assert_eq!(last["entered_at"], deal["stage_entered_at"]);
}

fn moment(time: &Value) -> chrono::DateTime<chrono::Utc> {
    time.as_str().unwrap().parse().unwrap()
}

/// FUN-07, FUN-09, FUN-24: where the deal was, from when to when, and who brought it there.
#[tokio::test]
async fn the_stays_of_a_deal_tile_its_life() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let team = team(&admin).await;
    let sales = funnel(&admin, "Sales").await;
    let mut now = deal(&team.rep, &sales, TALK, "Cranes", json!({})).await;
    assert_tiles(&stays(&team.rep, &now).await, &now);
    // Within a stage, there is no new stay; away and back, there is.
    for place in [OFFER, OFFER, TERMS, TALK, TALK, WON] {
        now = moved(&team.rep, &now, stage(&sales, place), None).await;
        assert_tiles(&stays(&team.rep, &now).await, &now);
    }
    let all = stays(&team.rep, &now).await;
    let names: Vec<&str> = all
        .iter()
        .map(|stay| stay["stage_name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["Talk", "Offer", "Terms", "Talk", "Won"]);
    for stay in &all {
        assert_eq!(stay["moved_by"], team.rep.id());
        assert_eq!(stay["moved_by_name"], team.rep.me["user"]["name"]);
    }
    // Whoever reads the deal reads all of its history, also from before it was theirs.
    let give = json!({ "owner_id": team.other.id() });
    admin
        .patch(&path(&now))
        .if_match(&now)
        .json(&give)
        .await
        .expect(200);
    assert_eq!(stays(&team.other, &now).await, all);
}

#[tokio::test]
async fn the_stays_come_in_pages() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let mut now = deal(&admin, &sales, TALK, "Cranes", json!({})).await;
    for place in [OFFER, TERMS, TALK, WON] {
        now = moved(&admin, &now, stage(&sales, place), None).await;
    }
    let whole = stays(&admin, &now).await;
    assert_eq!(whole.len(), 5);

    let address = format!("{}/stage-history", path(&now));
    let (mut pages, mut next) = (Vec::new(), format!("{address}?limit=2"));
    while !next.is_empty() {
        let page = admin.read(&next).await;
        pages.push(page["items"].as_array().unwrap().clone());
        next = page["next"]
            .as_str()
            .unwrap_or_default()
            .replace("/api/v1", "");
        assert_eq!(page["next_cursor"].is_null(), next.is_empty());
    }
    let sizes: Vec<usize> = pages.iter().map(Vec::len).collect();
    assert_eq!(sizes, [2, 2, 1]);
    assert_eq!(pages.concat(), whole);

    // The place in one deal's history is none in another's.
    let first = admin.read(&format!("{address}?limit=2")).await;
    let cursor = first["next_cursor"].as_str().unwrap();
    let other = deal(&admin, &sales, TALK, "Ships", json!({})).await;
    let foreign = format!("{}/stage-history?cursor={cursor}", path(&other));
    let refused = admin.get(&foreign).await;
    refused.invalid(&[("cursor", ErrorCode::BadFormat)]);
    let refused = admin.get(&format!("{address}?limit=0")).await;
    refused.invalid(&[("limit", ErrorCode::OutOfRange)]);
}

#[tokio::test]
async fn the_stays_tile_also_when_many_move_the_deal_at_once() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let made = deal(&admin, &sales, TALK, "Cranes", json!({})).await;
    let movers = (0..6).map(|mover| {
        let (admin, made, sales) = (&admin, &made, &sales);
        async move {
            for step in 0..5 {
                let place = [TALK, OFFER, TERMS, WON][(mover * 3 + step) % 4];
                let request = moving(admin, made, stage(sales, place), None);
                request.header("if-match", "*").await.expect(200);
            }
        }
    });
    futures_util::future::join_all(movers).await;
    let now = admin.read(&path(&made)).await;
    assert_eq!(now["version"], 31);
    assert_tiles(&stays(&admin, &now).await, &now);
}

/// The kind, the version it left and the changed fields of each write.
#[tokio::test]
async fn each_write_is_one_event_that_says_what_changed() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let account = admin.make("/accounts", json!({ "name": "Acme" })).await;
    let made = deal(
        &admin,
        &sales,
        TALK,
        "Cranes",
        json!({ "account_id": account["id"] }),
    )
    .await;
    let change = json!({ "title": "Ships", "probability": 40 });
    let new = admin
        .patch(&path(&made))
        .if_match(&made)
        .json(&change)
        .await
        .expect(200)
        .value();
    let body = json!({ "to_stage_id": stage(&sales, LOST), "loss_reason": "fit" });
    let lost = admin
        .post(&format!("{}/move", path(&new)))
        .if_match(&new)
        .json(&body)
        .await;
    let gone = archived(&admin, &lost.expect(200).value()).await;
    let restore = admin
        .post(&format!("{}/restore", path(&gone)))
        .if_match(&gone);
    let back = restore.await.expect(200).value();

    let audit = admin.get(&format!("{}/audit", path(&made))).await;
    assert_eq!(
        all(&audit, "kind"),
        [
            "deal.restored",
            "deal.archived",
            "deal.moved",
            "deal.updated",
            "deal.created"
        ]
    );
    let events = audit.items();
    for event in &events {
        assert_eq!(
            (&event["deal_id"], &event["account_id"]),
            (&made["id"], &account["id"])
        );
        assert_eq!(
            (&event["subject_id"], &event["actor_id"]),
            (&made["id"], &json!(admin.id()))
        );
    }
    assert_eq!(events[4]["data"]["new"]["title"], "Cranes");
    assert_eq!(
        events[3]["data"],
        json!({ "old": { "title": "Cranes", "probability": null }, "new": change })
    );
    let moved = &events[2]["data"];
    assert_eq!(
        moved["old"],
        json!({ "stage_id": made["stage_id"], "rank": made["rank"] })
    );
    assert_eq!(
        moved["new"],
        json!({ "stage_id": back["stage_id"], "rank": back["rank"] })
    );
    assert_eq!(moved["version"], 3);
    let timeline = admin
        .get(&format!("/accounts/{}/timeline", id(&account)))
        .await;
    assert_eq!(all(&timeline, "kind")[..5], all(&audit, "kind")[..]);
}

#[tokio::test]
async fn each_write_of_a_funnel_is_one_event() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let feed = async || -> BTreeMap<String, usize> {
        let events = app.feed(&admin).await;
        let kinds = events
            .iter()
            .map(|event| event["kind"].as_str().unwrap().to_owned());
        kinds.filter(|kind| kind.starts_with("funnel.")).fold(
            BTreeMap::new(),
            |mut counts, kind| {
                *counts.entry(kind).or_default() += 1;
                counts
            },
        )
    };
    let made = funnel(&admin, "Sales").await;
    let address = format!("/funnels/{}", id(&made));
    let new = admin
        .patch(&address)
        .if_match(&made)
        .json(&json!({ "name": "Ours" }))
        .await;
    let gone = admin
        .delete(&address)
        .if_match(&new.expect(200).value())
        .await
        .expect(200)
        .value();
    admin
        .post(&format!("{address}/restore"))
        .if_match(&gone)
        .await
        .expect(200);
    let expected = [
        "funnel.archived",
        "funnel.created",
        "funnel.restored",
        "funnel.updated",
    ];
    tests::wait::until("the feed has all four", async || {
        let counts = feed().await;
        let once = expected.iter().all(|kind| counts.get(*kind) == Some(&1));
        (once && counts.len() == 4).then_some(())
    })
    .await;
}

/// GATE-20, GATE-24: what was missing and is no criterion is kept with the stay too: the five tests, the next
/// step, a stage that is not to be passed by; of a move, and of a deal that is made further on.
#[tokio::test]
async fn a_stay_tells_the_tests_and_the_next_step_that_were_missing() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let pain = criterion("Pain", json!("evidence"));
    let weights = json!({ "budget": 30, "timing": 25, "fit": 20, "worth": 10, "win": 15 });
    let tests = json!({ "at_least": 70, "weights": weights });
    let gate = json!({ "criteria": [pain], "needs_next_step": true, "tests": tests });
    ask(&admin, &sales, TALK, gate).await;
    ask(&admin, &sales, OFFER, json!({ "skipping": "refused" })).await;
    let made = deal(&admin, &sales, TALK, "Cranes", json!({})).await;
    let because = "The review is on Friday and needs our offer";
    let body = json!({ "to_stage_id": stage(&sales, TERMS), "override_reason": because });
    let request = admin.post(&format!("{}/move", path(&made))).if_match(&made);
    let gone = request.json(&body).await.expect(200).value();

    let last = async |deal: &Value| {
        let history = admin.read(&format!("{}/stage-history", path(deal))).await;
        history["items"].as_array().unwrap().last().unwrap().clone()
    };
    let stay = last(&gone).await;
    assert_eq!(stay["missing"], json!([pain["id"]]));
    let of = |kind: &str, place: usize| json!({ "kind": kind, "stage_id": stage(&sales, place) });
    assert_eq!(
        stay["missing_otherwise"],
        json!([
            of("five_tests", TALK),
            of("next_step", TALK),
            of("stage_skipped", OFFER)
        ])
    );

    let more = json!({ "override_reason": because });
    let further = deal(&admin, &sales, TERMS, "Ships", more).await;
    let stay = last(&further).await;
    assert!(
        stay["missing_otherwise"]
            .as_array()
            .unwrap()
            .contains(&of("stage_skipped", OFFER)),
        "{stay}"
    );

    // What was met by right lacks nothing.
    let back = json!({ "to_stage_id": stage(&sales, TALK) });
    let request = admin.post(&format!("{}/move", path(&gone))).if_match(&gone);
    request.json(&back).await.expect(200);
    assert_eq!(last(&gone).await.get("missing_otherwise"), None);
}
