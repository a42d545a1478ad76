//! The library of methods, and funnels made from it: what their stages say, and what counts in them.

use super::{all, id, moved, path, stages};
use shared::error::ErrorCode;
use shared::funnel::StageKind;
use shared::funnel::methods::{Method, SalesMethod};
use shared::identity::{Locale, Role};
use tests::{TestApp, Value, json};

/// FUN-10..22, SIX-05: all methods, from page to page, in the reader's language.
#[tokio::test]
async fn the_library_is_read_from_page_to_page_in_the_readers_language() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let rep = admin.invite(Role::Rep).await;
    for (tag, locale) in [("zh-CN", Locale::ZhCn), ("en", Locale::En)] {
        let (mut told, mut next) = (Vec::new(), Some("/methods?limit=4".to_owned()));
        while let Some(address) = next {
            let page = rep.get(&address).header("Accept-Language", tag).await;
            assert!(page.items().len() <= 4);
            for item in page.items() {
                told.push(serde_json::from_value::<SalesMethod>(item).unwrap());
            }
            next = page.value()["next"]
                .as_str()
                .map(|next| next.strip_prefix("/api/v1").unwrap().to_owned());
        }
        let known: Vec<_> = Method::after(None)
            .map(|method| method.told(locale))
            .collect();
        assert_eq!(told, known);
        assert_eq!(told.len(), 14);
    }
    let refused = rep.get("/methods?cursor=nonsense").await;
    refused.invalid(&[("cursor", ErrorCode::BadFormat)]);
}

/// FUN-01, FUN-04, FUN-23, SIX-02: every method becomes a funnel side by side with the others; a deal
/// goes through all its stages, those after the sale too, and each step counts.
#[tokio::test]
async fn a_deal_goes_all_the_way_through_each_method() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    for method in Method::after(None) {
        let told = method.told(Locale::En);
        let body = json!({ "name": told.name, "method": method, "stages": told.stages });
        let made = admin.make("/funnels", body).await;
        assert_eq!(made["method"], json!(method));
        let way: Vec<&Value> = made["stages"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|stage| stage["kind"] != "lost")
            .collect();
        let body = json!({ "title": told.name, "funnel_id": made["id"], "stage_id": way[0]["id"] });
        let mut deal = admin.make("/deals", body).await;
        let mut won_at = Value::Null;
        for stage in &way[1..] {
            // What the stages ask has a test of its own.
            let body = json!({ "to_stage_id": stage["id"], "override_reason": "A walk through all stages" });
            let gone = admin.post(&format!("{}/move", path(&deal)));
            deal = gone.if_match(&deal).json(&body).await.expect(200).value();
            assert_eq!(deal["stage_id"], stage["id"]);
            if stage["kind"] == "won" && won_at.is_null() {
                won_at = deal["closed_at"].clone();
            }
            // What goes on after the sale was won when it was won.
            assert_eq!(deal["closed_at"], won_at, "{method:?} {}", stage["name"]);
        }
        assert_ne!(won_at, Value::Null);

        let shape = admin.read(&format!("/funnels/{}/shape", id(&made))).await;
        let shape = shape["stages"].as_array().unwrap().clone();
        assert_eq!(shape.len(), way.len());
        for (index, (told, stage)) in shape.iter().zip(&way).enumerate() {
            assert_eq!(told["stage_id"], stage["id"]);
            assert_eq!(told["entered"]["count"], 1);
            let is_last = index + 1 == way.len();
            let share = if is_last { Value::Null } else { json!(100) };
            assert_eq!(told.get("conversion").unwrap_or(&Value::Null), &share);
            assert_eq!(told["still"]["count"], i32::from(is_last));
        }
        let totals = admin.read(&format!("/funnels/{}/totals", id(&made))).await;
        for column in totals["columns"].as_array().unwrap() {
            let place = way
                .iter()
                .position(|stage| stage["id"] == column["stage_id"]);
            let share = column["totals"].get("conversion").unwrap_or(&Value::Null);
            match place {
                Some(place) if place + 1 < way.len() => assert_eq!(share, 100, "{method:?}"),
                _ => assert!(share.is_null(), "{method:?}"),
            }
        }
    }
    let names = all(&admin.get("/funnels").await, "name");
    assert_eq!(names.len(), 14);
}

