//! Deals: create, read, update, archive, restore; who may do what with whose.

use super::{LOST, OFFER, TALK, WON, archived, deal, funnel, id, path, stage, team};
use shared::error::ErrorCode;
use shared::identity::Role;
use tests::{TestApp, Value, json, rows};

/// OPP-01: date, product, amount, customer, state, probability.
#[tokio::test]
async fn a_new_deal_has_what_was_said_and_what_follows_from_it() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let account = admin
        .make("/accounts", json!({ "name": "Acme", "tier": "A" }))
        .await;
    let product = admin.make("/products", json!({ "name": "GTX Pro" })).await;
    let body = json!({
        "title": " Cranes ", "account_id": account["id"], "funnel_id": sales["id"],
        "amount": { "amount": "1860000.50", "currency": "EUR" }, "probability": 35,
        "expected_close_on": "2030-02-28", "next_step": "Call them", "next_step_on": "2030-01-31",
        "lines": [{ "product_id": product["id"], "quantity": "12.5000", "unit_price": "4821.0001" }],
        "external_ids": { "erp": "7" },
    });
    let answer = admin.post("/deals").json(&body).await.expect(201);
    let made = answer.value();
    assert_eq!(made["title"], "Cranes");
    assert_eq!(made["stage_id"], sales["stages"][TALK]["id"]);
    assert_eq!(made["account_name"], "Acme");
    assert_eq!(made["account_tier"], "A");
    assert_eq!(
        made["amount"],
        json!({ "amount": "1860000.5", "currency": "EUR" })
    );
    assert_eq!(made["owner_id"], admin.id());
    assert_eq!(made["closed_at"], Value::Null);
    assert_eq!(
        made["lines"],
        json!([{ "product_id": product["id"], "product_name": "GTX Pro", "quantity": "12.5", "unit_price": "4821.0001" }])
    );
    assert_eq!(answer.header("etag"), "\"1\"");
    assert_eq!(answer.header("location"), format!("/api/v1{}", path(&made)));
    assert_eq!(admin.read(&path(&made)).await, made);
}

/// OPP-18: tens of billions, again and again, to the last digit.
#[tokio::test]
async fn very_large_amounts_keep_every_digit_alone_and_in_sums() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    for amount in ["999999999999.9999", "1000000000000", "10000000000.0001"] {
        let more = json!({ "amount": { "amount": amount, "currency": "CNY" } });
        let made = deal(&admin, &sales, WON, amount, more).await;
        assert_eq!(made["amount"]["amount"], amount);
        assert_eq!(admin.read(&path(&made)).await["amount"]["amount"], amount);
    }
    let board = admin.read(&format!("/funnels/{}/totals", id(&sales))).await;
    let sums = &board["columns"][WON]["totals"]["sums"];
    assert_eq!(
        *sums,
        json!([{ "amount": "2010000000000", "currency": "CNY" }])
    );
}

