//! A funnel gets other stages while deals stand in them: where they go, who waits, what is kept (FUN-03).

use super::{
    LOST, OFFER, TALK, TERMS, WON, archived, column, deal, funnel, id, moved, moving, path, stage,
    stages,
};
use shared::error::ErrorCode;
use std::collections::BTreeMap;
use tests::postgres::TestDatabase;
use tests::program::{Program, TestFolder};
use tests::{Client, Response, TestApp, User, Value, json, rows, wait};

/// The stages of a funnel as they are sent back, without those at some places.
fn without(funnel: &Value, gone: &[usize]) -> Vec<Value> {
    let all = funnel["stages"].as_array().unwrap().iter().enumerate();
    let kept =
        all.filter(|(place, stage)| !gone.contains(place) && stage.get("moving_to").is_none());
    kept.map(|(_, stage)| {
        let mut draft = stage.clone();
        for field in ["funnel_id", "position"] {
            draft.as_object_mut().unwrap().remove(field);
        }
        draft
    })
    .collect()
}

fn destinations(funnel: &Value, pairs: &[(usize, usize)]) -> Value {
    let pairs = pairs.iter().map(|(from, to)| {
        json!({ "from_stage_id": stage(funnel, *from), "to_stage_id": stage(funnel, *to) })
    });
    pairs.collect()
}

/// Takes stages out, with the destinations of their deals.
async fn take_out(
    admin: &Client,
    funnel: &Value,
    gone: &[usize],
    pairs: &[(usize, usize)],
) -> Response {
    let body = json!({ "stages": without(funnel, gone), "moved": destinations(funnel, pairs) });
    let address = format!("/funnels/{}", id(funnel));
    admin.patch(&address).if_match(funnel).json(&body).await
}

/// The funnel when the last stage that was being emptied is gone.
pub(super) async fn settled(admin: &Client, funnel: &Value) -> Value {
    let address = format!("/funnels/{}", id(funnel));
    wait::until("the stages are emptied", async || {
        let now = admin.read(&address).await;
        let stages = now["stages"].as_array().unwrap();
        let is_done = stages.iter().all(|stage| stage.get("moving_to").is_none());
        is_done.then_some(now)
    })
    .await
}

