//! `dipper import`, run as an operator runs it.

use super::fixture;
use std::path::Path;
use std::time::Duration;
use tests::postgres::TestDatabase;
use tests::program::{Ended, Program, TestFolder, run};
use tests::{json, root, rows};

/// The e-mail of the one who imports.
pub const WHO: &str = "somebody@north.example.com";

/// Makes an organisation and somebody who may do everything in it; gives their password.
pub async fn found(settings: &[(&str, &str)]) -> String {
    let create = [
        "user",
        "create",
        "--email",
        WHO,
        "--name",
        "Somebody",
        "--organisation",
        "North",
    ];
    let ended = run(&create, settings).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let (_, password) = ended.output.split_once("password: ").unwrap();
    password.trim().to_owned()
}

/// A database, a folder for what is left out, and the command.
struct Desk {
    database: TestDatabase,
    folder: TestFolder,
}

impl Desk {
    async fn new() -> Self {
        let desk = Self {
            database: TestDatabase::migrated().await,
            folder: TestFolder::new(),
        };
        found(&desk.settings("C")).await;
        desk
    }

    fn settings<'a>(&'a self, language: &'a str) -> [(&'static str, &'a str); 3] {
        [
            ("DIPPER_DATA_DIR", self.path()),
            ("DIPPER_DATABASE_URL", self.database.owner_url.as_str()),
            ("LC_ALL", language),
        ]
    }

    fn path(&self) -> &str {
        self.folder.path().to_str().unwrap()
    }

    /// Imports in a language, with options and files.
    async fn import(&self, language: &str, arguments: &[&str]) -> Ended {
        self.import_as(WHO, language, arguments).await
    }

    async fn import_as(&self, who: &str, language: &str, arguments: &[&str]) -> Ended {
        let begin = ["import", "--as", who, "--rejects", self.path()];
        let whole = [&begin, arguments].concat();
        run(&whole, &self.settings(language)).await
    }

    async fn count(&self, table: &str) -> i64 {
        rows::count(&self.database.connect().await, table).await
    }
}

fn fixtures(names: &[&str]) -> Vec<String> {
    let folder = root().join("tests/fixtures/import");
    let path = |name: &&str| folder.join(name).to_str().unwrap().to_owned();
    names.iter().map(path).collect()
}

fn refs(paths: &[String]) -> Vec<&str> {
    paths.iter().map(String::as_str).collect()
}

fn has(text: &str, line: &str) {
    assert!(text.contains(line), "{line} is not in:\n{text}");
}

#[tokio::test]
async fn the_set_goes_in_whole_and_only_once() {
    let desk = Desk::new().await;
    let set = fixtures(super::SET);
    let checked = desk
        .import("C", &[&["--check"], &*refs(&set)].concat())
        .await;
    assert_eq!(checked.code, Some(0), "{checked:?}");
    has(&checked.output, "Would be:\n");
    has(&checked.output, "Deals: 32 new, 0 there already");
    assert_eq!(desk.count("deals").await, 0);

    let first = desk.import("en_GB.UTF-8", &refs(&set)).await;
    assert_eq!(first.code, Some(0), "{first:?}");
    for line in [
        "pipeline.csv: Deals, 32 rows (utf8, comma)",
        "  engage_date → Day work began (dd-mm-yy)",
        "Product “PolarPro” → “Polar Pro”: 6 rows",
        "Imported:\n",
        "  Teams: 6 new, 0 there already",
        "  Sellers: 9 new, 0 there already",
        "  Deals: 32 new, 0 there already",
        "look: The deal has no account; it goes in without one [account]: 5 rows, such as line ",
        "50 rows in ",
    ] {
        has(&first.output, line);
    }
    has(&first.errors, "Importing 50 of 50 rows, 100 %");

    let again = desk.import("zh_CN.UTF-8", &refs(&set)).await;
    assert_eq!(again.code, Some(0), "{again:?}");
    has(&again.output, "商机:新建 0,已有 32");
    has(&again.errors, "正在导入 50 / 50 行,100%");
    for (table, count) in [
        ("deals", 32),
        ("accounts", 8),
        ("products", 4),
        ("funnels", 1),
        ("teams", 6),
    ] {
        assert_eq!(desk.count(table).await, count, "{table}");
    }
}

#[tokio::test]
async fn rows_left_out_are_written_down_over_no_other_file() {
    let desk = Desk::new().await;
    let broken = fixtures(&["broken.csv"]);
    for (language, name, reason) in [
        ("C", "broken-rejects.csv", "The day cannot be read"),
        ("zh_CN", "broken-rejects-2.csv", "日期无法识别"),
    ] {
        let ended = desk.import(language, &refs(&broken)).await;
        assert_eq!(ended.code, Some(3), "{ended:?}");
        has(&ended.output, name);
        let text = std::fs::read_to_string(Path::new(desk.path()).join(name)).unwrap();
        assert_eq!(text.lines().count(), 1 + 6);
        has(&text, reason);
    }
    assert_eq!(desk.count("deals").await, 3);
}

