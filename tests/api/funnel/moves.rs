//! The one move command: what it demands, what it refuses, and what it leaves.

use super::{
    LOST, OFFER, TALK, TERMS, WON, archived, column, deal, funnel, id, moved, moving, path, stage,
    team,
};
use shared::error::ErrorCode;
use tests::{Response, TestApp, Value, json, rows};

/// FUN-07, FUN-09, DND-9: forward, back, won and lost; the deal always says where it is and since when.
#[tokio::test]
async fn a_deal_goes_to_any_stage_of_its_funnel_and_says_since_when_it_is_there() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let more = json!({ "external_ids": { "erp": "7" } });
    let mut now = deal(&admin, &sales, TALK, "Cranes", more).await;
    for place in [TERMS, OFFER, WON, TALK] {
        let answer = moving(&admin, &now, stage(&sales, place), None)
            .await
            .expect(200);
        let new = answer.value();
        assert_eq!(new["stage_id"], sales["stages"][place]["id"]);
        assert_eq!(new["version"], now["version"].as_i64().unwrap() + 1);
        assert_eq!(answer.header("etag"), format!("\"{}\"", new["version"]));
        assert_ne!(new["stage_entered_at"], now["stage_entered_at"]);
        assert_eq!(new["closed_at"].is_null(), place != WON);
        let mut read = admin.read(&path(&now)).await;
        read.as_object_mut().unwrap().remove("lines");
        assert_eq!(read, new);
        now = new;
    }
    // Within its stage it does not enter anew.
    let same = moved(&admin, &now, stage(&sales, TALK), None).await;
    assert_eq!(same["stage_entered_at"], now["stage_entered_at"]);
}

/// FUN-07: a loss has a reason before it is saved, and the reason goes with the loss.
#[tokio::test]
async fn a_lost_stage_needs_a_reason_which_goes_when_the_deal_is_taken_up_again() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let made = deal(&admin, &sales, OFFER, "Cranes", json!({})).await;
    let refused = moving(&admin, &made, stage(&sales, LOST), None).await;
    refused.invalid(&[("/loss_reason", ErrorCode::LossReasonRequired)]);
    assert_eq!(admin.read(&path(&made)).await, made);

    let body = json!({ "to_stage_id": stage(&sales, LOST), "loss_reason": "competitor", "loss_note": "Ours came late" });
    let lost = admin
        .post(&format!("{}/move", path(&made)))
        .if_match(&made)
        .json(&body)
        .await;
    let lost = lost.expect(200).value();
    assert_eq!(
        (&lost["loss_reason"], &lost["loss_note"]),
        (&body["loss_reason"], &body["loss_note"])
    );
    assert_ne!(lost["closed_at"], Value::Null);
    // Within the lost stage the reason is known.
    let still = moved(&admin, &lost, stage(&sales, LOST), None).await;
    assert_eq!(still["loss_reason"], "competitor");
    let back = moved(&admin, &still, stage(&sales, TALK), None).await;
    assert_eq!(
        (&back["loss_reason"], &back["loss_note"], &back["closed_at"]),
        (&Value::Null, &Value::Null, &Value::Null)
    );
    let again = moving(&admin, &back, stage(&sales, LOST), None).await;
    again.invalid(&[("/loss_reason", ErrorCode::LossReasonRequired)]);
}

#[tokio::test]
async fn a_move_that_is_refused_leaves_everything_as_it_was() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let south = app.sign_up("South").await;
    let theirs = funnel(&south, "Sales").await;
    let (sales, second) = (
        funnel(&admin, "Sales").await,
        funnel(&admin, "Second").await,
    );
    let made = deal(&admin, &sales, TALK, "Cranes", json!({})).await;
    let elsewhere = deal(&admin, &sales, TERMS, "Ships", json!({})).await;
    let body = |stage: &str, after: Value| json!({ "to_stage_id": stage, "after_deal_id": after });
    let send = |body: Value| {
        admin
            .post(&format!("{}/move", path(&made)))
            .if_match(&made)
            .json(&body)
    };
    let nowhere = uuid::Uuid::now_v7().to_string();
    let offer = stage(&sales, OFFER);

    let db = app.db().await;
    let before = rows::checksums(&db, admin.org(), &[]).await;
    let blind = admin
        .post(&format!("{}/move", path(&made)))
        .json(&body(offer, Value::Null))
        .await;
    blind.refused(428, ErrorCode::VersionRequired);
    let refused = send(body(stage(&second, TALK), Value::Null)).await;
    refused.invalid(&[("/to_stage_id", ErrorCode::StageOfAnotherFunnel)]);
    for unknown in [nowhere.as_str(), stage(&theirs, TALK)] {
        let refused = send(body(unknown, Value::Null)).await;
        refused.invalid(&[("/to_stage_id", ErrorCode::NoSuchRecord)]);
    }
    send(body(offer, made["id"].clone()))
        .await
        .invalid(&[("/after_deal_id", ErrorCode::NotAllowed)]);
    // The card it should follow stands in another stage, or nowhere.
    for after in [elsewhere["id"].clone(), json!(nowhere)] {
        send(body(offer, after))
            .await
            .refused(409, ErrorCode::NeighbourLeft);
    }
    let gone = format!("/deals/{nowhere}/move");
    let refused = admin
        .post(&gone)
        .if_version(1)
        .json(&body(offer, Value::Null))
        .await;
    refused.refused(404, ErrorCode::NotFound);
    assert_eq!(rows::checksums(&db, admin.org(), &[]).await, before);
}