fn names(funnel: &Value) -> Vec<&str> {
    let stages = funnel["stages"].as_array().unwrap().iter();
    stages
        .map(|stage| stage["name"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn the_deals_of_a_stage_go_where_the_request_says_in_their_order_and_with_their_history() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let old = funnel(&admin, "Sales").await;
    let there = deal(&admin, &old, OFFER, "There", json!({})).await;
    let mut held = Vec::new();
    for title in ["First", "Second", "Third"] {
        held.push(deal(&admin, &old, TERMS, title, json!({})).await);
    }
    let gone = deal(&admin, &old, TERMS, "Gone", json!({})).await;
    archived(&admin, &gone).await;
    let before = column(&admin, stage(&old, TERMS)).await;

    let answer = take_out(&admin, &old, &[TERMS], &[(TERMS, OFFER)]).await;
    let closing = answer.expect(200).value();
    assert_eq!(closing["version"], 2);
    // It is there until it is empty, and says where its deals go.
    let terms = closing["stages"].as_array().unwrap().iter();
    let terms = terms
        .clone()
        .find(|known| known["name"] == "Terms")
        .unwrap();
    assert_eq!(terms["moving_to"], old["stages"][OFFER]["id"]);

    let now = settled(&admin, &old).await;
    assert_eq!(names(&now), ["Talk", "Offer", "Won", "Lost"]);
    assert_eq!(now["version"], 3);
    let after = column(&admin, stage(&old, OFFER)).await;
    assert_eq!(after[..3], before[..]);
    assert_eq!(after[3], there["title"].as_str().unwrap());
    for old_deal in &held {
        let now = admin.read(&path(old_deal)).await;
        assert_eq!(now["version"], 2);
        let stays = admin
            .get(&format!("{}/stage-history", path(old_deal)))
            .await;
        let stays = stays.items();
        assert_eq!(stays.len(), 2);
        assert_eq!(stays[0]["stage_name"], "Terms");
        assert_eq!(stays[0]["left_at"], stays[1]["entered_at"]);
        assert_eq!(stays[1]["moved_by_name"], "Administrator");
    }
    // What is put away stays there, and what is gone takes no deals.
    let refused = moving(&admin, &there, stage(&old, TERMS), None).await;
    refused.refused(409, ErrorCode::StageArchived);
}

#[tokio::test]
async fn a_bad_destination_is_named_at_its_place_and_nothing_happens() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let old = funnel(&admin, "Sales").await;
    deal(&admin, &old, TERMS, "Cranes", json!({})).await;
    let db = app.db().await;
    let before = rows::checksums(&db, admin.org(), &[]).await;
    let (from, to) = ("/moved/0/from_stage_id", "/moved/0/to_stage_id");
    for (gone, pairs, pointer, code) in [
        (&[][..], &[(TERMS, OFFER)][..], from, ErrorCode::NotAllowed),
        (&[TERMS], &[(TERMS, WON)], to, ErrorCode::OtherStageKind),
        (&[TERMS], &[(TERMS, LOST)], to, ErrorCode::OtherStageKind),
        (
            &[TERMS, OFFER],
            &[(TERMS, OFFER)],
            to,
            ErrorCode::StageArchived,
        ),
        (
            &[TERMS],
            &[(TERMS, OFFER), (TERMS, TALK)],
            "/moved/1/from_stage_id",
            ErrorCode::Taken,
        ),
        (&[TERMS], &[], "/stages", ErrorCode::NotEmpty),
    ] {
        let refused = take_out(&admin, &old, gone, pairs).await;
        refused.invalid(&[(pointer, code)]);
    }
    let address = format!("/funnels/{}", id(&old));
    let body = json!({ "moved": destinations(&old, &[(TERMS, OFFER)]) });
    let refused = admin.patch(&address).if_match(&old).json(&body).await;
    refused.invalid(&[("/moved", ErrorCode::NotAllowed)]);
    assert_eq!(rows::checksums(&db, admin.org(), &[]).await, before);
}

/// A stage that is removed under a running move: the move ends with a clear error or is in time, and
/// every deal is in a stage that is there.
#[tokio::test]
async fn no_deal_is_lost_when_a_stage_goes_while_deals_are_made_and_moved() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let old = funnel(&admin, "Sales").await;
    let mut deals = Vec::new();
    for number in 0..60 {
        let place = [TALK, OFFER, TERMS][number % 3];
        deals.push(deal(&admin, &old, place, &format!("Deal {number}"), json!({})).await);
    }
    let (terms, offer) = (stage(&old, TERMS), stage(&old, OFFER));
    let mover = |deals: Vec<Value>, admin: User| async move {
        let mut refused = 0;
        for round in 0..6 {
            for known in &deals {
                let now = admin.read(&path(known)).await;
                let to = if round % 2 == 0 { terms } else { offer };
                let answer = moving(&admin, &now, to, None).await;
                match answer.status {
                    200 => {}
                    409 => {
                        answer.refused(409, ErrorCode::StageArchived);
                        refused += 1;
                    }
                    // The server moved it in between.
                    _ => drop(answer.refused(412, ErrorCode::Stale)),
                }
            }
        }
        refused
    };
    let maker = async {
        let mut made = 0;
        for number in 0..60 {
            let body = json!({
                "title": format!("New {number}"), "funnel_id": old["id"], "stage_id": terms,
            });
            let answer = admin.post("/deals").json(&body).await;
            match answer.status {
                201 => made += 1,
                _ => answer.invalid(&[("/stage_id", ErrorCode::StageArchived)]),
            }
        }
        made
    };
    let keeper = async {
        // Once the others are at it.
        wait::until("deals are made", async || {
            let there = column(&admin, terms).await;
            there
                .iter()
                .any(|title| title.starts_with("New 5"))
                .then_some(())
        })
        .await;
        let answer = take_out(&admin, &old, &[TERMS], &[(TERMS, OFFER)]).await;
        answer.expect(200);
        settled(&admin, &old).await
    };
    let (refused, others, made, now) = tokio::join!(
        mover(deals[..30].to_vec(), admin.clone()),
        mover(deals[30..].to_vec(), admin.clone()),
        maker,
        keeper,
    );
    assert!(refused + others > 0, "no move met the stage that was going");
    assert_eq!(names(&now), ["Talk", "Offer", "Won", "Lost"]);
    let totals = admin.read(&format!("/funnels/{}/totals", id(&old))).await;
    let columns = totals["columns"].as_array().unwrap().iter();
    let all: i64 = columns
        .map(|c| c["totals"]["count"].as_i64().unwrap())
        .sum();
    assert_eq!(all, 60 + made);
    assert_eq!(column(&admin, terms).await, Vec::<String>::new());
    let db = app.db().await;
    let sql = "select count(*) from deals d join stages s on s.org_id = d.org_id and s.id = d.stage_id \
               where s.archived_at is not null";
    let stranded: i64 = db.query_one(sql, &[]).await.unwrap().get(0);
    assert_eq!(stranded, 0);
}

