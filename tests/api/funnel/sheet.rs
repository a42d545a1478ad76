//! The sheet of a deal: push questions answered, tasks planned and done, and criteria that ask for both.

use super::gate::{ask, criterion, missing, read};
use super::{OFFER, TALK, archived, deal, id, moved, moving, path, stage, team};
use shared::error::ErrorCode;
use shared::funnel::{DealSheet, Funnel, SheetCount};
use shared::identity::Role;
use tests::{Client, Request, Response, TestApp, Value, json};

const WHO: &str = "Who decides?";
const WHY: &str = "Why do they want to change?";
const VISIT: &str = "Visit the top management";
const QUOTE: &str = "Give a first quote";

/// A funnel whose first stage asks two questions and has two tasks.
async fn asking(admin: &Client) -> Value {
    let mut stages = super::stages();
    stages[TALK]["questions"] = json!([WHO, WHY]);
    stages[TALK]["tasks"] = json!([VISIT, QUOTE]);
    stages[OFFER]["questions"] = json!([WHO]);
    let body = json!({ "name": "Sales", "stages": stages });
    admin.make("/funnels", body).await
}

async fn sheet(user: &Client, deal: &Value) -> Value {
    user.read(&format!("{}/sheet", path(deal))).await
}

fn answering(user: &Client, deal: &Value, stage: &str, question: &str, text: &str) -> Request {
    let body = json!({ "stage_id": stage, "question": question, "text": text });
    let request = user.post(&format!("{}/sheet/answer", path(deal)));
    request.if_match(deal).json(&body)
}

/// Answers a question of the stage the deal is in, whatever its version.
async fn answer(user: &Client, deal: &Value, question: &str, text: &str) -> Value {
    let now = read(user, deal).await;
    let stage = now["stage_id"].as_str().unwrap();
    let answer = answering(user, &now, stage, question, text).await;
    answer.expect(200).value()
}

async fn planning(user: &Client, deal: &Value, body: Value) -> Response {
    let now = read(user, deal).await;
    let mut whole = json!({ "stage_id": now["stage_id"] });
    let body = body.as_object().unwrap().clone();
    whole.as_object_mut().unwrap().extend(body);
    let request = user.post(&format!("{}/sheet/plan", path(deal)));
    request.if_match(&now).json(&whole).await
}

async fn events(app: &TestApp, user: &Client, kind: &str) -> Vec<Value> {
    let mut events = app.feed(user).await;
    events.retain(|event| event["kind"] == kind);
    events.sort_by_key(|event| event["sequence"].as_i64());
    events
}

/// GATE-25, GATE-26, GATE-27: answered, changed and erased, by whom and when, each with its event.
#[tokio::test]
async fn a_push_question_is_answered_changed_and_erased() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let rep = admin.invite(Role::Rep).await;
    let sales = asking(&admin).await;
    let of = json!({ "owner_id": rep.id() });
    let made = deal(&admin, &sales, TALK, "Cranes", of).await;
    let empty = sheet(&rep, &made).await;
    assert_eq!(
        (&empty["answers"], &empty["tasks"]),
        (&json!([]), &json!([]))
    );

    let first = answer(&rep, &made, WHO, "  The works council\n").await;
    assert_eq!(first["version"], 2, "an answer counts the deal up");
    let one = &first["answers"][0];
    assert_eq!(
        (&one["question"], &one["text"], &one["stage_id"]),
        (
            &json!(WHO),
            &json!("The works council"),
            &json!(stage(&sales, TALK))
        )
    );
    assert_eq!(one["answered_by_name"], rep.me["user"]["name"]);
    assert_eq!(sheet(&admin, &made).await, first);

    let changed = answer(&admin, &made, WHO, "The head of works").await;
    assert_eq!(changed["answers"].as_array().unwrap().len(), 1);
    assert_eq!(
        changed["answers"][0]["answered_by_name"],
        admin.me["user"]["name"]
    );
    // The same again says nothing new.
    let same = answer(&admin, &made, WHO, "The head of works").await;
    assert_eq!(same, changed);
    let erased = answer(&admin, &made, WHO, "").await;
    assert_eq!(erased["answers"], json!([]));
    let nothing = answer(&admin, &made, WHO, " ").await;
    assert_eq!(nothing["version"], erased["version"]);

    let told = events(&app, &admin, "deal.sheet_answered").await;
    assert_eq!(told.len(), 2);
    assert_eq!(told[0]["deal_id"], made["id"]);
    assert_eq!(told[1]["data"]["old"]["text"], "The works council");
    assert_eq!(told[1]["data"]["new"]["text"], "The head of works");
    assert_eq!(told[1]["data"]["about"]["text"], WHO);
    let told = events(&app, &admin, "deal.sheet_answer_erased").await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["data"]["old"]["text"], "The head of works");
}

