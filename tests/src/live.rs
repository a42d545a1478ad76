//! The live stream of events as a browser reads it.

use crate::client::Request;
use crate::wait::PATIENCE;
use serde_json::Value;
use std::collections::VecDeque;
use std::time::Duration;

/// One event of the stream.
#[derive(Debug, Clone, PartialEq)]
pub struct LiveEvent {
    /// Its id, which a later stream can begin after.
    pub id: i64,
    /// Its type, such as `deal.moved`.
    pub kind: String,
    /// Its data.
    pub data: Value,
}

/// An open stream, past its `hello`.
pub struct LiveEvents {
    response: reqwest::Response,
    text: Vec<u8>,
    ready: VecDeque<LiveEvent>,
    /// Where the stream began, as its `hello` said.
    pub start: i64,
}

impl LiveEvents {
    pub(crate) async fn open(request: Request) -> Self {
        let response = request.open().await.expect("a stream");
        assert_eq!(response.status().as_u16(), 200, "the stream was refused");
        let mut stream = Self {
            response,
            text: Vec::new(),
            ready: VecDeque::new(),
            start: 0,
        };
        let hello = stream.next().await;
        assert_eq!(hello.kind, "hello", "a stream begins with hello");
        stream.start = hello.id;
        stream
    }

    /// The next event; stops the test when none comes.
    pub async fn next(&mut self) -> LiveEvent {
        match tokio::time::timeout(PATIENCE, self.read()).await {
            Ok(Some(event)) => event,
            Ok(None) => panic!("the stream ended before an expected event"),
            Err(_) => panic!("no event came within {PATIENCE:?}"),
        }
    }

    /// The next event of this type; those before it are passed over.
    pub async fn next_of(&mut self, kind: &str) -> LiveEvent {
        loop {
            let event = self.next().await;
            if event.kind == kind {
                return event;
            }
        }
    }

    /// Waits for the end of the stream; gives what came before it.
    pub async fn ended_within(mut self, time: Duration) -> Vec<LiveEvent> {
        let mut events = Vec::new();
        let reading = async {
            while let Some(event) = self.read().await {
                events.push(event);
            }
        };
        if tokio::time::timeout(time, reading).await.is_err() {
            panic!("the stream is still open after {time:?}");
        }
        events
    }

    async fn read(&mut self) -> Option<LiveEvent> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(event);
            }
            // A broken connection is an end like any other.
            let chunk = self.response.chunk().await.ok().flatten()?;
            self.text.extend_from_slice(&chunk);
            while let Some(end) = find(&self.text, b"\n\n") {
                let block: Vec<u8> = self.text.drain(..end + 2).collect();
                self.ready.extend(parse(&String::from_utf8_lossy(&block)));
            }
        }
    }
}

fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    text.windows(what.len()).position(|part| part == what)
}

/// Comments are no events.
fn parse(block: &str) -> Option<LiveEvent> {
    let field = |name: &str| {
        block
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    };
    Some(LiveEvent {
        id: field("id")?.parse().expect("an event's id is a number"),
        kind: field("event")?.to_owned(),
        data: serde_json::from_str(field("data")?).expect("an event's data is JSON"),
    })
}
