//! The form of a backup: a line that names it, then frames.
//!
//! A frame is its kind (one byte), the length of its payload (four bytes, little endian) and the payload. They come as
//! one header, then for each table its head, its rows and its end, then the close. An end holds the SHA-256 of the
//! table's rows, the close that of everything before it.

use super::cell::{Cell, Row};
use super::{broken, catalog};
use crate::{Error, Result};
use kernel::Instant;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::io::{ErrorKind, Read};

/// What a backup begins with; the number is the form's.
pub(super) const MAGIC: &[u8] = b"dangol backup 1\n";
/// Bytes of rows after which a frame is closed.
pub(super) const FRAME: usize = 64 << 10;
/// Bytes a frame may have: one row of a file's longest record, with room.
const LONGEST: usize = 64 << 20;

const HEADER: u8 = b'H';
const TABLE: u8 = b'T';
const ROWS: u8 = b'R';
const END: u8 = b'E';
const CLOSE: u8 = b'Z';

/// What a backup says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The version of the program that wrote it.
    pub program: String,
    /// When, in the moment of its snapshot.
    pub created_at: Instant,
    /// The steps of the schema, by number and name.
    pub schema: Vec<(i64, String)>,
    /// The number of the last interaction, 0 in an empty log.
    pub log_head: i64,
    /// The last sealed row of the audit log, where it is sealed.
    #[serde(default)]
    pub audit_head: Option<AuditHead>,
}

/// The end of the audit log's chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditHead {
    /// How many rows it has.
    pub place: i64,
    /// The hash at its end, as hexadecimal digits.
    pub hash: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct TableHead {
    pub name: String,
    pub columns: Vec<String>,
}

impl From<&catalog::Table> for TableHead {
    fn from(table: &catalog::Table) -> Self {
        let columns = table.columns.iter().map(|column| column.name.clone()).collect();
        Self { name: table.name.clone(), columns }
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct TableEnd {
    rows: u64,
    sha256: String,
}

#[derive(Debug, Serialize, Deserialize)]
struct Close {
    tables: usize,
    rows: u64,
    sha256: String,
}

/// Rows of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Counted {
    /// The table.
    pub table: String,
    /// Its rows.
    pub rows: u64,
}

/// What is in a backup, all of it read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// What it says of itself.
    pub header: Header,
    /// Its tables.
    pub tables: Vec<Counted>,
}

impl Summary {
    /// Rows of all tables.
    pub fn rows(&self) -> u64 {
        self.tables.iter().map(|table| table.rows).sum()
    }
}

/// Makes the bytes of a backup, frame by frame.
pub(super) struct Writer {
    whole: Sha256,
    table: Sha256,
    rows: u64,
    tables: Vec<Counted>,
    open: Vec<u8>,
}

impl Writer {
    /// A writer, and the first bytes.
    pub fn begin(header: &Header) -> Result<(Self, Vec<u8>)> {
        let new = Sha256::new;
        let mut writer = Self { whole: new(), table: new(), rows: 0, tables: Vec::new(), open: Vec::new() };
        writer.whole.update(MAGIC);
        let bytes = writer.frame(HEADER, &serde_json::to_vec(header)?)?;
        Ok((writer, [MAGIC, &bytes].concat()))
    }

    /// Begins a table.
    pub fn table(&mut self, head: &TableHead) -> Result<Vec<u8>> {
        self.tables.push(Counted { table: head.name.clone(), rows: 0 });
        self.frame(TABLE, &serde_json::to_vec(head)?)
    }

    /// Adds a row; gives a frame when one is full.
    pub fn row(&mut self, row: &[Cell]) -> Result<Option<Vec<u8>>> {
        row.iter().for_each(|cell| cell.encode(&mut self.open));
        self.rows += 1;
        (self.open.len() >= FRAME).then(|| self.flush()).transpose()
    }

    fn flush(&mut self) -> Result<Vec<u8>> {
        let rows = std::mem::take(&mut self.open);
        self.table.update(&rows);
        self.frame(ROWS, &rows)
    }

    /// Ends the table.
    pub fn end(&mut self) -> Result<Vec<u8>> {
        let mut bytes = if self.open.is_empty() { Vec::new() } else { self.flush()? };
        let (rows, sha256) = (std::mem::take(&mut self.rows), hex(&self.table.finalize_reset()));
        if let Some(table) = self.tables.last_mut() {
            table.rows = rows;
        }
        bytes.extend(self.frame(END, &serde_json::to_vec(&TableEnd { rows, sha256 })?)?);
        Ok(bytes)
    }

    /// Ends the backup; gives the last bytes and what was written.
    pub fn close(mut self) -> Result<(Vec<u8>, Vec<Counted>)> {
        let rows = self.tables.iter().map(|table| table.rows).sum();
        let close = Close { tables: self.tables.len(), rows, sha256: hex(&self.whole.finalize_reset()) };
        Ok((self.frame(CLOSE, &serde_json::to_vec(&close)?)?, self.tables))
    }

    fn frame(&mut self, kind: u8, payload: &[u8]) -> Result<Vec<u8>> {
        let length = u32::try_from(payload.len()).ok().filter(|_| payload.len() <= LONGEST);
        let length = length.ok_or_else(|| Error::Refused("a row is too long for a backup".into()))?;
        let bytes = [&[kind], length.to_le_bytes().as_slice(), payload].concat();
        self.whole.update(&bytes);
        Ok(bytes)
    }
}

