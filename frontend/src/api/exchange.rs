//! File imports: the job, its files, its choices, its reports.

use super::{Api, ApiResult, Method, query};
use shared::exchange::{Import, ImportHead, ImportPatch, ImportProblem, NewImport, ProblemCode};
use shared::id::{ImportFileId, ImportId};
use shared::page::Page;

/// Which problems of an import are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProblemQuery {
    /// Only of this sort.
    pub code: ProblemCode,
    /// Only in this file.
    pub file_id: ImportFileId,
}

impl Api {
    /// The imports of before, newest first.
    ///
    /// # Errors
    /// As every read.
    pub async fn imports(&self, cursor: Option<String>) -> ApiResult<Page<ImportHead>> {
        let query = query([("limit", Some("20".to_owned())), ("cursor", cursor)]);
        self.get(format!("/imports{query}")).await
    }

    /// Begins an import.
    ///
    /// # Errors
    /// `forbidden`.
    pub async fn create_import(&self, body: &NewImport) -> ApiResult<Import> {
        self.post("/imports", body).await
    }

    /// An import as it stands.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn import(&self, id: ImportId) -> ApiResult<Import> {
        self.get(format!("/imports/{id}")).await
    }

    /// Adds a file; the browser streams it from the disk.
    ///
    /// # Errors
    /// `too_large`, `unreadable_file`, `file_bomb`, `too_many_items`, `wrong_job_state`.
    pub async fn add_import_file(
        &self,
        id: ImportId,
        name: &str,
        file: web_sys::Blob,
    ) -> ApiResult<Import> {
        let query = query([("name", Some(name.to_owned()))]);
        self.call(Method::Post, format!("/imports/{id}/files{query}"))
            .blob("application/octet-stream", file)
            .send()
            .await
    }

    /// Takes a file out again.
    ///
    /// # Errors
    /// `wrong_job_state`, or stale.
    pub async fn remove_import_file(
        &self,
        id: ImportId,
        version: i32,
        file: ImportFileId,
    ) -> ApiResult<Import> {
        self.delete(format!("/imports/{id}/files/{file}"), version)
            .await
    }

    /// Makes choices; the answer holds everything proposed anew.
    ///
    /// # Errors
    /// Field errors, `wrong_job_state`, or stale.
    pub async fn patch_import(
        &self,
        id: ImportId,
        version: i32,
        body: &ImportPatch,
    ) -> ApiResult<Import> {
        self.patch(format!("/imports/{id}"), version, body).await
    }

    /// Begins the dry run.
    ///
    /// # Errors
    /// `wrong_job_state`, or stale.
    pub async fn check_import(&self, id: ImportId, version: i32) -> ApiResult<Import> {
        self.call(Method::Post, format!("/imports/{id}/check"))
            .if_match(version)
            .send()
            .await
    }

    /// Begins the import itself.
    ///
    /// # Errors
    /// Open questions as field errors, `wrong_job_state`, or stale.
    pub async fn start_import(&self, id: ImportId, version: i32) -> ApiResult<Import> {
        self.call(Method::Post, format!("/imports/{id}/start"))
            .if_match(version)
            .send()
            .await
    }

    /// Ends the import whatever its version, which its progress counts up; rows already in stay in.
    ///
    /// # Errors
    /// `wrong_job_state`.
    pub async fn cancel_import(&self, id: ImportId) -> ApiResult<Import> {
        self.call(Method::Post, format!("/imports/{id}/cancel"))
            .if_match_any()
            .send()
            .await
    }

    /// The rows with one sort of problem, in order of file and row.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn import_problems(
        &self,
        id: ImportId,
        asked: ProblemQuery,
        cursor: Option<String>,
    ) -> ApiResult<Page<ImportProblem>> {
        let query = query([
            ("code", Some(asked.code.as_ref().to_owned())),
            ("file_id", Some(asked.file_id.to_string())),
            ("limit", Some("50".to_owned())),
            ("cursor", cursor),
        ]);
        self.get(format!("/imports/{id}/problems{query}")).await
    }

    /// The rows that were left out, as a CSV file to be mended and imported again.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn import_rejects(
        &self,
        id: ImportId,
        file: Option<ImportFileId>,
    ) -> ApiResult<Vec<u8>> {
        let query = query([("file_id", file.map(|file| file.to_string()))]);
        let answer = self
            .call(Method::Get, format!("/imports/{id}/rejects.csv{query}"))
            .answer()
            .await?;
        Ok(answer.body)
    }
}
