//! Files of every form come in; what is no file of ours is refused.

use super::{add, column, fixture, path, with_files};
use shared::error::ErrorCode;
use tests::postgres::TestDatabase;
use tests::program::{Program, TestFolder};
use tests::{TestApp, User, json};

/// The most memory that reading a file may bring a server to.
const MEMORY: u64 = 150 * 1024 * 1024;

#[tokio::test]
async fn a_file_comes_as_a_body_or_in_a_form() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let import = admin.make("/imports", json!({})).await;
    let files = format!("{}/files", path(&import));

    let form = [
        b"--xx\r\nContent-Disposition: form-data; name=\"file\"; filename=\"C:\\\\data\\\\accounts.csv\"\r\nContent-Type: text/csv\r\n\r\n".to_vec(),
        fixture("accounts.csv"),
        b"\r\n--xx--\r\n".to_vec(),
    ]
    .concat();
    let post = admin
        .post(&files)
        .body("multipart/form-data; boundary=xx", form);
    let import = post.await.expect(201).value();
    assert_eq!(import["files"][0]["name"], "accounts.csv");
    assert_eq!(import["files"][0]["rows"], 8);

    let import = add(&admin, &import, "products.csv", fixture("products.csv")).await;
    assert_eq!(import["files"][1]["kind"], "products");
    assert_eq!(import["progress"]["rows_total"], 12);
    assert_eq!(
        import["file_names"],
        json!(["accounts.csv", "products.csv"])
    );

    let empty =
        b"--xx\r\nContent-Disposition: form-data; name=\"other\"\r\n\r\n1\r\n--xx--\r\n".to_vec();
    let without = admin
        .post(&files)
        .body("multipart/form-data; boundary=xx", empty);
    without.await.invalid(&[("/file", ErrorCode::Required)]);
}

#[tokio::test]
async fn what_a_file_is_and_holds_is_proposed() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let import = with_files(
        &admin,
        &[
            "accounts.csv",
            "products.csv",
            "sales_teams.csv",
            "pipeline.csv",
        ],
    )
    .await;
    let kinds: Vec<_> = (0..4).map(|n| import["files"][n]["kind"].clone()).collect();
    assert_eq!(
        json!(kinds),
        json!(["accounts", "products", "sellers", "deals"])
    );
    assert_eq!(column(&import, 0, "subsidiary_of")["field"], "parent");
    assert_eq!(column(&import, 0, "founded")["field"], json!(null));
    assert_eq!(
        column(&import, 3, "engage_date")["dates"]["format"],
        "dd-mm-yy"
    );
    assert_eq!(
        column(&import, 3, "engage_date")["dates"]["example"],
        "2024-01-17"
    );
    assert_eq!(import["open_questions"], json!([]));

    let mapped = |value: &str| {
        let values = import["values"].as_array().unwrap();
        let found = values.iter().find(|known| known["value"] == value);
        let found = found.unwrap_or_else(|| panic!("{value} is not shown"));
        (found["how"].clone(), found["target"]["text"].clone())
    };
    assert_eq!(
        mapped("PolarPro"),
        (json!("normalised"), json!("Polar Pro"))
    );
    assert_eq!(mapped("technolgy"), (json!("near"), json!("technology")));
    assert_eq!(mapped("Philipines"), (json!("near"), json!("Philippines")));

    let stages = import["funnel"]["stages"].as_array().unwrap();
    let stages: Vec<_> = stages
        .iter()
        .map(|stage| (&stage["name"], &stage["kind"]))
        .collect();
    assert_eq!(
        json!(stages),
        json!([
            ["Prospecting", "open"],
            ["Engaging", "open"],
            ["Won", "won"],
            ["Lost", "lost"]
        ])
    );
}

#[tokio::test]
async fn the_same_rows_come_from_every_form() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let names = [
        "pipeline.csv",
        "pipeline-semicolon.csv",
        "pipeline.xlsx",
        "商机-gbk.csv",
    ];
    let import = with_files(&admin, &names).await;
    let form = |n: usize| {
        let file = &import["files"][n];
        json!([
            file["format"],
            file["encoding"],
            file["delimiter"],
            file["sheet"],
            file["header_row"],
            file["rows"]
        ])
    };
    assert_eq!(form(0), json!(["csv", "utf8", "comma", null, 1, 32]));
    assert_eq!(form(1), json!(["csv", "utf8", "semicolon", null, 1, 32]));
    assert_eq!(form(2), json!(["xlsx", null, null, "Pipeline", 3, 32]));
    assert_eq!(form(3), json!(["csv", "gb18030", "comma", null, 1, 5]));
    assert_eq!(import["files"][2]["sheets"], json!(["Notes", "Pipeline"]));
    assert_eq!(
        column(&import, 1, "close_value")["numbers"]["mark"],
        "comma"
    );
    assert_eq!(
        column(&import, 2, "engage_date")["dates"]["format"],
        "yyyy-mm-dd"
    );
    assert_eq!(column(&import, 3, "阶段")["field"], "stage");
}

