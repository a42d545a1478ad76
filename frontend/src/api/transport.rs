//! How a request travels: one trait with one function, gloo-net in a browser, canned answers in tests.

use gloo::net::http::Response;
use std::pin::Pin;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// The methods the API uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of HTTP")]
pub enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

/// What a request carries.
#[derive(Debug, Clone, Default)]
pub enum Body {
    /// Nothing.
    #[default]
    Empty,
    /// A JSON text.
    Json(String),
    /// Bytes of a content type.
    Bytes {
        /// The content type.
        content_type: String,
        /// The bytes.
        bytes: Rc<[u8]>,
    },
    /// A file of the person's.
    Blob {
        /// The content type.
        content_type: String,
        /// The file.
        blob: web_sys::Blob,
    },
}

/// A request.
#[derive(Debug, Clone)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The path from the root, with its query.
    pub path: String,
    /// Names and values.
    pub headers: Vec<(String, String)>,
    /// What it carries.
    pub body: Body,
}

impl Request {
    /// A request without headers and body.
    #[must_use]
    pub const fn new(method: Method, path: String) -> Self {
        Self {
            method,
            path,
            headers: Vec::new(),
            body: Body::Empty,
        }
    }

    /// Sets a header, replacing one of the same name.
    pub fn set_header(&mut self, name: &str, value: &str) {
        self.headers
            .retain(|(other, _)| !other.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.to_owned()));
    }

    /// A header's value.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Names and values.
    pub headers: Vec<(String, String)>,
    /// The bytes.
    pub body: Vec<u8>,
}

impl Answer {
    /// A header's value.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }

    /// An answer with a JSON body, for tests.
    #[must_use]
    pub fn json(status: u16, body: &serde_json::Value) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: body.to_string().into_bytes(),
        }
    }
}

fn header<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers
        .iter()
        .find(|(other, _)| other.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.as_str())
}

/// No answer came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoAnswer;

/// An answer on its way.
pub type Pending = Pin<Box<dyn Future<Output = Result<Answer, NoAnswer>>>>;

/// Carries a request to the server and its answer back.
pub trait Transport {
    /// Sends the request. Dropping the future gives the request up.
    fn send(&self, request: Request) -> Pending;
}

/// Reaches nobody: what a component finds that stands outside the app.
#[derive(Debug, Clone, Copy)]
pub struct Nowhere;

impl Transport for Nowhere {
    fn send(&self, _request: Request) -> Pending {
        Box::pin(std::future::ready(Err(NoAnswer)))
    }
}

/// The browser's own `fetch`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Fetch;

impl Transport for Fetch {
    fn send(&self, request: Request) -> Pending {
        Box::pin(fetch(request))
    }
}

/// Gives the request up when its future is dropped before it ended.
struct AbortOnDrop(Option<web_sys::AbortController>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        if let Some(controller) = &self.0 {
            controller.abort();
        }
    }
}

/// The answer to a question that the page's script asked while the app was on its way, if it did and
/// nobody took it before: see `xtask/src/boot.js`.
async fn early(path: &str) -> Option<web_sys::Response> {
    let given = js_sys::Reflect::get(&js_sys::global(), &"dipperEarly".into()).ok()?;
    let given = given.dyn_into::<js_sys::Function>().ok()?;
    let asked = given.call1(&JsValue::UNDEFINED, &path.into()).ok()?;
    let asked = asked.dyn_into::<js_sys::Promise>().ok()?;
    JsFuture::from(asked).await.ok()?.dyn_into().ok()
}

/// The longest body that is sent on when the page is closed, in bytes; the browser's limit is 64 KiB for all
/// requests on their way together (Fetch standard, "inflight keep-alive bytes").
const OUTLIVES: usize = 4 * 1024;