#[tokio::test]
async fn what_cannot_be_done_is_said_in_one_sentence() {
    let desk = Desk::new().await;
    let [bomb, dates] = &*fixtures(&["bomb.xlsx", "ambiguous-dates.csv"]) else {
        unreachable!()
    };
    let text = desk.folder.path().join("text.csv");
    std::fs::write(&text, [0; 3_000]).unwrap();
    let text = text.to_str().unwrap();
    let folder = desk.path();
    for (language, arguments, sentence) in [
        (
            "C",
            &["nowhere.csv"][..],
            "dipper: nowhere.csv cannot be imported: there is no such file",
        ),
        (
            "zh_CN",
            &["nowhere.csv"],
            "dipper: 无法导入 nowhere.csv:没有这个文件",
        ),
        ("C", &[folder], "cannot be imported: it is a folder"),
        (
            "C",
            &[bomb],
            "Unpacked, the file is too large. Split it and import the parts",
        ),
        ("zh_CN", &[bomb], "bomb.xlsx:"),
        (
            "C",
            &[text],
            "text.csv cannot be imported: The file cannot be read. Use a CSV or XLSX file",
        ),
        (
            "C",
            &[dates],
            "ambiguous-dates.csv, column engage_date: how its days are written (--dates dd-mm-yy | mm-dd-yy | yy-mm-dd)",
        ),
        (
            "zh_CN",
            &[dates],
            "ambiguous-dates.csv,列 engage_date:日期的写法",
        ),
        (
            "C",
            &["--source", "Not a name", dates],
            "--source: Wrong form",
        ),
        (
            "C",
            &["--currency", "dollars", dates],
            "dollars is not a currency such as USD",
        ),
    ] {
        let ended = desk.import(language, arguments).await;
        assert_eq!(ended.code, Some(1), "{arguments:?}: {ended:?}");
        has(&ended.errors, sentence);
    }
    let (nobody, nowhere) = (
        "nobody@north.example.com",
        "01930000-0000-7000-8000-000000000000",
    );
    for (who, language, sentence) in [
        (nobody, "C", "nobody signs in as nobody@north.example.com"),
        (nobody, "zh_CN", "没有人用 nobody@north.example.com 登录"),
        (nowhere, "C", "there is no organisation 01930000"),
        (nowhere, "zh_CN", "没有组织 01930000"),
    ] {
        let ended = desk.import_as(who, language, &[dates]).await;
        assert_eq!(ended.code, Some(1), "{ended:?}");
        has(&ended.errors, sentence);
    }
    for table in ["deals", "accounts", "funnels", "import_chunks"] {
        assert_eq!(desk.count(table).await, 0, "{table}");
    }
    // Usage has a code of its own.
    assert_eq!(desk.import("C", &[]).await.code, Some(2));

    // Told how days are written, it imports.
    let ended = desk.import("C", &["--dates", "mm-dd-yy", dates]).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(desk.count("deals").await, 3);
}

#[tokio::test]
async fn somebody_who_may_not_import_is_told_so() {
    let desk = Desk::new().await;
    let rep = "rep@north.example.com";
    let create = [
        "user", "create", "--email", rep, "--name", "Rep", "--role", "rep",
    ];
    assert_eq!(run(&create, &desk.settings("C")).await.code, Some(0));
    let set = fixtures(&["accounts.csv"]);
    let ended = desk.import_as(rep, "C", &refs(&set)).await;
    assert_eq!(ended.code, Some(1));
    has(&ended.errors, "rep@north.example.com may not import files");
    assert_eq!(desk.count("accounts").await, 0);
}

#[tokio::test]
async fn a_private_database_takes_files_without_and_beside_a_server() {
    let folder = TestFolder::new();
    let settings = [
        ("DIPPER_DATA_DIR", folder.path().to_str().unwrap()),
        ("LC_ALL", "C"),
    ];
    let password = found(&settings).await;
    let file = folder.path().join("商机.csv");
    std::fs::write(&file, fixture("商机-gbk.csv")).unwrap();
    let import = ["import", "--as", WHO, file.to_str().unwrap()];
    let ended = run(&import, &settings).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    has(&ended.output, "商机.csv: Deals, 5 rows (gb18030, comma)");

    // It works beside a server just as well.
    let program = Program::serve(&settings).await;
    let ended = run(&import, &settings).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    has(&ended.output, "Deals: 0 new, 5 there already");

    let client = program.anonymous();
    let body = json!({ "email": WHO, "password": password });
    client.post("/sessions").json(&body).await.expect(200);
    let deals = client.read("/deals").await;
    assert_eq!(deals["items"].as_array().unwrap().len(), 5);
    program.terminate().await;
    assert!(program.ended_within(Duration::from_secs(25)).await);
}
