//! Cases of won and lost deals: written, changed and removed, the library, what waits, what closings say, and
//! which cases are like a deal.

use super::gate::read;
use super::{LOST, OFFER, TALK, WON, archived, deal, funnel, id, moved, moving, path, stage, team};
use shared::error::ErrorCode;
use shared::identity::Role;
use tests::{Request, TestApp, User, Value, json, rows};

fn case(deal: &Value) -> String {
    format!("{}/case", path(deal))
}

fn writing(user: &User, deal: &Value, body: &Value) -> Request {
    user.put(&case(deal)).if_match(deal).json(body)
}

/// Writes a deal's case by its present version, and answers the sheet.
async fn written(user: &User, deal: &Value, body: Value) -> Value {
    let now = read(user, deal).await;
    writing(user, &now, &body).await.expect(200).value()
}

async fn lesson(user: &User, deal: &Value, lesson: &str, tags: Value) -> Value {
    written(user, deal, json!({ "lesson": lesson, "tags": tags })).await
}

/// The lessons of a list, in order.
async fn lessons(user: &User, path: &str) -> Vec<String> {
    let items = user.get(path).await.items();
    let lessons = items.iter().filter_map(|one| one["lesson"].as_str());
    lessons.map(str::to_owned).collect()
}

async fn titles(user: &User, path: &str) -> Vec<String> {
    let items = user.get(path).await.items();
    let titles = items.iter().filter_map(|one| one["title"].as_str());
    titles.map(str::to_owned).collect()
}

fn worth(amount: i64) -> Value {
    json!({ "amount": { "amount": amount.to_string(), "currency": "USD" } })
}

/// A deal closed so many days ago, after `took` days.
async fn closed(app: &TestApp, deal: &Value, ago: i32, took: i32) {
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

/// SIX-13: the library is narrowed by what the deal, its account and the case say, and read page by page,
/// those closed last first.
#[tokio::test]
async fn the_library_is_filtered_and_paged_the_last_closed_first() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let other = funnel(&admin, "Service").await;
    let body = json!({ "name": "Harbour", "industry": "ports" });
    let account = admin.make("/accounts", body).await;
    let mut of = worth(100);
    of["account_id"] = account["id"].clone();
    let first = deal(&admin, &sales, LOST, "Cranes", of).await;
    let second = deal(&admin, &sales, WON, "Docks 100%", worth(200)).await;
    let third = deal(&admin, &other, WON, "Wharf", json!({})).await;
    for (made, told, tags, ago) in [
        (&first, "Ask early", json!(["price", "trial"]), 3),
        (&second, "Show it", json!(["trial"]), 1),
        (&third, "Call back", json!([]), 2),
    ] {
        closed(&app, made, ago, 10).await;
        lesson(&admin, made, told, tags).await;
    }
    let all = ["Show it", "Call back", "Ask early"];
    assert_eq!(lessons(&admin, "/cases").await, all);
    assert_eq!(
        lessons(&admin, "/cases?sort=closed_at").await,
        ["Ask early", "Call back", "Show it"]
    );
    let me = admin.id();
    let since = (backend::clock::now() - chrono::Duration::hours(60))
        .format("%Y-%m-%dT%H:%M:%SZ")
        .to_string();
    for (query, found) in [
        ("outcome=lost".to_owned(), &["Ask early"][..]),
        ("tags=trial".to_owned(), &["Show it", "Ask early"]),
        ("tags=nothing".to_owned(), &[]),
        ("tags[in]=price,other".to_owned(), &["Ask early"]),
        (format!("funnel_id={}", id(&other)), &["Call back"]),
        ("loss_reason=price".to_owned(), &["Ask early"]),
        (
            "loss_reason[is_null]=true".to_owned(),
            &["Show it", "Call back"],
        ),
        ("industry=ports".to_owned(), &["Ask early"]),
        (format!("owner_id={me}"), &all),
        (format!("closed_at[gte]={since}"), &["Show it", "Call back"]),
        (format!("closed_at[lt]={since}"), &["Ask early"]),
        ("text[contains]=CALL".to_owned(), &["Call back"]),
        ("text[contains]=harb".to_owned(), &["Ask early"]),
        ("text[contains]=100%25".to_owned(), &["Show it"]),
        ("text[contains]=1%25%25".to_owned(), &[]),
        ("outcome=won&tags=trial".to_owned(), &["Show it"]),
    ] {
        assert_eq!(
            lessons(&admin, &format!("/cases?{query}")).await,
            found,
            "{query}"
        );
    }
    let one = &admin.get("/cases?outcome=lost").await.items()[0];
    assert_eq!(one["deal_id"], first["id"]);
    assert_eq!(
        (&one["title"], &one["cycle_days"]),
        (&json!("Cranes"), &json!(10))
    );
    assert_eq!(
        (&one["account_name"], &one["industry"]),
        (&json!("Harbour"), &json!("ports"))
    );
    assert_eq!(one["amount"]["amount"], "100");
    let slim = admin
        .get("/cases?fields=lesson,deal_id&limit=1")
        .await
        .items();
    assert_eq!(
        slim,
        [json!({ "lesson": "Show it", "deal_id": second["id"] })]
    );
    let search = json!({ "filter": { "field": "tags", "op": "eq", "value": "price" } });
    let found = admin
        .post("/cases/search")
        .json(&search)
        .await
        .expect(200)
        .value();
    assert_eq!(found["items"][0]["lesson"], "Ask early");

    let (mut walked, mut cursor) = (Vec::new(), None::<String>);
    loop {
        let mut request = admin
            .get("/cases")
            .query("limit", 1)
            .query("count", "exact");
        if let Some(cursor) = &cursor {
            request = request.query("cursor", cursor);
        }
        let page = request.await.expect(200).value();
        assert_eq!(page["total"], 3);
        walked.push(page["items"][0]["lesson"].as_str().unwrap().to_owned());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = Some(next.to_owned()),
            None => break,
        }
    }
    assert_eq!(walked, all);
}