#[tokio::test]
async fn fields_that_are_not_acceptable_are_named_and_nothing_is_written() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let south = app.sign_up("South").await;
    let theirs = funnel(&south, "Sales").await;
    let sales = funnel(&admin, "Sales").await;
    let second = funnel(&admin, "Second").await;
    let nobody = uuid::Uuid::now_v7();
    let product = admin.make("/products", json!({ "name": "GTX" })).await;
    let account = admin.make("/accounts", json!({ "name": "Acme" })).await;
    archived_account(&admin, &account).await;
    let line = |quantity: &str| json!([{ "product_id": product["id"], "quantity": quantity }]);
    let money = |amount: &str| json!({ "amount": amount, "currency": "CNY" });
    let cases = [
        (json!({ "title": " " }), "/title", ErrorCode::Required),
        (
            json!({ "title": "a".repeat(201) }),
            "/title",
            ErrorCode::TooLong,
        ),
        (
            json!({ "funnel_id": nobody }),
            "/funnel_id",
            ErrorCode::NoSuchRecord,
        ),
        (
            json!({ "funnel_id": theirs["id"] }),
            "/funnel_id",
            ErrorCode::NoSuchRecord,
        ),
        (
            json!({ "stage_id": nobody }),
            "/stage_id",
            ErrorCode::NoSuchRecord,
        ),
        (
            json!({ "stage_id": stage(&second, 0) }),
            "/stage_id",
            ErrorCode::NoSuchRecord,
        ),
        (
            json!({ "stage_id": stage(&sales, LOST) }),
            "/loss_reason",
            ErrorCode::LossReasonRequired,
        ),
        (
            json!({ "loss_reason": "price" }),
            "/loss_reason",
            ErrorCode::NotAllowed,
        ),
        (
            json!({ "loss_note": "dear" }),
            "/loss_note",
            ErrorCode::NotAllowed,
        ),
        (
            json!({ "account_id": nobody }),
            "/account_id",
            ErrorCode::NoSuchRecord,
        ),
        (
            json!({ "account_id": account["id"] }),
            "/account_id",
            ErrorCode::Archived,
        ),
        (
            json!({ "owner_id": nobody }),
            "/owner_id",
            ErrorCode::NoSuchRecord,
        ),
        (
            json!({ "amount": money("-1") }),
            "/amount/amount",
            ErrorCode::OutOfRange,
        ),
        (
            json!({ "amount": money("1000000000000.0001") }),
            "/amount/amount",
            ErrorCode::OutOfRange,
        ),
        (
            json!({ "amount": money("1.00001") }),
            "/amount/amount",
            ErrorCode::OutOfRange,
        ),
        (
            json!({ "amount": money("much") }),
            "/amount/amount",
            ErrorCode::BadFormat,
        ),
        (
            json!({ "amount": { "amount": "1" } }),
            "/amount/currency",
            ErrorCode::Required,
        ),
        (
            json!({ "probability": 101 }),
            "/probability",
            ErrorCode::OutOfRange,
        ),
        (
            json!({ "expected_close_on": "1969-12-31" }),
            "/expected_close_on",
            ErrorCode::OutOfRange,
        ),
        (
            json!({ "next_step_on": "2030-02-30" }),
            "/next_step_on",
            ErrorCode::BadFormat,
        ),
        (
            json!({ "lines": line("-1") }),
            "/lines/0/quantity",
            ErrorCode::OutOfRange,
        ),
        (
            json!({ "lines": line("0.00001") }),
            "/lines/0/quantity",
            ErrorCode::BadFormat,
        ),
        (
            json!({ "lines": [{ "product_id": nobody, "quantity": "1" }] }),
            "/lines/0/product_id",
            ErrorCode::NoSuchRecord,
        ),
        (
            json!({ "rank": "00000001" }),
            "/rank",
            ErrorCode::UnknownField,
        ),
    ];
    let db = app.db().await;
    let before = rows::checksums(&db, admin.org(), &[]).await;
    for (more, pointer, code) in cases {
        let mut body = json!({ "title": "X", "funnel_id": sales["id"] });
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        admin
            .post("/deals")
            .json(&body)
            .await
            .invalid(&[(pointer, code)]);
    }
    assert_eq!(rows::checksums(&db, admin.org(), &[]).await, before);
}

async fn archived_account(admin: &tests::User, account: &Value) {
    let address = format!("/accounts/{}", id(account));
    admin.delete(&address).if_match(account).await.expect(200);
}

