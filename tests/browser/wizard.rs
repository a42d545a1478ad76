//! The import wizard with what can go wrong: files as Chinese spreadsheets write them, rows that are
//! refused, an import that is stopped, a check that fails, and a reload in the middle of it.

use std::fmt::Write;
use std::path::PathBuf;
use tests::browser::{Journey, Page, Window, journey};
use tests::program::TestFolder;
use tests::{PASSWORD, User, json, root, rows, wait};

/// Opens the page of imports.
async fn enter(journey: &Journey, user: &User, language: &str) -> Page {
    let page = journey.browser_in(Window::DESKTOP, language).await;
    page.go("/sign-in").await;
    page.find("input[type=password]").await;
    page.sign_in(&user.email, PASSWORD).await;
    page.go("/import").await;
    page.find(".import-start").await;
    page
}

/// Gives files to a new import and waits until all are read.
async fn begin(page: &Page, files: &[PathBuf]) {
    page.choose_files(files).await;
    page.arrived("/import/").await;
    // One file alone needs no tabs.
    let tabs = if files.len() > 1 { files.len() } else { 0 };
    page.until(
        "all files are read",
        &format!(
            "document.querySelectorAll('.file-tabs [role=tab]').length === {tabs} && document.querySelector('table.columns') \
             && !document.querySelector('section.sending') && !document.querySelector('.wizard[aria-busy]')"
        ),
    )
    .await;
}

/// Goes on from the columns to the check.
async fn to_check(page: &Page, next: &str) {
    page.click(next).await;
    page.find("nav.steps li:nth-child(3).is-now").await;
    page.click(next).await;
    page.find("nav.steps li:nth-child(4).is-now").await;
}

/// Waits until the page shows that so many rows are through, and says so to a screen reader.
async fn shows_progress(page: &Page, rows: &str) {
    page.until(
        rows,
        &format!(
            "document.querySelector('section.progress [role=status]')?.textContent === {}",
            json!(rows)
        ),
    )
    .await;
}

/// The column's proposed field and the cells shown of it, by the column's name.
async fn column(page: &Page, name: &str) -> (String, Vec<String>) {
    let script = format!(
        "const row = [...document.querySelectorAll('table.columns tbody tr')].find(row => row.querySelector('.lead .strong').textContent === {}); \
         return [row.querySelector('select').value, [...row.querySelectorAll('.samples .badge')].map(cell => cell.textContent)]",
        json!(name)
    );
    serde_json::from_value(page.script(&script).await).unwrap()
}

/// What a downloaded file of rejects holds: its head, and each row.
async fn rejects(page: &Page, name: &str) -> Vec<String> {
    let text = String::from_utf8(page.downloaded(name).await).unwrap();
    // Spreadsheets take it for UTF-8 by this mark only.
    let text = text.strip_prefix('\u{feff}').unwrap();
    text.lines().map(str::to_owned).collect()
}

#[tokio::test]
async fn chinese_files_go_in_and_the_rows_refused_come_back_with_the_reason() {
    journey("wizard_chinese", async |journey| {
        let admin = journey.app.sign_up("北方仪器").await;
        let page = enter(journey, &admin, "zh-CN").await;
        let folder = root().join("tests/fixtures/import");
        begin(&page, &[folder.join("客户.xlsx"), folder.join("商机错行-gbk.csv")]).await;

        // Nobody told it the encoding nor what the columns mean.
        let (field, cells) = column(&page, "客户名称").await;
        assert_eq!((field.as_str(), cells.first().map(String::as_str)), ("name", Some("明鉴检测")));
        page.click_at(".file-tabs [role=tab]:nth-child(2)").await;
        page.until("the other file shows", "document.querySelector('table.columns')?.ariaLabel.startsWith('商机')").await;
        let (field, cells) = column(&page, "负责人").await;
        assert_eq!((field.as_str(), cells), ("owner", vec!["林知远".to_owned(), "周清和".to_owned()]));
        assert_eq!(column(&page, "金额").await.0, "amount");

        to_check(&page, "下一步").await;
        page.click("检查").await;
        page.until("the check is done", "document.querySelector('section.problems')").await;
        let refused = "[...document.querySelectorAll('table tbody tr td:last-child')].map(cell => cell.textContent).join()";
        page.until("two and three rows are refused", &format!("{refused} === '2,3'")).await;
        let db = journey.app.db().await;
        assert_eq!(rows::count(&db, "deals").await, 0, "a check writes nothing");
        page.click_at(".wizard-foot button.primary").await;
        page.text("5 行没有导入。").await;

        page.click("商机错行-gbk.csv 的未导入行").await;
        assert_eq!(
            rejects(&page, "商机错行-gbk-rejects.csv").await,
            [
                "商机编号,负责人,产品,客户,阶段,跟进日期,成交日期,金额,reject_row,reject_reason",
                "E-02,林知远,北斗标准版,明鉴检测,赢单,2024年2月31日,2024年4月18日,3万,3,日期无法识别 (跟进日期: 2024年2月31日)",
                "E-03,周清和,北斗旗舰版,云启科技,丢单,2024年3月6日,2024年5月2日,待定,4,数字无法识别 (金额: 待定)",
                "E-04,周清和,北斗旗舰版,云启科技,商务谈判,2024年3月9日,,3.5万,6,同一编号或名称在本文件中已出现 (商机编号: E-04)",
            ]
        );
        page.click("客户.xlsx 的未导入行").await;
        assert_eq!(
            rejects(&page, "客户-rejects.csv").await,
            [
                "客户名称,行业,员工人数,地区,reject_row,reject_reason",
                "云启科技,软件,'-5,成都,3,数字或日期超出范围 (员工人数: -5)",
                ",零售,40,西安,4,必填单元格为空 (客户名称)",
            ]
        );
        assert_eq!(rows::count(&db, "deals").await, 2);
    })
    .await;
}