/// FUN-01: conversion is what it was, also of deals that got as far as the stage and were lost.
#[tokio::test]
async fn what_was_reached_counts_at_the_stage_that_stands_for_it() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let old = funnel(&admin, "Sales").await;
    let reason = json!({ "to_stage_id": stage(&old, LOST), "loss_reason": "price" });
    // Two were lost at the terms, one at the talk, one is at the terms.
    for (place, is_lost) in [(TERMS, true), (TERMS, true), (TALK, true), (TERMS, false)] {
        let made = deal(&admin, &old, place, "Deal", json!({})).await;
        if is_lost {
            let lost = admin.post(&format!("{}/move", path(&made)));
            lost.if_match(&made).json(&reason).await.expect(200);
        }
    }
    let conversion = async |funnel: &Value| -> BTreeMap<String, Value> {
        let totals = admin.read(&format!("/funnels/{}/totals", id(funnel))).await;
        let name = |id: &Value| {
            let stages = old["stages"].as_array().unwrap().iter();
            let known = stages.clone().find(|stage| &stage["id"] == id).unwrap();
            known["name"].as_str().unwrap().to_owned()
        };
        let columns = totals["columns"].as_array().unwrap().iter();
        columns
            .map(|column| {
                let share = column["totals"].get("conversion").cloned();
                (name(&column["stage_id"]), share.unwrap_or_default())
            })
            .collect()
    };
    let before = conversion(&old).await;
    assert_eq!(before["Talk"], 75);
    assert_eq!(before["Offer"], 100);
    take_out(&admin, &old, &[TERMS], &[(TERMS, OFFER)])
        .await
        .expect(200);
    let now = settled(&admin, &old).await;
    let after = conversion(&now).await;
    assert_eq!(after["Talk"], 75);
    assert_eq!(after["Offer"], 0);
    let shape = admin.read(&format!("/funnels/{}/shape", id(&old))).await;
    assert_eq!(shape["stages"][1]["entered"]["count"], 3);
    assert_eq!(shape["stages"][1]["lost"]["count"], 2);
}

/// An empty stage that deals passed is gone at once; they count where the stage before it stands.
#[tokio::test]
async fn an_empty_stage_goes_at_once_and_its_figures_to_the_stage_before() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let old = funnel(&admin, "Sales").await;
    let made = deal(&admin, &old, TERMS, "Deal", json!({})).await;
    let back = moved(&admin, &made, stage(&old, TALK), None).await;
    assert_eq!(back["version"], 2);
    let now = take_out(&admin, &old, &[TERMS], &[]).await.expect(200);
    assert_eq!(names(&now.value()), ["Talk", "Offer", "Won", "Lost"]);
    wait::until("the figures are the offer's", async || {
        let shape = admin.read(&format!("/funnels/{}/shape", id(&old))).await;
        let offer = &shape["stages"][1];
        (offer["entered"]["count"] == 1 && offer["back"]["count"] == 1).then_some(())
    })
    .await;
    // It was a write of the figures alone.
    assert_eq!(admin.read(&path(&made)).await["version"], 2);
}

