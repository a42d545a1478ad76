//! Criteria and evidence of a wrong shape: refused at their place, with what would help, in both languages.

use super::gate::{ask, criterion, read};
use super::{TALK, deal, funnel, path, stage};
use shared::error::ErrorCode;
use tests::{TestApp, Value, json};

/// GATE-01: a test with two limits, none, or something else in place of it is named in the set of criteria, and
/// nothing is written.
#[tokio::test]
async fn a_test_of_a_wrong_shape_is_named_at_its_place() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let gate = format!("/stages/{}/gate", stage(&sales, TALK));
    let put = |rule: Value| {
        let criteria = json!([criterion("first", json!("evidence")), criterion("x", rule)]);
        let request = admin.put(&gate).if_version(0);
        request.json(&json!({ "criteria": criteria }))
    };
    let amount = |is: Value| json!({ "fact": { "fact": "amount", "is": is } });
    let both = json!({ "at_least": 1, "at_most": 5 });
    let at = |place: &str| format!("/criteria/1/rule{place}");
    let broken = [
        (amount(both.clone()), "/fact/is", ErrorCode::OneOnly),
        (amount(json!({})), "/fact/is", ErrorCode::Required),
        (amount(json!(5)), "/fact/is", ErrorCode::BadFormat),
        (
            amount(json!("at_least")),
            "/fact/is/at_least",
            ErrorCode::BadFormat,
        ),
        (
            amount(json!({ "at_least": "5" })),
            "/fact/is/at_least",
            ErrorCode::BadFormat,
        ),
        (
            amount(json!({ "about": 5 })),
            "/fact/is",
            ErrorCode::NotAllowed,
        ),
        (
            json!({ "fact": { "fact": "amount", "is": "known", "at_most": 5 } }),
            "/fact/at_most",
            ErrorCode::UnknownField,
        ),
        (
            json!({ "fact": { "fact": "amount" } }),
            "/fact/is",
            ErrorCode::Required,
        ),
        (
            json!({ "all": ["evidence", amount(both)] }),
            "/all/1/fact/is",
            ErrorCode::OneOnly,
        ),
        (
            json!({ "all": ["evidence"], "any": ["evidence"] }),
            "",
            ErrorCode::OneOnly,
        ),
        (json!(["evidence"]), "", ErrorCode::BadFormat),
    ];
    for (rule, place, code) in broken {
        put(rule).await.invalid(&[(&at(place), code)]);
    }
    assert_eq!(admin.read(&gate).await["version"], 0);

    // What would help is said in the reader's language.
    let rule = json!({ "all": [], "any": [] });
    for (tag, word) in [("en", "all"), ("zh-CN", "请")] {
        let answer = put(rule.clone()).header("Accept-Language", tag).await;
        let told = &answer.problem().errors[0].detail;
        assert!(told.contains(word), "{tag}: {told}");
    }

    // What is no JSON at all is still said to be none.
    let text = r#"{"criteria": [{"rule": {"fact": {"is": {"at_least": 1, }}}}]}"#;
    let request = admin.put(&gate).if_version(0);
    let request = request.body("application/json", text.as_bytes().to_vec());
    request.await.refused(400, ErrorCode::Malformed);
}

/// GATE-01: what is met by facts takes no evidence: a letter would not meet it, and whoever files one is told so.
#[tokio::test]
async fn evidence_is_filed_only_where_a_criterion_asks_for_it() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let big = json!({ "fact": { "fact": "amount", "is": { "at_least": 100 } } });
    let computed = criterion("Big enough", big.clone());
    let either = criterion("Big or confirmed", json!({ "any": [big, "evidence"] }));
    let gate = json!({ "criteria": [computed, either] });
    ask(&admin, &sales, TALK, gate).await;
    let made = deal(&admin, &sales, TALK, "Cranes", json!({})).await;
    let file = |criterion: &Value| {
        let body = json!({
            "criterion_id": criterion["id"], "title": "Letter", "url": "https://example.com/a",
        });
        admin.post(&format!("{}/evidence", path(&made))).json(&body)
    };
    for (tag, word) in [("en", "on record"), ("zh-CN", "资料")] {
        let refused = file(&computed).header("Accept-Language", tag).await;
        refused.invalid(&[("/criterion_id", ErrorCode::EvidenceNotAsked)]);
        let told = &refused.problem().errors[0].detail;
        assert!(told.contains(word), "{tag}: {told}");
    }
    let sheet = admin.read(&format!("{}/gate", path(&made))).await;
    assert_eq!(sheet["evidence"], json!([]));
    assert_eq!(read(&admin, &made).await["version"], made["version"]);

    // Where it is one way of several to meet it, it counts.
    file(&either).await.expect(201);
    let sheet = admin.read(&format!("{}/gate", path(&made))).await;
    assert_eq!(sheet["facts"]["evidence"], json!([either["id"]]));
}
