//! The typed client of the REST API: one file per room, all through [`Api`] and one [`Transport`].
//!
//! Views never see addresses. The client never sees a token either: the session lives in cookies that
//! only the server reads. A 401 is answered once by renewing the session, for all waiting requests
//! together; when that fails, the app goes to the sign-in page.

pub mod accounts;
pub mod cases;
pub mod error;
pub mod exchange;
pub mod funnel;
pub mod identity;
pub mod proposal;
mod renewal;
pub mod revenue;
pub mod screening;
pub mod scripts;
pub mod transport;

pub use error::{ApiError, field_message};
pub use transport::{Answer, Body, Method, Request, Transport};

use crate::i18n::Lang;
use renewal::{Renewal, Renewed};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use yew::prelude::*;

/// What a call answers.
pub type ApiResult<T> = Result<T, ApiError>;

const BASE: &str = "/api/v1";
const RENEW: &str = "/sessions/refresh";

/// The client. Cheap to clone; one for the whole app, in a context.
#[derive(Clone)]
pub struct Api {
    inner: Rc<Inner>,
}

struct Inner {
    transport: Box<dyn Transport>,
    lang: Cell<Lang>,
    renewal: Renewal,
    on_signed_out: RefCell<Callback<()>>,
}

impl PartialEq for Api {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.inner, &other.inner)
    }
}

impl std::fmt::Debug for Api {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Api")
    }
}

impl Api {
    /// A client that speaks through this transport.
    #[must_use]
    pub fn new(transport: impl Transport + 'static) -> Self {
        Self {
            inner: Rc::new(Inner {
                transport: Box::new(transport),
                lang: Cell::default(),
                renewal: Renewal::default(),
                on_signed_out: RefCell::new(Callback::noop()),
            }),
        }
    }

    /// Sets the language the server answers in.
    pub fn set_lang(&self, lang: Lang) {
        self.inner.lang.set(lang);
    }

    /// Sets what happens when the session has ended for good.
    pub fn on_signed_out(&self, callback: Callback<()>) {
        self.inner.on_signed_out.replace(callback);
    }

    /// Begins a call; `path` lies under `/api/v1` and may carry a query.
    pub fn call(&self, method: Method, path: impl AsRef<str>) -> Call {
        Call {
            api: self.clone(),
            request: Request::new(method, format!("{BASE}{}", path.as_ref())),
            may_renew: true,
        }
    }

    /// Reads.
    ///
    /// # Errors
    /// The server's problem, no network, or an answer that is not what was asked for.
    pub async fn get<T: DeserializeOwned>(&self, path: impl AsRef<str>) -> ApiResult<T> {
        self.call(Method::Get, path).send().await
    }

    /// Makes something new; carries an idempotency key, so a repeat of a lost answer is harmless.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub async fn post<T: DeserializeOwned>(
        &self,
        path: impl AsRef<str>,
        body: &impl Serialize,
    ) -> ApiResult<T> {
        self.call(Method::Post, path).json(body).send().await
    }

    /// Runs a command on the version of a thing that the person saw.
    ///
    /// # Errors
    /// As [`Self::get`]; a stale version is a problem with the current state.
    pub async fn command<T: DeserializeOwned>(
        &self,
        path: impl AsRef<str>,
        version: i32,
        body: &impl Serialize,
    ) -> ApiResult<T> {
        self.call(Method::Post, path)
            .if_match(version)
            .json(body)
            .send()
            .await
    }

    /// Changes the version of a thing that the person saw.
    ///
    /// # Errors
    /// As [`Self::command`].
    pub async fn patch<T: DeserializeOwned>(
        &self,
        path: impl AsRef<str>,
        version: i32,
        body: &impl Serialize,
    ) -> ApiResult<T> {
        self.call(Method::Patch, path)
            .if_match(version)
            .json(body)
            .send()
            .await
    }

    /// Removes or archives the version of a thing that the person saw.
    ///
    /// # Errors
    /// As [`Self::command`].
    pub async fn delete<T: DeserializeOwned>(
        &self,
        path: impl AsRef<str>,
        version: i32,
    ) -> ApiResult<T> {
        self.call(Method::Delete, path)
            .if_match(version)
            .send()
            .await
    }

    async fn exchange(&self, mut request: Request, may_renew: bool) -> ApiResult<Answer> {
        request.set_header("Accept-Language", self.inner.lang.get().tag());
        let answer = self
            .inner
            .transport
            .send(request.clone())
            .await
            .map_err(|_| ApiError::Offline)?;
        if answer.status != 401 || !may_renew {
            return Ok(answer);
        }
        match self.renew().await {
            Renewed::Yes => self
                .inner
                .transport
                .send(request)
                .await
                .map_err(|_| ApiError::Offline),
            Renewed::SignedOut => Ok(answer),
            Renewed::Offline => Err(ApiError::Offline),
        }
    }

    async fn renew(&self) -> Renewed {
        let outcome = self.inner.renewal.join(|| {
            let request = Request::new(Method::Post, format!("{BASE}{RENEW}"));
            let sent = self.inner.transport.send(request);
            async move {
                match sent.await {
                    Ok(answer) if (200..300).contains(&answer.status) => Renewed::Yes,
                    Ok(answer) if answer.status < 500 => Renewed::SignedOut,
                    Ok(_) | Err(_) => Renewed::Offline,
                }
            }
        });
        let outcome = outcome.await;
        if outcome == Renewed::SignedOut {
            self.inner.on_signed_out.borrow().emit(());
        }
        outcome
    }
}

