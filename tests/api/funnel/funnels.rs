//! Funnels: made whole, changed whole, named once, put away empty.

use super::{
    LOST, OFFER, TALK, TERMS, all, archived, deal, funnel, id, moving, path, stage, stages,
};
use shared::error::ErrorCode;
use shared::funnel::methods::Method;
use shared::identity::{Locale, Role};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use tests::{TestApp, User, Value, json, rows};

async fn patch(admin: &User, funnel: &Value, change: Value) -> tests::Response {
    let address = format!("/funnels/{}", id(funnel));
    admin.patch(&address).if_match(funnel).json(&change).await
}

/// FUN-01, FUN-05, FUN-06, FUN-27: ordered stages, each with its own rate, definition, goal and texts.
#[tokio::test]
async fn a_funnel_keeps_its_stages_in_order_with_everything_said_about_them() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let mut sent = stages();
    sent[OFFER] = json!({
        "name": "Offer", "kind": "open", "probability": 25, "probability_high": 50,
        "definition": "They asked for a price", "goal": "A date for the decision",
        "entry_text": "Need known", "exit_text": "Price known", "rot_days": 14, "colour": "teal",
        "attention": "high",
    });
    let body = json!({ "name": " Sales ", "stages": sent });
    let answer = admin.post("/funnels").json(&body).await.expect(201);
    let made = answer.value();
    let address = format!("/funnels/{}", id(&made));
    assert_eq!(answer.header("location"), format!("/api/v1{address}"));
    assert_eq!(made["name"], "Sales");
    for (place, stage) in made["stages"].as_array().unwrap().iter().enumerate() {
        assert_eq!(stage["position"], place);
        assert_eq!(stage["funnel_id"], made["id"]);
        for (field, value) in sent[place].as_object().unwrap() {
            assert_eq!(&stage[field], value, "{place} {field}");
        }
    }
    assert_eq!(admin.read(&address).await, made);
}

/// FUN-16, FUN-21, FUN-04: the methods that come with the product are funnels side by side.
#[tokio::test]
async fn the_methods_of_the_product_become_funnels_of_their_own() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    for (method, first, steps) in [
        (Method::SixSteps, "客户分析", 6),
        (Method::KeyCustomers, "目标市场", 4),
    ] {
        let body =
            json!({ "name": method.name(Locale::ZhCn), "stages": method.stages(Locale::ZhCn) });
        let made = admin.make("/funnels", body).await;
        let stages = made["stages"].as_array().unwrap();
        assert_eq!(stages[0]["name"], first);
        let on_the_way = stages.iter().filter(|stage| stage["kind"] != "lost");
        assert_eq!(on_the_way.count(), steps);
        for stage in stages {
            assert_ne!(stage["definition"], Value::Null, "{stage}");
            assert_ne!(stage["goal"], Value::Null, "{stage}");
        }
    }
    let names = all(&admin.get("/funnels").await, "name");
    assert_eq!(names, ["六步销售法", "重点客户漏斗"]);
}

/// FUN-03: stages are the company's own.
#[tokio::test]
async fn stages_are_renamed_reordered_added_and_left_out_at_once() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let old = funnel(&admin, "Sales").await;
    let kept = deal(&admin, &old, OFFER, "Cranes", json!({})).await;

    let mut drafts = old["stages"].as_array().unwrap().clone();
    drafts.swap(TALK, OFFER);
    drafts[0]["name"] = json!("Price");
    let left_out = drafts.remove(TERMS);
    drafts.insert(
        0,
        json!({ "name": "Find", "kind": "open", "probability": 5 }),
    );
    let drafts: Vec<Value> = drafts.into_iter().map(draft).collect();
    let new = patch(&admin, &old, json!({ "stages": drafts })).await;
    let new = new.expect(200).value();

    let named = |funnel: &Value| -> Vec<String> {
        let stages = funnel["stages"].as_array().unwrap();
        let names = stages.iter().map(|stage| stage["name"].as_str().unwrap());
        names.map(str::to_owned).collect()
    };
    assert_eq!(named(&new), ["Find", "Price", "Talk", "Won", "Lost"]);
    assert_eq!(new["version"], 2);
    assert_eq!(new["stages"][1]["id"], old["stages"][OFFER]["id"]);
    assert_eq!(
        admin.read(&path(&kept)).await["stage_id"],
        old["stages"][OFFER]["id"]
    );
    // What was left out takes no deals any more.
    let refused = moving(&admin, &kept, id(&left_out), None).await;
    refused.refused(409, ErrorCode::StageArchived);
    let body = json!({ "title": "X", "funnel_id": old["id"], "stage_id": left_out["id"] });
    let refused = admin.post("/deals").json(&body).await;
    refused.invalid(&[("/stage_id", ErrorCode::StageArchived)]);
}

/// A stage as the API gives it, as it is sent back.
fn draft(mut stage: Value) -> Value {
    for field in ["funnel_id", "position"] {
        stage.as_object_mut().unwrap().remove(field);
    }
    stage
}

