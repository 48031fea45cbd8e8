//! The file itself: what its first bytes say it is, gzip taken off, bytes counted for progress.

use std::fs::File;
use std::io::{BufReader, Read, Seek};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::read::MultiGzDecoder;

use crate::fault::{FileFault, FileFaultCode};

/// How large a gzipped text may unpack, in bytes.
const MAX_UNPACKED: u64 = 2 << 30;

/// What a file is, by its content and not by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Text,
    GzippedText,
    Workbook,
    LockedWorkbook,
}

/// How many bytes of the file have been read, shared with whoever shows progress.
#[derive(Debug, Clone, Default)]
pub(crate) struct BytesRead(Arc<AtomicU64>);

impl BytesRead {
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    pub fn set(&self, bytes: u64) {
        self.0.store(bytes, Ordering::Relaxed);
    }
}

struct Counted<R> {
    inner: R,
    bytes: BytesRead,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.bytes.0.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

/// Stops a stream that turns out longer than it may be.
struct Capped<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Capped<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.inner.read(buffer)?;
        match self.left.checked_sub(count as u64) {
            Some(left) => self.left = left,
            None => return Err(bomb(MAX_UNPACKED).into()),
        }
        Ok(count)
    }
}

pub(crate) fn bomb(limit: u64) -> FileFault {
    FileFault::new(FileFaultCode::Bomb).with("limit_mib", limit >> 20)
}

/// Says what a file is.
pub(crate) fn shape(path: &Path) -> Result<Shape, FileFault> {
    let mut head = Vec::with_capacity(4096);
    File::open(path)?.take(4096).read_to_end(&mut head)?;
    match head.as_slice() {
        [] => Err(FileFault::new(FileFaultCode::Empty)),
        [0x1f, 0x8b, ..] => Ok(Shape::GzippedText),
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Ok(Shape::Workbook),
        [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, ..] => locked_or_old(path),
        [b'%', b'P', b'D', b'F', ..] | [0x89, b'P', b'N', b'G', ..] | [0xff, 0xd8, 0xff, ..] => {
            Err(FileFault::new(FileFaultCode::Unsupported))
        }
        head => text_shape(head),
    }
}

/// A compound file is a locked workbook when it holds a stream of that name (UTF-16 in its directory), else old Excel.
fn locked_or_old(path: &Path) -> Result<Shape, FileFault> {
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut file = BufReader::new(File::open(path)?);
    let mut window = vec![0u8; 64 * 1024];
    let mut kept = 0;
    loop {
        let count = file.read(&mut window[kept..])?;
        if memchr::memmem::find(&window[..kept + count], &name).is_some() {
            return Ok(Shape::LockedWorkbook);
        }
        if count == 0 {
            return Err(FileFault::new(FileFaultCode::OldExcel));
        }
        let keep = (kept + count).min(name.len());
        window.copy_within(kept + count - keep..kept + count, 0);
        kept = keep;
    }
}

fn text_shape(head: &[u8]) -> Result<Shape, FileFault> {
    let marked = head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]);
    let nuls = memchr::memchr_iter(0, head).count();
    if !marked && nuls * 10 > head.len() {
        return Err(FileFault::new(FileFaultCode::Unsupported));
    }
    let start = String::from_utf8_lossy(&head[..head.len().min(512)]).to_ascii_lowercase();
    let start = crate::row::trimmed(&start);
    if ["<html", "<!doctype html", "<table", "<meta"].iter().any(|tag| start.starts_with(tag)) {
        return Err(FileFault::new(FileFaultCode::Html));
    }
    Ok(Shape::Text)
}

/// The text of a file as bytes, unpacked, its byte-order mark still on.
pub(crate) fn text(path: &Path, shape: Shape, bytes: BytesRead) -> Result<Box<dyn Read + Send>, FileFault> {
    let file = Counted { inner: File::open(path)?, bytes };
    Ok(match shape {
        Shape::GzippedText => {
            let unpacked = MultiGzDecoder::new(BufReader::new(file));
            Box::new(Capped { inner: unpacked, left: MAX_UNPACKED })
        }
        _ => Box::new(file),
    })
}

/// Unpacks once without keeping anything, so that a bomb is refused before the first row is used.
pub(crate) fn refuse_bomb(path: &Path, shape: Shape) -> Result<(), FileFault> {
    if shape == Shape::GzippedText {
        let mut whole = text(path, shape, BytesRead::default())?;
        std::io::copy(&mut whole, &mut std::io::sink())?;
    }
    Ok(())
}

/// The size of a file in bytes.
pub(crate) fn size(path: &Path) -> Result<u64, FileFault> {
    Ok(File::open(path)?.seek(std::io::SeekFrom::End(0))?)
}
