//! Cases of won and lost deals: written, changed and removed, and who may. What is read of them all is in
//! `case_library`.

use super::gate::read;
use super::{LOST, OFFER, TALK, WON, archived, deal, funnel, id, moved, moving, path, stage, team};
use shared::error::ErrorCode;
use shared::identity::Role;
use tests::{Request, TestApp, User, Value, json, rows};

pub fn case(deal: &Value) -> String {
    format!("{}/case", path(deal))
}

fn writing(user: &User, deal: &Value, body: &Value) -> Request {
    user.put(&case(deal)).if_match(deal).json(body)
}

/// Writes a deal's case by its present version, and answers the sheet.
pub async fn written(user: &User, deal: &Value, body: Value) -> Value {
    let now = read(user, deal).await;
    writing(user, &now, &body).await.expect(200).value()
}

pub async fn lesson(user: &User, deal: &Value, lesson: &str, tags: Value) -> Value {
    written(user, deal, json!({ "lesson": lesson, "tags": tags })).await
}

/// The lessons of a list, in order.
pub async fn lessons(user: &User, path: &str) -> Vec<String> {
    let items = user.get(path).await.items();
    let lessons = items.iter().filter_map(|one| one["lesson"].as_str());
    lessons.map(str::to_owned).collect()
}

pub async fn titles(user: &User, path: &str) -> Vec<String> {
    let items = user.get(path).await.items();
    let titles = items.iter().filter_map(|one| one["title"].as_str());
    titles.map(str::to_owned).collect()
}

pub fn worth(amount: i64) -> Value {
    json!({ "amount": { "amount": amount.to_string(), "currency": "USD" } })
}

/// A deal closed so many days ago, after `took` days.
pub async fn closed(app: &TestApp, deal: &Value, ago: i32, took: i32) {
    let sql = "update deals set closed_at = now() - make_interval(days => $2), \
        created_at = now() - make_interval(days => $2 + $3) where id = $1";
    let id: uuid::Uuid = id(deal).parse().unwrap();
    let db = app.db().await;
    assert_eq!(db.execute(sql, &[&id, &ago, &took]).await.unwrap(), 1);
}

/// SIX-13: a case is written on a closed deal, changed and removed; each stands in the history of the deal and
/// its account, and says who wrote what.
#[tokio::test]
async fn a_case_is_written_changed_and_removed_and_stands_in_the_history() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let account = admin.make("/accounts", json!({ "name": "Harbour" })).await;
    let of = json!({ "account_id": account["id"] });
    let made = deal(&admin, &sales, LOST, "Cranes", of).await;
    let none = admin.get(&case(&made)).await.expect(200).value();
    assert_eq!(
        none,
        json!({ "outcome": "lost", "case": null, "version": 1 })
    );

    let body = json!({
        "lesson": " Ask who decides ", "worked": "The demo\n", "tags": [" #Price", "price", "Trial"],
    });
    let sheet = writing(&admin, &made, &body).await.expect(200);
    assert_eq!(sheet.header("etag"), "\"2\"");
    let sheet = sheet.value();
    let told = &sheet["case"];
    assert_eq!(
        (&sheet["version"], &sheet["outcome"]),
        (&json!(2), &json!("lost"))
    );
    assert_eq!(told["lesson"], "Ask who decides");
    assert_eq!(
        (&told["worked"], &told["failed"]),
        (&json!("The demo"), &json!(""))
    );
    assert_eq!(told["tags"], json!(["price", "trial"]));
    assert_eq!(told["author_name"], admin.me["user"]["name"]);
    assert_eq!(read(&admin, &made).await["version"], 2);

    // The same words again are no change.
    let same = written(&admin, &made, body).await;
    assert_eq!(same, sheet);
    let changed = written(&admin, &made, json!({ "lesson": "Ask who pays" })).await;
    assert_eq!(changed["version"], 3);
    assert_eq!(changed["case"]["tags"], json!([]));
    assert_eq!(changed["case"]["created_at"], told["created_at"]);
    assert_eq!(admin.read(&case(&made)).await, changed);
    let gone = admin
        .delete(&case(&made))
        .if_version(3)
        .await
        .expect(200)
        .value();
    assert_eq!(
        gone,
        json!({ "outcome": "lost", "case": null, "version": 4 })
    );
    let again = admin.delete(&case(&made)).if_version(4).await;
    again.refused(404, ErrorCode::NotFound);

    for history in [
        format!("{}/audit?limit=100", path(&made)),
        format!("/accounts/{}/timeline?limit=100", id(&account)),
    ] {
        let events = admin.get(&history).await.items();
        let events: Vec<&Value> = events
            .iter()
            .filter(|event| event["kind"].as_str().unwrap().contains("case"))
            .collect();
        let kinds: Vec<&str> = events
            .iter()
            .filter_map(|event| event["kind"].as_str())
            .collect();
        assert_eq!(
            kinds,
            [
                "deal.case_removed",
                "deal.case_written",
                "deal.case_written"
            ]
        );
        assert_eq!(events[0]["data"]["old"]["lesson"], "Ask who pays");
        assert_eq!(events[1]["data"]["new"]["lesson"], "Ask who pays");
        assert_eq!(events[1]["data"]["old"]["lesson"], "Ask who decides");
    }
}

