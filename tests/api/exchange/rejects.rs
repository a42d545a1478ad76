//! Rows that cannot go in are left out, told one by one, and can be corrected and imported again.

use super::{add, all, path, problem, records, run, with_files};
use shared::error::ErrorCode;
use tests::{TestApp, json};

#[tokio::test]
async fn each_row_left_out_says_why() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let done = run(&admin, &with_files(&admin, &["broken.csv"]).await).await;
    assert_eq!(records(&done, "deal"), (3, 0));
    let file = &done["report"]["files"][0];
    assert_eq!(
        (&file["rows"], &file["created"], &file["rejected"]),
        (&json!(9), &json!(3), &json!(6))
    );

    let problems = all(
        &admin,
        &format!("{}/problems?severity=error&limit=2", path(&done)),
    )
    .await;
    let found: Vec<_> = problems
        .iter()
        .map(|it| (&it["row"], &it["code"]))
        .collect();
    assert_eq!(
        json!(found),
        json!([
            [2, "unreadable_date"],
            [3, "unreadable_number"],
            [6, "duplicate"],
            [7, "too_many_cells"],
            [8, "required_empty"],
            [9, "out_of_range"],
        ])
    );
    assert_eq!(problems[0]["cells"][5], "31-02-24");
    let one = all(&admin, &format!("{}/problems?code=duplicate", path(&done))).await;
    assert_eq!(one.len(), 1);
    admin
        .get(&format!("{}/problems?code=nonsense", path(&done)))
        .await
        .refused(400, ErrorCode::Malformed);
}

#[tokio::test]
async fn the_file_of_rejects_is_safe_and_can_be_imported_again() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let text = "opportunity_id,account,deal_stage,engage_date,close_date,close_value\n\
        =1+1,@sum,Won,31-02-24,20-03-24,5\n\
        +2,\"-cmd, 'x'\",Won,31-13-24,20-03-24,6\n\
        '=3,Acme,Won,14-02-24,20-03-24,7\n\
        4,Acme,Won,25-02-24,20-03-24,8\n\
        5,Acme,Won,26-02-24,31-03-24,9\n";
    let import = admin.make("/imports", json!({})).await;
    let import = add(&admin, &import, "deals.csv", text.as_bytes().to_vec()).await;
    let done = run(&admin, &import).await;
    assert_eq!(done["report"]["files"][0]["rejected"], 2);

    let request = admin.get(&format!("{}/rejects.csv", path(&done)));
    let answer = request.header("accept-language", "zh").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(
        answer.header("content-disposition"),
        "attachment; filename=\"deals-rejects.csv\""
    );
    let csv = answer.text();
    let lines: Vec<&str> = csv.trim_start_matches('\u{feff}').lines().collect();
    assert!(csv.starts_with('\u{feff}'));
    assert_eq!(
        lines[0],
        "opportunity_id,account,deal_stage,engage_date,close_date,close_value,reject_row,reject_reason"
    );
    assert!(
        lines[1].starts_with("'=1+1,'@sum,Won,31-02-24,20-03-24,5,2,日期无法识别"),
        "{}",
        lines[1]
    );
    assert!(
        lines[2].starts_with("'+2,\"'-cmd, 'x'\",Won,"),
        "{}",
        lines[2]
    );
    assert_eq!(lines.len(), 3);

    // Corrected, the rows go in as they were meant.
    let corrected = csv
        .replace("31-02-24", "28-02-24")
        .replace("31-13-24", "27-02-24");
    let import = admin.make("/imports", json!({})).await;
    let import = add(&admin, &import, "rejects.csv", corrected.into_bytes()).await;
    // Two rows do not tell day from year, so it is asked and not guessed.
    let body = json!({ "files": [{
        "id": import["files"][0]["id"],
        "columns": [{ "index": 3, "date_format": "dd-mm-yy" }],
    }]});
    let request = admin.patch(&path(&import)).if_match(&import).json(&body);
    let import = request.await.expect(200).value();
    let done = run(&admin, &import).await;
    assert_eq!(records(&done, "deal"), (2, 0));
    assert_eq!(problem(&done, "column_left_out"), 4);
    let deals = all(&admin, "/deals?limit=100").await;
    let mut ids: Vec<_> = deals
        .iter()
        .filter_map(|deal| deal["external_ids"]["csv"].as_str())
        .collect();
    ids.sort_unstable();
    assert_eq!(ids, ["+2", "4", "5", "=1+1", "=3"]);
}

#[tokio::test]
async fn signs_no_text_may_hold_are_refused_and_not_stored() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let many: String = (0..60).map(|n| format!("Name {n},retail\n")).collect();
    let text = format!(
        "account,sector\nAc\u{0}me,retail\nBolt\u{7},retail\nCog,retail\nDuo,retail\n{many}"
    );
    let import = admin.make("/imports", json!({})).await;
    let import = add(&admin, &import, "accounts.csv", text.into_bytes()).await;
    let done = run(&admin, &import).await;
    assert_eq!(problem(&done, "unreadable_text"), 2);
    assert_eq!(records(&done, "account"), (62, 0));
}

#[tokio::test]
async fn circles_of_parents_are_left_open_and_told() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let text = "account,subsidiary_of\nA,B\nB,C\nC,A\nD,D\nE,Nobody\nF,A\n";
    let import = admin.make("/imports", json!({})).await;
    let import = add(&admin, &import, "accounts.csv", text.as_bytes().to_vec()).await;
    let done = run(&admin, &import).await;
    assert_eq!(records(&done, "account"), (6, 0));
    assert_eq!(problem(&done, "parent_cycle"), 2);
    assert_eq!(problem(&done, "unknown_parent"), 1);
    let accounts = all(&admin, "/accounts?limit=100").await;
    let with_parent = accounts
        .iter()
        .filter(|it| !it["parent_id"].is_null())
        .count();
    assert_eq!(with_parent, 3);
}