/// A destination that goes as well hands on what it got.
#[tokio::test]
async fn deals_follow_when_their_destination_is_taken_out_too() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let old = funnel(&admin, "Sales").await;
    for number in 0..30 {
        deal(&admin, &old, TERMS, &format!("Deal {number}"), json!({})).await;
    }
    let first = take_out(&admin, &old, &[TERMS], &[(TERMS, OFFER)]).await;
    let first = first.expect(200).value();
    // The first stage is on its way out, or gone: then the version is a newer one.
    let mut now = first;
    let second = loop {
        let answer = take_out(&admin, &now, &[OFFER], &[(OFFER, TALK)]).await;
        if answer.status == 200 {
            break answer.value();
        }
        answer.refused(412, ErrorCode::Stale);
        now = admin.read(&format!("/funnels/{}", id(&old))).await;
    };
    assert_eq!(second["stages"][0]["name"], "Talk");
    let now = settled(&admin, &old).await;
    assert_eq!(names(&now), ["Talk", "Won", "Lost"]);
    assert_eq!(column(&admin, stage(&old, TALK)).await.len(), 30);
}

/// One that is being emptied cannot be kept after all, nor its funnel put away.
#[tokio::test]
async fn a_stage_on_its_way_out_is_not_changed_any_more() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let old = funnel(&admin, "Sales").await;
    for number in 0..40 {
        deal(&admin, &old, TERMS, &format!("Deal {number}"), json!({})).await;
    }
    let closing = take_out(&admin, &old, &[TERMS], &[(TERMS, OFFER)]).await;
    let closing = closing.expect(200).value();
    let mut all = without(&closing, &[]);
    let mut terms = stages()[TERMS].clone();
    terms["id"] = json!(stage(&old, TERMS));
    all.insert(0, terms);
    let address = format!("/funnels/{}", id(&old));
    let body = json!({ "stages": all });
    let refused = admin.patch(&address).if_match(&closing).json(&body).await;
    match refused.status {
        // It was emptied meanwhile.
        412 => drop(refused.refused(412, ErrorCode::Stale)),
        _ => refused.invalid(&[("/stages/0/id", ErrorCode::StageArchived)]),
    }
    settled(&admin, &old).await;
}

/// Makes so many more deals like one.
async fn copies(db: &tokio_postgres::Client, deal: &str, count: i32) {
    let deal: uuid::Uuid = deal.parse().unwrap();
    let sql = "insert into deals (org_id, id, title, funnel_id, stage_id, reached_stage_id, status, rank) \
               select org_id, gen_random_uuid(), 'Copy ' || n, funnel_id, stage_id, reached_stage_id, status, \
               'z' || lpad(n::text, 7, '0') from deals, generate_series(1, $2) n where id = $1";
    db.execute(sql, &[&deal, &count]).await.unwrap();
}

/// The work is taken up where it was when the server ends without a word in the middle of it.
#[tokio::test]
async fn a_stage_is_emptied_to_the_end_after_its_server_was_killed() {
    let folder = TestFolder::new();
    let database = TestDatabase::migrated().await;
    let settings = [
        ("DIPPER_DATA_DIR", folder.path().to_str().unwrap()),
        ("DIPPER_DATABASE_URL", database.owner_url.as_str()),
    ];
    let program = Program::serve(&settings).await;
    let admin = User::sign_up(program.anonymous(), "North").await;
    let old = funnel(&admin, "Sales").await;
    let first = deal(&admin, &old, TERMS, "First", json!({})).await;
    let db = database.connect().await;
    copies(&db, id(&first), 900).await;
    take_out(&admin, &old, &[TERMS], &[(TERMS, OFFER)])
        .await
        .expect(200);
    let moved = wait::until("some are moved", async || {
        let sql = "select count(*) from events where kind = 'deal.moved'";
        let count: i64 = db.query_one(sql, &[]).await.unwrap().get(0);
        (count > 20).then_some(count)
    })
    .await;
    program.kill().await;
    assert!(moved < 901, "it was too quick to be interrupted");

    let program = Program::serve(&settings).await;
    let admin = admin.elsewhere(format!("http://{}", program.address()));
    let now = settled(&admin, &old).await;
    assert_eq!(names(&now), ["Talk", "Offer", "Won", "Lost"]);
    // Each was moved once.
    let sql = "select count(*), count(distinct subject_id) from events where kind = 'deal.moved'";
    let row = db.query_one(sql, &[]).await.unwrap();
    assert_eq!((row.get::<_, i64>(0), row.get::<_, i64>(1)), (901, 901));
    let totals = admin.read(&format!("/funnels/{}/totals", id(&old))).await;
    assert_eq!(totals["columns"][1]["totals"]["count"], 901);
}