/// FUN-28: a task gets its day and its person, is done with a note and a link, opened again and left out.
#[tokio::test]
async fn a_task_is_planned_done_and_opened_again() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let rep = admin.invite(Role::Rep).await;
    let sales = asking(&admin).await;
    let made = deal(&admin, &sales, TALK, "Cranes", json!({})).await;
    let plan = json!({ "task": VISIT, "due_on": "2026-12-01", "person_id": rep.id() });
    let planned = planning(&admin, &made, plan).await.expect(200).value();
    let one = &planned["tasks"][0];
    assert_eq!(one["person_name"], rep.me["user"]["name"]);
    assert_eq!(
        (&one["due_on"], &one["done_at"]),
        (&json!("2026-12-01"), &Value::Null)
    );

    let done = json!({
        "task": VISIT, "due_on": "2026-12-01", "person_id": rep.id(), "is_done": true,
        "note": "They want a trial", "url": "https://example.com/notes",
    });
    let done = planning(&admin, &made, done).await.expect(200).value();
    let one = &done["tasks"][0];
    assert_eq!(one["done_by_name"], admin.me["user"]["name"]);
    assert_eq!(one["note"], "They want a trial");
    // Another day for what is done leaves who did it and when.
    let later = json!({ "task": VISIT, "is_done": true, "note": "They want two trials" });
    let later = planning(&admin, &made, later).await.expect(200).value();
    assert_eq!(later["tasks"][0]["done_at"], one["done_at"]);
    assert_eq!(later["tasks"][0]["due_on"], Value::Null);

    let open = json!({ "task": VISIT, "note": "Once more" });
    let open = planning(&admin, &made, open).await.expect(200).value();
    assert_eq!(open["tasks"][0]["done_at"], Value::Null);
    let none = planning(&admin, &made, json!({ "task": VISIT })).await;
    assert_eq!(none.expect(200).value()["tasks"], json!([]));

    let planned = events(&app, &admin, "deal.sheet_task_planned").await;
    assert_eq!(planned.len(), 4);
    let done = events(&app, &admin, "deal.sheet_task_done").await;
    assert_eq!(done.len(), 1);
    assert_eq!(done[0]["data"]["about"]["text"], VISIT);
}

