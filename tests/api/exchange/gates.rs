//! A file passes the one gate: each open deal of it is judged as a new deal is.

use super::{LONG, add, all, check, command, path, problem, records, run, settled};
use shared::error::ErrorCode;
use tests::{Client, TestApp, User, Value, json, wait};
use uuid::Uuid;

const ACCOUNTS: &str = "account,sector,employees\n\
    Acme,Machines,640\n\
    Beta,Machines,12\n";

/// The first meets all; the second is of a small account; the third begins where nothing is asked; the
/// fourth is over; the fifth has no account, so nobody knows; the sixth names one that is in no file.
const DEALS: &str = "opportunity_id,title,account,deal_stage,close_value,engage_date,close_date\n\
    D1,Presses,Acme,Offer,100,2026-01-05,\n\
    D2,Drills,Beta,Offer,200,2026-01-06,\n\
    D3,Saws,Beta,Talk,300,2026-01-07,\n\
    D4,Lathes,Beta,Won,400,2026-01-08,2026-02-01\n\
    D5,Mills,,Terms,500,2026-01-09,\n\
    D6,Bolts,Gamma,Offer,600,2026-01-10,\n";

fn rule(name: &str, side: &str, rule: Value) -> Value {
    json!({ "id": Uuid::now_v7(), "side": side, "name": name, "mandatory": true, "rule": rule })
}

fn id(thing: &Value) -> &str {
    thing["id"].as_str().unwrap()
}

/// A funnel whose first stage asks for a large account, and whose third for an amount.
async fn funnel(admin: &User) -> (Value, Value) {
    let stage = |name: &str, kind: &str, probability: i16| json!({ "name": name, "kind": kind, "probability": probability });
    let body = json!({ "name": "Sales", "stages": [
        stage("Talk", "open", 20), stage("Offer", "open", 50), stage("Terms", "open", 80),
        stage("Won", "won", 100), stage("Lost", "lost", 0),
    ]});
    let funnel = admin.make("/funnels", body).await;
    let large = rule(
        "A large account",
        "exit",
        json!({ "fact": { "fact": "employees", "is": { "at_least": 50 } } }),
    );
    let worth = rule(
        "An amount",
        "entry",
        json!({ "fact": { "fact": "amount", "is": { "at_least": 1 } } }),
    );
    for (place, criterion) in [(0, &large), (2, &worth)] {
        let path = format!("/stages/{}/gate", id(&funnel["stages"][place]));
        let now = admin.read(&path).await;
        let gate = json!({ "criteria": [criterion] });
        admin
            .put(&path)
            .if_match(&now)
            .json(&gate)
            .await
            .expect(200);
    }
    (funnel, large)
}

/// An import of both files into the funnel, with more choices.
async fn import(admin: &User, funnel: &Value, more: Value) -> Value {
    let mut import = admin.make("/imports", json!({})).await;
    for (name, text) in [("accounts.csv", ACCOUNTS), ("deals.csv", DEALS)] {
        import = add(admin, &import, name, text.as_bytes().to_vec()).await;
    }
    let mut body = json!({ "funnel": { "kind": "existing", "funnel_id": funnel["id"] } });
    let more = more.as_object().unwrap().clone();
    body.as_object_mut().unwrap().extend(more);
    let request = admin.patch(&path(&import)).if_match(&import).json(&body);
    request.await.expect(200).value()
}

/// What a report says of a sort of problem: the criterion, how many rows, and the first of them.
fn told(import: &Value, code: &str) -> Vec<(String, i64, i64)> {
    let problems = import["report"]["problems"].as_array().unwrap().iter();
    problems
        .filter(|problem| problem["code"] == code)
        .map(|problem| {
            let value = problem["value"].as_str().unwrap().to_owned();
            let rows = problem["rows"].as_i64().unwrap();
            (value, rows, problem["examples"][0]["row"].as_i64().unwrap())
        })
        .collect()
}