/// A call being put together.
#[must_use = "a call does nothing before it is sent"]
pub struct Call {
    api: Api,
    request: Request,
    may_renew: bool,
}

impl Call {
    /// Sends a JSON body.
    pub fn json(mut self, body: &impl Serialize) -> Self {
        // Our wire types always serialise; an empty body would be refused by the server, not lost.
        self.request.body = serde_json::to_string(body).map_or(Body::Empty, Body::Json);
        self
    }

    /// Sends bytes of this content type.
    pub fn bytes(mut self, content_type: &str, bytes: Vec<u8>) -> Self {
        self.request.body = Body::Bytes {
            content_type: content_type.to_owned(),
            bytes: bytes.into(),
        };
        self
    }

    /// Sends a file of the person's without reading it into memory.
    pub fn blob(mut self, content_type: &str, blob: web_sys::Blob) -> Self {
        self.request.body = Body::Blob {
            content_type: content_type.to_owned(),
            blob,
        };
        self
    }

    /// Demands that the thing is still at this version.
    pub fn if_match(mut self, version: i32) -> Self {
        self.request
            .set_header("If-Match", &format!("\"{version}\""));
        self
    }

    /// Acts on the thing whatever its version, as for ending a job whose progress counts the version up.
    pub fn if_match_any(mut self) -> Self {
        self.request.set_header("If-Match", "*");
        self
    }

    /// Uses this idempotency key instead of a fresh one, for a request that outlives the page.
    pub fn key(mut self, key: &str) -> Self {
        self.request.set_header("Idempotency-Key", key);
        self
    }

    /// Answers a 401 as it is, as at the sign-in itself.
    pub const fn without_renewal(mut self) -> Self {
        self.may_renew = false;
        self
    }

    /// Sends the call and reads the answer's JSON; an empty answer reads as `null`, so `()` fits it.
    ///
    /// # Errors
    /// The server's problem, no network, or an answer that is not what was asked for.
    pub async fn send<T: DeserializeOwned>(self) -> ApiResult<T> {
        let answer = self.answer().await?;
        let body: &[u8] = if answer.body.is_empty() {
            b"null"
        } else {
            &answer.body
        };
        serde_json::from_slice(body).map_err(|_| ApiError::Unreadable)
    }

    /// Sends the call and gives the answer as it came, if it is a success.
    ///
    /// # Errors
    /// As [`Self::send`].
    pub async fn answer(mut self) -> ApiResult<Answer> {
        if self.request.method != Method::Get && self.request.header("Idempotency-Key").is_none() {
            let key = uuid::Uuid::now_v7().to_string();
            self.request.set_header("Idempotency-Key", &key);
        }
        let answer = self.api.exchange(self.request, self.may_renew).await?;
        if (200..300).contains(&answer.status) {
            Ok(answer)
        } else {
            Err(ApiError::from_answer(&answer))
        }
    }
}

/// Reads a thing out of JSON that was read as such, as the data of an event.
///
/// By way of its text, as what the server sends is read anyway. Reading it from the value would put a
/// second reader of everything so read into a first visit's download.
#[must_use]
pub fn reread<T: DeserializeOwned>(json: &serde_json::Value) -> Option<T> {
    serde_json::from_str(&json.to_string()).ok()
}

/// The client of the app.
#[hook]
pub fn use_api() -> Api {
    use_context::<Api>().unwrap_or_else(|| Api::new(transport::Nowhere))
}

/// Builds a query string from pairs; pairs without a value are left out.
#[must_use]
pub fn query<'a>(pairs: impl IntoIterator<Item = (&'a str, Option<String>)>) -> String {
    let mut out = String::new();
    for (name, value) in pairs {
        let Some(value) = value else { continue };
        out.push(if out.is_empty() { '?' } else { '&' });
        out.push_str(&encode(name));
        out.push('=');
        out.push_str(&encode(&value));
    }
    out
}