#[tokio::test]
async fn a_change_leaves_what_it_does_not_name_and_clears_what_it_names_null() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let product = admin.make("/products", json!({ "name": "GTX" })).await;
    let more = json!({
        "amount": { "amount": "10", "currency": "CNY" }, "probability": 5, "next_step": "Call",
        "lines": [{ "product_id": product["id"], "quantity": "1" }], "external_ids": { "erp": "7", "crm": "8" },
    });
    let old = deal(&admin, &sales, OFFER, "Cranes", more).await;
    let change = json!({
        "title": "Cranes 2", "amount": null, "probability": null, "lines": [], "external_ids": { "crm": "9" },
    });
    let answer = admin
        .patch(&path(&old))
        .if_match(&old)
        .json(&change)
        .await
        .expect(200);
    let new = answer.value();
    assert_eq!(new["title"], "Cranes 2");
    assert_eq!(
        (&new["amount"], &new["probability"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(
        (&new["next_step"], &new["rank"], &new["stage_id"]),
        (&old["next_step"], &old["rank"], &old["stage_id"])
    );
    assert_eq!(new["lines"], json!([]));
    assert_eq!(new["external_ids"], json!({ "crm": "9" }));
    assert_eq!(new["version"], 2);
    assert_eq!(answer.header("etag"), "\"2\"");
    assert_eq!(admin.read(&path(&old)).await, new);

    for (body, pointer, code) in [
        (
            json!({ "stage_id": stage(&sales, WON) }),
            "/stage_id",
            ErrorCode::UnknownField,
        ),
        (
            json!({ "loss_reason": "price" }),
            "/loss_reason",
            ErrorCode::NotAllowed,
        ),
        (
            json!({ "loss_note": "dear" }),
            "/loss_note",
            ErrorCode::NotAllowed,
        ),
    ] {
        let refused = admin.patch(&path(&old)).if_match(&new).json(&body).await;
        refused.invalid(&[(pointer, code)]);
    }
}

#[tokio::test]
async fn an_external_id_is_taken_once() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    deal(
        &admin,
        &sales,
        TALK,
        "First",
        json!({ "external_ids": { "erp": "7" } }),
    )
    .await;
    let second = json!({ "title": "Second", "funnel_id": sales["id"], "external_ids": { "erp": "7", "crm": "1" } });
    let refused = admin.post("/deals").json(&second).await;
    refused.invalid(&[("/external_ids/erp", ErrorCode::Taken)]);
    assert_eq!(admin.get("/deals").await.items().len(), 1);
}

#[tokio::test]
async fn a_writer_must_have_seen_the_present_version() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let made = deal(&admin, &sales, TALK, "Cranes", json!({})).await;
    let change = json!({ "title": "Ships" });
    let blind = admin.patch(&path(&made)).json(&change).await;
    blind.refused(428, ErrorCode::VersionRequired);
    let new = admin
        .patch(&path(&made))
        .if_match(&made)
        .json(&change)
        .await;
    let new = new.expect(200).value();
    let stale = admin
        .patch(&path(&made))
        .if_match(&made)
        .json(&json!({ "title": "Docks" }))
        .await;
    assert_eq!(stale.header("etag"), "\"2\"");
    let problem = stale.refused(412, ErrorCode::Stale);
    assert_eq!(problem.current.unwrap(), new);
    assert_eq!(admin.read(&path(&made)).await, new);
}

#[tokio::test]
async fn a_deal_that_is_put_away_stays_as_it_is_and_comes_back_to_its_place() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let low = deal(&admin, &sales, OFFER, "Low", json!({})).await;
    let middle = deal(&admin, &sales, OFFER, "Middle", json!({})).await;
    deal(&admin, &sales, OFFER, "High", json!({})).await;
    let gone = archived(&admin, &middle).await;
    assert_ne!(gone["archived_at"], Value::Null);
    assert_eq!(
        super::column(&admin, stage(&sales, OFFER)).await,
        ["High", "Low"]
    );
    let refused = [
        admin.delete(&path(&gone)).if_match(&gone).await,
        admin
            .patch(&path(&gone))
            .if_match(&gone)
            .json(&json!({ "title": "X" }))
            .await,
        super::moving(&admin, &gone, stage(&sales, WON), None).await,
    ];
    for refused in refused {
        refused.refused(409, ErrorCode::Archived);
    }
    assert_eq!(admin.read(&path(&gone)).await, gone);

    // A card that is put away is no neighbour, but its place stays its own.
    let behind = super::moving(&admin, &low, stage(&sales, OFFER), Some(&gone)).await;
    behind.refused(409, ErrorCode::NeighbourLeft);
    let restore = format!("{}/restore", path(&gone));
    let back = admin
        .post(&restore)
        .if_match(&gone)
        .key("once")
        .await
        .expect(200);
    assert_eq!(back.value()["rank"], middle["rank"]);
    let again = admin
        .post(&restore)
        .if_match(&gone)
        .key("once")
        .await
        .expect(200);
    assert_eq!(again.value(), back.value());
    assert_eq!(
        super::column(&admin, stage(&sales, OFFER)).await,
        ["High", "Middle", "Low"]
    );
}