async fn history(admin: &Client, deal: &Value) -> Vec<Value> {
    let page = admin
        .read(&format!("/deals/{}/stage-history", id(deal)))
        .await;
    page["items"].as_array().unwrap().clone()
}

/// GATE-01: check and import give each row the verdict that a new deal gets; what is taken in all the same
/// is marked, with what it lacked and what it was judged by.
#[tokio::test]
async fn open_deals_of_a_file_are_judged_and_taken_in_with_what_they_lack() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let (funnel, large) = funnel(&admin).await;
    let import = import(&admin, &funnel, json!({})).await;
    assert_eq!(import["unmet_criteria"], "take_in");

    let checked = check(&admin, &import).await;
    let expected = [("Talk: A large account".to_owned(), 3, 3)];
    assert_eq!(told(&checked, "criterion_not_met"), expected);
    assert_eq!(problem(&checked, "gate_not_met"), 0);

    let done = run(&admin, &checked).await;
    assert_eq!(told(&done, "criterion_not_met"), expected);
    assert_eq!(records(&done, "deal"), (6, 0));

    let deals = all(&admin, "/deals?limit=100").await;
    let mut lacking = Vec::new();
    for deal in &deals {
        let stays = history(&admin, deal).await;
        let (last, past) = stays.split_last().unwrap();
        for stay in past {
            assert_eq!(stay.get("missing"), None, "what is past is not judged");
        }
        assert_eq!(last["passage"], "imported");
        if last.get("missing").is_some() {
            assert_eq!(last["missing"], json!([large["id"]]));
            let by = last["judged_by"].as_array().unwrap();
            assert_eq!(by[0]["stage_id"], funnel["stages"][0]["id"]);
            assert_eq!(by[0]["version"], 1);
            lacking.push(deal["title"].as_str().unwrap());
        }
        // The verdict is that of everybody who makes such a deal.
        let body = json!({
            "title": "Another", "funnel_id": funnel["id"], "stage_id": deal["stage_id"],
            "account_id": deal["account_id"], "amount": deal["amount"],
        });
        let request = admin.post("/deals").query("dry_run", true).json(&body);
        let is_let_in = request.await.status == 200;
        let is_over = deal.get("closed_at").is_some_and(|at| !at.is_null());
        assert_eq!(
            is_let_in || is_over,
            last.get("missing").is_none(),
            "{deal}"
        );
    }
    lacking.sort_unstable();
    assert_eq!(lacking, ["Bolts", "Drills", "Mills"]);

    // Imported again, what is there is not judged again.
    let again = self::import(&admin, &funnel, json!({ "unmet_criteria": "leave_out" })).await;
    let again = run(&admin, &again).await;
    assert_eq!(records(&again, "deal"), (0, 6));
    assert_eq!(problem(&again, "gate_not_met"), 0);
}

/// GATE-01: who wants proven deals only has the others left out, and gets them back in a file.
#[tokio::test]
async fn rows_that_lack_what_their_stage_asks_are_left_out_when_that_is_chosen() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let (funnel, _) = funnel(&admin).await;
    let import = import(&admin, &funnel, json!({ "unmet_criteria": "leave_out" })).await;
    let checked = check(&admin, &import).await;
    let expected = [("Talk: A large account".to_owned(), 3, 3)];
    assert_eq!(told(&checked, "gate_not_met"), expected);
    assert_eq!(records(&checked, "deal"), (3, 0));
    // Nothing is made for the sake of a row that is left out.
    assert_eq!(records(&checked, "account"), (2, 0));

    let done = run(&admin, &checked).await;
    assert_eq!(told(&done, "gate_not_met"), expected);
    assert_eq!(
        (records(&done, "deal"), records(&done, "account")),
        ((3, 0), (2, 0))
    );
    let deals = all(&admin, "/deals?limit=100").await;
    let mut titles: Vec<_> = deals
        .iter()
        .map(|it| it["title"].as_str().unwrap())
        .collect();
    titles.sort_unstable();
    assert_eq!(titles, ["Lathes", "Presses", "Saws"]);
    let rejects = admin.get(&format!("{}/rejects.csv", path(&done)));
    let file = &done["files"][1]["id"];
    let text = rejects
        .query("file_id", file.as_str().unwrap())
        .header("accept-language", "en")
        .await
        .text();
    assert_eq!(text.matches("what a stage asks").count(), 3, "{text}");
    assert!(text.contains("D2,Drills,Beta,Offer"), "{text}");
}