/// Goes back to the files, chooses what becomes of deals that lack what their stage asks, and checks.
async fn check_by(page: &Page, choice: &str) {
    page.click("Files").await;
    page.choose("Open deals that lack what their stage asks", choice)
        .await;
    page.click("Next").await;
    page.find("table.columns").await;
    to_check(page, "Next").await;
    page.click("Check").await;
}

/// GATE-01, FUN-04: what the stages ask of open deals is said by the check with the rows that lack it, and the
/// one who imports chooses whether they come in all the same.
#[tokio::test]
async fn deals_that_lack_what_their_stage_asks_are_named_and_left_out_by_choice() {
    journey("wizard_gates", async |journey| {
        let admin = journey.app.sign_up("North").await;
        let stage = |name: &str, kind: &str| json!({ "name": name, "kind": kind });
        let body = json!({ "name": "Sales", "stages": [
            stage("Talk", "open"), stage("Offer", "open"), stage("Won", "won"), stage("Lost", "lost"),
        ] });
        let funnel = admin.make("/funnels", body).await;
        let gate = format!("/stages/{}/gate", funnel["stages"][0]["id"].as_str().unwrap());
        let worth = json!({ "fact": { "fact": "amount", "is": { "at_least": 1000 } } });
        let criterion = json!({
            "id": uuid::Uuid::now_v7(), "side": "exit", "name": "Worth a thousand", "mandatory": true, "rule": worth,
        });
        let now = admin.read(&gate).await;
        let put = admin.put(&gate).if_match(&now);
        put.json(&json!({ "criteria": [criterion] })).await.expect(200);
        let folder = TestFolder::new();
        let file = folder.path().join("deals.csv");
        std::fs::write(&file, "id,title,account,stage,amount\nA,Presses,Acme,Offer,5000\nB,Drills,Beta,Offer,200\nC,Saws,Beta,Talk,200\n").unwrap();

        let page = enter(journey, &admin, "en").await;
        begin(&page, &[file]).await;
        check_by(&page, "leave_out").await;
        page.text("Talk: Worth a thousand").await;
        let refused = "[...document.querySelectorAll('table tbody tr td:last-child')].map(cell => cell.textContent).join()";
        page.until("one row is refused", &format!("{refused} === '1'")).await;

        // It is checked anew by the other choice: the row comes in, with the remark.
        check_by(&page, "take_in").await;
        page.until("no row is refused", &format!("{refused} === '0'")).await;
        page.text("Talk: Worth a thousand").await;
        check_by(&page, "leave_out").await;
        page.until("one row is refused again", &format!("{refused} === '1'")).await;
        page.click_at(".wizard-foot button.primary").await;
        page.text("1 row was left out.").await;
        let deals = admin.read("/deals").await;
        let mut titles: Vec<&str> = deals["items"].as_array().unwrap().iter().map(|deal| deal["title"].as_str().unwrap()).collect();
        titles.sort_unstable();
        assert_eq!(titles, ["Presses", "Saws"]);
    })
    .await;
}

/// So many accounts, and more deals than go into one transaction.
const ACCOUNTS: usize = 600;
const DEALS: usize = 1_000;

/// Writes the two files.
fn files(folder: &TestFolder) -> Vec<PathBuf> {
    let mut accounts = "account,sector\n".to_owned();
    for number in 0..ACCOUNTS {
        writeln!(accounts, "Account {number},retail").unwrap();
    }
    let mut deals = "id,account,stage,amount\n".to_owned();
    for number in 0..DEALS {
        writeln!(
            deals,
            "X{number},Account {},Engaging,{number}",
            number % ACCOUNTS
        )
        .unwrap();
    }
    let files = [("accounts.csv", accounts), ("deals.csv", deals)];
    files
        .into_iter()
        .map(|(name, text)| {
            let file = folder.path().join(name);
            std::fs::write(&file, text).unwrap();
            file
        })
        .collect()
}