/// A request that goes on when its page is closed, so that what somebody did last is not lost.
fn outliving(request: gloo::net::http::Request) -> gloo::net::http::Request {
    let init = web_sys::RequestInit::new();
    let is_set = js_sys::Reflect::set(&init, &"keepalive".into(), &JsValue::TRUE);
    let request = web_sys::Request::from(request);
    let kept = web_sys::Request::new_with_request_and_init(&request, &init);
    kept.ok()
        .filter(|_| is_set.is_ok())
        .unwrap_or(request)
        .into()
}

async fn read(response: Response) -> Result<Answer, NoAnswer> {
    Ok(Answer {
        status: response.status(),
        headers: response.headers().entries().collect(),
        body: response.binary().await.map_err(|_| NoAnswer)?,
    })
}

async fn fetch(request: Request) -> Result<Answer, NoAnswer> {
    use gloo::net::http::{Method as Verb, RequestBuilder};

    if request.method == Method::Get
        && let Some(response) = early(&request.path).await
        && let Ok(answer) = read(Response::from(response)).await
    {
        return Ok(answer);
    }

    let is_small = matches!(&request.body, Body::Json(text) if text.len() <= OUTLIVES);
    let mut controller = AbortOnDrop(web_sys::AbortController::new().ok());
    let signal = controller.0.as_ref().map(web_sys::AbortController::signal);
    let verb = match request.method {
        Method::Get => Verb::GET,
        Method::Post => Verb::POST,
        Method::Put => Verb::PUT,
        Method::Patch => Verb::PATCH,
        Method::Delete => Verb::DELETE,
    };
    let mut builder = RequestBuilder::new(&request.path)
        .method(verb)
        .abort_signal(signal.as_ref());
    builder = builder.header("Accept", "application/json");
    for (name, value) in &request.headers {
        builder = builder.header(name, value);
    }
    let ready = match request.body {
        Body::Empty => builder.build(),
        Body::Json(text) => builder
            .header("Content-Type", "application/json")
            .body(text),
        Body::Bytes {
            content_type,
            bytes,
        } => builder
            .header("Content-Type", &content_type)
            .body(js_sys::Uint8Array::from(&bytes[..])),
        Body::Blob { content_type, blob } => {
            builder.header("Content-Type", &content_type).body(blob)
        }
    };
    let ready = ready.map_err(|_| NoAnswer)?;
    let ready = if is_small { outliving(ready) } else { ready };
    let response = ready.send().await.map_err(|_| NoAnswer)?;
    let answer = read(response).await?;
    controller.0 = None;
    Ok(answer)
}

/// Canned answers for tests, in the order the requests come.
#[cfg(test)]
pub mod canned {
    use super::{Answer, NoAnswer, Pending, Request, Transport};
    use std::cell::RefCell;
    use std::collections::VecDeque;
    use std::rc::Rc;

    /// A transport that plays prepared answers and remembers what was asked.
    #[derive(Clone, Default)]
    pub struct Canned {
        answers: Rc<RefCell<VecDeque<Answer>>>,
        sent: Rc<RefCell<Vec<Request>>>,
        is_slow: bool,
    }

    impl Canned {
        /// Plays these answers; afterwards there is no network.
        pub fn new(answers: impl IntoIterator<Item = Answer>) -> Self {
            Self {
                answers: Rc::new(RefCell::new(answers.into_iter().collect())),
                ..Self::default()
            }
        }

        /// Lets other futures run before each answer.
        pub fn slow(mut self) -> Self {
            self.is_slow = true;
            self
        }

        /// What was asked so far.
        pub fn sent(&self) -> Vec<Request> {
            self.sent.borrow().clone()
        }
    }

    impl Transport for Canned {
        fn send(&self, request: Request) -> Pending {
            self.sent.borrow_mut().push(request);
            let answer = self.answers.borrow_mut().pop_front().ok_or(NoAnswer);
            let is_slow = self.is_slow;
            Box::pin(async move {
                if is_slow {
                    tokio::task::yield_now().await;
                }
                answer
            })
        }
    }
}
