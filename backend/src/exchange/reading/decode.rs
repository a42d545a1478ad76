//! Bytes to characters: which encoding a file has, and reading it as UTF-8 piece by piece.

use super::ReadError;
use encoding_rs::{CoderResult, Decoder};
use shared::exchange::Encoding;
use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;
use std::path::Path;

/// The encoding that all bytes of a file are valid in; UTF-8 before GB18030, as hardly any other text is
/// valid UTF-8 by chance.
///
/// # Errors
/// When the file cannot be read.
pub fn detect(path: &Path) -> Result<Encoding, ReadError> {
    let mut file = File::open(path)?;
    let mut utf8 = encoding_rs::UTF_8.new_decoder_without_bom_handling();
    let mut gb18030 = encoding_rs::GB18030.new_decoder_without_bom_handling();
    let (mut utf8_errors, mut gb_errors) = (0, 0);
    let mut pairs = Pairs::default();
    let mut bytes = vec![0; 64 * 1024];
    let mut scratch = vec![0; 256 * 1024];
    let mut is_first = true;
    loop {
        let count = file.read(&mut bytes)?;
        let piece = bytes.get(..count).unwrap_or_default();
        if is_first && piece.starts_with(b"\xff\xfe") {
            return Ok(Encoding::Utf16Le);
        }
        if is_first && piece.starts_with(b"\xfe\xff") {
            return Ok(Encoding::Utf16Be);
        }
        is_first = false;
        let is_last = count == 0;
        utf8_errors += errors(&mut utf8, piece, &mut scratch, is_last);
        gb_errors += errors(&mut gb18030, piece, &mut scratch, is_last);
        pairs.add(piece);
        if is_last {
            break;
        }
    }
    Ok(if utf8_errors == 0 {
        Encoding::Utf8
    } else if gb_errors == 0 && !pairs.are_lone() {
        Encoding::Gb18030
    } else if pairs.are_lone() {
        Encoding::Windows1252
    } else if utf8_errors <= gb_errors {
        Encoding::Utf8
    } else {
        Encoding::Gb18030
    })
}

/// Counts the places in a piece that are no characters.
fn errors(decoder: &mut Decoder, piece: &[u8], scratch: &mut [u8], is_last: bool) -> usize {
    let mut count = 0;
    let mut rest = piece;
    loop {
        let (result, read, _) = decoder.decode_to_utf8_without_replacement(rest, scratch, is_last);
        rest = rest.get(read..).unwrap_or_default();
        match result {
            encoding_rs::DecoderResult::InputEmpty => return count,
            encoding_rs::DecoderResult::OutputFull => {}
            encoding_rs::DecoderResult::Malformed(..) => count += 1,
        }
    }
}

/// Tells western letters from Chinese ones where both readings are valid: `Müller` has its high bytes
/// alone between letters, Chinese text has them in pairs.
#[derive(Default)]
struct Pairs {
    lone: usize,
    paired: usize,
    is_open: bool,
}

impl Pairs {
    fn add(&mut self, piece: &[u8]) {
        for byte in piece {
            let is_high = *byte >= 0x80;
            match (self.is_open, is_high) {
                (true, true) => {
                    self.paired += 1;
                    self.is_open = false;
                }
                (true, false) => {
                    self.lone += 1;
                    self.is_open = false;
                }
                (false, is_high) => self.is_open = is_high,
            }
        }
    }

    const fn are_lone(&self) -> bool {
        self.lone > self.paired
    }
}

/// Reads bytes of an encoding as UTF-8. Bytes that are no characters become U+FFFD, which rows are
/// refused for later.
pub struct Decoding<R> {
    inner: R,
    decoder: Decoder,
    bytes: Vec<u8>,
    bytes_left: Range<usize>,
    text: Vec<u8>,
    text_left: Range<usize>,
    is_over: bool,
    is_flushed: bool,
}

impl<R: Read> Decoding<R> {
    /// A reader over `inner`; a byte order mark is passed over.
    pub fn new(inner: R, encoding: Encoding) -> Self {
        let encoding = match encoding {
            Encoding::Utf8 => encoding_rs::UTF_8,
            Encoding::Gb18030 => encoding_rs::GB18030,
            Encoding::Utf16Le => encoding_rs::UTF_16LE,
            Encoding::Utf16Be => encoding_rs::UTF_16BE,
            Encoding::Windows1252 => encoding_rs::WINDOWS_1252,
        };
        Self {
            inner,
            decoder: encoding.new_decoder_with_bom_removal(),
            bytes: vec![0; 16 * 1024],
            bytes_left: 0..0,
            text: vec![0; 32 * 1024],
            text_left: 0..0,
            is_over: false,
            is_flushed: false,
        }
    }

    /// Decodes the next piece.
    fn fill(&mut self) -> io::Result<()> {
        if self.bytes_left.is_empty() && !self.is_over {
            let count = self.inner.read(&mut self.bytes)?;
            self.bytes_left = 0..count;
            self.is_over = count == 0;
        }
        let input = self.bytes.get(self.bytes_left.clone()).unwrap_or_default();
        let (result, read, written, _) =
            self.decoder
                .decode_to_utf8(input, &mut self.text, self.is_over);
        self.bytes_left.start += read;
        self.text_left = 0..written;
        self.is_flushed = self.is_over && result == CoderResult::InputEmpty;
        Ok(())
    }
}

impl<R: Read> Read for Decoding<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.text_left.is_empty() && !self.is_flushed {
            self.fill()?;
        }
        let ready = self.text.get(self.text_left.clone()).unwrap_or_default();
        let count = ready.len().min(out.len());
        for (place, byte) in out.iter_mut().zip(ready) {
            *place = *byte;
        }
        self.text_left.start += count;
        Ok(count)
    }
}