/// FUN-07, FUN-23: a customer may be lost after the sale as well, and come back.
#[tokio::test]
async fn a_deal_that_leaves_after_the_sale_is_closed_anew_and_counts_at_the_stage_it_reached() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let told = Method::SevenSteps.told(Locale::En);
    let body = json!({ "name": told.name, "stages": told.stages });
    let made = admin.make("/funnels", body).await;
    assert_eq!(made.get("method"), None);
    let at = |place: usize| id(&made["stages"][place]);
    let body = json!({ "title": "X", "funnel_id": made["id"], "stage_id": at(5) });
    let won = admin.make("/deals", body).await;
    let after = moved(&admin, &won, at(6), None).await;
    assert_eq!(after["closed_at"], won["closed_at"]);
    let body = json!({ "to_stage_id": at(7), "loss_reason": "price" });
    let lost = admin.post(&format!("{}/move", path(&after)));
    let lost = lost.if_match(&after).json(&body).await.expect(200).value();
    assert_ne!(lost["closed_at"], won["closed_at"]);
    let shape = admin.read(&format!("/funnels/{}/shape", id(&made))).await;
    assert_eq!(shape["stages"][6]["lost"]["count"], 1);
    let open = moved(&admin, &lost, at(3), None).await;
    assert_eq!(open["closed_at"], Value::Null);
}

/// FUN-05, FUN-28, ORG-07, GATE-25: what is said about a stage is kept, changed, and bounded.
#[tokio::test]
async fn tasks_questions_and_roles_of_a_stage_are_kept_and_bounded() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let mut sent = stages();
    sent[0]["tasks"] = json!(["Call", "Visit"]);
    sent[0]["questions"] = json!(["Who decides?"]);
    sent[0]["roles"] = json!(["User", "Decision maker"]);
    sent[0]["is_ours"] = json!(true);
    let body = json!({ "name": "Sales", "stages": sent, "product_line": " Cranes " });
    let made = admin.make("/funnels", body).await;
    assert_eq!(made["product_line"], "Cranes");
    for field in ["tasks", "questions", "roles", "is_ours"] {
        assert_eq!(made["stages"][0][field], sent[0][field], "{field}");
        assert_eq!(made["stages"][1].get(field), None, "{field}");
    }
    let address = format!("/funnels/{}", id(&made));
    assert_eq!(admin.read(&address).await, made);

    let with = |field: &str, value: Value| {
        let mut stages = stages();
        stages[1][field] = value;
        json!({ "name": "Other", "stages": stages })
    };
    for (body, pointer, code) in [
        (
            with("tasks", json!(vec!["x"; 21])),
            "/stages/1/tasks",
            ErrorCode::TooManyItems,
        ),
        (
            with("questions", json!(["x", " "])),
            "/stages/1/questions/1",
            ErrorCode::Required,
        ),
        (
            with("questions", json!(["x".repeat(301)])),
            "/stages/1/questions/0",
            ErrorCode::TooLong,
        ),
        (
            with("roles", json!(vec!["x"; 13])),
            "/stages/1/roles",
            ErrorCode::TooManyItems,
        ),
        (
            json!({ "name": "Other", "stages": stages(), "method": "magic" }),
            "/method",
            ErrorCode::NotAllowed,
        ),
        (
            json!({ "name": "Other", "stages": stages(), "product_line": "x".repeat(101) }),
            "/product_line",
            ErrorCode::TooLong,
        ),
    ] {
        let refused = admin.post("/funnels").json(&body).await;
        refused.invalid(&[(pointer, code)]);
    }

    // FUN-04: what it is for is the company's to change, and to take back.
    let change = json!({ "product_line": "Lifts" });
    let lifts = admin.patch(&address).if_match(&made).json(&change).await;
    let lifts = lifts.expect(200).value();
    assert_eq!(lifts["product_line"], "Lifts");
    let change = json!({ "product_line": null });
    let none = admin.patch(&address).if_match(&lifts).json(&change).await;
    assert_eq!(none.expect(200).value().get("product_line"), None);
}

