//! Delimited text, record by record in flat memory.
//!
//! Invariants: never more than [`MAX_RECORD`] bytes of a record are held; a record beyond that, and a quotation
//! mark that is never closed, cost one line and not the rest of the file.

use std::io::Read;

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use crate::fault::{FileFault, RowFault, RowFaultCode};
use crate::plan::{Delimiter, Encoding};
use crate::row::{Row, Rows, Step};
use crate::text;

/// The longest record, in bytes.
pub(crate) const MAX_RECORD: usize = 1 << 20;
/// The most cells a record may have.
pub(crate) const MAX_CELLS: usize = 16_384;
const CHUNK: usize = 64 * 1024;
/// After so many quotation marks that were never closed, quotation marks lose their meaning: each costs a look
/// ahead of a whole record, and such a file does not use them as quotation marks anyway.
const MAX_UNCLOSED: u32 = 16;

pub(crate) struct Delimited<R> {
    window: Window<R>,
    delimiter: Delimiter,
    encoding: Encoding,
    core: Reader,
    cells: Vec<u8>,
    ends: Vec<usize>,
    unclosed: u32,
}

impl<R: Read> Delimited<R> {
    /// Reads from the start of a text: a byte-order mark and Excel's `sep=` line are passed over.
    pub fn new(input: R, delimiter: Delimiter, encoding: Encoding) -> Result<Self, FileFault> {
        let mut window = Window::new(input);
        window.fill(16)?;
        if window.held().starts_with(b"\xef\xbb\xbf") {
            window.take(3);
        }
        if separator_line(window.held()).is_some() {
            window.skip_line()?;
        }
        let core = reader(delimiter, true);
        Ok(Self { window, delimiter, encoding, core, cells: vec![0; 4096], ends: vec![0; 64], unclosed: 0 })
    }

    /// Parses the record at the window's start; the number of its bytes and cells.
    fn parse(&mut self) -> Result<Parsed, FileFault> {
        if self.delimiter == Delimiter::Blank {
            return self.parse_blanks();
        }
        self.core.reset();
        let (mut scanned, mut written, mut cells) = (0, 0, 0);
        loop {
            let held = self.window.held();
            if scanned == held.len() && !self.window.ended {
                if scanned >= MAX_RECORD {
                    return Ok(Parsed::TooLong);
                }
                self.window.fill(scanned + 1)?;
                continue;
            }
            let input = &held[scanned..held.len().min(MAX_RECORD + CHUNK)];
            let (result, read, out, ended) =
                self.core.read_record(input, &mut self.cells[written..], &mut self.ends[cells..]);
            (scanned, written, cells) = (scanned + read, written + out, cells + ended);
            match result {
                ReadRecordResult::InputEmpty if scanned > MAX_RECORD => return Ok(Parsed::TooLong),
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => self.cells.resize(self.cells.len() * 2, 0),
                ReadRecordResult::OutputEndsFull if cells >= MAX_CELLS => return Ok(Parsed::TooLong),
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                ReadRecordResult::Record | ReadRecordResult::End => break,
            }
        }
        let closed = !self.window.ended || scanned < self.window.held().len() || !self.is_unclosed(scanned);
        Ok(if closed { Parsed::Record { bytes: scanned, cells } } else { Parsed::Unclosed })
    }

    /// The text ended inside this record: was it a quotation that began some lines before?
    fn is_unclosed(&self, bytes: usize) -> bool {
        let record = &self.window.held()[..bytes];
        let quotes = memchr::memchr_iter(b'"', record).count();
        quotes % 2 == 1 && memchr::memchr2(b'\n', b'\r', record.trim_ascii_end()).is_some()
    }

    fn parse_blanks(&mut self) -> Result<Parsed, FileFault> {
        let Some(bytes) = self.window.line_length()? else { return Ok(Parsed::TooLong) };
        let line = &self.window.held()[..bytes];
        let mut cells = 0;
        self.cells.clear();
        for cell in line.split(u8::is_ascii_whitespace).filter(|cell| !cell.is_empty()) {
            self.cells.extend_from_slice(cell);
            if cells == self.ends.len() {
                self.ends.push(0);
            }
            self.ends[cells] = self.cells.len();
            cells += 1;
        }
        Ok(if cells > MAX_CELLS { Parsed::TooLong } else { Parsed::Record { bytes, cells } })
    }

    /// Sets the record at the window's start aside and goes on after its first line.
    fn give_up(&mut self, code: RowFaultCode) -> Result<Step, FileFault> {
        let fault = RowFault::new(self.window.line, code).raw(&self.shown());
        let crosses_lines = memchr::memchr2(b'\n', b'\r', self.window.held()).is_some();
        if crosses_lines {
            self.unclosed += 1;
            if self.unclosed == MAX_UNCLOSED {
                self.core = reader(self.delimiter, false);
            }
        }
        self.window.skip_line()?;
        let limited = code == RowFaultCode::TooLong;
        Ok(Step::Fault(if limited { fault.with("limit_kib", MAX_RECORD >> 10) } else { fault }))
    }

