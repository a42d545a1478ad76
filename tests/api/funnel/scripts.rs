//! Scripts by stage and customer type: the library, what fits a deal, what comes with the product.

use super::{OFFER, TALK, deal, funnel, id, stage, team};
use shared::error::ErrorCode;
use shared::identity::Role;
use tests::{TestApp, User, Value, json, rows};

async fn written(user: &User, title: &str, aim: Value) -> Value {
    let body = json!({ "kind": "script", "title": title, "body": "Say this.", "aim": aim });
    user.make("/scripts", body).await
}

fn one(script: &Value) -> String {
    format!("/scripts/{}", id(script))
}

async fn titles(user: &User, path: &str) -> Vec<String> {
    let items = user.get(path).await.items();
    let titles = items.iter().filter_map(|one| one["title"].as_str());
    titles.map(str::to_owned).collect()
}

/// SIX-12: what fits the deal's stage and the type of its account, the most specific first; page by page.
#[tokio::test]
async fn a_deal_gets_the_scripts_for_its_stage_and_customer_type_the_specific_first() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let talk = stage(&sales, TALK);
    let body = json!({ "name": "Harbour", "kind": "company", "size": "large", "tier": "A" });
    let account = admin.make("/accounts", body).await;
    let of = json!({ "account_id": account["id"] });
    let made = deal(&admin, &sales, TALK, "Cranes", of).await;
    for (title, aim) in [
        ("All", json!({})),
        ("Open stages", json!({ "stage_kind": "open" })),
        ("Won stages", json!({ "stage_kind": "won" })),
        ("Talk", json!({ "stage_id": talk })),
        ("Offer", json!({ "stage_id": stage(&sales, OFFER) })),
        ("Talk, tier A", json!({ "stage_id": talk, "tier": "A" })),
        ("Talk, tier B", json!({ "stage_id": talk, "tier": "B" })),
        (
            "Large companies",
            json!({ "account_kind": "company", "size": "large" }),
        ),
        ("Persons", json!({ "account_kind": "person" })),
    ] {
        written(&admin, title, aim).await;
    }
    let fitting = format!("/deals/{}/scripts", id(&made));
    let expected = [
        "Talk, tier A",
        "Talk",
        "Open stages",
        "Large companies",
        "All",
    ];
    assert_eq!(titles(&admin, &fitting).await, expected);
    let page = admin.get(&fitting).query("limit", 2).await.value();
    let cursor = page["next_cursor"].as_str().unwrap().to_owned();
    let rest = admin
        .get(&fitting)
        .query("limit", 3)
        .query("cursor", &cursor);
    let rest: Vec<Value> = rest.await.items();
    let rest: Vec<&str> = rest
        .iter()
        .filter_map(|one| one["title"].as_str())
        .collect();
    assert_eq!(rest, expected[2..]);

    // A deal without an account gets what asks for no type; one that was put away is offered no more.
    let bare = deal(&admin, &sales, OFFER, "Docks", json!({})).await;
    let fitting = format!("/deals/{}/scripts", id(&bare));
    assert_eq!(
        titles(&admin, &fitting).await,
        ["Offer", "Open stages", "All"]
    );
    let library = admin.get("/scripts").await.items();
    let all = library.iter().find(|one| one["title"] == "All").unwrap();
    admin.delete(&one(all)).if_match(all).await.expect(200);
    assert_eq!(titles(&admin, &fitting).await, ["Offer", "Open stages"]);
}

