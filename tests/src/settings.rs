//! What the environment says about a run of the tests.

use std::path::PathBuf;

/// A variable that is set and not empty.
pub fn var(name: &str) -> Option<String> {
    std::env::var_os(name)
        .and_then(|value| value.into_string().ok())
        .filter(|value| !value.is_empty())
}

/// `DIPPER_TEST_DATABASE_URL`, else `TEST_DATABASE_URL`: a server to make databases on, as a superuser.
pub fn database_url() -> Option<String> {
    var("DIPPER_TEST_DATABASE_URL").or_else(|| var("TEST_DATABASE_URL"))
}

/// `DIPPER_PG_BIN`: the folder of the Postgres programs.
pub fn pg_bin() -> Option<PathBuf> {
    var("DIPPER_PG_BIN").map(PathBuf::from)
}

/// `DIPPER_TEST_DATA`: a folder of larger files than the repository carries, which must be there then;
/// else `../shared/data` beside it, where that is. Tests of those files are left out without them.
pub fn data() -> Option<PathBuf> {
    if let Some(folder) = var("DIPPER_TEST_DATA") {
        let folder = PathBuf::from(folder);
        assert!(folder.is_dir(), "DIPPER_TEST_DATA names no folder");
        return Some(folder);
    }
    let folder = root().join("../shared/data");
    folder.is_dir().then_some(folder)
}

/// `DIPPER_TEST_TOUCHES`: how many presses and swipes the board gets; a usual run has no time for many.
pub fn touches() -> usize {
    let asked = var("DIPPER_TEST_TOUCHES");
    asked.and_then(|text| text.parse().ok()).unwrap_or(12)
}

/// The folder of the repository.
pub fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}
