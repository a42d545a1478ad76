//! Somebody who talks to a server over HTTP, with a cookie jar and nothing else.

use crate::live::LiveEvents;
use crate::response::Response;
use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde::Serialize;
use serde_json::Value;
use std::pin::Pin;
use std::time::Duration;

/// The longest a test waits for an answer.
const TIMEOUT: Duration = Duration::from_secs(30);

/// A client with its own cookies. Copies share them.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    origin: String,
    token: Option<String>,
}

/// Says whose TLS this process uses: the server's own downloads bring one into the build, and then every
/// client wants to know. To be told twice does no harm.
pub fn settle_tls() {
    rustls::crypto::ring::default_provider()
        .install_default()
        .ok();
}

/// A plain client for loopback: no proxy, no certificates, no waiting for ever.
pub fn http() -> reqwest::ClientBuilder {
    settle_tls();
    reqwest::Client::builder()
        .no_proxy()
        // Nothing is encrypted here; reading the system's certificates takes longer than most requests.
        .tls_certs_only([])
        .timeout(TIMEOUT)
}

impl Client {
    /// A client without cookies.
    #[must_use]
    pub fn new(origin: impl Into<String>) -> Self {
        let http = http()
            .cookie_store(true)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("an HTTP client");
        Self {
            http,
            origin: origin.into(),
            token: None,
        }
    }

    /// A tool that sends this access token and has no cookies.
    #[must_use]
    pub fn with_token(&self, token: impl Into<String>) -> Self {
        Self {
            token: Some(token.into()),
            ..Self::new(self.origin.clone())
        }
    }

    /// The same cookies at another server, as behind a load balancer.
    #[must_use]
    pub fn at(&self, origin: impl Into<String>) -> Self {
        Self {
            origin: origin.into(),
            ..self.clone()
        }
    }

    /// Somebody else at the same server.
    #[must_use]
    pub fn stranger(&self) -> Self {
        Self::new(self.origin.clone())
    }

    /// `GET` below `/api/v1`.
    pub fn get(&self, path: &str) -> Request {
        self.api(Method::GET, path)
    }

    /// `POST` below `/api/v1`, with an idempotency key of its own.
    pub fn post(&self, path: &str) -> Request {
        self.api(Method::POST, path)
    }

    /// `PATCH` below `/api/v1`.
    pub fn patch(&self, path: &str) -> Request {
        self.api(Method::PATCH, path)
    }

    /// `PUT` below `/api/v1`.
    pub fn put(&self, path: &str) -> Request {
        self.api(Method::PUT, path)
    }

    /// `DELETE` below `/api/v1`.
    pub fn delete(&self, path: &str) -> Request {
        self.api(Method::DELETE, path)
    }

    /// Any method below `/api/v1`.
    pub fn api(&self, method: Method, path: &str) -> Request {
        self.request(method, &format!("/api/v1{path}"))
    }

    /// Any method at any address.
    pub fn request(&self, method: Method, path: &str) -> Request {
        let mut headers = HeaderMap::new();
        if method == Method::POST {
            let key = uuid::Uuid::now_v7().to_string();
            headers.insert("idempotency-key", header(&key));
        }
        if let Some(token) = &self.token {
            headers.insert("authorization", header(&format!("Bearer {token}")));
        }
        Request {
            http: self.http.clone(),
            method,
            url: format!("{}{path}", self.origin),
            query: Vec::new(),
            headers,
            body: None,
        }
    }

    /// Makes a thing: `POST`, expects 201 and gives the thing.
    pub async fn make(&self, path: &str, body: Value) -> Value {
        self.post(path).json(&body).await.expect(201).value()
    }

    /// Reads a thing: `GET`, expects 200 and gives the thing.
    pub async fn read(&self, path: &str) -> Value {
        self.get(path).await.expect(200).value()
    }

    /// Opens the live stream of events, from now on.
    pub async fn live(&self) -> LiveEvents {
        LiveEvents::open(self.get("/events/stream")).await
    }

    /// Opens the live stream where another one ended.
    pub async fn live_after(&self, last_id: i64) -> LiveEvents {
        let request = self.get("/events/stream");
        LiveEvents::open(request.header("last-event-id", &last_id.to_string())).await
    }
}

/// A request to be sent by awaiting it.
#[derive(Debug)]
#[must_use = "a request is sent by awaiting it"]
pub struct Request {
    http: reqwest::Client,
    method: Method,
    url: String,
    query: Vec<(String, String)>,
    headers: HeaderMap,
    body: Option<Vec<u8>>,
}

impl Request {
    /// A JSON body.
    pub fn json(self, value: &(impl Serialize + ?Sized)) -> Self {
        let bytes = serde_json::to_vec(value).expect("a value that can be written as JSON");
        self.body("application/json", bytes)
    }

    /// Any body.
    pub fn body(mut self, content_type: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.body = Some(bytes.into());
        self.header("content-type", content_type)
    }

    /// A query parameter.
    pub fn query(mut self, name: &str, value: impl ToString) -> Self {
        self.query.push((name.to_owned(), value.to_string()));
        self
    }

    /// A header; replaces one of the same name.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name: HeaderName = name.parse().expect("a header's name");
        self.headers.insert(name, header(value));
        self
    }

    /// Leaves a header out.
    pub fn without(mut self, name: &str) -> Self {
        self.headers.remove(name);
        self
    }

    /// An idempotency key of the test's choice.
    pub fn key(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    /// Says which version was seen: that of a thing as the API gave it.
    pub fn if_match(self, thing: &Value) -> Self {
        let version = thing
            .get("version")
            .or_else(|| thing.pointer("/user/version"))
            .and_then(Value::as_i64)
            .unwrap_or_else(|| panic!("a thing with a version, not {thing}"));
        self.if_version(version)
    }

    /// Says which version was seen, by number.
    pub fn if_version(self, version: i64) -> Self {
        self.header("if-match", &format!("\"{version}\""))
    }

    /// Sends it and reads only the head of the answer.
    pub(crate) async fn open(self) -> reqwest::Result<reqwest::Response> {
        self.into_parts().1.send().await
    }

    fn into_parts(self) -> (String, reqwest::RequestBuilder) {
        let label = format!("{} {}", self.method, self.url);
        let mut request = self.http.request(self.method, self.url);
        if !self.query.is_empty() {
            request = request.query(&self.query);
        }
        request = request.headers(self.headers);
        if let Some(body) = self.body {
            request = request.body(body);
        }
        (label, request)
    }

    /// Sends it; an error when there is no whole answer.
    pub async fn try_send(self) -> reqwest::Result<Response> {
        let (label, request) = self.into_parts();
        Response::read(label, request.send().await?).await
    }
}

impl IntoFuture for Request {
    type Output = Response;
    type IntoFuture = Pin<Box<dyn Future<Output = Response> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let label = format!("{} {}", self.method, self.url);
            match self.try_send().await {
                Ok(response) => response,
                Err(error) => panic!("{label} got no answer: {error:?}"),
            }
        })
    }
}

fn header(text: &str) -> HeaderValue {
    HeaderValue::from_bytes(text.as_bytes()).expect("a header's value")
}