/// GATE-25, FUN-28: what was answered and done is asked by criteria, of the stage the deal is in, and as
/// the browser counts it.
#[tokio::test]
async fn criteria_ask_for_questions_answered_and_tasks_done_of_the_stage_the_deal_is_in() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = asking(&admin).await;
    let none = |name: &str, fact: &str| {
        criterion(
            name,
            json!({ "fact": { "fact": fact, "is": { "at_most": 0 } } }),
        )
    };
    let two = json!({ "fact": { "fact": "questions_answered", "is": { "at_least": 2 } } });
    let done = json!({ "fact": { "fact": "tasks_done", "is": { "at_least": 2 } } });
    let gate = json!({ "criteria": [
        none("All answered", "questions_open"), none("All done", "tasks_open"),
        criterion("Two answered", two), criterion("Two done", done),
    ] });
    ask(&admin, &sales, TALK, gate).await;
    let made = deal(&admin, &sales, TALK, "Cranes", json!({})).await;
    let to = stage(&sales, OFFER);
    let refused = moving(&admin, &made, to, None).await;
    let problem = refused.refused(422, ErrorCode::GateNotMet);
    assert_eq!(problem.missing_criteria.len(), 4);
    assert!(problem.missing_criteria.iter().all(|item| !item.unknown));

    let board = format!("/funnels/{}/board", id(&sales));
    let shown = async || {
        let board = admin.read(&board).await;
        board["columns"][TALK]["cards"][0]["facts"]["values"].clone()
    };
    assert_eq!(shown().await["questions_open"], 2);
    answer(&admin, &made, WHO, "The head of works").await;
    planning(&admin, &made, json!({ "task": VISIT, "is_done": true }))
        .await
        .expect(200);
    // A plan alone is nothing done.
    planning(
        &admin,
        &made,
        json!({ "task": QUOTE, "due_on": "2026-12-01" }),
    )
    .await
    .expect(200);
    let half =
        json!({ "questions_answered": 1, "questions_open": 1, "tasks_done": 1, "tasks_open": 1 });
    assert_eq!(shown().await, half, "the kept board is fresh");
    let funnel: Funnel =
        serde_json::from_value(admin.read(&format!("/funnels/{}", id(&sales))).await).unwrap();
    let now: DealSheet = serde_json::from_value(sheet(&admin, &made).await).unwrap();
    let count = SheetCount::of(&funnel.stages[TALK], &now);
    assert_eq!(
        (count.questions, count.answered, count.tasks, count.done),
        (2, 1, 2, 1)
    );

    let now = read(&admin, &made).await;
    let names = missing(&moving(&admin, &now, to, None).await);
    assert_eq!(names.len(), 4);
    answer(&admin, &made, WHY, "The old ones break").await;
    planning(&admin, &made, json!({ "task": QUOTE, "is_done": true }))
        .await
        .expect(200);
    let now = read(&admin, &made).await;
    let there = moved(&admin, &now, to, None).await;
    // The next stage asks the same question in the same words: it is answered anew there.
    let now = read(&admin, &there).await;
    assert_eq!(now["facts"]["values"]["questions_answered"], 0);
    assert_eq!(now["facts"]["values"]["questions_open"], 1);
    // And what was said before is kept.
    let kept = sheet(&admin, &made).await;
    assert_eq!(kept["answers"].as_array().unwrap().len(), 2);
    // A stage that is passed by asks for its own sheet, of which nobody knows anything.
    let body = json!({
        "title": "Hoists", "funnel_id": sales["id"], "stage_id": stage(&sales, OFFER),
    });
    let straight = admin.post("/deals").json(&body).await;
    let problem = straight.refused(422, ErrorCode::GateNotMet);
    assert_eq!(problem.missing_criteria.len(), 4);
    assert!(problem.missing_criteria.iter().all(|item| item.unknown));
}

/// A reworded question leaves its answer readable, and changeable.
#[tokio::test]
async fn the_answer_to_a_question_that_was_reworded_stays_readable_and_counts_no_more() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = asking(&admin).await;
    let open = json!({ "fact": { "fact": "questions_open", "is": { "at_most": 0 } } });
    let gate = json!({ "criteria": [criterion("All answered", open)] });
    ask(&admin, &sales, TALK, gate).await;
    let made = deal(&admin, &sales, TALK, "Cranes", json!({})).await;
    answer(&admin, &made, WHO, "The head of works").await;
    answer(&admin, &made, WHY, "The old ones break").await;

    let path = format!("/funnels/{}", id(&sales));
    let now = admin.read(&path).await;
    let mut stages = now["stages"].clone();
    for stage in stages.as_array_mut().unwrap() {
        let stage = stage.as_object_mut().unwrap();
        for told in ["funnel_id", "position", "gate", "gate_version"] {
            stage.remove(told);
        }
    }
    stages[TALK]["questions"] = json!(["Who has the last word?", WHY]);
    let request = admin.patch(&path).if_match(&now);
    request.json(&json!({ "stages": stages })).await.expect(200);

    let kept = sheet(&admin, &made).await;
    assert_eq!(kept["answers"][0]["question"], WHO);
    let now = read(&admin, &made).await;
    assert_eq!(now["facts"]["values"]["questions_answered"], 1);
    // It can still be corrected, but not asked of another deal.
    answer(&admin, &made, WHO, "The board").await;
    let other = deal(&admin, &sales, TALK, "Hoists", json!({})).await;
    let late = answering(&admin, &other, stage(&sales, TALK), WHO, "The board").await;
    late.invalid(&[("/question", ErrorCode::NoSuchRecord)]);
    let gone = answer(&admin, &made, WHO, "").await;
    assert_eq!(gone["answers"].as_array().unwrap().len(), 1);
}

