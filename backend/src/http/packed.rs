//! Which encodings a client takes, and the bodies of answers packed for who does.

use actix_web::HttpRequest;
use actix_web::http::header;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;
use std::sync::{Arc, OnceLock};

/// Bytes under which packing saves no packet.
const LEAST: usize = 1_400;

/// The encodings that a client named, in lower case.
#[derive(Debug)]
pub struct Accepted(String);

impl Accepted {
    /// What the request's `Accept-Encoding` says.
    #[must_use]
    pub fn of(request: &HttpRequest) -> Self {
        let named = request.headers().get_all(header::ACCEPT_ENCODING);
        let named: Vec<_> = named.filter_map(|value| value.to_str().ok()).collect();
        Self(named.join(",").to_ascii_lowercase())
    }

    /// Whether it names this encoding, and not with a weight of zero.
    #[must_use]
    pub fn names(&self, encoding: &str) -> bool {
        self.0.split(',').any(|part| {
            let mut pieces = part.split(';').map(str::trim);
            let is_named = pieces.next() == Some(encoding);
            let is_refused = pieces
                .filter_map(|piece| piece.strip_prefix("q="))
                .any(|weight| {
                    weight
                        .trim()
                        .parse::<f32>()
                        .is_ok_and(|weight| weight <= 0.0)
                });
            is_named && !is_refused
        })
    }
}

/// A body as gzip, made when somebody first asks for it and kept with all copies of the answer.
#[derive(Debug, Clone, Default)]
pub struct Packed(Arc<OnceLock<Option<Bytes>>>);

impl Packed {
    /// Whether a body of so many bytes is worth packing.
    #[must_use]
    pub const fn is_for(bytes: usize) -> bool {
        bytes >= LEAST
    }

    /// The body as gzip; nothing if that would be no shorter.
    pub fn of(&self, body: &Bytes) -> Option<Bytes> {
        let pack = || {
            // The quickest level: the demo's board shrinks to a quarter.
            let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(body).ok()?;
            let packed = encoder.finish().ok()?;
            (packed.len() < body.len()).then(|| packed.into())
        };
        self.0.get_or_init(pack).clone()
    }
}

/// How a body travels says nothing about what it is.
impl PartialEq for Packed {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Packed {}