pub(super) fn hex(digest: &[u8]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A piece of a backup, as it is read.
#[derive(Debug, PartialEq)]
pub(super) enum Piece {
    Header(Header),
    Table(TableHead),
    Rows(Vec<Row>),
    End,
}

/// Reads a backup piece by piece and checks its sums on the way.
pub(super) struct Reader<R> {
    input: R,
    whole: Sha256,
    table: Sha256,
    width: Option<usize>,
    rows: u64,
    tables: Vec<Counted>,
    closed: bool,
}

impl<R: Read> Reader<R> {
    /// A reader at the beginning of `input`.
    ///
    /// # Errors
    /// When it is no backup, or one of another form.
    pub fn begin(mut input: R) -> Result<Self> {
        let mut magic = [0; MAGIC.len()];
        input.read_exact(&mut magic).map_err(|error| unread(&error))?;
        if magic != MAGIC {
            return Err(Error::Refused(
                "this is no backup that dangol wrote, or a newer dangol did: check the file".into(),
            ));
        }
        let (whole, table) = (Sha256::new_with_prefix(MAGIC), Sha256::new());
        Ok(Self { input, whole, table, width: None, rows: 0, tables: Vec::new(), closed: false })
    }

    /// The next piece; nothing behind the last.
    ///
    /// # Errors
    /// When the bytes are not what was written.
    pub fn next(&mut self) -> Result<Option<Piece>> {
        if self.closed {
            return Ok(None);
        }
        let before = self.whole.clone();
        let (kind, payload) = self.frame()?;
        Ok(Some(match (kind, self.width) {
            (HEADER, None) if self.tables.is_empty() => Piece::Header(told(&payload)?),
            (TABLE, None) => self.head(told(&payload)?),
            (ROWS, Some(width)) => Piece::Rows(self.cells(&payload, width)?),
            (END, Some(_)) => self.end(&told(&payload)?)?,
            (CLOSE, None) => {
                self.close(&told(&payload)?, before)?;
                return Ok(None);
            }
            (kind, _) => return Err(broken(format_args!("a frame of kind {kind} is out of place"))),
        }))
    }

    fn frame(&mut self) -> Result<(u8, Vec<u8>)> {
        let mut head = [0; 5];
        self.input.read_exact(&mut head).map_err(|error| unread(&error))?;
        let length = u32::from_le_bytes([head[1], head[2], head[3], head[4]]) as usize;
        if length > LONGEST {
            return Err(broken("a frame is too long"));
        }
        let mut payload = vec![0; length];
        self.input.read_exact(&mut payload).map_err(|error| unread(&error))?;
        self.whole.update(head);
        self.whole.update(&payload);
        Ok((head[0], payload))
    }

    fn head(&mut self, head: TableHead) -> Piece {
        self.width = Some(head.columns.len());
        self.rows = 0;
        self.table = Sha256::new();
        self.tables.push(Counted { table: head.name.clone(), rows: 0 });
        Piece::Table(head)
    }

    fn cells(&mut self, payload: &[u8], width: usize) -> Result<Vec<Row>> {
        self.table.update(payload);
        let (mut rest, mut rows) = (payload, Vec::new());
        while !rest.is_empty() && width > 0 {
            rows.push((0..width).map(|_| Cell::decode(&mut rest)).collect::<Result<Row>>()?);
        }
        self.rows += rows.len() as u64;
        Ok(rows)
    }

    fn end(&mut self, end: &TableEnd) -> Result<Piece> {
        if end.rows != self.rows || end.sha256 != hex(&self.table.finalize_reset()) {
            return Err(broken("the rows of a table are not those that were written"));
        }
        if let Some(table) = self.tables.last_mut() {
            table.rows = self.rows;
        }
        self.width = None;
        Ok(Piece::End)
    }

    fn close(&mut self, close: &Close, before: Sha256) -> Result<()> {
        let rows: u64 = self.tables.iter().map(|table| table.rows).sum();
        let same = close.tables == self.tables.len() && close.rows == rows;
        if !same || close.sha256 != hex(&before.finalize()) {
            return Err(broken("its sums do not agree"));
        }
        if self.input.read(&mut [0]).map_err(|error| unread(&error))? > 0 {
            return Err(broken("something follows its end"));
        }
        self.closed = true;
        Ok(())
    }
}

fn told<T: DeserializeOwned>(payload: &[u8]) -> Result<T> {
    serde_json::from_slice(payload).map_err(broken)
}

fn unread(error: &std::io::Error) -> Error {
    match error.kind() {
        ErrorKind::UnexpectedEof => broken("it ends too early"),
        _ => broken(error),
    }
}

/// Reads a backup to its end and gives what is in it.
///
/// # Errors
/// [`Error::Refused`] when a byte of it is not as it was written, or it is not complete.
pub fn check(input: impl Read) -> Result<Summary> {
    let mut reader = Reader::begin(input)?;
    let Some(Piece::Header(header)) = reader.next()? else { return Err(broken("it has no header")) };
    while reader.next()?.is_some() {}
    Ok(Summary { header, tables: reader.tables })
}