#[tokio::test]
async fn a_stage_that_holds_deals_is_neither_left_out_nor_of_another_kind() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let old = funnel(&admin, "Sales").await;
    let held = deal(&admin, &old, TERMS, "Cranes", json!({})).await;
    let drafts: Vec<Value> = old["stages"]
        .as_array()
        .unwrap()
        .iter()
        .cloned()
        .map(draft)
        .collect();
    let mut without = drafts.clone();
    without.remove(TERMS);
    let mut won = drafts.clone();
    won[TERMS]["kind"] = json!("won");

    let db = app.db().await;
    let before = rows::checksums(&db, admin.org(), &[]).await;
    let refused = patch(&admin, &old, json!({ "name": "X", "stages": without })).await;
    refused.invalid(&[("/stages", ErrorCode::NotEmpty)]);
    let refused = patch(&admin, &old, json!({ "stages": won })).await;
    refused.invalid(&[("/stages/2/kind", ErrorCode::NotEmpty)]);
    let refused = admin
        .delete(&format!("/funnels/{}", id(&old)))
        .if_match(&old)
        .await;
    refused.refused(409, ErrorCode::NotEmpty);
    assert_eq!(rows::checksums(&db, admin.org(), &[]).await, before);

    // A deal that is put away holds nothing, but it cannot come back there.
    let gone = archived(&admin, &held).await;
    patch(&admin, &old, json!({ "stages": without }))
        .await
        .expect(200);
    let back = admin
        .post(&format!("{}/restore", path(&gone)))
        .if_match(&gone)
        .await;
    back.refused(409, ErrorCode::StageArchived);
}

#[tokio::test]
async fn what_is_wrong_with_a_funnel_is_named_at_its_place() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let old = funnel(&admin, "Sales").await;
    let with = |place: usize, field: &str, value: Value| {
        let mut stages = stages();
        stages[place][field] = value;
        json!({ "name": "Other", "stages": stages })
    };
    let open = json!([{ "name": "Talk", "kind": "open", "probability": 20 }]);
    let db = app.db().await;
    let before = rows::checksums(&db, admin.org(), &[]).await;
    for (body, pointer, code) in [
        (
            json!({ "name": "", "stages": stages() }),
            "/name",
            ErrorCode::Required,
        ),
        (
            json!({ "name": "Sales", "stages": stages() }),
            "/name",
            ErrorCode::Taken,
        ),
        (
            json!({ "name": "Other", "stages": open }),
            "/stages",
            ErrorCode::FunnelIncomplete,
        ),
        (
            with(1, "name", json!(" talk ")),
            "/stages/1/name",
            ErrorCode::Taken,
        ),
        (
            with(1, "probability", json!(101)),
            "/stages/1/probability",
            ErrorCode::OutOfRange,
        ),
        (
            with(1, "probability_high", json!(49)),
            "/stages/1/probability_high",
            ErrorCode::OutOfRange,
        ),
        (
            with(1, "rot_days", json!(0)),
            "/stages/1/rot_days",
            ErrorCode::OutOfRange,
        ),
        (
            with(1, "kind", json!("maybe")),
            "/stages/1/kind",
            ErrorCode::NotAllowed,
        ),
        (
            with(1, "probability", json!("half")),
            "/stages/1/probability",
            ErrorCode::BadFormat,
        ),
        (
            with(1, "probabilty", json!(50)),
            "/stages/1/probabilty",
            ErrorCode::UnknownField,
        ),
    ] {
        let refused = admin.post("/funnels").json(&body).await;
        refused.invalid(&[(pointer, code)]);
    }
    let mut strange: Vec<Value> = old["stages"]
        .as_array()
        .unwrap()
        .iter()
        .cloned()
        .map(draft)
        .collect();
    strange[1]["id"] = json!(uuid::Uuid::now_v7());
    let refused = patch(&admin, &old, json!({ "stages": strange })).await;
    refused.invalid(&[("/stages/1/id", ErrorCode::NoSuchRecord)]);
    assert_eq!(rows::checksums(&db, admin.org(), &[]).await, before);
}

#[tokio::test]
async fn a_funnel_that_is_put_away_takes_no_deals_and_no_changes_until_it_is_back() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let made = funnel(&admin, "Sales").await;
    let parked = deal(&admin, &made, TALK, "Parked", json!({})).await;
    let parked = archived(&admin, &parked).await;
    let address = format!("/funnels/{}", id(&made));
    let gone = admin
        .delete(&address)
        .if_match(&made)
        .await
        .expect(200)
        .value();
    assert_ne!(gone["archived_at"], Value::Null);
    assert!(admin.get("/funnels").await.items().is_empty());
    assert_eq!(
        all(&admin.get("/funnels?archived=true").await, "name"),
        ["Sales"]
    );

    patch(&admin, &gone, json!({ "name": "X" }))
        .await
        .refused(409, ErrorCode::Archived);
    for more in [json!({}), json!({ "stage_id": stage(&made, OFFER) })] {
        let mut body = json!({ "title": "X", "funnel_id": made["id"] });
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        let refused = admin.post("/deals").json(&body).await;
        refused.invalid(&[("/funnel_id", ErrorCode::Archived)]);
    }
    let restore = format!("{}/restore", path(&parked));
    let refused = admin.post(&restore).if_match(&parked).await;
    refused.refused(409, ErrorCode::StageArchived);

    let back = admin
        .post(&format!("{address}/restore"))
        .if_match(&gone)
        .await;
    assert_eq!(back.expect(200).value()["archived_at"], Value::Null);
    deal(&admin, &made, LOST, "Lost", json!({})).await;
    admin.post(&restore).if_match(&parked).await.expect(200);
}