/// SIX-13: every closing of the last days waits until its lesson is written; open, old and archived ones do not.
#[tokio::test]
async fn closings_without_a_case_wait_the_last_closed_first() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let rep = admin.invite(Role::Rep).await;
    let sales = funnel(&admin, "Sales").await;
    deal(&admin, &sales, TALK, "Open", json!({})).await;
    let away = deal(&admin, &sales, WON, "Away", json!({})).await;
    archived(&admin, &away).await;
    for (title, place, ago) in [
        ("A", WON, 1),
        ("B", LOST, 40),
        ("C", WON, 91),
        ("D", LOST, 365),
    ] {
        let made = deal(&admin, &sales, place, title, json!({})).await;
        closed(&app, &made, ago, 5).await;
    }
    let theirs = deal(&rep, &sales, LOST, "Theirs", json!({})).await;
    closed(&app, &theirs, 2, 5).await;
    assert_eq!(titles(&admin, "/cases/due").await, ["A", "Theirs", "B"]);
    assert_eq!(
        titles(&admin, "/cases/due?days=366").await,
        ["A", "Theirs", "B", "C", "D"]
    );
    assert_eq!(titles(&admin, "/cases/due?days=30").await, ["A", "Theirs"]);
    let of = format!("/cases/due?days=366&owner_id={}", rep.id());
    assert_eq!(titles(&admin, &of).await, ["Theirs"]);

    let page = admin.get("/cases/due?limit=2").await.expect(200).value();
    assert_eq!(page["total"], 3);
    let next = page["next"]
        .as_str()
        .unwrap()
        .strip_prefix("/api/v1")
        .unwrap();
    assert_eq!(titles(&admin, next).await, ["B"]);
    let cursor = page["next_cursor"].as_str().unwrap();
    let foreign = admin
        .get("/cases/due?days=30")
        .query("cursor", cursor)
        .await;
    foreign.invalid(&[("cursor", ErrorCode::BadFormat)]);

    lesson(&admin, &theirs, "Ask", json!([])).await;
    let page = admin.get("/cases/due").await.expect(200).value();
    assert_eq!(page["total"], 2);
    assert_eq!(titles(&admin, "/cases/due").await, ["A", "B"]);
}