#[tokio::test]
async fn bombs_and_files_of_other_sorts_are_refused_and_not_kept() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let import = admin.make("/imports", json!({})).await;
    let send = |bytes: Vec<u8>| {
        let post = admin.post(&format!("{}/files", path(&import)));
        post.body("application/octet-stream", bytes)
    };
    send(fixture("bomb.xlsx"))
        .await
        .refused(422, ErrorCode::FileBomb);
    for bytes in [
        Vec::new(),
        b"PK\x03\x04 and nothing more".to_vec(),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec(),
        vec![0; 2_000],
    ] {
        send(bytes).await.refused(422, ErrorCode::UnreadableFile);
    }
    send(fixture("accounts.csv"))
        .header("content-encoding", "gzip")
        .await
        .refused(415, ErrorCode::UnsupportedMedia);
    let wide = vec!["c"; 300].join(",") + "\n1,2\n";
    send(wide.into_bytes())
        .await
        .refused(422, ErrorCode::TooManyItems);
    assert_eq!(admin.read(&path(&import)).await["files"], json!([]));
}

#[tokio::test]
async fn no_file_brings_a_server_to_much_memory() {
    let database = TestDatabase::migrated().await;
    let folder = TestFolder::new();
    let program = Program::serve(&[
        ("DIPPER_DATA_DIR", folder.path().to_str().unwrap()),
        ("DIPPER_DATABASE_URL", database.owner_url.as_str()),
    ])
    .await;
    let admin = User::sign_up(program.anonymous(), "North").await;
    let import = admin.make("/imports", json!({})).await;
    let send = |bytes: Vec<u8>| {
        let post = admin.post(&format!("{}/files", path(&import)));
        post.body("application/octet-stream", bytes)
    };
    for _ in 0..4 {
        send(fixture("bomb.xlsx"))
            .await
            .refused(422, ErrorCode::FileBomb);
    }
    // Larger than a file may be, and as large as one may be, without an end of a line.
    let line = b"account,sector\n".repeat(4 * 1024 * 1024);
    send(line).await.refused(413, ErrorCode::TooLarge);
    send(vec![b'a'; 50 * 1024 * 1024])
        .await
        .refused(422, ErrorCode::UnreadableFile);
    if let Some(peak) = program.peak_memory() {
        assert!(peak < MEMORY, "{} MB", peak / 1024 / 1024);
    }
}

#[tokio::test]
async fn the_same_upload_twice_adds_one_file_and_it_can_be_taken_away() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let import = admin.make("/imports", json!({})).await;
    let send = || {
        let post = admin.post(&format!("{}/files", path(&import))).key("k");
        post.query("name", "accounts.csv")
            .body("text/csv", fixture("accounts.csv"))
    };
    let first = send().await.expect(201).value();
    assert_eq!(send().await.expect(201).value(), first);
    let import = admin.read(&path(&import)).await;
    assert_eq!(import["files"].as_array().unwrap().len(), 1);

    let file = import["files"][0]["id"].as_str().unwrap();
    let delete = admin.delete(&format!("{}/files/{file}", path(&import)));
    let import = delete.if_match(&import).await.expect(200).value();
    assert_eq!(import["files"], json!([]));
    assert_eq!(import["open_questions"][0]["pointer"], "/files");
    let again = admin.delete(&format!("{}/files/{file}", path(&import)));
    again
        .if_match(&import)
        .await
        .refused(404, ErrorCode::NotFound);
}

#[tokio::test]
async fn a_file_is_read_anew_in_another_form() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let import = with_files(&admin, &["商机-gbk.csv", "pipeline.xlsx"]).await;
    let id = |n: usize| import["files"][n]["id"].clone();
    let patch = |body| admin.patch(&path(&import)).if_match(&import).json(&body);
    let wrong = json!({ "files": [{ "id": id(0), "encoding": "windows1252" }] });
    let read = patch(wrong).await.expect(200).value();
    assert_eq!(read["files"][0]["encoding"], "windows1252");
    assert_eq!(read["files"][0]["kind"], json!(null));

    let patch = |body| admin.patch(&path(&read)).if_match(&read).json(&body);
    let body = json!({ "files": [
        { "id": id(0), "encoding": "gb18030" },
        { "id": id(1), "sheet": "Notes" },
    ]});
    let again = patch(body).await.expect(200).value();
    assert_eq!(again["files"][0]["kind"], "deals");
    assert_eq!(again["files"][1]["rows"], 0);
    // A form that is not the file's is refused.
    let patch = |body| admin.patch(&path(&again)).if_match(&again).json(&body);
    patch(json!({ "files": [{ "id": id(0), "sheet": "Notes" }] }))
        .await
        .invalid(&[("/files/0", ErrorCode::NotAllowed)]);
    patch(json!({ "files": [{ "id": id(1), "sheet": "Nowhere" }] }))
        .await
        .refused(422, ErrorCode::UnreadableFile);
}