    fn shown(&self) -> String {
        let held = self.window.held();
        let line = memchr::memchr2(b'\n', b'\r', held).unwrap_or(held.len()).min(4 * crate::fault::RAW_SHOWN);
        text::decode_for_showing(self.encoding, &held[..line])
    }

    /// Bytes to text; the code of what is wrong with them, if anything.
    fn fill(&self, row: &mut Row, bytes: usize, cells: usize) -> Option<RowFaultCode> {
        let record = trim_line_end(&self.window.held()[..bytes]);
        if memchr::memchr(0, record).is_some() {
            return Some(RowFaultCode::NulByte);
        }
        row.start(self.window.line);
        if !text::decode(self.encoding, record, &mut row.raw) {
            return Some(RowFaultCode::BadText);
        }
        let mut cell = String::new();
        let mut start = 0;
        for &end in &self.ends[..cells] {
            let bytes = &self.cells[start..end];
            start = end;
            match std::str::from_utf8(bytes) {
                Ok(text) => row.push(text),
                Err(_) => {
                    cell.clear();
                    if !text::decode(self.encoding, bytes, &mut cell) {
                        return Some(RowFaultCode::BadText);
                    }
                    row.push(&cell);
                }
            }
        }
        None
    }
}

impl<R: Read + Send> Rows for Delimited<R> {
    fn next(&mut self, row: &mut Row) -> Result<Step, FileFault> {
        loop {
            if !self.window.skip_line_ends()? {
                return Ok(Step::End);
            }
            let (bytes, cells) = match self.parse()? {
                Parsed::Record { bytes, cells } => (bytes, cells),
                Parsed::TooLong => return self.give_up(RowFaultCode::TooLong),
                Parsed::Unclosed => return self.give_up(RowFaultCode::UnclosedQuote),
            };
            let fault = self.fill(row, bytes, cells).map(|code| {
                let shown = text::decode_for_showing(self.encoding, &self.window.held()[..bytes]);
                let fault = RowFault::new(self.window.line, code).raw(shown.trim_end());
                if code == RowFaultCode::BadText {
                    fault.with("encoding", self.encoding.as_str())
                } else {
                    fault
                }
            });
            self.window.take(bytes);
            match fault {
                Some(fault) => return Ok(Step::Fault(fault)),
                None if row.is_blank() => {}
                None => return Ok(Step::Row),
            }
        }
    }
}

enum Parsed {
    Record { bytes: usize, cells: usize },
    TooLong,
    Unclosed,
}

fn reader(delimiter: Delimiter, quoting: bool) -> Reader {
    ReaderBuilder::new().delimiter(delimiter.byte().unwrap_or(b',')).quoting(quoting).build()
}

fn trim_line_end(record: &[u8]) -> &[u8] {
    let end = record.iter().rposition(|byte| !matches!(byte, b'\r' | b'\n')).map_or(0, |last| last + 1);
    &record[..end]
}

/// The delimiter that Excel's `sep=;` line names.
pub(crate) fn separator_line(head: &[u8]) -> Option<Delimiter> {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let (name, rest) = head.split_at_checked(4)?;
    let (mark, after) = rest.split_first()?;
    let ends = matches!(after.first(), None | Some(b'\r' | b'\n'));
    let delimiter = Delimiter::ALL.into_iter().find(|delimiter| delimiter.byte() == Some(*mark))?;
    (name.eq_ignore_ascii_case(b"sep=") && ends).then_some(delimiter)
}

/// The bytes from the start of the current record on, and the line it starts at.
struct Window<R> {
    input: R,
    buffer: Vec<u8>,
    start: usize,
    ended: bool,
    line: u64,
    after_return: bool,
}

impl<R: Read> Window<R> {
    fn new(input: R) -> Self {
        let buffer = Vec::with_capacity(2 * CHUNK);
        Self { input, buffer, start: 0, ended: false, line: 1, after_return: false }
    }

    fn held(&self) -> &[u8] {
        &self.buffer[self.start..]
    }

    /// Holds at least `bytes`, or all there is.
    fn fill(&mut self, bytes: usize) -> Result<(), FileFault> {
        while self.held().len() < bytes && !self.ended {
            self.buffer.drain(..self.start);
            self.start = 0;
            let held = self.buffer.len();
            self.buffer.resize(held + CHUNK, 0);
            let result = self.input.read(&mut self.buffer[held..]);
            self.buffer.truncate(held + result.as_ref().map_or(0, |count| *count));
            self.ended = result? == 0;
        }
        Ok(())
    }

    /// Passes `bytes` and counts the lines they end.
    fn take(&mut self, bytes: usize) {
        let taken = &self.buffer[self.start..self.start + bytes];
        let mut previous = None;
        for at in memchr::memchr2_iter(b'\n', b'\r', taken) {
            let after_return = match (at, previous) {
                (0, _) => self.after_return,
                (at, previous) => previous == Some(at - 1) && taken[at - 1] == b'\r',
            };
            self.line += u64::from(!(taken[at] == b'\n' && after_return));
            previous = Some(at);
        }
        if let Some(last) = taken.last() {
            self.after_return = *last == b'\r';
        }
        self.start += bytes;
    }