/// Percent-encodes a text for a path segment or a query value.
#[must_use]
pub fn encode(text: &str) -> String {
    use std::fmt::Write;
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::transport::canned::Canned;
    use super::*;
    use serde_json::{Value, json};

    fn problem(status: u16, code: &str) -> Answer {
        Answer::json(
            status,
            &json!({ "type": "", "title": "", "status": status, "detail": "d", "code": code, "request_id": "r" }),
        )
    }

    #[tokio::test]
    async fn a_write_carries_key_version_and_language() {
        let canned = Canned::new([Answer::json(200, &json!({ "ok": true }))]);
        let api = Api::new(canned.clone());
        api.set_lang(Lang::En);
        let answer: Value = api
            .patch("/users/1", 3, &json!({ "name": "A" }))
            .await
            .unwrap();
        assert_eq!(answer, json!({ "ok": true }));
        let sent = canned.sent();
        assert_eq!(sent[0].path, "/api/v1/users/1");
        assert_eq!(sent[0].header("If-Match"), Some("\"3\""));
        assert_eq!(sent[0].header("Accept-Language"), Some("en"));
        assert_eq!(sent[0].header("Idempotency-Key").unwrap().len(), 36);
    }

    #[tokio::test]
    async fn an_ended_session_is_renewed_once_and_the_request_repeated_with_the_same_key() {
        let canned = Canned::new([
            problem(401, "unauthenticated"),
            Answer::json(200, &json!({})),
            Answer::json(201, &json!(7)),
        ]);
        let api = Api::new(canned.clone());
        let made: u32 = api.post("/teams", &json!({})).await.unwrap();
        assert_eq!(made, 7);
        let sent = canned.sent();
        assert_eq!(sent[1].path, "/api/v1/sessions/refresh");
        assert_eq!(
            sent[0].header("Idempotency-Key"),
            sent[2].header("Idempotency-Key")
        );
    }

    #[tokio::test]
    async fn requests_that_fail_together_share_one_renewal() {
        let canned = Canned::new([
            problem(401, "unauthenticated"),
            problem(401, "unauthenticated"),
            Answer::json(200, &json!({})),
            Answer::json(200, &json!(1)),
            Answer::json(200, &json!(2)),
        ])
        .slow();
        let api = Api::new(canned.clone());
        let (a, b) = tokio::join!(api.get::<u32>("/a"), api.get::<u32>("/b"));
        assert_eq!(a.unwrap() + b.unwrap(), 3);
        let renewals = canned
            .sent()
            .iter()
            .filter(|sent| sent.path.ends_with(RENEW))
            .count();
        assert_eq!(renewals, 1);
    }

    #[tokio::test]
    async fn a_session_that_cannot_be_renewed_ends_in_the_sign_in() {
        let canned = Canned::new([
            problem(401, "unauthenticated"),
            problem(401, "unauthenticated"),
        ]);
        let api = Api::new(canned);
        let is_out = Rc::new(Cell::new(false));
        api.on_signed_out(Callback::from({
            let is_out = is_out.clone();
            move |()| is_out.set(true)
        }));
        let error = api.get::<Value>("/me").await.unwrap_err();
        assert!(error.is_signed_out());
        assert!(is_out.get());
    }

    #[tokio::test]
    async fn a_server_that_is_away_does_not_sign_out() {
        let canned = Canned::new([problem(401, "unauthenticated"), problem(503, "unavailable")]);
        let api = Api::new(canned);
        assert_eq!(
            api.get::<Value>("/me").await.unwrap_err(),
            ApiError::Offline
        );
    }

    #[tokio::test]
    async fn an_answer_without_a_body_reads_as_nothing() {
        let api = Api::new(Canned::new([Answer {
            status: 204,
            headers: Vec::new(),
            body: Vec::new(),
        }]));
        api.call(Method::Delete, "/sessions")
            .send::<()>()
            .await
            .unwrap();
    }

    #[tokio::test]
    async fn a_page_of_a_proxy_is_unreadable() {
        let html = Answer {
            status: 502,
            headers: Vec::new(),
            body: b"<html>".to_vec(),
        };
        let api = Api::new(Canned::new([html]));
        assert_eq!(
            api.get::<Value>("/me").await.unwrap_err(),
            ApiError::Unreadable
        );
    }

    #[test]
    fn queries_are_encoded_and_leave_out_what_is_not_set() {
        let text = query([
            ("q", Some("A&B \u{4e2d}".to_owned())),
            ("tier", None),
            ("limit", Some("50".into())),
        ]);
        assert_eq!(text, "?q=A%26B%20%E4%B8%AD&limit=50");
    }
}