/// SIX-12: the library is written, narrowed to a kind, changed, put away and taken out again.
#[tokio::test]
async fn a_script_is_written_changed_put_away_and_taken_out_again() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let new = written(&admin, " First call ", json!({ "tier": "A" })).await;
    assert_eq!(new["title"], "First call");
    assert_eq!(new["aim"], json!({ "tier": "A" }));
    let body = json!({ "kind": "strategy", "title": "Three levels", "body": "At once." });
    admin.make("/scripts", body).await;
    assert_eq!(
        titles(&admin, "/scripts").await,
        ["Three levels", "First call"]
    );
    assert_eq!(
        titles(&admin, "/scripts?kind=strategy").await,
        ["Three levels"]
    );

    let change = json!({ "body": "Say that.", "aim": { "size": "micro" } });
    let now = admin.patch(&one(&new)).if_match(&new).json(&change).await;
    let now = now.expect(200).value();
    assert_eq!(
        (&now["version"], &now["title"]),
        (&json!(2), &json!("First call"))
    );
    assert_eq!(now["aim"], json!({ "size": "micro" }));
    let stale = admin.patch(&one(&new)).if_match(&new).json(&change).await;
    stale.refused(412, ErrorCode::Stale);
    let gone = admin
        .delete(&one(&new))
        .if_match(&now)
        .await
        .expect(200)
        .value();
    assert_eq!(titles(&admin, "/scripts").await, ["Three levels"]);
    assert_eq!(
        titles(&admin, "/scripts?archived=true").await,
        ["First call"]
    );
    let refused = admin.patch(&one(&new)).if_match(&gone).json(&change).await;
    refused.refused(409, ErrorCode::Archived);
    let back = admin
        .post(&format!("{}/restore", one(&new)))
        .if_match(&gone);
    assert_eq!(back.await.expect(200).value()["archived_at"], Value::Null);
    let page = admin.get("/scripts").query("limit", 1).await.value();
    let cursor = page["next_cursor"].as_str().unwrap().to_owned();
    let rest = admin
        .get("/scripts")
        .query("limit", 1)
        .query("cursor", &cursor);
    assert_eq!(rest.await.items()[0]["title"], "First call");
    let events = app.feed(&admin).await;
    let kinds: Vec<&str> = events
        .iter()
        .filter_map(|event| event["kind"].as_str())
        .collect();
    for kind in [
        "script.created",
        "script.updated",
        "script.archived",
        "script.restored",
    ] {
        assert!(kinds.contains(&kind), "{kind} in {kinds:?}");
    }
}

/// Bad input is named, and nothing is written.
#[tokio::test]
async fn a_script_that_says_nothing_or_is_for_a_strange_stage_is_refused() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let south = app.sign_up("South").await;
    let sales = funnel(&admin, "Sales").await;
    let foreign = funnel(&south, "Sales").await;
    let known = written(&admin, "Call", json!({})).await;
    let db = app.db().await;
    let before = rows::checksums(&db, admin.org(), &[]).await;
    let both = json!({ "stage_id": stage(&sales, TALK), "stage_kind": "open" });
    for (change, pointer, code) in [
        (json!({ "title": " " }), "/title", ErrorCode::Required),
        (
            json!({ "title": "x".repeat(121) }),
            "/title",
            ErrorCode::TooLong,
        ),
        (json!({ "body": "" }), "/body", ErrorCode::Required),
        (
            json!({ "body": "x".repeat(8001) }),
            "/body",
            ErrorCode::TooLong,
        ),
        (json!({ "kind": "song" }), "/kind", ErrorCode::NotAllowed),
        (
            json!({ "aim": both }),
            "/aim/stage_kind",
            ErrorCode::NotAllowed,
        ),
        (
            json!({ "aim": { "stage_id": stage(&foreign, TALK) } }),
            "/aim/stage_id",
            ErrorCode::NoSuchRecord,
        ),
        (
            json!({ "aim": { "colour": "red" } }),
            "/aim/colour",
            ErrorCode::UnknownField,
        ),
    ] {
        let mut whole = json!({ "kind": "script", "title": "Call", "body": "Say." });
        let parts = change.as_object().unwrap().clone();
        whole.as_object_mut().unwrap().extend(parts);
        let refused = admin.post("/scripts").json(&whole).await;
        refused.invalid(&[(pointer, code)]);
        let refused = admin.patch(&one(&known)).if_match(&known).json(&change);
        refused.await.invalid(&[(pointer, code)]);
    }
    assert_eq!(rows::checksums(&db, admin.org(), &[]).await, before);
}