/// Opens the import of both files and starts it. It stands still in its middle, as long as `db` is in its
/// transaction: the accounts are in, and the server waits to write deals.
async fn stand_still(journey: &Journey, db: &tokio_postgres::Client, folder: &TestFolder) -> Page {
    let admin = journey.app.sign_up("North").await;
    let page = enter(journey, &admin, "en").await;
    begin(&page, &files(folder)).await;
    to_check(&page, "Next").await;
    page.click("Check").await;
    page.until(
        "the check is done",
        "[...document.querySelectorAll('.wizard-foot button.primary')].some(b => b.textContent.trim() === 'Import' && b.ariaDisabled !== 'true')",
    )
    .await;
    db.batch_execute("begin; lock table deals in share mode")
        .await
        .unwrap();
    page.click_at(".wizard-foot button.primary").await;
    shows_progress(&page, "600 of 1,600 rows").await;
    page
}

#[tokio::test]
async fn reload_in_the_middle_of_an_import_goes_on_showing_how_far_it_is() {
    journey("wizard_reload", async |journey| {
        let (db, folder) = (journey.app.db().await, TestFolder::new());
        let page = stand_still(journey, &db, &folder).await;
        let address = page.path().await;

        page.go(&address).await;
        shows_progress(&page, "600 of 1,600 rows").await;
        assert_eq!(
            page.texts("nav.steps .is-now button[aria-current=step]")
                .await
                .len(),
            1
        );
        // The list of imports says it as well.
        page.click_at("nav.crumb a").await;
        page.until(
            "the list says that it runs",
            "document.querySelector('.jobs .badge.accent')?.textContent === 'Importing'",
        )
        .await;
        page.click_at(".jobs a").await;
        shows_progress(&page, "600 of 1,600 rows").await;

        db.batch_execute("commit").await.unwrap();
        page.text("The import is done.").await;
        assert_eq!(rows::count(&db, "deals").await, DEALS as i64);
    })
    .await;
}

#[tokio::test]
async fn import_that_is_stopped_says_what_is_in_and_what_is_not() {
    journey("wizard_stop", async |journey| {
        let (db, folder) = (journey.app.db().await, TestFolder::new());
        let page = stand_still(journey, &db, &folder).await;

        page.click("Stop").await;
        page.text("The import was stopped. What is in stays in and is not imported twice.")
            .await;
        page.text("Not in: 1,000 rows of deals.csv.").await;
        let made = page
            .texts("section.panel[aria-label=Records] dl > div")
            .await;
        assert!(
            made.iter()
                .any(|count| count.replace(' ', "") == "Accounts600made"),
            "{made:?}"
        );
        assert!(
            !made.iter().any(|count| count.starts_with("Deals")),
            "{made:?}"
        );
        db.batch_execute("commit").await.unwrap();

        // The one at work finds out, and writes nothing of what it had in hand.
        wait::until("nobody is at work any more", async || {
            let sql = "select count(*) from job_queue where kind like 'import%'";
            let count: i64 = db.query_one(sql, &[]).await.unwrap().get(0);
            (count == 0).then_some(())
        })
        .await;
        assert_eq!(rows::count(&db, "accounts").await, ACCOUNTS as i64);
        assert_eq!(rows::count(&db, "deals").await, 0);
        // A reload says the same.
        page.go(&page.path().await).await;
        page.text("Not in: 1,000 rows of deals.csv.").await;
        assert!(
            page.shows("a.btn.primary[href^='/board/']").await,
            "a way on"
        );
    })
    .await;
}

#[tokio::test]
async fn check_that_fails_says_why_and_goes_well_with_a_whole_file() {
    journey("wizard_check", async |journey| {
        let admin = journey.app.sign_up("North").await;
        let page = enter(journey, &admin, "en").await;
        let file = [root().join("tests/fixtures/import/客户.xlsx")];
        begin(&page, &file).await;
        to_check(&page, "Next").await;
        // The file was whole when it came; now its bytes are damaged.
        let db = journey.app.db().await;
        db.execute("update import_chunks set bytes = 'PK'", &[]).await.unwrap();

        page.click("Check").await;
        let why = "The check did not come to its end. The file cannot be read. Use CSV or XLSX. Mend that and check again.";
        page.text(why).await;
        page.go(&page.path().await).await;
        page.text(why).await;

        page.click("Files").await;
        page.click("Take out 客户.xlsx").await;
        page.until("no file is left", "document.querySelector('.wizard .dz') && !document.querySelector('[aria-label=\"Take out 客户.xlsx\"]')").await;
        page.choose_files(&file).await;
        page.button("Take out 客户.xlsx").await;
        page.click("Next").await;
        page.find("table.columns").await;
        to_check(&page, "Next").await;
        page.click("Check").await;
        page.find("section[aria-label=Records]").await;
        assert!(!page.shows(".notice.negative[role=alert]").await);
        assert_eq!(rows::count(&db, "accounts").await, 0);
    })
    .await;
}
