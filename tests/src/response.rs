//! What a server answered, and what a test may ask of it.

use bytes::Bytes;
use reqwest::header::HeaderMap;
use serde::de::DeserializeOwned;
use serde_json::Value;
use shared::error::{ErrorCode, Problem};
use std::ops::Deref;

/// A whole answer.
#[derive(Debug, Clone)]
#[must_use = "an answer that nobody looks at proves nothing: say which status is expected"]
pub struct Response {
    label: String,
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

/// An answer whose status was looked at, which may be all there is to see.
#[derive(Debug, Clone)]
pub struct Expected(Response);

impl Deref for Expected {
    type Target = Response;

    fn deref(&self) -> &Response {
        &self.0
    }
}

impl Response {
    pub(crate) async fn read(label: String, response: reqwest::Response) -> reqwest::Result<Self> {
        Ok(Self {
            label,
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: response.bytes().await?,
        })
    }

    /// Stops the test unless the status is this one.
    #[track_caller]
    pub fn expect(self, status: u16) -> Expected {
        assert_eq!(
            self.status,
            status,
            "{} answered {} instead of {status}: {}",
            self.label,
            self.status,
            self.text()
        );
        Expected(self)
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    #[track_caller]
    #[must_use]
    pub fn value(&self) -> Value {
        self.parse()
    }

    /// The body as one of our types.
    #[track_caller]
    #[must_use]
    pub fn parse<T: DeserializeOwned>(&self) -> T {
        match serde_json::from_slice(&self.body) {
            Ok(value) => value,
            Err(error) => panic!(
                "{} answered {} with a body that cannot be read ({error}): {}",
                self.label,
                self.status,
                self.text()
            ),
        }
    }

    /// The items of a page.
    #[track_caller]
    #[must_use]
    pub fn items(&self) -> Vec<Value> {
        match self.value().get("items") {
            Some(Value::Array(items)) => items.clone(),
            _ => panic!("{} answered no page: {}", self.label, self.text()),
        }
    }

    /// A header, empty when it is not there.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// Stops the test unless this is a refusal with this status and code, told as problem+json whose
    /// parts agree with each other.
    #[track_caller]
    pub fn refused(&self, status: u16, code: ErrorCode) -> Problem {
        let problem = self.problem();
        assert_eq!(
            (self.status, problem.code),
            (status, code),
            "{} answered otherwise: {}",
            self.label,
            self.text()
        );
        problem
    }

    /// The problem that the body tells; stops the test unless it is a whole one.
    #[track_caller]
    #[must_use]
    pub fn problem(&self) -> Problem {
        assert_eq!(
            self.header("content-type"),
            "application/problem+json",
            "{} answered {}: {}",
            self.label,
            self.status,
            self.text()
        );
        let problem: Problem = self.parse();
        assert_eq!(problem.status, self.status, "{}", self.label);
        assert_eq!(
            problem.kind,
            format!("/api/docs/errors#{}", problem.code.as_ref()),
            "{}",
            self.label
        );
        assert!(!problem.title.is_empty(), "{}", self.text());
        assert!(!problem.detail.is_empty(), "{}", self.text());
        assert!(!problem.request_id.is_empty(), "{}", self.text());
        problem
    }

    /// Stops the test unless this is a 422 that names exactly these fields and codes, in any order.
    #[track_caller]
    pub fn invalid(&self, expected: &[(&str, ErrorCode)]) {
        let problem = self.problem();
        let mut found: Vec<(&str, &str)> = problem
            .errors
            .iter()
            .map(|error| (error.pointer.as_str(), error.code.as_ref()))
            .collect();
        let mut expected: Vec<(&str, &str)> = expected
            .iter()
            .map(|(pointer, code)| (*pointer, code.as_ref()))
            .collect();
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(
            (self.status, found),
            (422, expected),
            "{}: {}",
            self.label,
            self.text()
        );
    }
}