#[tokio::test]
async fn only_those_who_keep_the_funnels_change_them() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let rep = admin.invite(Role::Rep).await;
    let made = funnel(&admin, "Sales").await;
    let body = json!({ "name": "Mine", "stages": stages() });
    rep.post("/funnels")
        .json(&body)
        .await
        .refused(403, ErrorCode::Forbidden);
    patch(&rep, &made, json!({ "name": "X" }))
        .await
        .refused(403, ErrorCode::Forbidden);
    let manager = admin.invite(Role::Manager).await;
    patch(&manager, &made, json!({ "name": "Ours" }))
        .await
        .expect(200);
    assert_eq!(
        rep.read(&format!("/funnels/{}", id(&made))).await["name"],
        "Ours"
    );
}

#[tokio::test]
async fn funnels_are_read_from_page_to_page() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let mut made = Vec::new();
    for number in 0..5 {
        let name = format!("Funnel {number}");
        funnel(&admin, &name).await;
        made.push(name);
    }
    let (mut seen, mut next) = (Vec::new(), Some("/funnels?limit=2".to_owned()));
    while let Some(address) = next {
        let page = admin.get(&address).await;
        seen.extend(all(&page, "name"));
        next = page.value()["next"]
            .as_str()
            .map(|next| next.strip_prefix("/api/v1").unwrap().to_owned());
    }
    assert_eq!(seen, made);
}

/// Nobody waits in a circle, and no deal ends in a stage that is gone.
#[tokio::test]
async fn deals_made_while_stages_are_left_out_end_in_stages_that_are_there() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let made = funnel(&admin, "Sales").await;
    let makers = async {
        let mut done = 0;
        for number in 0..40 {
            let body = json!({
                "title": format!("Deal {number}"), "funnel_id": made["id"], "stage_id": stage(&made, TERMS),
            });
            let answer = admin.post("/deals").json(&body).await;
            match answer.status {
                201 => done += 1,
                _ => answer.invalid(&[("/stage_id", ErrorCode::StageArchived)]),
            }
        }
        done
    };
    let keeper = async {
        let mut now = made.clone();
        for number in 0..20 {
            let mut drafts: Vec<Value> = now["stages"]
                .as_array()
                .unwrap()
                .iter()
                .cloned()
                .map(draft)
                .collect();
            if drafts[TERMS]["name"] == "Terms" {
                drafts.remove(TERMS);
            }
            let change = json!({ "name": format!("Sales {number}"), "stages": drafts });
            let answer = patch(&admin, &now, change).await;
            match answer.status {
                200 => now = answer.value(),
                _ => answer.invalid(&[("/stages", ErrorCode::NotEmpty)]),
            }
        }
        now
    };
    let (done, now) = tokio::join!(makers, keeper);
    let live = now["stages"]
        .as_array()
        .unwrap()
        .iter()
        .any(|stage| stage["name"] == "Terms");
    assert_eq!(
        live,
        done > 0,
        "{done} deals in a stage that is there: {live}"
    );
}

/// What is read of a funnel is of one moment: its version and name never tell of other stages than those
/// beside them, however often it is changed meanwhile.
#[tokio::test]
async fn a_funnel_is_read_as_of_one_moment() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let made = funnel(&admin, "Round").await;
    let address = format!("/funnels/{}", id(&made));
    let is_over = AtomicBool::new(false);
    let keeper = async {
        let mut now = made.clone();
        for round in 0..120 {
            let name = format!("Round {round}");
            let mut drafts: Vec<Value> = now["stages"]
                .as_array()
                .unwrap()
                .iter()
                .cloned()
                .map(draft)
                .collect();
            drafts[TALK]["name"] = json!(name);
            let change = json!({ "name": name, "stages": drafts });
            now = patch(&admin, &now, change).await.expect(200).value();
        }
        is_over.store(true, Ordering::Relaxed);
    };
    let reader = async |is_listed: bool| {
        let (mut seen, mut count) = (BTreeSet::new(), 0);
        while !is_over.load(Ordering::Relaxed) {
            let read = match is_listed {
                true => admin.get("/funnels").await.items()[0].clone(),
                false => admin.read(&address).await,
            };
            if read["version"] != 1 {
                assert_eq!(read["name"], read["stages"][TALK]["name"]);
            }
            seen.insert(read["version"].as_i64());
            count += 1;
        }
        (seen.len(), count)
    };
    let ((), alone, again, listed) =
        tokio::join!(keeper, reader(false), reader(false), reader(true));
    for (versions, reads) in [alone, again, listed] {
        assert!(versions > 10, "{versions} versions in {reads} reads");
    }
}