    /// Passes line ends; false at the end of the text.
    fn skip_line_ends(&mut self) -> Result<bool, FileFault> {
        loop {
            self.fill(1)?;
            let blank = self.held().iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
            self.take(blank);
            if !self.held().is_empty() {
                return Ok(true);
            }
            if self.ended {
                return Ok(false);
            }
        }
    }

    /// How long the first line is, without its end; `None` when it is longer than a record may be.
    fn line_length(&mut self) -> Result<Option<usize>, FileFault> {
        let mut seen = 0;
        loop {
            if let Some(at) = memchr::memchr2(b'\n', b'\r', &self.held()[seen..]) {
                return Ok(Some(seen + at).filter(|length| *length <= MAX_RECORD));
            }
            seen = self.held().len();
            if seen > MAX_RECORD {
                return Ok(None);
            }
            if self.ended {
                return Ok(Some(seen));
            }
            self.fill(seen + 1)?;
        }
    }

    /// Passes the rest of the first line, however long, holding only a chunk of it at a time.
    fn skip_line(&mut self) -> Result<(), FileFault> {
        loop {
            if let Some(at) = memchr::memchr2(b'\n', b'\r', self.held()) {
                self.take(at);
                return Ok(());
            }
            self.take(self.held().len());
            if self.ended {
                return Ok(());
            }
            self.fill(1)?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(bytes: &[u8], delimiter: Delimiter) -> Vec<String> {
        let mut rows = Delimited::new(bytes, delimiter, Encoding::Utf8).unwrap();
        let (mut row, mut found) = (Row::default(), Vec::new());
        loop {
            found.push(match rows.next(&mut row).unwrap() {
                Step::Row => format!("{}:{}", row.line, row.cells().collect::<Vec<_>>().join("|")),
                Step::Fault(fault) => format!("{}:{}", fault.line, fault.code.as_str()),
                Step::End => return found,
            });
        }
    }

    #[test]
    fn lines_are_counted_through_every_line_end() {
        assert_eq!(
            read(b"a,b\r\n\r\nc,d\n\n\ne,f\rg,h", Delimiter::Comma),
            ["1:a|b", "3:c|d", "6:e|f", "7:g|h"]
        );
        assert_eq!(read(b"a,\"x\r\ny\"\r\nb,c\r\n", Delimiter::Comma), ["1:a|x\r\ny", "3:b|c"]);
    }

    #[test]
    fn marks_at_the_start_are_passed_over() {
        assert_eq!(read(b"\xef\xbb\xbfsep=;\r\na;b\r\n", Delimiter::Semicolon), ["2:a|b"]);
        assert_eq!(separator_line(b"sep=;\r\n"), Some(Delimiter::Semicolon));
        assert_eq!(separator_line(b"separate,b"), None);
    }

    #[test]
    fn blanks_separate_and_quotes_mean_nothing() {
        assert_eq!(
            read(b" 00001 19970101  1   11.77\r\n \"x 2\n", Delimiter::Blank),
            ["1:00001|19970101|1|11.77", "2:\"x|2"]
        );
    }

    #[test]
    fn a_bad_row_costs_only_itself() {
        assert_eq!(
            read(b"a,b\n1,\x00\n\xff,2\n3,4\n", Delimiter::Comma),
            ["1:a|b", "2:nul_byte", "3:bad_text", "4:3|4"]
        );
        assert_eq!(
            read(b"a,b\n\"1,2\n3,4\n5,6\n", Delimiter::Comma),
            ["1:a|b", "2:unclosed_quote", "3:3|4", "4:5|6"]
        );
    }

    #[test]
    fn a_record_beyond_the_limit_costs_one_line() {
        let long = "x".repeat(3 * MAX_RECORD);
        let text = format!("a,b\n{long}\n\"1,2\n{}5,6\n", "3,4\n".repeat(MAX_RECORD / 2));
        for delimiter in [Delimiter::Comma, Delimiter::Blank] {
            let rows = read(text.as_bytes(), delimiter);
            assert_eq!(rows[1], "2:too_long");
            assert_eq!(rows.len(), MAX_RECORD / 2 + 4);
        }
    }

    proptest! {
        #[test]
        fn never_panics_on_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..3000)) {
            for delimiter in Delimiter::ALL {
                read(&bytes, delimiter);
            }
        }

        #[test]
        fn plain_cells_come_back(rows in prop::collection::vec(prop::collection::vec("[a-z가-힣]{1,6}", 3), 1..50)) {
            let text: String = rows.iter().map(|row| row.join(",") + "\r\n").collect();
            let expected: Vec<String> =
                rows.iter().enumerate().map(|(at, row)| format!("{}:{}", at + 1, row.join("|"))).collect();
            prop_assert_eq!(read(text.as_bytes(), Delimiter::Comma), expected);
        }
    }
}
