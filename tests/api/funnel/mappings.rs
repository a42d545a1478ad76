//! A funnel read through another one: the same deals, told by other stages.

use super::{LOST, OFFER, TALK, TERMS, WON, deal, funnel, id, moved, path, stage};
use shared::error::ErrorCode;
use shared::funnel::methods::Method;
use shared::identity::{Locale, Role};
use tests::{Client, TestApp, Value, json, rows};

async fn through(user: &Client, sales: &Value, other: &Value) -> Value {
    let address = format!("/funnels/{}/shape?through={}", id(sales), id(other));
    user.read(&address).await
}

fn pairs(from: &Value, to: &Value, places: &[(usize, usize)]) -> Value {
    let pairs = places
        .iter()
        .map(|(a, b)| json!({ "from_stage_id": stage(from, *a), "to_stage_id": stage(to, *b) }));
    pairs.collect()
}

async fn other(admin: &Client) -> Value {
    let told = Method::Aida.told(Locale::En);
    let body = json!({ "name": told.name, "method": told.key, "stages": told.stages });
    admin.make("/funnels", body).await
}

/// Deals that are lost at the offer, at the terms, won, and back at the talk.
async fn fill(admin: &Client, sales: &Value) {
    for place in [OFFER, TERMS, TERMS] {
        let made = deal(admin, sales, place, "Lost", json!({})).await;
        let body = json!({ "to_stage_id": stage(sales, LOST), "loss_reason": "price" });
        let lost = admin.post(&format!("{}/move", path(&made)));
        lost.if_match(&made).json(&body).await.expect(200);
    }
    deal(admin, sales, WON, "Won", json!({})).await;
    let back = deal(admin, sales, TERMS, "Back", json!({})).await;
    moved(admin, &back, stage(sales, TALK), None).await;
    deal(admin, sales, TALK, "Talk", json!({})).await;
}

/// FUN-04, FUN-26: the same deals through another method, by a mapping that was said or guessed.
#[tokio::test]
async fn the_same_deals_are_told_by_the_stages_of_another_funnel() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let aida = other(&admin).await;
    fill(&admin, &sales).await;

    // Nobody said so: awareness, interest, decision are talk, offer, terms.
    let guessed = through(&admin, &sales, &aida).await;
    assert_eq!(guessed["reading"]["is_guess"], true);
    let straight = [(TALK, 0), (OFFER, 1), (TERMS, 2), (WON, 3)];
    assert_eq!(guessed["reading"]["pairs"], pairs(&sales, &aida, &straight));
    let own = admin.read(&format!("/funnels/{}/shape", id(&sales))).await;
    assert_eq!(own.get("reading"), None);
    for (told, own) in guessed["stages"]
        .as_array()
        .unwrap()
        .iter()
        .zip(own["stages"].as_array().unwrap())
    {
        assert_eq!(told["entered"], own["entered"]);
        assert_eq!(told["lost"], own["lost"]);
        assert_eq!(told.get("conversion"), own.get("conversion"));
    }

    // Talk and offer are awareness, terms are the decision: nobody stays interested.
    let said = [(TALK, 0), (OFFER, 0), (TERMS, 2), (WON, 3)];
    let body = json!({ "through_id": aida["id"], "pairs": pairs(&sales, &aida, &said) });
    let address = format!("/funnels/{}/mappings", id(&sales));
    let reading = admin.post(&address).json(&body).await.expect(200).value();
    assert_eq!(reading["is_guess"], false);
    assert_eq!(reading["pairs"], body["pairs"]);
    let told = through(&admin, &sales, &aida).await;
    assert_eq!(told["reading"], reading);
    let figures = |name: &str| -> Vec<i64> {
        let stages = told["stages"].as_array().unwrap().iter();
        stages
            .map(|stage| stage[name]["count"].as_i64().unwrap())
            .collect()
    };
    assert_eq!(figures("entered"), [6, 4, 4, 1]);
    assert_eq!(figures("lost"), [1, 0, 2, 0]);
    assert_eq!(figures("back"), [0, 0, 1, 0]);
    assert_eq!(told["stages"][0]["conversion"], 67);
    assert_eq!(told["stages"][2]["conversion"], 25);
    let rep = admin.invite(Role::Rep).await;
    rep.post(&address)
        .json(&body)
        .await
        .refused(403, ErrorCode::Forbidden);

    // Of a stage that comes in later it is a guess, and what was said of the others stays.
    let mut stages = sales["stages"].as_array().unwrap().clone();
    for stage in &mut stages {
        for field in ["funnel_id", "position"] {
            stage.as_object_mut().unwrap().remove(field);
        }
    }
    stages.insert(
        0,
        json!({ "name": "Find", "kind": "open", "probability": 5 }),
    );
    let funnel = format!("/funnels/{}", id(&sales));
    let changed = admin.patch(&funnel).if_match(&sales);
    changed.json(&json!({ "stages": stages })).await.expect(200);
    let told = through(&admin, &sales, &aida).await;
    assert_eq!(told["reading"]["is_guess"], true);
    assert_eq!(told["stages"][0]["entered"]["count"], 6);
    let now = admin.read(&funnel).await;
    assert_eq!(told["reading"]["guessed"], json!([stage(&now, 0)]));
    let mut kept = told["reading"]["pairs"].as_array().unwrap().clone();
    kept.remove(0);
    assert_eq!(json!(kept), body["pairs"]);

    // What was said is forgotten when nothing is said.
    let nothing = json!({ "through_id": aida["id"] });
    let reading = admin
        .post(&address)
        .json(&nothing)
        .await
        .expect(200)
        .value();
    assert_eq!(reading["guessed"].as_array().unwrap().len(), 5);
    let told = through(&admin, &sales, &aida).await;
    assert_eq!(told["reading"], reading);
}