/// Bad input is named, and nothing is written.
#[tokio::test]
async fn what_is_no_answer_and_no_plan_is_refused() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let south = app.sign_up("South").await;
    let sales = asking(&admin).await;
    let foreign = asking(&south).await;
    let made = deal(&admin, &sales, TALK, "Cranes", json!({})).await;
    let talk = stage(&sales, TALK);
    for (stage, question, text, fault) in [
        (
            talk,
            "Really?",
            "Yes",
            ("/question", ErrorCode::NoSuchRecord),
        ),
        (talk, "", "Yes", ("/question", ErrorCode::Required)),
        (
            talk,
            WHO,
            &*"x".repeat(2_001),
            ("/text", ErrorCode::TooLong),
        ),
        (
            stage(&foreign, TALK),
            WHO,
            "Yes",
            ("/stage_id", ErrorCode::NoSuchRecord),
        ),
    ] {
        let answer = answering(&admin, &made, stage, question, text).await;
        answer.invalid(&[fault]);
    }
    for (plan, fault) in [
        (
            json!({ "task": "Sing", "is_done": true }),
            ("/task", ErrorCode::NoSuchRecord),
        ),
        (
            json!({ "task": VISIT, "person_id": south.id() }),
            ("/person_id", ErrorCode::NoSuchRecord),
        ),
        (
            json!({ "task": VISIT, "due_on": "1900-01-01" }),
            ("/due_on", ErrorCode::OutOfRange),
        ),
        (
            json!({ "task": VISIT, "url": "javascript:alert(1)" }),
            ("/url", ErrorCode::BadFormat),
        ),
        (
            json!({ "task": VISIT, "note": "x".repeat(501) }),
            ("/note", ErrorCode::TooLong),
        ),
    ] {
        planning(&admin, &made, plan).await.invalid(&[fault]);
    }
    let misspelt = planning(&admin, &made, json!({ "task": VISIT, "done": true })).await;
    assert_eq!(misspelt.status, 422);
    let now = sheet(&admin, &made).await;
    assert_eq!((&now["answers"], &now["tasks"]), (&json!([]), &json!([])));
    assert_eq!(now["version"], made["version"]);

    let gone = archived(&admin, &made).await;
    let answer = answering(&admin, &gone, talk, WHO, "Yes").await;
    answer.refused(409, ErrorCode::Archived);
}

/// A stale writer is told what is there now; the same request twice has one effect; out of view is 404.
#[tokio::test]
async fn answers_are_written_once_by_who_saw_the_deal_as_it_is_and_may_see_it() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let south = app.sign_up("South").await;
    let team = team(&admin).await;
    let sales = asking(&admin).await;
    let talk = stage(&sales, TALK);
    let of = json!({ "owner_id": team.rep.id() });
    let made = deal(&admin, &sales, TALK, "Cranes", of).await;
    let send = || answering(&team.rep, &made, talk, WHO, "The board").key("once");
    let first = send().await.expect(200).value();
    let again = send().await.expect(200).value();
    assert_eq!(first, again);
    assert_eq!(events(&app, &admin, "deal.sheet_answered").await.len(), 1);
    let other = answering(&team.rep, &made, talk, WHO, "Nobody").key("once");
    other.await.refused(422, ErrorCode::KeyReused);

    let stale = answering(&team.manager, &made, talk, WHY, "They must").await;
    let problem = stale.refused(412, ErrorCode::Stale);
    assert_eq!(problem.current.unwrap()["version"], 2);
    for stranger in [&team.other, &south] {
        let refused = answering(stranger, &made, talk, WHO, "Mine").await;
        refused.refused(404, ErrorCode::NotFound);
        let body = json!({ "stage_id": talk, "task": VISIT, "is_done": true });
        let plan = stranger.post(&format!("{}/sheet/plan", path(&made)));
        let refused = plan.if_match(&made).json(&body).await;
        refused.refused(404, ErrorCode::NotFound);
        let read = stranger.get(&format!("{}/sheet", path(&made))).await;
        read.refused(404, ErrorCode::NotFound);
    }
    let seen = sheet(&team.manager, &made).await;
    assert_eq!(seen["answers"].as_array().unwrap().len(), 1);
}
