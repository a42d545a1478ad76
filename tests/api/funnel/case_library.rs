//! Cases of won and lost deals, read: the library, what waits, what closings say, and which cases are like a
//! deal.

use super::cases::{closed, lesson, lessons, titles, worth};
use super::{LOST, OFFER, TALK, WON, archived, deal, funnel, id, path, stage};
use shared::error::ErrorCode;
use shared::identity::Role;
use tests::{TestApp, Value, json};

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