/// FUN-26: two mappings, there and back, that would lead the same deals on and on do not stand together.
#[tokio::test]
async fn a_mapping_that_contradicts_the_one_back_is_refused_with_its_pair() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let aida = other(&admin).await;
    let say = async |from: &Value, to: &Value, places: Option<&[(usize, usize)]>| {
        let mut body = json!({ "through_id": to["id"] });
        if let Some(places) = places {
            body["pairs"] = pairs(from, to, places);
        }
        let address = format!("/funnels/{}/mappings", id(from));
        admin.post(&address).json(&body).await
    };
    let straight = [(TALK, 0), (OFFER, 1), (TERMS, 2), (WON, 3)];
    say(&sales, &aida, Some(&straight)).await.expect(200);

    // Interest is the offer there, but here the terms.
    let away = [(0, TALK), (1, TERMS), (2, TERMS), (3, WON)];
    let refused = say(&aida, &sales, Some(&away)).await;
    refused.invalid(&[("/pairs/1/to_stage_id", ErrorCode::Cycle)]);
    let named = &refused.problem().errors[0];
    assert_eq!(named.limit.as_deref(), Some("Offer → Interest"));
    let read = admin
        .read(&format!(
            "/funnels/{}/shape?through={}",
            id(&aida),
            id(&sales)
        ))
        .await;
    assert_eq!(read["reading"]["guessed"].as_array().unwrap().len(), 4);

    // Two stages may stand for one, as long as it stands for one of them.
    let coarse = [(TALK, 0), (OFFER, 0), (TERMS, 2), (WON, 3)];
    say(&sales, &aida, Some(&coarse)).await.expect(200);
    let back = [(0, OFFER), (1, OFFER), (2, TERMS), (3, WON)];
    say(&aida, &sales, Some(&back)).await.expect(200);
    // Forgotten on the one side, it binds nobody on the other.
    say(&sales, &aida, None).await.expect(200);
    say(&aida, &sales, Some(&away)).await.expect(200);

    // Said at the same moment, one of them is refused, whichever came first, and neither waits for ever.
    for _ in 0..8 {
        say(&sales, &aida, None).await.expect(200);
        say(&aida, &sales, None).await.expect(200);
        let (there, back) = tokio::join!(
            say(&sales, &aida, Some(&straight)),
            say(&aida, &sales, Some(&away))
        );
        let mut answers = [there.status, back.status];
        answers.sort_unstable();
        assert_eq!(answers, [200, 422], "{} {}", there.text(), back.text());
    }
}

#[tokio::test]
async fn a_mapping_that_goes_back_leaves_out_or_leads_nowhere_is_refused_with_its_pair() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let aida = other(&admin).await;
    let address = format!("/funnels/{}/mappings", id(&sales));
    let db = app.db().await;
    let before = rows::checksums(&db, admin.org(), &[]).await;
    let send = async |through: &Value, places: &[(usize, usize)]| {
        let body = json!({ "through_id": through["id"], "pairs": pairs(&sales, through, places) });
        admin.post(&address).json(&body).await
    };
    let refused = send(&aida, &[(TALK, 2), (OFFER, 1), (TERMS, 2), (WON, 3)]).await;
    refused.invalid(&[("/pairs/1/to_stage_id", ErrorCode::MappingGoesBack)]);
    let named = &refused.problem().errors[0];
    assert_eq!(named.limit.as_deref(), Some("Offer → Interest"));
    let refused = send(&aida, &[(TALK, 0), (TERMS, 2), (WON, 3)]).await;
    refused.invalid(&[("/pairs", ErrorCode::MappingIncomplete)]);
    let refused = send(&aida, &[(TALK, 0), (OFFER, 1), (TERMS, 3), (WON, 3)]).await;
    refused.invalid(&[("/pairs/2/to_stage_id", ErrorCode::OtherStageKind)]);
    // Through itself.
    let refused = send(
        &sales,
        &[(TALK, TALK), (OFFER, OFFER), (TERMS, TERMS), (WON, WON)],
    )
    .await;
    refused.invalid(&[("/through_id", ErrorCode::Cycle)]);
    let body = json!({ "through_id": uuid::Uuid::now_v7() });
    let refused = admin.post(&address).json(&body).await;
    refused.invalid(&[("/through_id", ErrorCode::NoSuchRecord)]);
    let nowhere = format!(
        "/funnels/{}/shape?through={}",
        id(&sales),
        uuid::Uuid::now_v7()
    );
    let refused = admin.get(&nowhere).await;
    refused.invalid(&[("through", ErrorCode::NoSuchRecord)]);
    assert_eq!(rows::checksums(&db, admin.org(), &[]).await, before);
}