/// SIX-13: a deal that is open has no case; the case of one that was opened again stays, says so and leaves
/// the library until the deal is closed.
#[tokio::test]
async fn an_open_deal_takes_no_case_and_one_opened_again_leaves_the_library() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let made = deal(&admin, &sales, TALK, "Cranes", json!({})).await;
    let body = json!({ "lesson": "Ask" });
    let refused = writing(&admin, &made, &body).await;
    refused.invalid(&[("/status", ErrorCode::NotAllowed)]);
    let sheet = admin.read(&case(&made)).await;
    assert_eq!(
        sheet,
        json!({ "outcome": null, "case": null, "version": 1 })
    );

    let won = moved(&admin, &made, stage(&sales, WON), None).await;
    let sheet = lesson(&admin, &won, "Ask", json!([])).await;
    assert_eq!(sheet["outcome"], "won");
    assert_eq!(lessons(&admin, "/cases").await, ["Ask"]);
    let now = read(&admin, &made).await;
    let open = moved(&admin, &now, stage(&sales, OFFER), None).await;
    let sheet = admin.read(&case(&open)).await;
    assert_eq!(sheet["outcome"], Value::Null);
    assert_eq!(sheet["case"]["lesson"], "Ask");
    assert!(lessons(&admin, "/cases").await.is_empty());
    let refused = writing(&admin, &open, &json!({ "lesson": "Tell" })).await;
    refused.invalid(&[("/status", ErrorCode::NotAllowed)]);
    assert_eq!(admin.read(&case(&open)).await, sheet);

    let mut lost = moving(&admin, &open, stage(&sales, LOST), None);
    lost = lost.json(&json!({ "to_stage_id": stage(&sales, LOST), "loss_reason": "fit" }));
    lost.await.expect(200);
    let library = admin.get("/cases").await.items();
    assert_eq!(library.len(), 1);
    assert_eq!(
        (
            &library[0]["outcome"],
            &library[0]["loss_reason"],
            &library[0]["lesson"]
        ),
        (&json!("lost"), &json!("fit"), &json!("Ask"))
    );
}