/// GATE-01: criteria that change while an import runs are asked of the rows still to come: each batch is judged
/// by what holds in its own transaction.
#[tokio::test]
async fn criteria_that_change_under_a_running_import_judge_what_is_still_to_come() {
    const ROWS: i64 = 6_000;
    /// Rows of a batch: the one under way may have been judged before.
    const BATCH: i64 = 500;
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let stage = |name: &str, kind: &str, probability: i16| json!({ "name": name, "kind": kind, "probability": probability });
    let body = json!({ "name": "Sales", "stages": [
        stage("Talk", "open", 20), stage("Won", "won", 100), stage("Lost", "lost", 0),
    ]});
    let funnel = admin.make("/funnels", body).await;
    let talk = id(&funnel["stages"][0]);
    let mut text = "opportunity_id,title,deal_stage,close_value,engage_date\n".to_owned();
    for n in 0..ROWS {
        text.push_str(&format!("D{n},Deal {n},Talk,{},2026-01-05\n", n + 1));
    }
    let import = admin.make("/imports", json!({})).await;
    let import = add(&admin, &import, "deals.csv", text.into_bytes()).await;
    let choice = json!({ "funnel": { "kind": "existing", "funnel_id": funnel["id"] } });
    let request = admin.patch(&path(&import)).if_match(&import).json(&choice);
    let import = request.await.expect(200).value();

    let import = command(&admin, &import, "start").await;
    wait::within(LONG, "the first rows are in", async || {
        let now = admin.read(&path(&import)).await;
        (now["progress"]["rows_done"].as_i64()? > 0).then_some(())
    })
    .await;
    let asked = rule(
        "An account",
        "entry",
        json!({ "fact": { "fact": "employees", "is": { "at_least": 1 } } }),
    );
    let gate = format!("/stages/{talk}/gate");
    let request = admin.put(&gate).if_version(0);
    let set = request.json(&json!({ "criteria": [asked] })).await;
    set.expect(200);
    let done = settled(&admin, &import).await;
    assert_eq!(done["state"], "done", "{done}");
    assert_eq!(records(&done, "deal"), (ROWS, 0));

    let db = app.db().await;
    let count = async |sql: &str| -> i64 {
        let row = db.query_one(sql, &[&admin.org()]).await.unwrap();
        row.get(0)
    };
    let made = "select count(*) from events where org_id = $1 and kind = 'deal.created'";
    let judged = format!("{made} and data -> 'missing' is not null");
    let judged = count(&judged).await;
    let unjudged = format!(
        "{made} and data -> 'missing' is null and sequence > (select max(sequence) from events \
         where org_id = $1 and kind = 'stage.updated')"
    );
    assert!(judged > 0, "the import was too quick for the criteria");
    assert!(
        judged < ROWS,
        "the first batch was judged by what held then"
    );
    assert!(count(&unjudged).await <= BATCH);
    assert_eq!(problem(&done, "criterion_not_met"), judged);
    let by = format!(
        "{made} and data -> 'missing' is not null and data -> 'judged_by' -> 0 ->> 'version' = '1'"
    );
    assert_eq!(count(&by).await, judged);
}

/// What is chosen of it is one of two words.
#[tokio::test]
async fn another_word_for_what_becomes_of_such_rows_is_refused() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let import = admin.make("/imports", json!({})).await;
    let body = json!({ "unmet_criteria": "refuse" });
    let request = admin.patch(&path(&import)).if_match(&import).json(&body);
    let refused = request.await;
    refused.invalid(&[("/unmet_criteria", ErrorCode::NotAllowed)]);
    assert_eq!(admin.read(&path(&import)).await, import);
}
