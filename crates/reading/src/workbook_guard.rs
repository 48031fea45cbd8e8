//! What a workbook may hold, checked before any of it is parsed: the sizes its directory states, then the sizes it
//! really unpacks to, the longest text in it, and how many cells and texts it has.

use std::io::{Read, Seek};

use zip::ZipArchive;
use zip::result::ZipError;

use crate::fault::{FileFault, FileFaultCode};
use crate::input::bomb;

/// The most all parts together may unpack to, in bytes.
const MAX_TOTAL: u64 = 512 << 20;
/// The most the table of texts may unpack to: all of it is held while rows are read.
const MAX_TEXTS: u64 = 48 << 20;
/// The most other parts that are held whole may unpack to.
const MAX_HELD: u64 = 8 << 20;
/// The most a part may be compressed: text tables reach about 1:40, a bomb 1:1000.
const MAX_RATIO: u64 = 200;
/// The longest text between two tags, and the longest tag, in bytes.
const MAX_RUN: usize = 1 << 20;
const MAX_TEXT_COUNT: u64 = 1_000_000;
const MAX_CELL_COUNT: u64 = 20_000_000;
const MAX_PARTS: usize = 2_000;

/// Refuses a workbook that would cost too much to read.
pub(crate) fn check<R: Read + Seek>(source: &mut R) -> Result<(), FileFault> {
    let mut archive = ZipArchive::new(&mut *source).map_err(damaged)?;
    if archive.len() > MAX_PARTS {
        return Err(too_large("parts", MAX_PARTS as u64));
    }
    let mut total = 0u64;
    for index in 0..archive.len() {
        let part = archive.by_index_raw(index).map_err(damaged)?;
        total = total.saturating_add(part.size());
        let swollen = part.size() > 1 << 20 && part.size() / part.compressed_size().max(1) > MAX_RATIO;
        if total > MAX_TOTAL || swollen {
            return Err(bomb(MAX_TOTAL));
        }
    }
    if archive.index_for_name("xl/workbook.xml").is_none() {
        return Err(FileFault::new(FileFaultCode::Unsupported));
    }
    let mut left = MAX_TOTAL;
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).map_err(damaged)?;
        let kind = Part::named(&part.name().map_err(damaged)?);
        if kind != Part::Other {
            left = Scan::new(kind).run(&mut part, left)?;
        }
    }
    Ok(())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Sheet,
    Texts,
    Held,
    Other,
}

impl Part {
    fn named(name: &str) -> Self {
        let name = name.to_ascii_lowercase();
        match () {
            () if name.starts_with("xl/worksheets/") && name.ends_with(".xml") => Self::Sheet,
            () if name == "xl/sharedstrings.xml" => Self::Texts,
            () if name.ends_with(".xml") || name.ends_with(".rels") => Self::Held,
            () => Self::Other,
        }
    }

    fn limit(self) -> u64 {
        match self {
            Self::Sheet | Self::Other => MAX_TOTAL,
            Self::Texts => MAX_TEXTS,
            Self::Held => MAX_HELD,
        }
    }
}

/// Counts over one part as it unpacks.
struct Scan {
    part: Part,
    bytes: u64,
    run: usize,
    items: u64,
}

impl Scan {
    fn new(part: Part) -> Self {
        Self { part, bytes: 0, run: 0, items: 0 }
    }

    /// How much of `left` remains after this part.
    fn run(mut self, part: &mut impl Read, left: u64) -> Result<u64, FileFault> {
        let mut chunk = vec![0u8; 32 * 1024];
        let mut first = true;
        loop {
            let count = part.read(&mut chunk)?;
            if count == 0 {
                return Ok(left - self.bytes);
            }
            self.bytes += count as u64;
            if self.bytes > left.min(self.part.limit()) {
                return Err(bomb(self.part.limit()));
            }
            if first && self.part == Part::Texts && stated_count(&chunk[..count]) > MAX_TEXT_COUNT {
                return Err(too_large("texts", MAX_TEXT_COUNT));
            }
            first = false;
            self.count(&chunk[..count])?;
        }
    }

    fn count(&mut self, chunk: &[u8]) -> Result<(), FileFault> {
        let mut last = None;
        for at in memchr::memchr2_iter(b'<', b'>', chunk) {
            let run = last.map_or(self.run + at, |last: usize| at - last);
            if run > MAX_RUN {
                return Err(too_large("bytes in one cell", MAX_RUN as u64));
            }
            last = Some(at);
            let rest = &chunk[at + 1..];
            let is_item = match self.part {
                Part::Sheet => rest.starts_with(b"c ") || rest.starts_with(b"c>") || rest.starts_with(b"c/"),
                Part::Texts => rest.starts_with(b"si>"),
                _ => false,
            };
            self.items += u64::from(chunk[at] == b'<' && is_item);
        }
        self.run = last.map_or(self.run + chunk.len(), |last| chunk.len() - last);
        match self.part {
            _ if self.run > MAX_RUN => Err(too_large("bytes in one cell", MAX_RUN as u64)),
            Part::Sheet if self.items > MAX_CELL_COUNT => Err(too_large("cells", MAX_CELL_COUNT)),
            Part::Texts if self.items > MAX_TEXT_COUNT => Err(too_large("texts", MAX_TEXT_COUNT)),
            _ => Ok(()),
        }
    }
}

/// The count the table of texts states about itself, for which its reader reserves memory at once.
fn stated_count(head: &[u8]) -> u64 {
    let stated = memchr::memmem::find_iter(head, b"niqueCount").map(|at| {
        let digits = head[at..].iter().skip_while(|b| !b.is_ascii_digit()).take_while(|b| b.is_ascii_digit());
        digits.fold(0u64, |sum, digit| sum.saturating_mul(10).saturating_add(u64::from(digit - b'0')))
    });
    stated.max().unwrap_or(0)
}

fn too_large(what: &'static str, limit: u64) -> FileFault {
    FileFault::new(FileFaultCode::TooLarge).with("what", what).with("limit", limit)
}

fn damaged(error: ZipError) -> FileFault {
    FileFault::new(FileFaultCode::Damaged).with("error", error)
}