/// Everybody reads, who edits funnels writes; other organisations' scripts and deals are not there.
#[tokio::test]
async fn who_edits_funnels_writes_scripts_and_a_deal_out_of_view_has_none() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let south = app.sign_up("South").await;
    let team = team(&admin).await;
    let sales = funnel(&admin, "Sales").await;
    let made = deal(&team.rep, &sales, TALK, "Cranes", json!({})).await;
    let known = written(&team.manager, "Call", json!({})).await;
    let fitting = format!("/deals/{}/scripts", id(&made));
    assert_eq!(titles(&team.rep, &fitting).await, ["Call"]);
    assert_eq!(titles(&team.rep, "/scripts").await, ["Call"]);
    let body = json!({ "kind": "script", "title": "Mine", "body": "Say." });
    for reader in [&team.rep, &admin.invite(Role::Executive).await] {
        let refused = reader.post("/scripts").json(&body).await;
        refused.refused(403, ErrorCode::Forbidden);
        let refused = reader.delete(&one(&known)).if_match(&known).await;
        refused.refused(403, ErrorCode::Forbidden);
    }
    for stranger in [&team.other, &south] {
        let hidden = stranger.get(&fitting).await;
        hidden.refused(404, ErrorCode::NotFound);
    }
    for request in [
        south.get(&one(&known)),
        south
            .patch(&one(&known))
            .if_match(&known)
            .json(&json!({ "title": "Ours" })),
        south.delete(&one(&known)).if_match(&known),
    ] {
        request.await.refused(404, ErrorCode::NotFound);
    }
    assert!(titles(&south, "/scripts").await.is_empty());
}

/// SIX-08, SIX-11: SPIN, solution selling and the answers to objections come in both languages, and are taken
/// over into the library.
#[tokio::test]
async fn playbooks_come_in_the_language_of_the_reader_and_are_taken_over() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let read = async |language: &str, query: &str| {
        let path = format!("/playbooks{query}");
        let request = admin.get(&path).header("accept-language", language);
        request.await.items()
    };
    let english = read("en", "").await;
    let chinese = read("zh-CN", "").await;
    assert_eq!(english.len(), 11);
    for (one, other) in english.iter().zip(&chinese) {
        assert_eq!(one["key"], other["key"]);
        assert_ne!(one["body"], other["body"]);
        assert_eq!(one["is_taken"], false);
        assert_eq!(one["is_ours"], true);
    }
    let spin = english[0].clone();
    assert_eq!(
        (&spin["key"], &spin["kind"]),
        (&json!("spin"), &json!("spin"))
    );
    assert_eq!(english[1]["kind"], "solution_selling");
    let answers = read("en", "?kind=objection_answer").await;
    let of = |class: &str| {
        let of_class = answers.iter().filter(|one| one["objection_class"] == class);
        of_class
            .map(|one| one["key"].as_str().unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(of("quality"), ["certificates", "cases"]);
    assert_eq!(
        of("price"),
        ["comparison", "added_value", "flexible_plans", "trial"]
    );
    assert_eq!(of("after_sales"), ["process", "team", "agreement"]);
    let page = admin
        .get("/playbooks?kind=objection_answer")
        .query("limit", 8)
        .await;
    let cursor = page.value()["next_cursor"].as_str().unwrap().to_owned();
    let rest = admin
        .get("/playbooks?kind=objection_answer")
        .query("limit", 8)
        .query("cursor", &cursor);
    assert_eq!(rest.await.items()[0]["key"], "agreement");

    let body = json!({
        "kind": spin["kind"], "title": spin["title"], "body": spin["body"], "playbook": "spin",
    });
    let taken = admin.make("/scripts", body).await;
    assert_eq!(taken["playbook"], "spin");
    assert_eq!(read("en", "").await[0]["is_taken"], true);
    admin
        .delete(&one(&taken))
        .if_match(&taken)
        .await
        .expect(200);
    assert_eq!(read("en", "").await[0]["is_taken"], false);
}

/// SIX-11, SIX-12: those of a kind that fit a deal, page by page.
#[tokio::test]
async fn the_scripts_of_a_deal_are_narrowed_to_a_kind() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let made = deal(&admin, &sales, OFFER, "Cranes", json!({})).await;
    written(&admin, "Said", json!({})).await;
    for title in ["One", "Two"] {
        let body = json!({ "kind": "objection_answer", "title": title, "body": "Listen first." });
        admin.make("/scripts", body).await;
    }
    let fitting = format!("/deals/{}/scripts?kind=objection_answer&limit=1", id(&made));
    let first = admin.get(&fitting).await.value();
    assert_eq!(first["items"][0]["title"], "Two");
    let next = first["next"].as_str().unwrap();
    assert!(next.contains("kind=objection_answer"), "{next}");
    let next = next.trim_start_matches("/api/v1").to_owned();
    assert_eq!(titles(&admin, &next).await, ["One"]);
}
