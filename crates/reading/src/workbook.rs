//! Excel workbooks (.xlsx), cell by cell in flat memory, locked ones too.
//!
//! A thread of its own holds the workbook and hands rows over in batches, because the cell reader borrows the
//! workbook; damaged input that makes it panic ends only that thread and is told as damage.

use std::fs::File;
use std::io::{BufReader, Cursor, Read, Seek};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use calamine::{DataRef, ExcelDateTime, Reader as _, Xlsx, XlsxError};

use crate::fault::{FileFault, FileFaultCode};
use crate::row::{Row, Rows, Step};
use crate::workbook_guard;

/// Locked workbooks are unlocked in memory, several copies at a time.
const MAX_LOCKED: u64 = 24 << 20;
const BATCH: usize = 64;

trait ReadSeek: Read + Seek + Send {}
impl<T: Read + Seek + Send> ReadSeek for T {}

type Batch = Result<Vec<Row>, FileFault>;

/// The rows of the first sheet that has any.
pub(crate) struct Workbook {
    batches: Receiver<Batch>,
    current: std::vec::IntoIter<Row>,
    ended: bool,
}

impl Workbook {
    pub fn open(path: &Path, locked: bool, password: Option<&str>) -> Result<Self, FileFault> {
        if locked && password.is_none() {
            return Err(FileFault::new(FileFaultCode::PasswordNeeded));
        }
        let (sender, batches) = sync_channel(2);
        let (path, password) = (path.to_owned(), password.filter(|_| locked).map(str::to_owned));
        std::thread::Builder::new().name("workbook".into()).spawn(move || {
            let result = read(&path, password.as_deref(), &sender);
            // Nobody listens any more when the reading was given up: that is no fault.
            let _ = sender.send(result.map(|()| Vec::new()));
        })?;
        let mut workbook = Self { batches, current: Vec::new().into_iter(), ended: false };
        workbook.refill()?;
        Ok(workbook)
    }

    fn refill(&mut self) -> Result<(), FileFault> {
        let gone = || FileFault::new(FileFaultCode::Damaged).with("error", "it cannot be understood");
        let batch = self.batches.recv().map_err(|_| gone())??;
        self.ended = batch.is_empty();
        self.current = batch.into_iter();
        Ok(())
    }
}

impl Rows for Workbook {
    fn next(&mut self, row: &mut Row) -> Result<Step, FileFault> {
        loop {
            match self.current.next() {
                Some(next) if next.is_blank() => {}
                Some(next) => {
                    *row = next;
                    return Ok(Step::Row);
                }
                None if self.ended => return Ok(Step::End),
                None => self.refill()?,
            }
        }
    }
}

fn read(path: &PathBuf, password: Option<&str>, to: &SyncSender<Batch>) -> Result<(), FileFault> {
    let mut source: Box<dyn ReadSeek> = match password {
        Some(password) => Box::new(Cursor::new(unlock(path, password)?)),
        None => Box::new(BufReader::new(File::open(path)?)),
    };
    workbook_guard::check(&mut source)?;
    let mut workbook: Xlsx<_> = Xlsx::new(source).map_err(damaged)?;
    for sheet in workbook.sheet_names() {
        match send_sheet(&mut workbook, &sheet, to)? {
            Sent::Nothing => {}
            Sent::Rows | Sent::NobodyListens => break,
        }
    }
    Ok(())
}

fn unlock(path: &Path, password: &str) -> Result<Vec<u8>, FileFault> {
    if crate::input::size(path)? > MAX_LOCKED {
        let fault = FileFault::new(FileFaultCode::TooLarge);
        return Err(fault.with("what", "MiB in a locked workbook").with("limit", MAX_LOCKED >> 20));
    }
    let bytes = std::fs::read(path)?;
    // The crate tells a wrong password only through what it cannot decrypt.
    match office_crypto::decrypt_from_bytes(bytes, password) {
        Ok(plain) if plain.starts_with(b"PK") => Ok(plain),
        Err(office_crypto::DecryptError::Unimplemented(what)) => {
            Err(FileFault::new(FileFaultCode::Damaged).with("error", what))
        }
        _ => Err(FileFault::new(FileFaultCode::PasswordWrong)),
    }
}

enum Sent {
    Nothing,
    Rows,
    NobodyListens,
}

fn send_sheet<R: ReadSeek>(
    workbook: &mut Xlsx<R>,
    sheet: &str,
    to: &SyncSender<Batch>,
) -> Result<Sent, FileFault> {
    let mut cells = match workbook.worksheet_cells_reader(sheet) {
        Ok(cells) => cells,
        Err(XlsxError::NotAWorksheet(_)) => return Ok(Sent::Nothing),
        Err(error) => return Err(damaged(error)),
    };
    let (mut batch, mut row, mut any) = (Vec::with_capacity(BATCH), Row::default(), false);
    while let Some(cell) = cells.next_cell().map_err(damaged)? {
        let (number, column) = cell.get_position();
        let line = u64::from(number) + 1;
        if line != row.line {
            any |= hand_in(&mut batch, &mut row);
            row.start(line);
            if batch.len() >= BATCH && to.send(Ok(std::mem::take(&mut batch))).is_err() {
                return Ok(Sent::NobodyListens);
            }
        }
        put(&mut row, column as usize, cell.get_value());
    }
    any |= hand_in(&mut batch, &mut row);
    if !batch.is_empty() && to.send(Ok(batch)).is_err() {
        return Ok(Sent::NobodyListens);
    }
    Ok(if any { Sent::Rows } else { Sent::Nothing })
}

fn hand_in(batch: &mut Vec<Row>, row: &mut Row) -> bool {
    let filled = !row.is_blank();
    if filled {
        batch.push(std::mem::take(row));
    }
    filled
}

/// Puts a cell at its column; empty ones before it are filled up.
fn put(row: &mut Row, column: usize, value: &DataRef<'_>) {
    if matches!(value, DataRef::Empty) || column < row.len() || column >= crate::delimited::MAX_CELLS {
        return;
    }
    while row.len() < column {
        row.push("");
    }
    match value {
        DataRef::SharedString(text) => row.push(text),
        value => row.push(&text_of(value)),
    }
}

fn text_of(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number_text(*number),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(yes) => yes.to_string(),
        DataRef::DateTime(moment) => moment_text(moment),
        DataRef::Error(_) | DataRef::Empty => String::new(),
    }
}

/// A date, a date with a time, or (a cell of hours alone) a time.
fn moment_text(moment: &ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, milli) = moment.to_ymd_hms_milli();
    // A time is a fraction of a day in binary: 14:59:59.9996 was typed as 15:00:00.
    let second = if milli >= 500 { (second + 1).min(59) } else { second };
    let time = format!("{hour:02}:{minute:02}:{second:02}");
    match moment.as_f64() {
        serial if serial < 1.0 => time,
        serial if serial.fract() == 0.0 => format!("{year:04}-{month:02}-{day:02}"),
        _ => format!("{year:04}-{month:02}-{day:02} {time}"),
    }
}

/// Nine places are more than a price has and fewer than binary fractions show as noise.
fn number_text(number: f64) -> String {
    let text = format!("{number:.9}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn damaged(error: XlsxError) -> FileFault {
    FileFault::new(FileFaultCode::Damaged)
        .with("error", error.to_string().chars().take(120).collect::<String>())
}
