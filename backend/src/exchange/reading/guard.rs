//! What an XLSX file must pass before anything reads it: few entries, small when unpacked, no cell or
//! string that would fill the memory.
//!
//! The sizes an archive declares may lie, so every part is unpacked once, counted and thrown away.
//! Only parts that passed are copied, packed as they are, into the file that is handed on; a workbook
//! can therefore not lead its reader to a part that was not looked at.

use super::ReadError;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
use zip::{ZipArchive, ZipWriter};

/// Entries of the archive.
const MAX_ENTRIES: usize = 2_000;
/// Bytes of all parts, unpacked.
const MAX_TOTAL: u64 = 256 * 1024 * 1024;
/// Bytes of the table of strings, unpacked: it is held in memory.
const MAX_STRINGS_BYTES: u64 = 32 * 1024 * 1024;
/// Strings of that table.
const MAX_STRINGS: u64 = 500_000;
/// Bytes of other parts that are held in memory: styles, relations, the list of sheets.
const MAX_PART: u64 = 4 * 1024 * 1024;
/// Elements of such a part.
const MAX_ELEMENTS: u64 = 100_000;
/// Bytes of one element, cell or string.
const MAX_ELEMENT: u64 = 256 * 1024;

/// Checks an XLSX file and answers one with the same parts that can be read safely.
///
/// # Errors
/// [`ReadError::Bomb`] when it is too large in any way, [`ReadError::Unreadable`] when it is no archive.
pub fn pass(path: &Path) -> Result<File, ReadError> {
    let mut file = File::open(path)?;
    look_at_directory(&mut file)?;
    file.seek(SeekFrom::Start(0))?;
    let broken = |error: zip::result::ZipError| ReadError::Unreadable(error.to_string());
    let mut archive = ZipArchive::new(std::io::BufReader::new(file)).map_err(broken)?;
    if archive.len() > MAX_ENTRIES {
        return Err(ReadError::Bomb("too many entries"));
    }
    let parts: Vec<(usize, Part)> = (0..archive.len())
        .filter_map(|index| {
            let name = archive.name_for_index(index)?.ok()?.to_ascii_lowercase();
            Some((index, Part::of(&name)?))
        })
        .collect();
    let mut total = 0;
    for (index, part) in &parts {
        let mut entry = archive.by_index(*index).map_err(broken)?;
        if entry.size() > MAX_TOTAL {
            return Err(ReadError::Bomb("a part declares too large a size"));
        }
        total += part.check(&mut entry, MAX_TOTAL - total)?;
    }

    let mut copy = ZipWriter::new(nameless(path)?);
    for (index, _) in &parts {
        let entry = archive.by_index_raw(*index).map_err(broken)?;
        copy.raw_copy_file(entry).map_err(broken)?;
    }
    let mut copy = copy.finish().map_err(broken)?;
    copy.seek(SeekFrom::Start(0))?;
    Ok(copy)
}

/// A file beside another that has no name and goes with its last handle.
fn nameless(path: &Path) -> Result<File, ReadError> {
    let name = path.with_extension(format!("{}.xlsx", uuid::Uuid::now_v7().simple()));
    let file = File::options()
        .read(true)
        .write(true)
        .create_new(true)
        .open(&name)?;
    std::fs::remove_file(&name)?;
    Ok(file)
}

/// Counts the entries before a library makes room for as many as the archive claims to have.
fn look_at_directory(file: &mut File) -> Result<(), ReadError> {
    let mut entries = 0;
    let mut bytes = vec![0; 64 * 1024];
    let mut kept = 0;
    loop {
        let count = file.read(bytes.get_mut(kept..).unwrap_or_default())?;
        if count == 0 {
            return Ok(());
        }
        let seen = bytes.get(..kept + count).unwrap_or_default();
        for window in seen.windows(4) {
            match window {
                b"PK\x01\x02" => entries += 1,
                b"PK\x06\x06" => {
                    return Err(ReadError::Unreadable("a ZIP64 archive".into()));
                }
                _ => {}
            }
        }
        if entries > MAX_ENTRIES {
            return Err(ReadError::Bomb("too many entries"));
        }
        let end = kept + count;
        kept = end.min(3);
        bytes.copy_within(end - kept..end, 0);
    }
}

/// The parts that a reader of cells may need.
enum Part {
    /// The table of strings.
    Strings,
    /// A sheet.
    Sheet,
    /// Styles, relations, the list of sheets.
    Small,
}

impl Part {
    fn of(name: &str) -> Option<Self> {
        let has = |folder: &str| name.contains(folder);
        if !(name.ends_with(".xml") || name.ends_with(".rels")) {
            return None;
        }
        if [
            "drawings",
            "charts",
            "comments",
            "pivot",
            "media",
            "customxml",
        ]
        .into_iter()
        .any(has)
        {
            return None;
        }
        if name.ends_with("sharedstrings.xml") {
            Some(Self::Strings)
        } else if has("worksheets/") && name.ends_with(".xml") {
            Some(Self::Sheet)
        } else {
            Some(Self::Small)
        }
    }