/// FUN-28, 1.18 item 7: a funnel from a method keeps which parts of a stage are ours, through changes of
/// something else too, until a client says otherwise; a part there is not is refused where it stands.
#[tokio::test]
async fn the_marks_of_parts_that_are_ours_come_with_a_method_and_are_kept_and_changed() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let told = Method::KeyCustomers.told(Locale::En);
    let body = json!({ "name": told.name, "method": told.key, "stages": told.stages });
    let made = admin.make("/funnels", body).await;
    let second = json!(["definition", "goal", "questions", "roles", "probability"]);
    assert_eq!(made["stages"][1]["our_parts"], second);
    assert_eq!(made["stages"][4].get("our_parts"), None);
    for (stage, told) in made["stages"].as_array().unwrap().iter().zip(&told.stages) {
        let told = serde_json::to_value(told).unwrap();
        assert_eq!(stage.get("our_parts"), told.get("our_parts"));
    }
    let address = format!("/funnels/{}", id(&made));
    assert_eq!(admin.read(&address).await, made);

    // What is read of a funnel may be sent back: fields of a stage with its id.
    let mut sent: Vec<Value> = told
        .stages
        .iter()
        .zip(made["stages"].as_array().unwrap())
        .map(|(fields, stage)| {
            let mut sent = serde_json::to_value(fields).unwrap();
            sent["id"] = stage["id"].clone();
            sent
        })
        .collect();
    sent[0]["name"] = json!("Market");
    let change = json!({ "stages": sent });
    let kept = admin.patch(&address).if_match(&made).json(&change).await;
    let kept = kept.expect(200).value();
    assert_eq!(kept["stages"][0]["name"], "Market");
    for (now, before) in kept["stages"].as_array().unwrap().iter().zip(&sent) {
        assert_eq!(now.get("our_parts"), before.get("our_parts"));
    }

    // In any order and twice is as good as once.
    sent[1]["our_parts"] = json!(["roles", "goal", "roles"]);
    sent[2].as_object_mut().unwrap().remove("our_parts");
    let change = json!({ "stages": sent });
    let said = admin.patch(&address).if_match(&kept).json(&change).await;
    let said = said.expect(200).value();
    assert_eq!(said["stages"][1]["our_parts"], json!(["goal", "roles"]));
    assert_eq!(said["stages"][2].get("our_parts"), None);

    sent[1]["our_parts"] = json!(["goal", "colour"]);
    let change = json!({ "stages": sent });
    let refused = admin.patch(&address).if_match(&said).json(&change).await;
    refused.invalid(&[("/stages/1/our_parts/1", ErrorCode::NotAllowed)]);
    sent[1]["our_parts"] = json!("goal");
    let change = json!({ "stages": sent });
    let refused = admin.patch(&address).if_match(&said).json(&change).await;
    refused.invalid(&[("/stages/1/our_parts", ErrorCode::BadFormat)]);
    assert_eq!(admin.read(&address).await, said);
}

/// FUN-14: the middle of the range is what a deal of the step weighs.
#[tokio::test]
async fn a_range_of_probability_weighs_by_its_middle() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let told = Method::SevenSteps.told(Locale::En);
    let fourth = told.stages[3].clone();
    assert_eq!(fourth.kind, StageKind::Open);
    let body = json!({ "name": told.name, "stages": told.stages });
    let made = admin.make("/funnels", body).await;
    let stage = id(&made["stages"][3]);
    let amount = json!({ "amount": "1000", "currency": "CNY" });
    let body =
        json!({ "title": "X", "funnel_id": made["id"], "stage_id": stage, "amount": amount });
    admin.make("/deals", body).await;
    let totals = admin.read(&format!("/funnels/{}/totals", id(&made))).await;
    let column = &totals["columns"][3];
    assert_eq!(column["totals"]["weighted"][0]["amount"], "370");
}

/// GATE-01, GATE-02, GATE-12, GATE-14, GATE-24: a funnel made from a method asks what the method's source
/// asks, holds deals back by it, and lets it be changed.
#[tokio::test]
async fn a_funnel_from_a_method_asks_what_its_source_asks() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let told = Method::SevenStages.told(Locale::En);
    let body = json!({ "name": told.name, "method": told.key, "stages": told.stages });
    let funnel = admin.make("/funnels", body).await;
    let project = &funnel["stages"][2];
    assert_eq!(project["gate_version"], 1);
    let gate = admin
        .read(&format!("/stages/{}/gate", project["id"].as_str().unwrap()))
        .await;
    assert_eq!(gate["gate"]["on_miss"], "step_back");
    let rules: Vec<&Value> = gate["gate"]["criteria"]
        .as_array()
        .unwrap()
        .iter()
        .map(|criterion| &criterion["rule"])
        .collect();
    let fact = |fact: &str, is: Value| json!({ "fact": { "fact": fact, "is": is } });
    assert!(rules.contains(&&fact("shortlist", json!({ "at_most": 3 }))));
    assert!(rules.contains(&&fact("chance_soon", json!({ "at_least": 50 }))));

    let deal = admin
        .make(
            "/deals",
            json!({ "title": "Project", "funnel_id": funnel["id"], "stage_id": funnel["stages"][0]["id"] }),
        )
        .await;
    let held = admin
        .post(&format!("/deals/{}/move", deal["id"].as_str().unwrap()))
        .if_match(&deal)
        .json(&json!({ "to_stage_id": funnel["stages"][1]["id"] }))
        .await;
    held.refused(422, ErrorCode::GateNotMet);

    // Other methods ask for nothing yet.
    let told = Method::Aida.told(Locale::En);
    let body = json!({ "name": told.name, "method": told.key, "stages": told.stages });
    let plain = admin.make("/funnels", body).await;
    assert_eq!(plain["stages"][0].get("gate_version"), None);
}
