//! Requests that no client would send, written to the socket byte by byte.

use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// An answer as it came over the wire.
#[derive(Debug, Clone, Default)]
pub struct RawAnswer {
    /// The status; zero when the connection ended without one.
    pub status: u16,
    /// The lines of the head, in lower case.
    pub head: Vec<String>,
    /// What followed it.
    pub body: String,
}

impl RawAnswer {
    fn parse(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let mut lines = head.lines();
        let status = lines
            .next()
            .and_then(|line| line.split(' ').nth(1)?.parse().ok())
            .unwrap_or_default();
        Self {
            status,
            head: lines.map(str::to_ascii_lowercase).collect(),
            body: body.to_owned(),
        }
    }

    /// A header, empty when it is not there.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        let value = self
            .head
            .iter()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        value.unwrap_or_default()
    }
}

/// A connection to a server.
#[derive(Debug)]
pub struct RawConnection {
    stream: TcpStream,
}

impl RawConnection {
    /// Connects.
    pub async fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.expect("a connection");
        Self { stream }
    }

    /// Sends bytes; whether the other side still takes them.
    pub async fn send(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.stream.write_all(bytes.as_ref()).await.is_ok()
    }

    /// Reads the head of an answer, on a connection that stays open; nothing when it does not come, or
    /// the connection ends first.
    pub async fn head_within(&mut self, time: Duration) -> Option<RawAnswer> {
        let mut bytes = Vec::new();
        let reading = async {
            while !bytes.windows(4).any(|end| end == b"\r\n\r\n") {
                if self.stream.read_buf(&mut bytes).await.unwrap_or_default() == 0 {
                    return None;
                }
            }
            Some(())
        };
        let whole = tokio::time::timeout(time, reading).await.ok().flatten();
        whole.map(|()| RawAnswer::parse(&bytes))
    }

    /// Sends bytes and reads until the other side closes; nothing when there is no answer.
    pub async fn ask(mut self, bytes: impl AsRef<[u8]>, time: Duration) -> Option<RawAnswer> {
        self.send(bytes).await;
        let answer = self.answer_within(time).await?;
        (answer.status != 0).then_some(answer)
    }

    /// Sends the same bytes every half second and reads until the other side closes; nothing when it does
    /// not within the time.
    pub async fn drip(&mut self, bytes: &[u8], time: Duration) -> Option<RawAnswer> {
        let (mut reader, mut writer) = self.stream.split();
        let sending = async {
            let mut beat = tokio::time::interval(Duration::from_millis(500));
            loop {
                beat.tick().await;
                if writer.write_all(bytes).await.is_err() {
                    std::future::pending::<()>().await;
                }
            }
        };
        let mut answer = Vec::new();
        let ended = tokio::select! {
            ended = tokio::time::timeout(time, reader.read_to_end(&mut answer)) => ended.is_ok(),
            () = sending => false,
        };
        ended.then(|| RawAnswer::parse(&answer))
    }

    /// Reads until the other side closes; nothing when it does not within the time.
    pub async fn answer_within(&mut self, time: Duration) -> Option<RawAnswer> {
        let mut bytes = Vec::new();
        match tokio::time::timeout(time, self.stream.read_to_end(&mut bytes)).await {
            // A reset after the answer is an end as well.
            Ok(_) => Some(RawAnswer::parse(&bytes)),
            Err(_) => None,
        }
    }
}

/// Sends bytes and reads the answer up to the end of the connection.
pub async fn exchange(address: SocketAddr, bytes: impl AsRef<[u8]>) -> RawAnswer {
    let mut connection = RawConnection::open(address).await;
    connection.send(bytes).await;
    let answer = connection.answer_within(Duration::from_secs(10)).await;
    answer.expect("an end of the connection")
}
