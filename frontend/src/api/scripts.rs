//! Scripts and strategies, and the playbooks that come with the product.

use super::{Api, ApiResult, Method, query};
use shared::funnel::playbook::OfferedPlaybook;
use shared::funnel::{NewScript, Script, ScriptKind, ScriptPatch};
use shared::id::{DealId, ScriptId};
use shared::page::Page;

impl Api {
    /// A page of scripts of a kind or all, in use or put away, the newest first.
    ///
    /// # Errors
    /// As every read.
    pub async fn scripts(
        &self,
        kind: Option<ScriptKind>,
        is_archived: bool,
        cursor: Option<String>,
    ) -> ApiResult<Page<Script>> {
        let query = query([
            ("limit", Some("50".to_owned())),
            ("kind", kind.map(|kind| kind.as_ref().to_owned())),
            ("archived", is_archived.then(|| "true".to_owned())),
            ("cursor", cursor),
        ]);
        self.get(format!("/scripts{query}")).await
    }

    /// The scripts of a kind or all that fit a deal, the most specific first.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn deal_scripts(
        &self,
        id: DealId,
        kind: Option<ScriptKind>,
        cursor: Option<String>,
    ) -> ApiResult<Page<Script>> {
        let query = query([
            ("limit", Some("5".to_owned())),
            ("kind", kind.map(|kind| kind.as_ref().to_owned())),
            ("cursor", cursor),
        ]);
        self.get(format!("/deals/{id}/scripts{query}")).await
    }

    /// The playbooks that come with the product.
    ///
    /// # Errors
    /// As every read.
    pub async fn playbooks(&self) -> ApiResult<Page<OfferedPlaybook>> {
        self.get("/playbooks?limit=200").await
    }

    /// Adds a script.
    ///
    /// # Errors
    /// `invalid` with the fields at fault.
    pub async fn create_script(&self, body: &NewScript) -> ApiResult<Script> {
        self.post("/scripts", body).await
    }

    /// Changes a script.
    ///
    /// # Errors
    /// `invalid` with the fields at fault, `archived`, or stale.
    pub async fn patch_script(
        &self,
        id: ScriptId,
        version: i32,
        body: &ScriptPatch,
    ) -> ApiResult<Script> {
        self.patch(format!("/scripts/{id}"), version, body).await
    }

    /// Puts a script away.
    ///
    /// # Errors
    /// Stale.
    pub async fn archive_script(&self, id: ScriptId, version: i32) -> ApiResult<Script> {
        self.call(Method::Delete, format!("/scripts/{id}"))
            .if_match(version)
            .send()
            .await
    }

    /// Takes a script out again.
    ///
    /// # Errors
    /// Stale, or `invalid` where there are too many in use.
    pub async fn restore_script(&self, id: ScriptId, version: i32) -> ApiResult<Script> {
        self.call(Method::Post, format!("/scripts/{id}/restore"))
            .if_match(version)
            .send()
            .await
    }
}