/// SIX-13: closings are counted by outcome, reason and tag, with amounts by currency, beside the days before.
#[tokio::test]
async fn closings_are_counted_beside_the_days_before() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let other = funnel(&admin, "Service").await;
    let euros = json!({ "amount": { "amount": "50", "currency": "EUR" } });
    let mut fit = worth(30);
    fit["loss_reason"] = json!("fit");
    for (funnel, place, more, ago, took, tags) in [
        (&sales, WON, worth(100), 1, 10, Some(json!(["trial"]))),
        (&sales, WON, euros, 29, 21, Some(json!(["trial", "price"]))),
        (&sales, LOST, worth(40), 5, 4, None),
        (&sales, LOST, worth(60), 6, 6, Some(json!(["price"]))),
        (&sales, WON, worth(7), 31, 8, None),
        (&sales, LOST, fit, 59, 2, Some(json!(["price"]))),
        (&sales, WON, worth(9), 61, 8, Some(json!(["old"]))),
        (&other, WON, json!({}), 2, 3, None),
    ] {
        let made = deal(&admin, funnel, place, "Deal", more).await;
        closed(&app, &made, ago, took).await;
        if let Some(tags) = tags {
            lesson(&admin, &made, "Ask", tags).await;
        }
    }
    let told = admin.read("/cases/lessons?days=30").await;
    let money = |amount: &str, currency: &str| json!({ "amount": amount, "currency": currency });
    assert_eq!(told["days"], 30);
    assert_eq!(
        told["won"]["now"],
        json!({
            "count": 3, "with_case": 2, "average_days": 11,
            "amounts": [money("50", "EUR"), money("100", "USD")],
        })
    );
    assert_eq!(
        told["won"]["before"],
        json!({ "count": 1, "with_case": 0, "average_days": 8, "amounts": [money("7", "USD")] })
    );
    assert_eq!(told["closed"]["now"]["count"], 5);
    assert_eq!(told["closed"]["now"]["with_case"], 3);
    let reasons = told["reasons"].as_array().unwrap();
    assert_eq!(reasons.len(), 2);
    assert_eq!(reasons[0]["loss_reason"], "price");
    assert_eq!(reasons[0]["now"]["count"], 2);
    assert_eq!(reasons[0]["now"]["amounts"], json!([money("100", "USD")]));
    assert_eq!(reasons[0]["before"]["count"], 0);
    assert_eq!(
        (&reasons[1]["loss_reason"], &reasons[1]["before"]["count"]),
        (&json!("fit"), &json!(1))
    );
    let tags: Vec<_> = told["tags"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            (
                one["tag"].as_str().unwrap(),
                one["now"]["count"].as_i64().unwrap(),
                one["won"].as_i64().unwrap(),
                one["before"]["count"].as_i64().unwrap(),
            )
        })
        .collect();
    assert_eq!(tags, [("price", 2, 1, 1), ("trial", 2, 2, 0)]);

    let one = admin
        .read(&format!("/cases/lessons?days=30&funnel_id={}", id(&other)))
        .await;
    assert_eq!(one["closed"]["now"]["count"], 1);
    assert_eq!(one["tags"], json!([]));
    let none = admin
        .read(&format!("/cases/lessons?funnel_id={}", uuid::Uuid::nil()))
        .await;
    assert_eq!(none["closed"]["now"]["average_days"], Value::Null);
}

/// SIX-13: an open deal names at most five cases like it, the likest first, each with why.
#[tokio::test]
async fn an_open_deal_names_the_cases_like_it_with_reasons() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let other = funnel(&admin, "Service").await;
    let account = |name: &str, industry: &str| json!({ "name": name, "industry": industry, "tags": ["State-Owned"] });
    let harbour = admin.make("/accounts", account("Harbour", "ports")).await;
    let dock = admin.make("/accounts", account("Dock", "ports")).await;
    let with = |account: &Value, amount: i64| {
        let mut more = worth(amount);
        more["account_id"] = account["id"].clone();
        more
    };
    let open = deal(&admin, &sales, OFFER, "Crane rails", with(&harbour, 100)).await;
    let similar = format!("{}/similar-cases", path(&open));
    assert_eq!(admin.read(&similar).await["cases"], json!([]));

    // Lost from the stage the deal is in, of the same industry; the same customer; a tag in the title.
    let here = deal(&admin, &sales, OFFER, "Docks", with(&dock, 5_000)).await;
    let lost = json!({ "to_stage_id": stage(&sales, LOST), "loss_reason": "price" });
    let request = admin.post(&format!("{}/move", path(&here))).if_match(&here);
    request.json(&lost).await.expect(200);
    lesson(&admin, &here, "Lost here", json!([])).await;
    let same = deal(&admin, &other, WON, "Wharf", with(&harbour, 180)).await;
    lesson(&admin, &same, "Same customer", json!(["state-owned"])).await;
    let tagged = deal(&admin, &sales, WON, "Gates", json!({})).await;
    lesson(&admin, &tagged, "In the title", json!(["rails", "price"])).await;
    // Alike in the funnel alone, or without words: no case.
    let plain = deal(&admin, &sales, WON, "Plain", json!({})).await;
    lesson(&admin, &plain, "Plain", json!(["x"])).await;
    deal(&admin, &sales, LOST, "Unwritten", with(&harbour, 100)).await;

    let found = admin.read(&similar).await;
    let told: Vec<(&str, &Value, &Value)> = found["cases"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            (
                one["case"]["lesson"].as_str().unwrap(),
                &one["reasons"],
                &one["shared_tags"],
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (
                "Same customer",
                &json!(["account", "industry", "tag", "amount"]),
                &json!(["state-owned"])
            ),
            (
                "Lost here",
                &json!(["stage", "industry", "funnel"]),
                &json!([])
            ),
            ("In the title", &json!(["tag", "funnel"]), &json!(["rails"])),
        ]
    );
    for n in 0..6 {
        let more = deal(
            &admin,
            &sales,
            WON,
            &format!("More {n}"),
            with(&harbour, 100),
        )
        .await;
        lesson(&admin, &more, &format!("More {n}"), json!([])).await;
    }
    let found = admin.read(&similar).await;
    assert_eq!(found["cases"].as_array().unwrap().len(), 5);
    assert_eq!(found["cases"][0]["case"]["lesson"], "Same customer");
    assert_eq!(found["cases"][1]["case"]["lesson"], "More 5");
}