#[tokio::test]
async fn a_dry_run_gives_the_verdict_alone() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let made = deal(&admin, &sales, TALK, "Cranes", json!({})).await;
    let ask = |place: usize| {
        let body = json!({ "to_stage_id": stage(&sales, place) });
        let request = admin.post(&format!("{}/move?dry_run=true", path(&made)));
        request.if_match(&made).json(&body)
    };
    let db = app.db().await;
    let before = rows::checksums(&db, admin.org(), &[]).await;
    let verdict = ask(WON).await.expect(200).value();
    assert_eq!(
        (&verdict["stage_id"], &verdict["version"]),
        (&made["stage_id"], &made["version"])
    );
    ask(LOST)
        .await
        .invalid(&[("/loss_reason", ErrorCode::LossReasonRequired)]);
    assert_eq!(rows::checksums(&db, admin.org(), &[]).await, before);
}

#[tokio::test]
async fn the_same_key_moves_once_and_another_body_under_it_is_refused() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let made = deal(&admin, &sales, TALK, "Cranes", json!({})).await;
    let send = |place: usize| moving(&admin, &made, stage(&sales, place), None).key("one drag");
    let first = send(OFFER).await.expect(200);
    // Somebody else has moved it on, and the answer that was lost comes all the same.
    moved(&admin, &first.value(), stage(&sales, TERMS), None).await;
    let db = app.db().await;
    let before = rows::checksums(&db, admin.org(), &[]).await;
    let second = send(OFFER).await.expect(200);
    assert_eq!(
        (second.value(), second.header("etag")),
        (first.value(), first.header("etag"))
    );
    send(WON).await.refused(422, ErrorCode::KeyReused);
    assert_eq!(rows::checksums(&db, admin.org(), &[]).await, before);
}

/// A lost answer is given again also to somebody who lost the deal meanwhile.
#[tokio::test]
async fn the_same_key_gives_the_answer_again_when_the_deal_has_left_the_view() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let team = team(&admin).await;
    let sales = funnel(&admin, "Sales").await;
    let made = deal(&team.rep, &sales, TALK, "Cranes", json!({})).await;
    let first = moving(&team.rep, &made, stage(&sales, OFFER), None)
        .key("k")
        .await
        .expect(200);
    let give = json!({ "owner_id": team.other.id() });
    admin
        .patch(&path(&made))
        .if_match(&first.value())
        .json(&give)
        .await
        .expect(200);
    let second = moving(&team.rep, &made, stage(&sales, OFFER), None)
        .key("k")
        .await
        .expect(200);
    assert_eq!(second.value(), first.value());
}

#[tokio::test]
async fn key_of_one_deal_says_nothing_of_another() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let first = deal(&admin, &sales, TALK, "Cranes", json!({})).await;
    let second = deal(&admin, &sales, TALK, "Winches", json!({})).await;
    let send = |deal: &Value| moving(&admin, deal, stage(&sales, OFFER), None).key("one drag");
    send(&first).await.expect(200);
    send(&second).await.refused(422, ErrorCode::KeyReused);
    let now = admin.read(&path(&second)).await;
    assert_eq!(now["stage_id"], stage(&sales, TALK));
}

/// DND-9: one wins, the others are told who moved it where.
#[tokio::test]
async fn of_many_who_move_a_deal_at_once_one_wins_and_the_others_see_where_it_is() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let made = deal(&admin, &sales, TALK, "Cranes", json!({})).await;
    let places = [OFFER, TERMS, WON, OFFER, TERMS, WON, TALK, OFFER];
    let moves = places.map(|place| moving(&admin, &made, stage(&sales, place), None).into_future());
    let answers: Vec<Response> = futures_util::future::join_all(moves).await;
    let winners: Vec<&Response> = answers
        .iter()
        .filter(|answer| answer.status == 200)
        .collect();
    assert_eq!(winners.len(), 1);
    let won = winners[0].value();
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        let current = answer.refused(412, ErrorCode::Stale).current.unwrap();
        for field in ["stage_id", "rank", "version"] {
            assert_eq!(current[field], won[field], "{field}");
        }
        assert_eq!(answer.header("etag"), "\"2\"");
    }
    assert_eq!(admin.read(&path(&made)).await["version"], 2);
    // Who it was stands in the audit.
    let audit = admin.get(&format!("{}/audit", path(&made))).await.items();
    assert_eq!(audit[0]["kind"], "deal.moved");
    assert_eq!(audit[0]["actor_id"], admin.id());
    assert_eq!(audit[0]["data"]["new"]["stage_id"], won["stage_id"]);
    assert_eq!(audit.len(), 2);
}

#[tokio::test]
async fn a_card_comes_to_stand_where_it_was_put() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let talk = stage(&sales, TALK);
    let mut cards = Vec::new();
    for title in ["c", "b", "a"] {
        cards.insert(0, deal(&admin, &sales, TALK, title, json!({})).await);
    }
    assert_eq!(column(&admin, talk).await, ["a", "b", "c"]);
    moved(&admin, &cards[0], talk, Some(&cards[2])).await;
    assert_eq!(column(&admin, talk).await, ["b", "c", "a"]);
    moved(&admin, &cards[2], talk, None).await;
    assert_eq!(column(&admin, talk).await, ["c", "b", "a"]);
    // Other cards keep their rank and version.
    assert_eq!(admin.read(&path(&cards[1])).await, cards[1]);
    let hidden = archived(&admin, &cards[1]).await;
    let refused = moving(
        &admin,
        &admin.read(&path(&cards[0])).await,
        talk,
        Some(&hidden),
    )
    .await;
    refused.refused(409, ErrorCode::NeighbourLeft);
    assert_eq!(id(&hidden), id(&cards[1]));
}