#[tokio::test]
async fn a_reader_of_one_deal_chooses_fields_and_expands_references() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let account = admin.make("/accounts", json!({ "name": "Acme" })).await;
    let more = json!({ "account_id": account["id"] });
    let made = deal(&admin, &sales, TALK, "Cranes", more).await;
    let one = admin
        .get(&format!(
            "{}?fields=title,lines&expand=account,owner",
            path(&made)
        ))
        .await
        .expect(200);
    assert_eq!(one.header("etag"), "\"1\"");
    let owner = json!({ "id": admin.id(), "name": admin.me["user"]["name"] });
    let account = json!({ "id": account["id"], "name": "Acme" });
    assert_eq!(
        one.value(),
        json!({ "title": "Cranes", "lines": [], "account": account, "owner": owner })
    );
    for (query, named) in [
        ("fields=title,secret", "fields=secret"),
        ("expand=stages", "expand=stages"),
        ("sort=title", "sort"),
    ] {
        let refused = admin.get(&format!("{}?{query}", path(&made))).await;
        let problem = refused.refused(400, ErrorCode::UnknownParameter);
        assert!(
            problem.detail.contains(named),
            "{query}: {}",
            problem.detail
        );
    }
    // In a list there are no lines to choose.
    let refused = admin.get("/deals?fields=lines").await;
    refused.refused(400, ErrorCode::UnknownParameter);
}

#[tokio::test]
async fn a_deal_is_seen_by_its_owner_and_those_above_and_given_away_by_those_who_may() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let team = team(&admin).await;
    let sales = funnel(&admin, "Sales").await;
    let mine = deal(&team.rep, &sales, TALK, "Cranes", json!({})).await;
    assert_eq!(mine["owner_id"], team.rep.id());
    for (user, status) in [
        (&team.rep, 200),
        (&team.manager, 200),
        (&admin, 200),
        (&team.other, 404),
    ] {
        user.get(&path(&mine)).await.expect(status);
    }
    let change = json!({ "title": "X" });
    let refused = [
        team.other
            .patch(&path(&mine))
            .if_match(&mine)
            .json(&change)
            .await,
        team.other.delete(&path(&mine)).if_match(&mine).await,
        super::moving(&team.other, &mine, stage(&sales, WON), None).await,
        team.other
            .get(&format!("{}/stage-history", path(&mine)))
            .await,
    ];
    for refused in refused {
        refused.refused(404, ErrorCode::NotFound);
    }
    let give = json!({ "owner_id": team.other.id() });
    let refused = team
        .rep
        .patch(&path(&mine))
        .if_match(&mine)
        .json(&give)
        .await;
    refused.refused(403, ErrorCode::Forbidden);
    let executive = admin.invite(Role::Executive).await;
    let refused = executive
        .patch(&path(&mine))
        .if_match(&mine)
        .json(&change)
        .await;
    refused.refused(403, ErrorCode::Forbidden);
    assert_eq!(team.rep.read(&path(&mine)).await, mine);

    // A manager gives within the team; this one is outside of it.
    let refused = team
        .manager
        .patch(&path(&mine))
        .if_match(&mine)
        .json(&give)
        .await;
    refused.invalid(&[("/owner_id", ErrorCode::NoSuchRecord)]);
    let given = admin.patch(&path(&mine)).if_match(&mine).json(&give).await;
    assert_eq!(given.expect(200).value()["owner_id"], team.other.id());
    team.rep
        .get(&path(&mine))
        .await
        .refused(404, ErrorCode::NotFound);
    team.other.get(&path(&mine)).await.expect(200);
}