/// SIX-13: what is wrong is named, and nothing is written.
#[tokio::test]
async fn a_case_that_says_nothing_or_too_much_or_comes_late_is_refused() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let made = deal(&admin, &sales, WON, "Cranes", json!({})).await;
    let away = deal(&admin, &sales, WON, "Docks", json!({})).await;
    let away = archived(&admin, &away).await;
    let db = app.db().await;
    let before = rows::checksums(&db, admin.org(), &[]).await;
    let many: Vec<String> = (0..9).map(|n| format!("t{n}")).collect();
    for (change, pointer, code) in [
        (json!({ "lesson": " " }), "/lesson", ErrorCode::Required),
        (
            json!({ "lesson": "x".repeat(501) }),
            "/lesson",
            ErrorCode::TooLong,
        ),
        (
            json!({ "worked": "x".repeat(2001) }),
            "/worked",
            ErrorCode::TooLong,
        ),
        (
            json!({ "failed": "x\u{0}" }),
            "/failed",
            ErrorCode::BadFormat,
        ),
        (json!({ "tags": many }), "/tags", ErrorCode::TooManyItems),
        (
            json!({ "tags": ["a", "x".repeat(31)] }),
            "/tags/1",
            ErrorCode::TooLong,
        ),
        (
            json!({ "outcome": "won" }),
            "/outcome",
            ErrorCode::UnknownField,
        ),
    ] {
        let mut body = json!({ "lesson": "Ask" });
        let parts = change.as_object().unwrap().clone();
        body.as_object_mut().unwrap().extend(parts);
        writing(&admin, &made, &body)
            .await
            .invalid(&[(pointer, code)]);
    }
    let body = json!({ "lesson": "Ask" });
    let late = admin.put(&case(&made)).if_version(7).json(&body).await;
    let problem = late.refused(412, ErrorCode::Stale);
    assert_eq!(problem.current.unwrap()["id"], made["id"]);
    let unseen = admin.put(&case(&made)).json(&body).await;
    unseen.refused(428, ErrorCode::VersionRequired);
    writing(&admin, &away, &body)
        .await
        .refused(409, ErrorCode::Archived);
    for path in [
        "/cases/due?days=0",
        "/cases/due?days=367",
        "/cases/lessons?days=0",
        "/cases/lessons?days=367",
    ] {
        admin
            .get(path)
            .await
            .invalid(&[("days", ErrorCode::OutOfRange)]);
    }
    let strange = admin.get("/cases?outcome=open").await;
    strange.invalid(&[("outcome", ErrorCode::NotAllowed)]);
    assert_eq!(rows::checksums(&db, admin.org(), &[]).await, before);
}

/// SIX-13: a case is seen and written by whom its deal is; who may only read writes none.
#[tokio::test]
async fn a_case_is_seen_and_written_by_whom_its_deal_is() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let people = team(&admin).await;
    let executive = admin.invite(Role::Executive).await;
    let made = deal(&people.rep, &sales, LOST, "Cranes", worth(100)).await;
    let open = deal(&people.other, &sales, TALK, "Docks", worth(100)).await;
    lesson(&people.rep, &made, "Ask", json!(["price"])).await;
    let waits = deal(&people.rep, &sales, WON, "Wharf", worth(100)).await;
    let body = json!({ "lesson": "Tell" });
    for hidden in [
        people.other.get(&case(&made)),
        writing(&people.other, &made, &body).if_version(2),
        people.other.delete(&case(&made)).if_version(2),
        people.other.get(&format!("{}/similar-cases", path(&made))),
    ] {
        hidden.await.refused(404, ErrorCode::NotFound);
    }
    assert!(people.other.get("/cases").await.items().is_empty());
    assert!(people.other.get("/cases/due").await.items().is_empty());
    let told = people.other.read("/cases/lessons").await;
    assert_eq!(told["closed"]["now"]["count"], 0);
    let similar = people
        .other
        .read(&format!("{}/similar-cases", path(&open)))
        .await;
    assert_eq!(similar["cases"], json!([]));

    for seer in [&people.manager, &executive, &admin, &people.rep] {
        assert_eq!(lessons(seer, "/cases").await, ["Ask"]);
        assert_eq!(titles(seer, "/cases/due").await, ["Wharf"]);
        assert_eq!(
            seer.read("/cases/lessons").await["closed"]["now"]["count"],
            2
        );
    }
    let refused = writing(&executive, &waits, &body).await;
    refused.refused(403, ErrorCode::Forbidden);
    written(&people.manager, &made, body).await;
    assert_eq!(lessons(&people.rep, "/cases").await, ["Tell"]);
}
