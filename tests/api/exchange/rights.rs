//! An import does nothing that the one who imports may not do.

use super::{SET, add, all, command, path, problem, records, run, settled, with_files};
use shared::error::ErrorCode;
use shared::identity::Role;
use tests::{TestApp, User, json, wait};

#[tokio::test]
async fn a_manager_makes_no_sellers_and_gives_nothing_to_those_out_of_view() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let manager = admin.invite(Role::Manager).await;
    let done = run(&manager, &with_files(&manager, SET).await).await;
    assert_eq!(records(&done, "user"), (0, 0));
    assert_eq!(records(&done, "account"), (8, 0));
    // All rows of sellers, and all deals, for every one of them has an owner who is not here.
    assert_eq!(problem(&done, "not_allowed"), 6 * 3 + 32);
    assert_eq!(all(&admin, "/deals?limit=100").await.len(), 0);

    // Once the sellers are here, but in teams that are not the manager's, it is no better.
    let teams = run(&admin, &with_files(&admin, &["sales_teams.csv"]).await).await;
    assert_eq!(records(&teams, "user"), (9, 0));
    let done = run(&manager, &with_files(&manager, &["pipeline.csv"]).await).await;
    assert_eq!(problem(&done, "not_allowed"), 32);
}

#[tokio::test]
async fn what_is_out_of_view_is_neither_linked_nor_shown() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let manager = admin.invite(Role::Manager).await;
    let secret = json!({ "name": "Ansel Bank", "industry": "secret service" });
    admin.make("/accounts", secret).await;
    let import = with_files(&manager, &["accounts.csv"]).await;
    let done = run(&manager, &import).await;
    // The manager does not see the administrator's account, so theirs is another one.
    assert_eq!(records(&done, "account"), (8, 0));
    assert!(!done.to_string().contains("secret"));
    assert_eq!(all(&admin, "/accounts?limit=100").await.len(), 9);
}

#[tokio::test]
async fn imports_of_others_are_not_there_for_those_who_do_not_see_them() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let import = with_files(&admin, &["accounts.csv"]).await;
    let manager = admin.invite(Role::Manager).await;
    manager
        .get(&path(&import))
        .await
        .refused(404, ErrorCode::NotFound);
    assert_eq!(manager.read("/imports").await["items"], json!([]));
    let rep = admin.invite(Role::Rep).await;
    rep.get("/imports").await.refused(403, ErrorCode::Forbidden);
}

#[tokio::test]
async fn somebody_who_may_no_longer_import_does_not() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let manager = admin.invite(Role::Manager).await;
    let import = with_files(&manager, &["accounts.csv"]).await;
    // The manager becomes a seller while the start waits for the queue, so both are true at once.
    let db = app.db().await;
    db.batch_execute("begin; lock table job_queue in exclusive mode")
        .await
        .unwrap();
    let changing = async {
        wait::until("the start waits for the queue", async || {
            let sql = "select count(*) from pg_locks where relation = 'job_queue'::regclass and not granted \
                and mode = 'RowExclusiveLock'";
            let count: i64 = db.query_one(sql, &[]).await.unwrap().get(0);
            (count > 0).then_some(())
        })
        .await;
        let sql = format!(
            "update users set role = 'rep' where id = '{}'; commit",
            manager.id()
        );
        db.batch_execute(&sql).await.unwrap();
    };
    let (queued, ()) = tokio::join!(command(&manager, &import, "start"), changing);
    let import = settled(&admin, &queued).await;
    assert_eq!(
        (&import["state"], &import["failure"]),
        (&json!("failed"), &json!("forbidden"))
    );
    assert_eq!(all(&admin, "/accounts?limit=100").await.len(), 0);
}

#[tokio::test]
async fn import_works_with_its_makers_rights_so_nobody_else_runs_it() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let team = admin.make("/teams", json!({ "name": "East" })).await;
    let in_team = json!({ "team_id": team["id"] });
    let maker = admin.invite_with(Role::Administrator, in_team.clone());
    let manager = admin.invite_with(Role::Manager, in_team);
    let (maker, manager) = (maker.await, manager.await);
    let import = with_files(&maker, &["sales_teams.csv"]).await;

    manager.get(&path(&import)).await.expect(200);
    for what in ["check", "start"] {
        let request = manager.post(&format!("{}/{what}", path(&import)));
        let answer = request.if_match(&import).await;
        answer.refused(403, ErrorCode::Forbidden);
    }
    let change = manager.patch(&path(&import)).if_match(&import);
    let change = change.json(&json!({ "source": "ours" }));
    change.await.refused(403, ErrorCode::Forbidden);
    assert_eq!(records(&run(&maker, &import).await, "user"), (9, 0));
}

#[tokio::test]
async fn parents_are_not_given_to_accounts_out_of_view() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let manager = admin.invite(Role::Manager).await;
    let import = async |user: &User, text: &str| {
        let import = user.make("/imports", json!({})).await;
        let import = add(user, &import, "accounts.csv", text.as_bytes().to_vec()).await;
        run(user, &import).await
    };
    let ours = json!({ "name": "Acme", "external_ids": { "csv": "A1" } });
    admin.make("/accounts", ours).await;
    let theirs = "account_id,account,sector,subsidiary_of\nA1,Acme,retail,Bolt\nA2,Bolt,retail,\n";
    import(&manager, theirs).await;

    let accounts = all(&admin, "/accounts?limit=100").await;
    let acme = accounts
        .iter()
        .find(|one| one["external_ids"]["csv"] == "A1");
    let acme = acme.unwrap_or_else(|| panic!("{accounts:?}"));
    assert_eq!(
        (&acme["parent_id"], &acme["version"]),
        (&json!(null), &json!(1))
    );
    assert!(accounts.iter().any(|one| one["name"] == "Bolt"));
}