    /// Unpacks the part into nothing and answers its true size.
    fn check(&self, part: &mut impl Read, left: u64) -> Result<u64, ReadError> {
        let (max_bytes, max_elements) = match self {
            Self::Strings => (MAX_STRINGS_BYTES, MAX_STRINGS * 8),
            Self::Sheet => (MAX_TOTAL, u64::MAX),
            Self::Small => (MAX_PART, MAX_ELEMENTS),
        };
        let mut scan = Scan::default();
        let mut bytes = vec![0; 64 * 1024];
        loop {
            let count = part
                .read(&mut bytes)
                .map_err(|error| ReadError::Unreadable(error.to_string()))?;
            if count == 0 {
                return Ok(scan.bytes);
            }
            scan.add(bytes.get(..count).unwrap_or_default())?;
            if scan.bytes > max_bytes.min(left) {
                return Err(ReadError::Bomb("a part is too large"));
            }
            if scan.elements > max_elements || scan.strings > MAX_STRINGS {
                return Err(ReadError::Bomb("a part has too many elements"));
            }
        }
    }
}

/// Follows the tags of a part without reading it as XML: how many, how far apart, and how much lies
/// within one cell or string.
#[derive(Default)]
struct Scan {
    bytes: u64,
    elements: u64,
    strings: u64,
    since_tag: u64,
    since_cell: u64,
    /// Whether the reader is at work: before and after the rows a sheet holds other things.
    is_data: bool,
    tag: Vec<u8>,
    tail: [u8; 2],
    is_in_tag: bool,
}

/// Bytes of a tag that are looked at.
const TAG: usize = 512;

impl Scan {
    fn add(&mut self, piece: &[u8]) -> Result<(), ReadError> {
        for byte in piece {
            self.bytes += 1;
            self.since_tag += 1;
            self.since_cell += 1;
            let is_opaque = self.is_in_tag && self.is_opaque();
            match byte {
                b'<' if !is_opaque => {
                    self.elements += 1;
                    self.since_tag = 0;
                    self.is_in_tag = true;
                    self.tag.clear();
                }
                b'>' if self.is_in_tag && (!is_opaque || self.closes()) => {
                    self.is_in_tag = false;
                    self.end_of_tag()?;
                }
                byte if self.is_in_tag && self.tag.len() < TAG => self.tag.push(*byte),
                _ => {}
            }
            self.tail = [self.tail[1], *byte];
            if self.since_tag > MAX_ELEMENT || (self.is_data && self.since_cell > 4 * MAX_ELEMENT) {
                return Err(ReadError::Bomb("an element is too large"));
            }
        }
        Ok(())
    }

    /// Whether what looks like tags is none: within a comment or a stretch of raw text.
    fn is_opaque(&self) -> bool {
        self.tag.starts_with(b"!--") || self.tag.starts_with(b"![CDATA[")
    }

    fn closes(&self) -> bool {
        let mark: &[u8] = if self.tag.starts_with(b"!--") {
            b"--"
        } else {
            b"]]"
        };
        self.tail == mark
    }

    fn end_of_tag(&mut self) -> Result<(), ReadError> {
        let is_end = self.tag.first() == Some(&b'/');
        let tag = self.tag.get(usize::from(is_end)..).unwrap_or_default();
        let name_end = tag
            .iter()
            .position(|byte| byte.is_ascii_whitespace() || *byte == b'/')
            .unwrap_or(tag.len());
        let name = tag.get(..name_end).unwrap_or_default();
        let local = name
            .iter()
            .position(|byte| *byte == b':')
            .map_or(name, |colon| name.get(colon + 1..).unwrap_or_default());
        match (local, is_end) {
            (b"si", false) => {
                self.strings += 1;
                self.since_cell = 0;
            }
            (b"c" | b"row", false) => self.since_cell = 0,
            (b"sheetData" | b"sst", is_end) => {
                if local == b"sst" && claims_too_many(&self.tag) {
                    return Err(ReadError::Bomb("too many strings are announced"));
                }
                self.is_data = !is_end;
                self.since_cell = 0;
            }
            _ => {}
        }
        Ok(())
    }
}

/// Whether the table of strings announces more than it may have: its reader makes room for as many.
fn claims_too_many(tag: &[u8]) -> bool {
    let tag = String::from_utf8_lossy(tag);
    tag.split("niqueCount").skip(1).any(|rest| {
        let digits: String = rest
            .chars()
            .skip_while(|c| !c.is_ascii_digit())
            .take_while(char::is_ascii_digit)
            .collect();
        digits.len() > 8
            || digits
                .parse::<u64>()
                .is_ok_and(|count| count > 2 * MAX_STRINGS)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same piece without end.
    struct Endless(&'static [u8], usize);

    impl Read for Endless {
        fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
            for place in out.iter_mut() {
                *place = self.0[self.1 % self.0.len()];
                self.1 += 1;
            }
            Ok(out.len())
        }
    }

    #[test]
    fn a_part_that_never_ends_is_left_when_its_size_is_reached() {
        for part in [Part::Sheet, Part::Strings, Part::Small] {
            let outcome = part.check(&mut Endless(b"<row><c/></row>", 0), 5_000_000);
            assert!(matches!(outcome, Err(ReadError::Bomb(_))));
        }
    }
}
